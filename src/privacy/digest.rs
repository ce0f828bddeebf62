//! Digests of what must be recognised again, and of nothing that must be hidden.

use sha2::{Digest as _, Sha256};

use crate::domain::id::Digest;

/// The first 16 bytes of SHA-256 over the parts, each behind its length so that no two lists agree by chance.
pub fn digest<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Digest {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    let mut first = [0; 16];
    for (to, from) in first.iter_mut().zip(hasher.finalize()) {
        *to = from;
    }
    Digest(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_do_not_run_together() {
        assert_ne!(digest([b"ab".as_slice(), b"c"]), digest([b"a".as_slice(), b"bc"]));
        assert_eq!(digest([b"ab".as_slice()]), digest([b"ab".as_slice()]));
    }
}
