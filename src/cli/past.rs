//! Past dialogues: read once, and what they were about, for every command that learns from them.

mod clusters;
pub(super) mod course;
pub(super) mod spread;
pub(super) mod typical;

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use super::failure::Failure;
use super::progress::{Watched, busy};
use crate::analysis::likeness::{self, Place};
use crate::simulation::dialogue::{self, Dialogue, TurnRole};
use course::{Change, Course, Desks, Spot};

/// Largest file that is read, unpacked.
const BYTES_MAX: u64 = 512 * 1024 * 1024;
/// Turns among which the customer says what is wanted; before stand greetings and names.
const OPENING_TURNS: usize = 3;
/// The desk of dialogues without labels where their matters are too few to divide.
const ONLY_DESK: &str = "support";
/// Words of a turn that says what is wanted.
const REQUEST_WORDS: usize = 4;

/// Dialogues out of a JSONL file, plain or gzipped.
pub(super) fn read(path: &Path) -> Result<Vec<Dialogue>, Failure> {
    let fails = |what: &dyn std::fmt::Display| {
        Failure::failed(format!(
            "{}: {what}; give a file with one dialogue of JSON a line, plain or .gz",
            path.display()
        ))
    };
    let file = File::open(path).map_err(|error| fails(&error))?;
    let file = Watched::over(file);
    let packed = path.extension().is_some_and(|end| end == "gz");
    let plain: Box<dyn Read> = if packed { Box::new(flate2::read::MultiGzDecoder::new(file)) } else { Box::new(file) };
    dialogue::read(BufReader::new(plain.take(BYTES_MAX))).map_err(|error| fails(&error))
}

/// What the customer said, turn by turn; a turn without words is empty.
pub(super) fn customer_turns(dialogue: &Dialogue) -> Vec<&str> {
    let said = dialogue.turns.iter().filter(|turn| turn.role == TurnRole::Customer);
    said.map(|turn| turn.text.as_ref().map_or("", |text| text.raw())).collect()
}

/// One thing that a customer asked for.
#[derive(Debug)]
pub(super) struct Request {
    /// Number of the dialogue.
    pub(super) dialogue: usize,
    /// The words.
    pub(super) text: String,
    /// Where they stand among the texts of others.
    pub(super) place: Place,
    /// Number of the matter.
    pub(super) matter: usize,
}

/// Past dialogues and what they were about.
pub(super) struct Past {
    pub(super) dialogues: Vec<Dialogue>,
    /// Desks and matters as the labels name them, or as likeness sorts what was asked for.
    pub(super) desks: Desks,
    /// One for each dialogue.
    pub(super) courses: Vec<Course>,
    pub(super) requests: Vec<Request>,
    /// Whether desks and matters are those of labels.
    pub(super) labelled: bool,
}

impl Past {
    /// Reads a file; one without a word of a customer is a failure.
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        let dialogues = read(path)?;
        let past = busy("sorting", || Self::of(dialogues));
        if past.requests.is_empty() {
            let what = "no customer says anything in it; a dialogue is {\"id\", \"turns\": [{\"role\": \"customer\" \
                        | \"agent\", \"text\"}]}";
            return Err(Failure::failed(format!("{}: {what}", path.display())));
        }
        Ok(past)
    }

    /// Sorts what was asked for: by labels where there are any, else by likeness.
    pub(super) fn of(dialogues: Vec<Dialogue>) -> Self {
        let desks = Desks::of(&dialogues);
        let labelled = !desks.is_empty();
        let courses: Vec<Course> = dialogues.iter().map(|dialogue| desks.course(dialogue)).collect();
        let mut past = Self { dialogues, desks, courses, requests: Vec::new(), labelled };
        past.requests = if labelled { past.labelled_requests() } else { past.sorted_requests() };
        past
    }

    fn labelled_requests(&self) -> Vec<Request> {
        let mut found: Vec<(usize, String, usize)> = Vec::new();
        for (at, (dialogue, course)) in self.dialogues.iter().zip(&self.courses).enumerate() {
            let turns = customer_turns(dialogue);
            let opening = course.opening.and_then(|spot| Some((opening(&turns)?, spot)));
            let changed = |change: &Change| turns.get(change.turn).map(|turn| ((*turn).to_owned(), change.to));
            for (text, spot) in opening.into_iter().chain(course.changes.iter().filter_map(changed)) {
                if let Some(matter) = self.desks.matter(spot).filter(|_| !text.trim().is_empty()) {
                    found.push((at, text, matter));
                }
            }
        }
        requests(found)
    }

    fn sorted_requests(&mut self) -> Vec<Request> {
        let texts = self.dialogues.iter().enumerate();
        let texts = texts.filter_map(|(at, dialogue)| Some((at, opening(&customer_turns(dialogue))?, 0)));
        let mut requests = requests(texts.collect());
        sort_requests(&mut requests);
        let names = name_groups(&requests);
        let places = requests.iter().map(|request| (request.matter, &request.place));
        let desks = clusters::desks(&typical::centers(places, names.len()));
        let desk = |matter: usize| desks.get(matter).copied().unwrap_or(0);
        for request in &requests {
            let spot = Spot { desk: desk(request.matter), matter: Some(request.matter) };
            if let Some(course) = self.courses.get_mut(request.dialogue) {
                course.opening = Some(spot);
            }
        }
        self.desks.desks = match desks.iter().max() {
            Some(1..) => clusters::names(&requests, |request| desk(request.matter), "desk"),
            Some(0) | None => vec![ONLY_DESK.to_owned()],
        };
        self.desks.matters = names.into_iter().zip(desks.iter().copied()).collect();
        requests
    }
}

/// Sorts requests by likeness: those of a matter are alike.
pub(super) fn sort_requests(requests: &mut [Request]) {
    let places: Vec<Place> = requests.iter().map(|request| request.place.clone()).collect();
    for (request, group) in requests.iter_mut().zip(clusters::sort(&places)) {
        request.matter = group;
    }
}

/// A name for each matter of requests that were sorted by likeness.
pub(super) fn name_groups(requests: &[Request]) -> Vec<String> {
    clusters::names(requests, |request| request.matter, "matter")
}

/// Which of so many parts each text is in, of texts that are alike.
pub(super) fn parted(texts: &[&str], parts: usize) -> Vec<usize> {
    clusters::parted(&likeness::places(texts), parts)
}

/// Requests of these dialogues, texts and matters, placed among each other.
pub(super) fn requests(found: Vec<(usize, String, usize)>) -> Vec<Request> {
    let texts: Vec<&str> = found.iter().map(|(_, text, _)| text.as_str()).collect();
    let places = likeness::places(&texts);
    let request = |((dialogue, text, matter), place)| Request { dialogue, text, place, matter };
    found.into_iter().zip(places).map(request).collect()
}

/// What a customer wants, out of the first turns: the first that is long enough to say so, else all
/// of them; none of one who said nothing.
fn opening(turns: &[&str]) -> Option<String> {
    let first = turns.iter().take(OPENING_TURNS);
    let says = first.clone().find(|turn| turn.split_whitespace().count() >= REQUEST_WORDS);
    let text = says.map_or_else(|| first.copied().collect::<Vec<_>>().join("\n"), |turn| (*turn).to_owned());
    (!text.trim().is_empty()).then_some(text)
}
