//! Editions of a deployment: one is in force, and another may be rolled out to a share of new conversations.
//!
//! What can differ from conversation to conversation may be rolled out. What is shared by all of them cannot:
//! an operator has one number of seats and a house is open at one time, whatever edition a conversation is on.
//! Such a difference is refused by name and never put in force for everybody in silence, because whoever asks
//! for a tenth does not expect the other nine to change.

use super::agent::AgentSpec;
use super::deployment::Deployment;
use super::policy::{EscalationPolicy, Policy};

/// Editions beside the one in force whose conversations are still live. Each keeps its agents, articles and
/// triage in memory, a few megabytes; nobody compares more at a time.
pub const EDITIONS_BESIDE_MAX: usize = 4;

/// Files that hold for the whole floor although they are no part of what the rules read.
const SHARED_FILES: [(&str, &str); 2] = [
    ("tools.toml", "tools.toml (limits of tools are counted over the floor, and its servers are shared)"),
    ("replies.toml", "replies.toml (people write with it in every conversation)"),
];

/// What of `other` differs from `now` and cannot differ from conversation to conversation, in the words of the
/// files; nothing when `other` can be rolled out to a share.
pub fn shared_differences(now: &Deployment, other: &Deployment) -> Vec<String> {
    let mut found = Vec::new();
    let mut differs = |same: bool, what: &str| {
        if !same {
            found.push(what.to_owned());
        }
    };
    differs(now.name == other.name, "baton.toml: name");
    differs(now.operators == other.operators, "operators");
    differs(now.queues == other.queues, "baton.toml: queues");
    differs(now.scans == other.scans, "baton.toml: scan");
    differs(now.translation == other.translation, "baton.toml: translation");
    for (file, what) in SHARED_FILES {
        differs(now.artifacts.get(file) == other.artifacts.get(file), what);
    }
    differs(now.tools == other.tools || now.artifacts.get("tools.toml") != other.artifacts.get("tools.toml"), "tools");
    policy(&now.policy, &other.policy, &mut differs);
    roster(&now.agents, &other.agents, &mut found);
    found
}

fn policy(now: &Policy, other: &Policy, differs: &mut impl FnMut(bool, &str)) {
    // Taken apart in full, so that a new part does not compile until somebody has said where it belongs.
    let Policy {
        routing: _,
        escalation: EscalationPolicy { budget, .. },
        clocks,
        hours,
        queue,
        approvals,
        gates,
        holds,
        whispers,
        promises: _,
        wrap_up,
        incidents,
        models,
        learning,
        guard: _,
        conflict: _,
        data,
        files,
    } = now;
    differs(*budget == other.escalation.budget, "policy.toml: escalation.budget");
    differs(*clocks == other.clocks, "policy.toml: clocks");
    differs(*hours == other.hours, "policy.toml: hours");
    differs(*queue == other.queue, "policy.toml: queue");
    differs(*approvals == other.approvals, "policy.toml: approvals");
    differs(*gates == other.gates, "policy.toml: gates");
    differs(*holds == other.holds, "policy.toml: holds");
    differs(*whispers == other.whispers, "policy.toml: whispers");
    differs(*wrap_up == other.wrap_up, "policy.toml: wrap-up");
    differs(*incidents == other.incidents, "policy.toml: incidents");
    differs(*models == other.models, "policy.toml: models");
    differs(*learning == other.learning, "policy.toml: learning");
    differs(data.past == other.data.past, "policy.toml: data.past");
    differs(*files == other.files, "policy.toml: files");
}

/// The same agents with the same seats; what they say, know and may do is their edition's.
fn roster(now: &[AgentSpec], other: &[AgentSpec], found: &mut Vec<String>) {
    for agent in now {
        let Some(same) = other.iter().find(|spec| spec.name == agent.name) else {
            found.push(format!("{} has left", agent.name));
            continue;
        };
        let parts = [
            (agent.capacity == same.capacity, "capacity"),
            (agent.life == same.life, "life"),
            (agent.queue == same.queue, "queue"),
            (agent.role == same.role, "role"),
            (agent.model_budget == same.model_budget, "model-budget"),
            (agent.candidate == same.candidate, "candidate"),
        ];
        let differing = parts.into_iter().filter(|(same, _)| !same);
        found.extend(differing.map(|(_, part)| format!("{}: {part}", agent.name)));
    }
    let new = other.iter().filter(|spec| !now.iter().any(|agent| agent.name == spec.name));
    found.extend(new.map(|spec| format!("{} is new", spec.name)));
}
