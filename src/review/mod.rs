//! What to say about the findings of a revision, not knowing where it is said. Pure: no I/O, no clock.

mod gate;
mod input;
mod marker;
mod plan;
mod planning;

pub use gate::{Annotation, Conclusion, Gate, GateState};
pub use input::{History, Input};
pub use marker::{Mark, Marked, Marker, raw_marker};
pub use plan::{
    Comment, CommentPlace, Conversation, Dialect, Plan, PostedSummary, SuggestionStyle, Thread,
    ThreadState,
};
pub use planning::plan;
