//! AI agents and people with their load.

use super::strip::{Piece, Strip, bar, exact, fit, piece};
use crate::console::model::Model;
use crate::console::theme::Token;
use crate::console::update::presence_word;
use crate::domain::operator::Presence;
use crate::domain::text::Clean;
use crate::protocol::row::{AgentRow, OperatorRow};

/// Cells that one entry needs at least.
const ENTRY: usize = 20;
/// Cells of `15/20` with the space before it.
const LOAD: usize = 6;
/// Cells of the widest bar.
const BAR: usize = 6;

/// Agents and people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeopleView {
    /// Its lines.
    pub strips: Vec<Strip>,
}

impl PeopleView {
    /// Both in so many cells; entries stand beside each other where two fit.
    pub fn of(model: &Model, width: u16) -> Self {
        let picture = &model.live.picture;
        let longest = picture.agents.keys().map(|name| name.as_str().len()).max().unwrap_or_default();
        // A name that does not fit beside another gets the whole line: a cut one says nothing.
        let columns = (usize::from(width) / ENTRY.max(longest + LOAD + 3)).clamp(1, 2);
        let cells = usize::from(width) / columns;
        let mut strips = vec![Strip::rule([piece(Token::Dim, "AI AGENTS")]).right([piece(Token::Dim, " load ")])];
        let agents: Vec<Vec<Piece>> = picture.agents.values().map(|row| agent(row, longest, cells)).collect();
        strips.extend(beside(agents, columns));
        strips.push(Strip::rule([piece(Token::Dim, "PEOPLE")]).right([piece(Token::Dim, " chats  state ")]));
        let mut people: Vec<&OperatorRow> = picture.operators.values().collect();
        people.sort_by_key(|row| (row.presence == Presence::Offline, row.name.clone()));
        strips.extend(beside(people.into_iter().map(|row| person(row, cells)).collect(), columns));
        // A column of its own has room for the lines too.
        if columns == 1 {
            strips.push(Strip::rule([piece(Token::Dim, "LINES")]).right([piece(Token::Dim, " waiting  oldest ")]));
            strips.extend(picture.queues.values().map(|queue| {
                let oldest = queue.oldest.map(|oldest| exact(model.floor_now().since(oldest))).unwrap_or_default();
                let late = if queue.breached > 0 { Token::Breach } else { Token::Base };
                Strip::of([piece(Token::Base, clean!(" {}", queue.name))])
                    .right([piece(late, clean!("{:>5}  {oldest:>8} ", queue.waiting))])
            }));
        }
        Self { strips }
    }
}

fn beside(entries: Vec<Vec<Piece>>, columns: usize) -> Vec<Strip> {
    let mut strips = Vec::new();
    let mut line: Vec<Piece> = Vec::new();
    for (entry, at) in entries.into_iter().zip(1..) {
        line.extend(entry);
        if at % columns == 0 {
            strips.push(Strip::of(std::mem::take(&mut line)));
        }
    }
    if !line.is_empty() {
        strips.push(Strip::of(line));
    }
    strips
}

/// The name takes what it needs, the bar the rest.
fn agent(row: &AgentRow, longest: usize, cells: usize) -> Vec<Piece> {
    let load = clean!("{:>1$}", format!("{}/{}", row.load, short(row.capacity)), LOAD);
    let width = cells.saturating_sub(longest + LOAD + 2).clamp(1, BAR);
    let name = cells.saturating_sub(width + LOAD + 1);
    let failing = if row.failures > 0 { Token::Breach } else { Token::Agent };
    vec![
        piece(failing, fit(&clean!(" {}", row.name), name)),
        piece(Token::Base, " "),
        piece(
            full(u64::from(row.load), u64::from(row.capacity)),
            bar(u64::from(row.load), u64::from(row.capacity), width),
        ),
        piece(Token::Dim, load),
    ]
}

/// `40`, `999`, `1k`.
fn short(n: u32) -> String {
    if n < 1_000 { n.to_string() } else { format!("{}k", n / 1_000) }
}

const fn full(load: u64, capacity: u64) -> Token {
    if load >= capacity {
        Token::Breach
    } else if load * 4 >= capacity * 3 {
        Token::Need
    } else {
        Token::Agent
    }
}

fn person(row: &OperatorRow, cells: usize) -> Vec<Piece> {
    let here = row.presence != Presence::Offline;
    let load = clean!(" {}/{} ", row.load, row.capacity);
    let state = Clean::fixed(presence_word(row.presence));
    let name = cells.saturating_sub(load.cells() + 10);
    vec![
        piece(if here { Token::Operator } else { Token::Dim }, fit(&clean!(" {}", row.name), name)),
        piece(if here { Token::Base } else { Token::Dim }, load),
        piece(if row.presence == Presence::Available { Token::Good } else { Token::Dim }, fit(&state, 10)),
    ]
}
