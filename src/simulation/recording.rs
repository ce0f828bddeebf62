//! A recorded customer who says again what they said, to the last turn, whatever is answered.

use std::collections::VecDeque;

use super::dialogue::Dialogue;
use super::persona::Deed;
use crate::domain::text::Foreign;
use crate::domain::time::Millis;
use crate::protocol::customer::CustomerReply;

/// How long the customer stays after the last turn, to hear the answer.
const LINGER: Millis = Millis::from_secs(10);
/// After a refusal the same turn is said again so much later, each time twice as long.
const RETRY: Millis = Millis(400);
/// Refusals in a row after which the recording gives up, and says so.
const RETRIES_MAX: u32 = 8;

/// One recorded customer.
#[derive(Debug)]
pub struct Recording {
    /// The dialogue's name.
    pub id: String,
    script: VecDeque<(Millis, Foreign)>,
    /// No two turns are closer than this: the channel's own limit.
    gap: Millis,
    begun: Option<Millis>,
    next: Millis,
    stand: Stand,
    refusals: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stand {
    Ready,
    /// Said, and not yet stored.
    Waiting,
    Gone,
}

impl Recording {
    /// The customer of that dialogue; turns are at least `gap` apart.
    pub fn new(dialogue: &Dialogue, gap: Millis) -> Self {
        let script = dialogue.script().into();
        let id = dialogue.id.clone();
        Self { id, script, gap, begun: None, next: Millis(0), stand: Stand::Ready, refusals: 0 }
    }

    /// When something is to be done next; none once gone, or while an answer of the wire is awaited.
    pub fn next(&self) -> Option<Millis> {
        (self.stand == Stand::Ready && self.begun.is_some()).then_some(self.next)
    }

    /// Whether everything was said, or given up.
    pub fn is_gone(&self) -> bool {
        self.stand == Stand::Gone
    }

    /// Turns that have not been stored.
    pub fn left(&self) -> usize {
        self.script.len()
    }

    /// Takes in what the wire said.
    pub fn hear(&mut self, reply: &CustomerReply, at: Millis) {
        match reply {
            CustomerReply::Welcome { .. } if self.begun.is_none() => {
                self.begun = Some(at);
                self.next = Millis(at.0 + self.script.front().map_or(0, |(after, _)| after.0));
            }
            CustomerReply::Stored { .. } if self.stand == Stand::Waiting => {
                self.script.pop_front();
                self.refusals = 0;
                self.stand = Stand::Ready;
                self.next = self.due(at);
            }
            CustomerReply::Refused { .. } if self.stand == Stand::Waiting => {
                self.refusals += 1;
                self.stand = if self.refusals > RETRIES_MAX { Stand::Gone } else { Stand::Ready };
                self.next = Millis(at.0 + (RETRY.0 << self.refusals.min(RETRIES_MAX)));
            }
            CustomerReply::Welcome { .. }
            | CustomerReply::Stored { .. }
            | CustomerReply::Refused { .. }
            | CustomerReply::Message(_)
            | CustomerReply::Notice { .. }
            | CustomerReply::Typing { .. }
            | CustomerReply::Handover { .. }
            | CustomerReply::Resolved {}
            | CustomerReply::Rated { .. } => {}
        }
    }

    fn due(&self, at: Millis) -> Millis {
        let begun = self.begun.unwrap_or_default();
        match self.script.front() {
            Some((after, _)) => Millis((begun.0 + after.0).max(at.0 + self.gap.0)),
            None => Millis(at.0 + LINGER.0),
        }
    }

    /// What this customer does now that it is `at`.
    pub fn act(&mut self, at: Millis) -> Vec<Deed> {
        if self.stand != Stand::Ready || self.begun.is_none() || self.next > at {
            return Vec::new();
        }
        let Some((_, text)) = self.script.front() else {
            self.stand = Stand::Gone;
            return vec![Deed::Leave];
        };
        self.stand = Stand::Waiting;
        vec![Deed::Say(text.raw().to_owned())]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::TurnNo;
    use crate::protocol::customer::{Speaker, SpeakerKind};

    fn welcome() -> CustomerReply {
        let speaker = Speaker { kind: SpeakerKind::Ai, name: "x".into() };
        CustomerReply::Welcome { conversation: "c".into(), token: None, turn: TurnNo(0), speaker, resolved: false }
    }

    #[test]
    fn every_turn_is_said_in_order_and_one_that_was_refused_again() {
        let line = r#"{"id":"a","turns":[{"role":"customer","at_ms":0,"text":"one"},
            {"role":"customer","at_ms":100,"text":"two"},{"role":"customer","at_ms":90000,"text":"three"}]}"#;
        let dialogue: Dialogue = serde_json::from_str(line).unwrap();
        let mut who = Recording::new(&dialogue, Millis(350));
        assert_eq!(who.next(), None, "nothing before the welcome");
        who.hear(&welcome(), Millis(1_000));
        let (mut said, mut times) = (Vec::new(), Vec::new());
        let mut refuse = true;
        while let Some(at) = who.next() {
            for deed in who.act(at) {
                let Deed::Say(text) = deed else { continue };
                said.push(text.clone());
                times.push(at.0);
                let refused = text == "two" && std::mem::take(&mut refuse);
                let (code, message) = ("busy".into(), String::new());
                let answer = if refused {
                    CustomerReply::Refused { key: None, code, message }
                } else {
                    CustomerReply::Stored { key: None, turn: TurnNo(1) }
                };
                who.hear(&answer, at);
            }
        }
        assert_eq!(said, ["one", "two", "two", "three"]);
        assert_eq!((times[1] - times[0], times[3]), (350, 91_000));
        assert!(who.is_gone() && who.left() == 0);
    }
}
