//! The queue: lines, what needs somebody, and what would happen if you did something about it.

pub mod beside;
mod whatif;

use super::list::{reason, trigger_word};
use super::strip::{Piece, Strip, exact, fit, fit_right, left, mood_token, path, piece};
use crate::console::model::{Model, Pane};
use crate::console::theme::Token;
use crate::domain::customer::Tier;
use crate::domain::escalation::Severity;
use crate::domain::id::ConversationId;
use crate::domain::text::Clean;
use crate::protocol::row::{ConversationRow, Need, NeedReason, QueueRow, Section};

/// Lines of the floor shown at once; a floor with more is filtered by name.
const LINES_MAX: usize = 6;
/// Columns from which names, reasons and who is on it have room to breathe.
const ROOMY: u16 = 80;
/// Cells of the reason where there is room.
const WHY: usize = 19;
/// Moods shown as a path.
const MOODS: usize = 3;

/// The queue view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueView {
    /// Its lines.
    pub strips: Vec<Strip>,
    /// Which line shows which conversation.
    pub hits: Vec<(u16, ConversationId)>,
    /// Rows of what needs somebody.
    pub page: usize,
}

impl QueueView {
    /// Lines over what needs somebody, in so many cells and lines; below it the selected one, if wanted.
    pub fn of(model: &Model, (width, height): (u16, u16), foretells: bool) -> Self {
        let mut strips = lines(model);
        let below = if foretells { whatif::strips(model, usize::from(width)) } else { Vec::new() };
        let ids = model.order.section(Section::NeedsYou);
        strips.push(needs_head(model, ids.len(), width));
        let room = usize::from(height).saturating_sub(strips.len());
        // What is asked is seen before what would follow, but at least half of either.
        let rows = room.saturating_sub(below.len()).max(room.div_ceil(2)).min(room);
        let mut hits = Vec::new();
        let wanted = ids.len().min(rows).max(1);
        let more = ids.len() > rows;
        let shown = if more { rows.saturating_sub(1) } else { rows };
        let chosen = model.selected.and_then(|id| ids.iter().position(|other| *other == id));
        let top = chosen.map_or(0, |chosen| (chosen + 1).saturating_sub(shown.max(1)));
        for id in ids.iter().skip(top).take(shown) {
            let Some(row) = model.live.picture.rows.get(id) else { continue };
            hits.push((strips.len() as u16, *id));
            let strip = need(model, row, width);
            strips.push(if model.selected == Some(*id) { strip.on(Token::Selected) } else { strip });
        }
        if more {
            strips.push(Strip::of([piece(Token::Dim, clean!("   {} more · n next", ids.len() - shown))]));
        }
        if ids.is_empty() {
            strips.push(Strip::of([piece(Token::Good, "  nothing needs anybody")]));
        }
        let room = room.saturating_sub(wanted);
        strips.extend(below.into_iter().take(room));
        Self { strips, hits, page: shown.max(1) }
    }
}

/// Every line with how it keeps what it promises.
fn lines(model: &Model) -> Vec<Strip> {
    let queues = &model.live.picture.queues;
    let free = model.live.picture.header.free_seats;
    let head = [piece(Token::Dim, " waiting  oldest  promised  breached  free seats ")];
    let mut strips = vec![Strip::rule([piece(Token::Strong, clean!("LINES {}", queues.len()))]).right(head)];
    strips.extend(queues.values().take(LINES_MAX).map(|queue| line(model, queue, free)));
    if queues.is_empty() {
        strips.push(Strip::of([piece(Token::Dim, "  this floor has no lines")]));
    }
    if queues.len() > LINES_MAX {
        strips.push(Strip::of([piece(Token::Dim, clean!("   {} more", queues.len() - LINES_MAX))]));
    }
    strips
}

fn line(model: &Model, queue: &QueueRow, free: u32) -> Strip {
    let waited = queue.oldest.map(|oldest| model.floor_now().since(oldest));
    let oldest = waited.map_or_else(|| "-".to_owned(), exact);
    let late = if queue.breached > 0 { Token::Breach } else { Token::Dim };
    let old = if waited.is_some_and(|waited| waited > queue.target) { Token::Breach } else { Token::Base };
    let seats = if free == 0 && queue.waiting > 0 { Token::Need } else { Token::Dim };
    Strip::of([piece(Token::Base, clean!("  {}", queue.name))]).right([
        piece(Token::Base, clean!("{:>8}", queue.waiting)),
        piece(old, clean!("{oldest:>8}")),
        piece(Token::Dim, clean!("{:>10}", exact(queue.target))),
        piece(late, clean!("{:>10}", queue.breached)),
        piece(seats, clean!("{free:>12} ")),
    ])
}

fn needs_head(model: &Model, n: usize, width: u16) -> Strip {
    let token = if n > 0 { Token::Need } else { Token::Dim };
    let title = if model.pane == Pane::List { Token::Accent } else { token };
    let right = if width >= ROOMY { " value    mood  asked   due " } else { " mood  asked   due " };
    Strip::rule([piece(title, clean!("NEEDS SOMEBODY {n}"))]).right([piece(Token::Dim, right)])
}

/// `■ Li Wei   tool failed 3x   offered to ben 0:12      49.90  ▅▃▂   2:31  -0:31`.
fn need(model: &Model, row: &ConversationRow, width: u16) -> Strip {
    let now = model.floor_now();
    let roomy = width >= ROOMY;
    let Some(need) = &row.need else { return Strip::of([piece(Token::Dim, clean!("   {}", row.name.one_line()))]) };
    let late = [need.due, row.due].into_iter().flatten().any(|due| due < now);
    let (glyph, token) = match (&need.colleague, late) {
        (_, true) => ("■", Token::Breach),
        (Some(_), false) => ("△", Token::Dim),
        (None, false) => ("▲", Token::Need),
    };
    let marked = model.selected == Some(row.id) && model.pane == Pane::List;
    let mark = if marked { "›" } else { " " };
    let vip = if row.tier == Tier::Vip { " *" } else { "" };
    let name_cells = if roomy { 18 } else { 14 };
    let name = clean!("{}{vip}", row.name.one_line().truncated(name_cells - 1 - vip.len()));
    let why = fit(&why(need), if roomy { WHY } else { WHY - 2 });
    let mut pieces = vec![
        piece(token, clean!("{mark}{glyph} ")),
        piece(Token::Customer, fit(&name, name_cells)),
        piece(if need.colleague.is_some() { Token::Dim } else { Token::Base }, why),
    ];
    pieces.extend(on_it(model, row, need));
    let due = need.due.map(|due| left(now, due)).unwrap_or_default();
    let due_token = if need.due.is_some_and(|due| due < now) { Token::Breach } else { Token::Base };
    let mut right = Vec::new();
    if roomy {
        right.push(piece(Token::Base, fit(&value(row), 9)));
    }
    right.extend([
        piece(mood_token(row.mood), fit_right(&path(&row.mood_path, MOODS), 4)),
        piece(Token::Dim, clean!("{:>7}", exact(now.since(need.since)))),
        piece(due_token, clean!("{due:>6} ")),
    ]);
    Strip::of(pieces).right(right)
}

fn why(need: &Need) -> Clean {
    match &need.why {
        NeedReason::Escalated { trigger, severity, .. } => {
            let grave = match severity {
                Severity::Normal => "",
                Severity::High => " !",
                Severity::Critical => " !!",
            };
            clean!("{}{grave}", trigger_word(*trigger))
        }
        NeedReason::Approval { about, .. } => beside::short(about, WHY),
        NeedReason::OfferedToYou { .. }
        | NeedReason::AskedFor { .. }
        | NeedReason::Draft { .. }
        | NeedReason::LeftAlone { .. }
        | NeedReason::Failing
        | NeedReason::Overdue
        | NeedReason::WrapUp { .. }
        | NeedReason::Promise { .. }
        | NeedReason::Watched { .. } => reason(&need.why),
    }
}

/// What is at stake, as far as it can be counted: the amount that waits, else what the customer was promised.
fn value(row: &ConversationRow) -> Clean {
    let amount = row.approvals.first().and_then(|waits| waits.about.as_str().split_once(' ')).map(|(_, amount)| amount);
    match (amount, row.tier) {
        (Some(amount), _) => clean!("{amount}"),
        (None, Tier::Vip) => Clean::fixed("VIP"),
        (None, Tier::Gold) => Clean::fixed("gold"),
        (None, Tier::Standard) => Clean::default(),
    }
}

/// To whom it is offered and for how long, or who is on it.
fn on_it(model: &Model, row: &ConversationRow, need: &Need) -> Option<Piece> {
    let offer = row.escalation.as_ref().and_then(|e| e.offer.as_ref());
    if let Some(offer) = offer {
        let (token, whom) = if Some(&offer.operator) == model.me() {
            (Token::Need, "you")
        } else {
            (Token::Operator, offer.operator.as_str())
        };
        return Some(piece(token, clean!("> {whom} {}", left(model.floor_now(), offer.until))));
    }
    need.colleague.as_ref().map(|colleague| piece(Token::Operator, clean!("{colleague} is on it")))
}
