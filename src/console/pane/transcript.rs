//! One conversation: what was said, decided, done and withheld. Only lines that are seen are built.

mod item;
mod moved;
mod whispered;

use super::composer::audience_token;
use super::strip::{Piece, Strip, calm, fit, left, piece, wrap};
use super::who;
use crate::console::model::clock::day_and_time;
use crate::console::model::pending::Fate;
use crate::console::model::picture::Opened;
use crate::console::model::{Model, Pane};
use crate::console::theme::Token;
use crate::domain::baton::Holder;
use crate::domain::conversation::Phase;
use crate::domain::customer::Tier;
use crate::domain::id::Seq;
use crate::domain::text::Clean;
use crate::protocol::console::Audience;
use crate::protocol::row::ConversationRow;

pub use item::{decision_line, disposition_word, full, outcome_of_approval, receipt};
pub use moved::of as mood_of;

/// The conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TranscriptView {
    /// Its lines: a rule with who it is, one with who holds, then the transcript.
    pub strips: Vec<Strip>,
}

impl TranscriptView {
    /// The conversation in so many cells.
    pub fn of(model: &Model, width: u16, height: u16) -> Self {
        let mut strips = head(model, width);
        let room = usize::from(height).saturating_sub(strips.len());
        match &model.scene().open {
            Some(open) => strips.extend(body(model, open, usize::from(width), room)),
            None if model.live.picture.rows.is_empty() => strips.extend(empty_floor()),
            None => {}
        }
        strips.resize(usize::from(height).max(strips.len()), Strip::blank());
        Self { strips }
    }
}

fn empty_floor() -> [Strip; 3] {
    [
        Strip::blank(),
        Strip::of([piece(Token::Dim, "  No conversation is on the floor.")]),
        Strip::of([piece(Token::Dim, "  The next customer who writes appears on the left.")]),
    ]
}

/// Who the customer is, and who holds the baton.
fn head(model: &Model, width: u16) -> Vec<Strip> {
    let Some(row) = model.row() else {
        let gone = model.selected.is_some() && !model.is_past();
        let text = if gone { "this conversation has left the floor" } else { "no conversation" };
        return vec![Strip::rule([piece(Token::Dim, text)]), Strip::blank()];
    };
    let here = model.pane == Pane::Transcript;
    let name = if here { Token::Accent } else { Token::Strong };
    let vip = if row.tier == Tier::Vip { " *" } else { "" };
    let mut title = vec![piece(name, clean!("{}{vip}", row.name.one_line().truncated(24)))];
    let tier = match row.tier {
        Tier::Standard => " ·",
        Tier::Gold => " gold ·",
        Tier::Vip => " VIP ·",
    };
    let proof = if row.verified { "verified" } else { "not verified" };
    title.push(piece(Token::Dim, clean!("{tier} {proof}")));
    if let Some(until) = row.blocked {
        title.push(piece(Token::Breach, clean!(" · blocked until {}", day_and_time(until, &model.zone))));
    }
    let told = width >= 64 && !row.language.is_empty();
    let language = if told { format!(" · {}", row.language) } else { String::new() };
    let origin = clean!(" {}{language} · {} ", row.channel, row.handle);
    let passes = if row.passes > 1 { format!(", pass {}", row.passes) } else { String::new() };
    let held = calm(model.now().since(row.held_since));
    let (token, holds) = holder(model, row);
    let line = Strip::of([piece(token, clean!(" {holds}")), piece(Token::Dim, clean!(" {held}{passes}"))])
        .right(who::here(model, row, width >= 64));
    vec![Strip::rule(title).right([piece(Token::Dim, origin)]), line]
}

fn holder(model: &Model, row: &ConversationRow) -> (Token, Clean) {
    match &row.holder {
        Holder::Agent(name) => (Token::Agent, clean!("{name} holds")),
        Holder::Operator(name) if Some(name) == model.me() => (Token::Operator, Clean::fixed("you hold")),
        Holder::Operator(name) => (Token::Operator, clean!("{name} holds")),
        Holder::Queue(name) => (Token::Need, clean!("waits in line {name}")),
        Holder::Nobody if row.phase == Phase::Live => (Token::Dim, Clean::fixed("nobody holds")),
        Holder::Nobody => (Token::Dim, Clean::fixed(super::list::phase_word(row.phase))),
    }
}

/// Lines of the transcript: they hang from the bottom, or around the marked one.
fn body(model: &Model, open: &Opened, width: usize, room: usize) -> Vec<Strip> {
    if open.items.is_empty() {
        return vec![Strip::of([piece(Token::Dim, "  loading …")])];
    }
    let new_from = new_from(model, open);
    let lines_of = |seq: &Seq| {
        let item = open.items.get(seq);
        let mut strips = item.map(|item| item::strips(model, item, width)).unwrap_or_default();
        if model.line == Some(*seq) {
            strips = strips.into_iter().map(|strip| strip.on(Token::Selected)).collect();
        }
        if Some(*seq) == new_from {
            strips.insert(0, new_rule(width));
        }
        strips
    };
    // Below the marked line stands at most a third of the pane; the rest is above.
    let mut below: Vec<Strip> = Vec::new();
    let marked = model.line.filter(|line| open.items.contains_key(line));
    if let Some(line) = marked {
        below.extend(lines_of(&line));
        for seq in open.items.range((std::ops::Bound::Excluded(line), std::ops::Bound::Unbounded)).map(|(seq, _)| seq) {
            if below.len() >= room / 3 {
                break;
            }
            below.extend(lines_of(seq));
        }
    } else {
        below.extend(sending(model, open, width));
        below.extend(growing(model, open, width));
        below.extend(composing(model, open));
    }
    below.truncate(room);
    let mut above: Vec<Vec<Strip>> = Vec::new();
    let mut missing = room - below.len();
    let before = marked.map_or(std::ops::Bound::Unbounded, std::ops::Bound::Excluded);
    for seq in open.items.range((std::ops::Bound::Unbounded, before)).rev().map(|(seq, _)| seq) {
        if missing == 0 {
            break;
        }
        let mut strips = lines_of(seq);
        if strips.len() > missing {
            strips.drain(..strips.len() - missing);
        }
        missing -= strips.len();
        above.push(strips);
    }
    let mut strips: Vec<Strip> = above.into_iter().rev().flatten().collect();
    strips.extend(below);
    strips
}

/// The first line that came since the viewer last looked, if there is an older one too.
fn new_from(model: &Model, open: &Opened) -> Option<Seq> {
    let known = model.known_upto.filter(|_| !model.is_past())?;
    let (first, _) = open.items.range((std::ops::Bound::Excluded(known), std::ops::Bound::Unbounded)).next()?;
    (open.items.keys().next() != Some(first)).then_some(*first)
}

fn new_rule(width: usize) -> Strip {
    let text = " new since you looked ";
    let side = "─".repeat(width.saturating_sub(text.len() + 2) / 2);
    Strip::of([piece(Token::Faint, clean!(" {side}")), piece(Token::Need, text), piece(Token::Faint, clean!("{side}"))])
}

/// The viewer's own messages whose line has not come yet.
fn sending(model: &Model, open: &Opened, width: usize) -> Vec<Strip> {
    let mut strips = Vec::new();
    let newest = open.newest();
    for pending in model.pending.iter().filter(|pending| pending.conversation == Some(open.id)) {
        let Some((audience, words)) = &pending.words else { continue };
        let (state, token) = match pending.fate {
            Fate::Sending => ("sending", Token::Dim),
            Fate::Unknown => ("unknown, asking", Token::Need),
            Fate::Stored(seq, _) if newest >= Some(seq) => continue,
            Fate::Stored(..) => ("stored", Token::Good),
        };
        let (who, ink) = match audience {
            Audience::Reply | Audience::Barge => ("you", Token::Operator),
            Audience::Whisper => ("whisper", Token::Whisper),
            Audience::Note => ("note", Token::Note),
        };
        let lead = item::lead(model, width);
        let (lines, _) = wrap(words, width.saturating_sub(lead + 1), item::LINES_MAX);
        let n = lines.len();
        strips.extend(lines.into_iter().enumerate().map(|(at, line)| {
            let name =
                if at == 0 { clean!("       {}", fit(&Clean::fixed(who), lead - 7)) } else { item::indent(lead) };
            let strip = Strip::of([piece(ink, name), piece(Token::Dim, line)]);
            if at + 1 == n { strip.right([piece(token, clean!("{state} "))]) } else { strip }
        }));
    }
    strips
}

/// What a language model has written so far: dim, since the customer has none of it yet.
fn growing(model: &Model, open: &Opened, width: usize) -> Vec<Strip> {
    let detail = open.detail.as_ref().filter(|_| !model.is_past());
    let Some(words) = detail.and_then(|detail| detail.growing.as_ref()) else { return Vec::new() };
    let lead = item::lead(model, width);
    let (lines, _) = wrap(words, width.saturating_sub(lead + 1), item::LINES_MAX);
    let strip = |line| Strip::of([piece(Token::Base, item::indent(lead)), piece(Token::Dim, line)]);
    lines.into_iter().map(strip).collect()
}

/// Who is writing right now, and who keeps still meanwhile.
fn composing(model: &Model, open: &Opened) -> Vec<Strip> {
    let line =
        |token, who: Clean, does: Clean| Strip::of([piece(token, clean!("       {who} ")), piece(Token::Dim, does)]);
    let detail = open.detail.as_ref();
    let agent = detail.and_then(|detail| detail.composing.as_ref());
    let mut strips: Vec<Strip> =
        agent.map(|agent| line(Token::Agent, Clean::from(agent), Clean::fixed("writes …"))).into_iter().collect();
    let Some(row) = model.row().filter(|row| row.id == open.id && !model.is_past()) else { return strips };
    let now = model.floor_now();
    if let (Some(until), Some(holder)) = (detail.and_then(|detail| detail.still_until), row.holder.agent())
        && until > now
    {
        strips.push(line(Token::Agent, Clean::from(holder), clean!("keeps still {}", left(now, until))));
    }
    strips.extend(who::writers(model, row).map(|writer| {
        line(audience_token(writer.to), Clean::from(&writer.operator), clean!("writes{} …", who::what(writer.to)))
    }));
    if row.typing {
        strips.push(line(Token::Customer, row.name.one_line().truncated(20), Clean::fixed("types …")));
    }
    strips
}

/// A row that stands for a whole conversation elsewhere: `Maya R. · c-1042`.
pub fn name_and_handle(row: &ConversationRow) -> Vec<Piece> {
    vec![piece(Token::Customer, row.name.one_line()), piece(Token::Dim, clean!(" · {}", row.handle))]
}
