//! Specialists who were asked together: what each said, whose word counts, and why.

use super::strip::{Piece, Strip, piece, wrap};
use crate::console::theme::Token;
use crate::domain::text::Clean;
use crate::protocol::panel::{Verdict, Voice};
use crate::protocol::transcript::{ConsultFate, ItemBody};

/// The lines of one panel; nothing for any other entry.
pub(super) fn strips(body: &ItemBody, width: usize) -> Option<Vec<Strip>> {
    let ItemBody::Panel { by, question, voices, verdict } = body else { return None };
    let mut strips = vec![Strip::rule([piece(Token::Strong, clean!("ASKED TOGETHER by {by}"))])];
    strips.extend(lines(Token::Base, question, width));
    for voice in voices {
        strips.extend(lines(ink(voice, verdict.as_ref()), &voice.words(), width));
    }
    let (token, end) = match verdict {
        Some(verdict) => (Token::Strong, verdict.words()),
        None => (Token::Dim, Clean::fixed("the answers are awaited")),
    };
    strips.extend(lines(token, &end, width));
    Some(strips)
}

/// Who lost, and who was not heard, is told apart.
fn ink(voice: &Voice, verdict: Option<&Verdict>) -> Token {
    let lost = verdict.is_some_and(|verdict| verdict.decision.lost.contains(&voice.agent));
    match voice.fate {
        ConsultFate::Answered if !lost => Token::Base,
        ConsultFate::Answered | ConsultFate::Stale | ConsultFate::None(_) => Token::Need,
        ConsultFate::Waits => Token::Dim,
    }
}

fn lines(token: Token, text: &Clean, width: usize) -> Vec<Strip> {
    let (lines, _) = wrap(text, width.saturating_sub(4), usize::MAX);
    let pieces = |line: Clean| -> [Piece; 2] { [piece(Token::Faint, "   "), piece(token, line)] };
    lines.into_iter().map(|line| Strip::of(pieces(line))).collect()
}
