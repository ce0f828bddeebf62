//! What a person may allow: by role and tool, once or with a second person, nothing they caused themselves,
//! and never more than the day's money.

use crate::domain::approval::WaitingCall;
use crate::domain::deployment::Deployment;
use crate::domain::id::{AgentName, CustomerId, OperatorName, ToolName};
use crate::domain::money::Money;
use crate::domain::operator::{OperatorSpec, Role};
use crate::domain::refusal::Refusal;
use crate::domain::time::Timestamp;
use crate::orchestrator::conversation::Approval;
use crate::orchestrator::floor::Floor;

/// Who would allow something.
#[derive(Debug, Clone, Copy)]
pub struct Approver<'a> {
    /// Their name.
    pub name: &'a OperatorName,
    /// What they may do.
    pub role: Role,
    /// Their own limit, if they have one.
    pub own: Option<Money>,
}

impl<'a> From<&'a OperatorSpec> for Approver<'a> {
    fn from(spec: &'a OperatorSpec) -> Self {
        Self { name: &spec.name, role: spec.role, own: spec.approval_limit }
    }
}

/// A payment that would be made.
#[derive(Debug, Clone, Copy)]
pub struct Proposed<'a> {
    /// By which agent.
    pub agent: &'a AgentName,
    /// To whom.
    pub customer: CustomerId,
    /// By which tool.
    pub tool: &'a ToolName,
    /// How much.
    pub amount: Money,
}

/// Up to where this person may allow what this tool does: their own limit or that of their role, and the
/// tool's limit for their role where it has one.
pub fn limit(deployment: &Deployment, approver: Approver<'_>, tool: &ToolName) -> Money {
    let policy = &deployment.policy.approvals;
    let by_role = match approver.role {
        Role::Observer | Role::Responder => Money::eur(0),
        Role::Supervisor => policy.supervisor_limit,
        Role::Admin => policy.admin_limit,
    };
    let general = approver.own.unwrap_or(by_role);
    let by_tool = deployment.tool(tool).and_then(|spec| spec.approve_limit.get(&approver.role)).copied();
    match by_tool {
        Some(limit) if general.exceeds(limit) => limit,
        Some(_) | None => general,
    }
}

/// From where on two different people have to say yes, if that holds for this tool at all.
pub fn pair_limit(deployment: &Deployment, tool: &ToolName) -> Option<Money> {
    let own = deployment.tool(tool).and_then(|spec| spec.two_people_above);
    own.or(deployment.policy.approvals.two_people_above)
}

/// Refuses what is more than the day's money of the agent, the customer or the tool.
pub fn within_caps(
    floor: &Floor,
    deployment: &Deployment,
    proposed: Proposed<'_>,
    at: Timestamp,
) -> Result<(), Refusal> {
    let Proposed { agent, customer, tool, amount } = proposed;
    let daily = &deployment.policy.approvals.daily;
    let by_tool = deployment.tool(tool).and_then(|spec| spec.daily_cap).or(daily.tool);
    let spent = &floor.spending;
    let caps = [
        daily.agent.map(|cap| (cap, spent.by_agent(agent, cap.currency, at), format!("by {agent}"))),
        daily.customer.map(|cap| (cap, spent.to_customer(customer, cap.currency, at), "to this customer".to_owned())),
        by_tool.map(|cap| (cap, spent.by_tool(tool, cap.currency, at), format!("by {tool}"))),
    ];
    for (cap, spent, whose) in caps.into_iter().flatten() {
        let left = Money { minor: cap.minor.saturating_sub(spent.minor), ..cap };
        if amount.exceeds(left) {
            return Err(Refusal::OverDailyCap { whose, cap, left });
        }
    }
    Ok(())
}

/// Refuses the second yes of the person who said the first.
pub fn not_twice(name: &OperatorName, asked: &Approval) -> Result<(), Refusal> {
    match asked.endorsed.as_ref().filter(|by| *by == name) {
        Some(by) => Err(Refusal::SecondPersonNeeded { by: by.clone() }),
        None => Ok(()),
    }
}

/// What stops this person from allowing `amount` of what waits.
pub fn may_allow(
    deployment: &Deployment,
    approver: Approver<'_>,
    asked: &Approval,
    amount: Option<Money>,
) -> Result<(), Refusal> {
    let WaitingCall { whispered, .. } = asked.waiting.as_ref();
    if approver.role < Role::Supervisor {
        return Err(Refusal::RoleNeeded { need: Role::Supervisor, have: approver.role });
    }
    if whispered.contains(approver.name) {
        return Err(Refusal::CausedByWhisper);
    }
    let limit = limit(deployment, approver, &asked.tool);
    match amount {
        Some(amount) if amount.exceeds(limit) => Err(Refusal::OverLimit { limit }),
        Some(_) | None => Ok(()),
    }
}
