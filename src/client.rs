//! The two readers of the wire.
