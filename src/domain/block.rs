//! A customer whom nobody answers for a while, because they abuse the people or the agents here.

use serde::{Deserialize, Serialize};

use super::id::{ConversationId, OperatorName};
use super::personal::Personal;
use super::text::Foreign;
use super::time::{Millis, Timestamp};

/// How long a block holds when nobody says otherwise: a night to cool down.
pub const BLOCK_DEFAULT: Millis = Millis::from_hours(24);
/// The longest block: who is to be kept out for longer is somebody's decision again after a season.
pub const BLOCK_MAX: Millis = Millis::from_hours(24 * 90);
/// Customers blocked at once; more is an attack, and for that there are the limits of the channels.
pub const BLOCKS_MAX: usize = 10_000;
/// Longest reason: a few sentences for colleagues.
pub const BLOCK_REASON_BYTES_MAX: usize = 1024;

/// That nobody answers a customer, until when and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// Who said so.
    pub by: OperatorName,
    /// Why, for colleagues; it may quote the customer.
    pub reason: Personal<Foreign>,
    /// Since when.
    pub since: Timestamp,
    /// When it is over by itself.
    pub until: Timestamp,
    /// Where the customer was told.
    pub told_in: Option<ConversationId>,
    /// Until when who did it may take it back by a key.
    pub undo_until: Timestamp,
}
