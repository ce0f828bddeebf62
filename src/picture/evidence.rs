//! Approvals as evidence: what would be done, what speaks for it, what the rules say, and what stops whom.

use crate::domain::deployment::Deployment;
use crate::domain::id::{ApprovalId, SlotName, ToolName};
use crate::domain::money::Money;
use crate::domain::text::{Clean, Foreign};
use crate::domain::tool::ToolOutcome;
use crate::orchestrator::conversation::{Approval, Conversation, ToolResult};
use crate::orchestrator::floor::Paid;
use crate::orchestrator::{Floor, allow};
use crate::protocol::transcript::{ApprovalCard, Evidence, PastPayment};

use super::{Lens, line, transcript};

/// The approvals of a conversation that wait.
pub(super) fn cards(floor: &Floor, c: &Conversation, lens: &Lens<'_>) -> Vec<ApprovalCard> {
    let Some(deployment) = &floor.deployment else { return Vec::new() };
    c.approvals.iter().map(|(id, approval)| card(floor, deployment, c, (*id, approval), lens)).collect()
}

fn card(
    floor: &Floor,
    deployment: &Deployment,
    c: &Conversation,
    (id, approval): (ApprovalId, &Approval),
    lens: &Lens<'_>,
) -> ApprovalCard {
    let waiting = approval.waiting.as_ref();
    let args = waiting.ask.reveal().map(|ask| ask.args.iter());
    let spec = deployment.tool(&approval.tool);
    let paid = floor.customers.get(&c.customer).map(|known| known.paid.iter()).into_iter().flatten();
    ApprovalCard {
        approval: id,
        agent: approval.agent.clone(),
        tool: approval.tool.clone(),
        title: title(deployment, &approval.tool),
        args: args.into_iter().flatten().map(|pair| named(deployment, &approval.tool, pair)).collect(),
        amount: waiting.amount,
        agent_limit: waiting.agent_limit,
        your_limit: lens.limit(deployment, &approval.tool),
        typed: waiting.amount.is_some_and(|amount| amount.exceeds(deployment.policy.approvals.typed_above)),
        reversible: spec.is_some_and(|spec| spec.reversible || !spec.side_effect),
        evidence: c.results.iter().map(|result| evidence(deployment, result)).collect(),
        past: paid.map(past).collect(),
        policy: policy(floor, deployment, c, approval, lens),
        obstacle: obstacle(floor, deployment, c, approval, lens),
        endorsed: approval.endorsed.clone(),
        draft: waiting.draft.as_ref().and_then(|draft| draft.words.reveal()).map(|words| words.text.clean()),
        expires: approval.expires,
        unanswered: Clean::fixed("it is not done, and the agent tells the customer so"),
        subject: c.subject_of(approval).unwrap_or_default(),
    }
}

fn title(deployment: &Deployment, tool: &ToolName) -> Clean {
    deployment.tool(tool).map_or_else(|| Clean::from(tool), |spec| Clean::shown(&spec.title()))
}

fn named(deployment: &Deployment, tool: &ToolName, (slot, value): (&SlotName, &Foreign)) -> (Clean, Clean) {
    let name = deployment.tool(tool).map_or_else(|| Clean::from(slot), |spec| Clean::shown(&spec.name_of(slot)));
    (name, value.one_line())
}

fn evidence(deployment: &Deployment, result: &ToolResult) -> Evidence {
    let facts = match result.outcome.reveal() {
        Some(ToolOutcome::Done(values)) => values.iter().map(|pair| named(deployment, &result.tool, pair)).collect(),
        Some(ToolOutcome::Declined(_) | ToolOutcome::Failed | ToolOutcome::Unknown | ToolOutcome::Refused(_))
        | None => Vec::new(),
    };
    Evidence {
        call: result.call,
        tool: result.tool.clone(),
        title: title(deployment, &result.tool),
        at: result.at,
        state: transcript::tool_state(result.end),
        facts,
        line: line::outcome(&result.outcome),
    }
}

fn past(paid: &Paid) -> PastPayment {
    PastPayment { at: paid.at, tool: paid.tool.clone(), call: paid.call, amount: paid.amount }
}

/// The rules that apply to this call, a sentence each.
fn policy(
    floor: &Floor,
    deployment: &Deployment,
    c: &Conversation,
    approval: &Approval,
    lens: &Lens<'_>,
) -> Vec<Clean> {
    let (agent, tool) = (&approval.agent, &approval.tool);
    let mut lines = Vec::new();
    match approval.waiting.agent_limit {
        Some(limit) => lines.push(Clean::shown(&format_args!("{agent} may do this by itself up to {limit}"))),
        None => lines.push(Clean::shown(&format_args!("{agent} always asks a person for this"))),
    }
    if let Some(limit) = lens.limit(deployment, tool) {
        lines.push(Clean::shown(&format_args!("you may allow it up to {limit}")));
    }
    if let Some(limit) = allow::pair_limit(deployment, tool) {
        lines.push(Clean::shown(&format_args!("above {limit} two different people have to say yes")));
    }
    let daily = &deployment.policy.approvals.daily;
    let by_tool = deployment.tool(tool).and_then(|spec| spec.daily_cap).or(daily.tool);
    let spent = &floor.spending;
    let say = |whose: &str, cap: Option<Money>, paid: &dyn Fn(Money) -> Money| {
        cap.map(|cap| Clean::shown(&format_args!("today {} of {cap} {whose}", paid(cap))))
    };
    lines.extend(say("by this agent", daily.agent, &|cap| spent.by_agent(agent, cap.currency, lens.at)));
    lines.extend(say("to this customer", daily.customer, &|cap| spent.to_customer(c.customer, cap.currency, lens.at)));
    lines.extend(say("by this tool", by_tool, &|cap| spent.by_tool(tool, cap.currency, lens.at)));
    lines
}

/// What the rules would answer this viewer's yes with.
fn obstacle(
    floor: &Floor,
    deployment: &Deployment,
    c: &Conversation,
    approval: &Approval,
    lens: &Lens<'_>,
) -> Option<Clean> {
    let amount = approval.waiting.amount;
    let may = allow::may_allow(deployment, lens.approver(deployment), approval, amount);
    let (agent, customer, tool) = (&approval.agent, c.customer, &approval.tool);
    let within = amount.map_or(Ok(()), |amount| {
        let proposed = allow::Proposed { agent, customer, tool, amount };
        allow::within_caps(floor, deployment, proposed, lens.at)
    });
    let refusal = may.and(within).and(allow::not_twice(lens.operator, approval)).err()?;
    Some(Clean::shown(&refusal))
}
