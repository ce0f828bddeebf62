//! The emergency stop: what is stopped, what becomes of its conversations, and letting it go on.

use crate::domain::supervision::HoldTarget;
use crate::domain::text::Clean;

use super::super::model::Model;
use super::super::model::card::{Pick, Typing};
use super::Effect;
use super::cards::{card, choice, note, open};

/// What has to be typed before all AI is stopped: nobody types it by mistake.
const WORD: &str = "stop";

/// Stops an agent, or all AI. The agent that answers where the mark stands is the marked choice.
pub(super) fn hold(model: &mut Model) -> Vec<Effect> {
    let picture = &model.live.picture;
    let here = model.row().and_then(|row| row.holder.agent().cloned());
    let mut choices: Vec<_> = picture
        .agents
        .values()
        .map(|agent| {
            let after = clean!(
                "what it composes is withheld, its tool calls are refused; its {} conversations go where the policy says",
                agent.load
            );
            choice(Clean::from(&agent.name), after, None, Pick::Hold(HoldTarget::Agent(agent.name.clone())))
        })
        .collect();
    let at = choices.iter().position(|one| here.as_ref().is_some_and(|agent| one.label == Clean::from(agent)));
    let after = clean!(
        "no agent says or does anything on {} conversations until it is released; customers are told the truth",
        picture.header.live
    );
    let mut all = choice(Clean::fixed("all AI"), after, None, Pick::Hold(HoldTarget::AllAi));
    all.typing = Some(Typing::Exactly(WORD.into()));
    choices.push(all);
    let facts = vec![Clean::fixed("From its acknowledgement on no text and no tool call of what is held goes out.")];
    let mut card = card(model, Clean::fixed("HOLD"), facts, choices);
    (card.seen, card.chosen) = (None, at.unwrap_or_default());
    card.note = Some(note("why, for colleagues"));
    open(model, card)
}

/// Lets what is held go on.
pub(super) fn release(model: &mut Model) -> Vec<Effect> {
    let held = &model.live.picture.header.held;
    let choices = held.iter().map(|held| {
        let why = held.reason.as_ref().map(|why| format!(" ({why})")).unwrap_or_default();
        let after = clean!("it answers customers again; {} held it{why}", held.by);
        choice(clean!("{}", held.target), after, None, Pick::Release(held.target.clone()))
    });
    let mut card = card(model, Clean::fixed("RELEASE"), Vec::new(), choices.collect());
    card.seen = None;
    open(model, card)
}
