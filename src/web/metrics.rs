//! `GET /metrics`: numbers for Prometheus.
//!
//! Beside the pages it is for whoever proves to be the operator, once there is an operator's token; on an address of its own
//! ([`crate::settings::Settings::metrics_listen`]) nobody is asked.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::IntoResponse;
use axum::routing::get;
use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::api::is_operator;
use super::{Web, WebError, health};
use crate::store::{Store, StoreError, numbers};
use crate::telemetry::metrics::{
    self, HOLDS, NO_LABELS, OLDEST_UNPROCESSED, OPEN_GATES, OVERDUE_GATES, QUEUE_JOBS,
    QUEUE_OLDEST, STORE_CONNECTIONS, STORE_UP,
};

/// How long what was read from the store is told again, however often it is asked.
const FRESH: Duration = Duration::from_secs(2);
/// How long the store is waited for: the other numbers are told without it.
const PATIENCE: Duration = Duration::from_secs(3);
/// From when on a gate that is still open is overdue: a job takes ten minutes at most.
const LATE: TimeDelta = TimeDelta::minutes(15);
/// The text format of Prometheus.
const FORMAT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// When the store was read last, for all who ask.
pub(super) type Read = Arc<Mutex<Option<Instant>>>;

/// The route beside the pages.
pub(super) fn routes() -> Router<Web> {
    Router::new().route("/metrics", get(for_operators))
}

/// The routes of an address of its own.
pub fn router(store: Store) -> Router {
    let here = Here { store, read: Read::default() };
    let alone = Router::new().route("/metrics", get(for_all)).with_state(here);
    alone.route("/healthz", get(health::alive))
}

#[derive(Clone)]
struct Here {
    store: Store,
    read: Read,
}

async fn for_all(State(here): State<Here>) -> impl IntoResponse {
    tell(&here.store, &here.read).await
}

async fn for_operators(
    State(web): State<Web>,
    headers: HeaderMap,
) -> Result<impl IntoResponse, WebError> {
    if web.settings.operator_token.is_some() && !is_operator(&web, &headers)? {
        return Err(WebError::Unauthenticated(
            "send the operator's token as `Authorization: Bearer TOKEN`",
        ));
    }
    Ok(tell(&web.store, &web.metrics_read).await)
}

async fn tell(store: &Store, read: &Read) -> impl IntoResponse + use<> {
    let mut read = read.lock().await;
    if read.is_none_or(|read| read.elapsed() > FRESH) {
        let measured = tokio::time::timeout(PATIENCE, measure(store, Utc::now())).await;
        STORE_UP.set(i64::from(matches!(measured, Ok(Ok(())))), NO_LABELS);
        *read = Some(Instant::now());
    }
    drop(read);
    let text = tokio::task::spawn_blocking(metrics::render).await.unwrap_or_default();
    ([(header::CONTENT_TYPE, FORMAT)], text)
}

/// Reads what all processes have in common.
async fn measure(store: &Store, now: DateTime<Utc>) -> Result<(), StoreError> {
    let (busy, idle) = store.connections();
    STORE_CONNECTIONS.set(busy, ["busy"]);
    STORE_CONNECTIONS.set(idle, ["idle"]);
    let mut tx = store.read().await?;
    let told = numbers::numbers(&mut tx, now, now - LATE).await?;
    let states = [
        ("due", told.due),
        ("delayed", told.delayed),
        ("running", told.running),
        ("dead", told.dead),
    ];
    for (state, jobs) in states {
        QUEUE_JOBS.set(jobs, [state]);
    }
    QUEUE_OLDEST.put(age(told.due_since, now), NO_LABELS);
    OLDEST_UNPROCESSED.put(age(told.asked_since, now), NO_LABELS);
    HOLDS.set(told.held, NO_LABELS);
    OPEN_GATES.set(told.open_gates, NO_LABELS);
    OVERDUE_GATES.set(told.overdue_gates, NO_LABELS);
    Ok(())
}

/// Seconds since then; 0 when there was nothing.
fn age(since: Option<DateTime<Utc>>, now: DateTime<Utc>) -> f64 {
    let age = since.map(|since| (now - since).to_std().unwrap_or_default());
    age.unwrap_or_default().as_secs_f64()
}
