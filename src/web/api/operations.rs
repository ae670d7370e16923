//! How the queue is, and what was given up.

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::caller::Operator;
use super::extract::{Path, Query};
use super::page::{Listing, Page, rows};
use super::values::{Cursor, Id, Limit};
use super::words::Forge;
use crate::store::jobs::{self, DeadLetter};
use crate::web::{Web, WebError};

/// How the service is.
#[derive(Serialize, ToSchema)]
pub(super) struct Operations {
    queue: Queue,
    /// The version that answers.
    #[schema(example = "0.1.0")]
    version: &'static str,
}

/// Change requests to look at.
#[derive(Serialize, ToSchema)]
struct Queue {
    /// Waiting, for a worker or for their time.
    queued: i64,
    /// At hand.
    running: i64,
    /// Given up, and nobody asked again: the dead letters.
    dead: i64,
    /// When the next one is due, or has been since; null when none waits.
    next_due_at: Option<DateTime<Utc>>,
}

/// Shows the queue
#[utoipa::path(
    get,
    path = "/api/v1/operations",
    tag = "operations",
    operation_id = "show_operations",
    responses((status = 200, description = "How the service is", body = Operations)),
    security(("access_token" = ["operations"]))
)]
pub(super) async fn show(
    _: Operator,
    State(web): State<Web>,
) -> Result<Json<Operations>, WebError> {
    let mut tx = web.store.read().await?;
    let depth = jobs::depth(&mut tx).await?;
    let next_due_at = jobs::next_due(&mut tx).await?;
    let jobs::Depth { queued, running, dead } = depth;
    let queue = Queue { queued, running, dead, next_due_at };
    Ok(Json(Operations { queue, version: env!("CARGO_PKG_VERSION") }))
}

/// A job that was given up, and that nobody asked for again.
#[derive(Serialize, ToSchema)]
#[schema(as = DeadLetter)]
pub(super) struct Letter {
    /// Its number in this API.
    id: i64,
    forge: Forge,
    /// Full name of the repository on the platform.
    #[schema(example = "octo/app")]
    repository: String,
    /// Number of the change request that has no review, in its repository.
    number: i64,
    /// How often it was tried.
    attempts: i64,
    /// Why it was given up.
    error: String,
    /// When.
    ended_at: DateTime<Utc>,
}

impl Letter {
    fn new(letter: DeadLetter) -> Self {
        let repository = letter.change.repository;
        Self {
            id: letter.id,
            forge: Forge(repository.forge),
            repository: repository.full_name,
            number: letter.change.number,
            attempts: letter.attempts,
            error: letter.error,
            ended_at: letter.ended_at,
        }
    }
}

/// Which part of the list.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Part {
    /// How many items the answer has at most.
    #[serde(default)]
    #[param(inline, required = false)]
    limit: Limit,
    /// The `next_cursor` of the part before.
    #[param(inline, value_type = Cursor<1>, required = false)]
    cursor: Option<Cursor<1>>,
}

/// Lists dead letters
///
/// The jobs that were given up and that nobody asked for again, the latest first.
#[utoipa::path(
    get,
    path = "/api/v1/operations/dead-letters",
    tag = "operations",
    operation_id = "list_dead_letters",
    params(Part),
    responses((status = 200, description = "A part of the list", body = Page<Letter>)),
    security(("access_token" = ["operations"]))
)]
pub(super) async fn dead_letters(
    _: Operator,
    State(web): State<Web>,
    uri: Uri,
    Query(part): Query<Part>,
) -> Result<Listing<Letter>, WebError> {
    let behind = part.cursor.map_or(i64::MAX, |cursor| cursor.0[0]);
    let found = {
        let mut tx = web.store.read().await?;
        jobs::dead_letters_behind(&mut tx, behind, rows(part.limit)).await?
    };
    Listing::cut(&uri, found, part.limit, |letter| [letter.id], |letter| Ok(Letter::new(letter)))
}

/// Asks again for what was given up
///
/// The change request of the dead letter is put into the queue again, and the dead letter is gone. Who calls with the session
/// of a person sends the form token of their pages as `X-Form-Token`, too.
#[utoipa::path(
    post,
    path = "/api/v1/operations/dead-letters/{id}/redrive",
    tag = "operations",
    operation_id = "redrive_dead_letter",
    params(OfLetter),
    responses((status = 202, description = "The dead letter that is in the queue again", body = Letter)),
    security(("access_token" = ["operations"]))
)]
pub(super) async fn redrive(
    Operator(login): Operator,
    State(web): State<Web>,
    Path(Id(id)): Path<Id>,
) -> Result<(StatusCode, Json<Letter>), WebError> {
    const NONE: WebError = WebError::NotFound("there is no dead letter of that number (any more)");
    let mut tx = web.store.begin().await?;
    let letter = jobs::dead_letter(&mut tx, id).await?.ok_or(NONE)?;
    if !jobs::redrive(&mut tx, &letter, login.as_deref(), Utc::now()).await? {
        return Err(NONE);
    }
    tx.commit().await?;
    let change = &letter.change;
    tracing::info!(repository = change.repository.full_name, number = change.number, "asked again");
    Ok((StatusCode::ACCEPTED, Json(Letter::new(letter))))
}

/// The dead letter that is asked for.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[allow(dead_code, reason = "the description is made from it")]
pub(super) struct OfLetter {
    /// The dead letter's number in this API.
    #[param(inline)]
    id: Id,
}
