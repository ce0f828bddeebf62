//! Whether a conversation strains the customer: learnt from an operator's own past dialogues.
//!
//! The words of one text tell little of it; the words of the whole chat, of both sides, and its
//! shape (who repeats, who waits, how the mood goes) tell more. What annoys is different at every
//! desk, so that there are no shipped weights: without training there is only the shape.

use super::mood::grams::{Grams, place};
use super::mood::polarity;
use super::mood::softmax::{Course, LANES, Lanes, Softmax, Vector};

/// Places of hashed words, as a power of two.
const BITS: u32 = 17;
/// Readings of the shape of a chat.
const SHAPE: usize = 20;
/// How much a reading counts beside a block of words of length one.
const SHAPE_WEIGHT: f32 = 0.2;
/// Training: chosen by folds over the customers of a public set.
const COURSE: Course = Course { classes: 2, rounds: 12, step: 0.6, decay: 2e-5 };
/// Turns before in which a repetition is looked for.
const REPEATS_WITHIN: usize = 4;
/// Turns read of one chat, the last ones.
const TURNS_MAX: usize = 200;

/// Who wrote a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Author {
    /// The customer.
    Customer,
    /// Whoever answers.
    Agent,
    /// A tool: a line is a result.
    Tool,
}

/// One line of a chat.
#[derive(Debug, Clone)]
pub struct Line {
    /// Who wrote it.
    pub author: Author,
    /// When, in ms since the first; 0 where times are not known.
    pub at_ms: u64,
    /// A tool's result that was none.
    pub failed: bool,
    words: Vec<u32>,
    displeasure: f32,
    shouts: bool,
    marks: u32,
    thanks: bool,
}

impl Line {
    /// Reads a line.
    pub fn read(author: Author, at_ms: u64, text: &str, failed: bool) -> Self {
        let grams = if author == Author::Tool { Grams::default() } else { Grams::of(text) };
        let mut words: Vec<u32> = grams.words.iter().map(|gram| place(gram.hash, BITS)).collect();
        words.sort_unstable();
        words.dedup();
        let customer = author == Author::Customer;
        Self {
            author,
            at_ms,
            failed,
            words,
            displeasure: if customer { polarity::displeased(text) } else { 0.0 },
            shouts: grams.shouts,
            marks: grams.exclamations + grams.questions,
            thanks: customer && text.to_lowercase().contains("thank"),
        }
    }
}

/// Tells strained conversations.
#[derive(Debug, Clone)]
pub struct Strain {
    learnt: Option<Learnt>,
}

#[derive(Debug, Clone)]
struct Learnt {
    model: Softmax,
    middle: [f32; SHAPE],
    spread: [f32; SHAPE],
}

impl Strain {
    /// Without any training: the displeasure of the customer's lines alone.
    pub fn untrained() -> Self {
        Self { learnt: None }
    }

    /// Learns from chats, each up to the line that is judged.
    pub fn train<'a>(examples: impl Iterator<Item = (&'a [Line], bool)> + Clone) -> Self {
        let shapes: Vec<[f32; SHAPE]> = examples.clone().map(|(chat, _)| shape(tail(chat))).collect();
        let (middle, spread) = spread(&shapes);
        let vectors: Vec<(Vector, Lanes)> = examples
            .zip(&shapes)
            .map(|((chat, strained), shape)| {
                let mut wanted = [0.0; LANES];
                wanted[usize::from(strained)] = 1.0;
                (vector(tail(chat), shape, (&middle, &spread)), wanted)
            })
            .collect();
        let model = Softmax::train(&vectors, (4 << BITS) + SHAPE, &COURSE);
        Self { learnt: Some(Learnt { model, middle, spread }) }
    }

    /// How strained the customer is after these lines: a chance if it was trained, else a ranking from 0 to 1.
    pub fn read(&self, chat: &[Line]) -> f32 {
        let chat = tail(chat);
        let shape = shape(chat);
        match &self.learnt {
            None => f32::midpoint(shape[0], shape[3]),
            Some(learnt) => {
                let vector = vector(chat, &shape, (&learnt.middle, &learnt.spread));
                learnt.model.chances(&vector)[1]
            }
        }
    }
}

fn tail(chat: &[Line]) -> &[Line] {
    chat.get(chat.len().saturating_sub(TURNS_MAX)..).unwrap_or(chat)
}

/// Words of the customer, of the agent, of the customer's last line and of the answer before it, each a
/// block of length one, and the shape.
fn vector(chat: &[Line], shape: &[f32; SHAPE], (middle, spread): (&[f32; SHAPE], &[f32; SHAPE])) -> Vector {
    let mut vector = Vector::new();
    let by = |author: Author| chat.iter().filter(move |line| line.author == author);
    let last = |author: Author| by(author).next_back().into_iter();
    block(by(Author::Customer), 0, 1.0, &mut vector);
    block(by(Author::Agent), 1, 1.0, &mut vector);
    block(last(Author::Customer), 2, 0.5, &mut vector);
    block(last(Author::Agent), 3, 0.5, &mut vector);
    for (number, ((value, middle), spread)) in shape.iter().zip(middle).zip(spread).enumerate() {
        let value = ((value - middle) / spread).clamp(-3.0, 3.0);
        vector.push(((4 << BITS) + number as u32, SHAPE_WEIGHT * value));
    }
    vector
}

fn block<'a>(lines: impl Iterator<Item = &'a Line>, number: u32, weight: f32, vector: &mut Vector) {
    let mut places: Vec<u32> = lines.flat_map(|line| line.words.iter().copied()).collect();
    places.sort_unstable();
    places.dedup();
    let value = weight / libm::sqrtf(places.len().max(1) as f32);
    vector.extend(places.into_iter().map(|place| (place | number << BITS, value)));
}

/// The shape of a chat: mood and its path, repetition, waiting, tools, emphasis, length.
fn shape(chat: &[Line]) -> [f32; SHAPE] {
    let by = |author: Author| chat.iter().filter(move |line| line.author == author).collect::<Vec<_>>();
    let (customer, agent) = (by(Author::Customer), by(Author::Agent));
    let mut moods: Vec<f32> = customer.iter().map(|line| line.displeasure).collect();
    let first = moods.first().copied().unwrap_or(0.0);
    let last = moods.last().copied().unwrap_or(0.0);
    let mean = mean(&moods);
    moods.sort_by(f32::total_cmp);
    let top = moods.iter().rev().take(2).sum::<f32>() / 2.0;
    let (waits, streak) = waits(chat);
    let tools = by(Author::Tool);
    let failed = tools.iter().filter(|line| line.failed).count();
    let count = |number: usize, many: f32| (number as f32 / many).min(3.0);
    let marks: u32 = customer.iter().map(|line| line.marks).sum();
    let (said, answered) = (repeats(&customer), repeats(&agent));
    [
        mean,
        last,
        last - first,
        top,
        said.0,
        said.1,
        answered.0,
        answered.1,
        (waits.0 / 60.0).min(3.0),
        (waits.1 / 60.0).min(3.0),
        count(streak, 4.0),
        count(customer.len(), 10.0),
        count(agent.len(), 10.0),
        count(tools.len(), 5.0),
        count(failed, 3.0),
        count(marks as usize, 8.0),
        count(customer.iter().filter(|line| line.shouts).count(), 2.0),
        if customer.iter().rev().take(2).any(|line| line.thanks) { 1.0 } else { 0.0 },
        count(customer.last().map_or(0, |line| line.words.len()), 40.0),
        count(customer.iter().map(|line| line.words.len()).sum(), 200.0),
    ]
}

fn mean(values: &[f32]) -> f32 {
    values.iter().sum::<f32>() / values.len().max(1) as f32
}

/// How much lines repeat those shortly before them: the most, and the mean.
fn repeats(lines: &[&Line]) -> (f32, f32) {
    let mut most = 0.0_f32;
    let mut all = Vec::new();
    for (at, line) in lines.iter().enumerate().skip(1) {
        let before = lines.get(at.saturating_sub(REPEATS_WITHIN)..at).unwrap_or_default();
        let near = before.iter().map(|other| shared(&line.words, &other.words)).fold(0.0, f32::max);
        most = most.max(near);
        all.push(near);
    }
    (most, mean(&all))
}

/// The share of words that two lines have in common.
fn shared(one: &[u32], other: &[u32]) -> f32 {
    let both = one.iter().filter(|word| other.binary_search(word).is_ok()).count();
    both as f32 / (one.len() + other.len() - both).max(1) as f32
}

/// The longest and the mean time until an answer, in seconds, and the most lines without one.
fn waits(chat: &[Line]) -> ((f32, f32), usize) {
    let (mut waits, mut since, mut streak, mut longest) = (Vec::new(), None, 0, 0);
    for line in chat {
        match line.author {
            Author::Customer => {
                since = since.or(Some(line.at_ms));
                streak += 1;
                longest = longest.max(streak);
            }
            Author::Agent => {
                if let Some(since) = since.take() {
                    waits.push(line.at_ms.saturating_sub(since) as f32 / 1_000.0);
                }
                streak = 0;
            }
            Author::Tool => {}
        }
    }
    ((waits.iter().copied().fold(0.0, f32::max), mean(&waits)), longest)
}

/// The middle and the spread of each reading.
fn spread(shapes: &[[f32; SHAPE]]) -> ([f32; SHAPE], [f32; SHAPE]) {
    let count = shapes.len().max(1) as f32;
    let (mut middle, mut spread) = ([0.0; SHAPE], [0.0; SHAPE]);
    for shape in shapes {
        for (sum, value) in middle.iter_mut().zip(shape) {
            *sum += value / count;
        }
    }
    for shape in shapes {
        for ((sum, value), middle) in spread.iter_mut().zip(shape).zip(&middle) {
            *sum += (value - middle) * (value - middle) / count;
        }
    }
    (middle, spread.map(|square| libm::sqrtf(square).max(0.01)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chat(lines: &[(Author, &str)]) -> Vec<Line> {
        lines
            .iter()
            .enumerate()
            .map(|(at, (author, text))| Line::read(*author, at as u64 * 5_000, text, false))
            .collect()
    }

    #[test]
    fn strained_chats_are_told_by_words_and_shape() {
        use Author::{Agent, Customer};
        let good = chat(&[(Customer, "where is my lamp"), (Agent, "it comes today"), (Customer, "thank you")]);
        let bad = chat(&[
            (Customer, "where is my lamp"),
            (Agent, "which lamp do you mean"),
            (Customer, "where is my lamp"),
            (Agent, "which lamp do you mean"),
            (Customer, "this is useless, I told you already"),
        ]);
        assert!(Strain::untrained().read(&bad) > Strain::untrained().read(&good));
        let examples = || (0..20).flat_map(|_| [(good.as_slice(), false), (bad.as_slice(), true)]);
        let strain = Strain::train(examples());
        assert!(strain.read(&bad) > 0.6 && strain.read(&good) < 0.4, "{} {}", strain.read(&bad), strain.read(&good));
        assert_eq!(strain.read(&bad).to_bits(), Strain::train(examples()).read(&bad).to_bits());
    }

    #[test]
    fn any_chat_is_read() {
        let odd =
            chat(&[(Author::Customer, ""), (Author::Tool, ""), (Author::Customer, "😡😡"), (Author::Agent, "日本語")]);
        let long: Vec<Line> = (0..2_000).map(|at| Line::read(Author::Customer, at, "no no no", false)).collect();
        let strain = Strain::train([(odd.as_slice(), true), (&[][..], false)].into_iter());
        for chat in [&[][..], &odd, &long] {
            assert!(strain.read(chat).is_finite() && Strain::untrained().read(chat).is_finite());
        }
        assert!(Strain::train(std::iter::empty()).read(&odd).is_finite());
    }
}
