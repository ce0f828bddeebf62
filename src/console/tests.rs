//! The console as a whole: a floor in a few lines, screens as text, and the law that an act hits what was painted.

mod blocks;
mod corrections;
mod endings;
mod files;
mod floor;
mod flow;
mod incidents;
mod ladder;
mod law;
mod lines;
mod lists;
mod people;
mod pty;
mod screens;
mod story;
mod translated;
mod wire;
