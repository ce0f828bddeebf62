//! The chain: each record's checksum covers the one before, so that no record can be altered,
//! dropped or put in without a trace; the anchor keeps the head outside the journal's own file.

use std::fmt;
use std::io::Write;
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::domain::id::Seq;
use crate::store::error::StoreError;
use crate::store::folder::replace_file;

/// Names the way records are chained; another way gets another name.
const GENESIS: &[u8] = b"baton journal 1\0";

/// SHA-256 over everything up to a record, in hexadecimal when written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Checksum(pub [u8; 32]);

impl Checksum {
    /// What stands before the first record of a floor.
    pub fn genesis(floor: &str) -> Self {
        Self(Sha256::new().chain_update(GENESIS).chain_update(floor.as_bytes()).finalize().into())
    }

    /// The checksum after a record, over the bytes as written. The length keeps text and sealed
    /// bytes from sliding into each other.
    #[must_use]
    pub fn after(&self, text: &[u8], sealed: &[u8]) -> Self {
        let hash = Sha256::new()
            .chain_update(self.0)
            .chain_update((text.len() as u64).to_be_bytes())
            .chain_update(text)
            .chain_update(sealed);
        Self(hash.finalize().into())
    }
}

impl fmt::Display for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::str::FromStr for Checksum {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = "not a checksum (64 hexadecimal characters)";
        let mut bytes = [0; 32];
        if text.len() != 64 || !text.is_ascii() {
            return Err(wrong);
        }
        for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
            let pair = std::str::from_utf8(pair).map_err(|_| wrong)?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| wrong)?;
        }
        Ok(Self(bytes))
    }
}

impl Serialize for Checksum {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Checksum {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        std::borrow::Cow::<'de, str>::deserialize(from)?.parse().map_err(serde::de::Error::custom)
    }
}

/// The end of a journal: its last envelope and the checksum after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The last envelope; 0 in an empty journal.
    pub seq: Seq,
    /// The checksum after it.
    pub checksum: Checksum,
}

impl Head {
    /// The head of an empty journal.
    pub fn genesis(floor: &str) -> Self {
        Self { seq: Seq(0), checksum: Checksum::genesis(floor) }
    }

    /// Writes the head to the anchor file, durably and at once (a reader sees the old or the new
    /// one). Called at every snapshot and at shutdown.
    pub fn anchor(&self, path: &Path) -> Result<(), StoreError> {
        let text = serde_json::to_string(self).unwrap_or_default();
        replace_file(path, |file| file.write_all(text.as_bytes()))
    }

    /// The head in the anchor file; nothing if there is none yet.
    pub fn anchored(path: &Path) -> Result<Option<Self>, StoreError> {
        let text = match std::fs::read(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(StoreError::file("read", path)(error)),
        };
        serde_json::from_slice(&text).map(Some).map_err(|error| StoreError::file("read", path)(error.into()))
    }
}

/// What a walk over the whole journal found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// The head the walk ended with.
    pub head: Head,
    /// How many records hold up.
    pub sound: u64,
    /// The first damage, if any: where and what.
    pub damage: Option<Damage>,
}

/// One damage of the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Damage {
    /// The first envelope concerned.
    pub seq: Seq,
    /// What was found there.
    pub what: String,
}

impl Verdict {
    /// Adds what only the anchor can tell: that records at the end are missing, or that the
    /// journal was written anew. `at_anchor` is the journal's checksum at the anchor's number.
    #[must_use]
    pub fn against(mut self, anchor: Option<Head>, at_anchor: Option<Checksum>) -> Self {
        let Some(anchor) = anchor else { return self };
        if self.damage.is_some() {
            return self;
        }
        self.damage = anchor_damage(self.head, anchor, at_anchor);
        self
    }
}

/// What an anchor says against a journal with this head, whose checksum at the anchor's number is
/// `at_anchor`.
pub(crate) fn anchor_damage(head: Head, anchor: Head, at_anchor: Option<Checksum>) -> Option<Damage> {
    if head.seq < anchor.seq {
        let (from, to) = (head.seq.next(), anchor.seq);
        return Some(Damage { seq: from, what: format!("the end is missing: {from} to {to}") });
    }
    let holds = at_anchor == Some(anchor.checksum);
    (!holds).then(|| Damage {
        seq: anchor.seq,
        what: "the journal was written anew: its checksum is not the anchored one".into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chain_depends_on_order_and_on_every_byte() {
        let start = Checksum::genesis("shop");
        assert_ne!(start, Checksum::genesis("bank"));
        assert_ne!(start.after(b"a", b"").after(b"b", b""), start.after(b"b", b"").after(b"a", b""));
        assert_ne!(start.after(b"ab", b"c"), start.after(b"a", b"bc"));
    }

    #[test]
    fn an_anchor_survives_and_tells_a_missing_tail() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("anchor");
        assert_eq!(Head::anchored(&path).unwrap(), None);
        let head = Head { seq: Seq(7), checksum: Checksum::genesis("shop").after(b"x", b"y") };
        head.anchor(&path).unwrap();
        assert_eq!(Head::anchored(&path).unwrap(), Some(head));
        let verdict = Verdict { head: Head { seq: Seq(5), ..head }, sound: 5, damage: None };
        let damage = verdict.against(Some(head), None).damage.unwrap();
        assert_eq!((damage.seq, damage.what.as_str()), (Seq(6), "the end is missing: #6 to #7"));
        std::fs::write(&path, "{").unwrap();
        assert!(Head::anchored(&path).is_err());
    }
}
