//! What people tell the service in comments, and what it answers.
//!
//! A line that begins with `@asyncwarden` is a command; quotes and code blocks are none. Who may give commands is not
//! known here.

mod answer;
mod parse;

pub use answer::{answer, help};
pub use parse::{commands, is_addressed};

use crate::analysis::Rule;

/// What somebody wants.
#[derive(Clone, Copy)]
pub enum Command<'t> {
    /// Review what there is, also a draft, also while reviews are paused.
    Review,
    /// Review the head again.
    Recheck,
    /// Keep findings: those of a rule, or those of the thread that this is written in.
    Ignore {
        /// The rule; `None` in a thread.
        rule: Option<&'static Rule>,
        /// Why.
        reason: Option<&'t str>,
    },
    /// Keep what is found: in a thread its findings, elsewhere all that are open.
    Accept,
    /// Tell about a rule.
    Explain(&'static Rule),
    /// Review no more pushes until somebody resumes.
    Pause,
    /// Review again.
    Resume,
    /// Tell what there is to tell.
    Help,
    /// None of these; why.
    Unknown(Unknown<'t>),
}

/// Why a command is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unknown<'t> {
    /// There is no such word.
    Word(&'t str),
    /// There is no such rule.
    Rule(&'t str),
    /// A rule has to be named.
    NoRule,
}
