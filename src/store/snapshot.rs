//! Snapshots of the floor: a shorter way to the same state, never a source of truth.
//!
//! A snapshot is a row of named JSON parts whose meaning the store does not know. Personal values
//! in a part are sealed like those of a record. Whatever does not fit (another format, another
//! floor, a checksum, a journal that says otherwise) drops the snapshot as a whole; the journal is
//! folded instead.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use crate::domain::id::{CustomerId, FloorName};
use crate::privacy::seal::{self, NONCE_BYTES, Place};
use crate::store::chain::Head;
use crate::store::error::{StoreError, draw};
use crate::store::folder::replace_file;
use crate::store::journal::JournalRead;
use crate::store::record::{join, part};
use crate::store::vault::Vault;

/// How the file is laid out; the format of the parts has a name of its own.
const LAYOUT: &str = "baton snapshot 1";
/// Longest block of a snapshot; a conversation held in full has 64 KB of turns.
const BLOCK_BYTES_MAX: u32 = 64 << 20;
/// Bytes of the checksum at the end.
const SUM_BYTES: usize = 32;

/// A piece of the floor's state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// What it is, for the one who made it.
    pub name: String,
    /// Under whose key its personal values are sealed.
    pub customer: Option<CustomerId>,
    /// The state, with personal values as `{"$personal": value}`.
    pub json: String,
}

/// A snapshot as read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The last envelope folded into it.
    pub head: Head,
    /// Its parts, in the order they were given.
    pub parts: Vec<Part>,
}

/// What a look for a snapshot found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// A snapshot of this journal; fold what comes after it.
    Sound(Snapshot),
    /// None: fold the journal from its beginning.
    Nothing,
    /// One that must not be used, and why: fold the journal from its beginning.
    Dropped(String),
}

#[derive(Serialize, Deserialize)]
struct Cover {
    layout: String,
    format: String,
    floor: FloorName,
    head: Head,
    parts: u64,
}

#[derive(Serialize)]
struct Line<'a> {
    name: &'a str,
    customer: Option<CustomerId>,
    sealed: &'a [usize],
    state: &'a RawValue,
}

#[derive(Deserialize)]
struct LineRead<'a> {
    name: String,
    customer: Option<CustomerId>,
    sealed: Vec<usize>,
    #[serde(borrow)]
    state: &'a RawValue,
}

/// Writes a snapshot in place of the one before, and the journal's head to the anchor file.
/// `format` names the shape of the parts: with another name it will be dropped.
pub fn save(
    paths: (&Path, &Path),
    format: &str,
    journal: &mut dyn JournalRead,
    head: Head,
    parts: &[Part],
) -> Result<(), StoreError> {
    let (snapshot, anchor) = paths;
    let floor = journal.floor().clone();
    let cover = Cover { layout: LAYOUT.into(), format: format.into(), floor, head, parts: parts.len() as u64 };
    let mut failure = None;
    let written = replace_file(snapshot, |file| {
        let mut file = Summed { file, sum: Sha256::new() };
        file.block(&serde_json::to_vec(&cover)?)?;
        for part in parts {
            let (line, sealed) = close(part, &cover, journal.vault()).map_err(|error| {
                failure = Some(error);
                io::Error::other("a part of the snapshot cannot be sealed")
            })?;
            file.block(&line)?;
            file.block(&sealed)?;
        }
        let sum = file.sum.finalize();
        file.file.write_all(&sum)
    });
    if let Some(error) = failure {
        return Err(error);
    }
    written?;
    journal.head()?.anchor(anchor)
}

/// Finds the snapshot and checks it against the journal.
pub fn load(path: &Path, format: &str, journal: &mut dyn JournalRead) -> Result<Found, StoreError> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Found::Nothing),
        Err(error) => return Err(StoreError::file("read", path)(error)),
    };
    let dropped = |why: &str| Ok(Found::Dropped(why.to_owned()));
    let Ok((cover, blocks)) = read_blocks(file) else { return dropped("it is damaged") };
    if cover.layout != LAYOUT || cover.format != format {
        return dropped("it is of another version");
    }
    if cover.floor != *journal.floor() {
        return dropped("it is of another floor");
    }
    if journal.checksum_at(cover.head.seq)? != Some(cover.head.checksum) {
        return dropped("it is of another journal");
    }
    let mut parts = Vec::with_capacity(blocks.len());
    for (line, sealed) in &blocks {
        match open(line, sealed, &cover, journal.vault())? {
            Some(part) => parts.push(part),
            None => return dropped("a part does not open"),
        }
    }
    Ok(Found::Sound(Snapshot { head: cover.head, parts }))
}

fn close(given: &Part, cover: &Cover, vault: &Vault) -> Result<(Vec<u8>, Vec<u8>), StoreError> {
    let refused = |what: String| StoreError::Unwritable { seq: cover.head.seq, what };
    let mut parted = part(&given.json);
    let mut sealed = Vec::new();
    if !parted.places.is_empty() {
        let Some(customer) = given.customer else {
            return Err(StoreError::Unowned { seq: cover.head.seq, kind: given.name.clone() });
        };
        if let Some(key) = vault.key(customer)? {
            let mut nonce = [0; NONCE_BYTES];
            draw(&mut nonce)?;
            let place = Place { floor: cover.floor.as_str(), seq: cover.head.seq, kind: &given.name, customer };
            sealed = seal::seal(&key, nonce, place, parted.values.as_bytes()).map_err(|e| refused(e.to_string()))?;
        } else {
            parted.places.clear();
        }
    }
    let state = RawValue::from_string(parted.open).map_err(|error| refused(error.to_string()))?;
    let line = Line { name: &given.name, customer: given.customer, sealed: &parted.places, state: &state };
    Ok((serde_json::to_vec(&line).map_err(|error| refused(error.to_string()))?, sealed))
}

fn open(line: &[u8], sealed: &[u8], cover: &Cover, vault: &Vault) -> Result<Option<Part>, StoreError> {
    let Ok(line) = serde_json::from_slice::<LineRead<'_>>(line) else { return Ok(None) };
    let mut json = line.state.get().to_owned();
    if let (false, Some(customer)) = (line.sealed.is_empty(), line.customer)
        && let Some(key) = vault.key(customer)?
    {
        let place = Place { floor: cover.floor.as_str(), seq: cover.head.seq, kind: &line.name, customer };
        let Ok(values) = seal::open(&key, place, sealed) else { return Ok(None) };
        let Some(joined) = join(line.state.get(), &line.sealed, &values) else { return Ok(None) };
        json = joined;
    }
    Ok(Some(Part { name: line.name, customer: line.customer, json }))
}

/// A file whose blocks are summed as they are written.
struct Summed<'a> {
    file: &'a mut BufWriter<File>,
    sum: Sha256,
}

impl Summed<'_> {
    fn block(&mut self, bytes: &[u8]) -> io::Result<()> {
        let length = u32::try_from(bytes.len()).ok().filter(|length| *length <= BLOCK_BYTES_MAX);
        let length = length.ok_or_else(|| io::Error::other("a part of the snapshot is too long"))?.to_be_bytes();
        for piece in [&length[..], bytes] {
            self.sum.update(piece);
            self.file.write_all(piece)?;
        }
        Ok(())
    }
}

type Blocks = Vec<(Vec<u8>, Vec<u8>)>;

fn read_blocks(file: File) -> io::Result<(Cover, Blocks)> {
    let mut file = BufReader::new(file);
    let mut sum = Sha256::new();
    let cover: Cover = serde_json::from_slice(&block(&mut file, &mut sum)?)?;
    let mut blocks = Vec::new();
    for _ in 0..cover.parts {
        blocks.push((block(&mut file, &mut sum)?, block(&mut file, &mut sum)?));
    }
    let mut written = Vec::new();
    file.take(SUM_BYTES as u64 + 1).read_to_end(&mut written)?;
    if written == sum.finalize().as_slice() {
        return Ok((cover, blocks));
    }
    Err(io::Error::other("the checksum does not match"))
}

fn block(file: &mut BufReader<File>, sum: &mut Sha256) -> io::Result<Vec<u8>> {
    let mut length = [0; 4];
    file.read_exact(&mut length)?;
    sum.update(length);
    let length = u32::from_be_bytes(length);
    if length > BLOCK_BYTES_MAX {
        return Err(io::Error::other("a block is too long"));
    }
    let mut bytes = Vec::new();
    file.take(u64::from(length)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 != u64::from(length) {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    sum.update(&bytes);
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::Seq;
    use crate::store::journal::Journal;
    use crate::store::journal::memory::MemoryJournal;
    use crate::store::record::Entry;

    fn journal(vault: &Vault) -> MemoryJournal {
        let mut journal = MemoryJournal::new("shop".parse().unwrap(), vault.clone());
        let entry =
            Entry { seq: Seq(1), kind: "floor.stopped".into(), conversation: None, customer: None, json: "{}".into() };
        journal.append_entries(&[entry]).unwrap();
        journal
    }

    fn parts(customer: CustomerId) -> Vec<Part> {
        let personal = r#"{"name":{"$personal":"marker"},"turns":[{"$personal":{"a":1}}],"n":2}"#;
        vec![
            Part { name: "floor".into(), customer: None, json: r#"{"next":7}"#.into() },
            Part { name: "c-1".into(), customer: Some(customer), json: personal.into() },
        ]
    }

    #[test]
    fn a_snapshot_comes_back_and_dies_partly_with_a_key() {
        let folder = tempfile::tempdir().unwrap();
        let (path, anchor) = (folder.path().join("snapshot"), folder.path().join("anchor"));
        let vault = Vault::in_memory().unwrap();
        let (ada, _) = vault.fresh().unwrap();
        let mut journal = journal(&vault);
        let head = journal.head().unwrap();
        assert_eq!(load(&path, "floor 1", &mut journal).unwrap(), Found::Nothing);
        save((&path, &anchor), "floor 1", &mut journal, head, &parts(ada)).unwrap();
        assert_eq!(Head::anchored(&anchor).unwrap(), Some(head));
        assert_eq!(load(&path, "floor 1", &mut journal).unwrap(), Found::Sound(Snapshot { head, parts: parts(ada) }));
        assert!(!std::fs::read(&path).unwrap().windows(6).any(|six| six == b"marker"));
        assert!(matches!(load(&path, "floor 2", &mut journal).unwrap(), Found::Dropped(_)));
        vault.destroy(ada).unwrap();
        let Found::Sound(erased) = load(&path, "floor 1", &mut journal).unwrap() else { panic!("dropped") };
        assert_eq!(erased.parts[1].json, r#"{"name":{"$personal":null},"turns":[{"$personal":null}],"n":2}"#);
        let nobody = Part { customer: None, ..parts(ada).remove(1) };
        assert!(save((&path, &anchor), "floor 1", &mut journal, head, &[nobody]).is_err());
        assert!(matches!(load(&path, "floor 1", &mut journal).unwrap(), Found::Sound(_)), "the old one stays");
    }

    #[test]
    fn any_flipped_bit_and_any_cut_drops_a_snapshot() {
        let folder = tempfile::tempdir().unwrap();
        let (path, anchor) = (folder.path().join("snapshot"), folder.path().join("anchor"));
        let vault = Vault::in_memory().unwrap();
        let (ada, _) = vault.fresh().unwrap();
        let mut journal = journal(&vault);
        let head = journal.head().unwrap();
        save((&path, &anchor), "floor 1", &mut journal, head, &parts(ada)).unwrap();
        let whole = std::fs::read(&path).unwrap();
        let mut check = |bytes: &[u8], what: &str| {
            std::fs::write(&path, bytes).unwrap();
            assert!(matches!(load(&path, "floor 1", &mut journal).unwrap(), Found::Dropped(_)), "{what}");
        };
        for bit in 0..whole.len() * 8 {
            let mut flipped = whole.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            check(&flipped, &format!("bit {bit}"));
        }
        for cut in 0..whole.len() {
            check(&whole[..cut], &format!("cut at {cut}"));
        }
        check(&[&whole[..], b"x"].concat(), "one byte more");
    }

    #[test]
    fn a_snapshot_of_another_journal_is_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let (path, anchor) = (folder.path().join("snapshot"), folder.path().join("anchor"));
        let vault = Vault::in_memory().unwrap();
        let mut first = journal(&vault);
        let head = first.head().unwrap();
        save((&path, &anchor), "floor 1", &mut first, head, &[]).unwrap();
        let mut empty = MemoryJournal::new("shop".parse().unwrap(), vault.clone());
        let mut bank = MemoryJournal::new("bank".parse().unwrap(), vault);
        for other in [&mut empty, &mut bank] {
            assert!(matches!(load(&path, "floor 1", other).unwrap(), Found::Dropped(_)));
        }
    }
}
