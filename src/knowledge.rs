//! Articles and ranked passages.
