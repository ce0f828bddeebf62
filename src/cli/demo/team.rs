//! Scripted people at real consoles.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::visit::Pace;
use crate::cli::failure::Failure;
use crate::cli::house::House;
use crate::client::feed::{Feed, FeedEvent};
use crate::client::socket;
use crate::domain::command::OperatorAct;
use crate::domain::id::{ClientKey, OperatorName};
use crate::domain::operator::Presence;
use crate::protocol::console::{Change, ConsoleCommand, ConsoleReply, ConsoleRequest};
use crate::simulation::scenario::Library;
use crate::simulation::supervisor::{Move, Supervisor};

/// Seats somebody at a console and plays their part until `stop`. Returns how many acts they made.
pub(super) fn seat(
    house: &House,
    name: &OperatorName,
    leads: bool,
    part: &Part,
    stop: CancellationToken,
) -> Result<impl Future<Output = u64> + Send + use<>, Failure> {
    let token = house.floor.grant_operator(name.clone()).map_err(Failure::failed)?;
    let feed = socket::connect(socket::Options { address: house.address()?, token, read_only: false, passing: false });
    let supervisor = Supervisor::new(name.clone(), &part.library, leads, part.seed);
    let console = Console { supervisor, feed, pace: part.pace, name: name.clone(), keys: 0, acts: 0 };
    Ok(console.run(stop))
}

/// What all scripted people share.
pub(super) struct Part {
    pub(super) library: Arc<Library>,
    pub(super) seed: u64,
    pub(super) pace: Pace,
}

struct Console {
    supervisor: Supervisor,
    feed: Feed,
    pace: Pace,
    name: OperatorName,
    keys: u64,
    acts: u64,
}

impl Console {
    async fn run(mut self, stop: CancellationToken) -> u64 {
        self.send(
            OperatorAct::SetPresence { operator: None, presence: Presence::Available, reason: None, until: None },
            None,
        )
        .await;
        loop {
            let due = self.supervisor.next().map(|at| self.pace.when(at));
            let sleep = async move {
                match due {
                    Some(at) => tokio::time::sleep_until(at).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                event = self.feed.events.recv() => match event {
                    Some(FeedEvent::Reply(reply)) => self.hear(*reply),
                    Some(FeedEvent::Connecting { .. } | FeedEvent::Connected | FeedEvent::Lost { .. }) => {}
                    Some(FeedEvent::Ended { .. }) | None => break,
                },
                () = sleep => for Move { seen, act, .. } in self.supervisor.act(self.pace.now()) {
                    self.acts += 1;
                    self.send(act, Some(seen)).await;
                },
                () = stop.cancelled() => break,
            }
        }
        self.acts
    }

    fn hear(&mut self, reply: ConsoleReply) {
        match reply {
            ConsoleReply::Welcome { changes, .. }
            | ConsoleReply::Resumed { changes, .. }
            | ConsoleReply::Delta { changes, .. } => self.apply(&changes),
            ConsoleReply::Reset { .. } | ConsoleReply::Lagged { .. } => self.supervisor.reset(),
            ConsoleReply::Accepted { .. }
            | ConsoleReply::Refused { .. }
            | ConsoleReply::Answer { .. }
            | ConsoleReply::Error { .. } => {}
        }
    }

    fn apply(&mut self, changes: &[Change]) {
        let at = self.pace.now();
        for change in changes {
            self.supervisor.hear(change, at);
        }
    }

    async fn send(&mut self, act: OperatorAct, seen: Option<crate::domain::command::Seen>) {
        self.keys += 1;
        let Ok(key) = format!("{}-{}", self.name, self.keys).parse::<ClientKey>() else { return };
        // A feed that has ended says so in its events.
        let _ = self.feed.requests.send(ConsoleRequest::Command { key, seen, command: ConsoleCommand::Act(act) }).await;
    }
}
