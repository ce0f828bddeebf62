//! What was learnt and what is likely, as the floor said last: for the sheets that list it.

use crate::domain::id::ClientKey;
use crate::protocol::learning::{ExamplesToAdd, Learned, LikelyRow, Misread, Repeated};

use super::sheet::SheetKind;

/// The last answers, and the question on its way.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lists {
    /// The question on its way.
    pub asked: Option<ClientKey>,
    /// What was learnt, with the rules in force.
    pub learned: Option<Box<Learned>>,
    /// What is likely to need somebody.
    pub likely: Option<Vec<LikelyRow>>,
}

/// Something that people corrected again and again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Corrected<'a> {
    /// Who should have had it.
    Taker(&'a Repeated),
    /// What it was about.
    Matter(&'a Misread),
}

impl Lists {
    /// Rows of a sheet that can be marked; none where it is no list.
    pub fn rows(&self, kind: &SheetKind) -> Option<usize> {
        let learned = self.learned.as_ref();
        match kind {
            SheetKind::Rules => Some(learned.map_or(0, |page| page.rules.len())),
            SheetKind::Learn => Some(self.corrected().count()),
            SheetKind::Likely => Some(self.likely.as_ref().map_or(0, Vec::len)),
            SheetKind::Explain | SheetKind::Drafts | SheetKind::Help | SheetKind::Whole(_) | SheetKind::Palette(_) => {
                None
            }
        }
    }

    /// What was corrected, in the order of its sheet.
    pub fn corrected(&self) -> impl Iterator<Item = Corrected<'_>> {
        let page = self.learned.as_ref();
        let takers = page.into_iter().flat_map(|page| &page.repeated).map(Corrected::Taker);
        takers.chain(page.into_iter().flat_map(|page| &page.misread).map(Corrected::Matter))
    }

    /// The words of what was corrected, as examples for the file of whoever should have had it.
    pub fn examples(&self, corrected: Corrected<'_>) -> Option<&ExamplesToAdd> {
        let all = || self.learned.iter().flat_map(|page| &page.examples);
        match corrected {
            Corrected::Taker(row) => {
                let mut own = all().filter(|examples| examples.agent == row.agent);
                let exact = own.clone().find(|examples| examples.intent.is_some() && examples.intent == row.intent);
                exact.or_else(|| own.find(|examples| examples.intent.is_none()))
            }
            Corrected::Matter(row) => all().find(|examples| examples.intent.as_ref() == Some(&row.intent)),
        }
    }
}
