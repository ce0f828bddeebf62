//! Events that would happen, in words: a closed match over every kind, so that none is forgotten.

use crate::domain::approval::Verdict;
use crate::domain::baton::{HANDOVER_GRACE, Holder, PassReason};
use crate::domain::claim::{CLAIM_PATIENCE, ClaimEnd};
use crate::domain::escalation::Settlement;
use crate::domain::event::{
    ApprovalEvent, BatonEvent, CircleEvent, ClaimEvent, ClockEvent, ConflictEvent, ConsultEvent, ConversationEvent,
    CustomerEvent, DeskEvent, EscalationEvent, Event, FileEvent, FloorEvent, GuardEvent, HandoffEvent, IncidentEvent,
    LearningEvent, LeftEvent, LessonEvent, MemberEvent, ModelEvent, OperatorEvent, PromiseEvent, RoutingEvent,
    StandingEvent, SupervisionEvent, ToolEvent, TranslationEvent, TurnEvent, WrapUpEvent,
};
use crate::domain::id::OperatorName;
use crate::domain::incident::LeftReason;
use crate::domain::learning::TurnRating;
use crate::domain::supervision::{Aftermath, DraftEnd, FuseEnd};
use crate::domain::text::Clean;
use crate::domain::undo::Restored;
use crate::orchestrator::conversation::{Conversation, WaitsFor};
use crate::picture::owed::span;
use crate::picture::{Lens, model};

/// Cells of a sentence of the house that is quoted.
const QUOTED: usize = 60;

/// Tells one viewer what events would mean in a conversation as it is now.
pub(super) struct Teller<'a> {
    pub(super) c: &'a Conversation,
    pub(super) lens: &'a Lens<'a>,
}

impl Teller<'_> {
    /// All of them on one line; what happens several times is counted.
    pub(super) fn tell(&self, events: &[Event]) -> Clean {
        let mut told: Vec<(String, usize)> = Vec::new();
        for phrase in events.iter().flat_map(|event| self.event(event)) {
            match told.iter_mut().find(|(known, _)| *known == phrase) {
                Some((_, times)) => *times += 1,
                None => told.push((phrase, 1)),
            }
        }
        if told.is_empty() {
            return Clean::fixed("nothing changes");
        }
        let counted = told.into_iter().map(|(phrase, times)| match times {
            1 => phrase,
            times => format!("{times} times: {phrase}"),
        });
        Clean::shown(&counted.collect::<Vec<_>>().join("; "))
    }

    fn event(&self, event: &Event) -> Vec<String> {
        let one = |phrase: String| vec![phrase];
        match event {
            Event::Conversation(event) => one(self.conversation(event)),
            Event::Turn(event) => one(self.turn(event)),
            Event::Baton(event) => self.baton(event),
            Event::Handoff(event) => one(handoff(event)),
            Event::Routing(RoutingEvent::Routed { decision, .. }) => one(format!("{} is chosen", decision.chosen)),
            Event::Escalation(event) => self.escalation(event).into_iter().collect(),
            Event::Tool(event) => one(tool(event)),
            Event::Approval(event) => one(approval(event)),
            Event::Supervision(event) => one(supervision(event)),
            Event::Standing(event) => one(standing(event)),
            Event::Promise(event) => one(self.promise(event)),
            Event::WrapUp(event) => one(self.wrap_up(event)),
            Event::Incident(event) => one(incident(event)),
            Event::Member(event) => one(member(event)),
            Event::Clock(ClockEvent::Warned { .. }) => one("a clock warns".into()),
            Event::Clock(ClockEvent::Breached { .. }) => one("a clock is breached".into()),
            Event::Claim(event) => self.claim(event).into_iter().collect(),
            Event::Left(LeftEvent::Nudged { operator, .. }) => {
                one(format!("{} is reminded of the customer", self.who(operator)))
            }
            Event::Left(LeftEvent::Called { .. }) => one("a supervisor is called".into()),
            Event::Operator(event) => one(operator(event)),
            Event::Customer(event) => one(customer(event).to_owned()),
            Event::Floor(event) => one(floor(event).to_owned()),
            Event::Circle(event) => one(circle(event)),
            Event::Guard(event) => one(guard(event)),
            Event::Desk(event) => one(desk(event)),
            Event::Consult(event) => one(consult(event)),
            Event::Lesson(event) => lesson(event).into_iter().collect(),
            Event::Learning(event) => one(learning(event)),
            Event::Model(ModelEvent::Called { call, .. }) => one(model::told(call, None)),
            Event::Model(ModelEvent::Moved { agent, side, made, .. }) => one(model::moved(agent, *side, made)),
            Event::File(FileEvent::Scanned { scan, .. }) => one(format!("a file counts as {}", scan.words())),
            Event::File(FileEvent::Opened { .. }) => one("it is recorded that you read the file".into()),
            Event::Translation(event) => one(translation(event).to_owned()),
            Event::Conflict(ConflictEvent::Settled { won, lost, .. }) => {
                one(format!("{} counts more than {}", won.words(), lost.words()))
            }
        }
    }

    fn wrap_up(&self, event: &WrapUpEvent) -> String {
        match event {
            WrapUpEvent::Began { operator, until, .. } => {
                let span = span(until.since(self.lens.at));
                format!("{} has {span} to say how it came out", self.who(operator))
            }
            WrapUpEvent::Extended { operator, .. } => format!("{} has longer to wrap up", self.who(operator)),
            WrapUpEvent::Done { .. } => "it is wrapped up".into(),
            WrapUpEvent::Cut { .. } => "its wrap-up ends".into(),
        }
    }

    fn promise(&self, event: &PromiseEvent) -> String {
        match event {
            PromiseEvent::Made { due: Some(due), .. } => {
                format!("it is owed within {}, whoever holds it", span(due.since(self.lens.at)))
            }
            PromiseEvent::Made { due: None, .. } => "it is owed, whoever holds it".into(),
            PromiseEvent::Cleared { promise, .. } => format!("{promise} counts as kept"),
            PromiseEvent::Breached { promise, .. } => format!("{promise} is late"),
            PromiseEvent::Carried { promise, owner, .. } => {
                format!("{} owes {promise} from now on, also after the end", self.who(owner))
            }
            PromiseEvent::LetGo { promise, .. } => format!("{promise} is owed no longer, and was not kept"),
        }
    }

    fn claim(&self, event: &ClaimEvent) -> Option<String> {
        let who = |operator| self.who(operator);
        Some(match event {
            ClaimEvent::Asked { from, .. } => {
                format!(
                    "{} is asked for it, and keeps it unless they give it within {} s",
                    who(from),
                    CLAIM_PATIENCE.secs()
                )
            }
            // That the baton moves says so already.
            ClaimEvent::Settled { end: ClaimEnd::Given, .. } => return None,
            ClaimEvent::Settled { by, from, end: ClaimEnd::Declined | ClaimEnd::Lapsed, .. } => {
                format!("{} keeps it, and {} is told so", who(from), who(by))
            }
            ClaimEvent::Settled { by, end: ClaimEnd::Withdrawn, .. } => format!("{} no longer asks for it", who(by)),
            ClaimEvent::Taken { from, .. } => format!("{} reads that you took it, and why", who(from)),
        })
    }

    fn who(&self, operator: &OperatorName) -> String {
        if operator == self.lens.operator { "you".into() } else { operator.to_string() }
    }

    fn baton(&self, event: &BatonEvent) -> Vec<String> {
        match event {
            BatonEvent::Passed { from, to, reason, grace_until, .. } => {
                let mut told = vec![self.holds(to)];
                told.extend(self.stops(from));
                if let (Some(operator), Some(_)) = (to.operator(), grace_until) {
                    told.push(format!(
                        "the customer hears of {} with the first message, or after {} s",
                        self.who(operator),
                        HANDOVER_GRACE.secs()
                    ));
                    if matches!(reason, PassReason::TakenOver | PassReason::OfferTaken(_)) {
                        told.push("z undoes until then".into());
                    }
                }
                if to.agent().is_some() && self.c.unanswered() {
                    told.push("it answers what is still open".into());
                }
                told
            }
            BatonEvent::Announced { .. } => vec!["the customer is told who answers now".into()],
        }
    }

    fn holds(&self, holder: &Holder) -> String {
        match holder {
            Holder::Nobody => "nobody holds it".into(),
            Holder::Agent(agent) => format!("{agent} answers the customer"),
            Holder::Operator(operator) if operator == self.lens.operator => "you hold it".into(),
            Holder::Operator(operator) => format!("{operator} holds it"),
            Holder::Queue(queue) => format!("it waits in line {queue} for a person"),
        }
    }

    /// What the holder before no longer does.
    fn stops(&self, from: &Holder) -> Vec<String> {
        match from {
            Holder::Nobody | Holder::Queue(_) => Vec::new(),
            Holder::Agent(agent) => {
                let composing = self.c.composing.as_ref().filter(|c| matches!(c.waits_for, WaitsFor::Agent));
                let draft = composing.map(|_| "1 draft is withheld".to_owned());
                std::iter::once(format!("{agent} stops")).chain(draft).collect()
            }
            Holder::Operator(operator) if operator == self.lens.operator => vec!["you no longer answer".into()],
            Holder::Operator(operator) => vec![format!("{operator} no longer answers")],
        }
    }

    fn conversation(&self, event: &ConversationEvent) -> String {
        match event {
            ConversationEvent::Opened { .. } => "the conversation begins".into(),
            ConversationEvent::BeganOn { .. } => "it begins on an edition that is rolled out to a share".into(),
            ConversationEvent::Identified { .. } => "the customer counts as proven".into(),
            ConversationEvent::Resolved { credited, until, .. } => format!(
                "it counts as settled by {credited}; a word of the customer re-opens it for {} h",
                until.since(self.lens.at).secs().div_ceil(3_600)
            ),
            ConversationEvent::FirstContactLost { .. } => "the first contact no longer counts as enough".into(),
            ConversationEvent::Reopened { .. } => "it is open again".into(),
            ConversationEvent::Rated { score, .. } => format!("it is rated {score} of 5"),
            ConversationEvent::Snoozed { until, .. } => format!(
                "it sleeps for {}: no clock runs, nobody works on it, it keeps its holder; a word of the customer wakes it",
                until.since(self.lens.at)
            ),
            ConversationEvent::Woken { .. } => "it is awake, and its clocks run on".into(),
            ConversationEvent::Closed { .. } => "it is over for good; nothing re-opens it".into(),
        }
    }

    fn turn(&self, event: &TurnEvent) -> String {
        match event {
            TurnEvent::CustomerSpoke { .. } => "the customer's words are taken in".into(),
            TurnEvent::CompositionBegan { agent, .. } => format!("{agent} begins to answer"),
            TurnEvent::AgentActed { agent, .. } => format!("{agent} answers"),
            TurnEvent::CompositionFailed { agent, .. } => format!("{agent} fails"),
            TurnEvent::NothingFound { agent, .. } => format!("{agent} finds no answer in the articles"),
            TurnEvent::ReplyWithheld { agent, .. } => format!("a draft of {agent} is withheld"),
            TurnEvent::OperatorSpoke { .. } => "the customer reads your words".into(),
            TurnEvent::HouseSpoke { text, .. } => {
                format!("the customer is told: {}", text.one_line().truncated(QUOTED))
            }
            TurnEvent::HouseTold { .. } => "the customer is told of the incident".into(),
            TurnEvent::Whispered { .. } => {
                format!("{} reads it, the customer does not", self.c.baton.holder)
            }
            TurnEvent::Noted { .. } => "colleagues read it, the customer does not".into(),
        }
    }

    fn escalation(&self, event: &EscalationEvent) -> Option<String> {
        Some(match event {
            EscalationEvent::Raised { queue, due, .. } => {
                format!("a human is due in line {queue} within {}", due.since(self.lens.at))
            }
            EscalationEvent::Offered { operator, .. } => format!("it is offered to {}", self.who(operator)),
            // That the baton moves says so already.
            EscalationEvent::Taken { .. }
            | EscalationEvent::Settled { settlement: Settlement::Taken | Settlement::CalledBack, .. } => return None,
            EscalationEvent::CallBackArranged { due, .. } => {
                format!("a human writes to the customer within {}", due.since(self.lens.at))
            }
            EscalationEvent::Passed { .. } => "it is offered to the next who is free".into(),
            EscalationEvent::Lapsed { operator, .. } => format!("the offer to {} lapses", self.who(operator)),
            EscalationEvent::Withdrawn { operator, .. } if operator == self.lens.operator => return None,
            EscalationEvent::Withdrawn { operator, .. } => {
                format!("the offer to {operator} is withdrawn, and {operator} reads who took it")
            }
            EscalationEvent::Breached { .. } => "its due time counts as missed".into(),
            EscalationEvent::RoundEnded { .. } => "nobody is left to ask; supervisors are told".into(),
            EscalationEvent::RoundBegan { .. } => "everybody is asked again".into(),
            EscalationEvent::Settled { settlement: Settlement::NotNeeded, .. } => "no human is waited for".into(),
            EscalationEvent::Settled {
                settlement: Settlement::Ended | Settlement::Withdrawn | Settlement::Expired,
                ..
            } => "its place in the line is given up".into(),
        })
    }
}

fn desk(event: &DeskEvent) -> String {
    match event {
        DeskEvent::PrioritySet { priority: None, .. } => "it presses as much as the rules say".into(),
        DeskEvent::PrioritySet { priority: Some(priority), rank, .. } => {
            let place = if rank.is_some() { ", and stands so in its line" } else { "" };
            format!("its priority is {}{place}", priority.word())
        }
        DeskEvent::LabelsSet { labels, .. } => format!("it has {} labels", labels.len()),
        DeskEvent::Watched { .. } => "you see what happens there; nobody is told".into(),
        DeskEvent::Unwatched { .. } => "it leaves your watched ones".into(),
        DeskEvent::Noticed { operator, .. } => format!("{operator} is called to look"),
        DeskEvent::Undone { restored, .. } => match restored {
            Restored::Awake => "it is awake, with the clocks it had".into(),
            Restored::Priority { .. } | Restored::Labels(_) | Restored::Gate(_) => {
                format!("{} as before", restored.undone().word())
            }
        },
    }
}

fn operator(event: &OperatorEvent) -> String {
    match event {
        OperatorEvent::Arrived { operator } => format!("{operator} is here"),
        OperatorEvent::Departed { operator, .. } => format!("{operator} is away"),
        OperatorEvent::Gone { operator } => format!("{operator} is gone"),
        OperatorEvent::PresenceSet { operator, .. } => format!("the state of {operator} is another"),
        OperatorEvent::SetBusy { operator, .. } => format!("{operator} is offered nothing more until they are back"),
        OperatorEvent::BriefWritten { .. } => "what is left is written down for whoever comes".into(),
        OperatorEvent::BriefSigned { operator, .. } => format!("{operator} has read what was left"),
    }
}

fn incident(event: &IncidentEvent) -> String {
    match event {
        IncidentEvent::Proposed { cause, evidence, .. } => {
            format!("an incident is proposed: {cause} in {} conversations", evidence.conversations)
        }
        IncidentEvent::Dismissed { .. } => "it is no incident, and is not proposed again for a while".into(),
        IncidentEvent::Declared { title, .. } => {
            format!("you lead {}; conversations that share its cause join by themselves", title.one_line())
        }
        IncidentEvent::LeadTaken { by, .. } => format!("{by} leads it"),
        IncidentEvent::Cleared { members, .. } => {
            format!("it is over; {members} conversations stand on their own again")
        }
        IncidentEvent::BroadcastBegan { to, pause, .. } => {
            format!("{} customers are told, one every {pause}", to.len())
        }
        IncidentEvent::BroadcastStopped { left, .. } => format!("{left} customers are not told"),
        IncidentEvent::BroadcastEnded { told, .. } => format!("{told} customers were told"),
        IncidentEvent::StatusSet { component, state, .. } => {
            format!("whoever asks is told that {component} is {}", state.word())
        }
        IncidentEvent::StatusCleared { component, .. } => format!("nothing is said of {component} any more"),
        IncidentEvent::Filed { .. } => "it is kept no longer".into(),
    }
}

fn member(event: &MemberEvent) -> String {
    match event {
        MemberEvent::Joined { incident, .. } => format!("it belongs to incident {incident}"),
        MemberEvent::Left { incident, reason: LeftReason::Split, .. } => {
            format!("it stands on its own again and does not join {incident} by itself")
        }
        MemberEvent::Skipped { why, .. } => format!("it is not told: {why}"),
        MemberEvent::Left { incident, reason: LeftReason::Moved | LeftReason::Cleared, .. } => {
            format!("it leaves incident {incident}")
        }
    }
}

fn standing(event: &StandingEvent) -> String {
    match event {
        StandingEvent::GateSet { fuse: Some(_), .. } => "drafts there wait for a person".into(),
        StandingEvent::GateSet { fuse: None, .. } => "drafts there go out by themselves".into(),
        StandingEvent::HoldPlaced { target, then, .. } => {
            let rest = match then {
                Aftermath::Gate => "drafts wait until the release",
                Aftermath::Reroute => "others take its conversations",
                Aftermath::Queue => "its customers wait for a person",
            };
            format!("{target} says and calls nothing until it is released; {rest}")
        }
        StandingEvent::HoldReleased { target, .. } => format!("{target} goes on"),
        StandingEvent::LifeSet { agent, life, .. } => format!("{agent} is {life:?}").to_lowercase(),
        StandingEvent::CandidateSet { agent, share, .. } => match share.percent {
            0 => format!("{agent} answers everything itself again"),
            percent => format!("the candidate of {agent} answers {percent} of a hundred of its conversations"),
        },
    }
}

fn supervision(event: &SupervisionEvent) -> String {
    match event {
        SupervisionEvent::GateSet { fuse: Some(fuse), .. } => match fuse.then {
            FuseEnd::Hold => "every draft waits here for a person".into(),
            FuseEnd::Send => format!("every draft waits here for a person, and goes out after {}", fuse.after),
        },
        SupervisionEvent::GateSet { fuse: None, .. } => "agents answer by themselves again".into(),
        SupervisionEvent::DraftHeld { agent, .. } => format!("a draft of {agent} waits for a person"),
        SupervisionEvent::FuseEnded { .. } => "the draft goes on waiting".into(),
        SupervisionEvent::Barged { operator, .. } => {
            format!("{operator} may write beside the holder, who stays; an agent keeps still meanwhile")
        }
        SupervisionEvent::BargeWriting { .. } => "the agent keeps still for longer".into(),
        SupervisionEvent::BargeEnded { operator, .. } => format!("{operator} leaves it to the holder again"),
        SupervisionEvent::DraftSettled { agent, end, again, .. } => match end {
            DraftEnd::Sent | DraftEnd::Edited | DraftEnd::Fused => {
                format!("the customer reads the draft of {agent}, and what was to follow it follows")
            }
            DraftEnd::Dropped if *again => format!("the draft is dropped, and {agent} composes another"),
            DraftEnd::Dropped => "the draft is dropped; a person has to answer".into(),
        },
    }
}

fn handoff(event: &HandoffEvent) -> String {
    match event {
        HandoffEvent::Offered { to, .. } => format!("{to} is asked to take it"),
        HandoffEvent::Accepted { .. } => "the handoff is accepted".into(),
        HandoffEvent::Declined { to, .. } => format!("{to} does not take it"),
        HandoffEvent::Lapsed { .. } => "the handoff lapses".into(),
    }
}

fn consult(event: &ConsultEvent) -> String {
    match event {
        ConsultEvent::Asked { by, whom, .. } => format!("{by} asks {whom}"),
        ConsultEvent::Answered { .. } => "the one who was asked answers".into(),
        ConsultEvent::Failed { why, .. } => format!("there is no advice: {}", why.words()),
        ConsultEvent::Convened { by, .. } => format!("{by} asks several at once"),
        ConsultEvent::Settled { decision, .. } => {
            format!("the question to several is settled: {}", decision.ruling.words())
        }
        ConsultEvent::Refused { by, whom, why, .. } => format!("{by} does not ask {whom}: {}", why.words()),
    }
}

fn guard(event: &GuardEvent) -> String {
    match event {
        GuardEvent::Read { then, .. } => format!("a guardrail sees something in what came: {}", then.words()),
        GuardEvent::Crossed { to, .. } => format!("{to} gets to know personal facts"),
        GuardEvent::Tainted { .. } => "from now on models act here only with a person's word".into(),
        GuardEvent::Caught { then, .. } => format!("a guardrail sees something in the answer: {}", then.words()),
    }
}

fn circle(event: &CircleEvent) -> String {
    let (what, then) = match event {
        CircleEvent::Handoffs { then, .. } => ("the baton goes in a circle", then),
        CircleEvent::Question { then, .. } => ("the customer was asked that often enough", then),
        CircleEvent::Call { then, .. } => ("the tool has said that often enough", then),
    };
    format!("{what}: {}", then.words())
}

fn tool(event: &ToolEvent) -> String {
    match event {
        ToolEvent::Called { tool, amount: Some(amount), .. } => format!("{tool} is done at once: {amount}"),
        ToolEvent::Called { tool, amount: None, .. } => format!("{tool} is done at once"),
        ToolEvent::Started { .. } => "the tool begins to act".into(),
        ToolEvent::Returned { .. } => "the tool comes back".into(),
        ToolEvent::AttemptFailed { .. } => "the tool fails and is tried again".into(),
        ToolEvent::Retried { .. } => "the tool is tried again".into(),
        ToolEvent::Unsettled { .. } => "nobody knows whether it happened".into(),
        ToolEvent::Reconciling { .. } => "the receiver is asked whether it happened".into(),
        ToolEvent::Refused { tool, agent, .. } => format!("{tool} is not done; {agent} tells the customer and goes on"),
    }
}

fn approval(event: &ApprovalEvent) -> String {
    match event {
        ApprovalEvent::Asked { tool, .. } => format!("a person is asked about {tool}"),
        ApprovalEvent::Endorsed { .. } => "yours is the first yes; a second person has to say it too".into(),
        ApprovalEvent::Settled { verdict, .. } => match verdict {
            Verdict::Approved => "the answer is yes",
            Verdict::Rejected => "the answer is no",
            Verdict::Expired => "nobody answered, which is a no",
            Verdict::Withdrawn => "what waits for a decision is not done",
        }
        .into(),
    }
}

const fn customer(event: &CustomerEvent) -> &'static str {
    match event {
        CustomerEvent::Met { .. } => "the customer is new here",
        CustomerEvent::Recognised { .. } => "the customer is recognised",
        CustomerEvent::Blocked { .. } => "nobody answers this customer for a while",
        CustomerEvent::Unblocked { .. } => "this customer is answered again",
        CustomerEvent::Erased { .. } => "the customer is forgotten for good",
    }
}

const fn translation(event: &TranslationEvent) -> &'static str {
    match event {
        TranslationEvent::Asked { .. } => "the customer's words are to be translated",
        TranslationEvent::Held { .. } => "it is translated first, and goes out then; `:untranslated` sends it as it is",
        TranslationEvent::Done { .. } => "the translation is there",
        TranslationEvent::Failed { .. } => "it is not translated",
        TranslationEvent::Unsent { .. } => "a reply that waited for its translation goes to nobody",
    }
}

const fn floor(event: &FloorEvent) -> &'static str {
    match event {
        FloorEvent::Started { .. } => "the floor starts",
        FloorEvent::Stopped {} => "the floor stops",
        FloorEvent::Adopted { .. } => "other rules hold",
        FloorEvent::RolledOut { .. } => "a share of new conversations begins on another edition",
        FloorEvent::TakenBack { .. } => "no new conversation begins on the edition that was rolled out",
    }
}

/// What is learnt of numbers alone nobody acts on: it is not told.
fn lesson(event: &LessonEvent) -> Option<String> {
    match event {
        LessonEvent::Rewarded { .. } | LessonEvent::NeedKnown { .. } => None,
        LessonEvent::Taught { agent, lasting: true, .. } => Some(format!("what is like it goes to {agent} too")),
        LessonEvent::Taught { agent, lasting: false, .. } => Some(format!("it counts that {agent} should have had it")),
        LessonEvent::IntentCorrected { intent, agent: None, .. } => Some(format!("the message counts as {intent}")),
        LessonEvent::IntentCorrected { intent, agent: Some(agent), .. } => {
            Some(format!("the message counts as {intent}; what is like it goes to {agent}"))
        }
        LessonEvent::TurnRated { agent, rating: TurnRating::Good, .. } => {
            Some(format!("an answer of {agent} counts as good"))
        }
        LessonEvent::TurnRated { agent, rating: TurnRating::Bad, .. } => {
            Some(format!("an answer of {agent} counts as bad"))
        }
    }
}

fn learning(event: &LearningEvent) -> String {
    match event {
        LearningEvent::RuleMade { rule } => format!("{} sends what is of the same kind to {}", rule.id, rule.agent),
        LearningEvent::RuleEnded { rule, .. } => format!("{rule} ends"),
        LearningEvent::ThresholdMoved { .. } => "the threshold for calling a human moves".into(),
        LearningEvent::Marked { .. } => "what is known can be gone back to".into(),
        LearningEvent::RolledBack { .. } => "what was learnt since the last mark is forgotten".into(),
    }
}
