//! Questions that are asked often and that nobody has words for yet: what articles should say.

use std::collections::{BTreeMap, BTreeSet};

use super::replies::{Learnt, key};
use crate::cli::past::spread::{Spread, who};
use crate::cli::past::typical::{centers, typical};
use crate::cli::past::{Past, Request, name_groups, requests, sort_requests};
use crate::simulation::dialogue::TurnRole;

/// Gaps told.
const GAPS_MAX: usize = 20;
/// A gap was asked for so often, by so many customers.
const ASKED_MIN: usize = 4;
const CUSTOMERS_MIN: usize = 3;
/// Words of a question.
const WORDS_MIN: usize = 4;
/// Questions, and answers, that are shown of a gap.
const SHOWN: usize = 3;
/// What a question ends with.
const MARKS: [char; 4] = ['?', '？', '؟', ';'];

/// One gap.
pub(super) struct Gap {
    /// What it is about, in words of the questions.
    pub(super) about: String,
    pub(super) asked: usize,
    pub(super) questions: Vec<String>,
    /// What people answered.
    pub(super) answers: Vec<String>,
}

/// What is asked often and answered in ever new words, most asked first.
pub(super) fn gaps(past: &Past, spread: &Spread, learnt: &[Learnt]) -> Vec<Gap> {
    let canned: BTreeSet<&str> = learnt.iter().map(Learnt::key).collect();
    let mut asked: Vec<(usize, String, usize)> = Vec::new();
    let mut answers: Vec<(usize, String, usize)> = Vec::new();
    for (at, dialogue) in past.dialogues.iter().enumerate() {
        let mut open: Option<&str> = None;
        for turn in &dialogue.turns {
            let text = turn.text.as_ref().map_or("", |text| text.raw());
            match turn.role {
                TurnRole::Customer => {
                    let asks = text.trim_end().ends_with(MARKS) && text.split_whitespace().count() >= WORDS_MIN;
                    open = asks.then_some(text);
                }
                TurnRole::Agent => {
                    let Some(question) = open.take() else { continue };
                    if !key(dialogue, text, spread).is_some_and(|key| canned.contains(key.as_str())) {
                        asked.push((at, question.to_owned(), 0));
                        answers.push((at, text.to_owned(), 0));
                    }
                }
                TurnRole::ToolCall | TurnRole::ToolResult | TurnRole::Route => {}
            }
        }
    }
    let mut asked = requests(asked);
    sort_requests(&mut asked);
    let mut answered = requests(answers);
    for (answer, question) in answered.iter_mut().zip(&asked) {
        answer.matter = question.matter;
    }
    told(past, spread, &asked, &answered)
}

fn told(past: &Past, spread: &Spread, asked: &[Request], answered: &[Request]) -> Vec<Gap> {
    let names = name_groups(asked);
    let places = |of: &[Request]| centers(of.iter().map(|one| (one.matter, &one.place)), names.len());
    let (questions, answers) = (places(asked), places(answered));
    let mut customers: BTreeMap<usize, BTreeSet<String>> = BTreeMap::new();
    for one in asked {
        let who = past.dialogues.get(one.dialogue).map(who);
        customers.entry(one.matter).or_default().extend(who);
    }
    let mut shown = BTreeSet::new();
    let mut gap = |(group, name): (usize, &String)| {
        let own = |of: &'_ [Request]| of.iter().filter(|one| one.matter == group).count();
        let times = own(asked);
        if times < ASKED_MIN || customers.get(&group).map_or(0, BTreeSet::len) < CUSTOMERS_MIN {
            return None;
        }
        let mut show = |of: &[Request], centers: &[_]| {
            let texts: Vec<_> =
                of.iter().filter(|one| one.matter == group).map(|one| (one.text.as_str(), &one.place)).collect();
            typical(texts.into_iter(), (group, centers), spread, &mut shown, SHOWN)
        };
        let gap = Gap {
            about: name.replace('-', " "),
            asked: times,
            questions: show(asked, &questions),
            answers: show(answered, &answers),
        };
        (!gap.questions.is_empty()).then_some(gap)
    };
    let mut gaps: Vec<Gap> = names.iter().enumerate().filter_map(&mut gap).collect();
    gaps.sort_by_key(|gap| std::cmp::Reverse(gap.asked));
    gaps.truncate(GAPS_MAX);
    gaps
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::init::replies::learnt;
    use crate::simulation::dialogue;

    #[test]
    fn what_is_asked_often_and_answered_anew_is_a_gap() {
        let ways =
            ["by the blue door", "through the yard", "on the second floor", "next to the lift", "behind the shop"];
        let line = |at: usize| {
            format!(
                r#"{{"id":"{at}","turns":[{{"role":"customer","text":"where can I find the lost property {}?"}},
                {{"role":"agent","text":"you find it {}"}},
                {{"role":"customer","text":"when do you open on sundays?"}},{{"role":"agent","text":"We open at nine."}}]}}"#,
                ["office", "desk", "counter", "room", "box"][at],
                ways[at]
            )
            .replace('\n', "")
        };
        let text = (0..5).map(line).collect::<Vec<_>>().join("\n");
        let past = Past::of(dialogue::read(text.as_bytes()).unwrap());
        let spread = Spread::of(&past.dialogues);
        let found = gaps(&past, &spread, &learnt(&past, &spread));
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].asked, found[0].questions.len(), found[0].answers.len()), (5, 3, 3));
        assert!(found[0].questions.iter().all(|question| question.contains("lost property")));
        let all = gaps(&past, &spread, &[]);
        assert_eq!(all.iter().map(|gap| gap.asked).sum::<usize>(), 10, "without a reply both are");
    }
}
