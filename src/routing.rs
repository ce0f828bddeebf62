//! Who should take it, and why.
