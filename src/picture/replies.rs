//! What an operator may begin an answer with: the house's replies, filled with what is known of the
//! conversation, and passages of articles that fit what the customer said last.

use std::borrow::Cow;

use crate::domain::id::OperatorName;
use crate::domain::knowledge::Passage;
use crate::domain::playbook::{Piece, Template};
use crate::domain::reply::{CannedReply, ReplyChoice, ReplyGap};
use crate::domain::text::{Clean, Foreign};
use crate::orchestrator::conversation::Conversation;

/// The replies in the order of their file, then the passages, best first.
pub fn replies(
    c: &Conversation,
    operator: &OperatorName,
    replies: &[CannedReply],
    passages: &[Passage],
) -> Vec<ReplyChoice> {
    let canned = replies.iter().map(|reply| canned(c, operator, reply));
    canned.chain(passages.iter().map(cited)).collect()
}

fn canned(c: &Conversation, operator: &OperatorName, reply: &CannedReply) -> ReplyChoice {
    let known = |gap: &str| known(c, operator, gap);
    let whole = reply.texts.iter().find(|text| text.gaps().all(|gap| known(gap).is_some()));
    let (text, open) = whole.or(reply.texts.first()).map(|text| filled(text, known)).unwrap_or_default();
    let about = Foreign::new(&reply.about).one_line();
    ReplyChoice { name: Clean::shown(&reply.name), about, text: Foreign::new(&text).clean(), open, citation: None }
}

/// The words with what is known in their gaps, and the names of the gaps that stay.
fn filled<'a>(template: &Template, known: impl Fn(&str) -> Option<Cow<'a, str>>) -> (String, Vec<String>) {
    let (mut text, mut open) = (String::new(), Vec::new());
    for piece in template.pieces() {
        match piece {
            Piece::Text(words) => text.push_str(words),
            Piece::Gap(gap) => {
                if let Some(value) = known(gap) {
                    text.push_str(&value);
                } else {
                    text.extend(["{", gap, "}"]);
                    open.push(gap.clone());
                }
            }
        }
    }
    (text, open)
}

fn known<'a>(c: &'a Conversation, operator: &OperatorName, gap: &str) -> Option<Cow<'a, str>> {
    match ReplyGap::named(gap) {
        Some(ReplyGap::Name) => c.name.as_ref()?.reveal().map(|name| Cow::Borrowed(name.raw())),
        Some(ReplyGap::Operator) => Some(Cow::Owned(operator.for_customers())),
        Some(ReplyGap::Conversation) => Some(Cow::Owned(c.handle.to_string())),
        None => {
            let fill = c.slots.iter().rev().find(|fill| fill.slot.as_str() == gap)?;
            fill.value.reveal().map(|value| Cow::Borrowed(value.raw()))
        }
    }
}

/// A passage as something to begin an answer with.
pub fn cited(passage: &Passage) -> ReplyChoice {
    ReplyChoice {
        name: passage.title.one_line(),
        about: match passage.citation.past() {
            Some(_) => Clean::shown(&passage.citation.words()),
            None => Clean::shown(&format_args!(
                "article {}, paragraph {}",
                passage.citation.article, passage.citation.paragraph
            )),
        },
        text: passage.text.clean(),
        open: Vec::new(),
        citation: Some(passage.citation.clone()),
    }
}
