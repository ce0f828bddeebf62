//! The two lines at the top: where you are, and what somebody acts on by the minute.

use super::strip::{Piece, Strip, exact, piece};
use crate::console::model::clock::hours_minutes;
use crate::console::model::{Link, Model, View};
use crate::console::theme::Token;
use crate::console::update::presence_word;
use crate::domain::text::Clean;

/// Columns from which the counts of the day stand in the header too.
const COUNTS_FROM: u16 = 160;

/// Both lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderView {
    /// Top to bottom.
    pub strips: [Strip; 2],
}

/// From this width on every view stands there by its name.
const ROOMY: u16 = 96;

impl From<&Model> for HeaderView {
    fn from(model: &Model) -> Self {
        Self { strips: [tabs(model), minute(model)] }
    }
}

fn tabs(model: &Model) -> Strip {
    let mut left = vec![piece(Token::Strong, " baton ")];
    let queued = model.live.picture.header.queued;
    let views = [
        ("1", "Floor", View::Floor),
        ("2", "Queue", View::Queue),
        ("3", "Agents", View::Agents),
        ("5", "History", View::History),
        ("6", "Knowledge", View::Knowledge),
    ];
    for (key, word, view) in views {
        let here = view == model.view;
        left.push(piece(if here { Token::Accent } else { Token::Key }, clean!(" {key} ")));
        // In a narrow line those that are looked into least are known by their key alone.
        let short = model.size.columns < ROOMY && matches!(view, View::History | View::Knowledge);
        if here || !short {
            left.push(piece(if here { Token::Accent } else { Token::Dim }, word));
        }
        if view == View::Queue && queued > 0 {
            left.push(piece(Token::Need, clean!(" {queued}")));
        }
        left.push(piece(Token::Dim, " "));
    }
    let time = hours_minutes(model.floor_now(), &model.zone);
    let right = match &model.you {
        Some(you) => {
            let row = model.live.picture.operators.get(&you.operator);
            let state = row.map_or("", |row| presence_word(row.presence));
            let looks = if you.read_only || model.read_only { " · looks only" } else { "" };
            let role = format!("{:?}", you.role).to_lowercase();
            vec![
                piece(Token::Operator, &you.operator),
                piece(Token::Dim, clean!(" · {role} · {state}{looks} ")),
                piece(Token::Base, clean!("{time} ")),
            ]
        }
        None => vec![piece(Token::Dim, "not signed in ")],
    };
    Strip::of(left).right(right)
}

/// Groups of the second line, the most important first; those that do not fit are left out.
fn minute(model: &Model) -> Strip {
    let header = &model.live.picture.header;
    let now = model.floor_now();
    let needs = if header.needs > 0 { Token::Need } else { Token::Good };
    let glyph = if header.needs > 0 { "▲ " } else { "" };
    let mut groups = vec![vec![piece(needs, clean!(" {glyph}{} need you", header.needs))]];
    let mut breached = Vec::new();
    if header.breached > 0 {
        breached.push(piece(Token::Breach, clean!("■ {} breached", header.breached)));
    }
    let target = model.live.picture.queues.values().map(|queue| queue.target).min();
    let oldest = match (header.oldest, target) {
        (Some(oldest), Some(target)) => format!(", oldest {} of {}", exact(now.since(oldest)), exact(target)),
        (Some(oldest), None) => format!(", oldest {}", exact(now.since(oldest))),
        (None, _) => String::new(),
    };
    groups.push(held(model));
    groups.push(breached);
    groups.push(vec![piece(Token::Base, clean!("{} live", header.live))]);
    groups.push(vec![piece(Token::Base, clean!("queue {}{oldest}", header.queued))]);
    let people = clean!("people {} of {}, {} free", header.people, header.people_all, header.free_seats);
    groups.push(vec![piece(Token::Dim, people)]);
    let feed = feed(model);
    if model.size.columns >= COUNTS_FROM {
        let counts = clean!(
            "turns {}   handoffs {}   escalations {}   withheld {}   resolved {}",
            header.turns,
            header.handoffs,
            header.escalations,
            header.withheld,
            header.resolved
        );
        groups.push(vec![piece(Token::Dim, counts)]);
    }
    let mut room = usize::from(model.size.columns).saturating_sub(feed.iter().map(|p| p.text.cells()).sum());
    let mut left: Vec<Piece> = Vec::new();
    for group in groups.into_iter().filter(|group| !group.is_empty()) {
        let cells: usize = group.iter().map(|piece| piece.text.cells()).sum::<usize>() + 3;
        if cells > room {
            continue;
        }
        room -= cells;
        if !left.is_empty() {
            left.push(piece(Token::Base, "   "));
        }
        left.extend(group);
    }
    Strip::of(left).right(feed)
}

/// What is stopped, in red until it is released.
fn held(model: &Model) -> Vec<Piece> {
    let held = &model.live.picture.header.held;
    let Some(first) = held.first() else { return Vec::new() };
    let more = if held.len() > 1 { format!(" and {} more", held.len() - 1) } else { String::new() };
    vec![piece(Token::Breach, clean!("■ held {}{more}", first.target))]
}

fn feed(model: &Model) -> Vec<Piece> {
    let speed = model.clock.speed();
    let fast = if speed == 1_000 { Clean::default() } else { clean!(" ×{}", thousandths(speed)) };
    match &model.link {
        Link::Live => vec![piece(Token::Good, "feed live"), piece(Token::Dim, clean!("{fast} "))],
        Link::Connecting(attempt) if *attempt > 1 => {
            vec![piece(Token::Need, clean!("connecting, attempt {attempt} "))]
        }
        Link::Connecting(_) => vec![piece(Token::Dim, "connecting ")],
        Link::Greeting => vec![piece(Token::Dim, "the picture is coming ")],
        Link::Lost { reason, retry_at } => {
            let secs = retry_at.0.saturating_sub(model.wall.0).div_ceil(1_000);
            vec![piece(Token::Breach, clean!("no line ({reason}), again in {secs} s "))]
        }
        Link::Ended(reason) => vec![piece(Token::Breach, clean!("the floor is gone: {reason} "))],
    }
}

/// `2`, `0.5`, `16`.
pub(super) fn thousandths(speed: u32) -> String {
    if speed.is_multiple_of(1_000) {
        (speed / 1_000).to_string()
    } else {
        format!("{}.{}", speed / 1_000, speed % 1_000 / 100)
    }
}
