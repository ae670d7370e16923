//! What we have said already, by finding.

use std::collections::{BTreeMap, BTreeSet};

use super::{History, Input, Marked, Thread, ThreadState};
use crate::analysis::Fingerprint;

/// What stands about findings.
pub(super) struct Standing<'a> {
    /// Threads of ours with a valid marker, and the findings that they speak of.
    threads: Vec<(&'a Thread, Vec<Fingerprint>)>,
    /// Findings that no comment shall be posted for, and whether a person settled them.
    known: BTreeMap<Fingerprint, bool>,
    /// Threads that nobody settled and whose findings are still there.
    pub(super) open: usize,
    /// Comments that were posted for this very head.
    pub(super) posted_at_head: usize,
}

/// An open thread, and what became of its findings.
pub(super) struct LookedAt<'a, 's> {
    pub(super) thread: &'a Thread,
    /// Those that are still there.
    pub(super) left: Vec<&'s Fingerprint>,
    pub(super) gone: Vec<&'s Fingerprint>,
}

impl<'a> Standing<'a> {
    /// Reads the conversation and the history.
    pub(super) fn of(input: &Input<'a>) -> Self {
        let mut standing =
            Self { threads: Vec::new(), known: BTreeMap::new(), open: 0, posted_at_head: 0 };
        let mut put_away = BTreeSet::new();
        for thread in &input.conversation.threads {
            let Some(mark) = input.marker.read(&thread.body) else { continue };
            let Marked::Findings(names) = mark.kind else { continue };
            standing.posted_at_head += usize::from(mark.head_sha == input.head_sha);
            for name in &names {
                match thread.state {
                    // We resolved it, as it was fixed: when it comes back, it is said again.
                    ThreadState::ResolvedByUs if !thread.answered => {
                        put_away.insert(name.clone());
                    }
                    ThreadState::ResolvedByPerson => standing.know(name, true),
                    ThreadState::ResolvedByUs | ThreadState::Open => standing.know(name, false),
                }
            }
            standing.threads.push((thread, names));
        }
        for name in &input.history.settled {
            standing.know(name, true);
        }
        let mut unlisted = 0;
        for name in input.history.posted.difference(&put_away) {
            let current = || input.analysis.findings.iter().any(|f| f.fingerprint == *name);
            unlisted += usize::from(!standing.known.contains_key(name) && current());
            standing.know(name, false);
        }
        let open = standing.threads.iter().filter(|(thread, _)| thread.state == ThreadState::Open);
        // What the store knows and the conversation does not show was posted since the conversation was read, or its
        // thread was deleted. It counts, so that planning anew within a review keeps to the limit.
        standing.open = open.count() - standing.gone(input).len() + unlisted;
        standing.posted_at_head += unlisted;
        standing
    }

    fn know(&mut self, name: &Fingerprint, settled: bool) {
        *self.known.entry(name.clone()).or_insert(false) |= settled;
    }

    /// Whether a person settled the finding.
    pub(super) fn accepted(&self, name: &Fingerprint) -> bool {
        self.known.get(name).copied().unwrap_or(false)
    }

    /// Whether something was said about the finding that still holds.
    pub(super) fn stands(&self, name: &Fingerprint) -> bool {
        self.known.contains_key(name)
    }

    /// Open threads whose findings somebody settled by a command, unless they were resolved before: who opened one again
    /// wants it open.
    pub(super) fn accepted_by_command(&self, input: &Input<'_>) -> Vec<Thread> {
        let History { accepted, posted, .. } = input.history;
        let open = self.threads.iter().filter(|(thread, _)| thread.state == ThreadState::Open);
        open.filter(|(_, names)| {
            names.iter().all(|name| accepted.contains(name) && posted.contains(name))
        })
        .map(|(thread, _)| (*thread).clone())
        .collect()
    }

    /// Open threads whose findings are gone, as far as the analysis can know.
    pub(super) fn gone(&self, input: &Input<'_>) -> Vec<Thread> {
        let looked_at = self.looked_at(input).into_iter();
        looked_at.filter(|it| it.left.is_empty()).map(|it| it.thread.clone()).collect()
    }

    /// Open threads that the analysis can speak of, with what it says of their findings.
    pub(super) fn looked_at(&self, input: &Input<'_>) -> Vec<LookedAt<'a, '_>> {
        let current: BTreeSet<_> =
            input.analysis.findings.iter().map(|finding| &finding.fingerprint).collect();
        let open = self.threads.iter().filter(|(thread, _)| thread.state == ThreadState::Open);
        open.filter(|(thread, _)| was_looked_at(thread, input))
            .map(|(thread, names)| {
                let (left, gone) = names.iter().partition(|name| current.contains(name));
                LookedAt { thread, left, gone }
            })
            .collect()
    }
}

/// Whether the thread's file was read, and what is around it: what could not be read hides findings without being
/// repaired.
fn was_looked_at(thread: &Thread, input: &Input<'_>) -> bool {
    if input.context_lost {
        return false;
    }
    let skipped = &input.analysis.skipped;
    match thread.place.as_ref().map(super::CommentPlace::path) {
        Some(path) => {
            skipped.iter().all(|file| file.path != path)
                && input.omissions.iter().all(|omission| !omission.contains(path))
        }
        None => skipped.is_empty() && input.omissions.is_empty(),
    }
}
