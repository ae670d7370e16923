//! Webhooks: verify, store, answer. Nothing is reviewed here, since platforms wait ten seconds at most.

mod act;
mod body;
mod entitled;
mod installation;
mod replay;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use chrono::Utc;

pub(crate) use self::replay::replay;

use self::act::{act, expected};
use super::{Web, WebError};
use crate::forge::ForgeKind;
use crate::forge::webhook::{Call, Refusal, Wish};
use crate::store::StoreError;
use crate::store::deliveries::{self, Outcome, Stored};
use crate::telemetry::metrics::{DELIVERIES, REFUSED_DELIVERIES};

/// The routes that platforms call.
pub(super) fn routes() -> Router<Web> {
    Router::new().route("/webhooks/{platform}", post(receive))
}

/// Verify, store, answer. Platforms wait 10 s; some never send a call again by themselves, and some switch hooks off that
/// answer with errors, so all that is authentic is accepted.
async fn receive(
    State(web): State<Web>,
    Path(platform): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Answer, WebError> {
    let kind = ForgeKind::from_name(&platform).ok_or(WebError::NotFound("no such platform"))?;
    let receiver = web.receivers.iter().find(|receiver| receiver.kind() == kind);
    let receiver = receiver.ok_or(WebError::NotFound("this platform is not configured"))?;
    let call = async {
        let body = body::read(&headers, body).await?;
        receiver.refresh().await;
        let call = receiver.receive(&headers, &body, Utc::now())?;
        entitled::check(&web, &**receiver, &call).await?;
        Ok((call, body))
    };
    let (call, body) = call.await.inspect_err(|error| count_refused(kind, error))?;
    let answered = Delivery { forge: kind, call: &call, payload: &body }.accept(&web).await;
    let outcome = answered.as_ref().map_or("failed", |answer| word(*answer));
    DELIVERIES.count([kind.as_str(), call.wish.word(), outcome]);
    answered
}

/// The word that an answer is counted under.
fn word(answer: Answer) -> &'static str {
    match answer {
        QUEUED => "queued",
        SEEN => "repeated",
        NOTED => "noted",
        _ => "ignored",
    }
}

fn count_refused(kind: ForgeKind, error: &WebError) {
    let reason = match error {
        WebError::Unauthenticated(_) => "unauthenticated",
        WebError::TooLarge(_) => "too_large",
        WebError::Malformed(_) => "malformed",
        _ => "unavailable",
    };
    REFUSED_DELIVERIES.count([kind.as_str(), reason]);
}

/// What the sender is told: a status and a word why.
type Answer = (StatusCode, &'static str);

const GREETED: Answer = (StatusCode::OK, "pong\n");
const QUEUED: Answer = (StatusCode::ACCEPTED, "queued\n");
const SEEN: Answer = (StatusCode::ACCEPTED, "seen before\n");
const NOTED: Answer = (StatusCode::ACCEPTED, "noted\n");
const IGNORED: Answer = (StatusCode::ACCEPTED, "ignored\n");

/// How often a call is stored when others are in the way.
const TRIES: usize = 4;

/// A call whose sender is who it should be.
struct Delivery<'a> {
    forge: ForgeKind,
    call: &'a Call,
    payload: &'a [u8],
}

impl Delivery<'_> {
    /// Stores the call and what it wants in one transaction. A call that wants nothing is only logged.
    async fn accept(&self, web: &Web) -> Result<Answer, WebError> {
        let Call { id, event, action, wish, .. } = self.call;
        let (forge, action) = (self.forge.as_str(), action.as_deref());
        match wish {
            Wish::Greeting => {
                tracing::info!(forge, delivery.id = id, "hook tried out");
                return Ok(GREETED);
            }
            Wish::Nothing(reason) => {
                tracing::info!(forge, event, action, delivery.id = id, reason, "delivery ignored");
                return Ok(IGNORED);
            }
            Wish::Baseline { .. } if !web.settings.baseline => return Ok(IGNORED),
            _ => {}
        }
        let mut tried = 1;
        loop {
            match self.store(web).await {
                Err(error) if tried < TRIES && error.is_conflict() => tried += 1,
                done => return Ok(done?),
            }
        }
    }

    async fn store(&self, web: &Web) -> Result<Answer, StoreError> {
        let Call { id, event, action, wish, .. } = self.call;
        let (forge, action) = (self.forge.as_str(), action.as_deref());
        let received_at = Utc::now();
        let mut tx = web.store.begin().await?;
        let delivery = deliveries::Delivery {
            forge: self.forge,
            id,
            event,
            action,
            repository: wish.repository(),
            payload: web.settings.retention.keeps_payloads().then_some(self.payload),
            outcome: expected(wish),
            received_at,
        };
        let stored = deliveries::store(&mut tx, &delivery).await?;
        if stored == Stored::SeenBefore {
            tracing::info!(forge, event, action, delivery.id = id, "delivery seen before");
            return Ok(SEEN);
        }
        let done = act(&mut tx, self.forge, wish, received_at).await?;
        if stored == Stored::Unplaced {
            deliveries::place(&mut tx, &delivery, done.installation).await?;
        }
        if done.outcome != delivery.outcome {
            deliveries::ended(&mut tx, &delivery, done.outcome).await?;
        }
        tx.commit().await?;
        tracing::info!(forge, event, action, delivery.id = id, jobs = done.jobs, "delivery queued");
        Ok(match done.outcome {
            Outcome::Queued => QUEUED,
            Outcome::Noted => NOTED,
            Outcome::Ignored => IGNORED,
        })
    }
}

impl From<Refusal> for WebError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Unauthenticated(why) => WebError::Unauthenticated(why),
            Refusal::Malformed(why) => WebError::Malformed(why),
        }
    }
}
