//! What a plan is made from.

use std::collections::BTreeSet;

use super::{Comment, CommentPlace, Conversation, Dialect, Marker};
use crate::analysis::{Analysis, Fingerprint};
use crate::change::{ChangeSet, Tree};
use crate::policy::Policy;

/// All that a plan is made from. Everything is given; nothing is fetched.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    /// Commit at the head, as analysed.
    pub head_sha: &'a str,
    /// What the analysis found out.
    pub analysis: &'a Analysis,
    /// The change as the platform shows it.
    pub change: &'a ChangeSet,
    /// The head's files, for suggestions.
    pub head: &'a dyn Tree,
    /// The repository's settings.
    pub policy: &'a Policy,
    /// How the platform wants things written.
    pub dialect: Dialect,
    /// What we have said so far.
    pub conversation: &'a Conversation,
    /// What the store knows of earlier reviews.
    pub history: &'a History,
    /// What could not be read, each a sentence.
    pub omissions: &'a [String],
    /// Whether something around the change could not be read that another time may be: then what is not found is not
    /// fixed.
    pub context_lost: bool,
    /// What can't be used in the repository's settings, each a sentence.
    pub complaints: &'a [String],
    /// What the platform refused in this review: it goes elsewhere.
    pub refusals: &'a Refusals,
    /// Signs and verifies hidden markers.
    pub marker: &'a Marker,
    /// Where the service's pages are; `None` leaves links to them out.
    pub public_url: Option<&'a str>,
    /// Path of this review's page below `public_url`.
    pub review_path: &'a str,
}

/// Findings whose comments the platform refused.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Refusals {
    /// At lines: they go to their file as a whole.
    pub at_lines: BTreeSet<Fingerprint>,
    /// At their file, too: they go to the summary.
    pub at_files: BTreeSet<Fingerprint>,
}

impl Refusals {
    /// Notes that the platform refused a comment.
    pub fn note(&mut self, comment: &Comment) {
        let refused = match comment.place {
            CommentPlace::Lines { .. } => &mut self.at_lines,
            CommentPlace::File { .. } => &mut self.at_files,
        };
        refused.extend(comment.fingerprints().cloned());
    }

    /// Notes that the platform takes a comment nowhere.
    pub fn give_up(&mut self, comment: &Comment) {
        self.at_files.extend(comment.fingerprints().cloned());
    }
}

/// What the store knows of earlier reviews of the same change request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History {
    /// Findings of the last review.
    pub previous: BTreeSet<Fingerprint>,
    /// Findings that a person settled: never posted again.
    pub settled: BTreeSet<Fingerprint>,
    /// Those of them that were settled by a command: their threads are resolved.
    pub accepted: BTreeSet<Fingerprint>,
    /// Findings for which a thread of ours was posted, also when the platform no longer lists it.
    pub posted: BTreeSet<Fingerprint>,
}
