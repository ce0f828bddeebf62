//! What one text means.
