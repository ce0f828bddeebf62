//! Questions of one specialist to another, or to several at once, and what came of them.

use serde::{Deserialize, Serialize};

use crate::domain::consult::{Advice, Heard, NoAdvice};
use crate::domain::id::{AgentName, CompositionId, ConsultId, Epoch, IntentName, Position};
use crate::domain::panel::{Conferred, Decision, LeftOut, Stand};
use crate::domain::personal::Personal;
use crate::domain::text::Foreign;
use crate::domain::time::Timestamp;

use super::conversation::{Conversation, WaitsFor};

/// A question to another specialist that has not been answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consult {
    /// By whom.
    pub by: AgentName,
    /// Who is asked.
    pub whom: AgentName,
    /// Under which epoch.
    pub epoch: Epoch,
    /// In which attempt to answer.
    pub composition: CompositionId,
    /// What.
    pub question: Personal<Foreign>,
    /// Until when the answer is waited for.
    pub until: Timestamp,
    /// The panel it is part of.
    #[serde(default)]
    pub panel: Option<ConsultId>,
    /// Whether it is asked to judge.
    #[serde(default)]
    pub judges: bool,
}

/// What came of a question to another specialist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Advised {
    /// Who was asked.
    pub whom: AgentName,
    /// What they know; nothing when there was no answer.
    pub advice: Option<Personal<Advice>>,
    /// The panel that was settled, when several were asked.
    #[serde(default)]
    pub panel: Option<Box<Panel>>,
}

/// Several who are asked at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Panel {
    /// Which.
    pub id: ConsultId,
    /// By whom.
    pub by: AgentName,
    /// Under which epoch.
    pub epoch: Epoch,
    /// In which attempt to answer.
    pub composition: CompositionId,
    /// What.
    pub question: Personal<Foreign>,
    /// What may be answered.
    pub positions: Vec<Position>,
    /// The matter.
    pub about: Option<IntentName>,
    /// Who is asked, in the order in which they were named.
    pub members: Vec<AgentName>,
    /// Who is not among those who were heard.
    pub left_out: Vec<LeftOut>,
    /// What was said, in the order in which it came.
    pub opinions: Vec<Opinion>,
    /// The judge, once one was asked.
    pub judge: Option<AgentName>,
    /// What the judge said.
    pub judged: Option<Opinion>,
    /// How it was settled, and the judge's reason.
    pub settled: Option<(Decision, Option<Personal<Foreign>>)>,
}

/// What one of them said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opinion {
    /// Who.
    pub agent: AgentName,
    /// What counts of it beside others.
    pub stand: Stand,
    /// The whole.
    pub advice: Personal<Advice>,
}

impl Panel {
    /// Opinions in the order in which their authors were named.
    pub fn in_order(&self) -> impl Iterator<Item = &Opinion> {
        self.members.iter().filter_map(|member| self.opinions.iter().find(|opinion| opinion.agent == *member))
    }

    /// What each said, as others are told it; what was erased is left out.
    pub fn heard(&self) -> Vec<Heard> {
        let told = |opinion: &Opinion| {
            let text = opinion.advice.reveal()?.text.clone();
            Some(Heard { agent: opinion.agent.clone(), position: opinion.stand.position.clone(), text })
        };
        self.in_order().filter_map(told).collect()
    }

    /// Somebody is not heard.
    pub(super) fn leave_out(&mut self, whom: AgentName, why: NoAdvice) {
        self.left_out.push(LeftOut::of(whom, why));
    }

    /// What whoever asked is told, once it is settled.
    pub fn conferred(&self) -> Option<Conferred> {
        let (decision, reason) = self.settled.clone()?;
        let won = decision.won.as_ref().and_then(|won| self.opinions.iter().find(|opinion| opinion.agent == *won));
        let citations = won.and_then(|opinion| Some(opinion.advice.reveal()?.citations.clone())).unwrap_or_default();
        let reason = reason.as_ref().and_then(Personal::reveal).cloned();
        Some(Conferred { decision, reason, heard: self.heard(), citations })
    }
}

impl Conversation {
    /// Whether whoever asked still waits for this panel.
    pub(super) fn awaits(&self, panel: &Panel) -> bool {
        let waits = self.composing.as_ref().is_some_and(|one| {
            one.id == panel.composition && one.epoch == panel.epoch && one.waits_for == WaitsFor::Panel(panel.id)
        });
        waits && self.baton.epoch == panel.epoch && !self.asleep()
    }

    /// Whether somebody on this panel, or its judge, has still to answer.
    pub(super) fn is_outstanding(&self, panel: ConsultId) -> bool {
        self.consults.values().any(|asked| asked.panel == Some(panel))
    }
}
