//! Files of a message: opened when somebody asks, one after the other, and never by themselves.

use super::super::model::Model;
use super::super::model::pending::Tone;
use super::Effect;
use crate::domain::file::FileKind;
use crate::domain::id::{ConversationId, FileId, Seq};
use crate::domain::text::Clean;
use crate::protocol::file::FileRow;
use crate::protocol::transcript::ItemBody;

/// A file that somebody wants to see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Where.
    pub conversation: ConversationId,
    /// Which.
    pub file: FileId,
    /// As the customer calls it.
    pub name: Clean,
    /// What it is.
    pub kind: FileKind,
}

/// The next file of a line that lies open; nothing when it has none, or all of them were opened.
pub(super) fn next(model: &mut Model, line: Seq) -> Option<Vec<Effect>> {
    let open = model.scene().open.as_ref()?;
    let conversation = open.id;
    let ItemBody::Message { files, .. } = &open.items.get(&line)?.body else { return None };
    if files.is_empty() {
        return None;
    }
    let done = model.next_file.filter(|(of, _)| *of == line).map_or(0, |(_, done)| done);
    let handed: Vec<FileRow> = files.iter().filter(|file| file.open).cloned().collect();
    let Some(file) = handed.get(done) else {
        model.next_file = None;
        if handed.is_empty() {
            model.say(Tone::Bad, Clean::fixed("not handed on: a file is opened once the scan finds nothing in it"));
            return Some(Vec::new());
        }
        return None;
    };
    if model.read_only {
        model.say(Tone::Bad, Clean::fixed("this console only looks: who reads a file is recorded"));
        return Some(Vec::new());
    }
    model.next_file = Some((line, done + 1));
    model.say(Tone::Plain, Clean::shown(&format_args!("fetching {}", file.name.truncated(60))));
    let (file, name, kind) = (file.file, file.name.clone(), file.kind);
    Some(vec![Effect::OpenFile(Box::new(Wanted { conversation, file, name, kind }))])
}
