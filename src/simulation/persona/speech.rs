//! What a customer says next, out of their scenario and everybody's manners.

use std::sync::Arc;

use crate::simulation::dice::Dice;
use crate::simulation::scenario::{After, Answer, Line, Manners, Scenario};

/// How often somebody says that they do not know, before they give up.
const UNSURE_MAX: u8 = 2;

/// What to do about what was heard.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Reply {
    /// Say these, one after the other.
    Say(Vec<String>),
    /// Press the button that asks for a human.
    Button,
    /// Wait for something to happen.
    Wait,
    /// There is nothing left to say.
    Done,
}

/// How the conversation stands for the customer.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Stand {
    pub(super) human: bool,
    pub(super) resolved: bool,
}

#[derive(Debug, Clone)]
pub(super) struct Speech {
    scenario: Arc<Scenario>,
    manners: Arc<Manners>,
    line: usize,
    /// How often each answer was given, those of the scenario first.
    used: Vec<u8>,
    last: String,
    misses: u8,
    outbursts: usize,
    unsure: u8,
    closed: bool,
}

impl Speech {
    pub(super) fn new(scenario: Arc<Scenario>, manners: Arc<Manners>) -> Self {
        let used = vec![0; scenario.answers.len() + manners.answer.len()];
        Self {
            scenario,
            manners,
            line: 0,
            used,
            last: String::new(),
            misses: 0,
            outbursts: 0,
            unsure: 0,
            closed: false,
        }
    }

    /// What to say to `heard`, in lower case; nothing heard means that this customer begins.
    pub(super) fn reply(&mut self, heard: &[String], stand: Stand, dice: &mut Dice) -> Reply {
        self.count_misses(heard);
        if self.misses >= self.scenario.patience
            && let Some(words) = self.scenario.fed_up.get(self.outbursts)
        {
            self.outbursts += 1;
            self.misses = 0;
            return Reply::Say(vec![words.clone()]);
        }
        let asked = question(heard);
        if let Some(words) = self.answer(&asked, stand) {
            return Reply::Say(vec![words]);
        }
        if let Some(line) = self.scenario.lines.get(self.line) {
            if !may(line, stand) {
                return Reply::Wait;
            }
            self.line += 1;
            let words: Vec<String> = line.say.iter().filter_map(|words| self.scenario.filled(words)).collect();
            return if words.is_empty() { Reply::Button } else { Reply::Say(words) };
        }
        if stand.resolved || self.scenario.silent {
            return Reply::Done;
        }
        if asked.contains('?') && self.unsure < UNSURE_MAX && !self.closed {
            self.unsure += 1;
            return Reply::Say(vec!["I am not sure, sorry.".into()]);
        }
        if self.closed {
            return Reply::Done;
        }
        self.closed = true;
        dice.pick(&self.manners.closing).map_or(Reply::Done, |words| Reply::Say(vec![words.clone()]))
    }

    fn count_misses(&mut self, heard: &[String]) {
        for text in heard {
            let unhelpful = self.manners.unhelpful.iter().any(|words| text.contains(words.as_str()));
            if unhelpful || *text == self.last {
                self.misses = self.misses.saturating_add(1);
            }
            self.last.clone_from(text);
        }
    }

    /// The first answer that fits, unless an own line goes before it.
    fn answer(&mut self, asked: &str, stand: Stand) -> Option<String> {
        if asked.is_empty() {
            return None;
        }
        let has_line = self.scenario.lines.get(self.line).is_some_and(|line| may(line, stand));
        let all = self.scenario.answers.iter().chain(&self.manners.answer);
        for (rule, used) in all.zip(&mut self.used) {
            if *used >= rule.times || !rule.hears.iter().any(|words| asked.contains(words.as_str())) {
                continue;
            }
            if rule.lines_first && has_line {
                return None;
            }
            if let Some(words) = fill(rule, &self.scenario) {
                *used += 1;
                return Some(words);
            }
        }
        None
    }
}

fn may(line: &Line, stand: Stand) -> bool {
    match line.after {
        After::Answer => true,
        After::Human => stand.human,
        After::Resolved => stand.resolved,
    }
}

/// The rule's words with its facts in them, or what is said without them.
fn fill(rule: &Answer, scenario: &Scenario) -> Option<String> {
    scenario.filled(&rule.say).or_else(|| rule.unknown.clone())
}

/// The questions in what was heard; everything if none was asked.
fn question(heard: &[String]) -> String {
    let all = heard.join(" ");
    if !all.contains('?') {
        return all;
    }
    let mut asked = String::new();
    for sentence in all.split_inclusive(['?', '!', '\n']).flat_map(|part| part.split_inclusive(". ")) {
        if sentence.contains('?') {
            asked.push_str(sentence);
        }
    }
    asked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_question_counts_and_not_what_led_to_it() {
        let heard = ["your order number 1182 is on its way. is there anything else?".to_owned()];
        assert_eq!(question(&heard), "is there anything else?");
        assert_eq!(question(&["done.".to_owned()]), "done.");
    }
}
