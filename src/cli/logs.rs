//! Logs go to files in the data folder, one a day, never onto the screen.

use tracing_appender::non_blocking::WorkerGuard;
use tracing_appender::rolling::{Builder, Rotation};
use tracing_subscriber::EnvFilter;

use super::failure::Failure;
use crate::store::folder::DataFolder;

/// Days of logs that are kept: two weeks tell of a holiday.
const FILES_MAX: usize = 14;

/// Begins to log into the data folder; `BATON_LOG` says what (`info` unless set). What waits is
/// written when the guard is dropped.
pub(super) fn begin(data: &DataFolder) -> Result<WorkerGuard, Failure> {
    let logs = data.log();
    let file = Builder::new()
        .rotation(Rotation::DAILY)
        .filename_prefix("baton")
        .filename_suffix("log")
        .max_log_files(FILES_MAX)
        .build(&logs)
        .map_err(|e| {
            Failure::failed(format!("cannot log into {}: {e}; name another folder with --home", logs.display()))
        })?;
    let (writer, guard) = tracing_appender::non_blocking(file);
    let filter = EnvFilter::try_from_env("BATON_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    // Somebody who embeds the library may have set up their own.
    let _ = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false).with_writer(writer).try_init();
    Ok(guard)
}
