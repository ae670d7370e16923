//! What to post, what to leave, what to resolve: a comparison of findings with what stands already.

use super::Gate;
use crate::analysis::Fingerprint;

/// How a platform wants things written. Data, so that planning is the same for all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dialect {
    /// How a suggestion names the lines that it replaces.
    pub suggestion: SuggestionStyle,
    /// Longest body of a comment, in Unicode scalar values and in bytes.
    pub max_body: usize,
    /// Whether a line that starts with `/` is a command that must be kept from running.
    pub slash_commands: bool,
    /// Whether a comment may hang on an unchanged line outside of the hunks.
    pub comments_outside_hunks: bool,
    /// Whether a comment may hang on a file as a whole.
    pub file_comments: bool,
    /// Most comments that go out in one review.
    pub max_comments: usize,
}

/// How a suggestion names the lines that it replaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SuggestionStyle {
    /// The comment's own range.
    CommentRange,
    /// Offsets from the comment's line, in the fence's info string.
    Offsets,
}

/// Where a comment hangs, in the new version of a file.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum CommentPlace {
    /// On lines that one hunk shows; `start_line <= line`, both 1-based and in the same hunk.
    Lines {
        /// Path in the head.
        path: String,
        /// First line.
        start_line: u32,
        /// Last line; the platform shows the comment below it.
        line: u32,
    },
    /// On a changed file as a whole.
    File {
        /// Path in the head.
        path: String,
    },
}

impl CommentPlace {
    /// Path of the file that it hangs on.
    pub fn path(&self) -> &str {
        match self {
            CommentPlace::Lines { path, .. } | CommentPlace::File { path } => path,
        }
    }
}

/// An inline comment to post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// The finding that it speaks of (the most important one, when several at one place were merged).
    pub fingerprint: Fingerprint,
    /// The other findings that were merged into it.
    pub also: Vec<Fingerprint>,
    /// Where it hangs.
    pub place: CommentPlace,
    /// Markdown with the hidden marker at its end.
    pub body: String,
}

impl Comment {
    /// All findings that the comment speaks of.
    pub fn fingerprints(&self) -> impl Iterator<Item = &Fingerprint> {
        std::iter::once(&self.fingerprint).chain(&self.also)
    }
}

/// A thread of ours that stands already: a comment with its replies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thread {
    /// The platform's opaque name for it, enough for its client to resolve it.
    pub id: String,
    /// The platform's id of its first comment.
    pub comment_id: String,
    /// The first comment's text with the marker.
    pub body: String,
    /// Whether it is settled, and by whom.
    pub state: ThreadState,
    /// Login of the person who settled it, where the platform says who.
    pub resolved_by: Option<String>,
    /// Whether somebody else wrote into it.
    pub answered: bool,
    /// Where it hangs now; `None` when the platform calls it outdated.
    pub place: Option<CommentPlace>,
}

/// Whether a thread is settled, and by whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ThreadState {
    /// Not settled.
    Open,
    /// By us, since the finding was gone.
    ResolvedByUs,
    /// By a person: never open it again, never post the same finding again.
    ResolvedByPerson,
}

/// The summary comment that stands already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostedSummary {
    /// The platform's id of the comment.
    pub id: String,
    /// Its text with the marker.
    pub body: String,
}

/// All that we have said on a change request so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Conversation {
    /// Threads whose first comment is ours.
    pub threads: Vec<Thread>,
    /// Plain comments of ours, oldest first; the summary is the first one with a valid marker.
    pub comments: Vec<PostedSummary>,
}

/// A comment of ours that is to say something else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Update {
    /// Its thread.
    pub thread: Thread,
    /// The new text with the marker.
    pub body: String,
    /// The findings that it speaks of no longer.
    pub gone: Vec<Fingerprint>,
}

/// What to do, all of it safe to repeat: what stands already is compared first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// New comments, most important first, at most as many as the dialect takes in one review.
    pub post: Vec<Comment>,
    /// Fingerprints whose threads stay as they are.
    pub keep: Vec<Fingerprint>,
    /// Comments of ours that are to say something else, as a part of what they spoke of is gone.
    pub update: Vec<Update>,
    /// Threads whose finding is gone, or was settled by a command, to resolve.
    pub resolve: Vec<Thread>,
    /// The summary's text; `None` when there is nothing to say and nothing was said before.
    pub summary: Option<String>,
    /// The gate to set at the end.
    pub gate: Gate,
}
