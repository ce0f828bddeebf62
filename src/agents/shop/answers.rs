//! Practice tools of other trades: what they give stands in `shop.toml`, for one person or for everybody.

use std::collections::BTreeMap;

use super::{Counter, declined};
use crate::config::shop::Answer;
use crate::domain::id::SlotName;
use crate::domain::text::Foreign;
use crate::domain::tool::{ToolOutcome, ToolRefusal};

impl Counter<'_> {
    /// The first answer that fits: of the one who asks, then of everybody.
    pub(super) fn answer(&self) -> ToolOutcome {
        let own = self.person().into_iter().flat_map(|(person, _)| &person.answers);
        let fits = |answer: &&Answer| {
            answer.tool == self.call.tool && answer.when.iter().all(|(name, value)| self.is_given(name, value))
        };
        let Some(answer) = own.chain(&self.shop.file.answers).find(fits) else {
            return ToolOutcome::Refused(ToolRefusal::NotAllowed);
        };
        let again = self.person().is_some_and(|(_, changes)| changes.practised.contains(&self.call.tool));
        if again && !answer.once.is_empty() {
            return declined(self.filled(&answer.once));
        }
        if !answer.declines.is_empty() {
            return declined(self.filled(&answer.declines));
        }
        let given: BTreeMap<SlotName, Foreign> =
            answer.gives.iter().map(|(name, text)| (name.clone(), Foreign::from(self.filled(text)))).collect();
        ToolOutcome::Done(given)
    }

    fn is_given(&self, name: &SlotName, value: &str) -> bool {
        self.arg(name.as_str()).is_some_and(|given| given.eq_ignore_ascii_case(value))
    }

    /// A text with its gaps filled: `{number}`, `{day}` and `{day+3}`, `{name}`, `{sent-to}`, and what the tool
    /// was given by name. A gap that nothing fills stays as it is.
    fn filled(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            out.push_str(before);
            let Some((gap, after)) = after.split_once('}') else {
                out.push('{');
                rest = after;
                continue;
            };
            match self.gap(gap) {
                Some(value) => out.push_str(&value),
                None => out.extend(["{", gap, "}"]),
            }
            rest = after;
        }
        out.push_str(rest);
        out
    }

    fn gap(&self, gap: &str) -> Option<String> {
        if let Some(days) = gap.strip_prefix("day") {
            let days = if days.is_empty() { 0 } else { days.parse().ok()? };
            return Some(self.day(days));
        }
        let person = self.person().map(|(person, changes)| (person, changes.email.as_deref().unwrap_or(&person.email)));
        match gap {
            "number" => Some((5_000 + self.asking.call.0).to_string()),
            "name" => person.map(|(person, _)| person.name.clone()),
            "sent-to" => person.map(|(_, email)| super::masked(email)),
            argument => self.arg(argument).map(str::to_owned),
        }
    }
}
