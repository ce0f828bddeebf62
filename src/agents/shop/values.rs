//! What a tool gives back: named texts.

use std::collections::BTreeMap;

use crate::domain::id::SlotName;
use crate::domain::text::Foreign;
use crate::domain::tool::ToolOutcome;

/// Values on their way out.
#[derive(Debug, Default)]
pub(super) struct Given(BTreeMap<SlotName, Foreign>);

impl Given {
    /// With one more value. Keys are fixed words of this folder and always names.
    pub(super) fn with(mut self, key: &'static str, value: impl Into<String>) -> Self {
        if let Ok(key) = key.parse() {
            self.0.insert(key, Foreign::from(value.into()));
        }
        self
    }

    /// With a yes or a no.
    pub(super) fn with_flag(self, key: &'static str, value: bool) -> Self {
        self.with(key, if value { "yes" } else { "no" })
    }

    /// The outcome that gives them.
    pub(super) fn done(self) -> ToolOutcome {
        ToolOutcome::Done(self.0)
    }
}

/// Values of a recorded outcome.
#[derive(Debug, Clone, Copy)]
pub(super) struct Values<'a>(&'a BTreeMap<SlotName, Foreign>);

impl<'a> Values<'a> {
    /// Reads what was given.
    pub(super) const fn read(given: &'a BTreeMap<SlotName, Foreign>) -> Self {
        Self(given)
    }

    /// A value; nothing is an empty text.
    pub(super) fn get(self, key: &str) -> &'a str {
        self.0.get(key).map_or("", |value| value.raw())
    }
}
