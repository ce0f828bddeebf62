//! The planner: what has to be done because of an entry. It decides nothing and changes nothing.

use crate::domain::baton::Holder;
use crate::domain::circle::Break;
use crate::domain::envelope::Envelope;
use crate::domain::event::{
    ApprovalEvent, BatonEvent, CallEnd, CircleEvent, ConsultEvent, ConversationEvent, CustomerEvent, DeskEvent,
    EscalationEvent, Event, FileEvent, FloorEvent, GuardEvent, HandoffEvent, IncidentEvent, OperatorEvent,
    StandingEvent, ToolEvent, TranslationEvent, TurnEvent, WrapUpEvent,
};
use crate::domain::file::Scan;
use crate::domain::guard::GuardAction;
use crate::domain::id::{CallId, CompositionId, ConversationId};
use crate::domain::panel::Ruling;
use crate::domain::translation::Piece;
use crate::domain::undo::Restored;
use crate::domain::watch::Occasion;

use super::conversation::{Conversation, WaitsFor};
use super::decide::watch;
use super::effect::{ComposeInput, Effect, Todo};
use super::floor::Floor;

/// What has to be done because of `envelope`, on the floor as it left it.
pub fn react(floor: &Floor, envelope: &Envelope) -> Vec<Effect> {
    let cause = envelope.seq;
    let event = &envelope.event;
    let todos = notice(floor, event).into_iter().chain(left_waiting(floor, event)).chain(todos(floor, event));
    todos.map(|todo| Effect { cause, todo }).collect()
}

/// A panel for which nobody waits since this entry.
fn left_waiting(floor: &Floor, event: &Event) -> Option<Todo> {
    let c = floor.conversation(event.conversation()?)?;
    let open = c.panel.as_ref().filter(|open| !c.awaits(open))?;
    Some(Todo::Weigh { conversation: c.id, panel: open.id })
}

/// Something happened that may be what somebody who watches waits for.
fn notice(floor: &Floor, event: &Event) -> Option<Todo> {
    let conversation = event.conversation()?;
    let occasion = match event {
        Event::Turn(TurnEvent::CustomerSpoke { stands, .. }) if stands.asks() => Occasion::CustomerSpoke,
        Event::Tool(ToolEvent::Returned { end: CallEnd::Failed | CallEnd::Unknown, .. }) => Occasion::ToolFailed,
        Event::Clock(_) | Event::Escalation(EscalationEvent::Breached { .. }) => Occasion::ClockWarned,
        Event::Escalation(EscalationEvent::Raised { .. }) => Occasion::HumanAsked,
        Event::Turn(_)
        | Event::Tool(_)
        | Event::Escalation(_)
        | Event::Conversation(_)
        | Event::Baton(_)
        | Event::Handoff(_)
        | Event::Routing(_)
        | Event::Approval(_)
        | Event::Supervision(_)
        | Event::Standing(_)
        | Event::Operator(_)
        | Event::Customer(_)
        | Event::Floor(_)
        | Event::Promise(_)
        | Event::WrapUp(_)
        | Event::Circle(_)
        | Event::Guard(_)
        | Event::Incident(_)
        | Event::Member(_)
        | Event::Claim(_)
        | Event::Left(_)
        | Event::Desk(_)
        | Event::Consult(_)
        | Event::Lesson(_)
        | Event::Learning(_)
        | Event::Model(_)
        | Event::File(_)
        | Event::Translation(_)
        | Event::Conflict(_) => return None,
    };
    let waits = floor.conversation(conversation).is_some_and(watch::is_waited_for);
    waits.then_some(Todo::Notice { conversation, occasion })
}

/// What a new life has to take up again: everything that was asked and has not come back.
pub fn pending(floor: &Floor) -> Vec<Todo> {
    floor.conversations.values().flat_map(|c| open_ends(c)).chain([Todo::Match]).collect()
}

fn open_ends(c: &Conversation) -> Vec<Todo> {
    let conversation = c.id;
    let under_way = c.calls.iter().filter(|(_, call)| call.retry_at.is_none() && call.ask_at.is_none());
    // What the life before began to do is not done again: the start says that it is unsettled.
    let mut todos: Vec<Todo> = under_way
        .filter(|(_, call)| !(call.started && call.side_effect))
        .map(|(call, _)| Todo::CallTool { conversation, call: *call })
        .collect();
    let unseen = c.files.iter().filter(|known| known.scan == Scan::Waits);
    todos.extend(unseen.map(|known| Todo::Scan { conversation, file: known.file }));
    todos.extend(c.translating.pending.iter().map(|one| Todo::Translate { conversation, piece: one.piece }));
    todos.extend(c.consults.keys().map(|consult| Todo::Consult { conversation, consult: *consult }));
    todos.extend(c.panel.as_ref().map(|panel| Todo::Weigh { conversation, panel: panel.id }));
    todos.extend(c.handoff.as_ref().map(|handoff| Todo::AskReceipt { conversation, handoff: handoff.id }));
    match &c.composing {
        Some(composing) if composing.waits_for == WaitsFor::Agent => {
            todos.push(compose(c, composing.id, last_result(c, composing.id)));
        }
        Some(_) => {}
        None => todos.push(Todo::Attend { conversation }),
    }
    todos
}

/// A composition that was interrupted goes on from its last tool result, if it has one.
fn last_result(c: &Conversation, composition: CompositionId) -> ComposeInput {
    if c.advised.is_some() {
        return ComposeInput::Advised;
    }
    let since = c.composing.as_ref().filter(|composing| composing.id == composition).map(|composing| composing.at);
    let result = c.results.back().filter(|result| Some(result.at) == since);
    result.map_or_else(|| opening(c), |result| ComposeInput::Tool(result.call))
}

fn opening(c: &Conversation) -> ComposeInput {
    if c.pack.is_some() { ComposeInput::HandedOver } else { ComposeInput::Turn }
}

fn compose(c: &Conversation, composition: CompositionId, input: ComposeInput) -> Todo {
    Todo::Compose { conversation: c.id, composition, epoch: c.baton.epoch, input }
}

fn handoff(event: &HandoffEvent) -> Vec<Todo> {
    match event {
        HandoffEvent::Offered { conversation, handoff, .. } => {
            vec![Todo::AskReceipt { conversation: *conversation, handoff: *handoff }]
        }
        HandoffEvent::Accepted { .. } | HandoffEvent::Declined { .. } | HandoffEvent::Lapsed { .. } => Vec::new(),
    }
}

fn customer(event: &CustomerEvent) -> Vec<Todo> {
    match event {
        CustomerEvent::Erased { customer } => vec![Todo::Forget { customer: *customer }],
        CustomerEvent::Met { .. }
        | CustomerEvent::Recognised { .. }
        | CustomerEvent::Blocked { .. }
        | CustomerEvent::Unblocked { .. } => Vec::new(),
    }
}

fn todos(floor: &Floor, event: &Event) -> Vec<Todo> {
    match event {
        Event::Turn(event) => turn(floor, event),
        Event::Baton(event) => baton(floor, event),
        Event::Handoff(event) => handoff(event),
        Event::Escalation(event) => escalation(event),
        Event::Tool(event) => tool(floor, event),
        Event::Incident(event) => incident(floor, event),
        Event::Operator(event) => operator(event),
        Event::Customer(event) => customer(event),
        Event::Floor(FloorEvent::Started { .. }) => pending(floor),
        Event::Standing(StandingEvent::HoldPlaced { .. } | StandingEvent::LifeSet { .. }) => stops(floor),
        Event::Circle(event) => circle(floor, event),
        Event::Guard(event) => guard(floor, event),
        Event::Conversation(ConversationEvent::Woken { conversation, .. })
        | Event::Desk(DeskEvent::Undone { conversation, restored: Restored::Awake, .. }) => {
            vec![Todo::Attend { conversation: *conversation }, Todo::Match]
        }
        // A seat is free, or who stands before whom may be another.
        Event::Conversation(ConversationEvent::Resolved { .. } | ConversationEvent::Closed { .. })
        | Event::WrapUp(WrapUpEvent::Done { .. } | WrapUpEvent::Cut { .. })
        | Event::Desk(DeskEvent::PrioritySet { .. } | DeskEvent::Undone { .. }) => vec![Todo::Match],
        Event::Consult(event) => consult(floor, event),
        Event::Translation(event) => translation(event).into_iter().collect(),
        Event::File(FileEvent::Scanned { conversation, .. }) => vec![Todo::Attend { conversation: *conversation }],
        Event::Floor(
            FloorEvent::Stopped {}
            | FloorEvent::Adopted { .. }
            | FloorEvent::RolledOut { .. }
            | FloorEvent::TakenBack { .. },
        )
        | Event::Routing(_)
        | Event::Supervision(_)
        | Event::Standing(
            StandingEvent::GateSet { .. } | StandingEvent::HoldReleased { .. } | StandingEvent::CandidateSet { .. },
        )
        | Event::Clock(_)
        | Event::Promise(_)
        | Event::WrapUp(WrapUpEvent::Began { .. } | WrapUpEvent::Extended { .. })
        | Event::Member(_)
        | Event::Claim(_)
        | Event::Left(_)
        | Event::Lesson(_)
        | Event::Learning(_)
        | Event::Model(_)
        | Event::Conflict(_)
        | Event::File(FileEvent::Opened { .. })
        | Event::Approval(
            ApprovalEvent::Asked { .. } | ApprovalEvent::Endorsed { .. } | ApprovalEvent::Settled { .. },
        )
        | Event::Conversation(
            ConversationEvent::Opened { .. }
            | ConversationEvent::BeganOn { .. }
            | ConversationEvent::Identified { .. }
            | ConversationEvent::FirstContactLost { .. }
            | ConversationEvent::Reopened { .. }
            | ConversationEvent::Rated { .. }
            | ConversationEvent::Snoozed { .. },
        )
        | Event::Desk(
            DeskEvent::LabelsSet { .. }
            | DeskEvent::Watched { .. }
            | DeskEvent::Unwatched { .. }
            | DeskEvent::Noticed { .. },
        ) => Vec::new(),
    }
}

/// What is to be translated.
fn translation(event: &TranslationEvent) -> Option<Todo> {
    let (conversation, piece) = match event {
        TranslationEvent::Asked { conversation, turn, .. } => (*conversation, Piece::Turn(*turn)),
        TranslationEvent::Held { conversation, reply, .. } => (*conversation, Piece::Reply(*reply)),
        TranslationEvent::Done { .. } | TranslationEvent::Failed { .. } | TranslationEvent::Unsent { .. } => {
            return None;
        }
    };
    Some(Todo::Translate { conversation, piece })
}

/// The one who is asked, or whoever asked and goes on.
fn consult(floor: &Floor, event: &ConsultEvent) -> Vec<Todo> {
    match event {
        ConsultEvent::Asked { conversation, consult, .. } => {
            vec![Todo::Consult { conversation: *conversation, consult: *consult }]
        }
        ConsultEvent::Answered { conversation, stale: false, .. }
        | ConsultEvent::Failed { conversation, stale: false, .. } => {
            let open = floor.conversation(*conversation).and_then(|c| Some((c, c.panel.as_ref()?)));
            match open {
                Some((c, open)) if c.is_outstanding(open.id) => Vec::new(),
                Some((c, open)) => vec![Todo::Weigh { conversation: c.id, panel: open.id }],
                None => advised(floor, *conversation),
            }
        }
        ConsultEvent::Settled { decision, .. } if decision.ruling == Ruling::Overtaken => Vec::new(),
        ConsultEvent::Refused { conversation, .. } | ConsultEvent::Settled { conversation, .. } => {
            advised(floor, *conversation)
        }
        ConsultEvent::Convened { .. }
        | ConsultEvent::Answered { stale: true, .. }
        | ConsultEvent::Failed { stale: true, .. } => Vec::new(),
    }
}

/// Whoever asked goes on.
fn advised(floor: &Floor, id: ConversationId) -> Vec<Todo> {
    let composing = floor.conversation(id).and_then(|c| Some((c, c.composing.as_ref()?.id)));
    composing.map(|(c, composition)| compose(c, composition, ComposeInput::Advised)).into_iter().collect()
}

/// Who was told that it goes in a circle is asked again, from where it was.
fn circle(floor: &Floor, event: &CircleEvent) -> Vec<Todo> {
    match event {
        CircleEvent::Question { conversation, composition, then: Break::Told, .. }
        | CircleEvent::Call { conversation, composition, then: Break::Told, .. } => {
            let c = floor.conversation(*conversation);
            c.map(|c| compose(c, *composition, last_result(c, *composition))).into_iter().collect()
        }
        CircleEvent::Handoffs { .. }
        | CircleEvent::Question { then: Break::Other | Break::Human, .. }
        | CircleEvent::Call { then: Break::Other | Break::Human, .. } => Vec::new(),
    }
}

/// Whose words did not go out is asked again, from where it was.
fn guard(floor: &Floor, event: &GuardEvent) -> Vec<Todo> {
    match event {
        GuardEvent::Caught { conversation, composition, then: GuardAction::Again, .. } => {
            let c = floor.conversation(*conversation);
            c.map(|c| compose(c, *composition, last_result(c, *composition))).into_iter().collect()
        }
        GuardEvent::Caught { then: GuardAction::Note | GuardAction::Approval | GuardAction::Human, .. }
        | GuardEvent::Read { .. }
        | GuardEvent::Tainted { .. }
        | GuardEvent::Crossed { .. } => Vec::new(),
    }
}

/// Conversations that something laid over the floor stops.
fn stops(floor: &Floor) -> Vec<Todo> {
    let stopped = |c: &Conversation| {
        let agent = c.baton.holder.agent();
        agent.is_some_and(|agent| floor.stopped(c, agent).is_some())
            || c.calls.values().any(|call| floor.tool_held(c, &call.agent, &call.tool))
    };
    let reached = floor.conversations.values().filter(|c| stopped(c));
    reached.map(|c| Todo::Stop { conversation: c.id }).collect()
}

/// Conversations that an incident may take in, or lets go.
fn incident(floor: &Floor, event: &IncidentEvent) -> Vec<Todo> {
    let gathered = |conversation| Todo::Gather { conversation };
    match event {
        IncidentEvent::Declared { cause, .. } => {
            let sharing = floor.conversations.values().filter(|c| c.incident.is_none() && floor.shares(c, cause));
            sharing.map(|c| gathered(c.id)).collect()
        }
        IncidentEvent::Cleared { incident, .. } => {
            let members = floor.incidents.open.get(incident).into_iter().flat_map(|incident| &incident.members);
            members.copied().map(gathered).collect()
        }
        IncidentEvent::Proposed { .. }
        | IncidentEvent::Dismissed { .. }
        | IncidentEvent::LeadTaken { .. }
        | IncidentEvent::BroadcastBegan { .. }
        | IncidentEvent::BroadcastStopped { .. }
        | IncidentEvent::BroadcastEnded { .. }
        | IncidentEvent::StatusSet { .. }
        | IncidentEvent::StatusCleared { .. }
        | IncidentEvent::Filed { .. } => Vec::new(),
    }
}

fn turn(floor: &Floor, event: &TurnEvent) -> Vec<Todo> {
    match event {
        TurnEvent::CompositionBegan { conversation, composition, .. } => {
            floor.conversation(*conversation).map(|c| compose(c, *composition, opening(c))).into_iter().collect()
        }
        TurnEvent::CustomerSpoke { conversation, files, scan, stands, .. } => {
            let (conversation, attend) = (*conversation, Todo::Attend { conversation: *conversation });
            let stirs = floor.conversation(conversation).is_some_and(|c| floor.stirs(c));
            let waits = scan.is_some_and(|scanning| scanning.scan == Scan::Waits);
            let scans = files.iter().filter(|_| waits).map(|sent| Todo::Scan { conversation, file: sent.file });
            // What is only noted leads to nothing else.
            if !stands.asks() {
                return scans.collect();
            }
            stirs.then_some(Todo::Gather { conversation }).into_iter().chain(scans).chain([attend]).collect()
        }
        // What the customer said while an answer was under way is the next turn.
        TurnEvent::AgentActed { conversation, done: true, .. } => {
            vec![Todo::Attend { conversation: *conversation }]
        }
        TurnEvent::AgentActed { done: false, .. }
        | TurnEvent::CompositionFailed { .. }
        | TurnEvent::NothingFound { .. }
        | TurnEvent::ReplyWithheld { .. }
        | TurnEvent::OperatorSpoke { .. }
        | TurnEvent::HouseSpoke { .. }
        | TurnEvent::HouseTold { .. }
        | TurnEvent::Whispered { .. }
        | TurnEvent::Noted { .. } => Vec::new(),
    }
}

fn baton(floor: &Floor, event: &BatonEvent) -> Vec<Todo> {
    match event {
        BatonEvent::Passed { conversation, from, to, .. } => {
            let mut todos = match to {
                Holder::Agent(_) => vec![Todo::Attend { conversation: *conversation }],
                Holder::Queue(_) => vec![Todo::Match],
                Holder::Operator(_) | Holder::Nobody => Vec::new(),
            };
            if from.operator().is_some() && !floor.queued.is_empty() {
                todos.push(Todo::Match);
            }
            todos
        }
        BatonEvent::Announced { .. } => Vec::new(),
    }
}

fn escalation(event: &EscalationEvent) -> Vec<Todo> {
    match event {
        EscalationEvent::Offered { .. }
        | EscalationEvent::Passed { .. }
        | EscalationEvent::Lapsed { .. }
        | EscalationEvent::Withdrawn { .. }
        | EscalationEvent::Taken { .. }
        | EscalationEvent::RoundEnded { .. }
        | EscalationEvent::RoundBegan { .. }
        | EscalationEvent::CallBackArranged { .. }
        | EscalationEvent::Breached { .. } => vec![Todo::Match],
        EscalationEvent::Raised { .. } | EscalationEvent::Settled { .. } => Vec::new(),
    }
}

fn operator(event: &OperatorEvent) -> Vec<Todo> {
    match event {
        OperatorEvent::Arrived { .. } | OperatorEvent::PresenceSet { .. } | OperatorEvent::Gone { .. } => {
            vec![Todo::Match]
        }
        OperatorEvent::Departed { .. }
        | OperatorEvent::SetBusy { .. }
        | OperatorEvent::BriefWritten { .. }
        | OperatorEvent::BriefSigned { .. } => Vec::new(),
    }
}

fn tool(floor: &Floor, event: &ToolEvent) -> Vec<Todo> {
    match event {
        ToolEvent::Called { conversation, call, .. } | ToolEvent::Retried { conversation, call } => {
            vec![Todo::CallTool { conversation: *conversation, call: *call }]
        }
        ToolEvent::Returned { conversation, call, end: CallEnd::Failed | CallEnd::Unknown, .. } => {
            let conversation = *conversation;
            [Todo::Gather { conversation }].into_iter().chain(go_on(floor, conversation, *call)).collect()
        }
        ToolEvent::Returned { conversation, call, .. } | ToolEvent::Refused { conversation, call, .. } => {
            go_on(floor, *conversation, *call).into_iter().collect()
        }
        ToolEvent::Reconciling { conversation, call } => {
            vec![Todo::Reconcile { conversation: *conversation, call: *call }]
        }
        ToolEvent::AttemptFailed { conversation, .. } | ToolEvent::Unsettled { conversation, .. } => {
            vec![Todo::Gather { conversation: *conversation }]
        }
        ToolEvent::Started { .. } => Vec::new(),
    }
}

/// The agent that asked for a call goes on with its result, if it still composes.
fn go_on(floor: &Floor, id: ConversationId, call: CallId) -> Option<Todo> {
    let c = floor.conversation(id)?;
    let composing = c.composing.as_ref().filter(|composing| composing.waits_for == WaitsFor::Agent)?;
    // Only the newest result: an older call of a replaced attempt leads nowhere.
    c.results.back().filter(|result| result.call == call)?;
    Some(compose(c, composing.id, ComposeInput::Tool(call)))
}
