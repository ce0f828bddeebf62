//! When conversations are taken to share a cause.

use serde::{Deserialize, Serialize};

use crate::domain::time::Millis;

/// When an incident is proposed, and how it is led.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct IncidentPolicy {
    /// A tool that failed in so many conversations within `tool-window-ms`: one may be a bad number, two chance.
    pub tool_conversations: u32,
    /// In ms.
    pub tool_window_ms: Millis,
    /// At least so many conversations about one matter within `intent-window-ms`, whatever is usual.
    pub intent_conversations: u32,
    /// In ms; what is usual is counted in windows of the same length.
    pub intent_window_ms: Millis,
    /// And so many times as many as usual: what doubles by chance is no incident.
    pub intent_factor: u32,
    /// Windows after a floor's first conversation in which nothing is known to be usual.
    pub intent_warm_windows: u32,
    /// So long after a dismissal the same cause is not proposed again, in ms.
    pub quiet_ms: Millis,
    /// So many conversations a minute are told of an incident: slow enough to be stopped, and for the answers.
    pub messages_per_minute: u32,
    /// So long after it was cleared an incident can still be told about, in ms.
    pub keep_ms: Millis,
}

impl IncidentPolicy {
    /// The pause between two messages.
    pub fn pause(&self) -> Millis {
        Millis(60_000_u64.div_ceil(u64::from(self.messages_per_minute.max(1))))
    }
}

impl Default for IncidentPolicy {
    fn default() -> Self {
        Self {
            tool_conversations: 3,
            tool_window_ms: Millis::from_mins(10),
            intent_conversations: 6,
            intent_window_ms: Millis::from_mins(15),
            intent_factor: 3,
            intent_warm_windows: 3,
            quiet_ms: Millis::from_hours(1),
            messages_per_minute: 60,
            keep_ms: Millis::from_hours(24),
        }
    }
}
