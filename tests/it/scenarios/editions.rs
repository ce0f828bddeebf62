//! Editions of the deployment: one rolled out to a share, taken back, or put in force for everybody.

use baton::domain::analysis::Language;
use baton::domain::candidate::Share;
use baton::domain::command::FloorAct;
use baton::domain::conversation::HouseSentence;
use baton::domain::customer::Tier;
use baton::domain::deployment::Deployment;
use baton::domain::id::{AgentName, Digest, ToolName};
use baton::domain::refusal::Refusal;
use baton::domain::supervision::Segment;
use baton::domain::translation::TranslationSpec;
use serde::Deserialize;

use super::{Player, Step};

/// An edition that differs from the test's house in what is said here.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Edition {
    /// What the house says when it greets.
    greets: String,
    /// Seats of every agent.
    #[serde(default)]
    capacity: Option<u32>,
    /// Tools of this agent, instead of its own.
    #[serde(default)]
    tools: Vec<(AgentName, Vec<ToolName>)>,
    /// It has a translator for a house that reads English.
    #[serde(default)]
    translates: bool,
    /// To how many in a hundred new conversations; without, to all.
    #[serde(default)]
    percent: Option<u8>,
    /// Of this tier.
    #[serde(default)]
    tier: Option<Tier>,
}

impl Edition {
    fn deployment(&self, mut desk: Deployment) -> Deployment {
        desk.sentences.insert(HouseSentence::Greeting, self.greets.clone());
        for agent in &mut desk.agents {
            agent.capacity = self.capacity.unwrap_or(agent.capacity);
            if let Some((_, tools)) = self.tools.iter().find(|(name, _)| *name == agent.name) {
                agent.tools.clone_from(tools);
            }
        }
        if self.translates {
            desk.translation = Some(TranslationSpec { language: Language::ENGLISH, may_read: Vec::new() });
        }
        desk
    }
}

/// Does what a step says about editions; nothing if it says nothing.
pub(super) fn play(player: &mut Player, step: &Step) -> Option<Result<bool, Refusal>> {
    let act = if step.take_back {
        FloorAct::TakeBack
    } else {
        let edition = step.edition.as_ref()?;
        let deployment = Box::new(edition.deployment(player.floor.floor().deployment.as_deref().unwrap().clone()));
        let segment = edition.tier.map(|tier| Segment { tier: Some(tier), channel: None });
        match edition.percent {
            Some(percent) => {
                let name = Digest(std::array::from_fn(|at| edition.greets.as_bytes().get(at).copied().unwrap_or(0)));
                FloorAct::RollOut { edition: name, deployment, share: Share { percent, segment } }
            }
            None => FloorAct::Adopt(deployment),
        }
    };
    Some(player.floor.floor_act(act).map(|done| done.repeat))
}

/// How many conversations are on editions beside the one in force, and which one is open: `1, 0 open`.
pub(super) fn check(player: &Player, step: &Step, place: &str) {
    let Some(expected) = &step.beside else { return };
    let editions = &player.floor.floor().editions;
    let open = editions.open.as_ref().map(|(seq, _)| *seq);
    let told = editions
        .beside
        .iter()
        .map(|(seq, one)| format!("{}{}", one.live, if open == Some(*seq) { " open" } else { "" }));
    assert_eq!(told.collect::<Vec<_>>(), *expected, "{place}: editions");
}
