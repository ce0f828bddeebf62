//! Files of customers when the power goes: what was acknowledged is there whole, what was not is there whole
//! or not at all.

use std::path::PathBuf;

use baton::domain::file::FileKind;
use baton::domain::id::{ConversationId, CustomerId, FileId, FloorName};
use baton::domain::time::Timestamp;
use baton::store::files::{Files, Room, Upload};
use baton::store::vault::Vault;

use crate::disk::{Disk, Rng};
use crate::file_system::{self, mount, with};
use crate::work::soak;

/// Losses of power in a soak.
const LOSSES: u64 = 600;
/// Uploads of one run.
const UPLOADS: u64 = 12;
/// Longest content: over many pages.
const BYTES_MAX: u64 = 40_000;

const ROOM: Room = Room { per_conversation: 1_000, per_day: u64::MAX >> 1, disk: u64::MAX >> 1 };

fn open(disk: &str, synchronous: &str) -> Result<(Files, Vault), baton::store::StoreError> {
    let path = |file: &str| PathBuf::from(format!("/{disk}/{file}"));
    let floor: FloorName = "shop".parse().unwrap();
    let vault = Vault::open_on(&path("vault.db"), file_system::NAME)?;
    let files = Files::open_on(&path("files.db"), file_system::NAME, (floor, vault.clone()), synchronous)?;
    Ok((files, vault))
}

/// A file that was acknowledged, with its content.
type Kept = (ConversationId, FileId, Vec<u8>);

fn upload(files: &Files, customer: CustomerId, number: u64, rng: &mut Rng) -> Option<Kept> {
    let conversation = ConversationId::from_random([1; 16]);
    let mut content = format!("file {number} ").into_bytes();
    let wanted = rng.below(BYTES_MAX) as usize + content.len();
    content.resize(wanted, b'a' + (number % 20) as u8);
    let (name, at, kind) = ("note.txt".into(), Timestamp(number as i64), FileKind::Text);
    let upload = Upload { conversation, customer, key: None, name: &name, kind, content: &content, at };
    let sent = files.keep(upload, ROOM).ok()?;
    // Some are claimed by a message, some noted as sent.
    if rng.below(2) == 0 {
        files.claim(conversation, &[sent.file], at).ok()?;
        files.said(&[sent.file]).ok()?;
    }
    Some((conversation, sent.file, content))
}

/// Uploads until the power goes; says what is wrong with what a start finds.
fn lose_power(name: &str, seed: u64, synchronous: &str) -> Result<(), String> {
    let mut rng = Rng(seed);
    let mut kept: Vec<Kept> = Vec::new();
    let disk = Disk { power_cut_at: Some(1 + rng.below(500)), ..Disk::default() };
    mount(name, disk);
    if let Ok((files, vault)) = open(name, synchronous) {
        if let Ok((customer, _)) = vault.fresh() {
            for number in 0..UPLOADS {
                let Some(one) = upload(&files, customer, number, &mut rng) else { break };
                if with(name, |disk| disk.dark) {
                    break;
                }
                kept.push(one);
            }
        }
        with(name, |disk| disk.dark = true);
    }
    let disk = with(name, |disk| disk.after_power_loss(&mut rng));
    mount(name, disk);
    let (files, _vault) = open(name, "full").map_err(|error| error.to_string())?;
    for (conversation, file, content) in kept {
        match files.content(conversation, file) {
            Ok(Some((_, found))) if found == content => {}
            Ok(Some(_)) => return Err(format!("{file} is another")),
            Ok(None) => return Err(format!("{file} was acknowledged and is gone")),
            Err(error) => return Err(error.to_string()),
        }
    }
    Ok(())
}

#[test]
fn an_acknowledged_file_survives_the_power_whole() {
    for seed in 0..soak(LOSSES) {
        if let Err(wrong) = lose_power("files", seed, "full") {
            panic!("seed {seed}: {wrong}");
        }
    }
}

/// The control: were nothing synced, this test would see the loss.
#[test]
fn without_syncs_the_same_test_of_files_fails() {
    let seeds = soak(LOSSES);
    let failed = (0..seeds).filter(|seed| lose_power("files-control", *seed, "off").is_err()).count() as u64;
    assert!(failed > seeds / 4, "only {failed} of {seeds} runs lost a file that was acknowledged");
}
