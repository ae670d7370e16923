//! What to say about the findings of a revision, not knowing where it is said. Pure: no I/O, no clock.
//!
//! ```text
//! planning            from an `Input` to a `Plan`: what to post, leave, resolve and rewrite; begin here
//! standing            what was said already, known by the signed markers (marker) at the end of comments
//! place               where a comment can hang
//! comment, suggestion what it says, and the repair that it offers; better: what the rule's page says
//! rewriting           comments of which a part was fixed
//! summary, items      the overview, and its table of the checklist
//! gate, verdict       what decides whether the change may be merged
//! markdown            text of others, so that it has no effect
//! command             what people tell us in comments
//! ```

mod better;
pub mod command;
mod comment;
#[cfg(test)]
mod fixture;
mod gate;
#[cfg(test)]
mod hostile_tests;
mod input;
mod items;
mod markdown;
mod marker;
mod place;
mod plan;
mod planning;
#[cfg(test)]
mod planning_tests;
mod rewriting;
mod standing;
mod suggestion;
mod summary;
#[cfg(test)]
mod text_tests;
mod verdict;

pub use gate::{Annotation, Conclusion, Gate, GateState};
pub use input::{History, Input, Refusals};
pub use markdown::code;
pub use marker::{Mark, Marked, Marker, raw_marker};
pub use plan::{
    Comment, CommentPlace, Conversation, Dialect, Plan, PostedSummary, SuggestionStyle, Thread,
    ThreadState, Update,
};
pub use planning::plan;
