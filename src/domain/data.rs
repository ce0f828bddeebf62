//! Classes of what is known of customers, and who may read which.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::id::SlotName;

/// What a fact, an argument or a result of a tool is about.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum DataClass {
    /// Anything else.
    #[default]
    General,
    /// How somebody is reached, and where they live.
    Contact,
    /// Cards, accounts, charges.
    Payment,
    /// Illness, treatment, insurance of health.
    Health,
}

impl DataClass {
    /// Its name, as files spell it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::General => "general",
            Self::Contact => "contact",
            Self::Payment => "payment",
            Self::Health => "health",
        }
    }

    /// The class of a fact by its name, where a deployment says nothing of it.
    pub fn by_name(slot: &SlotName) -> Self {
        const CONTACT: &[&str] = &["email", "phone", "address", "postcode", "street", "mobile"];
        const PAYMENT: &[&str] = &["card", "iban", "account-number", "bank", "bic", "charge"];
        const HEALTH: &[&str] = &["diagnosis", "medication", "symptom", "insurance-number", "allergy", "treatment"];
        let name = slot.as_str();
        let holds = |words: &[&str]| words.iter().any(|word| name.contains(word));
        match (holds(HEALTH), holds(PAYMENT), holds(CONTACT)) {
            (true, ..) => Self::Health,
            (false, true, _) => Self::Payment,
            (false, false, true) => Self::Contact,
            (false, false, false) => Self::General,
        }
    }
}

/// `policy.toml [data]`: what deployments call their facts.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct DataPolicy {
    /// The class of a fact, an argument or a result by its name; others are told by their names.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub classes: BTreeMap<SlotName, DataClass>,
    /// Who is shown what conversations that are over came to, in others and in the same customer's next ones.
    #[serde(skip_serializing_if = "PastUse::is_default")]
    pub past: PastUse,
}

/// Who is shown what conversations that are over came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PastUse {
    /// People and agents.
    #[default]
    Agents,
    /// People alone.
    People,
    /// Nobody: what was said to one customer stays in that conversation.
    Nobody,
}

impl PastUse {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks with a reference")]
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

impl DataPolicy {
    /// The class of a fact.
    pub fn class(&self, slot: &SlotName) -> DataClass {
        self.classes.get(slot).copied().unwrap_or_else(|| DataClass::by_name(slot))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_tells_the_class_unless_the_deployment_does() {
        let class = |name: &str| DataClass::by_name(&name.parse().unwrap());
        assert_eq!(class("new-email"), DataClass::Contact);
        assert_eq!(class("card-number"), DataClass::Payment);
        assert_eq!(class("insurance-number"), DataClass::Health);
        assert_eq!(class("order"), DataClass::General);
        let slot: SlotName = "order".parse().unwrap();
        let policy = DataPolicy { classes: [(slot.clone(), DataClass::Health)].into(), ..DataPolicy::default() };
        assert_eq!(policy.class(&slot), DataClass::Health);
    }
}
