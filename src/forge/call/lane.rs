//! One account's way to a platform.

mod turn;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::measure::{Outcome, measured, note_remaining};
use super::{Answer, Budget, NoAnswer, Repeatable, Waits};
use crate::forge::ledger::{Ledger, LedgerError};
use crate::forge::{ForgeError, ForgeKind};
pub use turn::Write;

/// How long what other processes noted about the account is taken for granted.
const FRESH: Duration = Duration::from_millis(200);
/// How often other processes are told how many requests are left, at most.
const TOLD: Duration = Duration::from_secs(30);

/// What an account has to keep to.
#[derive(Clone)]
pub struct Terms {
    /// Waits between calls.
    pub waits: Waits,
    /// How long the platform wants the account to wait, if the answer says so; a good answer may be the last one for
    /// now. `strikes` counts the limits in a row.
    pub limit: fn(answer: &Answer, strikes: u32) -> Option<Duration>,
    /// How much content it may create in an hour; `None`: as much as the distance between two writes allows.
    pub most_per_hour: Option<u32>,
    /// What all processes know of the account; `None` when this one is alone.
    pub ledger: Option<Arc<dyn Ledger>>,
}

/// One account's way to a platform (an installation, a token). Everything that the account sends goes through it, so
/// that a limit holds back all of it and writes keep their distance; with a ledger, those of all processes together.
pub struct Lane {
    forge: ForgeKind,
    account: String,
    terms: Terms,
    held: Mutex<Held>,
    last_write: tokio::sync::Mutex<Option<Instant>>,
}

#[derive(Default)]
struct Held {
    until: Option<Instant>,
    strikes: u32,
    /// When the ledger was read last.
    read: Option<Instant>,
    /// When it was told last how many requests are left.
    told: Option<Instant>,
}

impl Lane {
    /// A way on which nothing is held back yet. The account's name is the same in all processes.
    pub fn new(forge: ForgeKind, account: String, terms: Terms) -> Self {
        Self {
            forge,
            account,
            terms,
            held: Mutex::default(),
            last_write: tokio::sync::Mutex::default(),
        }
    }

    /// Sends a call, again if need be, and gives the first answer that is not an error.
    ///
    /// # Errors
    /// [`ForgeError::RateLimited`] for limits longer than [`Waits::longest`], [`ForgeError::Status`] for other answers
    /// from 400 on, [`ForgeError::Transport`] when no whole answer came, [`ForgeError::Ledger`] when it is not known
    /// whether anything may be sent.
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
        let waits = &self.terms.waits;
        let mut tried = 0;
        loop {
            self.wait_until_free(operation).await?;
            tried += 1;
            let answer = measured(self.forge, operation, send(), |answer| match answer {
                Ok(answer) => self.outcome(answer),
                Err(_) => Outcome::NoAnswer,
            });
            let (error, may_repeat) = match answer.await {
                Ok(answer) => match self.judge(operation, answer).await {
                    Ok(answer) => return Ok(answer),
                    // A limit is refused before it is acted on; the wait is at the head of the loop.
                    Err(ForgeError::RateLimited { retry_after, .. })
                        if retry_after <= waits.longest && tried < waits.tries =>
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
            if !may_repeat || repeatable == Repeatable::No || tried >= waits.tries {
                return Err(error);
            }
            tracing::debug!(operation, tried, "trying again: {error}");
            tokio::time::sleep(waits.before(tried + 1)).await;
        }
    }

    fn outcome(&self, answer: &Answer) -> Outcome {
        match answer.status {
            status if status < 400 => Outcome::Ok,
            _ if self.wait_after(answer, 0).is_some() => Outcome::Limited,
            status if status < 500 => Outcome::Refused,
            _ => Outcome::Failed,
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
        let given = measured(forge, operation, send, |given| match given {
            Ok(Ok(_)) => Outcome::Ok,
            Ok(Err(answer)) => self.outcome(answer),
            Err(_) => Outcome::NoAnswer,
        });
        match given.await {
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

    /// Waits a moment after a lost answer, before looking whether the call was acted on: it may not show at once.
    pub async fn settle(&self) {
        tokio::time::sleep(self.terms.waits.before(2)).await;
    }

    /// An answer as it is, or the error that it stands for.
    async fn judge(&self, operation: &'static str, answer: Answer) -> Result<Answer, ForgeError> {
        note_remaining(self.forge, &answer);
        self.tell_budget(&answer).await;
        let strikes = self.lock().strikes;
        let wait = self.wait_after(&answer, strikes);
        if answer.status < 400 {
            if let Some(retry_after) = wait {
                tracing::info!(operation, wait_s = retry_after.as_secs(), "the limit is used up");
                self.hold_back(operation, retry_after).await;
            }
            return Ok(answer);
        }
        if let Some(retry_after) = wait {
            tracing::warn!(operation, wait_s = retry_after.as_secs(), "held back by the platform");
            return Err(self.hold_back(operation, retry_after).await);
        }
        let message = answer.complaint();
        Err(ForgeError::Status { forge: self.forge, operation, status: answer.status, message })
    }

    /// How long the platform wants us to wait: for a limit, or since it is away and says for how long.
    fn wait_after(&self, answer: &Answer, strikes: u32) -> Option<Duration> {
        let away = || answer.retry_after().filter(|_| answer.status == 503);
        (self.terms.limit)(answer, strikes).or_else(away)
    }

    /// Holds everything of the account back for this long, here and in other processes.
    pub async fn hold_back(&self, operation: &'static str, retry_after: Duration) -> ForgeError {
        {
            let mut held = self.lock();
            held.until = held.until.max(Instant::now().checked_add(retry_after));
            held.strikes += 1;
        }
        if let Some(ledger) = &self.terms.ledger
            && let Err(error) = ledger.hold(&self.account, retry_after).await
        {
            tracing::warn!(%error, "other processes are not told that the platform wants us to wait");
        }
        ForgeError::RateLimited { forge: self.forge, operation, retry_after }
    }

    /// Waits while the account is held back.
    ///
    /// # Errors
    /// [`ForgeError::RateLimited`] when that is too long, [`ForgeError::Ledger`] when it is not known.
    pub async fn wait_until_free(&self, operation: &'static str) -> Result<(), ForgeError> {
        self.read_ledger().await?;
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
        if rest > self.terms.waits.longest {
            return Err(ForgeError::RateLimited {
                forge: self.forge,
                operation,
                retry_after: rest,
            });
        }
        tokio::time::sleep(rest).await;
        Ok(())
    }

    /// Learns what other processes were told by the platform.
    async fn read_ledger(&self) -> Result<(), LedgerError> {
        let Some(ledger) = &self.terms.ledger else { return Ok(()) };
        if self.lock().read.is_some_and(|read| read.elapsed() < FRESH) {
            return Ok(());
        }
        let wait = ledger.held(&self.account).await?;
        let mut held = self.lock();
        let now = Instant::now();
        held.read = Some(now);
        if !wait.is_zero() {
            held.until = held.until.max(now.checked_add(wait));
        }
        Ok(())
    }

    /// Lets who looks after the service know how many requests are left.
    async fn tell_budget(&self, answer: &Answer) {
        let Some((ledger, budget)) = self.terms.ledger.as_ref().zip(Budget::of(answer)) else {
            return;
        };
        {
            let mut held = self.lock();
            if held.told.is_some_and(|told| told.elapsed() < TOLD) {
                return;
            }
            held.told = Some(Instant::now());
        }
        if let Err(error) = ledger.note_budget(&self.account, budget).await {
            tracing::debug!(%error, "how many requests are left is not noted");
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::HeaderMap;

    use super::*;

    fn answer(status: u16, body: &'static str) -> Answer {
        Answer { status, headers: HeaderMap::new(), body: Bytes::from_static(body.as_bytes()) }
    }

    pub(super) fn lane(waits: Waits) -> Lane {
        let limit = |answer: &Answer, strikes| {
            (answer.status == 429).then(|| Duration::from_millis(3 + 1000 * u64::from(strikes)))
        };
        let terms = Terms { waits, limit, most_per_hour: None, ledger: None };
        Lane::new(ForgeKind::GitHub, "github/1".to_owned(), terms)
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
    async fn the_last_answer_before_a_limit_counts_and_the_next_call_waits() {
        let limit = |answer: &Answer, _| (answer.status == 206).then_some(Duration::from_secs(600));
        let terms = Terms { waits: Waits::NONE, limit, most_per_hour: None, ledger: None };
        let lane = Lane::new(ForgeKind::GitHub, "github/1".to_owned(), terms);
        let last = || std::future::ready(Ok(answer(206, "{}")));
        let given = lane.call("read", Repeatable::Yes, last).await;
        assert_eq!(given.map(|answer| answer.status).ok(), Some(206));
        let refused = lane.call("read", Repeatable::Yes, last).await;
        assert!(matches!(refused, Err(ForgeError::RateLimited { .. })), "{refused:?}");
    }
}
