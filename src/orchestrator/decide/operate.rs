//! What operators ask: watch over, take over, answer, hand back, move, decide.

use crate::domain::agent::AgentRole;
use crate::domain::baton::{Holder, PassReason};
use crate::domain::command::{OperatorAct, Seen};
use crate::domain::conversation::{CloseReason, Disposition};
use crate::domain::escalation::{Settlement, Severity, Trigger};
use crate::domain::event::{EscalationEvent, Event, TurnEvent};
use crate::domain::handoff::ContextPack;
use crate::domain::id::{AgentName, ConversationId, EscalationId, OfferId, OperatorName};
use crate::domain::learning::Reach;
use crate::domain::operator::{OperatorSpec, Role};
use crate::domain::refusal::Refusal;
use crate::domain::supervision::BARGE_PAUSE;
use crate::domain::text::Foreign;
use crate::domain::time::Timestamp;
use crate::orchestrator::context;
use crate::orchestrator::floor::Floor;

use super::case::Case;
use super::customer::check_text;
use super::{
    approve, barge, block, brief, claim, desk, draft, end, hold, incident, line, pass, people, promise, reroute,
    snooze, tick, translate, undo, wait, watch, wrap_up,
};

pub(super) fn decide(
    floor: &Floor,
    operator: &OperatorName,
    seen: Option<&Seen>,
    act: &OperatorAct,
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let spec = floor.operator_spec(operator).ok_or(Refusal::UnknownOperator)?;
    if let OperatorAct::SetPresence { operator, presence, reason, until } = act {
        let wish = people::Wish { presence: *presence, reason: reason.as_ref(), until: *until };
        return people::set_presence(floor, spec, operator.as_ref(), &wish, at);
    }
    if let OperatorAct::Decide { approval, approve: yes, reason, amount } = act {
        need(spec, Role::Supervisor)?;
        let answer = approve::Answer { approval: *approval, approve: *yes, reason: reason.as_ref(), amount: *amount };
        return approve::decide(floor, spec, seen, &answer, at);
    }
    if let Some(decided) = of_the_floor(floor, spec, act, at) {
        return decided;
    }
    if let Some(decided) = watch::decide(floor, operator, act, at) {
        return decided;
    }
    need(spec, Role::Responder)?;
    if let OperatorAct::Gate { target, on, fuse } = act {
        return draft::gate(floor, spec, (target, *on, *fuse), at);
    }
    if let OperatorAct::SettleDraft { draft, verdict, reason } = act {
        return draft::settle(floor, spec, seen, (*draft, verdict, reason.as_ref()), at);
    }
    if let Some(decided) = hold::decide(floor, spec, act) {
        return decided;
    }
    if let Some(decided) = promise::decide(floor, spec, seen, act, at) {
        return decided;
    }
    if let OperatorAct::WrapUp { conversation, disposition, note, fields } = act {
        let word = wrap_up::Word { disposition: disposition.as_ref(), note: note.as_ref(), fields };
        return wrap_up::done(floor, spec, *conversation, word);
    }
    if let OperatorAct::ExtendWrapUp { conversation } = act {
        return wrap_up::extend(floor, spec, *conversation);
    }
    let case = Case::open(floor, subject(floor, spec, act)?, at)?;
    if let Some(decided) = desk::decide(&case, spec, seen, act).or_else(|| snooze::decide(&case, spec, seen, act)) {
        return decided;
    }
    let events = Desk { case, spec }.act(seen, act)?;
    Ok(snooze::woken_for(&case, spec, act, events))
}

/// What is about the floor as a whole; each says itself who may.
fn of_the_floor(
    floor: &Floor,
    spec: &OperatorSpec,
    act: &OperatorAct,
    at: Timestamp,
) -> Option<Result<Vec<Event>, Refusal>> {
    if let OperatorAct::HandOver {} = act {
        return Some(brief::hand_over(floor, spec));
    }
    if let OperatorAct::SignBrief { brief } = act {
        return Some(brief::sign(floor, spec, *brief));
    }
    if let OperatorAct::Incident { wish } = act {
        return Some(incident::decide(floor, spec, wish, at));
    }
    block::decide(floor, spec, act, at).or_else(|| reroute::of_the_floor(floor, spec, act, at))
}

pub(super) fn need(spec: &OperatorSpec, role: Role) -> Result<(), Refusal> {
    if spec.role >= role { Ok(()) } else { Err(Refusal::RoleNeeded { need: role, have: spec.role }) }
}

/// A person's words go out to the customer; with a translation go the words as they were written, and the
/// number under which they waited for it.
pub(super) fn spoken(
    case: &Case<'_>,
    by: &OperatorName,
    text: &Foreign,
    written: Option<(&Foreign, u32)>,
) -> Vec<Event> {
    let beside = barge::is_open(case, by);
    let mut events: Vec<Event> = Vec::with_capacity(3);
    if beside {
        events.extend(barge::overtaken(case));
    } else if case.unannounced() {
        events.extend(tick::announce(case));
    }
    let said = events.iter().any(wait::says);
    let last = case.conversation.last_turn;
    let turn = if said { last.next().next() } else { last.next() };
    events.push(
        TurnEvent::OperatorSpoke {
            conversation: case.id(),
            turn,
            operator: by.clone(),
            epoch: case.conversation.baton.epoch,
            bytes: u32::try_from(text.raw().len()).unwrap_or(u32::MAX),
            text: text.clone().into(),
            beside_until: beside.then(|| case.at + BARGE_PAUSE),
            original: written.map(|(words, _)| words.clone().into()),
            held: written.map(|(_, reply)| reply),
        }
        .into(),
    );
    events.extend(wait::kept(case, by));
    events
}

/// The conversation an act is about.
fn subject(floor: &Floor, me: &OperatorSpec, act: &OperatorAct) -> Result<ConversationId, Refusal> {
    match act {
        OperatorAct::TakeOver { conversation, .. }
        | OperatorAct::AskFor { conversation, .. }
        | OperatorAct::AnswerClaim { conversation, .. }
        | OperatorAct::Undo { conversation }
        | OperatorAct::Snooze { conversation, .. }
        | OperatorAct::Wake { conversation }
        | OperatorAct::SetPriority { conversation, .. }
        | OperatorAct::Label { conversation, .. }
        | OperatorAct::Watch { conversation, .. }
        | OperatorAct::HandBack { conversation, .. }
        | OperatorAct::Move { conversation, .. }
        | OperatorAct::Reply { conversation, .. }
        | OperatorAct::Barge { conversation }
        | OperatorAct::EndBarge { conversation }
        | OperatorAct::Whisper { conversation, .. }
        | OperatorAct::Note { conversation, .. }
        | OperatorAct::Promise { conversation, .. }
        | OperatorAct::Resolve { conversation, .. }
        | OperatorAct::Reroute { conversation, .. }
        | OperatorAct::RateTurn { conversation, .. }
        | OperatorAct::CorrectIntent { conversation, .. }
        | OperatorAct::Close { conversation } => Ok(*conversation),
        OperatorAct::TakeOffer { offer } | OperatorAct::PassOffer { offer } => {
            let made = floor.operators.get(&me.name).and_then(|state| state.offer);
            let made = made.filter(|made| made.id == *offer).ok_or(Refusal::OfferGone { taken_by: None })?;
            // Who took it instead is told to whom it was offered.
            let now = floor.conversation(made.conversation);
            let taken_by = now.and_then(|c| c.baton.holder.operator().cloned());
            if made.runs { Ok(made.conversation) } else { Err(Refusal::OfferGone { taken_by }) }
        }
        OperatorAct::Dismiss { escalation } => {
            let mut queued = floor.queued.iter().filter_map(|id| floor.conversation(*id));
            let found = queued.find(|c| c.escalation.as_ref().is_some_and(|e| e.id == *escalation));
            found.map(|c| c.id).ok_or(Refusal::NotEscalated)
        }
        OperatorAct::Decide { .. }
        | OperatorAct::SetPresence { .. }
        | OperatorAct::Gate { .. }
        | OperatorAct::SettleDraft { .. }
        | OperatorAct::Hold { .. }
        | OperatorAct::Release { .. }
        | OperatorAct::SetLife { .. }
        | OperatorAct::Promote { .. }
        | OperatorAct::ClearPromise { .. }
        | OperatorAct::CarryPromise { .. }
        | OperatorAct::WaivePromise { .. }
        | OperatorAct::WrapUp { .. }
        | OperatorAct::ExtendWrapUp { .. }
        | OperatorAct::HandOver {}
        | OperatorAct::Incident { .. }
        | OperatorAct::MakeRule { .. }
        | OperatorAct::EndRule { .. }
        | OperatorAct::RollBackLearning {}
        | OperatorAct::Block { .. }
        | OperatorAct::Unblock { .. }
        | OperatorAct::SignBrief { .. } => Err(Refusal::UnknownConversation),
    }
}

/// One operator acting on one conversation.
struct Desk<'a> {
    case: Case<'a>,
    spec: &'a OperatorSpec,
}

impl Desk<'_> {
    fn me(&self) -> Holder {
        Holder::Operator(self.spec.name.clone())
    }

    /// An act about this conversation.
    fn act(&self, seen: Option<&Seen>, act: &OperatorAct) -> Result<Vec<Event>, Refusal> {
        translate::may_leave(&self.case, &self.spec.name, act)?;
        match act {
            OperatorAct::Reply { text, untranslated, .. } => self.reply(seen, text, *untranslated),
            OperatorAct::Whisper { text, lasting, answers, .. } => self.whisper(text, *lasting, *answers),
            OperatorAct::Note { text, .. } => self.note(text),
            OperatorAct::TakeOffer { offer } => self.take_offer(*offer),
            OperatorAct::PassOffer { offer } => self.pass_offer(*offer),
            OperatorAct::Barge { .. } => self.barge(seen),
            OperatorAct::EndBarge { .. } => barge::end(&self.case, &self.spec.name),
            OperatorAct::Undo { .. } => undo::decide(&self.case, &self.spec.name),
            OperatorAct::TakeOver { reason, .. } => self.take_over(seen, reason.as_ref()),
            OperatorAct::AskFor { note, .. } => {
                self.case.check_seen(seen)?;
                claim::ask(&self.case, &self.spec.name, note.as_ref())
            }
            OperatorAct::AnswerClaim { claim, give, .. } => {
                self.hold()?;
                self.case.check_seen(seen)?;
                claim::answer(&self.case, *claim, *give)
            }
            OperatorAct::HandBack { to, note, .. } => self.hand_back(seen, to.as_ref(), note.as_ref()),
            OperatorAct::Move { to, note, .. } => self.move_to(seen, to, note.as_ref()),
            OperatorAct::Promise { text, due, .. } => {
                self.case.check_seen(seen)?;
                promise::by_operator(&self.case, self.spec, text, *due)
            }
            OperatorAct::Resolve { disposition, .. } => self.resolve(seen, *disposition),
            OperatorAct::Close { .. } => {
                self.may_end(seen)?;
                promise::check_open(&self.case, false)?;
                Ok(end::close(&self.case, CloseReason::ByOperator))
            }
            OperatorAct::Dismiss { escalation } => self.dismiss(seen, *escalation),
            OperatorAct::Reroute { to, reach, note, .. } => self.reroute(seen, to, reach, note.as_ref()),
            OperatorAct::RateTurn { turn, rating, .. } => {
                reroute::rate_turn(&self.case, self.spec, seen, (*turn, *rating))
            }
            OperatorAct::CorrectIntent { turn, intent, .. } => {
                reroute::correct_intent(&self.case, self.spec, seen, (*turn, intent))
            }
            OperatorAct::SetPresence { .. }
            | OperatorAct::Decide { .. }
            | OperatorAct::Gate { .. }
            | OperatorAct::SettleDraft { .. }
            | OperatorAct::Hold { .. }
            | OperatorAct::Release { .. }
            | OperatorAct::SetLife { .. }
            | OperatorAct::Promote { .. }
            | OperatorAct::Snooze { .. }
            | OperatorAct::Wake { .. }
            | OperatorAct::SetPriority { .. }
            | OperatorAct::Label { .. }
            | OperatorAct::Watch { .. }
            | OperatorAct::ClearPromise { .. }
            | OperatorAct::CarryPromise { .. }
            | OperatorAct::WaivePromise { .. }
            | OperatorAct::WrapUp { .. }
            | OperatorAct::ExtendWrapUp { .. }
            | OperatorAct::HandOver {}
            | OperatorAct::Incident { .. }
            | OperatorAct::MakeRule { .. }
            | OperatorAct::EndRule { .. }
            | OperatorAct::RollBackLearning {}
            | OperatorAct::Block { .. }
            | OperatorAct::Unblock { .. }
            | OperatorAct::SignBrief { .. } => Ok(Vec::new()),
        }
    }

    fn resolve(&self, seen: Option<&Seen>, disposition: Disposition) -> Result<Vec<Event>, Refusal> {
        self.may_end(seen)?;
        promise::check_open(&self.case, true)?;
        let mut events = end::settled(&self.case, disposition, self.case.conversation.last_turn.next());
        events.extend(wrap_up::begin(&self.case));
        Ok(events)
    }

    fn hold(&self) -> Result<(), Refusal> {
        if *self.case.holder() == self.me() { Ok(()) } else { Err(self.case.not_holder()) }
    }

    /// From a colleague only for a reason, which they read.
    fn take_over(&self, seen: Option<&Seen>, reason: Option<&Foreign>) -> Result<Vec<Event>, Refusal> {
        if *self.case.holder() == self.me() {
            return Err(Refusal::AlreadyHolds);
        }
        self.case.check_seen(seen)?;
        let mut events = Vec::new();
        if let Some(colleague) = self.case.holder().operator() {
            need(self.spec, Role::Supervisor)?;
            events.push(claim::taken(&self.case, &self.spec.name, colleague, reason)?);
        }
        pass::room(&self.case, &self.me())?;
        events.extend(self.taken(PassReason::TakenOver, Vec::new()));
        Ok(events)
    }

    /// The baton is mine; what waited for somebody is settled.
    fn taken(&self, reason: PassReason, offer: Vec<Event>) -> Vec<Event> {
        let mut events = end::leave_waiting(&self.case);
        events.extend(offer);
        events.push(pass::by_hand(&self.case, self.me(), reason, None));
        events.extend(end::settle_taken(&self.case, &self.spec.name));
        events
    }

    fn take_offer(&self, offer: OfferId) -> Result<Vec<Event>, Refusal> {
        let (escalation, running) = self.my_offer(offer)?;
        let settlement = self.case.conversation.escalation.as_ref().map_or(Settlement::Taken, end::taken);
        pass::room(&self.case, &self.me())?;
        let (conversation, operator) = (self.case.id(), self.spec.name.clone());
        let mut events = end::leave_waiting(&self.case);
        events.push(EscalationEvent::Taken { conversation, escalation, offer: running, operator }.into());
        events.push(pass::by_hand(&self.case, self.me(), PassReason::OfferTaken(offer), None));
        events.push(EscalationEvent::Settled { conversation, escalation, settlement }.into());
        Ok(events)
    }

    fn pass_offer(&self, offer: OfferId) -> Result<Vec<Event>, Refusal> {
        let (escalation, offer) = self.my_offer(offer)?;
        let (conversation, operator) = (self.case.id(), self.spec.name.clone());
        Ok(vec![EscalationEvent::Passed { conversation, escalation, offer, operator }.into()])
    }

    fn my_offer(&self, offer: OfferId) -> Result<(EscalationId, OfferId), Refusal> {
        let escalation = self.case.conversation.escalation.as_ref();
        let mine = escalation.and_then(|e| {
            let running = e.offer.as_ref()?;
            (running.id == offer && running.operator == self.spec.name).then_some((e.id, running.id))
        });
        mine.ok_or_else(|| Refusal::OfferGone { taken_by: self.case.holder().operator().cloned() })
    }

    fn reply(&self, seen: Option<&Seen>, text: &Foreign, untranslated: bool) -> Result<Vec<Event>, Refusal> {
        let beside = barge::is_open(&self.case, &self.spec.name);
        if !beside {
            self.hold()?;
        }
        self.case.check_seen(seen)?;
        check_text(text)?;
        let by = &self.spec.name;
        let waits = if untranslated { None } else { translate::of_reply(&self.case, by, text)? };
        Ok(waits.map_or_else(|| spoken(&self.case, by, text, None), |waits| vec![waits]))
    }

    fn barge(&self, seen: Option<&Seen>) -> Result<Vec<Event>, Refusal> {
        need(self.spec, Role::Supervisor)?;
        self.case.check_seen(seen)?;
        barge::open(&self.case, &self.spec.name)
    }

    /// To the agent that holds, or will hold after me; to the colleague, when one holds.
    fn whisper(&self, text: &Foreign, lasting: bool, answers: Option<u8>) -> Result<Vec<Event>, Refusal> {
        need(self.spec, Role::Supervisor)?;
        check_text(text)?;
        if answers == Some(0) {
            return Err(Refusal::Empty);
        }
        let (conversation, operator, text) = (self.case.id(), self.spec.name.clone(), text.clone().into());
        let to = self.case.holder().operator().filter(|holder| **holder != operator).cloned();
        let answers = answers.or(self.case.deployment.policy.whispers.answers).filter(|_| lasting);
        Ok(vec![TurnEvent::Whispered { conversation, operator, text, lasting, answers, to }.into()])
    }

    fn note(&self, text: &Foreign) -> Result<Vec<Event>, Refusal> {
        check_text(text)?;
        let (conversation, operator) = (self.case.id(), self.spec.name.clone());
        Ok(vec![TurnEvent::Noted { conversation, operator, text: text.clone().into() }.into()])
    }

    fn hand_back(
        &self,
        seen: Option<&Seen>,
        to: Option<&AgentName>,
        note: Option<&Foreign>,
    ) -> Result<Vec<Event>, Refusal> {
        self.hold()?;
        self.case.check_seen(seen)?;
        let deployment = self.case.deployment;
        // Who left the roster, drains or is held is not who it goes back to.
        let floor = self.case.floor;
        let may = |name: &&AgentName| {
            deployment.agent(name).is_some()
                && floor.life(name).takes_new()
                && floor.stopped(self.case.conversation, name).is_none()
        };
        let before = self.case.conversation.path.back().filter(may);
        let triage = deployment.agent_for(AgentRole::Triage).map(|agent| &agent.name);
        let to = to.or(before).or(triage).ok_or(Refusal::UnknownTarget { target: Holder::Nobody })?;
        self.to_agent(to, PassReason::HandedBack, note)
    }

    fn to_agent(&self, to: &AgentName, reason: PassReason, note: Option<&Foreign>) -> Result<Vec<Event>, Refusal> {
        let target = Holder::Agent(to.clone());
        pass::room(&self.case, &target)?;
        let pack = self.pack(note)?;
        let told = self.told(&target);
        let mut events = end::leave_waiting(&self.case);
        let pack = Some(Box::new(pack));
        // Who hands back has decided; a move may be taken back until whoever has it answers.
        let moved = reason == PassReason::Moved;
        let pass = if moved { pass::by_hand } else { pass::to };
        events.push(pass(&self.case, target, reason, pack));
        events.extend(end::settle_escalation(&self.case, Settlement::NotNeeded, Some(&self.spec.name)));
        events.extend(told);
        Ok(events)
    }

    /// What the customer is told of who answers from now on.
    fn told(&self, to: &Holder) -> Option<Event> {
        pass::introduction(&self.case, to, self.case.conversation.last_turn.next())
    }

    fn pack(&self, note: Option<&Foreign>) -> Result<ContextPack, Refusal> {
        if let Some(note) = note {
            check_text(note)?;
        }
        Ok(ContextPack { note: note.cloned().map(Into::into), ..context::pack(self.case.conversation) })
    }

    fn move_to(&self, seen: Option<&Seen>, to: &Holder, note: Option<&Foreign>) -> Result<Vec<Event>, Refusal> {
        if self.hold().is_err() {
            need(self.spec, Role::Supervisor)?;
        }
        self.case.check_seen(seen)?;
        if to == self.case.holder() {
            return Err(Refusal::AlreadyHolds);
        }
        match to {
            Holder::Nobody => Err(Refusal::UnknownTarget { target: to.clone() }),
            Holder::Agent(agent) => self.to_agent(agent, PassReason::Moved, note),
            Holder::Operator(operator) => self.to_colleague(operator, note),
            Holder::Queue(queue) => {
                let known = self.case.deployment.queues.iter().any(|spec| spec.name == *queue)
                    || self.case.deployment.agents.iter().any(|agent| agent.queue == *queue);
                if !known {
                    return Err(Refusal::UnknownTarget { target: to.clone() });
                }
                self.to_queue(to, queue, note)
            }
        }
    }

    /// It goes to who should have had it, unless a person has it: they give it away themselves.
    fn reroute(
        &self,
        seen: Option<&Seen>,
        to: &AgentName,
        reach: &Reach,
        note: Option<&Foreign>,
    ) -> Result<Vec<Event>, Refusal> {
        need(self.spec, Role::Supervisor)?;
        self.case.check_seen(seen)?;
        let once = matches!(reach, Reach::Once);
        let there = self.case.holder().agent() == Some(to);
        if there && once {
            return Err(Refusal::AlreadyHolds);
        }
        let mut events = reroute::taught(&self.case, self.spec, to, reach)?;
        if !there && (once || self.case.holder().operator().is_none()) {
            events.extend(self.to_agent(to, PassReason::Moved, note)?);
        }
        Ok(events)
    }

    fn to_colleague(&self, operator: &OperatorName, note: Option<&Foreign>) -> Result<Vec<Event>, Refusal> {
        let target = Holder::Operator(operator.clone());
        if self.case.floor.operator_spec(operator).is_none_or(|spec| spec.role < Role::Responder) {
            return Err(Refusal::UnknownTarget { target });
        }
        let presence = self.case.floor.operators.get(operator).map(|state| state.presence).unwrap_or_default();
        if !presence.takes_moves() {
            return Err(Refusal::Away { who: operator.clone(), presence });
        }
        pass::room(&self.case, &target)?;
        let pack = Box::new(self.pack(note)?);
        let mut events = end::leave_waiting(&self.case);
        events.push(pass::by_hand(&self.case, target, PassReason::Moved, Some(pack)));
        events.extend(end::settle_taken(&self.case, operator));
        Ok(events)
    }

    fn to_queue(
        &self,
        to: &Holder,
        queue: &crate::domain::id::QueueName,
        note: Option<&Foreign>,
    ) -> Result<Vec<Event>, Refusal> {
        let (conversation, escalation) = (self.case.id(), self.case.floor.last.escalation.next());
        let due = self.case.due_after(self.case.human_promise());
        let mut events = end::leave_waiting(&self.case);
        events.extend(end::settle_escalation(&self.case, Settlement::Ended, None));
        events.push(
            EscalationEvent::Raised {
                conversation,
                escalation,
                queue: queue.clone(),
                trigger: Trigger::ByOperator,
                severity: Severity::Normal,
                terms: Vec::new(),
                due,
                rank: Some(line::rank(&self.case, Severity::Normal, due)),
                skills: line::skills(&self.case, queue),
                declined: Vec::new(),
                expires: wait::expires(&self.case, Trigger::ByOperator, self.case.at),
            }
            .into(),
        );
        let pack = Box::new(self.pack(note)?);
        events.push(pass::by_hand(&self.case, to.clone(), PassReason::Escalated(escalation), Some(pack)));
        events.extend(self.told(to));
        Ok(events)
    }

    fn may_end(&self, seen: Option<&Seen>) -> Result<(), Refusal> {
        if self.hold().is_err() {
            need(self.spec, Role::Supervisor)?;
        }
        self.case.check_seen(seen)
    }

    /// No human is needed: the agent that held before goes on.
    fn dismiss(&self, seen: Option<&Seen>, escalation: EscalationId) -> Result<Vec<Event>, Refusal> {
        need(self.spec, Role::Supervisor)?;
        self.case.check_seen(seen)?;
        if self.case.conversation.escalation.as_ref().is_none_or(|e| e.id != escalation) {
            return Err(Refusal::NotEscalated);
        }
        let triage = self.case.deployment.agent_for(AgentRole::Triage).map(|agent| &agent.name);
        let back = self.case.conversation.path.back().or(triage);
        let back = back.ok_or(Refusal::UnknownTarget { target: Holder::Nobody })?;
        let mut events = end::settle_escalation(&self.case, Settlement::NotNeeded, Some(&self.spec.name));
        let target = Holder::Agent(back.clone());
        pass::room(&self.case, &target)?;
        let pack = Box::new(self.pack(None)?);
        let told = self.told(&target);
        events.push(pass::to(&self.case, target, PassReason::HandedBack, Some(pack)));
        events.extend(told);
        Ok(events)
    }
}
