//! A whole orchestrator in this process: floor and gateway, opened together, closed in order.

use std::path::PathBuf;

use super::failure::Failure;
use crate::client::Address;
use crate::config::Bundle;
use crate::domain::time::Millis;
use crate::gateway;
use crate::runtime::clock::REAL_TIME;
use crate::runtime::handle::Handle;
use crate::runtime::service;

/// A running orchestrator.
pub(super) struct House {
    /// The floor.
    pub(super) floor: Handle,
    service: service::Service,
    gateway: gateway::Service,
}

/// How the floor of a house runs.
pub(super) struct Pace {
    /// Thousandths of the wall's clock.
    pub(super) speed: u32,
    /// What every agent's pace is instead of its own.
    pub(super) agents: Option<Millis>,
    /// Whether ids and lots follow from a number.
    pub(super) seed: Option<u64>,
}

impl Pace {
    /// As a server runs.
    pub(super) const fn real() -> Self {
        Self { speed: REAL_TIME, agents: None, seed: None }
    }
}

impl House {
    /// Starts a floor on a data folder (none: in memory) and serves it.
    pub(super) async fn open(
        data: Option<PathBuf>,
        bundle: Bundle,
        pace: Pace,
        serve: gateway::Options,
    ) -> Result<Self, Failure> {
        let options = service::Options { data, bundle, speed: pace.speed, pace: pace.agents, seed: pace.seed };
        let (floor, mut service) = service::Service::start(options).map_err(Failure::failed)?;
        match gateway::serve(serve, floor.clone()) {
            Ok(gateway) => {
                service.announce(&gateway.url()).map_err(Failure::failed)?;
                Ok(Self { floor, service, gateway })
            }
            Err(error) => {
                service.stop().await.map_err(Failure::failed)?;
                Err(Failure::failed(error))
            }
        }
    }

    /// Where it listens.
    pub(super) fn address(&self) -> Result<Address, Failure> {
        Ok(Address::parse(&self.gateway.url())?)
    }

    /// Where it listens, in words.
    pub(super) fn url(&self) -> String {
        self.gateway.url()
    }

    /// Tells sockets, ends requests, then ends the floor.
    pub(super) async fn close(self) -> Result<(), Failure> {
        self.gateway.handle().stop();
        self.gateway.ended().await;
        self.service.stop().await.map_err(Failure::failed)
    }
}
