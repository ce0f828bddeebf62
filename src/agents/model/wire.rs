//! The providers' wires: a question as the body of a request, and an answer as it streams in.

mod anthropic;
mod openai;
mod remote;

use super::answer::Said;
use super::prompt::Prompt;
use super::sse::Events;
use crate::config::files::{ModelFile, ModelKind};
use crate::domain::model::ModelFailure;

/// What is sent: the path after the base address, headers of the dialect, and the body.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) path: &'static str,
    pub(super) headers: Vec<(&'static str, String)>,
    /// The header that carries the key, and what stands before the key in it.
    pub(super) key: (&'static str, &'static str),
    pub(super) body: Vec<u8>,
}

/// The request of a question. The span it is asked under goes with it to services of the house alone: what others
/// know of a conversation is what they are asked.
pub(super) fn request(model: &ModelFile, prompt: &Prompt, trace: Option<&str>) -> Request {
    let shorter = prompt.tokens.filter(|tokens| *tokens < model.output_tokens);
    let shorter = shorter.map(|output_tokens| ModelFile { output_tokens, ..model.clone() });
    let model = shorter.as_ref().unwrap_or(model);
    match model.kind {
        ModelKind::Openai => openai::request(model, prompt),
        ModelKind::Anthropic => anthropic::request(model, prompt),
        ModelKind::Remote => remote::request(model, prompt, trace),
    }
}

/// What a piece of an answer added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Growth {
    /// Nothing that shows.
    Nothing,
    /// Words.
    Words,
}

/// Reads an answer as its bytes arrive; however they are cut, the same answer comes out.
#[derive(Debug)]
pub struct Reader {
    events: Events,
    dialect: Dialect,
    said: Said,
    ended: bool,
}

#[derive(Debug)]
enum Dialect {
    Openai(openai::Parts),
    Anthropic(anthropic::Parts),
    Remote,
}

impl Reader {
    /// A reader of what a model of this kind streams.
    pub fn new(kind: ModelKind) -> Self {
        let dialect = match kind {
            ModelKind::Openai => Dialect::Openai(openai::Parts::default()),
            ModelKind::Anthropic => Dialect::Anthropic(anthropic::Parts::default()),
            ModelKind::Remote => Dialect::Remote,
        };
        Self { events: Events::default(), dialect, said: Said::default(), ended: false }
    }

    /// Takes more bytes in.
    ///
    /// # Errors
    /// What the provider said went wrong, or that these bytes are not of its wire.
    pub fn feed(&mut self, bytes: &[u8]) -> Result<Growth, ModelFailure> {
        let Self { events, dialect, said, ended } = self;
        let before = said.text.len();
        events.feed(bytes, |data| dialect.event(data, said, ended))?;
        Ok(if said.text.len() > before { Growth::Words } else { Growth::Nothing })
    }

    /// Takes one whole event in, from a wire that frames them itself.
    ///
    /// # Errors
    /// As [`Reader::feed`].
    pub fn event(&mut self, data: &[u8]) -> Result<Growth, ModelFailure> {
        let Self { dialect, said, ended, .. } = self;
        let before = said.text.len();
        dialect.event(data, said, ended)?;
        Ok(if said.text.len() > before { Growth::Words } else { Growth::Nothing })
    }

    /// Whether its end has come.
    pub const fn has_ended(&self) -> bool {
        self.ended
    }

    /// Reads an answer that came in one piece, from a server that does not stream.
    ///
    /// # Errors
    /// As [`Reader::feed`].
    pub fn whole(&mut self, body: &[u8]) -> Result<(), ModelFailure> {
        match &self.dialect {
            Dialect::Openai(_) => openai::whole(body, &mut self.said)?,
            Dialect::Anthropic(_) => anthropic::whole(body, &mut self.said)?,
            Dialect::Remote => remote::whole(body, &mut self.said)?,
        }
        self.ended = true;
        Ok(())
    }

    /// The words so far.
    pub fn text(&self) -> &str {
        &self.said.text
    }

    /// The answer so far, whether it is whole or not.
    pub fn so_far(&self) -> &Said {
        &self.said
    }

    /// The answer, if its end has come.
    ///
    /// # Errors
    /// [`ModelFailure::BrokeOff`]: it had not.
    pub fn finish(self) -> Result<Said, ModelFailure> {
        let whole = match &self.dialect {
            // Some servers leave the last line out and have said before why they stopped.
            Dialect::Openai(parts) => self.ended || parts.stopped,
            Dialect::Anthropic(_) | Dialect::Remote => self.ended,
        };
        if whole { Ok(self.said) } else { Err(ModelFailure::BrokeOff) }
    }
}

impl Dialect {
    fn event(&mut self, data: &[u8], said: &mut Said, ended: &mut bool) -> Result<(), ModelFailure> {
        if *ended {
            return Ok(());
        }
        match self {
            Self::Openai(parts) => openai::event(data, parts, said, ended),
            Self::Anthropic(parts) => anthropic::event(data, parts, said, ended),
            Self::Remote => remote::event(data, said, ended),
        }
    }
}

/// Bytes that are not of the wire.
fn not_agreed(_: serde_json::Error) -> ModelFailure {
    ModelFailure::NotAsAgreed
}

#[cfg(test)]
mod tests;
