//! How a call is made on any platform: what is tried again, after which wait, and when everything is held back.
//!
//! A client says how to send and whether twice is harmless; [`Lane::call`] does the rest. A short wait is slept
//! through; a longer one is [`ForgeError::RateLimited`], so that the job goes back to the queue.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::HeaderMap;

use super::{ForgeError, ForgeKind};

/// Waits and counts, as data, so that tests pass short ones.
#[derive(Debug, Clone, Copy)]
pub struct Waits {
    /// How often a repeatable call is sent at most, the first time included.
    pub tries: u32,
    /// Wait before the second try; doubles with each further one. Half of it is left to chance.
    pub first: Duration,
    /// Longest wait that is slept through.
    pub longest: Duration,
    /// Least time between two calls that create content.
    pub between_writes: Duration,
}

impl Default for Waits {
    fn default() -> Self {
        Self {
            tries: 4,
            first: Duration::from_millis(500),
            longest: Duration::from_secs(4),
            between_writes: Duration::from_secs(1),
        }
    }
}

impl Waits {
    /// No waiting to speak of, for tests.
    pub const NONE: Waits = Waits {
        tries: 4,
        first: Duration::from_millis(1),
        longest: Duration::from_millis(5),
        between_writes: Duration::ZERO,
    };

    /// The wait before try `next` (2, 3, …), with jitter.
    fn before(&self, next: u32) -> Duration {
        let full = self.first.saturating_mul(1_u32 << next.saturating_sub(2).min(16));
        full.min(self.longest).mul_f64(rand::random_range(0.5..=1.0))
    }
}

/// Whether sending a call twice does no harm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeatable {
    /// It reads, or it sets a value.
    Yes,
    /// It creates something: after an ambiguous failure the caller looks first.
    No,
}

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

/// One account's way to a platform (an installation, a token). Everything that the account sends goes through it, so
/// that a limit holds back all of it and writes keep their distance.
pub struct Lane {
    forge: ForgeKind,
    waits: Waits,
    /// How long the platform wants the account to wait, if the answer says so. `strikes` counts the limits in a row.
    limit: fn(answer: &Answer, strikes: u32) -> Option<Duration>,
    held: Mutex<Held>,
    last_write: tokio::sync::Mutex<Option<Instant>>,
}

#[derive(Default)]
struct Held {
    until: Option<Instant>,
    strikes: u32,
}

impl Lane {
    /// A way on which nothing is held back yet.
    pub fn new(
        forge: ForgeKind,
        waits: Waits,
        limit: fn(answer: &Answer, strikes: u32) -> Option<Duration>,
    ) -> Self {
        Self {
            forge,
            waits,
            limit,
            held: Mutex::default(),
            last_write: tokio::sync::Mutex::default(),
        }
    }

    /// Sends a call, again if need be, and gives the first answer that is not an error.
    ///
    /// # Errors
    /// [`ForgeError::RateLimited`] for limits longer than [`Waits::longest`], [`ForgeError::Status`] for other answers
    /// from 400 on, [`ForgeError::Transport`] when no whole answer came.
    pub async fn call<S, F>(
        &self,
        operation: &'static str,
        repeatable: Repeatable,
        mut send: S,
    ) -> Result<Answer, ForgeError>
    where
        S: FnMut() -> F + Send,
        F: Future<Output = Result<Answer, NoAnswer>> + Send,
    {
        let mut tried = 0;
        loop {
            self.wait_until_free(operation).await?;
            tried += 1;
            let (error, may_repeat) = match send().await {
                Ok(answer) => match self.judge(operation, answer) {
                    Ok(answer) => return Ok(answer),
                    // A limit is refused before it is acted on; the wait is at the head of the loop.
                    Err(ForgeError::RateLimited { retry_after, .. })
                        if retry_after <= self.waits.longest && tried < self.waits.tries =>
                    {
                        continue;
                    }
                    Err(error) => {
                        let transient = matches!(error, ForgeError::Status { status: 500.., .. });
                        (error, transient)
                    }
                },
                Err(NoAnswer(message)) => {
                    (ForgeError::Transport { forge: self.forge, operation, message }, true)
                }
            };
            if !may_repeat || repeatable == Repeatable::No || tried >= self.waits.tries {
                return Err(error);
            }
            tracing::debug!(operation, tried, "trying again: {error}");
            tokio::time::sleep(self.waits.before(tried + 1)).await;
        }
    }

    /// Sends a call that can be done without, once. A limit that it meets holds nothing else back: platforms have limits
    /// for such calls alone.
    ///
    /// `send` gives what it is about, or the answer that is none.
    ///
    /// # Errors
    /// As [`Lane::call`].
    pub async fn once<T>(
        &self,
        operation: &'static str,
        send: impl Future<Output = Result<Result<T, Answer>, NoAnswer>> + Send,
    ) -> Result<T, ForgeError> {
        self.wait_until_free(operation).await?;
        let forge = self.forge;
        match send.await {
            Ok(Ok(given)) => Ok(given),
            Ok(Err(answer)) => {
                let strikes = self.lock().strikes;
                if let Some(retry_after) = self.wait_after(&answer, strikes) {
                    return Err(ForgeError::RateLimited { forge, operation, retry_after });
                }
                let (status, message) = (answer.status, answer.complaint());
                Err(ForgeError::Status { forge, operation, status, message })
            }
            Err(NoAnswer(message)) => Err(ForgeError::Transport { forge, operation, message }),
        }
    }

    /// Waits for the turn to create content: one writer at a time, and [`Waits::between_writes`] apart. The turn ends
    /// when it is dropped.
    pub async fn turn(&self) -> Turn<'_> {
        let last = self.last_write.lock().await;
        if let Some(last) = *last {
            let rest = self.waits.between_writes.saturating_sub(last.elapsed());
            if !rest.is_zero() {
                tokio::time::sleep(rest).await;
            }
        }
        Turn(last)
    }

    /// Waits a moment after a lost answer, before looking whether the call was acted on: it may not show at once.
    pub async fn settle(&self) {
        tokio::time::sleep(self.waits.before(2)).await;
    }

    /// An answer as it is, or the error that it stands for.
    fn judge(&self, operation: &'static str, answer: Answer) -> Result<Answer, ForgeError> {
        if answer.status < 400 {
            return Ok(answer);
        }
        let strikes = self.lock().strikes;
        if let Some(retry_after) = self.wait_after(&answer, strikes) {
            self.hold(retry_after);
            tracing::warn!(operation, wait_s = retry_after.as_secs(), "held back by the platform");
            return Err(ForgeError::RateLimited { forge: self.forge, operation, retry_after });
        }
        let message = answer.complaint();
        Err(ForgeError::Status { forge: self.forge, operation, status: answer.status, message })
    }

    /// How long the platform wants us to wait: for a limit, or since it is away and says for how long.
    fn wait_after(&self, answer: &Answer, strikes: u32) -> Option<Duration> {
        let away = || answer.retry_after().filter(|_| answer.status == 503);
        (self.limit)(answer, strikes).or_else(away)
    }

    /// Holds everything back for this long, for a limit that is not told by status or headers.
    pub fn hold_back(&self, operation: &'static str, retry_after: Duration) -> ForgeError {
        self.hold(retry_after);
        ForgeError::RateLimited { forge: self.forge, operation, retry_after }
    }

    /// Lets nothing out for this long.
    fn hold(&self, wait: Duration) {
        let mut held = self.lock();
        let until = Instant::now().checked_add(wait);
        held.until = held.until.max(until);
        held.strikes += 1;
    }

    async fn wait_until_free(&self, operation: &'static str) -> Result<(), ForgeError> {
        let rest = {
            let mut held = self.lock();
            let Some(until) = held.until else { return Ok(()) };
            let now = Instant::now();
            let rest = until.saturating_duration_since(now);
            if rest.is_zero() {
                held.until = None;
                // Some quiet after the last limit: the next one starts at the shortest wait again.
                if now.duration_since(until) > Duration::from_secs(300) {
                    held.strikes = 0;
                }
            }
            rest
        };
        if rest > self.waits.longest {
            return Err(ForgeError::RateLimited {
                forge: self.forge,
                operation,
                retry_after: rest,
            });
        }
        tokio::time::sleep(rest).await;
        Ok(())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The right to create content now.
pub struct Turn<'a>(tokio::sync::MutexGuard<'a, Option<Instant>>);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        *self.0 = Some(Instant::now());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &'static str) -> Answer {
        Answer { status, headers: HeaderMap::new(), body: Bytes::from_static(body.as_bytes()) }
    }

    fn lane(waits: Waits) -> Lane {
        let limit = |answer: &Answer, strikes| {
            (answer.status == 429).then(|| Duration::from_millis(3 + 1000 * u64::from(strikes)))
        };
        Lane::new(ForgeKind::GitHub, waits, limit)
    }

    /// Plays answers in turn; gives what the call gave, and how many were asked for.
    async fn play(
        repeatable: Repeatable,
        answers: Vec<Result<Answer, NoAnswer>>,
    ) -> (Result<u16, ForgeError>, usize) {
        let lane = lane(Waits::NONE);
        let mut asked = 0;
        let given = lane.call("play", repeatable, || {
            asked += 1;
            std::future::ready(answers[asked - 1].clone())
        });
        (given.await.map(|answer| answer.status), asked)
    }

    #[tokio::test]
    async fn only_what_is_repeatable_or_was_refused_is_sent_again() {
        let bad = || Ok(answer(502, "<html>"));
        let lost = || Err(NoAnswer("reset".to_owned()));
        let good = || Ok(answer(200, "{}"));
        let limited = || Ok(answer(429, "wait"));
        for (repeatable, answers, status, asked) in [
            (Repeatable::Yes, vec![bad(), lost(), bad(), good()], Some(200), 4),
            (Repeatable::Yes, vec![bad(), bad(), bad(), bad()], None, 4),
            (Repeatable::Yes, vec![Ok(answer(404, ""))], None, 1),
            (Repeatable::No, vec![bad()], None, 1),
            (Repeatable::No, vec![lost()], None, 1),
            // A short limit is slept through, a longer one is the queue's.
            (Repeatable::No, vec![limited(), good()], Some(200), 2),
            (Repeatable::No, vec![limited(), limited()], None, 2),
        ] {
            let case = format!("{repeatable:?} {answers:?}");
            let (given, sent) = play(repeatable, answers).await;
            assert_eq!((given.ok(), sent), (status, asked), "{case}");
        }
    }

    #[tokio::test]
    async fn a_platform_that_says_when_it_is_back_is_left_alone_until_then() {
        for (after, seconds) in [
            ("120", Some(120)),
            ("Sun, 06 Nov 1994 08:51:37 GMT", Some(120)),
            ("Sun, 06 Nov 1994 08:00:00 GMT", Some(0)),
            ("soon", None),
        ] {
            let mut away = answer(503, "");
            let header = |value: &str| http::HeaderValue::from_str(value).expect("text");
            away.headers.insert("retry-after", header(after));
            away.headers.insert("date", header("Sun, 06 Nov 1994 08:49:37 GMT"));
            let (given, _) = play(Repeatable::No, vec![Ok(away); 8]).await;
            let wait = match given {
                Err(ForgeError::RateLimited { retry_after, .. }) => Some(retry_after.as_secs()),
                _ => None,
            };
            assert_eq!(wait, seconds, "{after}");
        }
    }

    #[tokio::test]
    async fn writes_keep_their_distance() {
        let distance = Duration::from_millis(20);
        let lane = lane(Waits { between_writes: distance, ..Waits::NONE });
        let start = Instant::now();
        for _ in 0..3 {
            drop(lane.turn().await);
        }
        assert!(start.elapsed() >= distance * 2, "{:?}", start.elapsed());
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
