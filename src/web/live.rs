//! `GET /live`: tells an open page that reviews began or ended, by server-sent events.
//!
//! The stream looks at the store once a second, whichever process the reviews run in. It says only that there is something
//! new; the page is then read as always, so that nothing is shown in two ways.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Query, State};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures::stream::unfold;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use super::viewer::Viewer;
use super::{Web, WebError};
use crate::store::trends::{self, Pulse};
use crate::store::{Sees, Store, StoreError, Transaction};

/// How often a stream looks.
const LOOK: Duration = Duration::from_secs(1);
/// How long a stream lasts; the browser then begins another, for which it is asked again who it is.
const LASTS: Duration = Duration::from_secs(600);
/// How often something is sent even if there is nothing new, so that nobody in between takes the stream for dead.
const ALIVE: Duration = Duration::from_secs(15);
/// Most streams of a process.
const STREAMS: usize = 500;

/// The streams of a process.
#[derive(Clone)]
pub(super) struct Streams {
    places: Arc<Semaphore>,
    stop: CancellationToken,
}

impl Streams {
    /// Streams that end when the service stops.
    pub(super) fn until(stop: CancellationToken) -> Self {
        Self { places: Arc::new(Semaphore::new(STREAMS)), stop }
    }
}

/// The route.
pub(super) fn routes() -> Router<Web> {
    Router::new().route("/live", get(stream))
}

/// The address that a page listens at, which knows what the page has seen.
pub(super) async fn href(
    tx: &mut Transaction,
    sees: Sees,
    repository_id: Option<i64>,
) -> Result<String, StoreError> {
    let seen = name(&trends::pulse(tx, sees, repository_id).await?);
    Ok(match repository_id {
        Some(id) => format!("/live?repository={id}&seen={seen}"),
        None => format!("/live?seen={seen}"),
    })
}

/// A pulse as a short text.
fn name(pulse: &Pulse) -> String {
    let mut digest = Sha256::new();
    digest.update(pulse.last_at.map_or(0, |at| at.timestamp_micros()).to_be_bytes());
    pulse.running.iter().for_each(|id| digest.update(id.to_be_bytes()));
    hex::encode(&digest.finalize()[..8])
}

/// What is asked for.
#[derive(Deserialize)]
struct Asked {
    repository: Option<i64>,
    seen: Option<String>,
}

async fn stream(
    viewer: Viewer,
    State(web): State<Web>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let Ok(place) = web.streams.places.clone().try_acquire_owned() else {
        return Err(WebError::Busy);
    };
    let mut looks = interval(LOOK);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let watch = Watch {
        store: web.store,
        sees: viewer.sees,
        repository_id: asked.repository,
        seen: asked.seen.unwrap_or_default(),
        looks,
        until: Instant::now() + LASTS,
        stop: web.streams.stop,
        _place: place,
    };
    let events = unfold(watch, |mut watch| async move {
        let event = watch.next().await?;
        Some((Ok::<_, Infallible>(event), watch))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(ALIVE)).into_response())
}

/// One stream.
struct Watch {
    store: Store,
    sees: Sees,
    repository_id: Option<i64>,
    seen: String,
    looks: Interval,
    until: Instant,
    stop: CancellationToken,
    _place: OwnedSemaphorePermit,
}

impl Watch {
    /// The next thing to say; `None` ends the stream.
    async fn next(&mut self) -> Option<Event> {
        while Instant::now() < self.until {
            tokio::select! {
                () = self.stop.cancelled() => return None,
                _ = self.looks.tick() => {}
            }
            match self.look().await {
                Ok(now) if now != self.seen => {
                    self.seen = now;
                    return Some(Event::default().event("changed").data(&self.seen));
                }
                Ok(_) => {}
                // The browser comes again.
                Err(error) => {
                    tracing::debug!(%error, "a stream could not look");
                    return None;
                }
            }
        }
        None
    }

    async fn look(&self) -> Result<String, StoreError> {
        let mut tx = self.store.read().await?;
        Ok(name(&trends::pulse(&mut tx, self.sees, self.repository_id).await?))
    }
}
