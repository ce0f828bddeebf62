//! The page beside a proposal: what was found, what a triage would have reached, what is missing.

use std::fmt::Write as _;

use super::gaps::Gap;
use crate::cli::assess;
use crate::cli::past::Past;
use crate::domain::text::Foreign;

/// What a proposal is made of.
pub(super) struct Found<'a> {
    pub(super) desks: usize,
    pub(super) matters: usize,
    /// Matters that are not proposed, with how often they were asked for.
    pub(super) left_out: &'a [(String, usize)],
    pub(super) replies: usize,
    pub(super) gaps: &'a [Gap],
}

/// The page, in Markdown.
pub(super) fn paper(past: &Past, found: &Found<'_>) -> String {
    let by = if past.labelled {
        "Desks and matters are those of the labels."
    } else {
        "Without labels, requests were sorted by likeness, and matters that are alike were given to one agent: look at \
         the examples, rename intents and agents, and divide where your people do."
    };
    // Writing to a string cannot fail.
    let mut page = format!(
        "# A proposal from {} dialogues\n\n{by} Everything beside this page is a plain file to change; `baton check` says \
         what does not fit together. Digits, addresses and links were taken out of examples, replies and gaps, and names where the \
         words before them tell that it is one (\"my name is\", \"my friend\", a title, a greeting) or where they do so in \
         any of the dialogues; texts with a word that only one or two customers used were left out. Names that nobody \
         introduces, names in small letters, places and firms stay: read all of it before others do.\n\n\
         - {} agents beside triage and escalation, {} intents with a flow each\n- {} replies that were said again and again\n",
        past.dialogues.len(),
        found.desks,
        found.matters,
        found.replies,
    );
    page.push_str("\n## What a good triage would have reached\n\n");
    match assess::reached(past) {
        Ok(rows) => {
            page.push_str("Learnt from other customers' dialogues alone; `baton assess` tells more.\n\n");
            for (what, value) in rows {
                let _ = writeln!(page, "- {what}: {value}");
            }
        }
        Err(why) => {
            let _ = writeln!(page, "Not known: {why}.");
        }
    }
    if !found.left_out.is_empty() {
        page.push_str("\n## Not proposed\n\nToo few different texts ask for these:\n\n");
        for (label, requests) in found.left_out {
            let _ = writeln!(page, "- {}: {requests}", Foreign::new(label).one_line());
        }
    }
    page.push_str("\n## Gaps\n\n");
    if found.gaps.is_empty() {
        page.push_str("No question was asked often enough without settled words for an answer.\n");
    } else {
        page.push_str("Asked often, and answered in ever new words: write an article for each into `knowledge/`.\n");
    }
    for gap in found.gaps {
        let _ = write!(page, "\n### {} (asked {} times)\n\n", gap.about, gap.asked);
        for question in &gap.questions {
            let _ = writeln!(page, "- asked: {question}");
        }
        for answer in &gap.answers {
            let _ = writeln!(page, "- answered: {answer}");
        }
    }
    page
}
