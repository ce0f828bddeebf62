//! The replies of `replies.toml`: gaps that nobody could ever fill, and too many of them.

use std::collections::BTreeSet;

use super::Check;
use crate::config::nearest::suggest;
use crate::config::source::Part;
use crate::domain::playbook::Template;
use crate::domain::reply::ReplyGap;

/// Replies of one deployment: more than anybody remembers the names of.
const REPLIES_MAX: usize = 500;

impl Check<'_> {
    pub(super) fn replies(&mut self) {
        let bundle = self.bundle;
        let file = self.file("replies.toml");
        let facts = bundle.playbooks.iter().flat_map(|book| book.asked()).map(|(_, slot, _)| slot.as_str());
        let known: BTreeSet<&str> = ReplyGap::ALL.iter().map(|(name, _)| *name).chain(facts).collect();
        for (index, reply) in bundle.replies.iter().enumerate() {
            for gap in reply.texts.iter().flat_map(Template::gaps).filter(|gap| !known.contains(gap)) {
                let way = [Part::Key("replies"), Part::At(index), Part::Key("text")];
                let way_out = suggest(gap, known.iter().copied());
                self.error(file, &way, format!("nothing fills `{{{gap}}}`"), way_out);
            }
        }
        self.twice(file, "replies", "name", bundle.replies.iter().map(|reply| reply.name.as_str()));
        if bundle.replies.len() > REPLIES_MAX {
            let what = format!("{} replies, at most {REPLIES_MAX} are taken", bundle.replies.len());
            self.error(file, &[Part::Key("replies")], what, "remove those that nobody uses");
        }
    }
}
