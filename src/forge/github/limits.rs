//! When GitHub wants us to wait.

use std::time::Duration;

use crate::forge::call::Answer;

/// Least wait after a secondary limit that names none; doubles with each one in a row.
const SECONDARY: Duration = Duration::from_secs(60);
/// Longest wait that we come to by doubling.
const LONGEST: Duration = Duration::from_secs(3600);

/// How much content an installation may create in an hour.
///
/// Source: GitHub REST API, "Rate limits", "About secondary rate limits".
const MOST_PER_HOUR: u32 = 500;

/// How much content an installation may create in an hour. GitHub Enterprise Server has no limits until its operator sets
/// some, and who lets writes follow each other faster than GitHub wants them to has another platform than GitHub's own.
pub(super) fn most_per_hour(api_url: &str, between_writes: Duration) -> Option<u32> {
    let own_server = api_url.trim_end_matches('/').ends_with("/api/v3");
    (!own_server && between_writes >= Duration::from_secs(1)).then_some(MOST_PER_HOUR)
}

/// How long the installation has to wait, if the answer is a limit's.
///
/// Source: GitHub REST API, "Rate limits", "Exceeding the rate limit".
pub(super) fn wait_after(answer: &Answer, strikes: u32) -> Option<Duration> {
    if answer.status < 400 && is_used_up(answer) {
        return until_reset(answer);
    }
    if !matches!(answer.status, 403 | 422 | 429) {
        return None;
    }
    let complaint = answer.complaint().to_lowercase();
    let secondary = complaint.contains("secondary rate limit")
        || complaint.contains("abuse detection")
        || complaint.contains("submitted too quickly");
    if answer.status == 422 && !secondary {
        return None;
    }
    if let Some(wait) = named(answer) {
        return Some(wait);
    }
    let doubled = SECONDARY.saturating_mul(1_u32 << strikes.min(10)).min(LONGEST);
    (secondary || answer.status == 429).then_some(doubled)
}

/// The wait that the headers name.
pub(super) fn named(answer: &Answer) -> Option<Duration> {
    answer.retry_after().or_else(|| is_used_up(answer).then(|| until_reset(answer)).flatten())
}

/// Whether the primary limit is used up: this answer was the last one for now, or came too late.
fn is_used_up(answer: &Answer) -> bool {
    answer.header("x-ratelimit-remaining") == Some("0")
}

/// Time until the primary limit is filled up again, by the platform's own clock where it tells it.
fn until_reset(answer: &Answer) -> Option<Duration> {
    let reset: i64 = answer.header("x-ratelimit-reset")?.parse().ok()?;
    let now = answer.date();
    // A second more: the reset is given in whole seconds.
    Some(Duration::from_secs(u64::try_from(reset - now.timestamp() + 1).unwrap_or(1).max(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, headers: &[(&'static str, &'static str)], body: &'static str) -> Answer {
        let headers = headers
            .iter()
            .map(|(name, value)| {
                (http::HeaderName::from_static(name), http::HeaderValue::from_static(value))
            })
            .collect();
        Answer { status, headers, body: body.into() }
    }

    #[test]
    fn a_limit_is_told_from_a_refusal() {
        let date = ("date", "Thu, 01 Jan 2026 00:00:00 GMT");
        let used_up = ("x-ratelimit-remaining", "0");
        let reset = ("x-ratelimit-reset", "1767225630");
        let secondary = r#"{"message":"You have exceeded a secondary rate limit."}"#;
        let forbidden = r#"{"message":"Resource not accessible by integration"}"#;
        for (status, headers, body, strikes, wait) in [
            (403, vec![], forbidden, 0, None),
            (404, vec![("retry-after", "9")], "", 0, None),
            (403, vec![("retry-after", "9")], forbidden, 0, Some(9)),
            (429, vec![("retry-after", "7"), used_up, reset], "", 0, Some(7)),
            (403, vec![date, used_up, reset], "<html>", 0, Some(31)),
            (403, vec![], secondary, 0, Some(60)),
            (403, vec![], secondary, 2, Some(240)),
            (429, vec![], "Retry later", 40, Some(3600)),
            (
                422,
                vec![],
                r#"{"message":"Validation Failed","errors":["was submitted too quickly"]}"#,
                0,
                Some(60),
            ),
            (422, vec![("retry-after", "9")], r#"{"message":"Validation Failed"}"#, 0, None),
            (200, vec![date, used_up, reset], "", 0, Some(31)),
            (200, vec![("x-ratelimit-remaining", "1"), reset], "", 0, None),
            (200, vec![used_up], "", 0, None),
        ] {
            let found =
                wait_after(&answer(status, &headers, body), strikes).map(|wait| wait.as_secs());
            assert_eq!(found, wait, "{status} {headers:?} {body}");
        }
    }
}
