//! Numbers of the lines: what came in and what people took within the last hour, and how long
//! somebody who comes now would wait.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde::{Deserialize, Serialize};

use crate::domain::id::{OperatorName, QueueName};
use crate::domain::operator::{OperatorSpec, Role};
use crate::domain::time::{Millis, Timestamp};

use super::floor::{Floor, OperatorState};

/// The last hour is summed in such steps, so that an entry costs the same however busy the hour was.
const STEP: Millis = Millis::from_mins(5);
/// Steps that make the hour; the one that runs is among them.
const STEPS: usize = 12;
/// A forecast is told in such steps, rounded up: more would be more than anybody knows.
const TOLD_IN: Millis = Millis::from_secs(30);
/// The policy's guess of how long a conversation takes weighs as much as so many that were measured.
const GUESS_WEIGHS: u64 = 5;

/// Sums of one line.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LineSums {
    /// Conversations that wait in it.
    pub waiting: u32,
    /// The last hour, the step that runs last.
    steps: VecDeque<Step>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
struct Step {
    /// Which, counted from the beginning of time.
    no: i64,
    sums: LastHour,
}

/// What happened in a line within the last hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LastHour {
    /// Requests that came in.
    pub arrived: u32,
    /// Requests that a person took.
    pub taken: u32,
    /// Of these, before their due time.
    pub in_time: u32,
}

impl LineSums {
    pub(super) fn arrived(&mut self, at: Timestamp) {
        self.add(at, |sums| sums.arrived += 1);
    }

    pub(super) fn taken(&mut self, at: Timestamp, in_time: bool) {
        self.add(at, |sums| {
            sums.taken += 1;
            sums.in_time += u32::from(in_time);
        });
    }

    /// The takeover was undone: it waits as before. An undo comes within seconds.
    pub(super) fn taken_back(&mut self, in_time: bool) {
        if let Some(step) = self.steps.iter_mut().rev().find(|step| step.sums.taken > 0) {
            step.sums.taken -= 1;
            step.sums.in_time = step.sums.in_time.saturating_sub(u32::from(in_time));
        }
    }

    fn add(&mut self, at: Timestamp, add: impl FnOnce(&mut LastHour)) {
        let no = number(at);
        if self.steps.back().is_none_or(|step| step.no < no) {
            self.steps.push_back(Step { no, sums: LastHour::default() });
        }
        while self.steps.len() > STEPS {
            self.steps.pop_front();
        }
        if let Some(step) = self.steps.back_mut() {
            add(&mut step.sums);
        }
    }

    /// The last hour as seen at `at`.
    pub fn last_hour(&self, at: Timestamp) -> LastHour {
        let now = number(at);
        let within = self.steps.iter().filter(|step| now - step.no < STEPS as i64);
        within.fold(LastHour::default(), |sum, Step { sums, .. }| LastHour {
            arrived: sum.arrived + sums.arrived,
            taken: sum.taken + sums.taken,
            in_time: sum.in_time + sums.in_time,
        })
    }
}

fn number(at: Timestamp) -> i64 {
    at.0.div_euclid(i64::try_from(STEP.0).unwrap_or(i64::MAX))
}

/// How long people had the conversations that they have given away or ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Handled {
    /// Conversations.
    pub count: u64,
    /// All their time, in ms.
    pub ms: u64,
}

impl Handled {
    pub(super) fn add(&mut self, span: Millis) {
        self.count += 1;
        self.ms = self.ms.saturating_add(span.0);
    }

    /// What one takes, with the policy's guess for as long as little was measured.
    fn mean(self, guess: Millis) -> Millis {
        Millis(self.ms.saturating_add(guess.0.saturating_mul(GUESS_WEIGHS)) / self.count.saturating_add(GUESS_WEIGHS))
    }
}

/// Who could take what from which line, at one moment.
pub struct Supply<'a> {
    people: Vec<Server<'a>>,
    lines: Vec<Served<'a>>,
    /// What a conversation takes.
    mean: Millis,
}

/// Somebody who takes offers.
struct Server<'a> {
    name: &'a OperatorName,
    seats: u64,
    free: u64,
}

/// A line, and who takes from it.
struct Served<'a> {
    queue: &'a QueueName,
    waiting: u64,
    /// Who is skilled for it, by their place among the people.
    fit: BTreeSet<usize>,
}

impl Floor {
    /// Who could take what from which line now.
    pub fn supply(&self) -> Supply<'_> {
        let Some(deployment) = &self.deployment else {
            return Supply { people: Vec::new(), lines: Vec::new(), mean: Millis::default() };
        };
        let takes = |spec: &&OperatorSpec| {
            let here = self.operators.get(&spec.name).is_some_and(OperatorState::takes_offers);
            here && spec.role >= Role::Responder
        };
        let specs: Vec<&OperatorSpec> = deployment.operators.iter().filter(takes).collect();
        let server = |spec: &&'_ OperatorSpec| u64::from(self.free_seats(&spec.name));
        let people =
            specs.iter().map(|spec| Server { name: &spec.name, seats: u64::from(spec.capacity), free: server(spec) });
        let lines = deployment.queues.iter().map(|queue| {
            let fits = |(at, spec): (usize, &&OperatorSpec)| spec.fits(&queue.skills).then_some(at);
            let waiting = self.lines.get(&queue.name).map_or(0, |sums| u64::from(sums.waiting));
            Served { queue: &queue.name, waiting, fit: specs.iter().enumerate().filter_map(fits).collect() }
        });
        let mean = self.handled.mean(deployment.policy.queue.handling_ms);
        Supply { people: people.collect(), lines: lines.collect(), mean }
    }
}

impl Supply<'_> {
    /// The people whom a request of this line is offered to: who is skilled for it, or whoever is here
    /// when nobody is.
    fn servers(&self, line: &Served<'_>, without: Option<usize>) -> Vec<usize> {
        let fit: Vec<usize> = line.fit.iter().copied().filter(|at| Some(*at) != without).collect();
        if fit.is_empty() { (0..self.people.len()).filter(|at| Some(*at) != without).collect() } else { fit }
    }

    fn line(&self, queue: &QueueName) -> Option<&Served<'_>> {
        self.lines.iter().find(|line| line.queue == queue)
    }

    /// Seats that are free now for requests of this line.
    pub fn free(&self, queue: &QueueName) -> u32 {
        let servers = self.line(queue).map(|line| self.servers(line, None)).unwrap_or_default();
        let free: u64 = servers.into_iter().filter_map(|at| self.people.get(at)).map(|server| server.free).sum();
        u32::try_from(free).unwrap_or(u32::MAX)
    }

    /// How long somebody who joins this line now would wait. None while nobody is there who could take it.
    pub fn forecast(&self, queue: &QueueName) -> Option<Millis> {
        self.wait(self.line(queue)?, None)
    }

    /// A seat comes free every so often: the mean time of a conversation divided by the seats. Those who
    /// wait before are all who wait for the same people, in whichever line.
    fn wait(&self, line: &Served<'_>, without: Option<usize>) -> Option<Millis> {
        let servers = self.servers(line, without);
        let of = |part: fn(&Server<'_>) -> u64| servers.iter().filter_map(|at| self.people.get(*at)).map(part).sum();
        let (seats, free): (u64, u64) = (of(|server| server.seats), of(|server| server.free));
        if seats == 0 {
            return None;
        }
        let shares = |other: &&Served<'_>| {
            other.waiting > 0 && (other.fit.is_empty() || servers.iter().any(|at| other.fit.contains(at)))
        };
        let before: u64 = self.lines.iter().filter(shares).map(|other| other.waiting).sum();
        if before < free {
            return Some(Millis(0));
        }
        let wait = (before - free + 1).saturating_mul(self.mean.0) / seats;
        Some(Millis(wait.div_ceil(TOLD_IN.0).saturating_mul(TOLD_IN.0)))
    }

    /// The longest wait in a line that this person serves, if they left; none when they serve none.
    /// Within, none means that nobody would be there.
    pub fn without(&self, operator: &OperatorName) -> Option<Option<Millis>> {
        let me = self.people.iter().position(|server| server.name == operator)?;
        let mine = self.lines.iter().filter(|line| self.servers(line, None).contains(&me));
        // Nobody there is longer than any wait.
        mine.map(|line| self.wait(line, Some(me))).max_by_key(|wait| (wait.is_none(), *wait))
    }
}

/// Sums of every line that ever had a request.
pub type Lines = BTreeMap<QueueName, LineSums>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_hour_slides_in_steps() {
        let mut sums = LineSums::default();
        let at = |mins: u64| Timestamp(0) + Millis::from_mins(mins);
        sums.arrived(at(0));
        sums.arrived(at(30));
        sums.taken(at(31), true);
        sums.taken(at(59), false);
        assert_eq!(sums.last_hour(at(59)), LastHour { arrived: 2, taken: 2, in_time: 1 });
        assert_eq!(sums.last_hour(at(61)), LastHour { arrived: 1, taken: 2, in_time: 1 });
        sums.taken_back(false);
        assert_eq!(sums.last_hour(at(61)), LastHour { arrived: 1, taken: 1, in_time: 1 });
        assert_eq!(sums.last_hour(at(600)), LastHour::default());
        (0..100).for_each(|hour| sums.arrived(at(hour * 60)));
        assert!(sums.steps.len() <= STEPS, "an hour costs the same however long the floor lives");
    }

    #[test]
    fn a_guess_gives_way_to_what_was_measured() {
        let guess = Millis::from_mins(5);
        let mut handled = Handled::default();
        assert_eq!(handled.mean(guess), guess);
        (0..995).for_each(|_| handled.add(Millis::from_mins(1)));
        assert!(handled.mean(guess) < Millis(61_300) && handled.mean(guess) > Millis::from_mins(1));
    }
}
