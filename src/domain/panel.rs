//! A panel: several specialists are asked at once about one question with stated positions.
//!
//! What they say are opinions: recorded, shown to people and to whoever asked, never to the customer. Where
//! they are for different positions a judge is asked if the deployment names one; without a judge, or with
//! one who does not decide, the stated hierarchy does. Who won, why, and who lost stands in a [`Decision`].

use serde::{Deserialize, Serialize};

use super::consult::{Heard, NoAdvice};
use super::id::{AgentName, IntentName, Position};
use super::knowledge::Citation;
use super::money::Money;
use super::score::Score;
use super::text::Foreign;
use super::time::Millis;

/// Specialists asked at once, at most, whatever the deployment says: the customer pays and waits for all.
pub const SPECIALISTS_MAX: u8 = 4;
/// Positions of one question: more cannot be told apart by who reads the verdict.
pub const POSITIONS_MAX: usize = 6;
/// The longest that a customer's answer may wait for a panel, and then once more for its judge.
pub const PATIENCE_MAX: Millis = Millis::from_secs(20);
/// Longest opinion of a model unless the deployment says otherwise, in tokens: a few sentences.
const TOKENS: u32 = 400;

/// What is asked of several at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Board {
    /// Whom.
    pub whom: Vec<AgentName>,
    /// What.
    pub question: Foreign,
    /// What may be answered; two at least.
    pub positions: Vec<Position>,
}

impl Board {
    /// Who is asked, in words.
    pub fn named(&self) -> String {
        self.whom.iter().map(AgentName::as_str).collect::<Vec<_>>().join(", ")
    }
}

/// One thing by which opinions are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Criterion {
    /// It rests on an article.
    Grounded,
    /// It rests on a fact that a tool of the house gave.
    Verified,
    /// Whose matter it is, by `[[conflict.ranks]]`.
    Rank,
    /// How sure its author is.
    Confidence,
    /// Who was named first: what is left when nothing else tells them apart.
    Order,
}

impl Criterion {
    /// Why the one that won did, in words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Grounded => "it rests on an article",
            Self::Verified => "it rests on what a tool gave",
            Self::Rank => "it ranks higher in this matter",
            Self::Confidence => "it is surer",
            Self::Order => "it was named first",
        }
    }
}

/// What counts of an opinion when it is set beside others. Holds no word of it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Stand {
    /// For what it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
    /// How sure its author is, 0 to 1.
    #[serde(default)]
    pub confidence: Score,
    /// Whether it rests on an article.
    #[serde(default)]
    pub grounded: bool,
    /// Whether it rests on a fact that a tool of the house gave.
    #[serde(default)]
    pub verified: bool,
}

/// Somebody who is not among those who were heard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// Who.
    pub whom: AgentName,
    /// Why.
    pub why: NoAdvice,
    /// The circle that asking would have closed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub chain: Vec<AgentName>,
}

impl LeftOut {
    /// Somebody who is left out for that reason.
    pub const fn of(whom: AgentName, why: NoAdvice) -> Self {
        Self { whom, why, chain: Vec::new() }
    }

    /// Who and why, in words.
    pub fn words(&self) -> String {
        if self.chain.is_empty() {
            return format!("{}: {}", self.whom, self.why.words());
        }
        let chain: Vec<&str> = self.chain.iter().map(AgentName::as_str).collect();
        format!("{}: {} ({})", self.whom, self.why.words(), chain.join(" > "))
    }
}

/// By what a panel was settled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ruling {
    /// Nobody took a position.
    Nobody,
    /// All who took a position took the same.
    Agreed,
    /// The hierarchy told them apart.
    Rule(Criterion),
    /// A judge picked.
    Judge(AgentName),
    /// Nobody waited for it any more.
    Overtaken,
}

impl Ruling {
    /// In words.
    pub fn words(&self) -> String {
        match self {
            Self::Nobody => "nobody took a position".to_owned(),
            Self::Agreed => "no one was against it".to_owned(),
            Self::Rule(criterion) => criterion.words().to_owned(),
            Self::Judge(judge) => format!("{judge} judged"),
            Self::Overtaken => "nobody waited for it any more".to_owned(),
        }
    }
}

/// How a panel was settled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// What counts; nothing when nobody took a position.
    pub position: Option<Position>,
    /// By what.
    pub ruling: Ruling,
    /// Whose opinion counts first.
    pub won: Option<AgentName>,
    /// Who was for the same.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub with: Vec<AgentName>,
    /// Who was for something else.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lost: Vec<AgentName>,
    /// Who answered and took no position.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub open: Vec<AgentName>,
    /// Who was not heard, and why; a judge who did not decide too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<LeftOut>,
}

/// What whoever asked is told of a panel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conferred {
    /// How it was settled.
    pub decision: Decision,
    /// The judge's reason.
    pub reason: Option<Foreign>,
    /// What each said.
    pub heard: Vec<Heard>,
    /// What the opinion that counts rests on.
    pub citations: Vec<Citation>,
}

/// `policy.toml [conflict]`: how specialists who are asked together are asked, and whose word counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct ConflictPolicy {
    /// By what contradicting opinions are told apart, the weightiest first; then by who was named first.
    pub hierarchy: Vec<Criterion>,
    /// Whose word counts more, by matter; the first that fits the matter counts.
    pub ranks: Vec<Ranking>,
    /// The agent that is asked to pick when they contradict each other; without one the hierarchy decides.
    pub judge: Option<AgentName>,
    /// Specialists asked at once, 1 to 4.
    pub specialists: u8,
    /// How long they are waited for, and then the judge, in ms; 20,000 at most.
    pub patience_ms: Millis,
    /// Longest opinion of a language model, in tokens.
    pub tokens: u32,
    /// What the models of one answer may have cost, as `0.05 EUR`; then nobody further is asked for it.
    pub answer_budget: Option<Money>,
}

impl Default for ConflictPolicy {
    fn default() -> Self {
        Self {
            hierarchy: vec![Criterion::Grounded, Criterion::Verified, Criterion::Rank, Criterion::Confidence],
            ranks: Vec::new(),
            judge: None,
            specialists: 3,
            patience_ms: super::consult::CONSULT_PATIENCE,
            tokens: TOKENS,
            answer_budget: None,
        }
    }
}

/// Whose word counts more.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Ranking {
    /// In which matters; left out, in all.
    pub about: Vec<IntentName>,
    /// The highest first. Who is not named stands below all who are.
    pub order: Vec<AgentName>,
}

impl ConflictPolicy {
    /// Whether nothing was said, so that records from before there were panels stay as they are.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// Specialists asked at once.
    pub const fn at_once(&self) -> usize {
        if self.specialists > SPECIALISTS_MAX { SPECIALISTS_MAX as usize } else { self.specialists as usize }
    }

    /// How long they are waited for.
    pub fn patience(&self) -> Millis {
        self.patience_ms.min(PATIENCE_MAX)
    }

    /// The place of an agent in a matter: the lowest is the highest.
    fn place(&self, agent: &AgentName, about: Option<&IntentName>) -> usize {
        let fits = |ranking: &&Ranking| ranking.about.is_empty() || about.is_some_and(|it| ranking.about.contains(it));
        let ranking = self.ranks.iter().find(fits);
        let place = ranking.and_then(|ranking| ranking.order.iter().position(|name| name == agent));
        place.unwrap_or(usize::MAX)
    }

    /// Of opinions that are for something, in the order in which their authors were named: which counts, and
    /// by what. It is the first criterion after which all that are left are for the same.
    pub fn prefer(&self, opinions: &[(&AgentName, &Stand)], about: Option<&IntentName>) -> Option<(usize, Criterion)> {
        let mut left: Vec<usize> = (0..opinions.len()).filter(|at| stand(opinions, *at).is_some()).collect();
        let mut by = None;
        for criterion in &self.hierarchy {
            let weight = |at: &usize| opinions.get(*at).map(|one| self.weight(*criterion, *one, about));
            let best = left.iter().filter_map(weight).max();
            left.retain(|at| weight(at) == best);
            by = by.or_else(|| of_one_mind(opinions, &left).then_some(*criterion));
        }
        left.first().map(|first| (*first, by.unwrap_or(Criterion::Order)))
    }

    /// How much an opinion weighs by one criterion; more is more.
    fn weight(&self, criterion: Criterion, (agent, stand): (&AgentName, &Stand), about: Option<&IntentName>) -> usize {
        match criterion {
            Criterion::Grounded => usize::from(stand.grounded),
            Criterion::Verified => usize::from(stand.verified),
            Criterion::Rank => usize::MAX - self.place(agent, about),
            Criterion::Confidence => usize::try_from(stand.confidence.0).unwrap_or(0),
            Criterion::Order => 0,
        }
    }
}

fn stand<'a>(opinions: &'a [(&AgentName, &Stand)], at: usize) -> Option<&'a Position> {
    opinions.get(at)?.1.position.as_ref()
}

fn of_one_mind(opinions: &[(&AgentName, &Stand)], left: &[usize]) -> bool {
    let mut positions = left.iter().map(|at| stand(opinions, *at));
    let first = positions.next().flatten();
    first.is_some() && positions.all(|position| position == first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stand(position: &str, confidence: i32, grounded: bool, verified: bool) -> Stand {
        let position = (!position.is_empty()).then(|| position.parse().unwrap());
        Stand { position, confidence: Score::from_percent(confidence), grounded, verified }
    }

    fn settled(policy: &ConflictPolicy, about: &str, opinions: &[(&str, Stand)]) -> Option<String> {
        let names: Vec<AgentName> = opinions.iter().map(|(name, _)| name.parse().unwrap()).collect();
        let opinions: Vec<_> = names.iter().zip(opinions.iter().map(|(_, stand)| stand)).collect();
        let about = about.parse().ok();
        let (at, by) = policy.prefer(&opinions, about.as_ref())?;
        Some(format!("{} because {}", names[at], by.words()))
    }

    fn ranked() -> ConflictPolicy {
        let names = |names: &[&str]| names.iter().map(|name| name.parse().unwrap()).collect();
        let of = |about: &[&str], order: &[&str]| Ranking {
            about: about.iter().map(|name| name.parse().unwrap()).collect(),
            order: names(order),
        };
        let ranks = vec![of(&["fraud"], &["police", "law"]), of(&[], &["law", "risk"])];
        ConflictPolicy { ranks, ..ConflictPolicy::default() }
    }

    #[test]
    fn the_first_criterion_that_tells_them_apart_decides_and_is_named() {
        let policy = ranked();
        let (yes, no) = ("yes", "no");
        let told = |opinions: &[(&str, Stand)]| settled(&policy, "loan", opinions).unwrap();
        let grounded = [("law", stand(yes, 99, false, true)), ("sales", stand(no, 1, true, false))];
        assert_eq!(told(&grounded), "sales because it rests on an article");
        let verified = [("law", stand(yes, 99, true, false)), ("sales", stand(no, 1, true, true))];
        assert_eq!(told(&verified), "sales because it rests on what a tool gave");
        let rank = [("sales", stand(yes, 99, false, false)), ("law", stand(no, 1, false, false))];
        assert_eq!(told(&rank), "law because it ranks higher in this matter");
        let sure = [("sales", stand(yes, 10, false, false)), ("shop", stand(no, 11, false, false))];
        assert_eq!(told(&sure), "shop because it is surer");
        let order = [("sales", stand(yes, 10, false, false)), ("shop", stand(no, 10, false, false))];
        assert_eq!(told(&order), "sales because it was named first");
        let none = [("sales", stand("", 99, true, true)), ("shop", stand(no, 0, false, false))];
        assert_eq!(told(&none), "shop because it rests on an article", "one alone is of one mind at once");
    }

    #[test]
    fn the_rank_is_that_of_the_matter_and_the_order_of_criteria_is_the_deployments() {
        let mut policy = ranked();
        let two = [("law", stand("no", 50, false, false)), ("police", stand("yes", 50, false, false))];
        assert_eq!(settled(&policy, "fraud", &two).unwrap(), "police because it ranks higher in this matter");
        assert_eq!(settled(&policy, "loan", &two).unwrap(), "law because it ranks higher in this matter");
        policy.hierarchy = vec![Criterion::Confidence, Criterion::Rank];
        let sure = [("law", stand("no", 50, true, true)), ("police", stand("yes", 60, false, false))];
        assert_eq!(settled(&policy, "loan", &sure).unwrap(), "police because it is surer");
        assert_eq!(settled(&policy, "loan", &[("law", stand("", 9, true, true))]), None);
    }
}
