//! JSON schemas of the files, for editors.

use super::article::FrontMatter;
use super::files::{AgentFile, BatonFile, OperatorsFile, PlaybookFile, RehearsalFile, RepliesFile, ToolsFile};
use super::phrases::PhrasesFile;
use super::shop::ShopFile;
use crate::domain::policy::Policy;

/// The kinds of files that have a schema, by the name under which it is asked for.
pub const KINDS: [&str; 11] = [
    "baton",
    "operators",
    "agent",
    "playbook",
    "policy",
    "tools",
    "shop",
    "phrases",
    "replies",
    "rehearsal",
    "article",
];

/// The schema of that kind of file; none for an unknown kind.
pub fn schema(kind: &str) -> Option<schemars::Schema> {
    Some(match kind {
        "baton" => schemars::schema_for!(BatonFile),
        "operators" => schemars::schema_for!(OperatorsFile),
        "agent" => schemars::schema_for!(AgentFile),
        "playbook" => schemars::schema_for!(PlaybookFile),
        "policy" => schemars::schema_for!(Policy),
        "tools" => schemars::schema_for!(ToolsFile),
        "shop" => schemars::schema_for!(ShopFile),
        "phrases" => schemars::schema_for!(PhrasesFile),
        "replies" => schemars::schema_for!(RepliesFile),
        "rehearsal" => schemars::schema_for!(RehearsalFile),
        "article" => schemars::schema_for!(FrontMatter),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_schema_that_names_its_keys() {
        assert!(KINDS.iter().all(|kind| schema(kind).is_some()));
        let playbook = serde_json::to_string(&schema("playbook")).unwrap();
        assert!(playbook.contains("\"hand-off\"") && playbook.contains("\"order-number\""), "{playbook}");
    }
}
