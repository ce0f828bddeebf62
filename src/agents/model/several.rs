//! Several calls of one answer. They are made one after the other, each decided on by itself as any other call;
//! the model is asked again when there is something that all of them gave.
//!
//! What is still to be made is kept here and in no journal: it is a model's answer of which a part has not been
//! read out. Whoever loses it, as a restart does, asks the model with what there is.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use crate::domain::action::{AgentContext, AgentStep, Next, StepInput};
use crate::domain::candidate::Side;
use crate::domain::id::{CompositionId, ConversationId};
use crate::domain::tool::{ToolCall, ToolOutcome};

/// Calls made of one answer: with those before, no more than results are kept to be shown. The model asks anew for
/// what is left out, since no result of that is shown to it.
pub(super) const CALLS_MAX: usize = 6;
/// Attempts of which something is still to be made: more than are composed at once. The oldest goes first.
const PLANS_MAX: usize = 4_096;

/// The moves that one answer asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moves {
    /// The first.
    pub first: AgentStep,
    /// The calls after it, in the model's order.
    pub then: VecDeque<Then>,
}

/// A call that is made when those before it have come back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Then {
    /// Whether it changes something: then it is made only if all before it worked.
    pub acts: bool,
    /// The move.
    pub step: AgentStep,
}

/// The moves of an answer: `words` go with the last call that changes something, whose success they may tell of;
/// where none does, with the first. What leads on after a call, and is none, is asked for with the results at hand.
pub(super) fn moves(words: AgentStep, leads: Vec<Next>, acts: impl Fn(&ToolCall) -> bool) -> Moves {
    let mut calls: Vec<&ToolCall> = Vec::new();
    for next in &leads {
        let Next::Call(call) = next else { break };
        if !calls.contains(&call) && calls.len() < CALLS_MAX {
            calls.push(call);
        }
    }
    let told_with = calls.iter().rposition(|call| acts(call)).unwrap_or(0);
    let mut steps = calls.iter().enumerate().map(|(index, call)| {
        let of = |index_of: usize| (index == index_of).then_some(&words);
        let step = AgentStep {
            flow: words.flow.clone(),
            fills: of(0).map(|words| words.fills.clone()).unwrap_or_default(),
            promises: of(told_with).map(|words| words.promises.clone()).unwrap_or_default(),
            keeps: Vec::new(),
            reply: of(told_with).and_then(|words| words.reply.clone()),
            next: Next::Call((*call).clone()),
            overruled: None,
            unanswered: of(0).and_then(|words| words.unanswered.clone()),
        };
        Then { acts: acts(call), step }
    });
    match (steps.next(), steps.collect()) {
        (Some(Then { step: first, .. }), then) => Moves { first, then },
        (None, then) => {
            let next = leads.into_iter().next().unwrap_or(words.next);
            Moves { first: AgentStep { next, ..words }, then }
        }
    }
}

/// Calls that are still to be made.
#[derive(Debug, Default)]
pub(super) struct Plans {
    of: Mutex<BTreeMap<(CompositionId, ConversationId, Side), Plan>>,
}

#[derive(Debug)]
struct Plan {
    /// The call that is under way.
    made: ToolCall,
    then: VecDeque<Then>,
}

impl Plans {
    /// The first of these moves; the others are kept for when it has come back.
    pub(super) fn begin(&self, context: &AgentContext, moves: Moves) -> AgentStep {
        self.keep(context, &moves.first, moves.then);
        moves.first
    }

    /// The next call of the answer, if what comes back is the one before it as the model asked for it. Whatever
    /// else this attempt is asked for ends what was planned for it.
    pub(super) fn next(&self, context: &AgentContext, input: &StepInput) -> Option<AgentStep> {
        let Plan { made, mut then } = self.lock().remove(&key(context))?;
        let StepInput::ToolReturned(call, outcome) = input else { return None };
        if made != *call {
            return None;
        }
        if !matches!(outcome, ToolOutcome::Done(_)) {
            then.retain(|next| !next.acts);
        }
        let Then { step, .. } = then.pop_front()?;
        self.keep(context, &step, then);
        Some(step)
    }

    fn keep(&self, context: &AgentContext, under_way: &AgentStep, then: VecDeque<Then>) {
        let Next::Call(made) = &under_way.next else { return };
        if then.is_empty() {
            return;
        }
        let mut of = self.lock();
        of.insert(key(context), Plan { made: made.clone(), then });
        while of.len() > PLANS_MAX {
            of.pop_first();
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<(CompositionId, ConversationId, Side), Plan>> {
        self.of.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn key(context: &AgentContext) -> (CompositionId, ConversationId, Side) {
    (context.composition, context.conversation, context.side)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agents::playbook::tests::context;
    use crate::domain::action::Reply;
    use crate::domain::playbook::FlowState;
    use crate::domain::text::Foreign;

    fn call(tool: &str) -> ToolCall {
        ToolCall { tool: tool.parse().unwrap(), args: BTreeMap::new() }
    }

    fn words() -> AgentStep {
        let reply = Reply { text: Foreign::from("Done, both."), citations: Vec::new(), apology: false };
        AgentStep {
            flow: FlowState::default(),
            fills: Vec::new(),
            promises: Vec::new(),
            keeps: Vec::new(),
            reply: Some(reply),
            next: Next::Wait,
            overruled: None,
            unanswered: None,
        }
    }

    /// Tools named `act.…` change something.
    fn of(tools: &[&str]) -> Moves {
        let leads = tools.iter().map(|tool| match *tool {
            "resolve" => Next::Resolve { disposition: crate::domain::conversation::Disposition::Solved },
            tool => Next::Call(call(tool)),
        });
        moves(words(), leads.collect(), |call| call.tool.as_str().starts_with("act."))
    }

    fn told(step: &AgentStep) -> String {
        let called = if let Next::Call(call) = &step.next { call.tool.to_string() } else { format!("{:?}", step.next) };
        format!("{called}{}", if step.reply.is_some() { " with words" } else { "" })
    }

    fn all(moves: &Moves) -> Vec<String> {
        std::iter::once(&moves.first).chain(moves.then.iter().map(|then| &then.step)).map(told).collect()
    }

    #[test]
    fn words_go_with_the_last_call_that_changes_something() {
        assert_eq!(all(&of(&["read.a", "read.b"])), ["read.a with words", "read.b"]);
        assert_eq!(
            all(&of(&["read.a", "act.b", "act.c", "read.d"])),
            ["read.a", "act.b", "act.c with words", "read.d"]
        );
        assert_eq!(all(&of(&["act.a"])), ["act.a with words"]);
        assert_eq!(all(&of(&[])), ["Wait with words"]);
    }

    #[test]
    fn what_is_asked_twice_is_made_once_and_nothing_but_calls_is_planned() {
        assert_eq!(all(&of(&["read.a", "read.a", "read.b"])), ["read.a with words", "read.b"]);
        assert_eq!(all(&of(&["read.a", "resolve", "read.b"])), ["read.a with words"]);
        assert_eq!(all(&of(&["resolve", "read.b"])).len(), 1, "the first counts");
        let many: Vec<String> = (0..40).map(|number| format!("read.n{number}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(all(&of(&many)).len(), CALLS_MAX);
    }

    fn back(tool: &str, outcome: ToolOutcome) -> StepInput {
        StepInput::ToolReturned(call(tool), outcome)
    }

    fn done() -> ToolOutcome {
        ToolOutcome::Done(BTreeMap::new())
    }

    #[test]
    fn each_call_follows_the_one_before_and_then_the_model_is_asked() {
        let (plans, context) = (Plans::default(), context("billing"));
        plans.begin(&context, of(&["read.a", "act.b", "read.c"]));
        let next = |tool: &str| plans.next(&context, &back(tool, done())).as_ref().map(told);
        assert_eq!(next("read.a").as_deref(), Some("act.b with words"));
        assert_eq!(next("act.b").as_deref(), Some("read.c"));
        assert_eq!(next("read.c"), None);
        assert!(plans.lock().is_empty());
    }

    #[test]
    fn nothing_is_changed_after_a_call_that_did_not_work_and_what_reads_is_read_all_the_same() {
        for outcome in [ToolOutcome::Failed, ToolOutcome::Unknown, ToolOutcome::Declined(Foreign::from("no"))] {
            let (plans, context) = (Plans::default(), context("billing"));
            plans.begin(&context, of(&["act.a", "act.b", "read.c", "act.d"]));
            let next = plans.next(&context, &back("act.a", outcome));
            assert_eq!(next.as_ref().map(told).as_deref(), Some("read.c"));
            assert_eq!(plans.next(&context, &back("read.c", done())), None, "and no words tell of it");
        }
    }

    #[test]
    fn whatever_else_comes_ends_it() {
        let context = context("billing");
        let mut later = context.clone();
        later.composition = CompositionId(context.composition.0 + 1);
        let other = back("read.z", done());
        for (whose, input) in [(&context, &StepInput::Turn), (&context, &other), (&later, &back("read.a", done()))] {
            let plans = Plans::default();
            plans.begin(&context, of(&["read.a", "read.b"]));
            assert_eq!(plans.next(whose, input), None, "{input:?}");
            let follows = plans.next(&context, &back("read.a", done()));
            assert_eq!(follows.is_some(), whose.composition != context.composition, "{input:?}");
        }
    }

    #[test]
    fn plans_that_nobody_comes_for_are_dropped_from_the_oldest_on() {
        let (plans, mut context) = (Plans::default(), context("billing"));
        for number in 0..=PLANS_MAX as u64 {
            context.composition = CompositionId(number);
            plans.begin(&context, of(&["read.a", "read.b"]));
        }
        assert_eq!(plans.lock().len(), PLANS_MAX);
        assert!(plans.next(&context, &back("read.a", done())).is_some());
        context.composition = CompositionId(0);
        assert_eq!(plans.next(&context, &back("read.a", done())), None);
    }
}
