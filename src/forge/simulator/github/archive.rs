//! A repository as one file, which another host gives.

use axum::http::{StatusCode, header};
use axum::response::IntoResponse;

use super::super::model::{Repository, State};
use super::call::Call;
use super::contents::commit_of;
use super::reply::{Answer, Refusal};

/// `GET /repos/{owner}/{name}/tarball/{ref}`: leads to the other host, with a token in the address.
pub(super) fn lead_to(
    state: &mut State,
    call: &Call<'_>,
    repository: &Repository,
    name: &str,
) -> Answer {
    let commit = commit_of(state, repository, name).ok_or_else(Refusal::not_found)?;
    let sha = commit.sha.clone();
    let token = format!("legacy-{}-{sha}", state.next_id());
    state.github.archives.insert(token.clone(), (repository.id, sha));
    // Another name of this machine is another host to a client.
    let host = call.host.replace("127.0.0.1", "localhost");
    let location = [(header::LOCATION, format!("{host}/codeload/{token}"))];
    Ok((StatusCode::FOUND, location).into_response())
}

/// The other host. It knows no App and no installation.
pub(super) fn give(state: &mut State, call: &Call<'_>, token: &str) -> Answer {
    if call.headers.contains_key(header::AUTHORIZATION) {
        state.violation("a token was sent to the host of archives");
        return Err(Refusal::not_found());
    }
    let (id, sha) = state.github.archives.remove(token).ok_or_else(Refusal::not_found)?;
    let (repository, commit) = (&state.repositories[&id], &state.commits[&sha]);
    let name = repository.full_name.replace('/', "-");
    let packed = state.packed(commit, &format!("{name}-{}", &sha[..7]));
    Ok(([(header::CONTENT_TYPE, "application/x-gzip")], packed).into_response())
}
