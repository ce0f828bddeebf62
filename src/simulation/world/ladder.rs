//! What supervisors do between looking and taking over, sensible or not.

use std::collections::BTreeMap;

use super::World;
use crate::domain::command::OperatorAct;
use crate::domain::conversation::Priority;
use crate::domain::customer::Tier;
use crate::domain::id::{ConversationId, Digest, DraftId, Label, PromiseId, RuleId, TurnNo};
use crate::domain::learning::{Reach, TurnRating};
use crate::domain::supervision::{Aftermath, DraftVerdict, Fuse, FuseEnd, GateTarget, HoldTarget, Life, Segment};
use crate::domain::time::Millis;
use crate::domain::watch::WatchFor;
use crate::orchestrator::conversation::Conversation;

impl World {
    /// An act of the ladder, now and then; mostly about what waits here.
    pub(super) fn ladder_act(
        &mut self,
        conversation: ConversationId,
        found: Option<&Conversation>,
    ) -> Option<(OperatorAct, Option<Digest>)> {
        if let Some((waiting, c)) = found.and_then(|c| c.draft.as_ref().zip(Some(c)))
            && self.dice.chance(60)
        {
            return Some((self.settle(waiting.id), c.subject_of_draft(waiting)));
        }
        match self.dice.below(100) {
            0..12 => Some((self.gate(conversation), None)),
            16..22 => Some((OperatorAct::Barge { conversation }, None)),
            22 => Some((OperatorAct::EndBarge { conversation }, None)),
            13..15 => Some((self.hold(), None)),
            15 => Some((self.life(), None)),
            12 => {
                let draft = DraftId(self.dice.below(20));
                Some((self.settle(draft), None))
            }
            23..31 => Some((self.promise(conversation, found), None)),
            31..36 => self.wrap_up().map(|act| (act, None)),
            36..46 => Some((self.desk(conversation), None)),
            46..54 => self.correction(conversation).map(|act| (act, None)),
            _ => None,
        }
    }

    /// Somebody says how a conversation came out, in words of its line or others.
    fn wrap_up(&mut self) -> Option<OperatorAct> {
        let open: Vec<ConversationId> = self.floor().owing.iter().copied().collect();
        let conversation = *self.dice.pick(&open)?;
        if self.dice.chance(25) {
            return Some(OperatorAct::ExtendWrapUp { conversation });
        }
        let disposition = ["done", "lost", "never"].get(self.dice.below(4) as usize)?.parse().ok();
        let note = self.dice.chance(70).then(|| "a note".into());
        Some(OperatorAct::WrapUp { conversation, disposition, note, fields: BTreeMap::new() })
    }

    /// Something about a promise: mostly about one of this conversation, now and then about any.
    fn promise(&mut self, conversation: ConversationId, found: Option<&Conversation>) -> OperatorAct {
        let here: Vec<PromiseId> = found.map(|c| c.owed.keys().copied().collect()).unwrap_or_default();
        let all: Vec<PromiseId> = self.floor().owed().map(|found| found.id).collect();
        let from = if self.dice.chance(60) && !here.is_empty() { here } else { all };
        let promise = self.dice.pick(&from).copied().unwrap_or_else(|| PromiseId(self.dice.below(40)));
        let due = self.dice.chance(60).then(|| self.at + Millis::from_secs(self.dice.below(900)));
        let people: Vec<_> = self.desk.operators.iter().map(|operator| operator.name.clone()).collect();
        match self.dice.below(5) {
            0 | 1 => OperatorAct::Promise { conversation, text: "word by noon".into(), due },
            2 => OperatorAct::ClearPromise { promise },
            3 => OperatorAct::CarryPromise { promise, to: self.dice.pick(&people).cloned(), due },
            _ => OperatorAct::WaivePromise { promise, reason: "not needed".into() },
        }
    }

    /// What people say about what agents did.
    fn correction(&mut self, conversation: ConversationId) -> Option<OperatorAct> {
        let names: Vec<_> = self.desk.agents.iter().map(|agent| agent.name.clone()).collect();
        let to = self.dice.pick(&names).cloned()?;
        let reroute = |reach| OperatorAct::Reroute { conversation, to, reach, note: None };
        Some(match self.dice.below(13) {
            12 => {
                let intents: Vec<_> = self.desk.agents.iter().flat_map(|agent| agent.intents.iter().cloned()).collect();
                let intent = self.dice.pick(&intents).cloned()?;
                OperatorAct::CorrectIntent { conversation, turn: TurnNo(self.dice.below(12)), intent }
            }
            0..2 => reroute(Reach::Once),
            2..6 => reroute(Reach::Teach),
            6..9 => {
                let until = self.at + Millis(1 + self.dice.below(600_000));
                let segment = self.dice.chance(30).then_some(Segment { tier: Some(Tier::Vip), channel: None });
                reroute(Reach::Rule { until, words: Vec::new(), segment })
            }
            9 => OperatorAct::EndRule { rule: RuleId(1 + self.dice.below(6)) },
            10 => OperatorAct::RollBackLearning {},
            _ => {
                let rating = if self.dice.chance(50) { TurnRating::Good } else { TurnRating::Bad };
                OperatorAct::RateTurn { conversation, turn: TurnNo(self.dice.below(12)), rating }
            }
        })
    }

    /// What people arrange around a conversation, and take back.
    fn desk(&mut self, conversation: ConversationId) -> OperatorAct {
        let until = self.at + Millis(1 + self.dice.below(60_000));
        let priorities = [Some(Priority::Urgent), Some(Priority::High), Some(Priority::Low), None];
        let labels: Vec<Label> = ["vip", "refund", "angry"].iter().filter_map(|label| label.parse().ok()).collect();
        match self.dice.below(10) {
            0..3 => {
                let reason = self.dice.chance(50).then(|| "later".into());
                OperatorAct::Snooze { conversation, until, reason }
            }
            3 => OperatorAct::Wake { conversation },
            4 | 5 => {
                let priority = self.dice.pick(&priorities).copied().flatten();
                OperatorAct::SetPriority { conversation, priority }
            }
            6 | 7 => {
                let add = self.dice.pick(&labels).cloned().into_iter().collect();
                let remove = self.dice.pick(&labels).cloned().into_iter().collect();
                OperatorAct::Label { conversation, add, remove }
            }
            8 => OperatorAct::Undo { conversation },
            _ => {
                let all = [WatchFor::CustomerSpeaks, WatchFor::ToolFails, WatchFor::ClockWarns, WatchFor::HumanAsked];
                let when = self.dice.pick(&all).copied().filter(|_| self.dice.chance(80));
                OperatorAct::Watch { conversation, on: self.dice.chance(80), when }
            }
        }
    }

    fn settle(&mut self, draft: DraftId) -> OperatorAct {
        let verdict = match self.dice.below(4) {
            0 => DraftVerdict::Edit { text: "other words".into() },
            1 => DraftVerdict::Drop,
            _ => DraftVerdict::Send,
        };
        let reason = self.dice.chance(50).then(|| "not like this".into());
        OperatorAct::SettleDraft { draft, verdict, reason }
    }

    /// Mostly a release: what is held long shows little.
    fn hold(&mut self) -> OperatorAct {
        let held: Vec<HoldTarget> = self.floor().standing.holds.iter().map(|hold| hold.target.clone()).collect();
        if let Some(target) = self.dice.pick(&held).filter(|_| held.len() > 1).cloned() {
            return OperatorAct::Release { target };
        }
        let agents: Vec<_> = self.desk.agents.iter().map(|agent| agent.name.clone()).collect();
        let tools: Vec<_> = self.desk.tools.iter().map(|tool| tool.name.clone()).collect();
        let target = match (self.dice.below(6), self.dice.pick(&agents).cloned(), self.dice.pick(&tools).cloned()) {
            (0, ..) => HoldTarget::AllAi,
            (1, ..) => HoldTarget::Segment(Segment { tier: Some(Tier::Vip), channel: None }),
            (2 | 3, _, Some(tool)) => HoldTarget::Tool(tool),
            (_, Some(agent), _) => HoldTarget::Agent(agent),
            (_, None, _) => HoldTarget::AllAi,
        };
        if self.dice.chance(40) {
            return OperatorAct::Release { target };
        }
        let all = [Aftermath::Gate, Aftermath::Reroute, Aftermath::Queue];
        OperatorAct::Hold { target, then: self.dice.pick(&all).copied(), reason: Some("stop".into()) }
    }

    fn life(&mut self) -> OperatorAct {
        let agents: Vec<_> = self.desk.agents.iter().map(|agent| agent.name.clone()).collect();
        let all = [Life::Shadow, Life::Gated, Life::Live, Life::Live, Life::Live, Life::Draining, Life::Held];
        let life = self.dice.pick(&all).copied().unwrap_or_default();
        match self.dice.pick(&agents).cloned() {
            Some(agent) => OperatorAct::SetLife { agent, life },
            None => OperatorAct::Release { target: HoldTarget::AllAi },
        }
    }

    fn gate(&mut self, conversation: ConversationId) -> OperatorAct {
        let agents: Vec<_> = self.desk.agents.iter().map(|agent| agent.name.clone()).collect();
        let channel = self.dice.chance(50).then(|| self.channel.clone());
        let target = match (self.dice.below(4), self.dice.pick(&agents).cloned()) {
            (0, Some(agent)) => GateTarget::Agent(agent),
            (1, _) => GateTarget::Segment(Segment { tier: Some(Tier::Vip), channel }),
            _ => GateTarget::Conversation(conversation),
        };
        let then = if self.dice.chance(50) { FuseEnd::Send } else { FuseEnd::Hold };
        let fuse = self.dice.chance(50).then(|| Fuse { after: Millis(self.dice.below(20_000)), then });
        OperatorAct::Gate { target, on: self.dice.chance(60), fuse }
    }
}
