//! The page on this machine that leads a person to GitHub, and to which GitHub sends them back.

use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use chrono::Utc;
use serde::Deserialize;
use tokio::net::TcpListener;
use tokio::sync::{Mutex, oneshot};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::create_app::Output;
use crate::forge::github::app::{CreatedApp, Creation};
use crate::web::setup::{Step, Told, failure, next_steps, send};
use crate::web::{WebError, assets, requests};

/// Where GitHub sends a person back to.
pub(super) const CREATED: &str = "/created";

/// The page while it is served.
pub(super) struct Page {
    /// Where it is. Who doesn't know the path doesn't find it, though everybody on this machine reaches the port.
    pub(super) path: String,
    /// The App, once it is made and its credentials are kept.
    pub(super) kept: oneshot::Receiver<Kept>,
    /// Ends it.
    pub(super) stop: CancellationToken,
    /// Ends with it.
    pub(super) server: JoinHandle<()>,
}

/// An App that is made.
pub(super) struct Kept {
    pub(super) app: CreatedApp,
    /// Where its credentials are, if in files.
    pub(super) folder: Option<PathBuf>,
}

struct Local {
    key: String,
    output: Output,
    /// Gone once the App is made.
    open: Mutex<Option<(Creation, oneshot::Sender<Kept>)>>,
}

/// Serves it.
pub(super) fn serve(listener: TcpListener, creation: Creation, output: Output) -> Page {
    let (done, kept) = oneshot::channel();
    let key = hex::encode(rand::random::<[u8; 16]>());
    let local = Local { key: key.clone(), output, open: Mutex::new(Some((creation, done))) };
    let router = Router::new()
        .route("/{key}", get(show))
        .route(CREATED, get(created))
        .merge(assets::routes())
        .layer(axum::middleware::from_fn(requests::secure))
        .with_state(Arc::new(local));
    let stop = CancellationToken::new();
    let stopped = stop.clone();
    let server = tokio::spawn(async move {
        let serving = axum::serve(listener, router);
        // It never ends by itself, and an error of one connection only ends that one.
        let _ = serving.with_graceful_shutdown(stopped.cancelled_owned()).await;
    });
    Page { path: format!("/{key}"), kept, stop, server }
}

async fn show(
    State(local): State<Arc<Local>>,
    Path(key): Path<String>,
) -> Result<Response, WebError> {
    if key != local.key {
        return Err(WebError::NotFound("there is no such page"));
    }
    match &*local.open.lock().await {
        Some((creation, _)) => send(creation, false),
        None => told(StatusCode::OK, "The App is made", &["The terminal says what is next."]),
    }
}

/// What GitHub sends a person back with.
#[derive(Deserialize)]
struct Back {
    #[serde(default)]
    code: String,
    #[serde(default)]
    state: String,
}

async fn created(
    State(local): State<Arc<Local>>,
    Query(back): Query<Back>,
) -> Result<Response, WebError> {
    let mut open = local.open.lock().await;
    let meant = |(creation, _): &(Creation, _)| creation.is_meant_by(&back.state, Utc::now());
    let Some((creation, done)) = open.take_if(|open| meant(open)) else {
        let line = "This is no answer to what was asked: the App is made already, or more than an hour has passed.";
        return told(StatusCode::GONE, "There is nothing to do here", &[line]);
    };
    let app = match creation.finish(&back.code).await {
        Ok(app) => app,
        Err(error) => {
            let (status, lines) = failure(&error, &format!("/{}", local.key));
            *open = Some((creation, done));
            return told(status, "The App is not set up", &lines.each_ref().map(String::as_str));
        }
    };
    let folder = match &local.output {
        Output::Printed => None,
        Output::Files(folder, force) => {
            if let Err(error) = folder.write(&app, *force) {
                let why = format!(
                    "Its credentials can't be kept in {}: {error}.",
                    folder.path().display()
                );
                let lost = "GitHub gives them once: delete the App there, and begin again.";
                *open = Some((creation, done));
                return told(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "The App is not set up",
                    &[&why, lost],
                );
            }
            Some(folder.path().to_owned())
        }
    };
    let mut steps =
        vec![Step::new("Go back to the terminal, which says how to start the service with it.")];
    steps.extend(next_steps(&app));
    let page = Told { title: format!("The App {} is made", app.slug), steps, ..Told::default() };
    let page = page.respond(StatusCode::OK);
    // Who waits for it may have been stopped.
    let _ = done.send(Kept { app, folder });
    page
}

fn told(status: StatusCode, title: &str, lines: &[&str]) -> Result<Response, WebError> {
    let lines = lines.iter().map(|line| (*line).to_owned()).collect();
    Told { title: title.to_owned(), lines, ..Told::default() }.respond(status)
}
