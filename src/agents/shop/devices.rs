//! Devices, their logs, and error codes.

use super::values::Given;
use super::{Counter, declined};
use crate::config::shop::Device;
use crate::domain::tool::ToolOutcome;

/// Percent of a battery from which it should be changed.
const BATTERY_LOW: u8 = 15;
/// Percent of signal below which readings get lost.
const SIGNAL_LOW: u8 = 35;

/// What is wrong with a device, worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Trouble {
    Offline,
    Battery,
    Signal,
    Update,
    None,
}

impl Trouble {
    fn of(device: &Device) -> Self {
        if !device.online {
            Self::Offline
        } else if device.battery.is_some_and(|percent| percent <= BATTERY_LOW) {
            Self::Battery
        } else if device.signal < SIGNAL_LOW {
            Self::Signal
        } else if !device.update.is_empty() {
            Self::Update
        } else {
            Self::None
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Offline => "offline",
            Self::Battery => "battery",
            Self::Signal => "signal",
            Self::Update => "update",
            Self::None => "none",
        }
    }
}

impl Counter<'_> {
    /// The device in the worst state, and a list of all.
    pub(super) fn devices(&self) -> Option<ToolOutcome> {
        let (person, _) = self.person()?;
        let list: Vec<String> = person.devices.iter().map(line).collect();
        let given = Given::default().with("count", list.len().to_string()).with("list", list.join("\n"));
        let Some(worst) = person.devices.iter().min_by_key(|device| Trouble::of(device)) else {
            return Some(given.with("trouble", "no-devices").done());
        };
        let given = given
            .with("trouble", Trouble::of(worst).word())
            .with("model", &*worst.model)
            .with("firmware", &*worst.firmware)
            .with("update", &*worst.update)
            .with_flag("newer", !worst.update.is_empty())
            .with("signal", worst.signal.to_string())
            .with("battery", worst.battery.map_or_else(|| "mains".to_owned(), |percent| percent.to_string()));
        Some(given.done())
    }

    /// The newest trouble in the logs; `found` is `code` (a known code), `line` or `none`.
    pub(super) fn logs(&self) -> Option<ToolOutcome> {
        let (person, _) = self.person()?;
        let Some((device, line)) = person.devices.iter().find_map(|device| Some((device, device.log.last()?))) else {
            return Some(Given::default().with("found", "none").done());
        };
        let given = Given::default().with("model", &*device.model).with("line", line.as_str());
        let first = line.split_whitespace().next().unwrap_or_default();
        let Some(code) = self.shop.file.codes.iter().find(|code| code.code == first) else {
            return Some(given.with("found", "line").done());
        };
        let given = given.with("found", "code").with("code", &*code.code);
        Some(given.with("meaning", &*code.meaning).with("advice", &*code.advice).done())
    }

    pub(super) fn explain_code(&self) -> Option<ToolOutcome> {
        let asked = self.arg("code")?;
        let Some(code) = self.shop.file.codes.iter().find(|code| code.code.eq_ignore_ascii_case(asked)) else {
            return Some(declined(format!("{asked} isn't in our list of codes")));
        };
        let given = Given::default().with("code", &*code.code).with("meaning", &*code.meaning);
        Some(given.with("advice", &*code.advice).done())
    }
}

fn line(device: &Device) -> String {
    let state = match Trouble::of(device) {
        Trouble::Offline => "offline".to_owned(),
        Trouble::Battery => format!("battery at {} %", device.battery.unwrap_or_default()),
        Trouble::Signal => format!("weak signal, {} %", device.signal),
        Trouble::Update => format!("online, update {} waiting", device.update),
        Trouble::None => "online".to_owned(),
    };
    format!("• {}: {state}", device.model)
}
