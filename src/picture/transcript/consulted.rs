//! Questions of one specialist to another, and to several at once, as lines that grow.

use super::{Transcript, open};
use crate::domain::envelope::Envelope;
use crate::domain::event::ConsultEvent;
use crate::domain::id::{AgentName, ConsultId, Seq};
use crate::domain::score::Score;
use crate::domain::text::Clean;
use crate::picture::{ERASED, line};
use crate::protocol::panel::{Verdict, Voice};
use crate::protocol::transcript::{ConsultFate, ItemBody};

impl Transcript {
    pub(super) fn consult(&mut self, envelope: &Envelope, event: &ConsultEvent) -> Option<Seq> {
        match event {
            ConsultEvent::Asked { consult, by, whom, question, panel, judges, .. } => {
                if let Some(panel) = panel {
                    return self.joins(*panel, *consult, whom, *judges);
                }
                self.consults.insert(*consult, envelope.seq);
                let (by, whom, question) = (by.clone(), whom.clone(), open(question));
                let body = ItemBody::Consulted { by, whom, question, fate: ConsultFate::Waits, answer: None };
                Some(self.add(envelope, body))
            }
            ConsultEvent::Refused { by, whom, question, why, chain, .. } => {
                let (by, whom, question) = (by.clone(), whom.clone(), open(question));
                let chain: Vec<&str> = chain.iter().map(AgentName::as_str).collect();
                let answer = (!chain.is_empty()).then(|| Clean::shown(&chain.join(" > ")));
                let body = ItemBody::Consulted { by, whom, question, fate: ConsultFate::None(*why), answer };
                Some(self.add(envelope, body))
            }
            ConsultEvent::Convened { panel, by, question, left_out, .. } => {
                self.panels.insert(*panel, envelope.seq);
                let (by, question) = (by.clone(), open(question));
                let voices = left_out.iter().map(|left| silent(&left.whom, ConsultFate::None(left.why))).collect();
                Some(self.add(envelope, ItemBody::Panel { by, question, voices, verdict: None }))
            }
            ConsultEvent::Settled { panel, decision, reason, .. } => {
                let seq = *self.panels.get(panel)?;
                if let ItemBody::Panel { verdict, .. } = &mut self.items.get_mut(&seq)?.body {
                    let reason = reason.as_ref().map(open);
                    *verdict = Some(Verdict { decision: decision.clone(), reason });
                }
                Some(seq)
            }
            ConsultEvent::Answered { consult, .. } | ConsultEvent::Failed { consult, .. } => {
                if let Some(seq) = self.speaks(*consult, event) {
                    return Some(seq);
                }
                let seq = *self.consults.get(consult)?;
                if let ItemBody::Consulted { fate, answer, .. } = &mut self.items.get_mut(&seq)?.body {
                    (*fate, *answer) = came_of(event);
                }
                Some(seq)
            }
        }
    }

    /// One more is asked.
    fn joins(&mut self, panel: ConsultId, consult: ConsultId, whom: &AgentName, judges: bool) -> Option<Seq> {
        let seq = *self.panels.get(&panel)?;
        if let ItemBody::Panel { voices, .. } = &mut self.items.get_mut(&seq)?.body {
            voices.push(Voice { judges, ..silent(whom, ConsultFate::Waits) });
            self.members.insert(consult, (seq, whom.clone()));
        }
        Some(seq)
    }

    /// One of them has answered, or did not.
    fn speaks(&mut self, consult: ConsultId, event: &ConsultEvent) -> Option<Seq> {
        let (seq, whom) = self.members.get(&consult)?;
        let ItemBody::Panel { voices, .. } = &mut self.items.get_mut(seq)?.body else { return None };
        let voice = voices.iter_mut().find(|voice| voice.agent == *whom)?;
        (voice.fate, voice.answer) = came_of(event);
        if let ConsultEvent::Answered { stand, cost, .. } = event {
            let stand = stand.clone().unwrap_or_default();
            (voice.position, voice.confidence, voice.cost) = (stand.position, stand.confidence, *cost);
        }
        Some(*seq)
    }
}

fn silent(agent: &AgentName, fate: ConsultFate) -> Voice {
    let (judges, position, confidence, answer, cost) = (false, None, Score::ZERO, None, None);
    Voice { agent: agent.clone(), judges, fate, position, confidence, answer, cost }
}

/// What came of a question.
fn came_of(event: &ConsultEvent) -> (ConsultFate, Option<Clean>) {
    match event {
        ConsultEvent::Answered { advice, stale, .. } => {
            let said = advice.reveal().map_or_else(|| Clean::fixed(ERASED), line::advice);
            (if *stale { ConsultFate::Stale } else { ConsultFate::Answered }, Some(said))
        }
        ConsultEvent::Failed { why, .. } => (ConsultFate::None(*why), None),
        ConsultEvent::Asked { .. }
        | ConsultEvent::Refused { .. }
        | ConsultEvent::Convened { .. }
        | ConsultEvent::Settled { .. } => (ConsultFate::Waits, None),
    }
}
