//! What changed between two commits, not knowing where it came from.

mod apply;
mod between;
mod body;
mod content;
mod diff;
mod error;
mod line_map;
mod path;
mod reader;
mod set;
mod tree;
mod visible;

pub use between::{MOST_PAIRS, hunks_between, hunks_within};
pub use body::{TextHunk, TextLine, parse_patch};
pub use content::{ContentId, NoContentId};
pub use diff::{FileDiff, parse_diff};
pub use error::{ApplyError, DiffError};
pub use line_map::LineMap;
pub use set::{ChangeSet, FileChange, FileChangeKind, Hunk, LineKind, NumberedLine, is_python};
pub use tree::{MemoryTree, Tree};
pub use visible::{is_hidden, visible};
