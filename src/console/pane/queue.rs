//! Lines and what waits in them; agents and people as tables.

use super::list::{reason, trigger_word};
use super::strip::{Strip, bar, exact, fit, fit_right, left, piece};
use crate::console::model::{Model, Pane};
use crate::console::theme::Token;
use crate::console::update::presence_word;
use crate::domain::agent::AgentRole;
use crate::domain::id::{ConversationId, SkillName};
use crate::domain::operator::{Presence, Role};
use crate::domain::text::Clean;
use crate::domain::time::Timestamp;
use crate::protocol::row::{ConversationRow, NeedReason, QueueRow, Section};

/// The queue view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueView {
    /// Its lines.
    pub strips: Vec<Strip>,
    /// Which line shows which conversation.
    pub hits: Vec<(u16, ConversationId)>,
}

impl QueueView {
    /// Lines over what waits in them, in so many lines.
    pub fn of(model: &Model, height: u16) -> Self {
        let mut strips = vec![
            Strip::rule([piece(Token::Strong, "LINES")])
                .right([piece(Token::Dim, " waiting  oldest  promised  breached ")]),
        ];
        strips.extend(model.live.picture.queues.values().map(|queue| line(model, queue)));
        if model.live.picture.queues.is_empty() {
            strips.push(Strip::of([piece(Token::Dim, "  this floor has no lines")]));
        }
        let ids = model.order.section(Section::NeedsYou);
        strips.push(
            Strip::rule([piece(Token::Strong, clean!("WHAT NEEDS SOMEBODY {}", ids.len()))])
                .right([piece(Token::Dim, " harm    wait    due ")]),
        );
        let rows = usize::from(height).saturating_sub(strips.len());
        let chosen = model.selected.and_then(|id| ids.iter().position(|other| *other == id));
        let top = chosen.map_or(0, |chosen| (chosen + 1).saturating_sub(rows));
        let mut hits = Vec::new();
        for id in ids.iter().skip(top).take(rows) {
            let Some(row) = model.live.picture.rows.get(id) else { continue };
            hits.push((strips.len() as u16, *id));
            let strip = need(model, row);
            let marked = model.selected == Some(*id);
            strips.push(if marked { strip.on(Token::Selected) } else { strip });
        }
        if ids.is_empty() {
            strips.push(Strip::of([piece(Token::Good, "  nothing needs anybody")]));
        }
        Self { strips, hits }
    }
}

fn line(model: &Model, queue: &QueueRow) -> Strip {
    let oldest = queue.oldest.map_or_else(|| "-".to_owned(), |oldest| exact(model.floor_now().since(oldest)));
    let late = if queue.breached > 0 { Token::Breach } else { Token::Dim };
    Strip::of([piece(Token::Base, clean!("  {}", queue.name))]).right([
        piece(Token::Base, clean!("{:>8}", queue.waiting)),
        piece(Token::Base, clean!("{oldest:>8}")),
        piece(Token::Dim, clean!("{:>10}", exact(queue.target))),
        piece(late, clean!("{:>10} ", queue.breached)),
    ])
}

fn need(model: &Model, row: &ConversationRow) -> Strip {
    let now = model.floor_now();
    let marked = model.selected == Some(row.id) && model.pane == Pane::List;
    let mark = if marked { "›" } else { " " };
    let mut pieces =
        vec![piece(Token::Need, clean!("{mark}▲ ")), piece(Token::Customer, fit(&row.name.one_line(), 18))];
    let Some(need) = &row.need else { return Strip::of(pieces) };
    let why = match &need.why {
        NeedReason::Escalated { escalation, trigger, severity } => {
            clean!("{escalation} {} · {severity:?}", trigger_word(*trigger))
        }
        NeedReason::OfferedToYou { .. }
        | NeedReason::Approval { .. }
        | NeedReason::Draft { .. }
        | NeedReason::Failing
        | NeedReason::Overdue => reason(&need.why),
    };
    pieces.push(piece(Token::Base, why));
    if let Some(colleague) = &need.colleague {
        pieces.push(piece(Token::Operator, clean!("  {colleague} is on it")));
    }
    let due = need.due.map(|due| left(now, due)).unwrap_or_default();
    let late = need.due.is_some_and(|due| due < now);
    Strip::of(pieces).right([
        piece(Token::Dim, clean!("{:>6}", need.harm.to_string())),
        piece(Token::Dim, clean!("{:>8}", exact(now.since(need.since)))),
        piece(if late { Token::Breach } else { Token::Base }, clean!("{due:>8} ")),
    ])
}

/// The agents view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentsView {
    /// Its lines.
    pub strips: Vec<Strip>,
}

impl From<&Model> for AgentsView {
    fn from(model: &Model) -> Self {
        let head = [piece(Token::Dim, " conversations      failures ")];
        let mut strips = vec![Strip::rule([piece(Token::Strong, "AI AGENTS")]).right(head)];
        strips.extend(model.live.picture.agents.values().map(|row| {
            let role = match row.role {
                AgentRole::Triage => "meets every customer",
                AgentRole::Specialist => "specialist",
                AgentRole::Escalation => "looks after those who wait",
            };
            let (load, capacity) = (u64::from(row.load), u64::from(row.capacity));
            let failing = if row.failures > 0 { Token::Breach } else { Token::Dim };
            Strip::of([
                piece(Token::Agent, fit(&clean!("  {}", row.name), 16)),
                piece(Token::Base, fit(&row.title, 28)),
                piece(Token::Dim, clean!(" {role}")),
            ])
            .right([
                piece(Token::Agent, bar(load, capacity, 8)),
                piece(Token::Base, fit_right(&clean!("{load}/{capacity}"), 10)),
                piece(failing, clean!("{:>10} ", row.failures)),
            ])
        }));
        let head = [piece(Token::Dim, " chats   state      since ")];
        strips.push(Strip::rule([piece(Token::Strong, "PEOPLE")]).right(head));
        strips.extend(model.live.picture.operators.values().map(|row| {
            let role = match row.role {
                Role::Observer => "observer",
                Role::Responder => "responder",
                Role::Supervisor => "supervisor",
                Role::Admin => "admin",
            };
            let skills: Vec<&str> = row.skills.iter().map(SkillName::as_str).collect();
            let state = Clean::fixed(presence_word(row.presence));
            // The floor's clock begins long after 0: who has that was never here.
            let here = (row.since > Timestamp(0)).then(|| exact(model.floor_now().since(row.since)));
            let since = here.as_deref().unwrap_or("-");
            Strip::of([
                piece(Token::Operator, fit(&clean!("  {}", row.name), 16)),
                piece(Token::Base, fit(&Clean::fixed(role), 12)),
                piece(Token::Dim, clean!(" {}", skills.join(" "))),
            ])
            .right([
                piece(Token::Base, clean!("{}/{}   ", row.load, row.capacity)),
                piece(if row.presence == Presence::Available { Token::Good } else { Token::Dim }, fit(&state, 10)),
                piece(Token::Dim, clean!("{since:>6} ")),
            ])
        }));
        Self { strips }
    }
}
