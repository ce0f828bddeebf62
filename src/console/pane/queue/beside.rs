//! Beside the queue: approvals with the time they have left, people, the last acts.

use crate::console::model::clock::hours_minutes;
use crate::console::model::{Model, Pane};
use crate::console::pane::strip::{Strip, fit, left, piece};
use crate::console::theme::Token;
use crate::console::update::presence_word;
use crate::domain::operator::Presence;
use crate::domain::text::Clean;
use crate::protocol::row::{ApprovalRow, ConversationRow, OperatorRow};

/// Approvals shown at once: what is more expires later.
const APPROVALS_MAX: usize = 8;
/// People shown at once.
const PEOPLE_MAX: usize = 12;

/// What stands beside the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BesideView {
    /// Its lines.
    pub strips: Vec<Strip>,
}

impl BesideView {
    /// All three in so many cells and lines.
    pub fn of(model: &Model, width: u16, height: u16) -> Self {
        let mut strips = approvals(model, usize::from(width));
        strips.extend(people(model, usize::from(width)));
        strips.extend(acts(model));
        let top = model.side_top.min(strips.len().saturating_sub(usize::from(height)));
        let mut strips: Vec<Strip> = strips.into_iter().skip(top).take(usize::from(height)).collect();
        if let Some(first) = strips.first_mut().filter(|_| model.pane == Pane::Side) {
            first.left.iter_mut().skip(1).for_each(|piece| piece.token = Token::Accent);
        }
        Self { strips }
    }
}

fn more(n: usize, shown: usize) -> Option<Strip> {
    (n > shown).then(|| Strip::of([piece(Token::Dim, clean!("   {} more", n - shown))]))
}

fn approvals(model: &Model, width: usize) -> Vec<Strip> {
    let rows = model.live.picture.rows.values();
    let mut waiting: Vec<(&ConversationRow, &ApprovalRow)> =
        rows.flat_map(|row| row.approvals.iter().map(move |approval| (row, approval))).collect();
    waiting.sort_by_key(|(_, approval)| (approval.expires, approval.approval));
    let token = if waiting.is_empty() { Token::Dim } else { Token::Need };
    let title = Strip::rule([piece(token, clean!("APPROVALS {}", waiting.len()))]);
    let mut strips = vec![title.right([piece(Token::Dim, " then no ")])];
    if waiting.is_empty() {
        strips.push(Strip::of([piece(Token::Dim, "  nothing waits for a decision")]));
    }
    strips.extend(waiting.iter().take(APPROVALS_MAX).map(|(row, approval)| {
        let ink = if approval.yours { Token::Base } else { Token::Dim };
        let name = (width / 3).max(8);
        let about = width.saturating_sub(name + 9);
        Strip::of([
            piece(Token::Customer, fit(&clean!(" {}", row.name.one_line()), name)),
            piece(ink, clean!(" {}", short(&approval.about, about))),
        ])
        .right([piece(Token::Need, clean!("{} ", left(model.floor_now(), approval.expires)))])
    }));
    strips.extend(more(waiting.len(), APPROVALS_MAX));
    strips
}

/// What an approval is about, without the tool's verb where there is no room: `refunds 49.90`.
pub(super) fn short(about: &Clean, room: usize) -> Clean {
    if about.cells() <= room {
        return about.one_line();
    }
    let mut words = about.as_str().split(' ');
    let tool = words.next().and_then(|tool| tool.split('.').next()).unwrap_or_default();
    clean!("{tool} {}", words.next().unwrap_or_default()).truncated(room)
}

fn people(model: &Model, width: usize) -> Vec<Strip> {
    let header = &model.live.picture.header;
    let title = clean!("PEOPLE {} of {}", header.people, header.people_all);
    let mut strips = vec![Strip::rule([piece(Token::Dim, title)]).right([piece(Token::Dim, " chats  state ")])];
    let mut rows: Vec<&OperatorRow> = model.live.picture.operators.values().collect();
    rows.sort_by_key(|row| (row.presence == Presence::Offline, row.presence != Presence::Available, row.name.clone()));
    strips.extend(rows.iter().take(PEOPLE_MAX).map(|row| person(row, width)));
    strips.extend(more(rows.len(), PEOPLE_MAX));
    strips
}

fn person(row: &OperatorRow, width: usize) -> Strip {
    let here = row.presence != Presence::Offline;
    let is_full = row.presence == Presence::Available && row.load >= row.capacity;
    let state = if is_full { "full" } else { presence_word(row.presence) };
    let token = if is_full {
        Token::Need
    } else if row.presence == Presence::Available {
        Token::Good
    } else {
        Token::Dim
    };
    let load = if here { clean!("{}/{}", row.load, row.capacity) } else { Clean::default() };
    let name = width.saturating_sub(21);
    Strip::of([piece(if here { Token::Operator } else { Token::Dim }, fit(&clean!(" {}", row.name), name))]).right([
        piece(if here { Token::Base } else { Token::Dim }, clean!("{load:>6}  ")),
        piece(token, fit(&Clean::fixed(state), 12)),
    ])
}

fn acts(model: &Model) -> Vec<Strip> {
    let mut strips = vec![Strip::rule([piece(Token::Dim, "LAST ACTS")])];
    let acts = &model.live.picture.acts;
    if acts.is_empty() {
        strips.push(Strip::of([piece(Token::Dim, "  nobody has done anything yet")]));
    }
    strips.extend(acts.iter().rev().map(|act| {
        let row = act.conversation.and_then(|id| model.live.picture.rows.get(&id));
        let whom = row.map(|row| clean!(" {}", row.name.one_line().truncated(18)));
        let who = if Some(&act.by) == model.me() { Clean::fixed("you") } else { Clean::from(&act.by) };
        Strip::of([
            piece(Token::Dim, clean!(" {} ", hours_minutes(act.at, &model.zone))),
            piece(Token::Operator, who),
            piece(Token::Base, clean!(" {}", act.words)),
            piece(Token::Customer, whom.unwrap_or_else(|| act.handle.map(|h| clean!(" {h}")).unwrap_or_default())),
        ])
    }));
    strips
}
