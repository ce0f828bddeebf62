//! What a floor learns from what has just been decided: read off the events, never asked for.

use crate::domain::agent::AgentRole;
use crate::domain::baton::{Holder, PassReason};
use crate::domain::command::{Act, Command, EffectResult, OperatorAct};
use crate::domain::envelope::Actor;
use crate::domain::escalation::{Settlement, Term};
use crate::domain::event::{
    BatonEvent, ConversationEvent, EscalationEvent, Event, HandoffEvent, LearningEvent, LessonEvent, RoutingEvent,
};
use crate::domain::id::{AgentName, ConversationId, RuleId, ToolName};
use crate::domain::learning::{AGREED_ENOUGH, CameOf, Counted, Need, RuleEnd};
use crate::domain::policy::EscalationBudget;
use crate::domain::score::Score;
use crate::domain::time::Timestamp;
use crate::orchestrator::conversation::Conversation;
use crate::orchestrator::floor::Floor;
use crate::orchestrator::learning::Choice;
use crate::orchestrator::opportunity;

use super::escalate;

/// A rating up to this says that a human was missing.
const RATED_LOW: u8 = 2;

/// These events, which `command` led to on the floor as it stands, with their lessons. Lessons come first, since
/// they are about what was so until then; the end of a rule comes after the choice it made.
pub(super) fn with(floor: &Floor, command: &Command, events: Vec<Event>, at: Timestamp) -> Vec<Event> {
    let on = floor.deployment.as_ref().is_some_and(|deployment| deployment.policy.learning.on);
    if !on {
        return events;
    }
    // Who fails, or is stopped, passes on as well: that says nothing about who was chosen.
    let acted = matches!(command.act, Act::Effect(EffectResult::AgentActed { .. }));
    let lesson = Lesson { floor, at, dismisses: dismisses(command), acted };
    let mut all: Vec<Event> = events.iter().flat_map(|event| lesson.of(event)).collect();
    for event in events {
        let agreed = lesson.agreed(&event);
        all.push(event);
        all.extend(agreed);
    }
    all
}

/// Whether a person says by this that no human is needed.
fn dismisses(command: &Command) -> bool {
    let Actor::Operator(_) = &command.actor else { return false };
    matches!(command.act, Act::Operator(OperatorAct::Dismiss { .. } | OperatorAct::HandBack { .. }))
}

struct Lesson<'a> {
    floor: &'a Floor,
    at: Timestamp,
    dismisses: bool,
    acted: bool,
}

impl Lesson<'_> {
    fn of(&self, event: &Event) -> Vec<Event> {
        match event {
            Event::Conversation(event) => self.of_life(event),
            Event::Handoff(HandoffEvent::Offered { conversation, from, .. }) if self.acted => {
                self.passed_on(*conversation, from)
            }
            Event::Escalation(event) => self.of_call(event),
            Event::Baton(BatonEvent::Announced { conversation, .. }) => self.taken_over(*conversation),
            Event::Turn(_)
            | Event::Routing(_)
            | Event::Handoff(_)
            | Event::Baton(_)
            | Event::Tool(_)
            | Event::Approval(_)
            | Event::Supervision(_)
            | Event::Standing(_)
            | Event::Clock(_)
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
            | Event::Model(_)
            | Event::File(_)
            | Event::Translation(_)
            | Event::Conflict(_)
            | Event::Lesson(_)
            | Event::Learning(_) => Vec::new(),
        }
    }

    fn of_life(&self, event: &ConversationEvent) -> Vec<Event> {
        match event {
            ConversationEvent::Resolved { conversation, disposition, credited, .. } => {
                let Some(c) = self.floor.conversation(*conversation) else { return Vec::new() };
                let alone = disposition.helped() && c.outcome.escalations == 0;
                let chosen = c.choice.as_deref().filter(|choice| alone && *credited == holds(choice));
                let lesson = chosen.map(|choice| {
                    let counted = Counted { left: self.left_of(c), sold: self.sold(c, choice), cost: c.cost };
                    self.reward(c.id, choice, (CameOf::Resolved, counted), self.read(c))
                });
                lesson.into_iter().chain(self.budget(c)).collect()
            }
            ConversationEvent::Reopened { conversation, .. } => {
                let credited = self.floor.stubs.get(conversation).map(|stub| &stub.outcome.credited);
                let ended = self.floor.learning.ended(*conversation);
                let chosen = ended.map(|ended| &ended.choice).filter(|choice| credited == Some(&holds(choice)));
                let came = (CameOf::Reopened, Counted::default());
                chosen.map(|choice| self.reward(*conversation, choice, came, Vec::new())).into_iter().collect()
            }
            ConversationEvent::Rated { conversation, score, credited, .. } => {
                self.rated(*conversation, *score, credited)
            }
            ConversationEvent::Opened { .. }
            | ConversationEvent::BeganOn { .. }
            | ConversationEvent::Identified { .. }
            | ConversationEvent::FirstContactLost { .. }
            | ConversationEvent::Snoozed { .. }
            | ConversationEvent::Woken { .. }
            | ConversationEvent::Closed { .. } => Vec::new(),
        }
    }

    /// A rating is about who had it at its end; a bad one of an agent says that a human was missing.
    fn rated(&self, conversation: ConversationId, score: u8, credited: &Holder) -> Vec<Event> {
        // A second rating says it better, and the first was learnt.
        let first = self.floor.stubs.get(&conversation).is_some_and(|stub| stub.outcome.rating.is_none());
        let ended = self.floor.learning.ended(conversation).filter(|e| first && *credited == holds(&e.choice));
        let Some(ended) = ended else { return Vec::new() };
        let mut lessons =
            vec![self.reward(conversation, &ended.choice, (CameOf::Rated(score), Counted::default()), Vec::new())];
        if score <= RATED_LOW && !ended.choice.terms.is_empty() {
            lessons.push(need(conversation, Need::RatedLow, ended.choice.terms.clone()));
        }
        lessons
    }

    /// Who was chosen passes on the very message it was chosen for; who sorts out is there to pass on, and
    /// what came later may be another matter.
    fn passed_on(&self, conversation: ConversationId, from: &AgentName) -> Vec<Event> {
        let sorts = |name: &AgentName| {
            let spec = self.floor.deployment.as_ref().and_then(|deployment| deployment.agent(name));
            spec.is_none_or(|spec| spec.role == AgentRole::Triage)
        };
        let Some(c) = self.floor.conversation(conversation).filter(|_| !sorts(from)) else { return Vec::new() };
        let chosen = c.choice.as_deref().filter(|choice| choice.decision.chosen == *from && choice.turn == c.last_said);
        chosen
            .map(|choice| self.reward(c.id, choice, (CameOf::Transferred, so_far(c)), Vec::new()))
            .into_iter()
            .collect()
    }

    fn of_call(&self, event: &EscalationEvent) -> Vec<Event> {
        match event {
            EscalationEvent::Raised { conversation, trigger, .. } => {
                let came = CameOf::of_call(*trigger);
                let c = self.floor.conversation(*conversation).zip(came);
                let chosen = c.and_then(|(c, came)| {
                    let choice = c.choice.as_deref().filter(|choice| c.baton.holder == holds(choice))?;
                    Some(self.reward(c.id, choice, (came, so_far(c)), Vec::new()))
                });
                chosen.into_iter().collect()
            }
            EscalationEvent::Settled { conversation, settlement, .. } => {
                let answered = matches!(settlement, Settlement::Taken | Settlement::CalledBack);
                let dismissed = *settlement == Settlement::NotNeeded && self.dismisses;
                let open = self.floor.conversation(*conversation).and_then(|c| c.escalation.as_ref());
                // What calls by itself teaches nothing about the rest.
                let judged = open.filter(|open| CameOf::of_call(open.trigger).is_some() && (answered || dismissed));
                let how = if dismissed { Need::Dismissed } else { Need::Answered };
                judged.map(|open| need(*conversation, how, open.terms.clone())).into_iter().collect()
            }
            EscalationEvent::Offered { .. }
            | EscalationEvent::Taken { .. }
            | EscalationEvent::Withdrawn { .. }
            | EscalationEvent::Passed { .. }
            | EscalationEvent::Lapsed { .. }
            | EscalationEvent::Breached { .. }
            | EscalationEvent::RoundEnded { .. }
            | EscalationEvent::CallBackArranged { .. }
            | EscalationEvent::RoundBegan { .. } => Vec::new(),
        }
    }

    /// The customer hears of a person who took it from an agent: until then it may be undone.
    fn taken_over(&self, conversation: ConversationId) -> Vec<Event> {
        let Some(c) = self.floor.conversation(conversation) else { return Vec::new() };
        let from = c.path.back().map(|name| Holder::Agent(name.clone()));
        // Who took it out of the line answered a call.
        let called = c.judged >= c.last_said && c.last_said.0 > 0;
        if c.baton.reason != PassReason::TakenOver || from.is_none() || called {
            return Vec::new();
        }
        let chosen = c.choice.as_deref().filter(|choice| from == Some(holds(choice)));
        let reward = chosen.map(|choice| self.reward(c.id, choice, (CameOf::TakenOver, so_far(c)), Vec::new()));
        let terms = self.read(c);
        let missed = (!terms.is_empty()).then(|| need(conversation, Need::TakenOver, terms));
        reward.into_iter().chain(missed).collect()
    }

    fn reward(
        &self,
        conversation: ConversationId,
        choice: &Choice,
        (came, counted): (CameOf, Counted),
        terms: Vec<Term>,
    ) -> Event {
        let policy = self.floor.deployment.as_ref().map(|deployment| &deployment.policy.learning);
        let reward = policy.map(|policy| policy.reward(came, &counted)).unwrap_or_default();
        let (turn, agent) = (choice.turn, choice.decision.chosen.clone());
        LessonEvent::Rewarded { conversation, turn, agent, came, reward, counted, terms }.into()
    }

    fn read(&self, c: &Conversation) -> Vec<Term> {
        let rules = self.floor.rules(c);
        rules.map_or_else(Vec::new, |deployment| escalate::read(self.floor, deployment, c).terms)
    }

    /// The tool that sold what the customer came for, since the choice.
    fn sold(&self, c: &Conversation, choice: &Choice) -> Option<ToolName> {
        opportunity::sold(self.floor.rules(c)?, c, choice.at)
    }

    /// The share of the time for the matter that is left.
    fn left_of(&self, c: &Conversation) -> Score {
        let policy = self.floor.deployment.as_ref().map(|deployment| &deployment.policy.clocks);
        let whole = policy.map_or(0, |clocks| clocks.resolution_ms.0);
        let gone = self.at.since(c.opened).0.min(whole);
        let left = (whole - gone) * u64::from(Score::ONE.0.unsigned_abs()) / whole.max(1);
        Score(i32::try_from(left).unwrap_or_default())
    }

    /// A window is full: the threshold of its budget is looked at.
    fn budget(&self, c: &Conversation) -> Option<Event> {
        let budget = self.floor.deployment.as_ref()?.policy.escalation.budget_for(c.tier, &c.channel)?;
        let window = self.floor.learning.window(budget);
        let ended = window.ended + 1;
        if ended != EscalationBudget::WINDOW {
            return None;
        }
        let to = budget.moved(window.shift, ended, window.called, window.needless, window.missed);
        let moved = LearningEvent::ThresholdMoved {
            tier: budget.tier,
            channel: budget.channel.clone(),
            from: window.shift,
            to,
            ended,
            called: window.called,
            needless: window.needless,
            missed: window.missed,
        };
        (to != window.shift).then(|| moved.into())
    }

    /// A rule has done its work when routing chooses the same by itself.
    fn agreed(&self, event: &Event) -> Option<Event> {
        let Event::Routing(RoutingEvent::Routed { decision, .. }) = event else { return None };
        let rule = decision.rule.filter(|_| decision.agrees())?;
        let over = self.floor.learning.rules.get(&rule)?.agreed + 1 >= AGREED_ENOUGH;
        over.then(|| LearningEvent::RuleEnded { rule, end: RuleEnd::Agreed, by: None }.into())
    }
}

/// What is counted of a conversation that goes on with somebody else.
fn so_far(c: &Conversation) -> Counted {
    Counted { cost: c.cost, ..Counted::default() }
}

/// The holder by that choice.
fn holds(choice: &Choice) -> Holder {
    Holder::Agent(choice.decision.chosen.clone())
}

fn need(conversation: ConversationId, need: Need, terms: Vec<Term>) -> Event {
    LessonEvent::NeedKnown { conversation, need, terms }.into()
}

/// The time of a rule is over.
pub(super) fn expired(rule: RuleId) -> Vec<Event> {
    vec![LearningEvent::RuleEnded { rule, end: RuleEnd::Expired, by: None }.into()]
}

/// What is known now can be gone back to.
pub(super) fn marked(floor: &Floor) -> Vec<Event> {
    vec![LearningEvent::Marked { lessons: floor.learning.lessons }.into()]
}
