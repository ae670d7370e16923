//! One side of a change, and what was seen of its files.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::focus::Focus;
use super::observe::{Observed, Version, observe};
use super::{GoOn, Rule, SkippedFile, selection};
use crate::change::{Tree, is_python};
use crate::policy::Policy;
use crate::python::index::Contents;
use crate::python::{Index, Source};

/// One side of a change, or a work tree: its files, and what leads from one to the others.
pub(super) struct Files<'t> {
    pub(super) tree: &'t dyn Tree,
    pub(super) index: Index<'t>,
    /// Whether outlines are kept for later analyses: then it pays to ask them before any file is read.
    pub(super) outlined: bool,
    pub(super) go_on: GoOn<'t>,
    /// How many findings there are so far.
    found: AtomicUsize,
}

/// Most findings of one side that are held; the next file is not looked at any more.
const MOST_HELD: usize = 100_000;

impl<'t> Files<'t> {
    pub(super) fn of(tree: &'t dyn Tree, go_on: GoOn<'t>) -> Self {
        Self { tree, index: Index::new(tree), outlined: false, go_on, found: AtomicUsize::new(0) }
    }

    /// A side of which something is known already.
    pub(super) fn knowing(tree: &'t dyn Tree, known: Arc<Contents>, go_on: GoOn<'t>) -> Self {
        Self {
            tree,
            index: Index::with(tree, known),
            outlined: true,
            go_on,
            found: AtomicUsize::new(0),
        }
    }

    /// The other side: what is the same on both is read once.
    pub(super) fn beside(tree: &'t dyn Tree, other: &Files<'t>) -> Self {
        let index = Index::with(tree, Arc::clone(other.index.contents()));
        let (outlined, go_on, found) = (other.outlined, other.go_on, AtomicUsize::new(0));
        Self { tree, index, outlined, go_on, found }
    }

    /// Whether there is time for more.
    pub(super) fn goes_on(&self) -> bool {
        goes_on(self.go_on)
    }

    /// A file as the index has parsed it; `None` for one that the index does not have.
    pub(super) fn parsed(&self, path: &str) -> Option<Arc<Source>> {
        self.index.source(self.index.file(path)?)
    }
}

/// Whether there is time for more.
pub(super) fn goes_on(go_on: GoOn<'_>) -> bool {
    go_on.is_none_or(|ask| ask())
}

const OVER: &str = "was not analysed: the time for this change was over";
const FULL: &str = "was not analysed: there are too many findings already";

/// One version of a file, as far as it was analysed.
#[derive(Default)]
pub(super) struct Side {
    pub(super) path: String,
    pub(super) observed: Option<Observed>,
    /// Why it was not analysed.
    pub(super) excluded: Option<&'static str>,
    unreadable: bool,
    /// There was no time, or no room, for it; the rest of a sentence.
    pub(super) late: Option<&'static str>,
}

impl Side {
    /// Looks at a file if it is Python.
    pub(super) fn read(
        files: &Files<'_>,
        path: &str,
        focus: &Focus,
        policy: &Policy,
        rules: &[&'static Rule],
    ) -> Self {
        Self::read_after(None, files, path, focus, policy, rules)
    }

    /// Looks at a file of the head that the change made of one of the base.
    pub(super) fn read_after(
        before: Option<(&Files<'_>, &str)>,
        files: &Files<'_>,
        path: &str,
        focus: &Focus,
        policy: &Policy,
        rules: &[&'static Rule],
    ) -> Self {
        if is_python(path) {
            Self::of(before, files, path, focus, policy, rules)
        } else {
            Self { path: path.to_owned(), ..Self::default() }
        }
    }

    /// Looks at a file, whatever its name ends in.
    pub(super) fn of_source(
        files: &Files<'_>,
        path: &str,
        policy: &Policy,
        rules: &[&'static Rule],
    ) -> Self {
        Self::of(None, files, path, &Focus::All, policy, rules)
    }

    fn of(
        before: Option<(&Files<'_>, &str)>,
        files: &Files<'_>,
        path: &str,
        focus: &Focus,
        policy: &Policy,
        rules: &[&'static Rule],
    ) -> Self {
        let side = Self { path: path.to_owned(), ..Self::default() };
        if let Some(reason) = selection::excluded(path) {
            return Self { excluded: Some(reason), ..side };
        }
        if !files.goes_on() {
            return Self { late: Some(OVER), ..side };
        }
        if files.found.load(Ordering::Relaxed) > MOST_HELD {
            return Self { late: Some(FULL), ..side };
        }
        match files.tree.read(path) {
            None => Self { unreadable: true, ..side },
            Some(bytes) if selection::is_pointer(&bytes) => {
                Self { excluded: Some("is kept in Git LFS, and was not analysed"), ..side }
            }
            Some(bytes) if selection::is_generated(&bytes) => {
                Self { excluded: Some("is generated, and was not analysed"), ..side }
            }
            Some(bytes) => {
                let source = || files.parsed(path);
                let before =
                    before.and_then(|(base, path)| Some((&base.index, base.parsed(path)?)));
                let index = &files.index;
                let (bytes, source, go_on) = (&*bytes, &source, files.go_on);
                let version = Version { index, path, bytes, source, before, focus, go_on };
                let rules = if matches!(focus, Focus::Nothing) { &[] } else { rules };
                let observed = observe(&version, policy, rules);
                let found = observed.findings.len() + observed.suppressed.len();
                files.found.fetch_add(found, Ordering::Relaxed);
                Self { observed: Some(observed), ..side }
            }
        }
    }

    pub(super) fn skipped(&self) -> Vec<SkippedFile> {
        let reasons = self.observed.iter().flat_map(|it| it.notes.iter().map(String::as_str));
        let unreadable = self.unreadable.then_some("could not be read");
        let reasons = reasons.chain(self.excluded).chain(unreadable).chain(self.late);
        let skipped =
            |reason: &str| SkippedFile { path: self.path.clone(), reason: reason.to_owned() };
        reasons.map(skipped).collect()
    }
}
