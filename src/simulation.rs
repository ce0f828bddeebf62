//! Customers, supervisors and whole worlds out of a seed, for the demo and for the tests of the laws.
//!
//! Does: plays scenarios and recorded dialogues as customers who read, type, lose their temper and
//! leave; scripted supervisors; scratch floors for rehearsals; worlds of commands, faults and interleavings over the very conductor
//! that runs live.
//! Never: a socket, a task, a clock or chance that does not come from the seed; the command line
//! connects what is here with the real wire.

pub mod arrivals;
pub mod dialogue;
pub mod dice;
pub mod persona;
pub mod recording;
pub mod rehearsal;
pub mod scenario;
pub mod scratch;
pub mod supervisor;
pub mod tally;
pub mod world;
