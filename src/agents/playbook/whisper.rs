//! What supervisors whisper, in the forms that a playbook agent obeys.

use super::run::Run;
use crate::domain::action::Next;
use crate::domain::escalation::Trigger;
use crate::domain::id::AgentName;
use crate::domain::text::Foreign;

/// An instruction of a supervisor.
#[derive(Debug, PartialEq, Eq)]
enum Order<'a> {
    Say(&'a str),
    Ask(&'a str),
    HandOff(AgentName),
    Escalate,
}

fn order(line: &str) -> Option<Order<'_>> {
    let line = line.trim();
    if line.eq_ignore_ascii_case("escalate") {
        return Some(Order::Escalate);
    }
    let (verb, rest) = line.split_once(':')?;
    let rest = rest.trim();
    if rest.is_empty() {
        return None;
    }
    match verb.trim().to_ascii_lowercase().as_str() {
        "say" => Some(Order::Say(rest)),
        "ask" => Some(Order::Ask(rest)),
        "handoff" | "hand-off" => rest.to_ascii_lowercase().parse().ok().map(Order::HandOff),
        _ => None,
    }
}

impl Run<'_> {
    /// Weaves the whispers in force into the move. A move that only calls a tool says nothing yet:
    /// they wait for its answer.
    pub(super) fn obey_whispers(&mut self) {
        if matches!(self.next, Some(Next::Call(_) | Next::Consult { .. } | Next::Confer(_))) && self.said.is_empty() {
            return;
        }
        let context = self.context;
        let mut first = 0;
        for order in context.whispers.iter().flat_map(|whisper| whisper.raw().lines()).filter_map(order) {
            match order {
                Order::Say(text) => {
                    self.ordered = true;
                    self.said.insert(first, text.to_owned());
                    first += 1;
                }
                Order::Ask(text) => {
                    self.ordered = true;
                    self.said.push(text.to_owned());
                }
                Order::HandOff(to) if self.book.desk(&to).is_some() && to != context.agent => {
                    self.give_way(first);
                    self.next = Some(Next::HandOff { to: Some(to), objective: None });
                }
                Order::HandOff(_) => {}
                Order::Escalate => {
                    self.give_way(first);
                    self.ask_human(Trigger::ByOperator);
                }
            }
        }
    }
}

impl Run<'_> {
    /// What the flow would have said and done is kept, and not done: a supervisor's word counts more.
    fn give_way(&mut self, first: usize) {
        let own: Vec<String> = self.said.drain(first.min(self.said.len())..).collect();
        let then = match &self.next {
            None | Some(Next::Wait) => String::new(),
            Some(Next::Call(call)) => format!("calls {}", call.tool),
            Some(Next::Consult { whom, .. }) => format!("asks {whom}"),
            Some(Next::Confer(board)) => format!("asks {}", board.named()),
            Some(Next::HandOff { to: Some(to), .. }) => format!("hands off to {to}"),
            Some(Next::HandOff { to: None, .. }) => "hands off to whoever fits".to_owned(),
            Some(Next::Escalate { .. }) => "calls for a human".to_owned(),
            Some(Next::Resolve { .. }) => "ends the conversation".to_owned(),
        };
        let words = super::words::join(&own);
        let gap = if words.is_empty() || then.is_empty() { "" } else { " > " };
        self.overruled.get_or_insert(Foreign::from(format!("{words}{gap}{then}")));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_documented_forms_are_orders() {
        assert_eq!(order("Say: we send a new one"), Some(Order::Say("we send a new one")));
        assert_eq!(order("ask: which colour?"), Some(Order::Ask("which colour?")));
        assert_eq!(order(" ESCALATE "), Some(Order::Escalate));
        assert_eq!(order("handoff: Billing"), Some(Order::HandOff("billing".parse().unwrap())));
        for other in ["offer 10 EUR voucher", "say:", "please escalate", "handoff: no such name!"] {
            assert_eq!(order(other), None, "{other}");
        }
    }
}
