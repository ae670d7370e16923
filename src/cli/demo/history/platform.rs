//! The same history on the simulated platform, so that links lead somewhere.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Told;
use super::code::Code;
use super::plan::{Change, Push};
use crate::forge::RevisionState;
use crate::forge::simulator::{ChangeState, Commit, NewChange, State};

/// The number of a repository, which is made if it is not there.
pub(super) fn repository(state: &mut State, name: &str, code: &Code) -> i64 {
    if let Some(known) = state.repository(name) {
        return known.id;
    }
    let base = code.base();
    add(state, &base, Vec::new(), BTreeMap::new());
    state.add_repository_at(name, "main", &base)
}

/// Shows all change requests with their pushes.
pub(super) fn show(state: &mut State, told: &[Told]) {
    for one in told {
        let repository = one.repository.external_id;
        let last = state.repositories.get(&repository).map_or(0, |it| it.last_number);
        for change in &one.changes {
            open(state, one, change);
        }
        if let Some(repository) = state.repositories.get_mut(&repository) {
            repository.last_number = repository.last_number.max(last);
        }
    }
}

fn open(state: &mut State, told: &Told, change: &Change) {
    let repository = told.repository.external_id;
    let Some(first) = change.pushes.first() else { return };
    if let Some(repository) = state.repositories.get_mut(&repository) {
        repository.last_number = change.number - 1;
    }
    push(state, told, change, first);
    let author = change.author.to_owned();
    let new = NewChange { author, ..NewChange::from_branch(&change.branch, &change.title) };
    state.open_change(repository, new);
    change.pushes.iter().skip(1).for_each(|next| push(state, told, change, next));
    if let Some(shown) = state.change_mut(repository, change.number) {
        shown.created_at = first.at;
        shown.body = "Made up, as all of this history is.".to_owned();
    }
    match change.ended {
        Some((_, RevisionState::Merged)) => {
            state.set_state(repository, change.number, ChangeState::Merged);
        }
        Some(_) => state.set_state(repository, change.number, ChangeState::Closed),
        None => {}
    }
}

/// A commit with the files in which anything was found in the change request.
fn push(state: &mut State, told: &Told, change: &Change, push: &Push) {
    let repository = told.repository.external_id;
    let base = match state.repositories.get(&repository) {
        Some(it) => it.branches["main"].clone(),
        None => return,
    };
    let found = change.pushes.iter().flat_map(|push| &push.found);
    let touched: Vec<&str> = found.map(|it| told.code.findings[*it].place.path.as_str()).collect();
    let mut files = state.commits.get(&base).map(|base| base.files.clone()).unwrap_or_default();
    for (path, bytes) in told.code.files.iter().filter(|(path, _)| touched.contains(path)) {
        files.insert((*path).to_owned(), Arc::clone(bytes));
    }
    add(state, &push.head, vec![base], files);
    state.set_branch(repository, &change.branch, &push.head);
}

fn add(state: &mut State, sha: &str, parents: Vec<String>, files: BTreeMap<String, Arc<[u8]>>) {
    let commit = Commit { sha: sha.to_owned(), parents, message: "Made up".to_owned(), files };
    state.commits.insert(sha.to_owned(), commit);
}
