//! Answers in GitHub's shapes.

use axum::Json;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

/// What a handler gives.
pub(super) type Answer = Result<Response, Refusal>;

/// An answer that says no.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Refusal {
    pub status: StatusCode,
    pub message: String,
    /// Texts or objects; left out when empty.
    pub errors: Vec<Value>,
}

impl Refusal {
    pub fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), errors: Vec::new() }
    }

    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "Not Found")
    }

    pub fn forbidden() -> Self {
        Self::new(StatusCode::FORBIDDEN, "Resource not accessible by integration")
    }

    pub fn bad_credentials() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "Bad credentials")
    }

    /// 422 with plain texts, as the review endpoint words it.
    pub fn unprocessable<T: Into<String>>(errors: impl IntoIterator<Item = T>) -> Self {
        Self {
            status: StatusCode::UNPROCESSABLE_ENTITY,
            message: "Unprocessable Entity".into(),
            errors: errors.into_iter().map(|text| Value::String(text.into())).collect(),
        }
    }

    /// 422 that names the field and what is wrong with it.
    pub fn invalid(resource: &str, field: &str, code: &str) -> Self {
        Self::validation(json!({ "resource": resource, "field": field, "code": code }))
    }

    /// 422 with a text of the resource's own.
    pub fn custom(resource: &str, field: &str, message: &str) -> Self {
        Self::validation(
            json!({ "resource": resource, "code": "custom", "field": field, "message": message }),
        )
    }

    fn validation(error: Value) -> Self {
        Self {
            status: StatusCode::UNPROCESSABLE_ENTITY,
            message: "Validation Failed".into(),
            errors: vec![error],
        }
    }

    /// 422 of an input that does not fit the endpoint's schema.
    pub fn schema(text: impl std::fmt::Display) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, format!("Invalid request.\n\n{text}"))
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut body = json!({ "message": self.message });
        if !self.errors.is_empty() {
            body["errors"] = Value::Array(self.errors);
        }
        body["documentation_url"] = json!("https://docs.github.com/rest");
        body["status"] = json!(self.status.as_str());
        (self.status, Json(body)).into_response()
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

/// The parameters of a request's query.
#[derive(Debug, Default)]
pub(super) struct Query(Vec<(String, String)>);

impl Query {
    pub fn of(text: Option<&str>) -> Self {
        let pairs = url::form_urlencoded::parse(text.unwrap_or_default().as_bytes());
        Self(pairs.into_owned().collect())
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub fn number(&self, name: &str, default: usize) -> usize {
        self.get(name).and_then(|text| text.parse().ok()).filter(|n| *n > 0).unwrap_or(default)
    }
}

/// One page of a list: `per_page` is 30 unless given and cut to 100 silently, `page` starts at 1.
pub(super) struct Page {
    /// Which items are on it.
    pub range: std::ops::Range<usize>,
    link: Option<HeaderValue>,
}

impl Page {
    /// The page that `query` asks for, of `total` items at the address `url` (without query).
    pub fn of(query: &Query, url: &str, total: usize) -> Self {
        let size = query.number("per_page", 30).min(100);
        let page = query.number("page", 1);
        let start = (page - 1).saturating_mul(size).min(total);
        let last = total.div_ceil(size).max(1);
        let link = |page: usize, rel: &str| {
            let mut pairs = url::form_urlencoded::Serializer::new(String::new());
            pairs.extend_pairs(query.0.iter().filter(|(name, _)| name != "page"));
            pairs.append_pair("page", &page.to_string());
            format!("<{url}?{}>; rel=\"{rel}\"", pairs.finish())
        };
        let mut links = Vec::new();
        if page > 1 {
            links.extend([link(page - 1, "prev"), link(1, "first")]);
        }
        if page < last {
            links.extend([link(page + 1, "next"), link(last, "last")]);
        }
        Self {
            range: start..(start + size).min(total),
            link: HeaderValue::from_str(&links.join(", ")).ok().filter(|link| !link.is_empty()),
        }
    }

    /// The answer with this body and the links to the other pages.
    pub fn answer(self, body: Value) -> Response {
        let mut response = ok(body);
        if let Some(link) = self.link {
            response.headers_mut().insert(header::LINK, link);
        }
        response
    }
}

/// Which representation the request asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Media {
    Json,
    Raw,
    Diff,
}

impl Media {
    pub fn of(headers: &HeaderMap) -> Self {
        let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
        let accept = accept.unwrap_or_default();
        let asks = |kind: &str| {
            accept.contains(&format!("vnd.github.{kind}"))
                || accept.contains(&format!("vnd.github.v3.{kind}"))
        };
        match () {
            () if asks("raw") => Self::Raw,
            () if asks("diff") => Self::Diff,
            () => Self::Json,
        }
    }
}

/// A body as an object. No body at all is an empty object.
pub(super) fn object(body: &[u8]) -> Result<Map<String, Value>, Refusal> {
    if body.is_empty() {
        return Ok(Map::new());
    }
    match serde_json::from_slice(body) {
        Ok(Value::Object(fields)) => Ok(fields),
        Ok(_) => Err(Refusal::new(StatusCode::BAD_REQUEST, "Body should be a JSON object")),
        Err(_) => Err(Refusal::new(StatusCode::BAD_REQUEST, "Problems parsing JSON")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_cut_and_linked() {
        let query = Query::of(Some("per_page=500&page=2&since=a%20b"));
        let page = Page::of(&query, "http://host/list", 250);
        assert_eq!(page.range, 100..200);
        let link = page.link.expect("there are other pages");
        let link = link.to_str().expect("it is ASCII");
        assert!(
            link.contains("<http://host/list?per_page=500&since=a+b&page=3>; rel=\"next\""),
            "{link}"
        );
        assert_eq!(Page::of(&Query::default(), "http://host/list", 30).link, None);
    }
}
