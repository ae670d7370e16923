//! Repositories whose reviews an operator has wait.

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::caller::Operator;
use super::extract::{Path, Query};
use super::values::{Id, Text};
use super::words::Forge;
use crate::store::pauses::{self, Known};
use crate::web::{Web, WebError};

const NONE: WebError = WebError::NotFound("there is no repository of that number");

/// Whether the reviews of a repository wait.
#[derive(Serialize, ToSchema)]
pub(super) struct Pause {
    /// The repository's number in this API.
    repository_id: i64,
    forge: Forge,
    /// Its full name on the platform.
    #[schema(example = "octo/app")]
    repository: String,
    /// Since when its reviews wait; null when they go on.
    paused_at: Option<DateTime<Utc>>,
    /// Login of who has them wait; null where nobody signs in, and for the operator's token.
    paused_by: Option<String>,
    /// Why.
    reason: Option<String>,
}

impl Pause {
    fn new(known: Known) -> Self {
        let (repository, pause) = (known.repository, known.pause);
        Self {
            repository_id: known.id,
            forge: Forge(repository.forge),
            repository: repository.full_name,
            paused_at: pause.as_ref().map(|pause| pause.at),
            paused_by: pause.as_ref().and_then(|pause| pause.by.clone()),
            reason: pause.and_then(|pause| pause.reason),
        }
    }
}

/// Why.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Why {
    /// Why, for those who see it.
    #[param(inline, value_type = Text, required = false)]
    reason: Option<Text>,
}

/// Has the reviews of a repository wait
///
/// Deliveries are taken meanwhile, and checks end without a verdict. Where they wait already, nothing changes. Who calls with the
/// session of a person sends the form token of their pages as `X-Form-Token`, too.
#[utoipa::path(
    post,
    path = "/api/v1/operations/repositories/{id}/pause",
    tag = "operations",
    operation_id = "pause_repository",
    params(OfRepository, Why),
    responses((status = 200, description = "The repository, whose reviews wait", body = Pause)),
    security(("access_token" = ["operations"]))
)]
pub(super) async fn pause(
    Operator(login): Operator,
    State(web): State<Web>,
    Path(Id(id)): Path<Id>,
    Query(why): Query<Why>,
) -> Result<Json<Pause>, WebError> {
    let reason = why.reason.as_ref().map(|Text(reason)| reason.as_str());
    let mut tx = web.store.begin().await?;
    let known = pauses::by_row(&mut tx, id).await?.ok_or(NONE)?;
    pauses::pause(&mut tx, &known, login.as_deref(), reason, Utc::now()).await?;
    let known = pauses::by_row(&mut tx, id).await?.ok_or(NONE)?;
    tx.commit().await?;
    tracing::info!(repository = known.repository.full_name, "reviews of a repository wait");
    Ok(Json(Pause::new(known)))
}

/// Lets the reviews of a repository go on
///
/// What came meanwhile is reviewed. Where they didn't wait, nothing changes. Who calls with the session of a person sends the form
/// token of their pages as `X-Form-Token`, too.
#[utoipa::path(
    post,
    path = "/api/v1/operations/repositories/{id}/resume",
    tag = "operations",
    operation_id = "resume_repository",
    params(OfRepository),
    responses((status = 200, description = "The repository, whose reviews go on", body = Pause)),
    security(("access_token" = ["operations"]))
)]
pub(super) async fn resume(
    Operator(login): Operator,
    State(web): State<Web>,
    Path(Id(id)): Path<Id>,
) -> Result<Json<Pause>, WebError> {
    let mut tx = web.store.begin().await?;
    let known = pauses::by_row(&mut tx, id).await?.ok_or(NONE)?;
    pauses::resume(&mut tx, &known, login.as_deref(), Utc::now()).await?;
    tx.commit().await?;
    tracing::info!(repository = known.repository.full_name, "reviews of a repository go on");
    Ok(Json(Pause::new(Known { pause: None, ..known })))
}

/// The repository that is asked for.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[allow(dead_code, reason = "the description is made from it")]
pub(super) struct OfRepository {
    /// The repository's number in this API.
    #[param(inline)]
    id: Id,
}
