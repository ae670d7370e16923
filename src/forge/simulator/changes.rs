//! What happens to change requests: opened, pushed to, retargeted, closed.

use std::collections::BTreeSet;

use super::model::{Change, ChangeState, State, Version};

/// A change request to open.
#[derive(Debug, Clone)]
pub struct NewChange {
    /// Title.
    pub title: String,
    /// Description.
    pub body: String,
    /// Login of the author.
    pub author: String,
    /// Not ready by the author's word.
    pub draft: bool,
    /// Name of the target branch; the default branch if `None`.
    pub base_branch: Option<String>,
    /// Name of the branch that it comes from.
    pub head_branch: String,
    /// The fork that it comes from; the repository itself if `None`.
    pub fork: Option<i64>,
}

impl NewChange {
    /// From a branch of the repository to its default branch, by `maria`, ready for review.
    pub fn from_branch(branch: &str, title: &str) -> Self {
        Self {
            title: title.to_owned(),
            body: String::new(),
            author: "maria".to_owned(),
            draft: false,
            base_branch: None,
            head_branch: branch.to_owned(),
            fork: None,
        }
    }
}

impl State {
    /// Opens a change request; returns its number. No webhook is sent.
    pub fn open_change(&mut self, repository: i64, new: NewChange) -> i64 {
        self.add_person(&new.author, false);
        let (id, created_at) = (self.next_id(), self.now());
        let target = &self.repositories[&repository];
        let number = target.last_number + 1;
        let base_branch = new.base_branch.unwrap_or_else(|| target.default_branch.clone());
        let head_repository = new.fork.unwrap_or(repository);
        let version = self.version(repository, &base_branch, head_repository, &new.head_branch);
        let change = Change {
            id,
            repository,
            number,
            title: new.title,
            body: new.body,
            author: new.author,
            draft: new.draft,
            state: ChangeState::Open,
            base_branch,
            head_branch: new.head_branch,
            head_repository: Some(head_repository),
            versions: vec![version],
            threads: Vec::new(),
            comments: Vec::new(),
            reviews: Vec::new(),
            cut: BTreeSet::new(),
            locked: false,
            created_at,
        };
        self.changes.insert((repository, number), change);
        if let Some(repository) = self.repositories.get_mut(&repository) {
            repository.last_number = number;
        }
        number
    }

    /// Lets a branch point to a commit. Open change requests from and to the branch follow.
    pub fn set_branch(&mut self, repository: i64, branch: &str, sha: &str) {
        if let Some(repository) = self.repositories.get_mut(&repository) {
            repository.branches.insert(branch.to_owned(), sha.to_owned());
        }
        let touched: Vec<(i64, i64)> = self
            .changes
            .values()
            .filter(|change| change.state == ChangeState::Open)
            .filter(|change| {
                (change.head_repository == Some(repository) && change.head_branch == branch)
                    || (change.repository == repository && change.base_branch == branch)
            })
            .map(|change| (change.repository, change.number))
            .collect();
        for key in touched {
            self.follow(key);
        }
    }

    /// Changes the target branch.
    pub fn retarget(&mut self, repository: i64, number: i64, base_branch: &str) {
        if let Some(change) = self.change_mut(repository, number) {
            change.base_branch = base_branch.to_owned();
        }
        self.follow((repository, number));
    }

    /// Closes, merges or re-opens a change request.
    pub fn set_state(&mut self, repository: i64, number: i64, state: ChangeState) {
        if let Some(change) = self.change_mut(repository, number) {
            change.state = state;
        }
        if state == ChangeState::Open {
            self.follow((repository, number));
        }
    }

    /// Makes a new version if head, target or merge base moved, and hangs the threads anew.
    fn follow(&mut self, key: (i64, i64)) {
        let Some(change) = self.changes.get(&key) else { return };
        let Some(head_repository) = change.head_repository else { return };
        let (base, head) = (change.base_branch.clone(), change.head_branch.clone());
        let version = self.version(key.0, &base, head_repository, &head);
        let Some(change) = self.changes.get_mut(&key) else { return };
        let last = change.version();
        if (&last.head, &last.merge_base, &last.target)
            == (&version.head, &version.merge_base, &version.target)
        {
            return;
        }
        change.versions.push(version);
        self.hang_anew(key);
    }

    fn version(&mut self, target: i64, base: &str, source: i64, head: &str) -> Version {
        let target = self.repositories[&target].branches[base].clone();
        let head = self.repositories[&source].branches[head].clone();
        let merge_base = self.merge_base(&target, &head).unwrap_or_else(|| target.clone());
        Version { id: self.next_id(), head, merge_base, target, created_at: self.now() }
    }
}
