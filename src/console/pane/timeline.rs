//! Where a player stands in its session, and what can be jumped to.

use super::header::thousandths;
use super::strip::{Piece, Strip, exact, piece};
use crate::console::model::clock::hours_minutes_seconds;
use crate::console::model::player::{FRAMES_MAX, Origin, Player};
use crate::console::theme::Token;
use crate::domain::time::Timestamp;
use crate::protocol::query::Mark;

use jiff::tz::TimeZone;

/// The timeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimelineView {
    /// Its lines.
    pub strips: Vec<Strip>,
}

impl TimelineView {
    /// The timeline in so many cells, with times of a zone.
    pub fn of(player: &Player, zone: &TimeZone, width: u16) -> Self {
        let n = player.frames().len();
        let word = match player.origin {
            Origin::Scrub => "THE PAST",
            Origin::Replay => "REPLAY",
        };
        let state = if player.playing { "▶ playing" } else { "‖ paused" };
        let cut = if n >= FRAMES_MAX { " (cut)" } else { "" };
        let time = hours_minutes_seconds(player.moment(), zone);
        let head = Strip::rule([piece(Token::Past, clean!("{word} {time}"))]).right([
            piece(
                if player.playing { Token::Good } else { Token::Past },
                clean!(" {state} ×{}", thousandths(player.speed())),
            ),
            piece(Token::Dim, clean!("  {} of {n}{cut} ", player.at())),
        ]);
        let (from, to) = span(player);
        let ends = Strip::of([
            piece(Token::Dim, clean!(" {}", exact(player.moment().since(from)))),
            piece(Token::Dim, "   ◆ decision  » handoff  ▲ escalation  · tool"),
        ])
        .right([piece(Token::Dim, clean!("{} ", exact(to.since(from))))]);
        Self { strips: vec![head, Strip::of(track(player, usize::from(width))), ends] }
    }
}

fn span(player: &Player) -> (Timestamp, Timestamp) {
    let first = player.frames().first().map(|frame| frame.at).unwrap_or_default();
    let last = player.frames().last().map(|frame| frame.at).unwrap_or_default();
    (first, last)
}

/// One cell per frame, or per few frames: what is behind is bright, marks stand out.
fn track(player: &Player, width: usize) -> Vec<Piece> {
    let n = player.frames().len().max(1);
    let cells = width.saturating_sub(2).max(1);
    let cell_of = |frame: usize| (frame * cells / n).min(cells - 1);
    let here = cell_of(player.at().saturating_sub(1));
    let mut marks: Vec<Option<Mark>> = vec![None; cells];
    for (at, frame) in player.frames().iter().enumerate() {
        if let Some(slot) = marks.get_mut(cell_of(at)) {
            let mark = frame.mark.filter(|mark| *mark != Mark::Message);
            if weight(mark) > weight(*slot) {
                *slot = mark;
            }
        }
    }
    let mut pieces = vec![piece(Token::Base, " ")];
    for (at, mark) in marks.into_iter().enumerate() {
        let past = at <= here;
        let (glyph, token) = match mark {
            _ if at == here => ("●", Token::Past),
            Some(Mark::Decision) => ("◆", Token::Agent),
            Some(Mark::Handoff) => ("»", Token::Operator),
            Some(Mark::Escalation) => ("▲", Token::Need),
            Some(Mark::Tool) => ("·", Token::Dim),
            Some(Mark::Message) | None if past => ("━", Token::Past),
            Some(Mark::Message) | None => ("─", Token::Faint),
        };
        match pieces.last_mut() {
            Some(last) if last.token == token => last.text = clean!("{}{glyph}", last.text),
            _ => pieces.push(piece(token, glyph)),
        }
    }
    pieces
}

const fn weight(mark: Option<Mark>) -> u8 {
    match mark {
        None | Some(Mark::Message) => 0,
        Some(Mark::Tool) => 1,
        Some(Mark::Decision) => 2,
        Some(Mark::Handoff) => 3,
        Some(Mark::Escalation) => 4,
    }
}
