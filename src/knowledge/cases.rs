//! Conversations that are over: what settled a matter, for others who ask the same, and what came of a
//! customer's own matters, for that customer alone.
//!
//! A solution is found by the words of whoever asked, and shows the house's words only. It comes without
//! what names somebody; an outcome comes whole, since it goes to nobody else.

use std::collections::{BTreeMap, HashMap, VecDeque};

use crate::domain::calendar::Day;
use crate::domain::conversation::Disposition;
use crate::domain::id::{ConversationId, CustomerId, Handle, IntentName};
use crate::domain::knowledge::{Article, Citation, Passage, Past};
use crate::domain::score::Score;
use crate::domain::text::Foreign;
use crate::domain::time::Timestamp;

use super::Index;

/// Conversations remembered; the one that was learnt of first is forgotten first. At some 1 KB each this
/// stays below what a few hundred live conversations take.
const CASES_MAX: usize = 10_000;
/// Solutions that are searched: of the newest, since houses change what they do. A search takes time with
/// their number.
const SOLUTIONS_MAX: usize = 2_000;
/// Outcomes of one customer that are looked at: older ones are history.
const EARLIER_MAX: usize = 5;
/// Solutions that are looked at until enough of them fit.
const LOOKED_AT: usize = 24;
/// Solutions taken out since the index was built, before it is built anew.
const WITHDRAWN_MAX: usize = 500;

/// A conversation that is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// Which.
    pub conversation: ConversationId,
    /// Its short name.
    pub handle: Handle,
    /// Whose.
    pub customer: CustomerId,
    /// When it was settled, or given up.
    pub ended: Timestamp,
    /// What the customer came for, if anything was understood.
    pub matter: Option<IntentName>,
    /// How it ended.
    pub disposition: Disposition,
    /// What the customer was told, in the words that mattered most.
    pub told: Foreign,
    /// What of it helps others; nothing where the matter was not settled for good.
    pub solution: Option<Solution>,
}

/// What settled a matter, without what names somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Solution {
    /// What was asked. It is searched and never shown.
    pub question: String,
    /// What was answered.
    pub answer: String,
    /// Whether it may be said as it stands: a person wrote it, and nothing had to be taken out.
    pub whole: bool,
}

/// What is remembered of conversations that are over.
#[derive(Debug)]
pub struct Cases {
    known: BTreeMap<Handle, Case>,
    /// In the order in which they were learnt of.
    order: VecDeque<Handle>,
    of: HashMap<CustomerId, Vec<Handle>>,
    /// By answer: of two that say the same the newer one counts.
    answers: HashMap<String, Handle>,
    solutions: Index,
    withdrawn: usize,
}

impl Default for Cases {
    fn default() -> Self {
        Self {
            known: BTreeMap::new(),
            order: VecDeque::new(),
            of: HashMap::new(),
            answers: HashMap::new(),
            solutions: Index::build(&[]),
            withdrawn: 0,
        }
    }
}

impl Cases {
    /// Remembers a conversation as it ended last.
    pub fn put(&mut self, case: Case) {
        self.withdraw(case.handle);
        if self.known.len() >= CASES_MAX
            && let Some(oldest) = self.order.front().copied()
        {
            self.withdraw(oldest);
        }
        let handle = case.handle;
        self.order.push_back(handle);
        self.of.entry(case.customer).or_default().push(handle);
        if let Some(solution) = &case.solution {
            if let Some(same) = self.answers.insert(solution.answer.clone(), handle) {
                self.unlearn(same);
            }
            if let Some(article) = article(&case, solution) {
                self.solutions.add(&article);
            }
        }
        self.known.insert(handle, case);
        if self.answers.len() > SOLUTIONS_MAX
            && let Some(oldest) = self.answers.values().min().copied()
        {
            self.unlearn(oldest);
        }
    }

    /// Forgets a conversation: it goes on, or what it settled was not settled.
    pub fn withdraw(&mut self, handle: Handle) {
        self.unlearn(handle);
        let Some(case) = self.known.remove(&handle) else { return };
        self.order.retain(|known| *known != handle);
        if let Some(theirs) = self.of.get_mut(&case.customer) {
            theirs.retain(|known| *known != handle);
            if theirs.is_empty() {
                self.of.remove(&case.customer);
            }
        }
    }

    /// Forgets everything of a customer, down to the words by which it was found.
    pub fn forget(&mut self, customer: CustomerId) {
        let theirs = self.of.get(&customer).cloned().unwrap_or_default();
        let any = !theirs.is_empty();
        for handle in theirs {
            self.withdraw(handle);
        }
        if any || self.withdrawn > 0 {
            self.rebuild();
        }
    }

    /// How many are remembered, and how many of them help others.
    #[cfg(test)]
    fn len(&self) -> (usize, usize) {
        (self.known.len(), self.answers.len())
    }

    /// The best `n` solutions for a question among those that `fits` lets in, best first.
    pub fn solutions(&self, question: &Foreign, n: usize, fits: impl Fn(&Case, &Solution) -> bool) -> Vec<Passage> {
        if self.answers.is_empty() {
            return Vec::new();
        }
        let found = self.solutions.search(question, LOOKED_AT, Timestamp::default());
        let solution = |mut passage: Passage| {
            let case = self.known.get(&passage.citation.past()?.1)?;
            case.solution.as_ref().filter(|solution| fits(case, solution))?;
            passage.title = Foreign::from(match &case.matter {
                Some(matter) => format!("what settled {matter} before"),
                None => "what settled a matter like it before".to_owned(),
            });
            Some(passage)
        };
        found.into_iter().filter_map(solution).take(n).collect()
    }

    /// The last outcomes of a customer's own conversations, other than the one they are in: what fits the
    /// question best comes first, then the newest. What does not fit it at all has score 0.
    pub fn earlier(&self, customer: CustomerId, here: ConversationId, question: &Foreign, n: usize) -> Vec<Passage> {
        let Some(theirs) = self.of.get(&customer) else { return Vec::new() };
        let mut cases: Vec<&Case> = theirs.iter().filter_map(|handle| self.known.get(handle)).collect();
        cases.retain(|case| case.conversation != here);
        cases.sort_by_key(|case| std::cmp::Reverse((case.ended, case.handle)));
        cases.truncate(EARLIER_MAX);
        let articles: Vec<Article> = cases.iter().filter_map(|case| outcome(case)).collect();
        let index = Index::build(&articles);
        let mut passages = index.search(question, EARLIER_MAX, Timestamp::default());
        for case in cases {
            let Some(citation) = Citation::of_past(Past::Earlier, case.handle) else { continue };
            if !passages.iter().any(|passage| passage.citation == citation)
                && let Some(passage) = index.cited(&citation)
            {
                passages.push(Passage { score: Score::ZERO, ..passage });
            }
        }
        passages.truncate(n);
        passages
    }

    /// What stands at a place in the past.
    pub fn cited(&self, citation: &Citation) -> Option<&str> {
        let (past, handle) = citation.past()?;
        let case = self.known.get(&handle)?;
        match past {
            Past::Solution => case.solution.as_ref().map(|solution| solution.answer.as_str()),
            Past::Earlier => Some(case.told.raw()),
        }
    }

    /// It does not help others any more.
    fn unlearn(&mut self, handle: Handle) {
        let Some(solution) = self.known.get_mut(&handle).and_then(|case| case.solution.take()) else { return };
        if self.answers.get(&solution.answer) == Some(&handle) {
            self.answers.remove(&solution.answer);
        }
        if let Some(citation) = Citation::of_past(Past::Solution, handle) {
            self.solutions.withdraw(&citation.article);
        }
        self.withdrawn += 1;
        if self.withdrawn > WITHDRAWN_MAX {
            self.rebuild();
        }
    }

    fn rebuild(&mut self) {
        let known = self.order.iter().filter_map(|handle| self.known.get(handle));
        let articles: Vec<Article> = known.filter_map(|case| article(case, case.solution.as_ref()?)).collect();
        (self.solutions, self.withdrawn) = (Index::build(&articles), 0);
    }
}

/// A solution as something that can be searched.
fn article(case: &Case, solution: &Solution) -> Option<Article> {
    let name = Citation::of_past(Past::Solution, case.handle)?.article;
    Some(one(name, solution.question.clone(), case.matter.as_ref(), &solution.answer))
}

/// An outcome as something that can be searched.
fn outcome(case: &Case) -> Option<Article> {
    let name = Citation::of_past(Past::Earlier, case.handle)?.article;
    let day = Day::at(case.ended);
    let matter = case.matter.as_ref().map(|matter| format!(", {matter}")).unwrap_or_default();
    let title = format!("your conversation of {day}{matter}, {}", case.disposition.words());
    Some(one(name, title, case.matter.as_ref(), case.told.raw()))
}

/// One paragraph, so that it is shown as a whole.
fn one(name: crate::domain::id::ArticleName, title: String, matter: Option<&IntentName>, text: &str) -> Article {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let tags = matter.map(|matter| matter.as_str().replace(['-', '_', '.'], " ")).into_iter().collect();
    let body = lines.collect::<Vec<_>>().join("\n");
    Article { name, title, tags, valid_from: None, valid_to: None, body }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn customer(n: u8) -> CustomerId {
        CustomerId::from_random([n; 16])
    }

    fn case(handle: u64, whose: u8, question: &str, answer: &str) -> Case {
        Case {
            conversation: ConversationId::from_random([handle as u8; 16]),
            handle: Handle(handle),
            customer: customer(whose),
            ended: Timestamp(1_795_348_800_000 + handle as i64),
            matter: Some("device-help".parse().unwrap()),
            disposition: Disposition::Solved,
            told: Foreign::new(answer),
            solution: Some(Solution { question: question.to_owned(), answer: answer.to_owned(), whole: true }),
        }
    }

    fn cases() -> Cases {
        let mut cases = Cases::default();
        cases.put(case(1, 1, "The thermostat shows a snowflake", "Hold both buttons for ten seconds."));
        cases.put(case(2, 2, "My invoice has the wrong company", "Send us the name; the next one carries it."));
        cases.put(case(3, 1, "Where is my parcel?", "It lies at the depot."));
        cases
    }

    fn found(cases: &Cases, question: &str) -> Vec<String> {
        let passages = cases.solutions(&Foreign::new(question), 3, |_, _| true);
        passages.iter().map(|passage| passage.citation.words()).collect()
    }

    #[test]
    fn a_solution_is_found_by_what_was_asked_and_shows_what_was_answered() {
        let cases = cases();
        let passages = cases.solutions(&Foreign::new("a snowflake on my thermostat"), 3, |_, _| true);
        assert_eq!(passages[0].text.raw(), "Hold both buttons for ten seconds.");
        assert_eq!(passages[0].citation.words(), "solution c-1");
        assert_eq!(passages[0].title.raw(), "what settled device-help before");
        assert!(passages[0].score >= Score::from_percent(30), "{}", passages[0].score);
        assert_eq!(cases.cited(&passages[0].citation), Some("Hold both buttons for ten seconds."));
        assert_eq!(cases.solutions(&Foreign::new("snowflake"), 3, |case, _| case.handle != Handle(1)), []);
        assert_eq!(found(&cases, "glockenspiel"), [""; 0]);
    }

    #[test]
    fn of_two_that_say_the_same_the_newer_counts_and_what_is_withdrawn_is_not_found() {
        let mut cases = cases();
        cases.put(case(4, 3, "Snowflake on the display", "Hold both buttons for ten seconds."));
        assert_eq!(found(&cases, "snowflake"), ["solution c-4"]);
        cases.withdraw(Handle(4));
        assert_eq!(found(&cases, "snowflake"), [""; 0]);
        assert_eq!(cases.len(), (3, 2));
        for _ in 0..=WITHDRAWN_MAX {
            cases.put(case(2, 2, "My invoice has the wrong company", "Send us the name."));
        }
        assert_eq!(found(&cases, "the company on my invoice"), ["solution c-2"]);
        assert!(cases.solutions.len() < WITHDRAWN_MAX, "what was taken out does not pile up");
    }

    #[test]
    fn a_customer_who_is_forgotten_leaves_nothing_behind() {
        let mut cases = cases();
        cases.forget(customer(1));
        assert_eq!((found(&cases, "snowflake"), cases.len()), (Vec::new(), (1, 1)));
        assert_eq!(cases.earlier(customer(1), ConversationId::from_random([9; 16]), &Foreign::new("parcel"), 3), []);
        let kept = format!("{:?}{:?}", cases.solutions.postings.keys(), cases.answers);
        assert!(!kept.contains("snowflak") && !kept.contains("depot") && kept.contains("invoic"), "{kept}");
    }

    #[test]
    fn outcomes_go_to_the_same_customer_alone_and_what_fits_comes_first() {
        let cases = cases();
        let of = |whose: u8, here: u8, question: &str| {
            let here = ConversationId::from_random([here; 16]);
            let passages = cases.earlier(customer(whose), here, &Foreign::new(question), 2);
            passages.iter().map(|passage| passage.citation.words()).collect::<Vec<_>>()
        };
        assert_eq!(of(1, 9, "buttons of the thermostat"), ["earlier c-1", "earlier c-3"]);
        assert_eq!(of(1, 9, "hello"), ["earlier c-3", "earlier c-1"], "the newest, where nothing fits");
        assert_eq!(of(1, 3, "hello"), ["earlier c-1"], "the one they are in is not over");
        assert_eq!(of(2, 9, "buttons of the thermostat"), ["earlier c-2"]);
        assert_eq!(of(4, 9, "buttons of the thermostat"), [""; 0]);
        let here = ConversationId::from_random([9; 16]);
        let first = cases.earlier(customer(1), here, &Foreign::new("depot"), 1);
        assert_eq!(first[0].title.raw(), "your conversation of 2026-11-22, device-help, solved");
        assert!(first[0].score > Score::ZERO);
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let mut cases = Cases::default();
        for n in 0..(CASES_MAX as u64 + 50) {
            cases.put(case(n, (n % 200) as u8, "The hub blinks", &format!("Number {n} helps.")));
        }
        assert_eq!(cases.len(), (CASES_MAX, SOLUTIONS_MAX));
        assert!(cases.solutions.len() <= SOLUTIONS_MAX + WITHDRAWN_MAX + 1);
        assert_eq!(found(&cases, "the hub blinks").len(), 3);
        assert!(cases.known.contains_key(&Handle(CASES_MAX as u64 + 49)) && !cases.known.contains_key(&Handle(0)));
    }
}
