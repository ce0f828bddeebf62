//! Guardrails: what is looked at on every hop, what may be found, and what follows.
//!
//! A finding is a fixed word, never a piece of the text it was found in. What follows is policy, decided
//! in the core; the checker only says what it saw.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::id::ToolName;

/// Findings kept of one text: who needs more to be stopped is stopped by these.
pub const FINDINGS_MAX: usize = 6;

/// Where a text passes from one to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hop {
    /// From the customer: their words, and the name they go by.
    Input,
    /// To the customer.
    Output,
    /// To the customer, as a model reads it that judges answers.
    Judged,
    /// To a tool.
    Arguments,
    /// From a tool.
    Result,
    /// From an article.
    Knowledge,
    /// From one agent to another.
    Pack,
    /// From a specialist to the one who asked it.
    Advice,
}

impl Hop {
    /// Where it was found, in words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Input => "what the customer says",
            Self::Output => "an answer",
            Self::Judged => "an answer, as the judge reads it,",
            Self::Arguments => "what a tool is given",
            Self::Result => "what a tool gave",
            Self::Knowledge => "an article",
            Self::Pack => "what is handed over",
            Self::Advice => "what another agent says",
        }
    }
}

/// What kind of thing was found; policy names an action for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum GuardKind {
    /// Text that wants to command the agent.
    Injection,
    /// Insults and threats of a customer.
    Abuse,
    /// Work that is none of this house's.
    OffTopic,
    /// A figure or a link that rests on nothing.
    Ungrounded,
    /// A deed that no tool did.
    Deed,
    /// A secret, or the agent's own instructions.
    Leak,
    /// Personal data that stand neither in this conversation nor in its results.
    Stranger,
    /// Words against the brand's voice.
    Tone,
    /// Advice that this house must not give.
    Advice,
    /// Arguments of a tool that nobody gave.
    Arguments,
    /// An answer that the judge did not get to see, or of which it said nothing that could be used.
    Unjudged,
}

impl GuardKind {
    /// Its name, as policy and counts spell it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Injection => "injection",
            Self::Abuse => "abuse",
            Self::OffTopic => "off-topic",
            Self::Ungrounded => "ungrounded",
            Self::Deed => "deed",
            Self::Leak => "leak",
            Self::Stranger => "stranger",
            Self::Tone => "tone",
            Self::Advice => "advice",
            Self::Arguments => "arguments",
            Self::Unjudged => "unjudged",
        }
    }

    /// Whether it is about how the words were authored: the house wrote a playbook's own words, and
    /// asking a playbook again gives the same, so there it is only noted.
    pub const fn is_of_authorship(self) -> bool {
        match self {
            Self::Ungrounded | Self::Deed | Self::Tone | Self::Advice | Self::Arguments | Self::Unjudged => true,
            Self::Injection | Self::Abuse | Self::OffTopic | Self::Leak | Self::Stranger => false,
        }
    }
}

/// What exactly was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GuardReason {
    /// An order to drop, change or reveal instructions, or to go around a rule.
    Order,
    /// A role in which no rule holds.
    Role,
    /// It poses as the system, a tool, a colleague, or as the end of the text.
    Posed,
    /// Such an order in a code.
    Encoded,
    /// Such an order in look-alike, invisible or scattered characters.
    Disguised,
    /// Such an order put together from several messages.
    Assembled,
    /// An insult.
    Insult,
    /// A threat.
    Threat,
    /// A chore for any language model.
    Chore,
    /// An agent that does such a chore, or talks of what is none of this house's.
    Strayed,
    /// A figure that stands nowhere.
    Figure,
    /// A link that stands nowhere.
    Link,
    /// A statement that rests on nothing.
    Claim,
    /// A deed.
    Deed,
    /// A secret, plain.
    Secret,
    /// A secret in a code.
    EncodedSecret,
    /// A secret over several messages.
    SplitSecret,
    /// The agent's instructions, nearly word for word.
    Prompt,
    /// A card number.
    Card,
    /// An account number.
    Account,
    /// An e-mail address.
    Email,
    /// A telephone number.
    Phone,
    /// The number of an order, a contract, a case.
    Number,
    /// Something about another person.
    Person,
    /// The customer is insulted.
    Rude,
    /// The customer is shouted at.
    Shouting,
    /// The customer is blamed.
    Blame,
    /// Advice on money.
    MoneyAdvice,
    /// Advice on health.
    HealthAdvice,
    /// Advice on law.
    LegalAdvice,
    /// Words that policy forbids.
    Forbidden,
    /// A value that nobody gave.
    Invented,
    /// The judge said nothing of it.
    Unjudged,
}

impl GuardReason {
    /// The kind it belongs to.
    pub const fn kind(self) -> GuardKind {
        match self {
            Self::Order | Self::Role | Self::Posed | Self::Encoded | Self::Disguised | Self::Assembled => {
                GuardKind::Injection
            }
            Self::Insult | Self::Threat => GuardKind::Abuse,
            Self::Chore | Self::Strayed => GuardKind::OffTopic,
            Self::Figure | Self::Link | Self::Claim => GuardKind::Ungrounded,
            Self::Deed => GuardKind::Deed,
            Self::Secret | Self::EncodedSecret | Self::SplitSecret | Self::Prompt => GuardKind::Leak,
            Self::Card | Self::Account | Self::Email | Self::Phone | Self::Number | Self::Person => GuardKind::Stranger,
            Self::Rude | Self::Shouting | Self::Blame => GuardKind::Tone,
            Self::MoneyAdvice | Self::HealthAdvice | Self::LegalAdvice | Self::Forbidden => GuardKind::Advice,
            Self::Invented => GuardKind::Arguments,
            Self::Unjudged => GuardKind::Unjudged,
        }
    }

    /// What was found, in words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Order => "orders the agent to drop, change or reveal its rules",
            Self::Role => "gives the agent a role without rules",
            Self::Posed => "poses as the system, a tool or a colleague",
            Self::Encoded => "hides an order to the agent in a code",
            Self::Disguised => "hides an order to the agent in odd characters",
            Self::Assembled => "spreads an order to the agent over messages",
            Self::Insult => "insults",
            Self::Threat => "threatens",
            Self::Chore => "asks for work that is none of this house's",
            Self::Strayed => "does work that is none of this house's",
            Self::Figure => "names a figure that stands nowhere",
            Self::Link => "names a link that stands nowhere",
            Self::Claim => "states what rests on nothing",
            Self::Deed => "says that something was done which no tool did",
            Self::Secret => "holds a secret",
            Self::EncodedSecret => "holds a secret in a code",
            Self::SplitSecret => "holds the rest of a secret",
            Self::Prompt => "repeats the agent's own instructions",
            Self::Card => "holds a card number that is not of this conversation",
            Self::Account => "holds an account number that is not of this conversation",
            Self::Email => "holds an e-mail address that is not of this conversation",
            Self::Phone => "holds a telephone number that is not of this conversation",
            Self::Number => "holds a reference number that is not of this conversation",
            Self::Person => "tells something about another person",
            Self::Rude => "insults the customer",
            Self::Shouting => "shouts at the customer",
            Self::Blame => "blames the customer",
            Self::MoneyAdvice => "gives advice on money",
            Self::HealthAdvice => "gives advice on health",
            Self::LegalAdvice => "gives advice on law",
            Self::Forbidden => "says what policy forbids",
            Self::Invented => "gives a tool a value that nobody gave",
            Self::Unjudged => "was not judged",
        }
    }
}

/// Something that a guardrail saw.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Finding {
    /// Where.
    pub hop: Hop,
    /// What.
    pub reason: GuardReason,
}

impl Finding {
    /// Its kind.
    pub const fn kind(self) -> GuardKind {
        self.reason.kind()
    }
}

/// What follows on a finding; the later in this list, the more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum GuardAction {
    /// It is written down and counted, no more.
    #[default]
    Note,
    /// The answer does not go out; its author is told why and asked again, once for a message of the customer.
    /// After that a person decides.
    Again,
    /// The answer, or the call, waits for a person.
    Approval,
    /// The answer does not go out, and a human is called.
    Human,
}

impl GuardAction {
    /// What follows, in words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Note => "noted",
            Self::Again => "it does not go out; its author is asked again",
            Self::Approval => "it waits for a person",
            Self::Human => "it does not go out; a human is called",
        }
    }
}

/// What was found so far, by kind.
pub type GuardCounts = BTreeMap<GuardKind, u64>;

/// Why a conversation's agent reads text of third parties: from then on it lives under suspicion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Taint {
    /// A tool gave text that somebody outside wrote.
    Tool(ToolName),
    /// Something in it wanted to command the agent.
    Injection(Hop),
}

impl Taint {
    /// Why, in words.
    pub fn words(&self) -> String {
        match self {
            Self::Tool(tool) => format!("the agent has read what strangers wrote, by {tool}"),
            Self::Injection(hop) => format!("{} wanted to command the agent", hop.words()),
        }
    }
}
