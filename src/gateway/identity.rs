//! Who a customer is: tokens of conversations, which we sign, and tokens of identity, which the
//! embedding site signs.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;

use crate::domain::customer::{Identity, Proof, Tier};
use crate::domain::id::{ChannelName, ConversationId};
use crate::domain::text::Foreign;
use crate::domain::time::Timestamp;
use crate::privacy::{signature, token};
use crate::runtime::handle::Handle;

/// Longest identity token; a payload is four short fields.
const TOKEN_BYTES_MAX: usize = 4 * 1024;
/// Longest `sub`; an e-mail address fits.
const SUB_BYTES_MAX: usize = 256;
/// The first part of either token.
const VERSION: &str = "v1";
/// The space of digests that prove a conversation, so that none serves two ends.
const SPACE: &str = "conversation-token";

/// The token that proves that a conversation is ours: `v1.<channel>.<digest>`.
///
/// It is derived from the floor's secret, so nothing has to be stored and it survives a restart.
pub(super) fn conversation_token(floor: &Handle, channel: &ChannelName, id: ConversationId) -> String {
    format!("{VERSION}.{channel}.{}", proof(floor, channel, id))
}

/// The channel of a conversation if `given` is its token.
pub(super) fn channel_of(floor: &Handle, given: &str, id: ConversationId) -> Option<ChannelName> {
    let (channel, digest) = split(given)?;
    token::same(&proof(floor, &channel, id), digest).then_some(channel)
}

fn proof(floor: &Handle, channel: &ChannelName, id: ConversationId) -> String {
    // Neither part holds a slash, so they cannot slide into each other.
    floor.keyed(SPACE, &format!("{channel}/{id}")).to_string()
}

/// Channel and digest of a token. A channel's name may hold dots, a digest cannot.
fn split(given: &str) -> Option<(ChannelName, &str)> {
    let (channel, digest) = given.strip_prefix(VERSION)?.strip_prefix('.')?.rsplit_once('.')?;
    Some((channel.parse().ok()?, digest))
}

/// What an embedding site says of its customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Claim {
    /// The site's own id of the customer.
    pub(super) sub: String,
    /// Their name.
    pub(super) name: Option<Foreign>,
    /// What they were promised.
    pub(super) tier: Tier,
    /// The identity it proves.
    pub(super) identity: Identity,
}

#[derive(Deserialize)]
struct Payload {
    sub: String,
    #[serde(default)]
    name: Option<Foreign>,
    #[serde(default)]
    tier: Tier,
    /// Seconds since 1970.
    exp: i64,
}

/// Why an identity token is worth nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum BadIdentity {
    #[error("the channel has no identity secret; set it in the deployment")]
    NoSecret,
    #[error("the identity token is not `v1.<payload>.<signature>` signed with the channel's identity secret")]
    Unsigned,
    #[error("the payload of the identity token is not {{\"sub\", \"name\"?, \"tier\"?, \"exp\"}} with exp in seconds")]
    Payload,
    #[error("the identity token has expired; the site has to sign a new one")]
    Expired,
}

/// Reads `v1.<base64url payload>.<base64url HMAC-SHA256 of the payload part>`.
pub(super) fn claim(secret: Option<&[u8]>, given: &str, now: Timestamp) -> Result<Claim, BadIdentity> {
    let secret = secret.filter(|s| !s.is_empty()).ok_or(BadIdentity::NoSecret)?;
    let parts = given.strip_prefix(VERSION).and_then(|rest| rest.strip_prefix('.')?.split_once('.'));
    let (payload, signed) = parts.filter(|_| given.len() <= TOKEN_BYTES_MAX).ok_or(BadIdentity::Unsigned)?;
    if !signature::verify(secret, payload, signed) {
        return Err(BadIdentity::Unsigned);
    }
    let bytes = URL_SAFE_NO_PAD.decode(payload).map_err(|_| BadIdentity::Payload)?;
    let payload: Payload = serde_json::from_slice(&bytes).map_err(|_| BadIdentity::Payload)?;
    if payload.sub.is_empty() || payload.sub.len() > SUB_BYTES_MAX {
        return Err(BadIdentity::Payload);
    }
    let until = Timestamp(payload.exp.saturating_mul(1_000));
    if until <= now {
        return Err(BadIdentity::Expired);
    }
    let identity = Identity::Verified { by: Proof::SignedToken, until };
    Ok(Claim { sub: payload.sub, name: payload.name, tier: payload.tier, identity })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_700_000_000_000);

    fn signed(secret: &[u8], payload: &str) -> String {
        let payload = URL_SAFE_NO_PAD.encode(payload);
        format!("v1.{payload}.{}", signature::sign(secret, &payload))
    }

    #[test]
    fn a_token_names_its_channel_even_with_dots() {
        let (channel, digest) = split("v1.web.shop.00ff").unwrap();
        assert_eq!((channel.as_str(), digest), ("web.shop", "00ff"));
        for wrong in ["", "v1", "v1..", "v2.web.00ff", "v1.WEB.00ff", "v1.00ff"] {
            assert!(split(wrong).is_none(), "{wrong:?}");
        }
    }

    #[test]
    fn an_identity_is_what_the_site_signed_and_no_longer_than_it_said() {
        let good = signed(b"s", r#"{"sub":"u-7","name":"Ada","tier":"vip","exp":1700000001}"#);
        let claim_of = |text: &str| claim(Some(b"s"), text, NOW);
        let ada = claim_of(&good).unwrap();
        assert_eq!((ada.sub.as_str(), ada.tier), ("u-7", Tier::Vip));
        assert_eq!(claim(Some(b"other"), &good, NOW), Err(BadIdentity::Unsigned));
        assert_eq!(claim(None, &good, NOW), Err(BadIdentity::NoSecret));
        assert_eq!(claim(Some(b""), &good, NOW), Err(BadIdentity::NoSecret));
        assert_eq!(claim_of(&signed(b"s", r#"{"sub":"u-7","exp":1700000000}"#)), Err(BadIdentity::Expired));
        assert_eq!(claim_of(&signed(b"s", r#"{"sub":"","exp":1700000001}"#)), Err(BadIdentity::Payload));
        assert_eq!(claim_of(&signed(b"s", r#"{"sub":"u-7"}"#)), Err(BadIdentity::Payload));
        for wrong in ["", "v1", "v1.", "v1..", "v2.x.y", "v1.e30.", "no dots"] {
            assert_eq!(claim_of(wrong), Err(BadIdentity::Unsigned), "{wrong:?}");
        }
    }
}
