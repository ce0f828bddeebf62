//! Keys of commands: the same key does a thing once.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};

use crate::domain::envelope::KeyUse;
use crate::domain::id::{ClientKey, Digest, Seq, TurnNo};
use crate::domain::refusal::Refusal;

/// Keys a customer's conversation remembers.
pub const CUSTOMER_KEYS: usize = 256;
/// Keys an operator is remembered by.
pub const OPERATOR_KEYS: usize = 10_000;
/// Stems whose old numbers are remembered; a client has one stem, a person a few clients.
pub const STEMS_MAX: usize = 64;

/// The keys of one principal in one scope.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Keys {
    /// The last keys, oldest first.
    recent: VecDeque<Used>,
    /// Where each stem's forgotten numbers end.
    forgotten: BTreeMap<String, u64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Used {
    key: ClientKey,
    body: Digest,
    done: Done,
}

/// What a keyed command led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// Its first journal entry.
    pub seq: Seq,
    /// The message it stored, if it stored one.
    pub turn: Option<TurnNo>,
}

impl Keys {
    /// What `asked` led to before; nothing when it is new.
    ///
    /// # Errors
    ///
    /// `KeyReused` when the key came with another body, `KeyTooOld` when the store no longer
    /// knows what it led to: it is then never executed.
    pub fn look_up(&self, asked: &KeyUse) -> Result<Option<Done>, Refusal> {
        if let Some(used) = self.recent.iter().rev().find(|used| used.key == asked.key) {
            return if used.body == asked.body { Ok(Some(used.done)) } else { Err(Refusal::KeyReused) };
        }
        let (stem, number) = asked.key.stem_and_number();
        match self.forgotten.get(stem) {
            Some(end) if number <= *end => Err(Refusal::KeyTooOld),
            None if self.forgotten.len() >= STEMS_MAX => Err(Refusal::KeyTooOld),
            Some(_) | None => Ok(None),
        }
    }

    /// Remembers a key, and forgets the oldest above `limit`.
    pub(crate) fn remember(&mut self, used: &KeyUse, done: Done, limit: usize) {
        self.recent.push_back(Used { key: used.key.clone(), body: used.body, done });
        while self.recent.len() > limit {
            let Some(old) = self.recent.pop_front() else { return };
            let (stem, number) = old.key.stem_and_number();
            let end = self.forgotten.entry(stem.to_owned()).or_insert(number);
            *end = number.max(*end);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(key: &str, body: u8) -> KeyUse {
        KeyUse { key: key.parse().unwrap(), body: Digest([body; 16]) }
    }

    #[test]
    fn a_key_does_a_thing_once_and_never_again() {
        let mut keys = Keys::default();
        for n in 1..=CUSTOMER_KEYS as u64 + 5 {
            let done = Done { seq: Seq(n), turn: None };
            keys.remember(&asked(&format!("web-{n}"), 1), done, CUSTOMER_KEYS);
        }
        assert_eq!(keys.look_up(&asked("web-200", 1)), Ok(Some(Done { seq: Seq(200), turn: None })));
        assert_eq!(keys.look_up(&asked("web-200", 2)), Err(Refusal::KeyReused));
        assert_eq!(keys.look_up(&asked("web-5", 1)), Err(Refusal::KeyTooOld));
        assert_eq!(keys.look_up(&asked("web-300", 1)), Ok(None));
        assert_eq!(keys.look_up(&asked("other-1", 1)), Ok(None));
    }

    #[test]
    fn too_many_stems_refuse_instead_of_repeating() {
        let mut keys = Keys::default();
        for n in 0..=STEMS_MAX {
            keys.remember(&asked(&format!("stem{n}x"), 1), Done { seq: Seq(1), turn: None }, 1);
        }
        assert_eq!(keys.look_up(&asked("stem0x", 1)), Err(Refusal::KeyTooOld));
        assert_eq!(keys.look_up(&asked("unheard", 1)), Err(Refusal::KeyTooOld));
    }
}
