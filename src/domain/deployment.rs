//! All of a deployment that the rules read. Adopted as an event; holds no secret.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::agent::{AgentRole, AgentSpec};
use super::conversation::HouseSentence;
use super::id::{AgentName, Digest, FloorName, OperatorName, QueueName, SkillName, SlotName, ToolName};
use super::operator::OperatorSpec;
use super::policy::Policy;
use super::time::Timestamp;
use super::tool::ToolSpec;
use super::translation::TranslationSpec;
use super::wrap_up::DispositionSpec;

/// The roster and the rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deployment {
    /// The floor's name.
    pub name: FloorName,
    /// The AI specialists.
    pub agents: Vec<AgentSpec>,
    /// The humans.
    pub operators: Vec<OperatorSpec>,
    /// The lines in which escalations wait.
    pub queues: Vec<QueueSpec>,
    /// The tools.
    pub tools: Vec<ToolSpec>,
    /// The rules.
    pub policy: Policy,
    /// The house's sentences; `{who}`, `{wait}` and `{when}` are filled in.
    pub sentences: BTreeMap<HouseSentence, String>,
    /// Digests of what the runtime keeps: examples, playbooks, knowledge.
    pub artifacts: BTreeMap<String, Digest>,
    /// Whether a scanner looks at files.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub scans: bool,
    /// That it has a translator, if it has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub translation: Option<TranslationSpec>,
}

/// A line in which escalations wait.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct QueueSpec {
    /// Its name.
    pub name: QueueName,
    /// What it is for, for people.
    #[serde(default)]
    pub about: String,
    /// Who takes from it: people with one of these skills. Without any, the skills of the specialist
    /// whose matter it is. A person who lists no skill takes everything.
    #[serde(default)]
    pub skills: Vec<SkillName>,
    /// In which ways its conversations end, in the house's words, each with what it counts as.
    #[serde(default)]
    pub dispositions: Vec<DispositionSpec>,
    /// What has to be filled in after the end: `note`, or a fact by its name; facts that are known count.
    #[serde(default)]
    pub required: Vec<SlotName>,
}

impl QueueSpec {
    /// Whether its people have something to do after the end.
    pub const fn wraps_up(&self) -> bool {
        !self.dispositions.is_empty() || !self.required.is_empty()
    }
}

impl Deployment {
    /// The agent of that name.
    pub fn agent(&self, name: &AgentName) -> Option<&AgentSpec> {
        self.agents.iter().find(|a| a.name == *name)
    }
    /// The first agent of that role.
    pub fn agent_for(&self, role: AgentRole) -> Option<&AgentSpec> {
        self.agents.iter().find(|a| a.role == role)
    }
    /// The operator of that name.
    pub fn operator(&self, name: &OperatorName) -> Option<&OperatorSpec> {
        self.operators.iter().find(|o| o.name == *name)
    }
    /// The line of that name.
    pub fn queue(&self, name: &QueueName) -> Option<&QueueSpec> {
        self.queues.iter().find(|q| q.name == *name)
    }
    /// The tool of that name.
    pub fn tool(&self, name: &ToolName) -> Option<&ToolSpec> {
        self.tools.iter().find(|t| t.name == *name)
    }
    /// A sentence of the house with its gaps filled in, said at `at` of what is expected by `by`: `{wait}` is
    /// how long that is, `{when}` tells a far time by the house's clock.
    pub fn sentence(&self, which: HouseSentence, who: &str, at: Timestamp, by: Timestamp) -> String {
        let template = self.sentences.get(&which).map_or_else(|| which.plain(), String::as_str);
        let hours = &self.policy.hours;
        let said = template.replace("{wait}", &hours.wait_told(at, by)).replace("{when}", &hours.when_told(at, by));
        said.replace("{who}", who)
    }
}

impl HouseSentence {
    /// What the house says when the deployment has no words of its own.
    pub const fn plain(self) -> &'static str {
        match self {
            Self::Greeting => {
                "Hello! I am an AI assistant. Tell me what you need; you can ask for a human at any time."
            }
            Self::SpecialistTakesOver => "Our {who} is taking this from here.",
            Self::HumanAsked => "I have asked a colleague to join. They will be here {when}.",
            Self::HumanTakesOver => "{who} from our team is here now and has read along.",
            Self::AgentTakesOver => "Our {who} (an AI) is with you again.",
            Self::StillWaiting => "All colleagues are still busy; you keep your place. Somebody will be here {when}.",
            Self::Trouble => "Something on our side is not working as it should. I am trying another way.",
            Self::AwaitingApproval => "A colleague has to confirm this first. It takes a few minutes at most.",
            Self::Stopped => "Our assistant is stopped for the moment. A colleague will answer you {when}.",
            Self::Checked => {
                "A colleague looks at every answer before you get it, so this takes a little longer than usual."
            }
            Self::CallBackOffered => {
                "You need not stay here: write \"call me back\", and a colleague writes to you {when}. Or keep your place."
            }
            Self::CallBackArranged => {
                "A colleague will write to you here {when}. You can close this page; your place is kept."
            }
            Self::NobodyCame => {
                "I am sorry: none of us could get to you, and I cannot tell when somebody will. Write again, and you are asked for anew."
            }
            Self::Blocked => {
                "We have closed this chat and answer you again {when}. What you write until then is kept, and nobody answers it. If somebody is in danger, write that: a person reads it."
            }
            Self::Unblocked => "This chat is open again. Please write what you need.",
            Self::RatingQuestion => "How did we do, from 1 to 5?",
            Self::Farewell => "Thank you for talking with us.",
        }
    }
}
