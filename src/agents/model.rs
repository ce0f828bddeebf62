//! Agents that language models compose for.
//!
//! Does: writes the question out of what the agent may know (`prompt`), speaks the providers' wires
//! (`wire`), reads the answer as an [`AgentStep`](crate::domain::action::AgentStep) or says what is
//! wrong with it (`contract`), and asks one model after the other ([`Models`]).
//! Never: decides what an agent may do. A model's answer is a proposal like any other; the rules for
//! tools, gates, holds and the baton are those of the core.

mod answer;
mod breaker;
mod contract;
mod function;
mod judge;
mod line;
mod models;
mod opinion;
mod persona;
mod prompt;
mod several;
mod socket;
mod sse;
mod translator;
mod wire;

pub use answer::{FunctionCall, Said, Stop};
pub use contract::{Broken, read};
pub use function::Function;
pub use line::{Line, Probe, place};
pub use models::{Advising, Composed, Models, Watching};
pub use persona::Persona;
pub use prompt::{Message, Prompt};
pub use several::{Moves, Then};
pub use translator::{Translated, Translator};
pub use wire::{Growth, Reader};
