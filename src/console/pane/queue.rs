//! The queue: lines, what needs somebody, and what would happen if you did something about it.

pub mod beside;
mod whatif;

use super::list::{on_it, reason};
use super::strip::{Piece, Strip, exact, fit, fit_right, left, mood_token, path, piece};
use crate::console::model::{Model, Pane};
use crate::console::theme::Token;
use crate::domain::customer::Tier;
use crate::domain::escalation::Severity;
use crate::domain::id::ConversationId;
use crate::domain::text::Clean;
use crate::domain::time::Millis;
use crate::protocol::row::{ConversationRow, Need, NeedReason, QueueRow, Section};

/// Lines of the floor shown at once; a floor with more is filtered by name.
const LINES_MAX: usize = 6;
/// Columns from which names, reasons and who is on it have room to breathe.
const ROOMY: u16 = 80;
/// Columns from which an offer, whom and for how long, has room beside a reason of full width.
const WHOLE: u16 = 82;
/// Cells of the reason where there is room.
const WHY: usize = 19;
/// Cells of an amount: what one person may allow, whole, with its currency.
const VALUE: usize = 12;
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
    let head = [piece(Token::Dim, " waiting  oldest  target  in time  arrived  free  forecast ")];
    let mut strips = vec![Strip::rule([piece(Token::Strong, clean!("LINES {}", queues.len()))]).right(head)];
    strips.extend(queues.values().take(LINES_MAX).map(|queue| line(model, queue)));
    if queues.is_empty() {
        strips.push(Strip::of([piece(Token::Dim, "  this floor has no lines")]));
    }
    if queues.len() > LINES_MAX {
        strips.push(Strip::of([piece(Token::Dim, clean!("   {} more", queues.len() - LINES_MAX))]));
    }
    strips
}

/// `  general        5 ■1    1:12    2:00     6/7        9     3      2:30`: the last hour's arrivals, and
/// how many of those taken were in time.
fn line(model: &Model, queue: &QueueRow) -> Strip {
    let waited = queue.oldest.map(|oldest| model.floor_now().since(oldest));
    let oldest = waited.map_or_else(|| "-".to_owned(), exact);
    let old = if waited.is_some_and(|waited| waited > queue.target) { Token::Breach } else { Token::Base };
    let late = if queue.breached > 0 { format!(" ■{}", queue.breached) } else { String::new() };
    let in_time = if queue.taken == 0 { "-".to_owned() } else { format!("{}/{}", queue.in_time, queue.taken) };
    let kept = if queue.in_time < queue.taken { Token::Need } else { Token::Base };
    let seats = if queue.free == 0 && queue.waiting > 0 { Token::Need } else { Token::Base };
    let (forecast, ahead) = match queue.forecast {
        None => ("nobody".to_owned(), Token::Need),
        Some(Millis(0)) => ("at once".to_owned(), Token::Base),
        Some(wait) if wait > queue.target => (exact(wait), Token::Need),
        Some(wait) => (exact(wait), Token::Base),
    };
    Strip::of([piece(Token::Base, clean!("  {}", queue.name))]).right([
        piece(Token::Base, clean!("{:>6}", queue.waiting)),
        piece(Token::Breach, clean!("{late:<4}")),
        piece(old, clean!("{oldest:>6}")),
        piece(Token::Dim, clean!("{:>8}", exact(queue.target))),
        piece(kept, clean!("{in_time:>9}")),
        piece(Token::Base, clean!("{:>9}", queue.arrived)),
        piece(seats, clean!("{:>6}", queue.free)),
        piece(ahead, clean!("{forecast:>10} ")),
    ])
}

fn needs_head(model: &Model, n: usize, width: u16) -> Strip {
    let token = if n > 0 { Token::Need } else { Token::Dim };
    let title = if model.pane == Pane::List { Token::Accent } else { token };
    let right = if width >= ROOMY { "       value  mood  asked   due " } else { " mood  asked   due " };
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
    let why = fit(&why(need), if width >= WHOLE { WHY } else { WHY - 2 });
    let mut pieces = vec![
        piece(token, clean!("{mark}{glyph} ")),
        piece(Token::Customer, fit(&name, name_cells)),
        piece(if need.colleague.is_some() { Token::Dim } else { Token::Base }, why),
    ];
    pieces.extend(offered(model, row, need));
    let due = need.due.map(|due| left(now, due)).unwrap_or_default();
    let due_token = if need.due.is_some_and(|due| due < now) { Token::Breach } else { Token::Base };
    let mut right = Vec::new();
    if roomy {
        right.push(piece(Token::Base, fit_right(&value(row), VALUE)));
        right.push(piece(Token::Base, " "));
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
        NeedReason::Escalated { severity, .. } => {
            let grave = match severity {
                Severity::Normal => "",
                Severity::High => " !",
                Severity::Critical => " !!",
            };
            clean!("{}{grave}", reason(&need.why))
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
fn offered(model: &Model, row: &ConversationRow, need: &Need) -> Option<Piece> {
    let offer = row.escalation.as_ref().and_then(|e| e.offer.as_ref());
    if let Some(offer) = offer {
        let (token, whom) = if Some(&offer.operator) == model.me() {
            (Token::Need, "you")
        } else {
            (Token::Operator, offer.operator.as_str())
        };
        return Some(piece(token, clean!("> {whom} {}", left(model.floor_now(), offer.until))));
    }
    need.colleague.as_ref().map(|colleague| piece(Token::Operator, on_it(row, colleague)))
}
