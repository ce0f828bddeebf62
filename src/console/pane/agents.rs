//! AI specialists and people as tables.

use super::strip::{Strip, bar, exact, fit, fit_right, piece};
use crate::console::model::Model;
use crate::console::theme::Token;
use crate::console::update::presence_word;
use crate::domain::agent::AgentRole;
use crate::domain::id::{AgentName, SkillName};
use crate::domain::operator::{Presence, Role};
use crate::domain::text::Clean;
use crate::domain::time::Timestamp;
use crate::protocol::row::EdgeRow;

/// The agents view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentsView {
    /// Its lines.
    pub strips: Vec<Strip>,
}

/// How the passes from one to another came out, those that were offered at all.
fn passes(model: &Model) -> Vec<Strip> {
    let agents = model.live.picture.agents.values();
    let rows: Vec<Strip> = agents.flat_map(|row| row.edges.iter().map(|edge| pass(&row.name, edge))).collect();
    if rows.is_empty() {
        return rows;
    }
    let head = [piece(Token::Dim, " offered  taken  settled  asked again ")];
    std::iter::once(Strip::rule([piece(Token::Strong, "HANDOFFS")]).right(head)).chain(rows).collect()
}

fn pass(from: &AgentName, edge: &EdgeRow) -> Strip {
    let sums = &edge.sums;
    let again = if sums.repeated > 0 { Token::Need } else { Token::Dim };
    let not = sums.declined + sums.lapsed + sums.refused;
    let not = if not > 0 { clean!(" {not} turned down") } else { Clean::default() };
    Strip::of([piece(Token::Agent, fit(&clean!("  {from} > {}", edge.to), 30)), piece(Token::Need, not)]).right([
        piece(Token::Base, clean!("{:>8} {:>6} {:>8} ", sums.offered, sums.accepted, sums.succeeded)),
        piece(again, clean!("{:>12} ", sums.repeated)),
    ])
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
        strips.extend(passes(model));
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
