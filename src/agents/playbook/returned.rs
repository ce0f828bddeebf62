//! A tool came back, or was not allowed.

use super::run::Run;
use crate::domain::action::Next;
use crate::domain::escalation::Trigger;
use crate::domain::id::SlotName;
use crate::domain::playbook::{Jump, StepAct};
use crate::domain::tool::{ToolCall, ToolOutcome, ToolRefusal};

impl Run<'_> {
    /// Goes on with what the tool said.
    pub(super) fn returned(&mut self, call: &ToolCall, outcome: &ToolOutcome) {
        let position = self.flow.current.clone();
        let flow = position.as_ref().and_then(|position| self.book.flow(&position.playbook)).cloned();
        let step = position.as_ref().zip(flow.as_ref()).and_then(|(position, flow)| flow.step(position.step));
        let Some(StepAct::Call { tool, keeps, clears, done, declined, failed, refused, .. }) =
            step.map(|step| &step.act)
        else {
            return self.choose();
        };
        if *tool != call.tool {
            return self.choose();
        }
        match outcome {
            ToolOutcome::Done(values) => {
                for (key, slot) in keeps {
                    let value = key.parse::<SlotName>().ok().and_then(|key| values.get(&key).cloned());
                    // What this call did not say must not be read from the one before.
                    self.note(slot, value.as_ref().map_or("", |value| value.raw()));
                }
                self.keeps.extend(clears.iter().cloned());
                self.progress();
                self.jump(*done);
            }
            ToolOutcome::Declined(reason) => {
                self.keep_reason(keeps, reason.raw());
                self.or_human(*declined, Trigger::Playbook);
            }
            ToolOutcome::Failed => {
                self.flow.misses = self.flow.misses.saturating_add(1);
                if failed.is_none() {
                    self.apology = true;
                    self.phrase(|phrases| &phrases.tool_failed);
                }
                self.or_escalate(*failed, Trigger::RepeatedFailure);
            }
            ToolOutcome::Unknown => {
                self.phrase(|phrases| &phrases.tool_unknown);
                self.or_escalate(None, Trigger::Playbook);
            }
            ToolOutcome::Refused(refusal) => {
                if *refusal == ToolRefusal::IdentityNeeded && self.prove_once() {
                    return;
                }
                self.keep_reason(keeps, word(*refusal));
                self.or_human(*refused, Trigger::Playbook);
            }
        }
    }

    fn keep_reason(&mut self, keeps: &[(String, SlotName)], reason: &str) {
        if let Some((_, slot)) = keeps.iter().find(|(key, _)| key == "reason") {
            self.note(slot, reason);
        }
    }

    /// Goes the flow's way, or says that it is not possible from here and asks for a human.
    fn or_human(&mut self, to: Option<Jump>, trigger: Trigger) {
        if to.is_none() {
            self.phrase(|phrases| &phrases.tool_refused);
        }
        self.or_escalate(to, trigger);
    }

    fn or_escalate(&mut self, to: Option<Jump>, trigger: Trigger) {
        if let Some(to) = to {
            return self.jump(to);
        }
        self.flow.current = None;
        self.next = Some(Next::Escalate { trigger });
    }

    /// Begins the identity flow, unless this very call was refused for that reason before.
    fn prove_once(&mut self) -> bool {
        let Some(position) = &mut self.flow.current else { return false };
        if position.tries > 0 {
            return false;
        }
        position.tries = 1;
        position.waiting = false;
        self.begin_identity()
    }
}

const fn word(refusal: ToolRefusal) -> &'static str {
    match refusal {
        ToolRefusal::NotAllowed => "not-allowed",
        ToolRefusal::IdentityNeeded => "identity",
        ToolRefusal::BadArguments => "arguments",
        ToolRefusal::Rejected => "rejected",
        ToolRefusal::Expired => "expired",
        ToolRefusal::OverLimit => "over-limit",
        ToolRefusal::Held => "held",
        ToolRefusal::OverCap => "over-cap",
        ToolRefusal::TooOften => "too-often",
    }
}
