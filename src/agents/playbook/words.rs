//! Draws variants, joins pieces, shortens passages.

use std::borrow::Cow;

use crate::domain::action::AgentContext;
use crate::domain::playbook::Template;

/// Longest excerpt of an article in an answer, in bytes: what is read in a chat without scrolling.
const EXCERPT_BYTES_MAX: usize = 600;
/// Pieces shorter than this together stand in one paragraph.
const PARAGRAPH_BYTES: usize = 180;

/// One of the variants whose gaps can be filled: another one for each conversation, step and turn.
pub(super) fn draw<'a>(
    variants: &[Template],
    context: &AgentContext,
    salt: u16,
    find: impl Fn(&str) -> Option<Cow<'a, str>>,
) -> Option<String> {
    let count = variants.len().max(1) as u64;
    let bytes = context.conversation.to_bytes();
    let hash = bytes
        .iter()
        .chain(&salt.to_be_bytes())
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
    // The place in the conversation, not a number of the floor: what others do changes no word here.
    let turn = context.transcript.last().map_or(0, |(turn, ..)| turn.0);
    let first = ((hash >> 16).wrapping_add(turn) % count) as usize;
    let (after, before) = (variants.iter().skip(first), variants.iter().take(first));
    after.chain(before).find_map(|template| template.fill(&find))
}

/// The variant that says most: with the most gaps, all of which can be filled.
pub(super) fn fullest<'a>(variants: &[Template], find: impl Fn(&str) -> Option<Cow<'a, str>>) -> Option<String> {
    let filled = variants.iter().filter_map(|template| Some((template.gaps().count(), template.fill(&find)?)));
    // Of equals the first counts.
    filled.rev().max_by_key(|(gaps, _)| *gaps).map(|(_, text)| text)
}

/// Pieces as one message: short ones in one paragraph, others apart.
pub(super) fn join(pieces: &[String]) -> String {
    let mut text = String::new();
    let mut paragraph = 0;
    for piece in pieces.iter().map(|piece| piece.trim()).filter(|piece| !piece.is_empty()) {
        if text.is_empty() {
            paragraph = 0;
        } else if paragraph + piece.len() <= PARAGRAPH_BYTES && !piece.contains('\n') && !text.ends_with(':') {
            text.push(' ');
        } else {
            text.push_str("\n\n");
            paragraph = 0;
        }
        text.push_str(piece);
        paragraph += if piece.contains('\n') { PARAGRAPH_BYTES } else { piece.len() };
    }
    text
}

/// The beginning of a passage, ending with a whole sentence.
pub(super) fn excerpt(text: &str) -> String {
    let text = text.trim();
    if text.len() <= EXCERPT_BYTES_MAX {
        return text.to_owned();
    }
    let mut end = EXCERPT_BYTES_MAX;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let cut = text.get(..end).unwrap_or(text);
    let sentence = cut.rfind(['.', '!', '?']).map(|at| at + 1);
    match sentence.or_else(|| cut.rfind(' ')) {
        Some(at) => cut.get(..at).unwrap_or(cut).to_owned(),
        None => cut.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_become_paragraphs() {
        let pieces = ["Sorry.".to_owned(), "I look.".to_owned(), "x".repeat(200), "Shall I?".to_owned()];
        assert_eq!(join(&pieces), format!("Sorry. I look.\n\n{}\n\nShall I?", "x".repeat(200)));
        assert_eq!(join(&["Here:".to_owned(), "It is.".to_owned()]), "Here:\n\nIt is.");
    }

    #[test]
    fn excerpts_end_with_a_sentence() {
        let long = format!("One. {} Two is cut {}", "word ".repeat(100), "é".repeat(200));
        assert_eq!(excerpt(&long), "One.");
        assert_eq!(excerpt(" short "), "short");
    }

    #[test]
    fn the_fullest_variant_says_most() {
        let variants: Vec<Template> =
            ["none", "for {order}", "for {order} of {name}"].iter().map(|text| text.parse().unwrap()).collect();
        let find = |name: &str| (name == "order").then_some(Cow::Borrowed("1182"));
        assert_eq!(fullest(&variants, find).as_deref(), Some("for 1182"));
    }
}
