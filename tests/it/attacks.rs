//! Attacks on agents: what guardrails see of them, what they take for one that is none, and what a model that
//! obeys every one of them comes to on a floor. The first two are figures; the third is the law.

mod gullible;
mod seen;
