//! Several specialists who were asked at once, as people are shown it.

use serde::{Deserialize, Serialize};

use super::transcript::ConsultFate;
use crate::domain::id::{AgentName, Position};
use crate::domain::model::Cost;
use crate::domain::panel::{Decision, LeftOut, Ruling};
use crate::domain::score::Score;
use crate::domain::text::Clean;

/// One who was asked, or was not, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Voice {
    /// Who.
    pub agent: AgentName,
    /// Whether it was asked to judge between the others.
    pub judges: bool,
    /// What came of it.
    pub fate: ConsultFate,
    /// For what it is.
    pub position: Option<Position>,
    /// How sure it is, 0 to 1.
    pub confidence: Score,
    /// What it said, and where that stands.
    pub answer: Option<Clean>,
    /// What its models cost.
    pub cost: Option<Cost>,
}

impl Voice {
    /// On one line: for what, how sure, and why; or why there is nothing.
    pub fn words(&self) -> Clean {
        let role = if self.judges { " (judge)" } else { "" };
        let agent = &self.agent;
        let answer = self.answer.as_ref().map(Clean::one_line).unwrap_or_default();
        let late = if self.fate == ConsultFate::Stale { ", too late" } else { "" };
        let cost = self.cost.map(|cost| format!(", {cost}")).unwrap_or_default();
        match (self.fate, &self.position) {
            (ConsultFate::Waits | ConsultFate::None(_), _) => {
                Clean::shown(&format_args!("{agent}{role}: {}", self.fate.words()))
            }
            (ConsultFate::Answered | ConsultFate::Stale, Some(position)) => {
                let sure = self.confidence.0 / 100;
                Clean::shown(&format_args!("{agent}{role}: {position}, {sure} % sure{late}{cost}: {answer}"))
            }
            (ConsultFate::Answered, None) => {
                Clean::shown(&format_args!("{agent}{role}: takes no side{cost}: {answer}"))
            }
            // Once the round is over nothing says which sides there were.
            (ConsultFate::Stale, None) => Clean::shown(&format_args!("{agent}{role}: too late{cost}: {answer}")),
        }
    }
}

/// How it was settled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// How.
    pub decision: Decision,
    /// The judge's reason.
    pub reason: Option<Clean>,
}

impl Verdict {
    /// On one line: what counts, whose word that is and why, who lost, and who was not heard.
    pub fn words(&self) -> Clean {
        let Decision { position, ruling, won, with, lost, open: _, left_out } = &self.decision;
        let mut said = match (position, won) {
            (Some(position), Some(won)) => {
                format!("{position} counts, as {won} says{}: {}", list(", with ", with), ruling.words())
            }
            (Some(_), None) | (None, _) => ruling.words(),
        };
        if let Some(reason) = &self.reason {
            said.push_str(" (");
            said.push_str(reason.one_line().as_str());
            said.push(')');
        }
        said.push_str(&list("; not followed: ", lost));
        // Who waits in vain is told by its own line while it lasts; a settled panel names everybody.
        if !left_out.is_empty() && *ruling != Ruling::Overtaken {
            let left: Vec<String> = left_out.iter().map(LeftOut::words).collect();
            said.push_str("; not heard: ");
            said.push_str(&left.join(", "));
        }
        Clean::shown(&said)
    }
}

fn list(before: &str, names: &[AgentName]) -> String {
    if names.is_empty() {
        return String::new();
    }
    let names: Vec<&str> = names.iter().map(AgentName::as_str).collect();
    format!("{before}{}", names.join(", "))
}
