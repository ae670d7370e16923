//! Webhooks: verify, store, answer. Nothing is reviewed here, since platforms wait ten seconds at most.

mod body;
mod entitled;
mod installation;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use chrono::Utc;

use super::{Web, WebError};
use crate::forge::webhook::{At, Call, Refusal, Wish};
use crate::forge::{ChangeRequest, ForgeKind};
use crate::store::commands;
use crate::store::deliveries::{self, Stored};
use crate::store::jobs::{self, Asked};
use crate::store::{
    StoreError, Transaction, baselines, change_requests, installations, merge_groups, people,
    repositories,
};

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
    let body = body::read(&headers, body).await?;
    receiver.refresh().await;
    let call = receiver.receive(&headers, &body, Utc::now())?;
    entitled::check(&web, &**receiver, &call).await?;
    Delivery { forge: kind, call: &call, payload: &body }.accept(&web).await
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
            received_at,
        };
        let stored = deliveries::store(&mut tx, &delivery).await?;
        if stored == Stored::SeenBefore {
            tracing::info!(forge, event, action, delivery.id = id, "delivery seen before");
            return Ok(SEEN);
        }
        let mut installation = None;
        let (changes, asked) = match wish {
            Wish::Greeting | Wish::Nothing(_) => (Vec::new(), Asked::Changed),
            Wish::Look(at) => (changes_at(at, &mut tx, self.forge).await?, Asked::Changed),
            Wish::MergeGroup { change, head_sha, wanted } => {
                let id = change_requests::remember(&mut tx, change, received_at).await?;
                if *wanted {
                    merge_groups::ask(&mut tx, id, head_sha, received_at).await?;
                    (vec![change.clone()], Asked::Changed)
                } else {
                    merge_groups::give_up(&mut tx, id, head_sha, received_at).await?;
                    (Vec::new(), Asked::Changed)
                }
            }
            Wish::Repository { repository, there } => {
                repositories::remember(&mut tx, repository, received_at).await?;
                if !there {
                    let gone = [repository.external_id];
                    installations::take_out(&mut tx, self.forge, &gone, received_at).await?;
                }
                (Vec::new(), Asked::Changed)
            }
            Wish::Baseline { repository, branch, commit_sha } => {
                baselines::ask(&mut tx, repository, branch, commit_sha, received_at).await?;
                (Vec::new(), Asked::Changed)
            }
            Wish::Revoked(account) => {
                let provider = self.forge.as_str();
                people::revoked(&mut tx, provider, &account.to_string()).await?;
                (Vec::new(), Asked::Changed)
            }
            Wish::Installation(told) => {
                let (row, changes) =
                    installation::note(told, &mut tx, self.forge, received_at).await?;
                installation = Some(row);
                (changes, Asked::Changed)
            }
            Wish::Again(at) => (changes_at(at, &mut tx, self.forge).await?, Asked::Again),
            Wish::Command { at, given } => {
                let changes = changes_at(at, &mut tx, self.forge).await?;
                for change in &changes {
                    let id = change_requests::remember(&mut tx, change, received_at).await?;
                    commands::give(&mut tx, id, given, received_at).await?;
                }
                (changes, Asked::Command)
            }
        };
        for change in &changes {
            jobs::enqueue(&mut tx, change, asked, received_at).await?;
        }
        if stored == Stored::Unplaced {
            deliveries::place(&mut tx, &delivery, installation).await?;
        }
        tx.commit().await?;
        let jobs = changes.len();
        tracing::info!(forge, event, action, delivery.id = id, jobs, "delivery queued");
        Ok(match wish {
            Wish::Installation(_)
            | Wish::Baseline { .. }
            | Wish::Repository { .. }
            | Wish::Revoked(_) => NOTED,
            _ if changes.is_empty() => IGNORED,
            _ => QUEUED,
        })
    }
}

/// The change requests that a call is about.
async fn changes_at(
    at: &At,
    tx: &mut Transaction,
    forge: ForgeKind,
) -> Result<Vec<ChangeRequest>, StoreError> {
    match at {
        At::Change(change) => Ok(vec![change.clone()]),
        At::Head { repository, head_sha, named } => {
            let known = change_requests::by_head(tx, forge, *repository, head_sha).await?;
            Ok(if known.is_empty() { named.clone() } else { known })
        }
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
