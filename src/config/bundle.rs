//! A whole deployment, read and checked.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::article;
use super::check;
use super::files::{
    AgentFile, BatonFile, EndpointFile, OperatorsFile, PlaybookFile, Rehearsal, RehearsalFile, ServerFile, ToolsFile,
    TranslationFile,
};
use super::flow;
use super::nearest::suggest;
use super::phrases::Phrases;
use super::problem::{Problem, Problems};
use super::read::read;
use super::replies;
use super::shop::ShopFile;
use super::source::Source;
use crate::domain::agent::AgentSpec;
use crate::domain::candidate::CandidateSpec;
use crate::domain::deployment::Deployment;
use crate::domain::id::{AgentName, ArticleName, Digest, IntentName, PlaybookName};
use crate::domain::knowledge::Article;
use crate::domain::operator::OperatorSpec;
use crate::domain::playbook::Playbook;
use crate::domain::policy::Policy;
use crate::domain::reply::CannedReply;
use crate::domain::score::Score;
use crate::domain::text::Foreign;
use crate::domain::tool::ToolSpec;

/// All files of a deployment in types, with the texts they were read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bundle {
    /// The house.
    pub house: BatonFile,
    /// The specialists, in the order of their files.
    pub agents: Vec<AgentFile>,
    /// The flows.
    pub playbooks: Vec<Arc<Playbook>>,
    /// The articles.
    pub articles: Vec<Article>,
    /// The rules.
    pub policy: Policy,
    /// The tools.
    pub tools: Vec<ToolSpec>,
    /// What serves those that the practice shop does not.
    pub servers: Vec<ServerFile>,
    /// How their tools are called.
    pub calls: Vec<EndpointFile>,
    /// The humans.
    pub operators: Vec<OperatorSpec>,
    /// Words that operators use again and again.
    pub replies: Vec<CannedReply>,
    /// The practice shop, if there is one.
    pub shop: Option<ShopFile>,
    /// Words outside of flows.
    pub phrases: Phrases,
    /// Conversations as they should go.
    pub rehearsals: Vec<Rehearsal>,
    /// The files as read, by path.
    pub sources: Vec<Source>,
    /// What does not keep it from being adopted but should be looked at.
    pub advice: Problems,
}

impl Bundle {
    /// The deployment of these (path, text) pairs.
    ///
    /// # Errors
    /// All problems found, in the order of files and lines.
    pub fn of(texts: impl IntoIterator<Item = (String, String)>) -> Result<Self, Problems> {
        let mut sources: Vec<Source> = texts.into_iter().map(|(path, text)| Source::new(&path, &text)).collect();
        sources.sort_by(|a, b| a.path.cmp(&b.path));
        let mut problems = Problems::default();
        let read = Self::read(sources, &mut problems);
        if let Some(bundle) = &read {
            check::check(bundle, &mut problems);
        }
        problems.0.sort();
        match read {
            Some(bundle) if !problems.has_errors() => Ok(Self { advice: problems, ..bundle }),
            _ => Err(problems),
        }
    }

    fn read(sources: Vec<Source>, problems: &mut Problems) -> Option<Self> {
        let named = |path: &str| sources.iter().find(|source| &*source.path == path);
        let within = |folder: &'static str| sources.iter().filter(move |source| source.path.starts_with(folder));
        let Some(house) = named("baton.toml") else {
            let way_out = "`baton init` writes a deployment to begin with";
            problems.push(Problem::file("baton.toml", "there is no such file", way_out));
            return None;
        };
        let house: Option<BatonFile> = read(house, problems);
        let mut agents: Vec<AgentFile> = Vec::new();
        for source in within("agents/") {
            agents.extend(read::<AgentFile>(source, problems));
        }
        let mut playbooks = Vec::new();
        for source in within("playbooks/") {
            let file: Option<PlaybookFile> = read(source, problems);
            playbooks.extend(file.and_then(|file| flow::playbook(source, &file, problems)).map(Arc::new));
        }
        let mut articles = Vec::new();
        for source in within("knowledge/") {
            articles.extend(article::article(source, problems));
        }
        let rehearsals = rehearsals(within("rehearsals/"), problems);
        let policy = named("policy.toml").map_or_else(|| Some(Policy::default()), |source| read(source, problems));
        let tools: Option<ToolsFile> = named("tools.toml").and_then(|source| read(source, problems));
        let ToolsFile { servers, mut tools, calls } = tools.unwrap_or_default();
        if let Some(source) = named("tools.toml") {
            ask_only_who_says_so(source, &calls, &mut tools);
        }
        let more = named("operators.toml").and_then(|source| read::<OperatorsFile>(source, problems));
        let shop = named("shop.toml").and_then(|source| read::<ShopFile>(source, problems));
        let replies = replies::replies(named("replies.toml"), problems);
        let phrases = Phrases::read(named("phrases.toml"), problems);
        let (house, policy) = (house?, policy?);
        let mut operators = house.operators.clone();
        operators.extend(more.map(|file| file.operators).unwrap_or_default());
        let advice = Problems::default();
        Some(Self {
            house,
            agents,
            playbooks,
            articles,
            policy,
            tools,
            servers,
            calls,
            operators,
            replies,
            shop,
            phrases,
            rehearsals,
            sources,
            advice,
        })
    }

    /// The part of it that the rules read.
    pub fn deployment(&self) -> Deployment {
        let runtime =
            ["agents/", "playbooks/", "knowledge/", "phrases.toml", "baton.toml", "tools.toml", "replies.toml"];
        let kept = |path: &str| runtime.iter().any(|start| path.starts_with(start));
        let artifacts = self.sources.iter().filter(|source| kept(&source.path));
        Deployment {
            name: self.house.name.clone(),
            agents: self.agents.iter().map(|agent| self.agent(agent)).collect(),
            operators: self.operators.clone(),
            queues: self.house.queues.clone(),
            tools: self.tools.clone(),
            policy: self.policy.clone(),
            sentences: self.house.sentences.clone(),
            artifacts: artifacts.map(|source| (source.path.to_string(), source.digest)).collect(),
            scans: self.house.scan.is_some(),
            translation: self.house.translation.as_ref().map(TranslationFile::spec),
        }
    }

    fn agent(&self, file: &AgentFile) -> AgentSpec {
        AgentSpec {
            name: file.name.clone(),
            title: file.title.clone(),
            role: file.role,
            skills: file.skills.iter().map(|(skill, percent)| (skill.clone(), percent_of(*percent))).collect(),
            intents: file.intents.iter().map(|intent| intent.name.clone()).collect(),
            capacity: file.capacity,
            handoffs: file.handoffs.clone(),
            consults: file.consults.clone(),
            tools: file.tools.clone(),
            queue: file.queue.clone(),
            calm: percent_of(file.calm),
            pace: file.pace_ms,
            life: file.life,
            languages: file.languages.clone(),
            may_read: file.may_read.clone(),
            models: file.models.clone(),
            model_budget: file.model_budget,
            candidate: file.candidate.as_ref().map(|candidate| CandidateSpec {
                models: file.candidate_agent().map(|agent| agent.models).unwrap_or_default(),
                asked: candidate.asked,
            }),
            playbooks: self.flows_of(file).map(|book| (book.id.name.clone(), book.id.version)).collect(),
        }
    }

    /// The flows an agent may follow: those of its intents, and those that anyone may.
    pub fn flows_of(&self, agent: &AgentFile) -> impl Iterator<Item = &Arc<Playbook>> {
        let owns = |intent: &IntentName| agent.intents.iter().any(|own| own.name == *intent);
        self.playbooks.iter().filter(move |book| book.anyone || book.intents.iter().any(owns))
    }

    /// How customers say what they want, by intent: what the triage learns from.
    pub fn examples(&self) -> Vec<(IntentName, Vec<String>)> {
        let mut by_intent: BTreeMap<IntentName, Vec<String>> = BTreeMap::new();
        for intent in self.agents.iter().flat_map(|agent| &agent.intents) {
            by_intent.entry(intent.name.clone()).or_default().extend(intent.examples.iter().cloned());
        }
        by_intent.into_iter().collect()
    }

    /// The same one by one, as a model is trained of them.
    pub fn pairs(&self) -> Vec<(IntentName, &str)> {
        let mut pairs: Vec<(IntentName, &str)> = Vec::new();
        for intent in self.agents.iter().flat_map(|agent| &agent.intents) {
            pairs.extend(intent.examples.iter().map(|example| (intent.name.clone(), example.as_str())));
        }
        // An intent may stand with several agents: its examples stand together, as in `examples`.
        pairs.sort_by(|a, b| a.0.cmp(&b.0));
        pairs
    }

    /// The titles of the articles, by name.
    pub fn titles(&self) -> BTreeMap<ArticleName, Foreign> {
        self.articles.iter().map(|article| (article.name.clone(), Foreign::new(&article.title))).collect()
    }

    /// The flow of that name.
    pub fn playbook(&self, name: &PlaybookName) -> Option<&Arc<Playbook>> {
        self.playbooks.iter().find(|book| book.id.name == *name)
    }

    /// The text of that digest, to be kept as an artifact.
    pub fn text(&self, digest: Digest) -> Option<&str> {
        self.sources.iter().find(|source| source.digest == digest).map(|source| &*source.text)
    }

    /// The specialist of that name.
    ///
    /// # Errors
    /// The name that was probably meant.
    pub fn agent_named(&self, name: &AgentName) -> Result<&AgentFile, String> {
        let names = self.agents.iter().map(|agent| agent.name.as_str());
        self.agents.iter().find(|agent| agent.name == *name).ok_or_else(|| suggest(name.as_str(), names))
    }
}

fn rehearsals<'a>(sources: impl Iterator<Item = &'a Source>, problems: &mut Problems) -> Vec<Rehearsal> {
    let read = |source: &Source| {
        let name = source.path.trim_start_matches("rehearsals/").trim_end_matches(".toml").to_owned();
        read::<RehearsalFile>(source, problems).map(|file| Rehearsal { name, file })
    };
    sources.filter_map(read).collect()
}

/// Of a server's tool it is not known that it takes our key, unless its lines say so: made again it might be
/// done twice. The practice shop takes it always.
fn ask_only_who_says_so(source: &Source, calls: &[EndpointFile], tools: &mut [ToolSpec]) {
    let table = source.text.parse::<toml::Table>().ok();
    let written = table.as_ref().and_then(|table| table.get("tools")?.as_array());
    for (index, tool) in tools.iter_mut().enumerate() {
        let says = written.and_then(|list| list.get(index)?.get("reconcile")).is_some();
        if !says && calls.iter().any(|call| call.tool == tool.name) {
            tool.reconcile = false;
        }
    }
}

const fn percent_of(percent: u8) -> Score {
    Score::from_percent(percent as i32)
}
