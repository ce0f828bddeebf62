//! Tokens by which consoles and channels prove who they are: random, kept only as a digest.

use std::fmt::Write;

use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq;

/// Random bytes of a token: nobody guesses one.
pub const TOKEN_BYTES: usize = 32;

/// A token as its owner keeps it: a word that says what it opens, and the random bytes in
/// hexadecimal.
pub fn spell(opens: &str, random: &[u8; TOKEN_BYTES]) -> String {
    format!("{opens}_{}", hex(random))
}

/// Bytes in hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// What is kept of a token: SHA-256 in hexadecimal. The token is random, so no salt is needed.
pub fn digest(token: &str) -> String {
    hex(&Sha256::digest(token.as_bytes()))
}

/// Whether two digests are the same, in a time that does not tell where they differ.
pub fn same(one: &str, other: &str) -> bool {
    one.as_bytes().ct_eq(other.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_known_by_its_digest_alone() {
        let token = spell("operator", &[7; TOKEN_BYTES]);
        assert!(token.starts_with("operator_0707"));
        assert!(same(&digest(&token), &digest(&token)));
        assert!(!same(&digest(&token), &digest(&spell("operator", &[8; TOKEN_BYTES]))));
        assert!(!same(&digest(&token), ""));
    }
}
