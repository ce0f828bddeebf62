//! Which cryptography the process uses on its sockets.

use std::sync::Once;

/// Names ring as the cryptography of this process, once; a provider that is there already stays. Whoever
/// opens a client of HTTP or WebSocket calls it first.
pub fn install_crypto() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
}
