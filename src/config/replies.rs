//! `replies.toml` read into replies that are ready to be filled.

use super::files::RepliesFile;
use super::problem::{Problem, Problems};
use super::read;
use super::source::{Part, Source};
use crate::domain::reply::CannedReply;

/// The replies of a deployment; what cannot be read is named in `problems`.
pub(super) fn replies(source: Option<&Source>, problems: &mut Problems) -> Vec<CannedReply> {
    let Some(source) = source else { return Vec::new() };
    let file: RepliesFile = read::read(source, problems).unwrap_or_default();
    let mut replies = Vec::with_capacity(file.replies.len());
    for (index, reply) in file.replies.into_iter().enumerate() {
        let way = |nth| [Part::Key("replies"), Part::At(index), Part::Key("text"), Part::At(nth)];
        let mut texts = Vec::with_capacity(reply.text.0.len());
        for (nth, text) in reply.text.0.iter().enumerate() {
            match text.parse() {
                Ok(template) => texts.push(template),
                Err(error) => problems.push(Problem::at(source, &way(nth), format!("{error}"), "correct the gap")),
            }
        }
        if reply.text.0.is_empty() {
            problems.push(Problem::at(
                source,
                &way(0)[..2],
                format!("`{}` says nothing", reply.name),
                "give it a `text`",
            ));
        }
        replies.push(CannedReply { name: reply.name, about: reply.about, texts });
    }
    replies
}
