//! The pure core: decide, evolve, react.
