//! A message that is unclear is asked back about, rather than guessed: which of the two likeliest matters it is.

use std::sync::Arc;

use super::run::Run;
use super::turn::SHORT;
use crate::analysis::reading::{Answer, yes_no};
use crate::domain::action::Next;
use crate::domain::analysis::{Clarity, IntentScore};
use crate::domain::id::IntentName;
use crate::domain::playbook::{Either, Playbook, PlaybookRole, SlotKind};
use crate::domain::score::Score;

/// The second matter must be at least this likely: below it the question would name something out of the blue.
const SECOND: Score = Score::from_percent(8);
/// Letters of a word that tells one topic from another: shorter ones are `the`, `your`, `our`.
const TELLING: usize = 5;

/// Words for the matter named first, and for the one named second.
const FIRST: [&str; 3] = ["first", "former", "1st"];
const SECOND_WORDS: [&str; 4] = ["second", "latter", "2nd", "last"];
/// Words of an answer that tell nothing.
const POLITE: [&str; 4] = ["please", "about", "thanks", "rather"];

impl Run<'_> {
    /// Whether what the customer wants is a guess.
    pub(super) fn is_unclear(&self) -> bool {
        self.context.analysis.clarity == Clarity::Unclear
    }

    /// Asks which of the two likeliest matters is meant, if the message is unclear and nobody asked that just
    /// now. Returns whether it did.
    pub(super) fn ask_back(&mut self) -> bool {
        if !self.is_unclear() || self.is_foreign() {
            return false;
        }
        let Some([first, second]) = self.likeliest() else { return false };
        for (_, flow) in [&first, &second] {
            // What the unclear words told is not asked for again.
            self.read_facts(flow, |_, kind: SlotKind| kind.speaks_for_itself());
        }
        let topics = [("first", first.1.topic.as_str()), ("second", second.1.topic.as_str())];
        self.phrase_filled(|phrases| &phrases.which_of_two, &topics);
        self.flow.asked_back = Some(Box::new(Either { first: first.0, second: second.0 }));
        self.next = Some(Next::Wait);
        true
    }

    /// The two likeliest matters. Manners are none, and whoever seems to be polite is not asked what they want.
    fn likeliest(&self) -> Option<[(IntentName, Arc<Playbook>); 2]> {
        let mut matters = self.context.analysis.intents.iter().map(|scored| {
            let flow = self.matter_of(&scored.intent)?;
            Some((scored, flow))
        });
        let (top, first) = matters.next().flatten()?;
        let other = |(scored, flow): &(&IntentScore, Arc<Playbook>)| {
            flow.id.name != first.id.name && flow.topic != first.topic && scored.confidence >= SECOND
        };
        let (next, second) = matters.flatten().find(other)?;
        Some([(top.intent.clone(), first), (next.intent.clone(), second)])
    }

    /// The flow of an intent that somebody takes as a matter of its own.
    fn matter_of(&self, intent: &IntentName) -> Option<Arc<Playbook>> {
        let own = self.book.flow_for(&self.context.agent, intent);
        let flow = own.or_else(|| self.book.any_flow(intent))?;
        (flow.role == PlaybookRole::Flow && !flow.anyone).then(|| Arc::clone(flow))
    }

    /// What the customer says to the question which of two is meant. None when it is something else.
    pub(super) fn meant(&self, asked: &Either) -> Option<IntentName> {
        let plain = &self.reading.plain;
        if yes_no(plain) == Some(Answer::No) && plain.words().count() <= SHORT && !self.clearly_one_of(asked) {
            return None;
        }
        if plain.words().count() <= SHORT {
            match (plain.has_any(&FIRST), plain.has_any(&SECOND_WORDS)) {
                (true, false) => return Some(asked.first.clone()),
                (false, true) => return Some(asked.second.clone()),
                (true, true) | (false, false) => {}
            }
        }
        let analysis = &self.context.analysis;
        let named = self.named(asked);
        // `The order` answers the question, as whatever it is read alone. Something else that is said clearly
        // counts for more than a word of a topic.
        if named.is_some() && self.says_no_more(asked) {
            return named;
        }
        if analysis.clarity == Clarity::Clear && self.wanted().is_some() {
            return None;
        }
        if named.is_some() {
            return named;
        }
        let inside = analysis.clarity != Clarity::Outside;
        let nearer = analysis.intents.iter().find(|scored| asked.holds(&scored.intent)).filter(|_| inside);
        // A bare yes says that the question was right, and the likelier one stood first.
        let yes = (yes_no(plain) == Some(Answer::Yes)).then_some(&asked.first);
        yes.or(nearer.map(|scored| &scored.intent)).cloned()
    }

    /// Whether all words that mean something are those of the topics asked about.
    fn says_no_more(&self, asked: &Either) -> bool {
        let topics = [&asked.first, &asked.second].map(|intent| self.matter_of(intent));
        let topics = topics.iter().flatten().flat_map(|flow| flow.topic.split_whitespace());
        let mut words = self.reading.plain.words().filter(|word| word.chars().count() >= TELLING);
        words.all(|word| POLITE.contains(&word) || topics.clone().any(|known| known.to_lowercase() == word))
    }

    /// Whether the words alone say which of the two it is.
    fn clearly_one_of(&self, asked: &Either) -> bool {
        let clear = self.wanted().is_some_and(|top| asked.holds(&top.intent)) && !self.is_unclear();
        clear || self.named(asked).is_some()
    }

    /// The one of two whose topic is named, if one alone is.
    fn named(&self, asked: &Either) -> Option<IntentName> {
        let topic = |intent: &IntentName| self.matter_of(intent).map(|flow| flow.topic.to_lowercase());
        let (first, second) = topic(&asked.first).zip(topic(&asked.second))?;
        let names = |own: &str, other: &str| {
            let mut telling = own.split_whitespace().filter(|word| word.chars().count() >= TELLING);
            telling.any(|word| !other.split_whitespace().any(|known| known == word) && self.reading.plain.has(word))
        };
        match (names(&first, &second), names(&second, &first)) {
            (true, false) => Some(asked.first.clone()),
            (false, true) => Some(asked.second.clone()),
            (true, true) | (false, false) => None,
        }
    }
}
