//! The power goes at a random operation, and sometimes again while the store comes back.

use baton::store::journal::Journal;
use baton::store::journal::sqlite::Durability;

use crate::disk::{Disk, Rng};
use crate::file_system::{mount, with};
use crate::work::{Ledger, open, soak};

/// Losses of power in a soak.
const LOSSES: u64 = 2_000;

/// One run: work until the power goes, come back (perhaps in several attempts), judge, work on,
/// lose power once more, judge again.
fn lose_power(name: &str, seed: u64, durability: Durability) -> Result<(), String> {
    let mut rng = Rng(seed);
    let mut ledger = Ledger::default();
    let mut disk = Disk::default();
    for round in 0..2 {
        // Early rounds include the making of the files; the range covers a whole run and more.
        disk.power_cut_at = Some(1 + rng.below(if round == 0 { 400 } else { 900 }));
        mount(name, disk);
        if let Ok((mut journal, vault)) = open(name, durability) {
            if round > 0 && !with(name, |disk| disk.dark) {
                ledger.judge(&mut journal).map_err(|wrong| format!("round {round}: {wrong}"))?;
            }
            let _ = ledger.run(&mut journal, &vault, &mut rng);
            with(name, |disk| disk.dark = true);
        }
        disk = with(name, |disk| disk.after_power_loss(&mut rng));
        // Coming back may be cut short as well.
        while rng.below(3) == 0 {
            disk.power_cut_at = Some(1 + rng.below(30));
            mount(name, disk);
            drop(open(name, durability));
            with(name, |disk| disk.dark = true);
            disk = with(name, |disk| disk.after_power_loss(&mut rng));
        }
    }
    mount(name, disk);
    let (mut journal, _vault) = open(name, durability).map_err(|error| error.to_string())?;
    ledger.judge(&mut journal)
}

#[test]
fn nothing_acknowledged_is_lost_with_the_power() {
    for seed in 0..soak(LOSSES) {
        if let Err(wrong) = lose_power("loss", seed, Durability::Full) {
            panic!("seed {seed}: {wrong}");
        }
    }
}

/// The control: were nothing synced, this test would see the loss.
#[test]
fn without_syncs_the_same_test_fails() {
    let seeds = soak(LOSSES);
    let failed = (0..seeds).filter(|seed| lose_power("control", *seed, Durability::Broken).is_err()).count() as u64;
    assert!(failed > seeds / 2, "only {failed} of {seeds} runs lost what was acknowledged");
}

/// A batch costs one sync, and moves of the log into the main file are rare.
#[test]
fn a_batch_is_one_sync() {
    mount("count", Disk::default());
    let (mut journal, vault) = open("count", Durability::Full).unwrap();
    let mut ledger = Ledger::default();
    let mut rng = Rng(1);
    ledger.run(&mut journal, &vault, &mut rng).unwrap();
    journal.settle().unwrap();
    let before = with("count", |disk| disk.syncs);
    let small = |seq: usize| baton::store::record::Entry {
        seq: baton::domain::id::Seq(seq as u64),
        kind: "floor.stopped".into(),
        conversation: None,
        customer: None,
        json: "{}".into(),
    };
    let from = ledger.given.len();
    // The first batch of a new log syncs its header too; fewer than forty pages come after it.
    for step in 0..5 {
        let seq = from + step * 2 + 1;
        journal.append_entries(&[small(seq), small(seq + 1)]).unwrap();
    }
    let syncs = with("count", |disk| disk.syncs) - before;
    assert!((5..=6).contains(&syncs), "{syncs} syncs for 5 batches");
}
