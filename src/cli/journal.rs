//! The journal of a data folder for commands that only read, whether or not somebody writes it.

use super::failure::Failure;
use super::place::Place;
use crate::store::folder::DataFolder;
use crate::store::journal::JournalRead;
use crate::store::journal::sqlite::{Options, SqliteJournal};
use crate::store::vault::Vault;

/// Opens the journal of the place's data folder.
pub(super) fn open(place: &Place) -> Result<(DataFolder, Box<dyn JournalRead>), Failure> {
    let data = place.existing_data()?;
    let Some(floor) = SqliteJournal::floor_at(&data.journal())? else {
        let what = format!("the journal in {} is empty; start the floor with `baton`", data.path().display());
        return Err(Failure::failed(what));
    };
    let vault = Vault::open(&data.vault())?;
    let journal = SqliteJournal::open_to_read(&data.journal(), floor, vault, &Options::default())?;
    Ok((data, journal))
}
