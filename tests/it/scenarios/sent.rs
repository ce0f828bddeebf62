//! Files in the stories.

use baton::domain::command::EffectResult;
use baton::domain::envelope::Actor;
use baton::domain::file::{FileKind, FileLabel, Scan, ScanFault, SentFile};
use baton::domain::id::{ContentHash, FileId};
use baton::domain::personal::Personal;
use baton::domain::refusal::Refusal;
use baton::runtime::handle::Accepted;

use super::{Player, Step};
use crate::floor::TestFloor;

/// What a scanner says.
fn scan(word: &str) -> Scan {
    match word {
        "clean" => Scan::Clean,
        "refused" => Scan::Refused,
        "broke" => Scan::Unknown(ScanFault::Broke),
        other => panic!("scan = {other:?}"),
    }
}

/// The files of a step.
pub(super) fn files(step: &Step) -> Vec<SentFile> {
    let file = |number: u8| SentFile {
        file: FileId::from_random([number; 16]),
        kind: FileKind::Pdf,
        bytes: 84_000,
        label: Personal::Open(FileLabel { name: "invoice.pdf".into(), hash: ContentHash([number; 32]) }),
    };
    (1..=step.files).map(file).collect()
}

impl Player {
    /// What a step does with files, if it does something.
    pub(super) fn files(&mut self, step: &Step) -> Option<Result<Accepted, Refusal>> {
        if let Some(word) = &step.scan {
            return Some(self.floor.scanned(scan(word)));
        }
        step.opens.as_ref().map(|operator| self.opens(step, operator))
    }

    /// Somebody asks to read the first file; what the shell reads off the journal stands in the state here.
    fn opens(&mut self, step: &Step, operator: &str) -> Result<Accepted, Refusal> {
        let conversation = self.who(step).0;
        let known = self.floor.floor().conversation(conversation).and_then(|c| c.files.first().cloned());
        let known = known.expect("there is a file");
        let asked = EffectResult::FileAsked { conversation, file: known.file, scan: known.scan, open: known.open };
        TestFloor::effect_by(&mut self.floor, Actor::Operator(operator.parse().unwrap()), asked)
    }

    pub(super) fn check_files(&self, step: &Step, place: &str) {
        let Some(expected) = &step.stands else { return };
        let c = self.floor.floor().conversation(self.who(step).0).expect("it is live");
        let stands = c.files.iter().map(|known| {
            let scan = serde_json::to_value(known.scan).unwrap();
            let word = scan.as_str().map_or_else(|| "unknown".to_owned(), str::to_owned);
            format!("{word}{}", if known.open { " open" } else { "" })
        });
        assert_eq!(stands.collect::<Vec<_>>(), *expected, "{place}: files");
    }
}
