//! The files of the presets, one line each: what stands here is in the binary.

/// The preset `support`.
pub(super) const SUPPORT: &[(&str, &str)] = &[
    ("baton.toml", include_str!("../presets/support/baton.toml")),
    ("policy.toml", include_str!("../presets/support/policy.toml")),
    ("shop.toml", include_str!("../presets/support/shop.toml")),
    ("tools.toml", include_str!("../presets/support/tools.toml")),
    ("agents/billing.toml", include_str!("../presets/support/agents/billing.toml")),
    ("agents/escalation.toml", include_str!("../presets/support/agents/escalation.toml")),
    ("agents/sales.toml", include_str!("../presets/support/agents/sales.toml")),
    ("agents/technical.toml", include_str!("../presets/support/agents/technical.toml")),
    ("agents/triage.toml", include_str!("../presets/support/agents/triage.toml")),
];
