//! A disk in memory that remembers what was synced and what was only written.

use std::collections::BTreeMap;

/// What a disk writes whole or not at all.
const SECTOR: usize = 512;

/// A small generator (splitmix64), so that a seed says everything.
#[derive(Clone, Default)]
pub struct Rng(pub u64);

impl Rng {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `limit`.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }
}

/// A change of a file that no sync has covered yet.
#[derive(Clone)]
enum What {
    Write(usize, Vec<u8>),
    Truncate(usize),
}

impl What {
    fn apply(&self, content: &mut Vec<u8>) {
        match self {
            Self::Write(at, bytes) => {
                let end = at + bytes.len();
                if content.len() < end {
                    content.resize(end, 0);
                }
                content[*at..end].copy_from_slice(bytes);
            }
            Self::Truncate(size) => content.truncate(*size),
        }
    }
}

/// One file: what programs see, what the platter holds, and the difference.
#[derive(Clone, Default)]
pub struct File {
    pub seen: Vec<u8>,
    platter: Vec<u8>,
    changes: Vec<What>,
    /// A file that was never synced may not exist after a loss of power.
    entered: bool,
}

/// Which operation fails, and whether all after it fail too.
#[derive(Clone, Copy)]
pub struct Fault {
    pub at: u64,
    pub for_good: bool,
}

/// The disk. Changes and syncs are counted; at a given count the power goes or an operation fails.
#[derive(Clone, Default)]
pub struct Disk {
    pub files: BTreeMap<String, File>,
    /// Deleted files whose folder was not synced: they may come back.
    pub ghosts: BTreeMap<String, File>,
    pub operations: u64,
    pub syncs: u64,
    pub power_cut_at: Option<u64>,
    pub fault: Option<Fault>,
    pub dark: bool,
    /// Whether the fault has struck.
    pub struck: bool,
    /// Decides what a failed sync leaves.
    pub dice: Rng,
}

/// An operation that did not work.
#[derive(Debug)]
pub struct Failed;

impl Disk {
    /// Counts an operation; says whether it is the one during which the power goes.
    fn count(&mut self) -> Result<bool, Failed> {
        if self.dark {
            return Err(Failed);
        }
        self.operations += 1;
        Ok(self.power_cut_at == Some(self.operations))
    }

    fn fails_now(&mut self) -> bool {
        let fails = self
            .fault
            .is_some_and(|fault| self.operations == fault.at || (fault.for_good && self.operations > fault.at));
        self.struck |= fails;
        fails
    }

    fn change(&mut self, name: &str, what: What) -> Result<(), Failed> {
        let last = self.count()?;
        if self.fails_now() {
            return Err(Failed);
        }
        let file = self.files.get_mut(name).ok_or(Failed)?;
        what.apply(&mut file.seen);
        file.changes.push(what);
        self.dark = last;
        if last { Err(Failed) } else { Ok(()) }
    }

    pub fn write(&mut self, name: &str, at: usize, bytes: &[u8]) -> Result<(), Failed> {
        self.change(name, What::Write(at, bytes.to_vec()))
    }

    pub fn truncate(&mut self, name: &str, size: usize) -> Result<(), Failed> {
        self.change(name, What::Truncate(size))
    }

    /// Makes all changes of a file last. A sync during which the power goes covers a random part,
    /// which is what the loss does anyway. A sync that fails leaves a random part on the platter and
    /// forgets the rest: all of it stays visible, and no later sync writes it, as on Linux.
    pub fn sync(&mut self, name: &str) -> Result<(), Failed> {
        if self.count()? {
            self.dark = true;
            return Err(Failed);
        }
        let fails = self.fails_now();
        let file = self.files.get_mut(name).ok_or(Failed)?;
        let changes = std::mem::take(&mut file.changes);
        if fails {
            for change in &changes {
                survive(change, &mut file.platter, &mut self.dice);
            }
            return Err(Failed);
        }
        self.syncs += 1;
        file.entered = true;
        for change in &changes {
            change.apply(&mut file.platter);
        }
        Ok(())
    }

    /// Makes the folder's entries last: files that were made exist, deleted ones stay away.
    pub fn sync_folder(&mut self) {
        self.ghosts.clear();
        self.files.values_mut().for_each(|file| file.entered = true);
    }

    pub fn delete(&mut self, name: &str, folder_synced: bool) -> Result<(), Failed> {
        let last = self.count()?;
        if self.fails_now() {
            return Err(Failed);
        }
        if let Some(file) = self.files.remove(name)
            && (last || !folder_synced)
        {
            self.ghosts.insert(name.to_owned(), file);
        }
        if folder_synced && !last {
            self.sync_folder();
        }
        self.dark = last;
        if last { Err(Failed) } else { Ok(()) }
    }

    /// The disk as a machine finds it after the power came back.
    pub fn after_power_loss(&self, rng: &mut Rng) -> Self {
        let mut files = BTreeMap::new();
        let ghosts = self.ghosts.iter().filter(|(name, _)| !self.files.contains_key(*name));
        for (name, file) in self.files.iter().chain(ghosts) {
            let is_ghost = !self.files.contains_key(name);
            if (is_ghost || !file.entered) && rng.below(2) == 0 {
                continue;
            }
            let mut content = file.platter.clone();
            for change in &file.changes {
                survive(change, &mut content, rng);
            }
            files.insert(
                name.clone(),
                File { seen: content.clone(), platter: content, changes: Vec::new(), entered: true },
            );
        }
        Self { files, ..Self::default() }
    }

    /// The disk as a new process finds it on a machine that stayed up.
    pub fn after_restart(&self) -> Self {
        Self { files: self.files.clone(), ghosts: self.ghosts.clone(), ..Self::default() }
    }
}

/// Applies a change whole, not at all, or some of its sectors.
fn survive(what: &What, content: &mut Vec<u8>, rng: &mut Rng) {
    match (rng.below(3), what) {
        (0, _) => {}
        (1, _) | (_, What::Truncate(_)) => what.apply(content),
        (_, What::Write(at, bytes)) => {
            let mut from = 0;
            while from < bytes.len() {
                let to = (SECTOR - (at + from) % SECTOR + from).min(bytes.len());
                if rng.below(2) == 0 {
                    What::Write(at + from, bytes[from..to].to_vec()).apply(content);
                }
                from = to;
            }
        }
    }
}
