//! A part of the floor, as a rule names it on the command line.

use crate::domain::customer::Tier;
use crate::domain::id::ChannelName;
use crate::domain::supervision::Segment;

/// Whose conversations a rule is about; all, where nothing is said
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Part {
    /// Whose conversations the rule is about: standard, gold or vip
    #[arg(long, value_name = "TIER", requires = "rule_for", value_parser = tier)]
    tier: Option<Tier>,
    /// By which channel they come
    #[arg(long, value_name = "CHANNEL", requires = "rule_for")]
    channel: Option<ChannelName>,
}

impl Part {
    /// The part that was named, if one was.
    pub(super) fn segment(&self) -> Option<Segment> {
        Some(Segment { tier: self.tier, channel: self.channel.clone() }).filter(|part| !part.is_empty())
    }
}

/// A tier as it is typed.
pub(super) fn tier(text: &str) -> Result<Tier, String> {
    let known = serde_json::from_value(serde_json::Value::String(text.to_owned()));
    known.map_err(|_| "a tier is standard, gold or vip".to_owned())
}
