//! Incidents as rows, and which conversations stand behind them.

use crate::domain::customer::Tier;
use crate::domain::escalation::Trigger;
use crate::domain::id::IncidentId;
use crate::domain::score::Score;
use crate::domain::text::Clean;
use crate::domain::time::Timestamp;
use crate::orchestrator::Floor;
use crate::orchestrator::conversation::Conversation;
use crate::orchestrator::incidents::{Incident, Proposal};
use crate::protocol::incident::{IncidentRow, IncidentStage, RunningRow, StatusRow};
use crate::protocol::row::NeedReason;

use super::need;

/// The incidents of the floor: what goes on first, then what is proposed, then what is over.
pub fn incidents(floor: &Floor, at: Timestamp) -> Vec<IncidentRow> {
    let mut rows: Vec<IncidentRow> = floor.incidents.open.iter().map(|(id, one)| open(floor, *id, one, at)).collect();
    rows.extend(floor.incidents.proposed.iter().map(|(id, proposal)| proposed(*id, proposal)));
    rows.sort_by_key(|row| {
        let place = match row.stage {
            IncidentStage::Open { .. } => 0,
            IncidentStage::Proposed(_) => 1,
            IncidentStage::Cleared { .. } => 2,
        };
        (place, row.incident)
    });
    rows
}

fn open(floor: &Floor, id: IncidentId, incident: &Incident, at: Timestamp) -> IncidentRow {
    let lead = incident.lead.clone();
    let stage = match incident.kept_until {
        None => IncidentStage::Open { lead },
        Some(until) => IncidentStage::Cleared { lead, until },
    };
    let mut row = blank(id, incident.title.one_line(), incident.since, incident.cause.clone(), stage);
    row.members = incident.members.len() as u32;
    row.told = incident.told.len() as u32;
    row.running = incident.broadcast.as_ref().map(|running| RunningRow {
        broadcast: running.number,
        kind: running.kind,
        told: running.told,
        left: running.waiting.len() as u32,
    });
    for c in incident.members.iter().filter_map(|id| floor.conversation(*id)) {
        let reason = need::of_anybody(c, at);
        if !is_folded(floor, c, reason.as_ref()) {
            continue;
        }
        row.folded += 1;
        row.oldest = row.oldest.into_iter().chain(c.waiting_since).min();
        row.due = row.due.into_iter().chain(need::due(c)).min();
        if let Some(reason) = reason {
            row.needs += 1;
            row.harm = row.harm.max(need::harm(floor, c, &reason, at));
        }
    }
    row
}

fn proposed(id: IncidentId, proposal: &Proposal) -> IncidentRow {
    let (title, cause) = (Clean::shown(&proposal.cause), proposal.cause.clone());
    blank(id, title, proposal.since, cause, IncidentStage::Proposed(proposal.evidence))
}

fn blank(
    incident: IncidentId,
    title: Clean,
    since: Timestamp,
    cause: crate::domain::incident::IncidentCause,
    stage: IncidentStage,
) -> IncidentRow {
    let (members, folded, needs, harm) = (0, 0, 0, Score::ZERO);
    let (oldest, due, told, running) = (None, None, 0, None);
    IncidentRow { incident, title, cause, stage, since, members, folded, needs, harm, oldest, due, told, running }
}

/// What the house says of its parts.
pub fn status(floor: &Floor) -> Vec<StatusRow> {
    let rows = floor.incidents.status.values().map(|line| StatusRow {
        component: line.component.clone(),
        state: line.state,
        text: line.text.clean(),
        by: line.by.clone(),
        since: line.since,
        incident: line.incident,
    });
    rows.collect()
}

/// Whether a conversation stands behind the row of its incident: it is in one that goes on, whatever it
/// needs comes of the cause, and nobody has it in hand. A VIP stands on their own.
pub fn is_folded(floor: &Floor, c: &Conversation, why: Option<&NeedReason>) -> bool {
    let in_hand = c.baton.holder.operator().is_some() || c.barge.is_some();
    let own = in_hand || c.tier == Tier::Vip || floor.incidents.of(c).is_none();
    !own && why.is_none_or(comes_of_cause)
}

/// Whether a need may come of the common cause; what a person or the law asks for never does.
const fn comes_of_cause(why: &NeedReason) -> bool {
    match why {
        NeedReason::Failing | NeedReason::Overdue => true,
        NeedReason::Escalated { trigger, .. } => match trigger {
            Trigger::RepeatedFailure | Trigger::Playbook | Trigger::ByAgent | Trigger::NoAgent => true,
            Trigger::AskedForHuman
            | Trigger::MoodFalling
            | Trigger::Safety
            | Trigger::ByOperator
            | Trigger::LeftAlone
            | Trigger::Guarded
            | Trigger::Policy
            | Trigger::Held => false,
        },
        NeedReason::OfferedToYou { .. }
        | NeedReason::AskedFor { .. }
        | NeedReason::LeftAlone { .. }
        | NeedReason::Approval { .. }
        | NeedReason::Draft { .. }
        | NeedReason::WrapUp { .. }
        | NeedReason::Promise { .. }
        | NeedReason::Watched { .. } => false,
    }
}
