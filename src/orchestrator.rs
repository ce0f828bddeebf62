//! The pure core: `decide` judges, `evolve` folds, `react` plans.
//!
//! Does: holds every rule of the floor, folds events into its state, plans what the shell has to do.
//! Never: IO, clocks, randomness, async, logging, hash order, floats; it knows no store, no agent's
//! backend, no configuration file and no wire.

pub mod audience;
pub mod bills;
pub mod candidate;
pub mod clock;
pub mod consults;
pub mod context;
pub mod conversation;
mod decide;
mod dry;
pub mod due;
pub mod editions;
pub mod effect;
mod evolve;
pub mod floor;
pub mod incidents;
pub mod keys;
pub mod laws;
pub mod learning;
pub mod lines;
mod opportunity;
mod outlook;
pub mod owed;
mod react;
pub mod spending;
pub mod standing;
pub mod subject;
pub mod translating;

pub use decide::{allow, decide, decide_guarded, repeat};
pub use dry::dry_run;
pub use effect::{ComposeInput, Effect, Todo};
pub use evolve::evolve;
pub use floor::Floor;
pub use outlook::{Outlook, alone, outlook, returns};
pub use react::{pending, react};
