//! What to say about the findings of a revision, not knowing where it is said. Pure: no I/O, no clock.

mod gate;
mod input;
mod marker;
mod plan;

pub use gate::{Annotation, Conclusion, Gate, GateState};
pub use input::{History, Input};
pub use marker::{Marked, Marker};
pub use plan::{
    Comment, CommentPlace, Conversation, Dialect, Plan, PostedSummary, SuggestionStyle, Thread,
    ThreadState,
};
