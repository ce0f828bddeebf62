//! Keyed digests of ids from outside: the floor finds a customer again without keeping who it is.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::domain::id::Digest;
use crate::privacy::seal::DataKey;

/// The digest by which a customer of one channel is found: HMAC-SHA256 over channel and external
/// id, cut to 16 bytes.
///
/// Without `secret` (it lives in the key vault) nobody can try e-mail addresses or telephone
/// numbers against a journal.
pub fn handle_digest(secret: &DataKey, channel: &str, external_id: &str) -> Digest {
    let mut bytes = [0; 16];
    // HMAC takes a key of any length, so this cannot fail for 32 bytes.
    if let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.expose()) {
        mac.update(&(channel.len() as u64).to_be_bytes());
        mac.update(channel.as_bytes());
        mac.update(external_id.as_bytes());
        let full = mac.finalize().into_bytes();
        for (byte, from) in bytes.iter_mut().zip(full) {
            *byte = from;
        }
    }
    Digest(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handle_depends_on_secret_channel_and_id() {
        let one = handle_digest(&DataKey::from_bytes([1; 32]), "web", "ada@example.org");
        assert_eq!(one, handle_digest(&DataKey::from_bytes([1; 32]), "web", "ada@example.org"));
        assert_ne!(one, handle_digest(&DataKey::from_bytes([2; 32]), "web", "ada@example.org"));
        assert_ne!(one, handle_digest(&DataKey::from_bytes([1; 32]), "mail", "ada@example.org"));
        assert_ne!(
            one,
            handle_digest(&DataKey::from_bytes([1; 32]), "weba", "da@example.org"),
            "no sliding between fields"
        );
        assert_ne!(one, Digest::default());
    }
}
