//! What was said, as a scenario expects it.

use baton::domain::event::{Event, TranslationEvent, TurnEvent};

use super::{Player, Step, between, editions};

/// What was said: to the customer, and to whoever answers them.
pub(super) fn check(player: &Player, step: &Step, place: &str) {
    if let Some(whispers) = step.whispers {
        let (id, _) = player.who(step);
        assert_eq!(player.floor.floor().conversation(id).unwrap().whispers.len(), whispers, "{place}: whispers");
    }
    if let Some(felt) = step.felt {
        let (id, _) = player.who(step);
        assert_eq!(player.floor.floor().conversation(id).unwrap().mood.0, felt, "{place}: mood");
    }
    if let Some(again) = step.asked_again {
        let (id, _) = player.who(step);
        assert_eq!(player.floor.floor().conversation(id).unwrap().repeats, again, "{place}: asked again");
    }
    if let Some(under) = step.under {
        let composed = player.floor.log.iter().rev().find_map(|envelope| {
            let Event::Turn(TurnEvent::AgentActed { spoken: Some(spoken), .. }) = &envelope.event else { return None };
            Some(spoken.under.len())
        });
        assert_eq!(composed, Some(under), "{place}: composed under");
    }
    if let Some(expected) = step.translated {
        let (id, _) = player.who(step);
        let turn = player.floor.floor().conversation(id).and_then(|c| c.turns.back());
        assert_eq!(turn.map(|turn| turn.translated), Some(expected), "{place}: translated");
    }
    if let Some(expected) = &step.rendered {
        let last = player.floor.log.iter().rev().find_map(|envelope| {
            let Event::Translation(TranslationEvent::Done { text, .. }) = &envelope.event else { return None };
            text.reveal().map(|text| text.raw().to_owned())
        });
        assert_eq!(last.as_ref(), Some(expected), "{place}: the newest translation");
    }
    if let Some(expected) = step.answered {
        let (id, _) = player.who(step);
        let answered = player.floor.floor().conversation(id).map(|c| !c.unanswered());
        assert_eq!(answered, Some(expected), "{place}: answered");
    }
    if let Some(last) = &step.last {
        let (id, _) = player.who(step);
        let turn = player.floor.floor().conversation(id).and_then(|c| c.turns.back());
        let text = turn.and_then(|turn| turn.text.reveal()).map(|text| text.raw().to_owned());
        assert_eq!(text.as_ref(), Some(last), "{place}");
    }
    player.check_clocks(step, place);
    player.check_owed(step, place);
    player.check_guard(step, place);
    player.check_files(step, place);
    between::check(player, step, place);
    between::ended(player, step, place);
    player.check_incidents(step, place);
    editions::check(player, step, place);
}
