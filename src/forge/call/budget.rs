//! How many requests a platform leaves an account.

use chrono::{DateTime, Utc};

use super::Answer;

/// What a platform says of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Requests that are left.
    pub remaining: i64,
    /// Requests when nothing is used up.
    pub quota: i64,
    /// When all of them are there again.
    pub resets_at: DateTime<Utc>,
}

impl Budget {
    /// What an answer's headers say; GitHub has budgets beside the main one, which are no measure of it.
    ///
    /// Source: GitHub REST API, "Rate limits", "Checking the status of your rate limit"; GitLab documentation, "Rate limits",
    /// "Response headers".
    pub fn of(answer: &Answer) -> Option<Self> {
        if answer.header("x-ratelimit-resource").is_some_and(|resource| resource != "core") {
            return None;
        }
        let number = |name| number(answer, name);
        Some(Self {
            remaining: number("remaining")?,
            quota: number("limit")?,
            resets_at: DateTime::from_timestamp(number("reset")?, 0)?,
        })
    }
}

/// What an answer says of any of its account's budgets, GitHub's under one name and GitLab's under another.
pub(super) fn number(answer: &Answer, name: &str) -> Option<i64> {
    let github = answer.header(&format!("x-ratelimit-{name}"));
    github.or_else(|| answer.header(&format!("ratelimit-{name}")))?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::{HeaderMap, HeaderName, HeaderValue};

    use super::*;

    fn budget(headers: &[(&'static str, &'static str)]) -> Option<(i64, i64, i64)> {
        let pairs = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        let headers: HeaderMap = pairs.collect();
        let budget = Budget::of(&Answer { status: 200, headers, body: Bytes::new() })?;
        Some((budget.remaining, budget.quota, budget.resets_at.timestamp()))
    }

    #[test]
    fn both_platforms_headers_are_read() {
        let github = [
            ("x-ratelimit-limit", "5000"),
            ("x-ratelimit-remaining", "4321"),
            ("x-ratelimit-reset", "1767225630"),
        ];
        assert_eq!(budget(&github), Some((4321, 5000, 1_767_225_630)));
        let core = [&github[..], &[("x-ratelimit-resource", "core")]].concat();
        assert!(budget(&core).is_some());
        let graphql = [&github[..], &[("x-ratelimit-resource", "graphql")]].concat();
        assert_eq!(budget(&graphql), None);
        let gitlab =
            [("ratelimit-limit", "60"), ("ratelimit-remaining", "7"), ("ratelimit-reset", "9")];
        assert_eq!(budget(&gitlab), Some((7, 60, 9)));
        assert_eq!(budget(&gitlab[..2]), None);
        assert_eq!(budget(&[("ratelimit-limit", "many")]), None);
    }
}
