//! What a playbook agent is for, when several are asked at once: the first of its opinions that fits.

use std::borrow::Cow;

use super::consult::advise;
use crate::agents::book::Playbooks;
use crate::config::Bundle;
use crate::config::files::{AgentFile, OpinionFile};
use crate::domain::consult::{Advice, Consultation};
use crate::domain::id::{IntentName, Position, SlotName};
use crate::domain::knowledge::{Citation, Passage};
use crate::domain::money::Money;
use crate::domain::playbook::Template;
use crate::domain::score::Score;
use crate::domain::text::Foreign;

/// One opinion of an agent, as its file states it.
#[derive(Debug, Clone)]
pub(in crate::agents) struct Opinion {
    about: Vec<IntentName>,
    when: Vec<(SlotName, Vec<String>)>,
    above: Vec<(SlotName, Money)>,
    without: Vec<SlotName>,
    position: Position,
    confidence: Score,
    says: Template,
    title: String,
    cites: Option<Citation>,
}

impl Opinion {
    /// The opinions of an agent, in the order of its file. What cannot be read was refused with the files.
    pub(in crate::agents) fn of(bundle: &Bundle, agent: &AgentFile) -> Vec<Self> {
        agent.opinions.iter().map(|file| Self::read(bundle, agent, file)).collect()
    }

    fn read(bundle: &Bundle, agent: &AgentFile, file: &OpinionFile) -> Self {
        let article = file.cites.as_ref().and_then(|name| bundle.articles.iter().find(|one| one.name == *name));
        Self {
            about: file.about.clone(),
            when: file.when.iter().map(|(slot, values)| (slot.clone(), values.0.clone())).collect(),
            above: file.above.iter().map(|(slot, amount)| (slot.clone(), *amount)).collect(),
            without: file.without.clone(),
            position: file.position.clone(),
            confidence: Score::from_percent(file.confidence.into()),
            says: file.says.parse().unwrap_or_default(),
            title: article.map_or_else(|| format!("rules of the {}", agent.title), |article| article.title.clone()),
            cites: article.map(|article| Citation { article: article.name.clone(), paragraph: 1 }),
        }
    }

    /// The opinion with its gaps filled, if it fits what is asked and known.
    fn on(&self, asked: &Consultation) -> Option<Advice> {
        let about = self.about.is_empty() || asked.about.as_ref().is_some_and(|it| self.about.contains(it));
        if !about || !asked.positions.contains(&self.position) {
            return None;
        }
        let is = |(slot, values): &(SlotName, Vec<String>)| {
            let fact = fact(asked, slot.as_str());
            fact.is_some_and(|fact| values.iter().any(|value| value.eq_ignore_ascii_case(&fact)))
        };
        let exceeds = |(slot, amount): &(SlotName, Money)| {
            let fact = fact(asked, slot.as_str()).and_then(|fact| fact.parse::<Money>().ok());
            fact.is_some_and(|fact| fact.currency == amount.currency && fact.minor > amount.minor)
        };
        let missing = |slot: &SlotName| fact(asked, slot.as_str()).is_none();
        let fits = self.when.iter().all(is) && self.above.iter().all(exceeds) && self.without.iter().all(missing);
        let text = self.says.fill(|gap| fact(asked, gap)).filter(|_| fits)?;
        let read = self.says.gaps().filter_map(|gap| gap.parse().ok());
        let used = self.when.iter().map(|(slot, _)| slot).chain(self.above.iter().map(|(slot, _)| slot));
        let mut rests_on: Vec<SlotName> = used.cloned().chain(read).collect();
        rests_on.sort();
        rests_on.dedup();
        Some(Advice {
            text: Foreign::from(text),
            title: Foreign::from(self.title.as_str()),
            citations: self.cites.iter().cloned().collect(),
            position: Some(self.position.clone()),
            confidence: self.confidence,
            rests_on,
        })
    }
}

/// What the agent is for. Without an opinion that fits it says what the best article says, and takes no side.
pub fn opine(book: &Playbooks, asked: &Consultation, passages: &[Passage]) -> Option<Advice> {
    let own = book.opinions(&asked.whom).iter().find_map(|opinion| opinion.on(asked));
    own.or_else(|| advise(book, asked, passages))
}

/// A fact by name; what somebody on the panel is for reads `agent.position`, for whoever judges.
fn fact<'a>(asked: &'a Consultation, name: &str) -> Option<Cow<'a, str>> {
    let heard = name.strip_suffix(".position");
    if let Some(position) = heard.and_then(|agent| {
        let one = asked.heard.iter().find(|one| one.agent.as_str() == agent)?;
        one.position.as_ref()
    }) {
        return Some(Cow::Borrowed(position.as_str()));
    }
    let fill = asked.facts.iter().find(|fill| fill.slot.as_str() == name)?;
    fill.value.reveal().map(Foreign::raw).filter(|value| !value.is_empty()).map(Cow::Borrowed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agents::playbook::tests::asked;
    use crate::config;
    use crate::domain::action::Fill;
    use crate::domain::consult::Heard;

    fn told(agent: &str, limit: &str, positions: &[&str]) -> Option<Advice> {
        let bundle = config::preset("finance").unwrap();
        let book = Playbooks::of(&bundle);
        let mut asked = asked("risk".parse().unwrap(), agent.parse().unwrap(), "May it be raised?".into(), positions);
        asked.about = "limit-change".parse().ok();
        if !limit.is_empty() {
            asked.facts.push(Fill { slot: "limit".parse().unwrap(), value: Foreign::from(limit).into() });
        }
        opine(&book, &asked, &[])
    }

    #[test]
    fn the_first_opinion_that_fits_counts_with_what_it_rests_on() {
        let hold = told("compliance", "2500.00 EUR", &["allow", "hold"]).unwrap();
        assert_eq!(hold.position.unwrap().as_str(), "hold");
        assert!(hold.text.raw().contains("2500.00 EUR is above"), "{:?}", hold.text);
        assert_eq!(hold.citations, [Citation { article: "origin-of-money".parse().unwrap(), paragraph: 1 }]);
        assert_eq!(hold.rests_on.iter().map(SlotName::as_str).collect::<Vec<_>>(), ["limit"]);
        assert_eq!(hold.confidence, Score::from_percent(95));
        let allow = told("compliance", "2000.00 EUR", &["allow", "hold"]).unwrap();
        assert_eq!(allow.position.unwrap().as_str(), "allow", "that much is not above");
        let other = told("compliance", "9000.00 USD", &["allow", "hold"]).unwrap();
        assert_eq!(other.position.unwrap().as_str(), "allow", "amounts of two currencies are not compared");
    }

    #[test]
    fn who_has_no_opinion_on_it_takes_no_side() {
        assert_eq!(told("compliance", "", &["allow", "hold"]), None, "a gap that nothing fills");
        assert_eq!(told("compliance", "2500.00 EUR", &["yes", "no"]), None, "no such position is asked for");
        assert_eq!(told("investment", "2500.00 EUR", &["allow", "hold"]), None);
    }

    #[test]
    fn who_judges_reads_what_the_others_are_for() {
        let mut bundle = config::preset("finance").unwrap();
        let compliance = bundle.agents.iter_mut().find(|agent| agent.name.as_str() == "compliance").unwrap();
        let text =
            "position = \"hold\"\nsays = \"Two are against it.\"\n[when]\n\"fraud.position\" = [\"hold\", \"deny\"]";
        compliance.opinions = vec![toml::from_str(text).unwrap()];
        let book = Playbooks::of(&bundle);
        let mut asked = asked("risk".parse().unwrap(), "compliance".parse().unwrap(), "?".into(), &["allow", "hold"]);
        let heard = |position: &str| Heard {
            agent: "fraud".parse().unwrap(),
            position: position.parse().ok(),
            text: Foreign::default(),
        };
        asked.heard = vec![heard("allow")];
        assert_eq!(opine(&book, &asked, &[]), None);
        asked.heard = vec![heard("hold")];
        assert_eq!(opine(&book, &asked, &[]).unwrap().text.raw(), "Two are against it.");
    }
}
