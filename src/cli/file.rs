//! `baton conversations file`: a file of a customer for a script.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::failure::Failure;
use super::line::{Line, items};
use super::place::Place;
use super::print::Printer;
use crate::domain::file::size;
use crate::domain::id::{ConversationId, FileId};
use crate::protocol::console::Change;
use crate::protocol::file::FileRow;
use crate::protocol::query::Frame;
use crate::protocol::transcript::{Item, ItemBody};

/// Lists the files of a conversation, or saves one of them; it is recorded who read it
#[derive(Debug, Args)]
pub(super) struct File {
    /// Which conversation: an id, or a handle like c-1042
    conversation: String,
    /// Which file: its id; left out, they are listed
    #[arg(value_name = "FILE")]
    which: Option<FileId>,
    /// Where it is saved; what stands there is not overwritten
    #[arg(long, value_name = "PATH", requires = "which")]
    out: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl File {
    /// Asks the floor and prints or saves.
    pub(super) async fn run(&self, place: &Place, printer: &mut Printer) -> Result<(), Failure> {
        let mut line = Line::open(place).await?;
        let told = self.tell(&mut line, printer).await;
        line.close().await?;
        told
    }

    async fn tell(&self, line: &mut Line, printer: &mut Printer) -> Result<(), Failure> {
        let frames = line.session(&self.conversation).await?;
        let Some(file) = self.which else { return list(&rows(&frames), self.json, printer) };
        let conversation = which(&frames).ok_or_else(|| Failure::failed("there is no such conversation"))?;
        let out = self.out.as_ref().ok_or_else(|| Failure::usage("--out PATH says where the file is to be saved"))?;
        let source = line.files().ok_or_else(|| Failure::failed("no floor is there to ask"))?;
        let content = source.fetch(conversation, file).await.map_err(Failure::failed)?;
        let cannot = |error: std::io::Error| Failure::failed(format!("cannot write {}: {error}", out.display()));
        let mut saved = OpenOptions::new().write(true).create_new(true).mode(0o600).open(out).map_err(cannot)?;
        saved.write_all(&content).map_err(cannot)?;
        if self.json {
            return printer.json(&json!({ "file": file, "bytes": content.len(), "path": out }));
        }
        printer.says(&format!("saved {} as {}", size(content.len() as u32), out.display()))
    }
}

/// The conversation that the frames are of.
fn which(frames: &[Frame]) -> Option<ConversationId> {
    let changes = frames.iter().flat_map(|frame| &frame.changes);
    let of = |change: &Change| if let Change::Items(conversation, _) = change { Some(*conversation) } else { None };
    changes.into_iter().find_map(of)
}

fn rows(frames: &[Frame]) -> Vec<FileRow> {
    let of = |item: Item| if let ItemBody::Message { files, .. } = item.body { files } else { Vec::new() };
    items(frames).into_iter().flat_map(of).collect()
}

fn list(rows: &[FileRow], json: bool, printer: &mut Printer) -> Result<(), Failure> {
    if json {
        return printer.json(&rows);
    }
    if rows.is_empty() {
        return printer.says(&"no files came with this conversation");
    }
    rows.iter().try_for_each(|row| printer.says(&format!("{}  {}", row.file, row.line())))
}
