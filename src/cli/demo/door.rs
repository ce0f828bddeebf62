//! The door customers of a demo come through: a channel's token, and who the site says they are.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::cli::failure::Failure;
use crate::cli::house::House;
use crate::client::Address;
use crate::client::customer::{Access, Chat, Options, connect};
use crate::domain::customer::Tier;
use crate::domain::id::{ChannelName, Digest, TurnNo};
use crate::domain::time::{Millis, Timestamp};
use crate::privacy::signature;
use crate::runtime::clock::{Clock, REAL_TIME};
use crate::runtime::handle::Handle;

/// How long the site vouches for a customer: longer than a fast demo's clock runs.
const VOUCHED_FOR: Millis = Millis::from_hours(24 * 365);

/// How customers get in.
pub(super) struct Door {
    address: Address,
    channel: ChannelName,
    token: String,
    secret: String,
    floor: Handle,
}

impl Door {
    /// The door of a house: a token of its web channel, made for this demo.
    pub(super) fn of(house: &House) -> Result<Self, Failure> {
        let channel = ChannelName::web();
        let token = house.floor.grant_channel(channel.clone()).map_err(Failure::failed)?;
        let access = house.floor.channel(&channel);
        let secret = access.and_then(|access| access.identity_secret).unwrap_or_default();
        Ok(Self { address: house.address()?, channel, token, secret, floor: house.floor.clone() })
    }

    /// Comes in under a reference of our own; a customer of the shop comes with the site's word.
    pub(super) fn enter(&self, reference: &str, identity: Option<String>) -> Chat {
        let access = Access::Channel { token: self.token.clone(), reference: reference.to_owned(), identity };
        connect(Options { address: self.address.clone(), access, after: TurnNo(0) })
    }

    /// What the site signs about one of its customers.
    pub(super) fn vouch(&self, handle: &str, name: &str, tier: Tier) -> String {
        let now = Clock::start(Timestamp(0), REAL_TIME).now();
        let until = (now + VOUCHED_FOR).0 / 1_000;
        let payload = serde_json::json!({ "sub": handle, "name": name, "tier": tier, "exp": until }).to_string();
        let payload = URL_SAFE_NO_PAD.encode(payload);
        format!("v1.{payload}.{}", signature::sign(self.secret.as_bytes(), &payload))
    }

    /// The digest under which the journal knows a reference of ours.
    pub(super) fn digest(&self, reference: &str) -> Digest {
        self.floor.keyed(&format!("reference:{}", self.channel), reference)
    }
}
