//! What a platform answers.

use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::HeaderMap;

/// A whole answer, its body read to the end.
#[derive(Debug, Clone)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Headers.
    pub headers: HeaderMap,
    /// Body.
    pub body: Bytes,
}

/// No whole answer came: why, without secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoAnswer(pub String);

impl Answer {
    /// The header's value, if it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// `Retry-After`, which is a number of seconds or a date.
    ///
    /// Source: RFC 9110, section 10.2.3.
    pub fn retry_after(&self) -> Option<Duration> {
        let after = self.header("retry-after")?.trim();
        if let Ok(seconds) = after.parse() {
            return Some(Duration::from_secs(seconds));
        }
        let then = DateTime::parse_from_rfc2822(after).ok()?.to_utc();
        Some((then - self.date()).to_std().unwrap_or_default())
    }

    /// What time it is by the platform's own clock, where it tells it.
    pub fn date(&self) -> DateTime<Utc> {
        self.header("date")
            .and_then(|date| DateTime::parse_from_rfc2822(date).ok())
            .map_or_else(Utc::now, |date| date.to_utc())
    }

    /// The answer, if it is not a success whose JSON was cut off (or is no JSON at all): that is no whole answer.
    ///
    /// # Errors
    /// [`NoAnswer`] then.
    pub fn with_whole_json(self) -> Result<Self, NoAnswer> {
        if self.status >= 300 || self.body.is_empty() {
            return Ok(self);
        }
        match serde_json::from_slice::<serde::de::IgnoredAny>(&self.body) {
            Ok(_) => Ok(self),
            Err(error) => Err(NoAnswer(format!("its JSON is cut off or none: {error}"))),
        }
    }

    /// What the body says went wrong, in one line: `message`, `error`, `error_description` and `errors`, which may be
    /// text, objects or lists. A page of HTML gives its title. Never more than 600 characters.
    pub fn complaint(&self) -> String {
        let text = match serde_json::from_slice::<serde_json::Value>(&self.body) {
            Ok(serde_json::Value::Object(fields)) => {
                ["message", "error", "error_description", "errors"]
                    .iter()
                    .filter_map(|name| fields.get(*name))
                    .map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
                    .collect::<Vec<_>>()
                    .join("; ")
            }
            Ok(other) => other.to_string(),
            Err(_) => plain(&String::from_utf8_lossy(&self.body)),
        };
        text.chars().take(600).collect()
    }
}

/// What a body that is not JSON says.
fn plain(body: &str) -> String {
    let lower = body.to_ascii_lowercase();
    if let Some((start, end)) = lower.find("<title>").zip(lower.find("</title>"))
        && let Some(title) = body.get(start + "<title>".len()..end)
    {
        return title.trim().to_owned();
    }
    if lower.contains("<html") {
        return "a page of HTML".to_owned();
    }
    body.lines().next().unwrap_or_default().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &'static str) -> Answer {
        Answer { status, headers: HeaderMap::new(), body: Bytes::from_static(body.as_bytes()) }
    }

    #[test]
    fn a_complaint_is_found_in_every_shape() {
        for (body, complaint) in [
            (
                r#"{"message":"Validation Failed","errors":["a","b"]}"#,
                r#"Validation Failed; ["a","b"]"#,
            ),
            (r#"{"message":{"name":["is wrong"]}}"#, r#"{"name":["is wrong"]}"#),
            (
                r#"{"error":"insufficient_scope","error_description":"more"}"#,
                "insufficient_scope; more",
            ),
            ("<html><head><title> Oops </title></head></html>", "Oops"),
            ("<HTML><body>x", "a page of HTML"),
            ("Retry later\n", "Retry later"),
            ("", ""),
        ] {
            assert_eq!(answer(400, body).complaint(), complaint);
        }
        assert_eq!(answer(400, "x").with_whole_json().map(|it| it.status), Ok(400));
        assert!(answer(200, "{\"a\":").with_whole_json().is_err());
    }
}
