//! One customer: hears what the wire says, thinks, types, answers, loses patience, leaves.
//!
//! A persona is a value: what it hears and when goes in, what it does and when comes out. It speaks
//! when everything said to it has been read, never by the clock of a race, so that the same floor
//! gives the same conversation however the machine is loaded.

mod speech;

use std::collections::VecDeque;
use std::sync::Arc;

use super::dice::Dice;
use super::scenario::{Manners, Pace, Scenario};
use crate::domain::conversation::HouseSentence;
use crate::domain::time::Millis;
use crate::protocol::customer::{CustomerReply, SpeakerKind};
use speech::{Reply, Speech, Stand};

/// Messages one customer sends at most: a circle of question and answer ends here.
const SAID_MAX: u32 = 40;
/// How long somebody waits for an answer before they leave.
const STAY: Millis = Millis::from_mins(4);
/// How long somebody stays in the line for a human.
const STAY_IN_LINE: Millis = Millis::from_mins(12);
/// Between the messages of a burst.
const BURST_GAP: Millis = Millis(900);
/// Before a rating is given.
const RATING_PAUSE: Millis = Millis::from_secs(3);

/// Something a customer does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    /// Begins to type, or stops.
    Typing(bool),
    /// Sends a message.
    Say(String),
    /// Presses the button that asks for a human.
    Human,
    /// Rates the conversation.
    Rate(u8),
    /// Closes the page.
    Leave,
}

/// One customer.
#[derive(Debug)]
pub struct Persona {
    scenario: Arc<Scenario>,
    dice: Dice,
    speech: Speech,
    standing: Standing,
    /// What is about to be sent, soonest first.
    plan: VecDeque<(Millis, Deed)>,
    /// How things stood before the plan, as long as nothing of it was sent: new words void it.
    before: Option<(Speech, Vec<String>)>,
    /// When everything heard so far has been read.
    read_at: Option<Millis>,
    /// When patience ends; none before the welcome, since there is nothing to wait for yet.
    leaves_at: Option<Millis>,
    said: u32,
    gone: bool,
}

/// Who answers, as far as the customer knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Company {
    #[default]
    Agent,
    /// Nobody yet: they wait in line for a human.
    Line,
    /// A human who wrote.
    Human,
}

/// Whether the matter is settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum End {
    #[default]
    Open,
    Resolved,
    Rated,
}

/// What a customer knows of where they stand.
#[derive(Debug, Default)]
struct Standing {
    begun: bool,
    company: Company,
    end: End,
    /// A decision of a colleague is awaited, as the house said.
    awaited: bool,
    /// Words heard since the last own message.
    heard: Vec<String>,
}

impl Persona {
    /// The customer of that scenario. `number` tells apart those who play the same one.
    pub fn new(scenario: Arc<Scenario>, manners: Arc<Manners>, seed: u64, number: u64) -> Self {
        Self {
            speech: Speech::new(Arc::clone(&scenario), manners),
            scenario,
            dice: Dice::new(seed, number),
            standing: Standing::default(),
            plan: VecDeque::new(),
            before: None,
            read_at: None,
            leaves_at: None,
            said: 0,
            gone: false,
        }
    }

    /// When this customer does something next, on the same clock as `at` elsewhere. None before the
    /// welcome, and once gone.
    pub fn next(&self) -> Option<Millis> {
        let planned = self.plan.front().map(|(at, _)| *at);
        let soonest = planned.into_iter().chain(self.read_at).chain(self.leaves_at).min();
        soonest.filter(|_| !self.gone)
    }

    /// Whether they have closed the page.
    pub const fn is_gone(&self) -> bool {
        self.gone
    }

    /// Takes in what the wire said at `at`.
    pub fn hear(&mut self, reply: &CustomerReply, at: Millis) {
        match reply {
            CustomerReply::Welcome { .. } if self.standing.begun => {}
            CustomerReply::Welcome { .. } => {
                self.standing.begun = true;
                self.read(Millis(1_500), at);
            }
            CustomerReply::Message(message) => match message.author.kind {
                SpeakerKind::Ai | SpeakerKind::Human => {
                    let by_human = message.author.kind == SpeakerKind::Human;
                    // The agent that looks after the line says that a human comes.
                    if by_human || self.standing.company == Company::Human {
                        self.standing.company = if by_human { Company::Human } else { Company::Agent };
                    }
                    self.standing.awaited = false;
                    let words = message.text.raw();
                    self.standing.heard.push(words.to_lowercase());
                    let takes = self.reading(words);
                    self.read(takes, at);
                }
                SpeakerKind::You | SpeakerKind::Waiting | SpeakerKind::House => {}
            },
            CustomerReply::Notice { sentence, .. } => self.notice(*sentence),
            CustomerReply::Handover { to } => match to.kind {
                SpeakerKind::Waiting => self.standing.company = Company::Line,
                SpeakerKind::Ai => self.standing.company = Company::Agent,
                SpeakerKind::Human | SpeakerKind::You | SpeakerKind::House => {}
            },
            CustomerReply::Resolved {} => {
                self.standing.end = End::Resolved;
                self.read(RATING_PAUSE, at);
            }
            CustomerReply::Stored { .. }
            | CustomerReply::Typing { .. }
            | CustomerReply::Rated { .. }
            | CustomerReply::Refused { .. } => {}
        }
        self.stay(at);
    }

    fn notice(&mut self, sentence: HouseSentence) {
        match sentence {
            HouseSentence::HumanAsked
            | HouseSentence::StillWaiting
            | HouseSentence::CallBackOffered
            | HouseSentence::CallBackArranged => self.standing.company = Company::Line,
            HouseSentence::AgentTakesOver => self.standing.company = Company::Agent,
            HouseSentence::AwaitingApproval => self.standing.awaited = true,
            HouseSentence::Greeting
            | HouseSentence::SpecialistTakesOver
            | HouseSentence::HumanTakesOver
            | HouseSentence::Trouble
            | HouseSentence::RatingQuestion
            | HouseSentence::Stopped
            | HouseSentence::Checked
            | HouseSentence::NobodyCame
            | HouseSentence::Blocked
            | HouseSentence::Unblocked
            | HouseSentence::Farewell => {}
        }
    }

    /// Something has to be read first. What was about to be said is thought over again, unless
    /// the first message of a burst is out already.
    fn read(&mut self, takes: Millis, at: Millis) {
        if let Some((speech, heard)) = self.before.take() {
            self.plan.clear();
            self.speech = speech;
            self.standing.heard.splice(0..0, heard);
        }
        let begun = self.read_at.map_or(at, |earlier| earlier.max(at));
        self.read_at = Some(Millis(begun.0 + takes.0));
    }

    fn stay(&mut self, at: Millis) {
        let span = if self.standing.company == Company::Line { STAY_IN_LINE } else { STAY };
        self.leaves_at = Some(Millis(at.0 + span.0));
    }

    /// What this customer does now that it is `at`.
    pub fn act(&mut self, at: Millis) -> Vec<Deed> {
        let mut deeds = Vec::new();
        while self.plan.front().is_some_and(|(due, _)| *due <= at) {
            let Some((_, deed)) = self.plan.pop_front() else { break };
            self.before = None;
            match deed {
                Deed::Say(_) | Deed::Human => {
                    self.said += 1;
                    self.standing.end = End::Open;
                    self.stay(at);
                }
                Deed::Rate(_) => self.standing.end = End::Rated,
                Deed::Leave => self.gone = true,
                Deed::Typing(_) => {}
            }
            deeds.push(deed);
        }
        if self.gone {
            return deeds;
        }
        if self.plan.is_empty() && self.read_at.is_some_and(|due| due <= at) {
            self.read_at = None;
            deeds.extend(self.decide(at));
        }
        if self.leaves_at.is_some_and(|due| due <= at) || self.said >= SAID_MAX {
            self.gone = true;
            deeds.push(Deed::Leave);
        }
        deeds
    }

    /// Decides what to say to all that was heard, and plans the typing of it.
    fn decide(&mut self, at: Millis) -> Option<Deed> {
        if self.standing.company == Company::Line || self.standing.awaited {
            return None;
        }
        let heard = std::mem::take(&mut self.standing.heard);
        let before = self.speech.clone();
        let stand = Stand { human: self.standing.company == Company::Human, resolved: self.standing.end != End::Open };
        let typing = match self.speech.reply(&heard, stand, &mut self.dice) {
            Reply::Say(words) => {
                let mut due = at;
                for text in words {
                    due = Millis(due.0 + self.typing(&text).0);
                    self.plan.push_back((due, Deed::Say(text)));
                    due = Millis(due.0 + BURST_GAP.0);
                }
                Some(Deed::Typing(true))
            }
            Reply::Button => {
                self.plan.push_back((Millis(at.0 + 1_000), Deed::Human));
                None
            }
            Reply::Done => {
                self.farewell(at);
                None
            }
            Reply::Wait => None,
        };
        self.before = Some((before, heard));
        typing
    }

    fn farewell(&mut self, at: Millis) {
        let mut due = at;
        if let (Some(score), End::Resolved) = (self.scenario.rating, self.standing.end) {
            self.plan.push_back((due, Deed::Rate(score)));
            due = Millis(due.0 + RATING_PAUSE.0);
        }
        if !self.scenario.silent {
            self.plan.push_back((due, Deed::Leave));
        }
    }

    fn reading(&mut self, text: &str) -> Millis {
        // Twenty-five characters a second, and a moment to think.
        let span = Millis(1_200 + text.chars().count() as u64 * 40 * self.slowness() / 100);
        self.dice.about(Millis(span.0.min(9_000)), 15)
    }

    fn typing(&mut self, text: &str) -> Millis {
        let span = Millis(700 + text.chars().count() as u64 * 110 * self.slowness() / 100);
        self.dice.about(Millis(span.0.min(14_000)), 20)
    }

    fn slowness(&self) -> u64 {
        match self.scenario.pace {
            Pace::Quick => 55,
            Pace::Usual => 100,
            Pace::Slow => 190,
        }
    }
}

#[cfg(test)]
mod tests;
