//! A request as the handlers see it: decoded segments, and parameters from query, form or JSON alike.

use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use super::reply::Refusal;

/// A request.
pub(super) struct Call<'a> {
    pub method: &'a str,
    /// Segments below `/api/v4`, each decoded by itself, so that `group%2Fproject` is one.
    pub path: Vec<String>,
    pub headers: &'a HeaderMap,
    /// Where the platform is: `http://127.0.0.1:PORT`.
    pub host: String,
    raw_path: &'a str,
    parameters: Map<String, Value>,
}

impl<'a> Call<'a> {
    /// Reads a request.
    pub fn read(parts: &'a Parts, body: &[u8], host: String) -> Result<Self, Refusal> {
        let raw_path = parts.uri.path();
        let below = raw_path.strip_prefix("/api/v4/").unwrap_or_default();
        let decoded = |part: &str| percent_decode_str(part).decode_utf8_lossy().into_owned();
        let mut parameters = Map::new();
        read_form(&mut parameters, parts.uri.query().unwrap_or_default().as_bytes());
        let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        match kind.unwrap_or_default().split(';').next().unwrap_or_default() {
            "application/json" if !body.is_empty() => match serde_json::from_slice(body) {
                Ok(Value::Object(fields)) => parameters.extend(fields),
                _ => {
                    return Err(Refusal::parameter(
                        "There was a problem in the JSON you submitted",
                    ));
                }
            },
            "application/x-www-form-urlencoded" => read_form(&mut parameters, body),
            _ => {}
        }
        Ok(Self {
            method: parts.method.as_str(),
            path: below.split('/').map(decoded).collect(),
            headers: &parts.headers,
            host,
            raw_path,
            parameters,
        })
    }

    /// The request's own address without its query.
    pub fn url(&self) -> String {
        format!("{}{}", self.host, self.raw_path)
    }

    pub fn has(&self, name: &str) -> bool {
        self.parameters.contains_key(name)
    }

    /// Names of all parameters.
    pub fn names(&self) -> Vec<String> {
        self.parameters.keys().cloned().collect()
    }

    pub fn value(&self, name: &str) -> Option<&Value> {
        self.parameters.get(name).filter(|value| !value.is_null())
    }

    /// A parameter as text; numbers and booleans are texts in forms.
    pub fn text(&self, name: &str) -> Option<String> {
        match self.value(name)? {
            Value::String(text) => Some(text.clone()),
            Value::Array(_) | Value::Object(_) => None,
            other => Some(other.to_string()),
        }
    }

    /// A parameter that must be there.
    pub fn required(&self, name: &str) -> Result<String, Refusal> {
        self.text(name).ok_or_else(|| Refusal::parameter(format!("{name} is missing")))
    }

    pub fn boolean(&self, name: &str) -> Result<Option<bool>, Refusal> {
        // Python prints its own with capital letters, and GitLab takes them.
        match self.text(name).map(|text| text.to_ascii_lowercase()).as_deref() {
            None => Ok(None),
            Some("true" | "1") => Ok(Some(true)),
            Some("false" | "0") => Ok(Some(false)),
            Some(_) => Err(Refusal::parameter(format!("{name} is invalid"))),
        }
    }
}

/// Reads `a=1&b[c]=2&b[d][e]=3`.
fn read_form(into: &mut Map<String, Value>, text: &[u8]) {
    for (name, value) in url::form_urlencoded::parse(text) {
        let mut keys = name.split('[').map(|key| key.trim_end_matches(']'));
        let first = keys.next().unwrap_or_default();
        let mut at = into.entry(first.to_owned()).or_insert(Value::Null);
        for key in keys.filter(|key| !key.is_empty()) {
            if !at.is_object() {
                *at = Value::Object(Map::new());
            }
            let Value::Object(fields) = at else { break };
            at = fields.entry(key.to_owned()).or_insert(Value::Null);
        }
        *at = Value::String(value.into_owned());
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn forms_nest() {
        let mut fields = Map::new();
        read_form(
            &mut fields,
            b"body=a+b&position[new_line]=3&position[line_range][start][type]=new",
        );
        assert_eq!(
            Value::Object(fields),
            json!({
                "body": "a b",
                "position": { "new_line": "3", "line_range": { "start": { "type": "new" } } },
            })
        );
    }
}
