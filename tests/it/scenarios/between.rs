//! What a step says of what happened between agents: passes, circles, and whose word counted.

use std::collections::BTreeMap;

use baton::domain::event::{ApprovalEvent, ConflictEvent, ConsultEvent, EscalationEvent, Event, TurnEvent};
use baton::domain::refusal::Refusal;
use baton::domain::tool::ToolOutcome;
use baton::picture::Transcript;
use baton::protocol::transcript::ItemBody;

use super::{Player, Step};

/// What was to be done first comes back after the others, if the step says so.
pub(super) fn later(player: &mut Player, step: &Step) -> Option<Result<bool, Refusal>> {
    step.later.then(|| {
        player.floor.outer.rotate_left(1);
        Ok(false)
    })
}

/// What was to be done outside, by the word for it.
pub(super) fn back(outcome: &str) -> ToolOutcome {
    let done = |name: &str| ToolOutcome::Done([(name.parse().unwrap(), "yes".to_owned().into())].into());
    match outcome {
        "done" => done("ok"),
        "verified" => done("verified"),
        "proof" => ToolOutcome::Done([("number".parse().unwrap(), "1182".to_owned().into())].into()),
        "failed" => ToolOutcome::Failed,
        "declined" => ToolOutcome::Declined("no".to_owned().into()),
        "unknown" => ToolOutcome::Unknown,
        other => panic!("back = {other:?}"),
    }
}

/// How what was begun has ended.
pub(super) fn ended(player: &Player, step: &Step, place: &str) {
    if let Some(settled) = &step.settled {
        let last = player.floor.log.iter().rev().find_map(|envelope| {
            let Event::Escalation(EscalationEvent::Settled { settlement, .. }) = &envelope.event else { return None };
            Some(serde_json::to_value(settlement).unwrap().as_str().unwrap().to_owned())
        });
        assert_eq!(last.as_ref(), Some(settled), "{place}: settled");
    }
    if let Some(failed) = &step.failed {
        let last = player.floor.log.iter().rev().find_map(|envelope| {
            let Event::Turn(TurnEvent::CompositionFailed { composition, failure, .. }) = &envelope.event else {
                return None;
            };
            Some((*composition, serde_json::to_value(failure).unwrap().as_str().unwrap().to_owned()))
        });
        let (attempt, how) = last.unwrap();
        let made = player.floor.log.iter().filter(|envelope| {
            matches!(&envelope.event, Event::Turn(TurnEvent::AgentActed { composition, .. }) if *composition == attempt)
        });
        assert_eq!((Some(made.count()), &how), (step.moves, failed), "{place}: the last attempt");
    }
}

/// The conversation as a console shows it.
fn transcript(player: &Player, step: &Step) -> Transcript {
    let (id, _) = player.who(step);
    let mut transcript = Transcript::default();
    for envelope in player.floor.log.iter().filter(|envelope| envelope.event.conversation() == Some(id)) {
        transcript.fold(envelope, &BTreeMap::new());
    }
    transcript
}

pub(super) fn check(player: &Player, step: &Step, place: &str) {
    if let Some(edge) = &step.edge {
        let (from, to) = edge.split_once(':').unwrap().0.split_once(" > ").unwrap();
        let from = &player.floor.floor().agents[from];
        let sums = from.edges.get(to).copied().unwrap_or_default();
        let serde_json::Value::Object(sums) = serde_json::to_value(sums).unwrap() else { panic!("{place}: {sums:?}") };
        let order = ["offered", "accepted", "declined", "lapsed", "refused", "succeeded", "repeated"];
        let told = order.iter().filter(|name| sums[**name] != 0).map(|name| format!("{} {name}", sums[*name]));
        let told = told.collect::<Vec<_>>().join(", ");
        assert_eq!(told, edge.split_once(": ").unwrap().1, "{place}: edge");
    }
    if let Some(overruled) = &step.overruled {
        let lost = player.floor.log.iter().filter_map(|envelope| {
            let Event::Conflict(ConflictEvent::Settled { won, lost, proposal, .. }) = &envelope.event else {
                return None;
            };
            Some(format!("{} > {}: {}", won.words(), lost.words(), proposal.reveal().unwrap().raw()))
        });
        assert_eq!(lost.collect::<Vec<_>>(), *overruled, "{place}: overruled");
    }
    if let Some(whose) = &step.withheld_of {
        let last = player.floor.log.iter().rev().find_map(|envelope| {
            let Event::Turn(TurnEvent::ReplyWithheld { agent, .. }) = &envelope.event else { return None };
            Some(agent.to_string())
        });
        assert_eq!(last.as_ref(), Some(whose), "{place}: withheld");
    }
    if let Some(late) = step.late {
        let last = player.floor.log.iter().rev().find_map(|envelope| {
            let Event::Consult(ConsultEvent::Answered { stale, .. }) = &envelope.event else { return None };
            Some(*stale)
        });
        assert_eq!(last, Some(late), "{place}: late advice");
    }
    if let Some(overtaken) = step.overtaken {
        let last = player.floor.log.iter().rev().find_map(|envelope| {
            let Event::Approval(ApprovalEvent::Settled { overtaken, .. }) = &envelope.event else { return None };
            Some(*overtaken)
        });
        assert_eq!(last, Some(Some(overtaken)), "{place}: overtaken");
    }
    if step.voices.is_some() || step.verdict.is_some() {
        let transcript = transcript(player, step);
        let panel = transcript.items().rev().find_map(|item| {
            let ItemBody::Panel { voices, verdict, .. } = &item.body else { return None };
            Some((voices, verdict))
        });
        let (voices, verdict) = panel.expect("nobody was asked together");
        let said: Vec<String> = voices.iter().map(|voice| voice.words().as_str().to_owned()).collect();
        assert_eq!(&said, step.voices.as_ref().unwrap_or(&said), "{place}: voices");
        let told = verdict.as_ref().map_or_else(|| "none".to_owned(), |verdict| verdict.words().as_str().to_owned());
        assert_eq!(&told, step.verdict.as_ref().unwrap_or(&told), "{place}: verdict");
    }
    if let Some(circle) = &step.circle {
        let transcript = transcript(player, step);
        let last = transcript.items().rev().find_map(|item| {
            let ItemBody::Circled { circle, then } = &item.body else { return None };
            Some(format!("{}; {}", circle.words(), then.words()))
        });
        assert_eq!(last.as_ref(), Some(circle), "{place}: circle");
    }
}
