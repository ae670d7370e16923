//! What an analysis needs, fetched from the platform.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use super::context::{Contents, Contexts, RepositoryTree, Scope};
use crate::change::{ChangeSet, ContentId, FileChange, FileChangeKind, is_python};
use crate::forge::{Allowance, Forge, ForgeError, ListedFile, Listing, Revision, Sink};
use crate::policy::{self, Policy};
use crate::review::code;

/// How many files are asked for together, of which each may have some MiB.
const AT_ONCE: usize = 32;

/// Everything that an analysis and a plan are made from.
pub(super) struct Material {
    pub(super) change: ChangeSet,
    pub(super) base: RepositoryTree,
    pub(super) head: RepositoryTree,
    /// The bytes of both trees.
    pub(super) contents: Arc<Contents>,
    pub(super) policy: Policy,
    /// What the repository's settings are made from; `None` where they were not read.
    pub(super) settings: Option<Value>,
    /// What could not be read, each a sentence.
    pub(super) omissions: Vec<String>,
    /// What can't be used in the repository's settings, each a sentence.
    pub(super) complaints: Vec<String>,
    /// Whether something around the change could not be read this time that another time may be.
    pub(super) context_lost: bool,
}

/// Fetches a revision's changed Python files on both sides, and the repository's settings; of all other files it is told
/// which there are.
///
/// The settings are those of the base, so that a change can't loosen its own gate.
pub(super) async fn fetch(
    contexts: &Arc<Contexts>,
    forge: &dyn Forge,
    revision: &Revision,
) -> Result<Material, ForgeError> {
    let changed = forge.changed_files(revision).await?;
    let (mut change, mut omissions) = (changed.change, changed.omissions);
    let (mut listing, mut context_lost) = (Arc::<Listing>::default(), false);
    if change.files.iter().any(|file| is_python(&file.path)) {
        match contexts.listing(forge, revision).await {
            Ok(listed) => {
                if !listed.whole && contexts.limits.files > 0 {
                    omissions.push(format!("{} lists only a part of the repository's files; the others were not read for context.", forge.kind().title()));
                }
                listing = listed;
            }
            Err(error) => {
                tracing::warn!(%error, "the repository's files could not be listed");
                context_lost = true;
                omissions.push(format!(
                    "Only the changed files were read, not the repository around them: {}.",
                    error.reason()
                ));
            }
        }
    }
    leave_out_special(&mut change, &listing, &mut omissions);
    let python = || change.files.iter().filter(|file| is_python(&file.path));
    let scope = Scope::of(&revision.change.repository);
    let contents = Arc::new(Contents::new(scope, contexts.clone()));
    let allowance = Arc::new(Allowance::new(contexts.limits.changed));
    let side =
        Side { contexts, scope, forge, revision, contents: &contents, allowance: &allowance };
    let at_head: Vec<String> = python()
        .filter(|file| file.kind != FileChangeKind::Deleted)
        .map(|file| file.path.clone())
        .collect();
    // The settings first: no change is so large that it does without them.
    let mut at_base: Vec<String> = Vec::new();
    if !at_head.is_empty() {
        let there = |path: &&str| !listing.whole || was_there(path, &listing, &change);
        at_base.extend(policy::FILES.into_iter().filter(there).map(str::to_owned));
    }
    at_base.extend(python().filter_map(old_path));
    // A file that the platform doesn't give is named by the analysis.
    let base = side.base(&at_base).await?;
    let head = side.head(&at_head, &listing).await?;
    if allowance.is_spent() {
        // What stands in the files that are left out is not repaired.
        context_lost = true;
        let most = contexts.limits.changed;
        omissions.push(leave_out_unread(&mut change, &base, &head, most));
    }
    let at_base = |path: &str| base.get(path).and_then(|file| contents.get(file.id));
    let settings = (!at_head.is_empty()).then(|| policy::stated(at_base));
    let (policy, complaints) = Policy::from_files(at_base);
    let base = RepositoryTree::new(before(&listing, &change, base), contents.clone());
    let head = listing.files.clone().into_iter().chain(head).collect();
    let head = RepositoryTree::new(head, contents.clone());
    Ok(Material {
        change,
        base,
        head,
        contents,
        policy,
        settings,
        omissions,
        complaints,
        context_lost,
    })
}

/// Takes links and other repositories out of the change: the platform would give what they lead to instead of a file.
fn leave_out_special(change: &mut ChangeSet, listing: &Listing, omissions: &mut Vec<String>) {
    if !listing.whole {
        return;
    }
    change.files.retain(|file| {
        let gone = file.kind == FileChangeKind::Deleted;
        let plain = gone || !is_python(&file.path) || listing.files.contains_key(&file.path);
        if !plain {
            omissions.push(format!(
                "{} is a link or another repository, not a file, and was not analysed.",
                code(&file.path)
            ));
        }
        plain
    });
}

/// Takes changed files out of the change of which one side was not read, since there are more bytes than a review holds.
fn leave_out_unread(change: &mut ChangeSet, base: &Files, head: &Files, most: u64) -> String {
    let before = change.files.len();
    change.files.retain(|file| {
        let at_head = file.kind == FileChangeKind::Deleted || head.contains_key(&file.path);
        let at_base = old_path(file).is_none_or(|path| base.contains_key(&path));
        !is_python(&file.path) || (at_base && at_head)
    });
    let (left_out, most) = (before - change.files.len(), most.div_ceil(1 << 20));
    format!(
        "The changed files have more than {most} MiB together, so not all were analysed: {left_out} {} left out.",
        if left_out == 1 { "was" } else { "were" }
    )
}

/// The repository's settings at a revision's base alone.
pub(super) async fn settings(forge: &dyn Forge, revision: &Revision) -> Result<Policy, ForgeError> {
    let files = policy::FILES.map(str::to_owned);
    let files = forge.blobs(revision, &revision.base_sha, &files).await?;
    Ok(Policy::from_files(|path| files.get(path).cloned()).0)
}

/// Reads changed files.
struct Side<'a> {
    contexts: &'a Contexts,
    scope: Scope,
    forge: &'a dyn Forge,
    revision: &'a Revision,
    contents: &'a Arc<Contents>,
    allowance: &'a Arc<Allowance>,
}

type Files = BTreeMap<String, ListedFile>;

impl Side<'_> {
    /// Files at the head, many with one call where they are listed.
    async fn head(&self, paths: &[String], listing: &Listing) -> Result<Files, ForgeError> {
        let listed = |path: &String| listing.files.get(path).copied();
        let mut wanted: Vec<ListedFile> = paths
            .iter()
            .filter_map(listed)
            .filter(|file| self.contents.get(file.id).is_none())
            .collect();
        wanted.sort_by_key(|file| file.id);
        wanted.dedup();
        if !wanted.is_empty() {
            let (contents, allowance) = (self.contents.clone(), self.allowance.clone());
            let sink: Sink = Arc::new(move |id, bytes| {
                let fits = allowance.take(bytes.len());
                if fits {
                    contents.put(id, bytes);
                }
                fits
            });
            if let Err(error) = self.forge.contents(self.revision, &wanted, &sink).await {
                tracing::warn!(%error, "changed files are read one by one");
            }
        }
        let had =
            |path: &&String| listed(path).is_some_and(|file| self.contents.get(file.id).is_some());
        let (here, missing): (Vec<&String>, Vec<&String>) = paths.iter().partition(had);
        let missing: Vec<String> = missing.into_iter().cloned().collect();
        let mut files = self.by_path(&self.revision.head_sha, &missing).await?;
        files.extend(here.into_iter().filter_map(|path| Some((path.clone(), listed(path)?))));
        Ok(files)
    }

    /// Files at the base, of which no listing is read.
    async fn base(&self, paths: &[String]) -> Result<Files, ForgeError> {
        let commit = &self.revision.base_sha;
        let (mut files, mut missing) = (Files::new(), Vec::new());
        for path in paths {
            match self.contexts.name(self.scope, commit, path) {
                Some(None) => {}
                Some(Some(id)) if self.contents.get(id).is_some() => {
                    files.insert(path.clone(), ListedFile { id, size: None });
                }
                _ => missing.push(path.clone()),
            }
        }
        let read = self.by_path(commit, &missing).await?;
        for path in &missing {
            let id = read.get(path).map(|file| file.id);
            // What was not asked for may be there.
            if id.is_some() || !self.allowance.is_spent() {
                self.contexts.know(self.scope, commit, path, id);
            }
        }
        files.extend(read);
        Ok(files)
    }

    /// Reads files until all are there or the allowance is spent.
    async fn by_path(&self, commit: &str, paths: &[String]) -> Result<Files, ForgeError> {
        let mut files = Files::new();
        for some in paths.chunks(AT_ONCE) {
            if self.allowance.is_spent() {
                break;
            }
            for (path, bytes) in self.forge.blobs(self.revision, commit, some).await? {
                if !self.allowance.take(bytes.len()) {
                    break;
                }
                let (id, size) = (ContentId::of(&bytes), Some(bytes.len() as u64));
                self.contents.put(id, bytes);
                files.insert(path, ListedFile { id, size });
            }
        }
        Ok(files)
    }
}

/// The files before the change: those after it, except what it touched.
fn before(listing: &Listing, change: &ChangeSet, changed: Files) -> Files {
    let mut files = listing.files.clone();
    for file in &change.files {
        files.remove(&file.path);
    }
    files.extend(changed);
    files
}

/// Whether a file was there before the change.
fn was_there(path: &str, listing: &Listing, change: &ChangeSet) -> bool {
    change.files.iter().any(|file| file.old_path.as_deref() == Some(path))
        || (listing.files.contains_key(path) && change.file(path).is_none())
}

fn old_path(file: &FileChange) -> Option<String> {
    match file.kind {
        FileChangeKind::Added => None,
        _ => Some(file.old_path.as_ref().unwrap_or(&file.path).clone()),
    }
}
