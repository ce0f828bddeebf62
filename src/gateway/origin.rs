//! Where a request comes from: `Host` against DNS rebinding, `Origin` against foreign pages.
//!
//! A name in `Host` that is not ours means that somebody's DNS points at us; an address can only be
//! meant. A browser always names the page in `Origin`; a native client names nothing.

use std::net::IpAddr;

use axum::http::uri::Authority;

/// Under which schemes pages of ours are loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Schemes {
    Http,
    Https,
    /// Behind a proxy we cannot know.
    Either,
}

/// The names by which we are reached.
#[derive(Debug)]
pub(super) struct Hosts {
    pub(super) names: Vec<String>,
    pub(super) schemes: Schemes,
}

/// Which page a request comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Origin {
    /// No browser.
    Absent,
    /// A page of ours.
    Same,
    /// Some other page; the text as sent.
    Foreign(String),
}

impl Origin {
    /// Whether a page of `allowed` sites, one of ours or a native client asks.
    pub(super) fn is_among(&self, allowed: &[String]) -> bool {
        match self {
            Self::Absent | Self::Same => true,
            Self::Foreign(origin) => allowed.iter().any(|site| site == origin),
        }
    }
}

impl Hosts {
    /// Whether `host`, as in the header, is ours.
    pub(super) fn know(&self, host: &str) -> bool {
        let Some(authority) = authority(host) else { return false };
        let name = authority.host();
        name.eq_ignore_ascii_case("localhost")
            || name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().is_ok()
            || self.names.iter().any(|ours| {
                ours.eq_ignore_ascii_case(name) || authority.port_u16().is_some() && ours.eq_ignore_ascii_case(host)
            })
    }

    /// Judges an `Origin` header of a request for `host`.
    pub(super) fn origin(&self, origin: Option<&str>, host: &str) -> Origin {
        let Some(text) = origin else { return Origin::Absent };
        if self.is_same(text, host) { Origin::Same } else { Origin::Foreign(text.to_owned()) }
    }

    fn is_same(&self, origin: &str, host: &str) -> bool {
        let (scheme_fits, port, rest) = match origin.split_once("://") {
            Some(("http", rest)) => (self.schemes != Schemes::Https, 80, rest),
            Some(("https", rest)) => (self.schemes != Schemes::Http, 443, rest),
            Some(_) | None => return false,
        };
        let (Some(page), Some(ours)) = (authority(rest), authority(host)) else { return false };
        scheme_fits
            && page.host().eq_ignore_ascii_case(ours.host())
            && page.port_u16().unwrap_or(port) == ours.port_u16().unwrap_or(port)
    }
}

/// A host with an optional port, and nothing else.
fn authority(text: &str) -> Option<Authority> {
    let authority: Authority = text.parse().ok()?;
    // A colon without a number behind it is no port.
    let port_fits = authority.port_u16().is_some() || !text.ends_with(':') && authority.port().is_none();
    (!text.contains('@') && !authority.host().is_empty() && port_fits).then_some(authority)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts(schemes: Schemes) -> Hosts {
        Hosts { names: vec!["chat.example.com".into()], schemes }
    }

    #[test]
    fn only_names_of_ours_are_hosts() {
        let ours = hosts(Schemes::Http);
        for host in ["localhost:7007", "LOCALHOST", "127.0.0.1:1", "[::1]:7007", "10.0.0.7", "chat.example.com:80"] {
            assert!(ours.know(host), "{host}");
        }
        for host in [
            "",
            "evil.example",
            "evil.example:7007",
            "localhost.evil.example",
            "chat.example.com.evil.example",
            "127.0.0.1.evil.example",
            "me@localhost",
            "localhost@evil.example",
            "localhost:",
            "local host",
            "0x7f.1",
            "localhost.",
        ] {
            assert!(!ours.know(host), "{host:?}");
        }
    }

    #[test]
    fn only_our_own_page_has_our_origin() {
        let ours = hosts(Schemes::Http);
        let same = |origin: &str, host: &str| ours.origin(Some(origin), host) == Origin::Same;
        assert!(same("http://127.0.0.1:7007", "127.0.0.1:7007"));
        assert!(same("http://LocalHost", "localhost:80"));
        for (origin, host) in [
            ("null", "127.0.0.1:7007"),
            ("", "127.0.0.1:7007"),
            ("http://127.0.0.1:7008", "127.0.0.1:7007"),
            ("https://127.0.0.1:7007", "127.0.0.1:7007"),
            ("http://localhost:7007", "127.0.0.1:7007"),
            ("http://127.0.0.1", "127.0.0.1:7007"),
            ("http://127.0.0.1:7007.evil.example", "127.0.0.1:7007"),
            ("http://evil.example", "127.0.0.1:7007"),
            ("http://me@127.0.0.1:7007", "127.0.0.1:7007"),
            ("file://127.0.0.1:7007", "127.0.0.1:7007"),
            ("http://127.0.0.1:7007/", "127.0.0.1:7007"),
        ] {
            assert!(!same(origin, host), "{origin:?}");
        }
        assert_eq!(ours.origin(None, "localhost"), Origin::Absent);
    }

    #[test]
    fn a_proxy_may_speak_either_scheme_and_tls_only_one() {
        let host = "chat.example.com";
        assert_eq!(hosts(Schemes::Either).origin(Some("https://chat.example.com"), host), Origin::Same);
        assert_eq!(hosts(Schemes::Https).origin(Some("https://chat.example.com"), host), Origin::Same);
        assert_ne!(hosts(Schemes::Https).origin(Some("http://chat.example.com"), host), Origin::Same);
    }

    #[test]
    fn a_listed_site_is_let_in_and_no_other() {
        let listed = ["https://shop.example".to_owned()];
        assert!(Origin::Foreign("https://shop.example".into()).is_among(&listed));
        assert!(!Origin::Foreign("https://shop.example.evil".into()).is_among(&listed));
        assert!(!Origin::Foreign("null".into()).is_among(&listed));
        assert!(Origin::Absent.is_among(&[]));
    }
}
