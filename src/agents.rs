//! Backends, playbooks and tools.
