//! What survives when the power goes, or the disk lies: the store on a simulated disk that keeps
//! only what was synced, and a random part, torn at sectors, of what was not.
#![expect(unsafe_code, reason = "SQLite takes a file system as a table of C functions")]
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test stops at the first surprise")]
#![expect(unreachable_pub, reason = "a test target has no public")]

mod damage;
mod disk;
mod faults;
mod file_system;
mod files;
mod loss;
mod work;
