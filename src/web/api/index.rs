//! Where to begin: the index, and the description in both forms.

use axum::Json;
use axum::extract::State;
use axum::response::Html;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::description;
use super::guide::Guide;
use super::names::page as page_of;
use crate::web::viewer::{Viewer, page_for};
use crate::web::{Web, WebError};

/// Where to begin.
#[derive(Serialize, ToSchema)]
pub(super) struct Index {
    /// The version that answers.
    #[schema(example = "0.1.0")]
    version: &'static str,
    /// The page that explains this API.
    html_url: String,
    /// The same as OpenAPI.
    openapi_url: &'static str,
    me_url: &'static str,
    repositories_url: &'static str,
    findings_url: &'static str,
    rules_url: &'static str,
    operations_url: &'static str,
}

/// Shows where to begin
#[utoipa::path(
    get,
    path = "/api/v1",
    tag = "index",
    operation_id = "show_index",
    responses((status = 200, description = "The index", body = Index))
)]
pub(super) async fn show(State(web): State<Web>) -> Json<Index> {
    Json(Index {
        version: env!("CARGO_PKG_VERSION"),
        html_url: page_of(&web, "/api"),
        openapi_url: "/api/v1/openapi.json",
        me_url: "/api/v1/me",
        repositories_url: "/api/v1/repositories",
        findings_url: "/api/v1/findings",
        rules_url: "/api/v1/rules",
        operations_url: "/api/v1/operations",
    })
}

/// Shows this API as OpenAPI 3.1
#[utoipa::path(
    get,
    path = "/api/v1/openapi.json",
    tag = "index",
    operation_id = "show_openapi",
    responses((status = 200, description = "The description", body = Object))
)]
pub(super) async fn description(State(web): State<Web>) -> Json<Value> {
    Json(description::for_callers(web.sign_in.is_open()))
}

/// The page that explains the API.
pub(super) async fn page(
    viewer: Option<Viewer>,
    State(web): State<Web>,
) -> Result<Html<String>, WebError> {
    let open = web.sign_in.is_open();
    page_for(viewer.as_ref(), &Guide::of(&description::for_callers(open), open, &page_of(&web, "")))
}
