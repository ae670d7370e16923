//! Answers in GitLab's shapes.

use axum::Json;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::call::Call;

/// What a handler gives.
pub(super) type Answer = Result<Response, Refusal>;

/// An answer that says no, in one of the two shapes that GitLab has.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Refusal {
    status: StatusCode,
    body: Value,
}

impl Refusal {
    /// From the application: `{"message": …}`, a text or texts by field.
    pub fn message(status: StatusCode, message: impl Into<Value>) -> Self {
        Self { status, body: json!({ "message": message.into() }) }
    }

    /// From the validation of parameters: `{"error": …}`.
    pub fn parameter(error: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, body: json!({ "error": error.into() }) }
    }

    /// `{"error": …}` with another status.
    pub fn error(status: u16, error: &str) -> Self {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
        Self { status, body: json!({ "error": error }) }
    }

    /// `404 Thing Not Found`
    pub fn not_found(thing: &str) -> Self {
        let separator = if thing.is_empty() { "" } else { " " };
        Self::message(StatusCode::NOT_FOUND, format!("404 {thing}{separator}Not Found"))
    }

    pub fn unauthorized() -> Self {
        Self::message(StatusCode::UNAUTHORIZED, "401 Unauthorized")
    }

    pub fn forbidden() -> Self {
        Self::message(StatusCode::FORBIDDEN, "403 Forbidden")
    }

    pub fn insufficient_scope() -> Self {
        let body = json!({
            "error": "insufficient_scope",
            "error_description": "The request requires higher privileges than provided by the access token.",
            "scope": "api",
        });
        Self { status: StatusCode::FORBIDDEN, body }
    }

    /// A note that is not valid, as Ruby prints its errors.
    pub fn note(errors: &[(&str, &[&str])]) -> Self {
        let fields: Vec<String> =
            errors.iter().map(|(field, texts)| format!(":{field}=>{texts:?}")).collect();
        let text = format!("400 Bad request - Note {{{}}}", fields.join(", "));
        Self::message(StatusCode::BAD_REQUEST, text)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.status, Json(self.body)).into_response()
    }
}

pub(super) fn ok(body: Value) -> Response {
    Json(body).into_response()
}

pub(super) fn created(body: Value) -> Response {
    (StatusCode::CREATED, Json(body)).into_response()
}

pub(super) fn no_content() -> Response {
    StatusCode::NO_CONTENT.into_response()
}

/// One page of a list with the headers that lead to the others. 20 items unless asked for, 100 at most.
pub(super) fn page(call: &Call<'_>, items: &[Value]) -> Response {
    let number = |name: &str, default: usize| {
        call.text(name).and_then(|text| text.parse().ok()).filter(|n| *n > 0).unwrap_or(default)
    };
    let (size, page) = (number("per_page", 20).min(100), number("page", 1));
    let start = (page - 1).saturating_mul(size).min(items.len());
    let end = (start + size).min(items.len());
    let last = items.len().div_ceil(size).max(1);
    let next = if page < last { (page + 1).to_string() } else { String::new() };
    let previous = if page > 1 { (page - 1).to_string() } else { String::new() };
    let mut headers = HeaderMap::new();
    let mut set = |name: &'static str, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    };
    set("x-page", &page.to_string());
    set("x-per-page", &size.to_string());
    set("x-next-page", &next);
    set("x-prev-page", &previous);
    // GitLab doesn't count long lists.
    if items.len() <= 10_000 {
        set("x-total", &items.len().to_string());
        set("x-total-pages", &last.to_string());
    }
    if !next.is_empty() {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for name in call.names().into_iter().filter(|name| name != "page" && name != "per_page") {
            query.extend_pairs(call.text(&name).map(|value| (name, value)));
        }
        query.append_pair("page", &next).append_pair("per_page", &size.to_string());
        set("link", &format!("<{}?{}>; rel=\"next\"", call.url(), query.finish()));
    }
    (headers, Json(json!(items[start..end]))).into_response()
}

/// One page of a list that leads on from its last item, whose key goes into the named parameter.
pub(super) fn keyset(
    call: &Call<'_>,
    items: &[Value],
    parameter: &str,
    key: impl Fn(&Value) -> String,
) -> Response {
    let size = call.text("per_page").and_then(|size| size.parse().ok()).unwrap_or(20).clamp(1, 100);
    let token = call.text(parameter);
    let after = token.and_then(|token| items.iter().position(|item| key(item) == token));
    let rest = &items[after.map_or(0, |at| at + 1)..];
    let shown = &rest[..rest.len().min(size)];
    let body = Json(json!(shown));
    let Some(last) = shown.last().filter(|_| rest.len() > size) else {
        return body.into_response();
    };
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for name in call.names().into_iter().filter(|name| name != parameter) {
        query.extend_pairs(call.text(&name).map(|value| (name, value)));
    }
    query.append_pair(parameter, &key(last));
    let link = format!("<{}?{}>; rel=\"next\"", call.url(), query.finish());
    ([(header::LINK, link)], body).into_response()
}
