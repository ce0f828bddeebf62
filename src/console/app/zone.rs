//! The viewer's time zone.

use jiff::tz::TimeZone;

/// What `TZ` names, else what `/etc/localtime` points to, else UTC. Rules come from the bundled
/// database, so that a missing one on the machine changes nothing.
pub(super) fn system() -> TimeZone {
    let named = std::env::var("TZ").ok().map(|name| name.trim_start_matches(':').to_owned());
    let linked = || {
        let path = std::fs::read_link("/etc/localtime").ok()?;
        let path = path.to_str()?;
        path.split_once("zoneinfo/").map(|(_, name)| name.to_owned())
    };
    let name = named.filter(|name| !name.is_empty()).or_else(linked);
    name.and_then(|name| TimeZone::get(&name).ok()).unwrap_or(TimeZone::UTC)
}
