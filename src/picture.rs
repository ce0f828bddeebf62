//! What one viewer may see of the floor: rows, transcripts, side panels, frames of a session.
//!
//! Does: computes order, reasons and due times, so that a console has nothing to work out; cleans
//! every foreign text on its way to a screen. Never: IO, clocks, state of its own, or a rule.

mod acts;
mod alike;
mod blocked;
mod briefs;
mod detail;
mod diff;
mod evidence;
mod incident;
mod likely;
mod line;
mod model;
mod need;
mod owed;
mod preview;
mod replies;
mod row;
mod session;
mod touched;
mod transcript;
mod whatif;

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::deployment::Deployment;
use crate::domain::id::{AgentName, ArticleName, CompositionId, ConversationId, OperatorName, ToolName};
use crate::domain::money::Money;
use crate::domain::operator::Role;
use crate::domain::text::{Clean, Foreign};
use crate::domain::time::Timestamp;
use crate::orchestrator::allow::Approver;
use crate::orchestrator::{Floor, allow};
use crate::protocol::console::Change;
use crate::protocol::row::WriterRow;
use crate::protocol::transcript::LeftDraft;

pub use acts::act;
pub use alike::{Corrected, alike, corrected, misread, repeated};
pub use blocked::blocked;
pub use briefs::briefs;
pub use detail::detail;
pub use incident::{incidents, is_folded, status};
pub use likely::likely;
pub use need::{late, need_in, needs};
pub use owed::promises;
pub use preview::preview;
pub use replies::{cited, replies};
pub use row::{agents, header, operators, queues, row};
pub use session::frames;
pub use touched::{Touched, touched};
pub use transcript::Transcript;
pub use whatif::what_if;

/// What stands where a text was erased.
pub const ERASED: &str = "(erased)";

/// Titles of articles, by name.
pub type Titles = BTreeMap<ArticleName, Foreign>;

/// What is going on around the floor and is no part of its state.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Room {
    /// Who looks at which conversation right now.
    pub watchers: BTreeMap<ConversationId, Vec<OperatorName>>,
    /// Who is writing in which conversation, and for whom.
    pub writers: BTreeMap<ConversationId, Vec<WriterRow>>,
    /// Whose customer is typing.
    pub typing: BTreeSet<ConversationId>,
    /// Unsent replies of people who went away.
    pub left: BTreeMap<ConversationId, LeftDraft>,
    /// What language models are writing; none of it is recorded before it is whole.
    pub growing: BTreeMap<ConversationId, Growing>,
}

/// A text that a language model is writing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Growing {
    /// For whom it writes.
    pub agent: AgentName,
    /// In which attempt.
    pub composition: CompositionId,
    /// The end of what there is so far.
    pub text: Foreign,
}

/// Through whose eyes, and when.
#[derive(Debug, Clone, Copy)]
pub struct Lens<'a> {
    /// Who looks.
    pub operator: &'a OperatorName,
    /// What they may do.
    pub role: Role,
    /// The floor's time now; it may be later than the newest entry.
    pub at: Timestamp,
    /// Who looks at what, and who is typing.
    pub room: &'a Room,
}

impl Lens<'_> {
    /// The viewer as somebody who may allow something.
    fn approver(&self, deployment: &Deployment) -> Approver<'_> {
        let own = deployment.operator(self.operator).and_then(|spec| spec.approval_limit);
        Approver { name: self.operator, role: self.role, own }
    }

    /// Up to which amount the viewer may allow what this tool does; nothing for who may not at all.
    fn limit(&self, deployment: &Deployment, tool: &ToolName) -> Option<Money> {
        let may = self.role >= Role::Supervisor;
        may.then(|| allow::limit(deployment, self.approver(deployment), tool))
    }
}

/// The whole floor as changes from nothing.
pub fn picture(floor: &Floor, lens: &Lens<'_>) -> Vec<Change> {
    let rows: Vec<_> = floor.conversations.keys().filter_map(|id| row(floor, *id, lens)).collect();
    let needs = needs(floor, lens).filter(|(_, _, theirs)| *theirs).count();
    let mut changes = roster(floor, lens.at);
    changes.push(Change::Header(Box::new(header(floor, lens.at, needs as u32))));
    changes.extend(rows.into_iter().map(|row| Change::Row(Box::new(row))));
    let resolved: BTreeSet<&ConversationId> = lens.room.watchers.keys().chain(&floor.owing).collect();
    let resolved = resolved.into_iter().filter(|id| floor.stubs.contains_key(id));
    changes.extend(resolved.filter_map(|id| row(floor, *id, lens)).map(|row| Change::Row(Box::new(row))));
    changes
}

/// Rows of agents, operators, queues and incidents; they are the same for everybody.
pub fn roster(floor: &Floor, at: Timestamp) -> Vec<Change> {
    let agents = agents(floor).into_iter().map(Change::Agent);
    let operators = operators(floor, at).into_iter().map(Change::Operator);
    let queues = queues(floor, at).into_iter().map(Change::Queue);
    let incidents = [Change::Incidents(incidents(floor, at)), Change::Status(status(floor))];
    agents.chain(operators).chain(queues).chain(incidents).collect()
}

/// What may be different for this viewer after the entries that touched `touched`.
pub fn changes(floor: &Floor, touched: &Touched, lens: &Lens<'_>) -> Vec<Change> {
    if touched.everything {
        return picture(floor, lens);
    }
    let mut changes = if touched.roster { roster(floor, lens.at) } else { Vec::new() };
    changes.extend(touched.conversations.iter().map(|id| conversation(floor, *id, lens)));
    if touched.header {
        let needs = needs(floor, lens).filter(|(_, _, theirs)| *theirs).count();
        changes.push(Change::Header(Box::new(header(floor, lens.at, needs as u32))));
    }
    changes
}

/// A conversation's row, or that it left the floor.
pub fn conversation(floor: &Floor, id: ConversationId, lens: &Lens<'_>) -> Change {
    row(floor, id, lens).map_or(Change::Gone(id), |row| Change::Row(Box::new(row)))
}

/// Cells of a customer's name: more than any column shows, and a row stays small.
const NAME_CELLS: usize = 60;

/// A customer's name on one line, or how it is called without one.
fn name_of(name: Option<&crate::domain::personal::Personal<Foreign>>, otherwise: &impl std::fmt::Display) -> Clean {
    let shown = name
        .map(|name| name.reveal().map_or_else(|| Clean::fixed(ERASED), |name| name.one_line().truncated(NAME_CELLS)));
    shown.filter(|name| !name.is_empty()).unwrap_or_else(|| Clean::shown(otherwise))
}

#[cfg(test)]
mod tests;
