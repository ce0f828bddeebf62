//! Candidates of agents: how much they answer.

use crate::domain::text::Clean;
use crate::protocol::row::{AgentRow, CandidateRow};

use super::super::model::Model;
use super::super::model::card::{Choice, Pick};
use super::Effect;
use super::cards::{card, choice, open};

/// Shares that are offered: a first look, a half, all.
const SHARES: [u8; 3] = [10, 50, 100];

/// Gives a candidate a share, or takes it back: that comes first, so that one key and Enter do it.
pub(super) fn card_of(model: &mut Model) -> Vec<Effect> {
    let rows = model.live.picture.agents.values();
    let rows: Vec<(AgentRow, CandidateRow)> =
        rows.filter_map(|row| row.candidate.clone().map(|candidate| (row.clone(), candidate))).collect();
    let back = rows.iter().filter(|(_, candidate)| candidate.share.percent > 0).map(|(row, candidate)| {
        let after =
            clean!("it answers all its conversations itself again; {} % were its candidate's", candidate.share.percent);
        choice(clean!("{}: roll back", row.name), after, None, Pick::Promote(row.name.clone(), 0))
    });
    let give = rows.iter().flat_map(|(row, candidate)| {
        let shares = SHARES.into_iter().filter(|share| *share != candidate.share.percent);
        shares.map(|percent| share(row, candidate, percent))
    });
    let choices: Vec<Choice> = back.chain(give).collect();
    let facts = vec![Clean::fixed(
        "By a hash of the conversation's id: who is answered by which stays so until the share moves.",
    )];
    let mut card = card(model, Clean::fixed("CANDIDATES"), facts, choices);
    card.seen = None;
    open(model, card)
}

fn share(row: &AgentRow, candidate: &CandidateRow, percent: u8) -> Choice {
    let compared = &candidate.compared;
    let agrees = compared.percent().map_or_else(
        || "it was not compared yet".to_owned(),
        |agrees| format!("it agreed on {agrees} % of {} messages", compared.messages),
    );
    let after = clean!("its candidate answers {percent} of a hundred conversations; {agrees}");
    choice(clean!("{}: {percent} %", row.name), after, None, Pick::Promote(row.name.clone(), percent))
}
