//! How a command fails: one line that says what, with the way out, and a status.

use std::fmt;
use std::io::Write;
use std::process::ExitCode;

use crate::domain::text::Clean;

/// Why a command did not do what it was asked.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Failure {
    code: u8,
    /// Lines for people; none when there is nobody left to read them.
    what: Option<String>,
}

impl Failure {
    /// It was tried and failed.
    pub(super) fn failed(what: impl fmt::Display) -> Self {
        Self { code: 1, what: Some(what.to_string()) }
    }

    /// It was asked in a way that makes no sense.
    pub(super) fn usage(what: impl fmt::Display) -> Self {
        Self { code: 2, what: Some(what.to_string()) }
    }

    /// Its reader went away.
    pub(super) const fn quiet() -> Self {
        Self { code: 0, what: None }
    }

    /// It failed, and everything has been printed already.
    pub(super) const fn told() -> Self {
        Self { code: 1, what: None }
    }

    /// Tells it on the standard error, cleaned, and gives the status to end with.
    pub(super) fn report(&self) -> ExitCode {
        if let Some(what) = &self.what {
            // There is no third place to go if even this fails.
            let _ = writeln!(std::io::stderr(), "baton: {}", Clean::shown(what));
        }
        ExitCode::from(self.code)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.what.as_deref().unwrap_or("stopped"))
    }
}

macro_rules! fails_with {
    ($($error:ty)*) => {$(
        impl From<$error> for Failure {
            fn from(error: $error) -> Self {
                Self::failed(error)
            }
        }
    )*};
}

fails_with! {
    crate::store::StoreError crate::client::AddressError crate::client::rest::RestError crate::console::app::Error
}
