//! Commits, trees and what they have in common.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use sha1::{Digest, Sha1};

use super::model::{Repository, State};

/// A commit: all files and where it comes from.
#[derive(Debug, Clone)]
pub struct Commit {
    /// Hexadecimal digest of all that follows.
    pub sha: String,
    /// SHAs of the commits before it.
    pub parents: Vec<String>,
    /// First line of the message.
    pub message: String,
    /// Bytes by path.
    pub files: BTreeMap<String, Arc<[u8]>>,
}

/// An entry of a tree that is no plain file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// A symbolic link; its bytes are where it leads.
    Link,
    /// Another repository's commit.
    Submodule,
    /// Large File Storage keeps it: the repository has a pointer, the archive may have the file.
    Large,
}

impl Mode {
    /// The mode as git writes it.
    pub fn octal(self) -> &'static str {
        match self {
            Mode::Link => "120000",
            Mode::Submodule => "160000",
            Mode::Large => "100644",
        }
    }
}

/// SHA under which git keeps these bytes.
pub fn blob_sha(bytes: &[u8]) -> String {
    let mut digest = Sha1::new();
    digest.update(format!("blob {}\0", bytes.len()));
    digest.update(bytes);
    hex::encode(digest.finalize())
}

/// The name of somebody's fork: `acme/shop` → `login/shop`.
pub fn fork_of(full_name: &str, login: &str) -> String {
    let name = full_name.rsplit('/').next().unwrap_or(full_name);
    format!("{login}/{name}")
}

impl State {
    /// Adds a repository with one commit on `main`; returns its id.
    pub fn add_repository<'a, B: AsRef<[u8]>>(
        &mut self,
        full_name: &str,
        files: impl IntoIterator<Item = (&'a str, B)>,
    ) -> i64 {
        let files = files.into_iter().map(|(path, bytes)| (path.to_owned(), bytes.as_ref().into()));
        let sha = self.commit(Vec::new(), "Start", files.collect());
        self.insert_repository(full_name, [("main".to_owned(), sha)].into(), None)
    }

    /// Adds a repository whose only branch is at a commit that is there; returns its id.
    pub fn add_repository_at(&mut self, full_name: &str, branch: &str, sha: &str) -> i64 {
        let branches = [(branch.to_owned(), sha.to_owned())].into();
        let id = self.insert_repository(full_name, branches, None);
        if let Some(repository) = self.repositories.get_mut(&id) {
            repository.default_branch = branch.to_owned();
        }
        id
    }

    /// Adds somebody's fork of a repository with the same branches; returns its id.
    pub fn fork(&mut self, repository: i64, login: &str) -> i64 {
        let origin = self.repositories[&repository].clone();
        self.add_person(login, false);
        let name = fork_of(&origin.full_name, login);
        self.insert_repository(&name, origin.branches, Some(repository))
    }

    fn insert_repository(
        &mut self,
        full_name: &str,
        branches: BTreeMap<String, String>,
        fork_of: Option<i64>,
    ) -> i64 {
        let id = self.next_id();
        let repository = Repository {
            id,
            full_name: full_name.to_owned(),
            default_branch: "main".to_owned(),
            branches,
            fork_of,
            private: false,
            last_number: 0,
        };
        self.repositories.insert(id, repository);
        id
    }

    /// Adds a commit to a branch, which is made from the default branch if there is none: files with bytes are written,
    /// files without are deleted. Change requests from the branch follow. Returns the commit's SHA.
    pub fn push<'a, B: AsRef<[u8]>>(
        &mut self,
        repository: i64,
        branch: &str,
        files: impl IntoIterator<Item = (&'a str, Option<B>)>,
    ) -> String {
        let origin = &self.repositories[&repository];
        let tip = origin.branches.get(branch).or(origin.branches.get(&origin.default_branch));
        let parent = tip.expect("a repository has its default branch").clone();
        self.push_onto(repository, branch, &parent, files)
    }

    /// Like [`State::push`], but the new commit comes after `parent`, wherever the branch was: a force push.
    pub fn push_onto<'a, B: AsRef<[u8]>>(
        &mut self,
        repository: i64,
        branch: &str,
        parent: &str,
        files: impl IntoIterator<Item = (&'a str, Option<B>)>,
    ) -> String {
        let mut tree = self.commits[parent].files.clone();
        for (path, bytes) in files {
            match bytes {
                Some(bytes) => tree.insert(path.to_owned(), bytes.as_ref().into()),
                None => tree.remove(path),
            };
        }
        let sha = self.commit(vec![parent.to_owned()], &format!("Work on {branch}"), tree);
        self.set_branch(repository, branch, &sha);
        sha
    }

    /// Puts the files that a branch changed onto the tip of another one: what `git rebase` and a force push do.
    pub fn rebase(&mut self, repository: i64, branch: &str, onto: &str) -> String {
        let branches = &self.repositories[&repository].branches;
        let (tip, target) = (branches[branch].clone(), branches[onto].clone());
        let base = self.merge_base(&tip, &target).unwrap_or_else(|| target.clone());
        let (before, after) = (&self.commits[&base].files, &self.commits[&tip].files);
        let mut tree = self.commits[&target].files.clone();
        for path in before.keys().filter(|path| !after.contains_key(*path)) {
            tree.remove(path);
        }
        for (path, bytes) in after.iter().filter(|(path, bytes)| before.get(*path) != Some(bytes)) {
            tree.insert(path.clone(), Arc::clone(bytes));
        }
        let sha = self.commit(vec![target], &format!("Rebase {branch}"), tree);
        self.set_branch(repository, branch, &sha);
        sha
    }

    /// Merges a branch into another one, file by file: what `git merge` does where no file was changed on both sides.
    pub fn merge(&mut self, repository: i64, from: &str, into: &str) -> String {
        let branches = &self.repositories[&repository].branches;
        let (theirs, ours) = (branches[from].clone(), branches[into].clone());
        let base = self.merge_base(&ours, &theirs).unwrap_or_else(|| theirs.clone());
        let (before, after) = (&self.commits[&base].files, &self.commits[&theirs].files);
        let mut tree = self.commits[&ours].files.clone();
        let untouched = |path: &String| self.commits[&ours].files.get(path) == before.get(path);
        for path in before.keys().filter(|path| !after.contains_key(*path) && untouched(path)) {
            tree.remove(path);
        }
        for (path, bytes) in after.iter().filter(|(path, bytes)| before.get(*path) != Some(bytes)) {
            if untouched(path) {
                tree.insert(path.clone(), Arc::clone(bytes));
            }
        }
        let sha = self.commit(vec![ours, theirs], &format!("Merge {from} into {into}"), tree);
        self.set_branch(repository, into, &sha);
        sha
    }

    /// Adds a commit that no branch knows yet.
    pub fn commit(
        &mut self,
        parents: Vec<String>,
        message: &str,
        files: BTreeMap<String, Arc<[u8]>>,
    ) -> String {
        let mut digest = Sha1::new();
        for part in parents.iter().map(String::as_str).chain([message]) {
            digest.update(format!("{part}\0"));
        }
        for (path, bytes) in &files {
            let blob = blob_sha(bytes);
            digest.update(format!("{path}\0{blob}\0"));
            self.blobs.entry(blob).or_insert_with(|| Arc::clone(bytes));
        }
        let sha = hex::encode(digest.finalize());
        let commit = Commit { sha: sha.clone(), parents, message: message.to_owned(), files };
        self.commits.insert(sha.clone(), commit);
        sha
    }

    /// The newest commit from which both come.
    pub fn merge_base(&self, one: &str, other: &str) -> Option<String> {
        let ancestors: BTreeSet<&str> = self.history(one).into_iter().collect();
        self.history(other).into_iter().find(|sha| ancestors.contains(sha)).map(str::to_owned)
    }

    /// Whether `later` contains `earlier`.
    pub fn is_ancestor(&self, earlier: &str, later: &str) -> bool {
        self.history(later).contains(&earlier)
    }

    /// A commit and all before it, nearest first.
    pub fn history<'a>(&'a self, sha: &'a str) -> Vec<&'a str> {
        let (mut found, mut queue) = (Vec::new(), VecDeque::from([sha]));
        while let Some(sha) = queue.pop_front() {
            let Some(commit) = self.commits.get(sha) else { continue };
            if !found.contains(&commit.sha.as_str()) {
                found.push(commit.sha.as_str());
                queue.extend(commit.parents.iter().map(String::as_str));
            }
        }
        found
    }
}
