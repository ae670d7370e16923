//! What is asked for: as axum's extractors of these names, with refusals of ours.

use axum::extract::rejection::PathRejection;
use axum::extract::{FromRequestParts, Path as InPath, Query as InQuery};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use crate::web::{Web, WebError};

/// Parameters in the query. Types of them refuse what they don't know, so that a slip is not taken for no filter.
pub(super) struct Query<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequestParts<Web> for Query<T> {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, _web: &Web) -> Result<Self, WebError> {
        match InQuery::try_from_uri(&parts.uri) {
            Ok(InQuery(parameters)) => Ok(Self(parameters)),
            Err(rejection) => {
                let text = rejection.body_text();
                let detail = text.split_once("query string: ").map_or(&*text, |(_, rest)| rest);
                Err(WebError::Malformed(detail.to_owned()))
            }
        }
    }
}

/// Parameters in the path.
pub(super) struct Path<T>(pub(super) T);

impl<T: DeserializeOwned + Send> FromRequestParts<Web> for Path<T> {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, WebError> {
        match InPath::from_request_parts(parts, web).await {
            Ok(InPath(parameters)) => Ok(Self(parameters)),
            Err(PathRejection::FailedToDeserializePathParams(refusal)) => {
                let text = refusal.body_text();
                let detail = text.split_once("Invalid URL: ").map_or(&*text, |(_, rest)| rest);
                Err(WebError::Malformed(detail.to_owned()))
            }
            Err(other) => Err(WebError::Internal(other.into())),
        }
    }
}
