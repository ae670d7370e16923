//! What changed between two commits, not knowing where it came from.

mod set;
mod tree;

pub use set::{ChangeSet, FileChange, FileChangeKind, Hunk, LineKind, NumberedLine};
pub use tree::{MemoryTree, Tree};
