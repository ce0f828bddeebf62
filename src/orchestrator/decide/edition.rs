//! Editions of the deployment: one for everybody, or another for a share of the conversations that begin.

use crate::domain::candidate::Share;
use crate::domain::deployment::Deployment;
use crate::domain::edition::{EDITIONS_BESIDE_MAX, shared_differences};
use crate::domain::event::{Event, FloorEvent};
use crate::domain::id::{AgentName, Digest};
use crate::domain::refusal::Refusal;
use crate::domain::supervision::Segment;
use crate::orchestrator::floor::Floor;

use super::reroute;

/// For everybody. A roll-out ends with it: what is in force now was decided on with that in view.
pub(super) fn adopt(floor: &Floor, deployment: &Deployment) -> Result<Vec<Event>, Refusal> {
    if deployment.agents.is_empty() {
        return Err(Refusal::NoDeployment);
    }
    if floor.deployment.as_deref() == Some(deployment) {
        return Ok(Vec::new());
    }
    let stays = |agent: &AgentName| deployment.agent(agent).is_some();
    let mut events: Vec<Event> = reroute::agents_left(floor, stays).collect();
    events.push(FloorEvent::Adopted { deployment: Box::new(deployment.clone()) }.into());
    Ok(events)
}

/// For a share of the conversations that begin from now on.
pub(super) fn roll_out(
    floor: &Floor,
    edition: Digest,
    deployment: &Deployment,
    share: &Share,
) -> Result<Vec<Event>, Refusal> {
    let now = floor.deployment.as_ref().ok_or(Refusal::NoDeployment)?;
    if share.percent > 100 {
        return Err(Refusal::TooMuch { what: "in a hundred".to_owned(), given: u64::from(share.percent), limit: 100 });
    }
    if share.percent == 0 || share.segment.as_ref().is_some_and(Segment::is_empty) {
        return Err(Refusal::Empty);
    }
    if **now == *deployment {
        return Err(Refusal::InForce);
    }
    let differing = shared_differences(now, deployment);
    if !differing.is_empty() {
        return Err(Refusal::Shared { what: differing.join(", ") });
    }
    match floor.editions.rolled_out() {
        Some((_, beside, open)) if beside.name == edition && open == share => return Ok(Vec::new()),
        Some((_, beside, open)) if beside.name != edition => {
            return Err(Refusal::RolledOut { percent: open.percent });
        }
        None if floor.editions.beside.len() >= EDITIONS_BESIDE_MAX => {
            let (given, limit) = (floor.editions.beside.len() as u64 + 1, EDITIONS_BESIDE_MAX as u64);
            let what = "editions beside the one in force, with live conversations on each".to_owned();
            return Err(Refusal::TooMuch { what, given, limit });
        }
        Some(_) | None => {}
    }
    Ok(vec![FloorEvent::RolledOut { edition, deployment: Box::new(deployment.clone()), share: share.clone() }.into()])
}

/// No new conversation begins on it any more.
pub(super) fn take_back(floor: &Floor) -> Result<Vec<Event>, Refusal> {
    let (_, beside, _) = floor.editions.rolled_out().ok_or(Refusal::NotRolledOut)?;
    Ok(vec![FloorEvent::TakenBack { edition: beside.name }.into()])
}
