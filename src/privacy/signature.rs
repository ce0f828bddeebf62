//! Signatures that another program makes or checks: plain HMAC-SHA256, and plain SHA-256.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest as _, Sha256};

/// The HMAC-SHA256 of `text` as any library computes it, as base64url without padding.
pub fn sign(secret: &[u8], text: &str) -> String {
    mac(secret, text).map(|mac| URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())).unwrap_or_default()
}

/// Whether `signature` is that of `text`; compared in constant time.
pub fn verify(secret: &[u8], text: &str, signature: &str) -> bool {
    let Ok(given) = URL_SAFE_NO_PAD.decode(signature) else { return false };
    mac(secret, text).is_some_and(|mac| mac.verify_slice(&given).is_ok())
}

/// The SHA-256 of `text` as base64, the form in which a content security policy names it.
pub fn fingerprint(text: &str) -> String {
    STANDARD.encode(Sha256::digest(text.as_bytes()))
}

fn mac(secret: &[u8], text: &str) -> Option<Hmac<Sha256>> {
    // HMAC takes a key of any length, so this is never nothing.
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).ok()?;
    mac.update(text.as_bytes());
    Some(mac)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_are_those_of_every_library() {
        // RFC 4231, test case 2.
        let signed = sign(b"Jefe", "what do ya want for nothing?");
        assert_eq!(signed, "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM");
        assert!(verify(b"Jefe", "what do ya want for nothing?", &signed));
        assert!(!verify(b"jefe", "what do ya want for nothing?", &signed));
        assert!(!verify(b"Jefe", "what do ya want for nothing", &signed));
        assert!(!verify(b"Jefe", "what do ya want for nothing?", ""));
    }
}
