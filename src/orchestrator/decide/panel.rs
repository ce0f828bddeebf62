//! Several specialists are asked at once about one question; what they say is weighed, and one position
//! counts: because nobody is against it, because a judge picks it, or by the stated hierarchy.

use crate::domain::action::Failure;
use crate::domain::agent::AgentSpec;
use crate::domain::consult::{Advice, CONSULTS_MAX, NoAdvice};
use crate::domain::event::{CallEnd, ConsultEvent, ConversationEvent, Event};
use crate::domain::id::{AgentName, ConsultId, ConversationId, Position, SlotName};
use crate::domain::panel::{Board, Decision, LeftOut, POSITIONS_MAX, Ruling, Stand};
use crate::domain::personal::Personal;
use crate::domain::refusal::Refusal;
use crate::domain::score::Score;
use crate::domain::text::Foreign;
use crate::domain::time::Timestamp;
use crate::domain::tool::ToolOutcome;
use crate::orchestrator::consults::{Opinion, Panel};
use crate::orchestrator::context;
use crate::orchestrator::conversation::{Composing, Conversation, ToolResult};
use crate::orchestrator::floor::Floor;

use super::case::Case;
use super::{agent, consult, guard};

/// The holder asks several; those who may not be asked are named, and with nobody left it goes on at once.
pub(super) fn convene(case: &Case<'_>, composing: &Composing, board: &Board) -> Vec<Event> {
    let by = &composing.agent;
    // Who goes on asking after it was told no gets no further; one position is no question.
    let senseless = !(2..=POSITIONS_MAX).contains(&board.positions.len());
    if case.conversation.consulted > CONSULTS_MAX || senseless {
        return agent::fail(case, by, composing.id, Failure::Broke);
    }
    let panel = case.floor.last.consult.next();
    let (members, left_out) = chosen(case, composing, &board.whom);
    let convened = ConsultEvent::Convened {
        conversation: case.id(),
        panel,
        by: by.clone(),
        epoch: composing.epoch,
        composition: composing.id,
        question: board.question.clone().into(),
        positions: board.positions.clone(),
        about: context::matter(case.conversation),
        members: members.clone(),
        left_out: left_out.clone(),
    };
    let mut events: Vec<Event> = vec![convened.into()];
    if members.is_empty() {
        let decision = Decision { left_out, ..decided(Ruling::Nobody) };
        events.push(settled(case, (panel, by), decision, None));
    }
    let mut consult = panel;
    for member in &members {
        consult = consult.next();
        let of = Asking { panel, consult, by, whom: member, judges: false };
        events.extend(asked(case, composing, &of, &board.question.clone().into()));
    }
    events
}

/// Who of these is asked, and who is not, and why.
fn chosen(case: &Case<'_>, composing: &Composing, whom: &[AgentName]) -> (Vec<AgentName>, Vec<LeftOut>) {
    let (mut members, mut left_out): (Vec<AgentName>, Vec<LeftOut>) = Default::default();
    for name in whom {
        if members.contains(name) || left_out.iter().any(|left: &LeftOut| left.whom == *name) {
            continue;
        }
        let full = members.len() >= case.deployment.policy.conflict.at_once();
        let (why, chain) = match consult::refusal(case, &composing.agent, name) {
            Some((why, chain)) => (Some(why), chain),
            None if full => (Some(NoAdvice::TooMany), Vec::new()),
            None => (unpaid(case, composing, name).then_some(NoAdvice::Unpaid), Vec::new()),
        };
        match why {
            Some(why) => left_out.push(LeftOut { whom: name.clone(), why, chain }),
            None => members.push(name.clone()),
        }
    }
    (members, left_out)
}

/// Whether there is no money left to ask it: it is one of language models, has nothing else to answer by, and
/// its day's money is spent, or the house's; or this answer has cost enough.
fn unpaid(case: &Case<'_>, composing: &Composing, whom: &AgentName) -> bool {
    let Some(spec) = case.deployment.agent(whom) else { return true };
    spec.is_modelled() && !may_pay(case, composing, spec) && spec.playbooks.is_empty()
}

fn may_pay(case: &Case<'_>, composing: &Composing, spec: &AgentSpec) -> bool {
    let policy = &case.deployment.policy;
    let budget = policy.conflict.answer_budget;
    let enough = composing.cost.zip(budget).is_some_and(|(cost, budget)| cost.reaches(budget));
    !enough && case.floor.bills.spent(spec, policy, None, case.at).is_none()
}

/// One question of a panel.
struct Asking<'a> {
    panel: ConsultId,
    consult: ConsultId,
    by: &'a AgentName,
    whom: &'a AgentName,
    judges: bool,
}

fn asked(case: &Case<'_>, composing: &Composing, of: &Asking<'_>, question: &Personal<Foreign>) -> Vec<Event> {
    let (classes, withheld) = context::readable_by(case.conversation, case.deployment, of.whom);
    let crossed = guard::crossing(case, of.by, of.whom, (&classes, &withheld));
    let event = ConsultEvent::Asked {
        conversation: case.id(),
        consult: of.consult,
        by: of.by.clone(),
        whom: of.whom.clone(),
        epoch: composing.epoch,
        composition: composing.id,
        question: question.clone(),
        until: case.at + case.deployment.policy.conflict.patience(),
        panel: Some(of.panel),
        judges: of.judges,
        withheld,
    };
    crossed.into_iter().chain([event.into()]).collect()
}

/// What counts of an opinion. What it says of itself is looked at: a position has to be one of those asked
/// for, and a fact one that a tool gave.
pub(super) fn stand(case: &Case<'_>, panel: Option<&Panel>, advice: &Advice) -> Stand {
    let asked = |position: &Position| panel.is_some_and(|panel| panel.positions.contains(position));
    Stand {
        position: advice.position.clone().filter(asked),
        confidence: advice.confidence.clamp(Score::ZERO, Score::ONE),
        grounded: advice.citations.iter().any(|citation| citation.past().is_none()),
        verified: advice.rests_on.iter().any(|slot| given_by_tool(case, slot)),
    }
}

/// Whether a fact is what a tool of the house gave in this conversation.
fn given_by_tool(case: &Case<'_>, slot: &SlotName) -> bool {
    let c = case.conversation;
    let fact = c.slots.iter().find(|fill| fill.slot == *slot).and_then(|fill| fill.value.reveal());
    let Some(fact) = fact.filter(|value| !value.is_empty()) else { return false };
    let own = |result: &&ToolResult| case.deployment.tool(&result.tool).is_some_and(|spec| !spec.reads_foreign);
    let worked = c.results.iter().filter(|result| result.end == CallEnd::Done).filter(own);
    worked.filter_map(|result| result.outcome.reveal()).any(|outcome| match outcome {
        ToolOutcome::Done(values) => values.values().any(|value| value == fact),
        ToolOutcome::Declined(_) | ToolOutcome::Failed | ToolOutcome::Unknown | ToolOutcome::Refused(_) => false,
    })
}

/// Something happened to a panel: it is settled once all were heard, and over when nobody waits for it.
pub(super) fn weigh(
    floor: &Floor,
    conversation: ConversationId,
    panel: ConsultId,
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let case = Case::open(floor, conversation, at)?;
    let c = case.conversation;
    let open = c.panel.as_deref().filter(|open| open.id == panel).ok_or(Refusal::NotAwaited)?;
    let Some(composing) = c.composing.as_ref().filter(|_| c.awaits(open)) else {
        return Ok(vec![settled(&case, (panel, &open.by), overtaken(c, open), None)]);
    };
    if c.is_outstanding(panel) {
        return Ok(Vec::new());
    }
    let opinions: Vec<&Opinion> = open.in_order().collect();
    let stands: Vec<(&AgentName, &Stand)> = opinions.iter().map(|one| (&one.agent, &one.stand)).collect();
    let policy = &case.deployment.policy.conflict;
    let mut decision = Decision { left_out: open.left_out.clone(), ..decided(Ruling::Nobody) };
    let Some((first, by)) = policy.prefer(&stands, open.about.as_ref()) else {
        count(&mut decision, &opinions, None);
        return Ok(vec![settled(&case, (panel, &open.by), decision, None)]);
    };
    let agreed = positions(&opinions).all(|position| Some(position) == positions(&opinions).next());
    if !agreed && let Some(events) = refer(&case, composing, open) {
        return Ok(events);
    }
    let verdict = open.judged.as_ref().filter(|_| !agreed).and_then(|judged| picked(judged, &opinions));
    let reason = verdict.and_then(|_| Some(open.judged.as_ref()?.advice.reveal()?.text.clone().into()));
    match (verdict, &open.judge) {
        (Some(position), Some(judge)) => {
            decision.ruling = Ruling::Judge(judge.clone());
            let for_it: Vec<_> =
                stands.iter().filter(|(_, stand)| stand.position.as_ref() == Some(position)).copied().collect();
            let lead = policy.prefer(&for_it, open.about.as_ref()).and_then(|(at, _)| for_it.get(at));
            count(&mut decision, &opinions, lead.map(|(agent, _)| *agent));
        }
        (_, judge) => {
            decision.ruling = if agreed { Ruling::Agreed } else { Ruling::Rule(by) };
            let silent = judge.as_ref().filter(|judge| !decision.left_out.iter().any(|left| left.whom == **judge));
            decision.left_out.extend(silent.map(|judge| LeftOut::of(judge.clone(), NoAdvice::Undecided)));
            count(&mut decision, &opinions, opinions.get(first).map(|one| &one.agent));
        }
    }
    Ok(vec![settled(&case, (panel, &open.by), decision, reason)])
}

fn positions<'a>(opinions: &'a [&Opinion]) -> impl Iterator<Item = &'a Position> {
    opinions.iter().filter_map(|opinion| opinion.stand.position.as_ref())
}

/// What the judge is for, if somebody on the panel is for it.
fn picked<'a>(judged: &'a Opinion, opinions: &[&Opinion]) -> Option<&'a Position> {
    judged.stand.position.as_ref().filter(|position| positions(opinions).any(|one| one == *position))
}

/// The judge is asked, unless it was, or cannot be: nobody judges what they said themselves.
fn refer(case: &Case<'_>, composing: &Composing, open: &Panel) -> Option<Vec<Event>> {
    if open.judge.is_some() {
        return None;
    }
    let judge = case.deployment.policy.conflict.judge.as_ref()?;
    let part = *judge == open.by || open.members.contains(judge);
    case.deployment.agent(judge).filter(|_| !part)?;
    if unpaid(case, composing, judge) || case.floor.stopped(case.conversation, judge).is_some() {
        return None;
    }
    let consult = case.floor.last.consult.next();
    let of = Asking { panel: open.id, consult, by: &open.by, whom: judge, judges: true };
    Some(asked(case, composing, &of, &open.question))
}

const fn decided(ruling: Ruling) -> Decision {
    Decision {
        position: None,
        ruling,
        won: None,
        with: Vec::new(),
        lost: Vec::new(),
        open: Vec::new(),
        left_out: Vec::new(),
    }
}

/// Writes down who won, who was for the same, who for something else, and who for nothing.
fn count(decision: &mut Decision, opinions: &[&Opinion], won: Option<&AgentName>) {
    let winner = opinions.iter().find(|opinion| Some(&opinion.agent) == won);
    decision.position = winner.and_then(|opinion| opinion.stand.position.clone());
    decision.won = won.cloned();
    for opinion in opinions.iter().filter(|opinion| Some(&opinion.agent) != won) {
        let name = opinion.agent.clone();
        match &opinion.stand.position {
            None => decision.open.push(name),
            same if *same == decision.position => decision.with.push(name),
            Some(_) => decision.lost.push(name),
        }
    }
}

/// Nobody waits for it any more: what was said before stands there, and who had not answered is named.
fn overtaken(c: &Conversation, open: &Panel) -> Decision {
    let mut decision = Decision { left_out: open.left_out.clone(), ..decided(Ruling::Overtaken) };
    let late = c.consults.values().filter(|asked| asked.panel == Some(open.id));
    decision.left_out.extend(late.map(|asked| LeftOut::of(asked.whom.clone(), NoAdvice::Overtaken)));
    decision
}

fn settled(
    case: &Case<'_>,
    (panel, by): (ConsultId, &AgentName),
    decision: Decision,
    reason: Option<Personal<Foreign>>,
) -> Event {
    ConsultEvent::Settled { conversation: case.id(), panel, by: by.clone(), decision, reason }.into()
}

/// A panel in a conversation that ends is over with it: that is written down before the end, of each that ends.
pub(super) fn over(floor: &Floor, events: Vec<Event>) -> Vec<Event> {
    let settled = |event: &Event| -> Option<Event> {
        let c = floor.conversation(ends(event)?)?;
        let open = c.panel.as_deref()?;
        let (panel, by, decision) = (open.id, open.by.clone(), overtaken(c, open));
        Some(ConsultEvent::Settled { conversation: c.id, panel, by, decision, reason: None }.into())
    };
    events.into_iter().flat_map(|event| settled(&event).into_iter().chain([event])).collect()
}

/// The conversation that an event ends.
const fn ends(event: &Event) -> Option<ConversationId> {
    let Event::Conversation(
        ConversationEvent::Resolved { conversation, .. } | ConversationEvent::Closed { conversation, .. },
    ) = event
    else {
        return None;
    };
    Some(*conversation)
}
