//! The laws as checks over what was committed, with bookkeeping of their own: a fault in the fold
//! or in a rule cannot hide itself here. Used by tests, simulation and the headless demo.

mod books;
mod claims;
mod clocks;
mod consult;
mod desk;
mod editions;
mod guard;
mod incident;
mod ladder;
mod learning;
mod left;
mod line;
mod money;
mod promises;
mod translated;
mod wrap_up;

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::action::MOVES_MAX;
use crate::domain::approval::Verdict;
use crate::domain::baton::{Holder, PassReason};
use crate::domain::conversation::HouseSentence;
use crate::domain::deployment::Deployment;
use crate::domain::envelope::{Actor, Envelope};
use crate::domain::escalation::Settlement;
use crate::domain::event::{
    ApprovalEvent, BatonEvent, CallEnd, ConversationEvent, Event, HandoffEvent, RoutingEvent, Spoken, ToolEvent,
    TurnEvent,
};
use crate::domain::id::{
    AgentName, ApprovalId, CallId, ClientKey, ConversationId, Epoch, IncidentId, OperatorName, PromiseId, RuleId, Seq,
    TurnNo,
};
use crate::domain::personal::Personal;
use crate::domain::supervision::{GateTarget, HoldTarget, Life};
use crate::domain::time::Timestamp;
use crate::domain::tool::ToolCall;

use books::{Account, CallBook};
use editions::EditionBook;
use incident::IncidentBook;
use money::{LastWords, Question, Tills};

/// A law that was broken, with where and how.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("law {law} broken at {seq}: {what}")]
pub struct Breach {
    /// Its number in the plan.
    pub law: u8,
    /// The entry that broke it.
    pub seq: Seq,
    /// What was found.
    pub what: String,
}

/// Checks a journal entry by entry, from its first.
#[derive(Debug, Default)]
pub struct Laws {
    seq: Seq,
    at: Timestamp,
    deployment: Option<Deployment>,
    editions: EditionBook,
    accounts: BTreeMap<ConversationId, Account>,
    loads: BTreeMap<OperatorName, u16>,
    wraps: BTreeMap<OperatorName, u16>,
    agents: BTreeMap<AgentName, u32>,
    gates: BTreeSet<GateTarget>,
    holds: BTreeSet<HoldTarget>,
    lives: BTreeMap<AgentName, Life>,
    keys: BTreeMap<(Actor, Option<ConversationId>, ClientKey), Seq>,
    tills: Tills,
    promised: PromiseId,
    rules: BTreeMap<RuleId, AgentName>,
    incidents: BTreeMap<IncidentId, IncidentBook>,
    /// How requests for a human ended.
    pub endings: BTreeMap<Settlement, u64>,
    /// Checks made.
    pub checked: u64,
    /// Breaches found.
    pub broken: Vec<Breach>,
}

impl Laws {
    /// Checks one entry.
    pub fn check(&mut self, envelope: &Envelope) {
        self.order(envelope);
        self.key(envelope);
        self.guarded(envelope);
        self.undecided(envelope);
        match &envelope.event {
            Event::Conversation(event) => {
                self.begins(envelope, event);
                self.life(envelope, event);
            }
            Event::Turn(event) => self.turn(envelope, event),
            Event::Baton(event) => {
                self.begun(envelope, event);
                self.baton(envelope, event);
            }
            Event::Routing(RoutingEvent::Routed { conversation, turn, decision, .. }) => {
                self.chosen(envelope, (*conversation, *turn), decision);
            }
            Event::Lesson(event) => self.lesson(envelope, event),
            Event::Learning(event) => self.learning(envelope, event),
            Event::Escalation(event) => self.escalation(envelope, event),
            Event::Claim(event) => self.claim(envelope, event),
            Event::Left(event) => self.left(envelope, event),
            Event::Clock(event) => self.clock(envelope, event),
            Event::Tool(event) => self.tool(envelope, event),
            Event::Approval(event) => self.approval(envelope, event),
            Event::Floor(event) => self.edition(envelope, event),
            Event::Handoff(event) => self.handoff(envelope, event),
            Event::Promise(event) => self.promise(envelope, event),
            Event::WrapUp(event) => self.wrap_up(envelope, event),
            Event::Supervision(event) => self.supervision(envelope, event),
            Event::Standing(event) => self.standing(event),
            Event::Incident(event) => self.incident(envelope, event),
            Event::Member(event) => self.member(envelope, event),
            Event::Desk(event) => self.desk(envelope, event),
            Event::Consult(event) => self.consult(envelope, event),
            Event::Translation(event) => self.translation(envelope, event),
            Event::Operator(_)
            | Event::Guard(_)
            | Event::Circle(_)
            | Event::Model(_)
            | Event::File(_)
            | Event::Conflict(_)
            | Event::Customer(_) => {}
        }
    }

    fn hold(&mut self, law: u8, seq: Seq, holds: bool, what: impl FnOnce() -> String) {
        self.checked += 1;
        if !holds {
            self.broken.push(Breach { law, seq, what: what() });
        }
    }

    /// Laws 4 and 5: no gap, no step back.
    fn order(&mut self, envelope: &Envelope) {
        let (seq, at) = (envelope.seq, envelope.at);
        let (next, last) = (self.seq.next(), self.at);
        self.hold(4, seq, seq == next, || format!("{next} was next"));
        self.hold(5, seq, at >= last, || format!("{} ms after {} ms", at.0, last.0));
        (self.seq, self.at) = (seq, at);
    }

    /// Law 2: nothing is done twice under one key.
    fn key(&mut self, envelope: &Envelope) {
        let Some(used) = &envelope.key else { return };
        let scope = match envelope.actor {
            Actor::Customer(_) => envelope.event.conversation(),
            Actor::Operator(_) | Actor::Agent(_) | Actor::Floor => None,
        };
        let before = self.keys.insert((envelope.actor.clone(), scope, used.key.clone()), envelope.seq);
        self.hold(2, envelope.seq, before.is_none(), || format!("key {:?} was done before", used.key));
    }

    fn account(&mut self, id: ConversationId) -> &mut Account {
        self.accounts.entry(id).or_default()
    }

    fn life(&mut self, envelope: &Envelope, event: &ConversationEvent) {
        match event {
            ConversationEvent::Resolved { conversation, spent, first_contact, credited, pack, .. } => {
                self.spent(envelope, *spent);
                self.credit(envelope.seq, *conversation, credited);
                self.travels(envelope.seq, *conversation, pack);
                self.nothing_left_open(envelope, *conversation);
                self.ended(envelope.seq, *conversation);
                self.account(*conversation).clock.first_contact = *first_contact;
            }
            ConversationEvent::Closed { conversation, .. } => {
                self.nothing_owed(envelope.seq, *conversation);
                self.not_wrapping(envelope.seq, *conversation);
                self.ended(envelope.seq, *conversation);
                self.accounts.remove(conversation);
                // Its keys lived with it.
                self.keys.retain(|(_, scope, _), _| *scope != Some(*conversation));
            }
            ConversationEvent::Opened { conversation, identity, tier, channel, .. } => {
                let account = self.account(*conversation);
                (account.identity, account.tier, account.channel) = (*identity, Some(*tier), Some(channel.clone()));
                account.clock.since = envelope.at;
            }
            ConversationEvent::BeganOn { .. } => {}
            ConversationEvent::Identified { conversation, identity } => {
                self.account(*conversation).identity = *identity;
            }
            ConversationEvent::FirstContactLost { conversation } => {
                let had = std::mem::take(&mut self.account(*conversation).clock.first_contact);
                self.hold(5, envelope.seq, had, || "a first contact was taken back that did not count".to_owned());
            }
            ConversationEvent::Reopened { conversation, pack } => {
                self.not_wrapping(envelope.seq, *conversation);
                self.travels(envelope.seq, *conversation, pack);
                let book = &mut self.account(*conversation).clock;
                book.since = envelope.at;
                let counted = book.first_contact;
                self.hold(5, envelope.seq, !counted, || "re-opened, and the first contact still counts".to_owned());
            }
            ConversationEvent::Snoozed { .. } | ConversationEvent::Woken { .. } => self.sleep(envelope, event),
            ConversationEvent::Rated { conversation, credited, .. } => {
                self.rated(envelope.seq, *conversation, credited);
            }
        }
    }

    fn ended(&mut self, seq: Seq, conversation: ConversationId) {
        self.no_draft_left(seq, conversation);
        self.claim_ends(seq, conversation);
        self.held_ends(seq, conversation);
        let account = self.account(conversation);
        account.gated = false;
        account.gate = None;
        account.was = None;
        account.asleep = false;
        account.watches.clear();
        account.priority = None;
        account.barge = None;
        account.offered = None;
        let incident = account.incident.take();
        if matches!(account.introduced, Holder::Queue(_)) {
            account.introduced = Holder::Nobody;
        }
        let lost = account.asks.take().map(|asks| asks.id);
        let holder = std::mem::take(&mut account.holder);
        self.unload(&holder);
        self.out_of(incident, conversation);
        self.hold(2, seq, lost.is_none(), || format!("{lost:?} ends with no settlement"));
    }

    /// Law 1: who speaks holds the baton, under its epoch; messages are numbered without a gap.
    /// Law 9: an attempt comes to an answer, or fails.
    fn goes_on(&mut self, seq: Seq, id: ConversationId, event: &TurnEvent) {
        let TurnEvent::AgentActed { composition, done: false, .. } = event else { return };
        let moves = &mut self.account(id).moves;
        *moves = (*composition, if moves.0 == *composition { moves.1 + 1 } else { 1 });
        let (composition, made) = *moves;
        self.hold(9, seq, made <= MOVES_MAX, || format!("{composition} goes on after {made} moves"));
    }

    /// What the customer asks begins anew; what is only noted wakes nobody.
    fn asked(&mut self, seq: Seq, conversation: ConversationId) {
        let account = self.account(conversation);
        account.round.clear();
        account.consults.spoke();
        self.awake(8, seq, conversation, "the customer spoke");
    }

    fn turn(&mut self, envelope: &Envelope, event: &TurnEvent) {
        if let Some(id) = envelope.event.conversation() {
            let made =
                if let TurnEvent::AgentActed { agent, done: true, .. } = event { Some(agent.clone()) } else { None };
            self.account(id).acted = made;
            self.goes_on(envelope.seq, id, event);
        }
        match event {
            TurnEvent::HouseTold { conversation, turn, incident, broadcast, .. } => {
                self.account(*conversation).was = None;
                self.numbered(envelope.seq, *conversation, *turn);
                self.told(envelope, *conversation, *incident, *broadcast);
            }
            TurnEvent::CustomerSpoke { conversation, turn, stands, .. } => {
                if stands.asks() {
                    self.asked(envelope.seq, *conversation);
                }
                self.numbered(envelope.seq, *conversation, *turn);
            }
            TurnEvent::HouseSpoke { conversation, turn, sentence, .. } => {
                self.introduced(envelope.seq, *conversation, *sentence);
                if !sentence.tells_of_pass() {
                    self.account(*conversation).was = None;
                }
                self.numbered(envelope.seq, *conversation, *turn);
            }
            TurnEvent::AgentActed {
                conversation,
                composition,
                agent,
                epoch,
                spoken: Some(Spoken { turn, .. }),
                ..
            } => {
                self.awake(1, envelope.seq, *conversation, "an agent spoke");
                self.account(*conversation).was = None;
                self.not_held(envelope.seq, *conversation, agent, "spoke");
                let words = LastWords { composition: *composition, seq: envelope.seq };
                self.account(*conversation).words = Some(words);
                self.past_gate(envelope.seq, *conversation, agent, *composition);
                self.numbered(envelope.seq, *conversation, *turn);
                self.speaks(envelope.seq, *conversation, &Holder::Agent(agent.clone()), *epoch);
                self.known_to_customer(envelope.seq, *conversation, &Holder::Agent(agent.clone()));
            }
            TurnEvent::OperatorSpoke { .. } => self.person(envelope.seq, event),
            TurnEvent::CompositionBegan { conversation, .. } => {
                self.awake(1, envelope.seq, *conversation, "an agent was asked");
                self.no_draft_left(envelope.seq, *conversation);
                self.account(*conversation).sent = false;
            }
            TurnEvent::ReplyWithheld { conversation, draft: Some(draft), .. } => {
                self.settled(envelope.seq, *conversation, *draft);
            }
            TurnEvent::AgentActed { spoken: None, .. }
            | TurnEvent::CompositionFailed { .. }
            | TurnEvent::NothingFound { .. }
            | TurnEvent::ReplyWithheld { draft: None, .. }
            | TurnEvent::Whispered { .. }
            | TurnEvent::Noted { .. } => {}
        }
    }

    fn person(&mut self, seq: Seq, event: &TurnEvent) {
        let TurnEvent::OperatorSpoke { conversation, turn, operator, epoch, beside_until, held, .. } = event else {
            return;
        };
        if beside_until.is_none() {
            self.known_to_customer(seq, *conversation, &Holder::Operator(operator.clone()));
        }
        self.awake(1, seq, *conversation, "an operator spoke");
        self.account(*conversation).was = None;
        self.numbered(seq, *conversation, *turn);
        self.speaks_or_barges(seq, *conversation, operator, *epoch);
        if let Some(reply) = held {
            self.held_goes_out(seq, *conversation, *reply, (operator, *epoch));
        }
    }

    /// Law 1: a change of speaker is told once; who was told of one holder is not told of the same again.
    fn introduced(&mut self, seq: Seq, id: ConversationId, sentence: HouseSentence) {
        if !sentence.introduces() {
            return;
        }
        let account = self.account(id);
        let before = std::mem::replace(&mut account.introduced, account.holder.clone());
        let twice = before == account.holder;
        let holder = before;
        self.hold(1, seq, !twice, || format!("the customer was told twice of {holder}"));
    }

    /// Law 1: nobody speaks to a customer who was told of somebody else.
    fn known_to_customer(&mut self, seq: Seq, id: ConversationId, author: &Holder) {
        let told = self.account(id).introduced.clone();
        self.hold(1, seq, told == *author, || format!("{author} spoke, the customer was told of {told}"));
    }

    fn numbered(&mut self, seq: Seq, id: ConversationId, turn: TurnNo) {
        let account = self.account(id);
        let next = account.turn.next();
        account.turn = turn;
        self.hold(2, seq, turn == next, || format!("{turn} where {next} was next"));
    }

    fn speaks(&mut self, seq: Seq, id: ConversationId, author: &Holder, epoch: Epoch) {
        let account = self.account(id);
        let (holder, now) = (account.holder.clone(), account.epoch);
        let may = holder == *author && now == epoch;
        self.hold(1, seq, may, || format!("{author} spoke under epoch {}, {holder} holds epoch {}", epoch.0, now.0));
    }

    /// Law 1: an epoch rises by one at every pass. Law 7: nobody holds more than they have seats.
    fn baton(&mut self, envelope: &Envelope, event: &BatonEvent) {
        let BatonEvent::Passed { conversation, from, to, epoch, reason, pack, .. } = event else { return };
        if let Some(pack) = pack.as_ref().filter(|_| *reason != PassReason::Undone) {
            self.travels(envelope.seq, *conversation, pack);
        }
        self.no_draft_left(envelope.seq, *conversation);
        self.passed_by_hand(envelope, event);
        let account = self.account(*conversation);
        let (holder, next) = (account.holder.clone(), account.epoch.next());
        account.holder = to.clone();
        account.barge = None;
        account.sent = false;
        account.epoch = *epoch;
        if !matches!(reason, PassReason::Handoff(_)) {
            account.round.clear();
        }
        let seq = envelope.seq;
        self.hold(1, seq, *epoch == next, || format!("epoch {} where {} was next", epoch.0, next.0));
        self.hold(1, seq, holder == *from, || format!("{from} passed what {holder} held"));
        if let Holder::Agent(agent) = to {
            self.not_held(seq, *conversation, agent, "was given a conversation");
        }
        self.unload(from);
        self.load(seq, to);
        self.lined_up(seq, *conversation, (from, to), *reason);
        self.left_passes(seq, *conversation, to, *reason);
        self.claim_passes(seq, *conversation, to, *reason);
    }

    fn unload(&mut self, holder: &Holder) {
        match holder {
            Holder::Operator(name) => {
                let load = self.loads.entry(name.clone()).or_default();
                *load = load.saturating_sub(1);
            }
            Holder::Agent(name) => {
                let load = self.agents.entry(name.clone()).or_default();
                *load = load.saturating_sub(1);
            }
            Holder::Queue(_) | Holder::Nobody => {}
        }
    }

    fn load(&mut self, seq: Seq, holder: &Holder) {
        let (load, seats) = match holder {
            Holder::Operator(name) => {
                let load = self.loads.entry(name.clone()).or_default();
                *load += 1;
                let load = *load;
                (u32::from(load) + self.wrapping(name), self.seats_of(name))
            }
            Holder::Agent(name) => {
                let load = self.agents.entry(name.clone()).or_default();
                *load += 1;
                (*load, self.deployment.as_ref().and_then(|d| d.agent(name)).map_or(0, |spec| spec.capacity))
            }
            Holder::Queue(_) | Holder::Nobody => return,
        };
        self.hold(7, seq, load <= seats, || format!("{holder} holds {load} of {seats}"));
    }

    /// Law 2: a promise made to the customer is known to whoever takes over from its author.
    fn handoff(&mut self, envelope: &Envelope, event: &HandoffEvent) {
        match event {
            HandoffEvent::Offered { conversation, pack, from, to, .. } => {
                self.travels(envelope.seq, *conversation, pack);
                let account = self.account(*conversation);
                account.promised = pack.promises.len();
                account.passing = Some((from.clone(), to.clone()));
            }
            HandoffEvent::Accepted { conversation, receipt, .. } => {
                let promised = self.account(*conversation).promised;
                let understood = usize::from(receipt.promises);
                self.hold(2, envelope.seq, understood >= promised, || {
                    format!("accepted with {understood} of {promised} promises")
                });
                self.no_circle(envelope.seq, *conversation);
            }
            HandoffEvent::Declined { .. } | HandoffEvent::Lapsed { .. } => {}
        }
    }

    /// Law 9: who gave the baton away for a message does not get it back for the same.
    fn no_circle(&mut self, seq: Seq, id: ConversationId) {
        let account = self.account(id);
        let Some((from, to)) = account.passing.take() else { return };
        let back = account.acted.take().as_ref() == Some(&from) && account.round.contains(&to);
        account.round.insert(from);
        self.hold(9, seq, !back, || format!("the baton came back to {to} for one message"));
    }

    /// Laws 2 and 16: a call is made once, acts after its start, by an agent that may, for a customer
    /// who has proven enough, and above the limit only with a yes for exactly it.
    fn tool(&mut self, envelope: &Envelope, event: &ToolEvent) {
        let seq = envelope.seq;
        match event {
            ToolEvent::Called {
                conversation,
                call,
                agent,
                tool,
                ask,
                amount,
                approval,
                side_effect,
                composition,
                ..
            } => {
                let counted = self.count(envelope, event);
                let spec = self.deployment.as_ref().and_then(|d| d.tool(tool));
                let caller = self.rules(*conversation).and_then(|d| d.agent(agent));
                let may = caller.is_some_and(|spec| spec.tools.contains(tool));
                let need = spec.map(|spec| spec.identity).unwrap_or_default();
                let over = spec.and_then(|spec| Some(amount.as_ref()?.exceeds(spec.agent_limit?)));
                let needed = over.unwrap_or(false) || spec.is_none_or(|spec| spec.always_ask);
                let account = self.account(*conversation);
                // Who was asked for a yes had proven themselves when it was asked; the wait is not theirs.
                let proven = approval.is_some() || account.identity.satisfies(need, envelope.at);
                let granted = approval.is_some_and(|approval| account.granted.remove(&approval).as_ref() == Some(ask));
                let loud = *side_effect && account.words.is_some_and(|words| words.announced(*composition, seq));
                let (agent_name, tool_name) = (agent.clone(), tool.clone());
                let book =
                    CallBook { side_effect: *side_effect, started: false, agent: agent_name, tool: tool_name, counted };
                let fresh = account.calls.insert(*call, book).is_none();
                self.hold(16, seq, !loud, || format!("{call} was announced before it was done"));
                self.hold(16, seq, may, || format!("{agent} may not call {tool}"));
                self.hold(16, seq, proven, || format!("{tool} called for somebody who has not proven {need:?}"));
                self.hold(16, seq, !needed || granted, || format!("{tool} called without the yes it needs"));
                self.hold(2, seq, fresh, || format!("{call} called twice"));
                self.may_begin(seq, *conversation, *call);
            }
            ToolEvent::Started { conversation, call } => {
                self.may_begin(seq, *conversation, *call);
                let known = self.call(*conversation, *call).map(|book| !std::mem::replace(&mut book.started, true));
                self.hold(2, seq, known == Some(true), || format!("{call} started twice, or never called"));
            }
            ToolEvent::Returned { conversation, call, end, .. } => {
                let book = self.account(*conversation).calls.remove(call);
                if let Some(counted) = book.as_ref().and_then(|book| book.counted.as_ref())
                    && matches!(end, CallEnd::Failed | CallEnd::Declined | CallEnd::Refused)
                {
                    self.tills.release(counted);
                }
                let sound = book.is_some_and(|book| book.started || !book.side_effect || *end == CallEnd::Refused);
                self.hold(2, seq, sound, || format!("{call} came back twice, or acted before its start stood"));
            }
            ToolEvent::Retried { conversation, call } => self.may_begin(seq, *conversation, *call),
            ToolEvent::AttemptFailed { .. }
            | ToolEvent::Unsettled { .. }
            | ToolEvent::Reconciling { .. }
            | ToolEvent::Refused { .. } => {}
        }
    }

    /// Law 16: no day's cap is passed, whatever becomes of the calls.
    fn count(&mut self, envelope: &Envelope, event: &ToolEvent) -> Option<money::Counted> {
        let ToolEvent::Called { agent, tool, side_effect: true, amount, .. } = event else { return None };
        let amount = (*amount)?;
        let deployment = self.deployment.as_ref()?;
        let payment = (agent.as_str(), envelope.subject, deployment.tool(tool)?);
        let (counted, over) = self.tills.count(deployment, payment, amount, envelope.at);
        self.hold(16, envelope.seq, over.is_empty(), || format!("{amount} is more than the day's money of {over:?}"));
        Some(counted)
    }

    fn call(&mut self, id: ConversationId, call: CallId) -> Option<&mut CallBook> {
        self.account(id).calls.get_mut(&call)
    }

    fn approval(&mut self, envelope: &Envelope, event: &ApprovalEvent) {
        match event {
            ApprovalEvent::Asked { conversation, approval, waiting, composition, .. } => {
                let account = self.account(*conversation);
                account.asked.insert(*approval, Question::of(waiting));
                let loud = account.words.is_some_and(|words| words.announced(*composition, envelope.seq));
                self.hold(16, envelope.seq, !loud, || format!("{approval} was announced before it was asked"));
            }
            ApprovalEvent::Endorsed { conversation, approval, by, ask, amount } => {
                let Some(question) = self.account(*conversation).asked.get_mut(approval) else {
                    return self.hold(16, envelope.seq, false, || format!("{approval} endorsed, but nobody asked"));
                };
                (question.ask, question.amount, question.first) = (ask.clone(), *amount, Some(by.clone()));
            }
            ApprovalEvent::Settled { conversation, approval, verdict, by, ask, .. } => {
                let question = self.account(*conversation).asked.remove(approval);
                let waited = question.is_some();
                if let (Some(question), Verdict::Approved) = (question, verdict) {
                    self.granted(envelope, (*conversation, *approval), &question, by.as_ref(), ask.as_ref());
                }
                let by_a_person = *verdict != Verdict::Approved || by.is_some();
                self.hold(16, envelope.seq, waited, || format!("{approval} settled twice"));
                self.hold(16, envelope.seq, by_a_person, || format!("{approval} granted by nobody"));
            }
        }
    }

    /// Law 16: who says yes may, and a yes is for what was asked or for less of it.
    fn granted(
        &mut self,
        envelope: &Envelope,
        (conversation, approval): (ConversationId, ApprovalId),
        question: &Question,
        by: Option<&OperatorName>,
        edited: Option<&Personal<ToolCall>>,
    ) {
        let seq = envelope.seq;
        let allowed = edited.unwrap_or(&question.ask).clone();
        if let Some(ask) = allowed.reveal() {
            let deployment = self.deployment.as_ref();
            let spec = deployment.and_then(|deployment| deployment.tool(&ask.tool));
            let (enough, covered) = (question.is_enough(deployment, by, ask), question.covers(ask, spec));
            self.hold(16, seq, enough, || format!("{approval} needed two people"));
            self.hold(16, seq, covered, || format!("{approval} was granted for something else"));
        }
        let own = by.is_some_and(|by| question.whispered.contains(by));
        self.hold(16, seq, !own, || format!("{approval} was granted by whose whisper led to it"));
        self.account(conversation).granted.insert(approval, allowed);
    }
}
