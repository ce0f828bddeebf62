//! The n-th operation fails, once or from then on, for every n: no acknowledgement after it, and a
//! start from what the disk shows, or from what it holds, finds everything that was acknowledged.

use baton::domain::id::Seq;
use baton::store::journal::Journal;
use baton::store::journal::sqlite::Durability;
use baton::store::record::Entry;

use crate::disk::{Disk, Fault, Rng};
use crate::file_system::{mount, with};
use crate::work::{Ledger, open, soak};

/// The seed of the run in which every operation fails in turn.
const SEED: u64 = 42;

/// Runs until the fault; asserts that nothing is acknowledged after it.
fn strike(name: &str, fault: Fault) -> Option<(Ledger, Disk)> {
    mount(name, Disk { fault: Some(fault), dice: Rng(fault.at), ..Disk::default() });
    let mut ledger = Ledger::default();
    if let Ok((mut journal, vault)) = open(name, Durability::Full) {
        let run = ledger.run(&mut journal, &vault, &mut Rng(SEED));
        if !with(name, |disk| disk.struck) {
            return None;
        }
        let count = ledger.count();
        if run.is_err() && (ledger.given.len() > count || ledger.settled_badly) {
            let next = ledger.given[count..].first().or(ledger.given.last()).cloned();
            let next = Entry { seq: Seq(count as u64 + 1), ..next.unwrap() };
            assert!(
                journal.append_entries(&[next]).is_err(),
                "fault at {}: acknowledged after a failed write",
                fault.at
            );
        }
    }
    let disk = with(name, |disk| disk.clone());
    Some((ledger, disk))
}

/// A start on `disk` finds all that was acknowledged; then it works on, and loses power.
fn come_back(name: &str, mut ledger: Ledger, disk: Disk, rng: &mut Rng) -> Result<(), String> {
    mount(name, disk);
    let (mut journal, vault) = open(name, Durability::Full).map_err(|error| error.to_string())?;
    ledger.judge(&mut journal)?;
    ledger.run(&mut journal, &vault, rng).map_err(|error| error.to_string())?;
    with(name, |disk| disk.dark = true);
    drop((journal, vault));
    let disk = with(name, |disk| disk.after_power_loss(rng));
    mount(name, disk);
    let (mut journal, _vault) = open(name, Durability::Full).map_err(|error| error.to_string())?;
    ledger.judge(&mut journal).map_err(|wrong| format!("after a later loss of power: {wrong}"))
}

#[test]
fn after_a_failed_write_nothing_is_acknowledged_and_nothing_is_lost() {
    // A prime, so that every kind of operation is met.
    let step = if soak(10) == 10 { 1 } else { 23 };
    let mut struck = 0;
    for at in (1..).step_by(step) {
        for for_good in [false, true] {
            let Some((ledger, disk)) = strike("faults", Fault { at, for_good }) else {
                assert!(struck > 20, "the run has only {at} operations");
                return;
            };
            struck += 1;
            let mut rng = Rng(at);
            for (how, disk) in [("restart", disk.after_restart()), ("power loss", disk.after_power_loss(&mut rng))] {
                if let Err(wrong) = come_back("faults", ledger.clone(), disk, &mut rng) {
                    panic!("fault at operation {at} (for good: {for_good}), {how}: {wrong}");
                }
            }
        }
    }
}
