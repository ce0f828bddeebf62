//! Who is on the floor of a world: the desk of the preset with few seats, and agents that do
//! anything they might ever do, allowed or not.

use std::collections::BTreeMap;

use super::WorldError;
use crate::config;
use crate::domain::action::{AgentContext, AgentStep, Failure, Fill, Next, Reply, StepInput};
use crate::domain::agent::AgentRole;
use crate::domain::candidate::CandidateSpec;
use crate::domain::command::{Act, Command, CustomerAct, EffectResult};
use crate::domain::consult::{Advice, Consultation};
use crate::domain::conversation::Disposition;
use crate::domain::deployment::Deployment;
use crate::domain::escalation::Trigger;
use crate::domain::guard::{Finding, GuardAction, GuardReason, Hop};
use crate::domain::handoff::{ContextPack, Receipt};
use crate::domain::id::{AgentName, CallId, Digest, ModelName, PromiseName, SlotName, ToolName};
use crate::domain::money::Money;
use crate::domain::panel::Board;
use crate::domain::playbook::FlowState;
use crate::domain::promise::Promise;
use crate::domain::score::Score;
use crate::domain::text::Foreign;
use crate::domain::time::Millis;
use crate::domain::tool::{ToolCall, ToolOutcome};
use crate::domain::wrap_up::{DispositionSpec, NOTE_FIELD};
use crate::orchestrator::Floor;
use crate::runtime::conductor::Inner;
use crate::simulation::dice::Dice;

/// Names of language models: nobody asks them here.
fn desk_models() -> Vec<ModelName> {
    "trial".parse().into_iter().collect()
}

/// The desk: few seats everywhere, so that limits are met all the time; some agents answer at once,
/// others later.
pub(super) fn cast() -> Result<Deployment, WorldError> {
    let preset = config::preset("support").map_err(|problems| WorldError::Preset(problems.to_string()))?;
    let mut desk = preset.deployment();
    for (number, agent) in (0_u32..).zip(&mut desk.agents) {
        agent.capacity = if agent.role == AgentRole::Triage { 6 } else { 2 + number % 2 };
        agent.pace = Millis(if number % 2 == 0 { 0 } else { 1_500 });
        // Of some the candidate is asked beside them.
        let models = desk_models();
        agent.candidate = (number % 3 == 1).then_some(CandidateSpec { models, asked: 60 });
    }
    // Everybody may ask everybody but one, so that both answers are met.
    let names: Vec<AgentName> = desk.agents.iter().map(|agent| agent.name.clone()).collect();
    for agent in &mut desk.agents {
        agent.consults = names.iter().skip(1).filter(|name| **name != agent.name).cloned().collect();
    }
    // Nobody asks the first, so it may judge between the others.
    desk.policy.conflict.judge = names.first().cloned();
    for operator in &mut desk.operators {
        operator.capacity = 2;
    }
    // Every line asks for something after the end, and for too little time to say it always.
    desk.policy.learning.explore = true;
    desk.policy.wrap_up.time_ms = Millis::from_secs(40);
    // So short that some wait in vain, and some are late to be written to.
    (desk.policy.queue.expire_ms, desk.policy.queue.call_back_ms) = (Millis::from_secs(90), Millis::from_secs(30));
    for queue in &mut desk.queues {
        let word = |name: &str, means| name.parse().ok().map(|name| DispositionSpec { name, means });
        let words = [word("done", Disposition::Solved), word("lost", Disposition::Unsolved)];
        queue.dispositions = words.into_iter().flatten().collect();
        queue.required = NOTE_FIELD.parse().into_iter().collect();
    }
    // Half of them are models, whose words guardrails stop; threats call a human.
    for agent in desk.agents.iter_mut().step_by(2) {
        agent.models = "model".parse().into_iter().collect();
    }
    desk.policy.guard.abuse = GuardAction::Human;
    // Little enough money for a day that the caps are met.
    desk.policy.approvals.two_people_above = Some(Money::eur(20_000));
    let daily = &mut desk.policy.approvals.daily;
    (daily.agent, daily.customer, daily.tool) =
        (Some(Money::eur(300_000)), Some(Money::eur(90_000)), Some(Money::eur(400_000)));
    Ok(desk)
}

/// An agent that answers in memory with whatever its dice say.
pub(super) struct Wild {
    pub(super) desk: Deployment,
}

impl Inner for Wild {
    fn step(&self, context: &AgentContext, input: &StepInput) -> Option<AgentStep> {
        Some(self.any_step(context, input))
    }

    fn advise(&self, asked: &Consultation) -> Option<Advice> {
        let known = asked.at.0 % 3 != 0;
        let (text, title) = (asked.question.clone(), Foreign::from("an article"));
        // For a third that takes no side, and two that take either: by who is asked and when.
        let dice = &mut Dice::new(asked.at.0.unsigned_abs(), asked.whom.as_str().bytes().map(u64::from).sum());
        let position = dice.pick(&asked.positions).filter(|_| dice.chance(70)).cloned();
        let confidence = Score::from_percent(i32::try_from(dice.below(100)).unwrap_or(0));
        known.then(|| Advice { text, title, position, confidence, ..Advice::default() })
    }

    fn findings(&self, floor: &Floor, command: &Command) -> Vec<Finding> {
        let (hop, mut dice) = match &command.act {
            Act::Customer(CustomerAct::Say { text, .. }) => {
                (Hop::Input, Dice::new(text.raw().len() as u64, floor.seq.0))
            }
            Act::Effect(EffectResult::AgentActed { composition, step, .. }) => {
                let hop = if step.reply.is_some() { Hop::Output } else { Hop::Arguments };
                // The same words are found again: they are made of the attempt.
                (hop, Dice::new(composition.0, 9))
            }
            Act::Effect(EffectResult::ToolReturned { call, .. }) => (Hop::Result, Dice::new(call.0, 3)),
            Act::Effect(EffectResult::Advised { consult, .. }) => (Hop::Advice, Dice::new(consult.0, 5)),
            Act::Customer(_) | Act::Operator(_) | Act::Effect(_) | Act::Floor(_) => return Vec::new(),
        };
        let reasons = match hop {
            Hop::Input | Hop::Result | Hop::Knowledge | Hop::Pack | Hop::Advice => {
                [GuardReason::Order, GuardReason::Threat]
            }
            Hop::Output | Hop::Judged => [GuardReason::Secret, GuardReason::Deed],
            Hop::Arguments => [GuardReason::Invented, GuardReason::Invented],
        };
        let found = dice.chance(8).then(|| dice.pick(&reasons).copied()).flatten();
        found.map(|reason| Finding { hop, reason }).into_iter().collect()
    }

    fn receipt(&self, _: Option<Digest>, _: &AgentName, pack: &ContextPack) -> Receipt {
        // Every seventh receiver overlooks a promise, which must keep it from going on.
        let promises = u16::try_from(pack.promises.len()).unwrap_or(u16::MAX);
        let dropped = u16::from(pack.slots.len() % 7 == 6);
        Receipt {
            objective: pack.objective.clone(),
            slots: pack.slots.iter().map(|fill| fill.slot.clone()).collect(),
            promises: promises.saturating_sub(dropped),
            questions: pack.open_questions.clone(),
        }
    }
}

impl Wild {
    fn any_step(&self, context: &AgentContext, input: &StepInput) -> AgentStep {
        let turn = context.transcript.last().map_or(0, |(turn, ..)| turn.0);
        let kind = match input {
            StepInput::Turn => 0,
            StepInput::HandedOver => 1,
            StepInput::ToolReturned(..) => 2,
            StepInput::Advised(..) | StepInput::Conferred(_) => 3,
        };
        let mut dice = Dice::new(context.composition.0, turn * 4 + kind);
        let reply = dice.chance(80).then(|| Reply {
            text: Foreign::from(format!("answer {} of {}", context.composition, context.agent)),
            citations: Vec::new(),
            apology: dice.chance(10),
        });
        let slots: Vec<SlotName> = ["order", "amount", "email"].iter().filter_map(|slot| slot.parse().ok()).collect();
        let fill = |slot: SlotName| Fill { slot, value: Foreign::from("known").into() };
        let due = dice.chance(70).then(|| context.at + Millis::from_mins(dice.below(8)));
        let name: Option<PromiseName> = "callback".parse().ok();
        let keeps: Vec<PromiseName> = name.clone().into_iter().filter(|_| dice.chance(50)).collect();
        let promise = Promise { id: None, name, text: Foreign::from("soon").into(), due };
        let fills = dice.pick(&slots).filter(|_| kind == 0).cloned().map(fill).into_iter().collect();
        let promises = vec![promise; if dice.chance(12) { 1 + dice.below(9) as usize } else { 0 }];
        let next = self.any_next(&mut dice, context);
        let flow = FlowState { misses: dice.below(4) as u8, ..FlowState::default() };
        AgentStep { flow, fills, promises, keeps, reply, next, overruled: None, unanswered: None }
    }

    fn any_next(&self, dice: &mut Dice, context: &AgentContext) -> Next {
        match dice.below(100) {
            0..45 => Next::Wait,
            45..65 => self.any_call(dice, &context.agent).map_or(Next::Wait, Next::Call),
            65..70 => {
                let whom = dice.pick(&self.desk.agents).map(|agent| agent.name.clone());
                let question = Foreign::from("what do you know?");
                match whom {
                    Some(_) if dice.chance(50) => Next::Confer(self.any_board(dice, question)),
                    Some(whom) => Next::Consult { whom, question },
                    None => Next::Wait,
                }
            }
            70..80 => {
                let to = dice.pick(&self.desk.agents).map(|agent| agent.name.clone());
                Next::HandOff { to: to.filter(|_| dice.chance(80)), objective: None }
            }
            80..86 => Next::Escalate { trigger: Trigger::Playbook },
            _ => Next::Resolve { disposition: Disposition::Solved },
        }
    }

    /// A question to several, now and then to too many, to the asker, or to the same twice.
    fn any_board(&self, dice: &mut Dice, question: Foreign) -> Board {
        let names = (0..2 + dice.below(4)).filter_map(|_| dice.pick(&self.desk.agents).map(|agent| agent.name.clone()));
        let whom = names.collect();
        let positions = ["yes", "no", "later"].iter().filter_map(|one| one.parse().ok()).collect();
        Board { whom, question, positions }
    }

    /// A call that the agent may make, or now and then one that it may not.
    fn any_call(&self, dice: &mut Dice, agent: &AgentName) -> Option<ToolCall> {
        let own = self.desk.agent(agent).map_or(&[][..], |spec| &spec.tools);
        let stranger: Vec<ToolName> = self.desk.tools.iter().map(|tool| tool.name.clone()).collect();
        let from = if dice.chance(90) { own } else { &stranger };
        let tool = dice.pick(from)?.clone();
        let mut args = BTreeMap::new();
        for slot in self.desk.tool(&tool).map_or(&[][..], |spec| &spec.needs) {
            let amount = slot.as_str() == "amount";
            let value = if amount { format!("{}.00 EUR", 1 + dice.below(900)) } else { "1182".into() };
            args.insert(slot.clone(), Foreign::from(value));
        }
        Some(ToolCall { tool, args })
    }

    /// What an agent that answers later comes back with.
    pub(super) fn later(&self, context: &AgentContext, input: &StepInput) -> EffectResult {
        let AgentContext { conversation, composition, epoch, .. } = *context;
        let mut dice = Dice::new(composition.0, epoch.0);
        if dice.chance(12) {
            let failure = dice.pick(&[Failure::Broke, Failure::TimedOut, Failure::Empty]).copied();
            let failure = failure.unwrap_or(Failure::Broke);
            return EffectResult::AgentFailed { conversation, composition, epoch, failure };
        }
        let step = Box::new(self.any_step(context, input));
        let found = [GuardReason::Claim, GuardReason::Strayed, GuardReason::Unjudged];
        let judged = dice.pick(&found).copied().filter(|_| dice.chance(12)).into_iter().collect();
        EffectResult::AgentActed { conversation, composition, epoch, step, judged }
    }

    /// What a candidate that is asked beside an agent comes back with.
    pub(super) fn beside(&self, context: &AgentContext, input: &StepInput) -> EffectResult {
        let AgentContext { conversation, composition, epoch, .. } = *context;
        let mut dice = Dice::new(composition.0, epoch.0 + 7);
        let step = (!dice.chance(12)).then(|| Box::new(self.any_step(context, input)));
        let took = Millis(dice.below(3_000));
        EffectResult::CandidateMoved { conversation, composition, step, cost: None, took }
    }
}

/// How a tool call ends.
pub(super) fn tool_answer(call: CallId, ask: &ToolCall) -> ToolOutcome {
    let mut dice = Dice::new(call.0, 1);
    match dice.below(10) {
        0..7 => ToolOutcome::Done(ask.args.clone()),
        7 => ToolOutcome::Declined("not possible".into()),
        8 => ToolOutcome::Failed,
        _ => ToolOutcome::Unknown,
    }
}
