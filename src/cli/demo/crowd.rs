//! The customers of a demo: they arrive by the seed, each over a socket of their own.

use std::sync::Arc;

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::door::Door;
use super::visit::{Pace, Visit, Visitor, visit};
use crate::domain::time::Millis;
use crate::simulation::arrivals::{Arrival, Arrivals};
use crate::simulation::persona::Persona;
use crate::simulation::scenario::{Library, Scenario};

/// How long a visit takes on average, on the floor's clock; with the number of customers it gives
/// the time between two arrivals.
const VISIT: Millis = Millis::from_secs(75);
/// Customers at once, whatever is asked for: a socket and a task each.
pub(super) const CUSTOMERS_MAX: u64 = 5_000;

/// Who comes, and how.
pub(super) struct Crowd {
    pub(super) door: Arc<Door>,
    pub(super) library: Arc<Library>,
    pub(super) seed: u64,
    pub(super) pace: Pace,
    /// About how many at once.
    pub(super) customers: u64,
}

/// What all visits were like.
#[derive(Debug, Default)]
pub(super) struct Visits {
    pub(super) finished: u64,
    pub(super) unfinished: u64,
    pub(super) answered_us: Vec<u32>,
    pub(super) trouble: Vec<String>,
}

impl Visits {
    pub(super) fn add(&mut self, visit: Visit, finished: bool) {
        self.finished += u64::from(finished);
        self.unfinished += u64::from(!finished);
        self.answered_us.extend(visit.answered_us);
        self.trouble.extend(visit.trouble);
    }
}

impl Crowd {
    /// Lets customers come until `last` on the floor's clock (none: until `stop`), and waits until
    /// all of them have left.
    pub(super) async fn run(self, last: Option<Millis>, stop: CancellationToken) -> Visits {
        let gap = Millis((VISIT.0 / self.customers.clamp(1, CUSTOMERS_MAX)).max(1));
        let mut visits = Visits::default();
        let mut inside = JoinSet::new();
        for arrival in Arrivals::new(Arc::clone(&self.library), self.seed, gap) {
            if last.is_some_and(|last| arrival.at > last) {
                break;
            }
            tokio::select! {
                () = tokio::time::sleep_until(self.pace.when(arrival.at)) => {}
                () = stop.cancelled() => break,
            }
            while let Some(left) = inside.try_join_next() {
                note(&mut visits, left);
            }
            inside.spawn(self.come(arrival, stop.clone()));
        }
        while let Some(left) = inside.join_next().await {
            note(&mut visits, left);
        }
        visits
    }

    fn come(&self, arrival: Arrival, stop: CancellationToken) -> impl Future<Output = (Visit, bool)> + use<> {
        let Arrival { number, scenario, .. } = arrival;
        let identity = self.identity(&scenario);
        let chat = self.door.enter(&format!("demo-{}-{number}-{}", self.seed, scenario.name), identity);
        let manners = Arc::clone(&self.library.manners);
        let mut visitor = Visitor::Persona(Box::new(Persona::new(scenario, manners, self.seed, number)));
        let pace = self.pace;
        async move {
            let visit = visit(chat, &mut visitor, pace, &stop).await;
            (visit, visitor.is_gone())
        }
    }

    fn identity(&self, scenario: &Scenario) -> Option<String> {
        let person = scenario.person.as_deref().filter(|_| scenario.signed)?;
        Some(self.door.vouch(person, &scenario.called, scenario.tier))
    }
}

fn note(visits: &mut Visits, left: Result<(Visit, bool), tokio::task::JoinError>) {
    match left {
        Ok((visit, finished)) => visits.add(visit, finished),
        Err(error) => visits.trouble.push(error.to_string()),
    }
}
