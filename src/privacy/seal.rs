//! Sealing: XChaCha20-Poly1305 under one key a customer, bound to the place of the text.

use std::fmt;

use chacha20poly1305::aead::AeadInOut;
use chacha20poly1305::{KeyInit, XChaCha20Poly1305};
use zeroize::Zeroizing;

use crate::domain::id::{CustomerId, Seq};

/// Bytes of a key.
pub const KEY_BYTES: usize = 32;
/// Bytes of a nonce: long enough to be drawn at random for every text without a thought of repeats.
pub const NONCE_BYTES: usize = 24;

/// Bytes of the tag that tells an alteration.
const TAG_BYTES: usize = 16;

/// The key of one customer's personal text (or a secret of the floor). Wiped from memory on drop
/// and never printed.
#[derive(Clone)]
pub struct DataKey(Zeroizing<[u8; KEY_BYTES]>);

impl DataKey {
    /// A key of 32 random bytes drawn by the caller.
    pub fn from_bytes(bytes: [u8; KEY_BYTES]) -> Self {
        Self(Zeroizing::new(bytes))
    }
    /// The bytes, for the vault and the cipher.
    pub fn expose(&self) -> &[u8; KEY_BYTES] {
        &self.0
    }
}

impl fmt::Debug for DataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DataKey(..)")
    }
}

/// Where a sealed text belongs. Moved to any other place it does not open.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The floor that recorded it.
    pub floor: &'a str,
    /// The envelope (or, in a snapshot, the last one folded in).
    pub seq: Seq,
    /// The kind of the event, or the name of the snapshot part.
    pub kind: &'a str,
    /// The customer it belongs to.
    pub customer: CustomerId,
}

impl Place<'_> {
    fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.floor.len() + self.kind.len() + 33);
        bytes.extend_from_slice(self.floor.as_bytes());
        // Names of floors hold no zero byte, so the fields cannot slide into each other.
        bytes.push(0);
        bytes.extend_from_slice(&self.seq.0.to_be_bytes());
        bytes.extend_from_slice(&self.customer.to_bytes());
        bytes.extend_from_slice(self.kind.as_bytes());
        bytes
    }
}

/// A text that cannot be sealed or opened: longer than the cipher takes, altered, moved to another
/// place, or sealed under another key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("sealed text does not open: altered, moved, or sealed under another key")]
pub struct SealError;

/// Seals `plain` at `place`; the result is nonce, cipher text, tag. The nonce must be random and
/// never used twice with a key.
pub fn seal(key: &DataKey, nonce: [u8; NONCE_BYTES], place: Place<'_>, plain: &[u8]) -> Result<Vec<u8>, SealError> {
    let mut sealed = Vec::with_capacity(NONCE_BYTES + plain.len() + TAG_BYTES);
    sealed.extend_from_slice(&nonce);
    sealed.extend_from_slice(plain);
    let text = sealed.get_mut(NONCE_BYTES..).ok_or(SealError)?;
    let cipher = XChaCha20Poly1305::new(key.expose().into());
    let tag = cipher.encrypt_inout_detached(&nonce.into(), &place.bytes(), text.into()).map_err(|_| SealError)?;
    sealed.extend_from_slice(&tag);
    Ok(sealed)
}

/// Opens what [`seal`] made. Fails if a single bit of text, key or place differs.
pub fn open(key: &DataKey, place: Place<'_>, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
    let (nonce, text) = sealed.split_first_chunk::<NONCE_BYTES>().ok_or(SealError)?;
    let mut text = text.to_vec();
    let cipher = XChaCha20Poly1305::new(key.expose().into());
    cipher.decrypt_in_place(&(*nonce).into(), &place.bytes(), &mut text).map_err(|_| SealError)?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_text_opens_only_with_its_key_at_its_place() {
        let key = DataKey::from_bytes([7; 32]);
        let customer = CustomerId::from_random([1; 16]);
        let place = Place { floor: "shop", seq: Seq(9), kind: "customer_said", customer };
        let sealed = seal(&key, [3; 24], place, b"my card is 4421").unwrap();
        assert!(!sealed.windows(4).any(|four| four == b"4421"));
        assert_eq!(open(&key, place, &sealed).unwrap(), b"my card is 4421");
        assert_eq!(open(&DataKey::from_bytes([8; 32]), place, &sealed), Err(SealError));
        for moved in [
            Place { floor: "bank", ..place },
            Place { seq: Seq(10), ..place },
            Place { kind: "note", ..place },
            Place { customer: CustomerId::from_random([2; 16]), ..place },
        ] {
            assert_eq!(open(&key, moved, &sealed), Err(SealError), "{moved:?}");
        }
        for bit in 0..sealed.len() * 8 {
            let mut altered = sealed.clone();
            altered[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(open(&key, place, &altered), Err(SealError), "bit {bit}");
        }
        assert_eq!(open(&key, place, b"short"), Err(SealError));
        assert_eq!(format!("{key:?}"), "DataKey(..)");
    }
}
