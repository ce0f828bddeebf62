//! AI specialists and people as tables; `@` changes the state of the marked person.

use super::strip::{Piece, Strip, bar, calm, exact, fit, fit_right, left, piece};
use crate::console::model::Model;
use crate::console::model::clock::hours_minutes;
use crate::console::theme::Token;
use crate::console::update::presence_word;
use crate::domain::agent::AgentRole;
use crate::domain::candidate::Sums;
use crate::domain::id::{AgentName, OperatorName, SkillName};
use crate::domain::operator::{Presence, Role};
use crate::domain::supervision::Life;
use crate::domain::text::Clean;
use crate::domain::time::{Millis, Timestamp};
use crate::protocol::row::{AgentRow, CandidateRow, EdgeRow, OperatorRow, WaitWithout};

/// Cells of the longest name that is shown whole.
const NAME_MAX: usize = 24;
/// From this width on a person's line says why, and who set it.
const ROOMY: u16 = 100;
/// Cells of what is planned: `until 09:15`, `over 3 m`.
const PLAN: usize = 12;
/// Cells of why, and who set it.
const WHY: usize = 24;

/// The agents view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentsView {
    /// Its lines.
    pub strips: Vec<Strip>,
}

impl AgentsView {
    /// Both tables in so many cells and lines; the marked person is always seen.
    pub fn of(model: &Model, width: u16, height: u16) -> Self {
        let picture = &model.live.picture;
        let longest = |names: &mut dyn Iterator<Item = &str>| names.map(str::len).max().unwrap_or(0).min(NAME_MAX) + 4;
        let name = longest(&mut picture.agents.keys().map(AgentName::as_str));
        let head = [piece(Token::Dim, " conversations      failures ")];
        let mut strips = vec![Strip::rule([piece(Token::Strong, "AI AGENTS")]).right(head)];
        strips.extend(picture.agents.values().map(|row| agent(row, name)));
        if picture.agents.is_empty() {
            strips.push(Strip::of([piece(Token::Dim, "  this floor has no agents")]));
        }
        strips.extend(passes(model));
        strips.extend(guards(model));
        strips.extend(candidates(model));
        let roomy = width >= ROOMY;
        let why = if roomy { fit(&Clean::fixed("why, set by"), WHY) } else { Clean::default() };
        let head = clean!(" chats  state        for  planned     {why}");
        let people = clean!("PEOPLE {} of {}", picture.header.people, picture.header.people_all);
        strips.push(Strip::rule([piece(Token::Strong, people)]).right([piece(Token::Dim, head)]));
        let name = longest(&mut picture.operators.keys().map(OperatorName::as_str));
        let marked = model.marked_person();
        let mut seen = 0;
        for row in picture.operators.values() {
            let here = Some(&row.name) == marked;
            if here {
                seen = strips.len();
            }
            let strip = person(model, row, name, roomy);
            strips.push(if here { strip.on(Token::Selected) } else { strip });
        }
        let height = usize::from(height);
        let top = (seen + 1).saturating_sub(height).min(strips.len().saturating_sub(height));
        Self { strips: strips.into_iter().skip(top).take(height).collect() }
    }
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

fn agent(row: &AgentRow, name: usize) -> Strip {
    let role = match (row.life, row.role) {
        (Life::Live, AgentRole::Triage) => piece(Token::Dim, " meets every customer"),
        (Life::Live, AgentRole::Specialist) => piece(Token::Dim, " specialist"),
        (Life::Live, AgentRole::Escalation) => piece(Token::Dim, " looks after those who wait"),
        (life, _) => piece(Token::Need, clean!(" {}", format!("{life:?}").to_lowercase())),
    };
    let gated = row.gated.then(|| piece(Token::Need, " · gated"));
    let (load, capacity) = (u64::from(row.load), u64::from(row.capacity));
    let failing = if row.failures > 0 { Token::Breach } else { Token::Dim };
    let mut pieces =
        vec![piece(Token::Agent, fit(&clean!("  {}", row.name), name)), piece(Token::Base, fit(&row.title, 26)), role];
    pieces.extend(gated);
    Strip::of(pieces).right([
        piece(Token::Agent, clean!(" {}", bar(load, capacity, 8))),
        piece(Token::Base, fit_right(&clean!("{load}/{capacity}"), 10)),
        piece(failing, clean!("{:>10} ", row.failures)),
    ])
}

/// What guardrails found, where they found something.
fn guards(model: &Model) -> Vec<Strip> {
    let agents = model.live.picture.agents.values().filter(|row| !row.caught.is_empty());
    let rows: Vec<Strip> = agents
        .map(|row| {
            let counts: Vec<String> =
                row.caught.iter().map(|(kind, times)| format!("{times} {}", kind.word())).collect();
            let name = piece(Token::Agent, fit(&clean!("  {}", row.name), NAME_MAX));
            Strip::of([name, piece(Token::Base, clean!("{}", counts.join(" · ")))])
        })
        .collect();
    if rows.is_empty() {
        return rows;
    }
    std::iter::once(Strip::rule([piece(Token::Strong, "GUARDRAILS")])).chain(rows).collect()
}

/// What is tried beside agents: how much it answers, and how its moves compare.
fn candidates(model: &Model) -> Vec<Strip> {
    let agents = model.live.picture.agents.values();
    let rows: Vec<Strip> =
        agents.filter_map(|row| row.candidate.as_ref().map(|candidate| tried(&row.name, candidate))).collect();
    if rows.is_empty() {
        return rows;
    }
    let head = [piece(Token::Dim, " answers   agrees   messages   no answer    cost  own cost    took  own took ")];
    std::iter::once(Strip::rule([piece(Token::Strong, "CANDIDATES")]).right(head)).chain(rows).collect()
}

fn tried(agent: &AgentName, row: &CandidateRow) -> Strip {
    let compared = &row.compared;
    let agrees = compared.percent().map_or_else(|| "-".to_owned(), |agrees| format!("{agrees} %"));
    let each = |sums: &Sums| {
        let took = sums.took.0.checked_div(compared.messages).unwrap_or(0);
        let cost = sums.cost.map_or_else(|| "-".to_owned(), |cost| cost.to_string());
        (cost, format!("{}.{} s", took / 1_000, took % 1_000 / 100))
    };
    let ((cost, took), (own_cost, own_took)) = (each(&compared.candidate), each(&compared.own));
    let failing = if compared.failed > 0 { Token::Need } else { Token::Dim };
    Strip::of([piece(Token::Agent, fit(&clean!("  {agent}"), 30))]).right([
        piece(Token::Base, clean!("{:>6} % {agrees:>8} {:>10} ", row.share.percent, compared.messages)),
        piece(failing, clean!("{:>11} ", compared.failed)),
        piece(Token::Base, clean!("{cost:>7} {own_cost:>9} {took:>7} {own_took:>9} ")),
    ])
}

/// `› ben     supervisor  billing returns        2/5  break      10 m  over 3 m   fire drill, by ana`.
fn person(model: &Model, row: &OperatorRow, name: usize, roomy: bool) -> Strip {
    let role = match row.role {
        Role::Observer => "observer",
        Role::Responder => "responder",
        Role::Supervisor => "supervisor",
        Role::Admin => "admin",
    };
    let mark = if Some(&row.name) == model.marked_person() { "›" } else { " " };
    let here = row.presence != Presence::Offline;
    let skills: Vec<&str> = row.skills.iter().map(SkillName::as_str).collect();
    let state = Clean::fixed(presence_word(row.presence));
    let token = match row.presence {
        Presence::Available if row.load >= row.capacity => Token::Need,
        Presence::Available => Token::Good,
        Presence::Offline
        | Presence::Busy
        | Presence::Break
        | Presence::Lunch
        | Presence::WrapUp
        | Presence::Draining => Token::Dim,
    };
    // The floor's clock begins long after 0: who has that was never here.
    let since = (row.since > Timestamp(0)).then(|| calm(model.floor_now().since(row.since)));
    let mut right = vec![
        piece(
            if here { Token::Base } else { Token::Dim },
            clean!(" {:>5}  ", format!("{}/{}", row.load, row.capacity)),
        ),
        piece(token, fit(&state, 10)),
        piece(Token::Dim, clean!("{:>6}  ", since.as_deref().unwrap_or("-"))),
        plan(model, row),
    ];
    if roomy {
        right.push(piece(Token::Dim, fit(&why(row), WHY)));
    }
    let skills = fit(&clean!("{}", skills.join(" ")), if roomy { 26 } else { 12 });
    Strip::of([
        piece(Token::Accent, clean!("{mark} ")),
        piece(if here { Token::Operator } else { Token::Dim }, fit(&Clean::from(&row.name), name - 2)),
        piece(Token::Base, fit(&Clean::fixed(role), 11)),
        piece(Token::Dim, skills),
    ])
    .right(right)
}

/// Until when it is planned, and by how much that has passed; for who is gone, when what they hold goes back.
fn plan(model: &Model, row: &OperatorRow) -> Piece {
    let now = model.floor_now();
    let (token, text) = match (row.away_until, row.until) {
        (Some(back), _) => (Token::Need, clean!("returns {}", left(now, back))),
        (None, Some(until)) if row.overrun || until < now => (Token::Breach, clean!("over {}", calm(now.since(until)))),
        (None, Some(until)) => (Token::Base, clean!("until {}", hours_minutes(until, &model.zone))),
        (None, None) => (Token::Dim, Clean::default()),
    };
    piece(token, fit(&text, PLAN))
}

fn why(row: &OperatorRow) -> Clean {
    let by = row.set_by.as_ref().map(|by| format!("by {by}"));
    let reason = row.reason.as_ref().map(|reason| reason.one_line().to_string());
    let alone =
        row.without.as_ref().filter(|_| row.presence == Presence::Available).and_then(|without| match without {
            WaitWithout::About(Millis(0)) => None,
            WaitWithout::About(wait) => Some(format!("without: wait {}", exact(*wait))),
            WaitWithout::Nobody => Some("nobody else is there".to_owned()),
        });
    let parts: Vec<String> = [reason, by, alone].into_iter().flatten().collect();
    clean!("{}", parts.join(", "))
}
