//! `GET /setup/github`: makes a GitHub App for a service that has none.

mod access;
mod asked;
mod pages;
mod state;

use std::sync::{Arc, Mutex, PoisonError};

use askama::Template;
use axum::Form;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Query, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use chrono::Utc;
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::json;
use subtle::ConstantTimeEq;

use self::access::{Access, is_foreign};
use self::asked::Asked;
pub(crate) use self::pages::{Step, Told, failure, next_steps, send};
use super::{Web, WebError};
use crate::forge::ForgeKind;
use crate::forge::github::app::{CreatedApp, Creation};
use crate::settings::AppFolder;
use crate::store::audit::{self, Action, Actor};

/// Most bytes of the form.
const FORM: usize = 8192;
/// How many Apps may be in the making; the oldest is given up for another.
const AT_A_TIME: usize = 16;

/// The page's routes.
pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route("/setup", get(state::show))
        .route("/setup/github", get(show).post(begin).layer(DefaultBodyLimit::max(FORM)))
        .route("/setup/github/created", get(created))
}

/// Apps that are in the making.
#[derive(Clone, Default)]
pub(super) struct Creations(Arc<Mutex<Vec<Creation>>>);

impl Creations {
    fn add(&self, creation: Creation) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Utc::now();
        all.retain(|creation| creation.is_fresh(now));
        if all.len() >= AT_A_TIME {
            all.remove(0);
        }
        all.push(creation);
    }

    /// Takes out the one that GitHub gave this state back for; nobody else finds it meanwhile.
    fn take(&self, state: &str) -> Option<Creation> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Utc::now();
        let at = all.iter().position(|creation| creation.is_meant_by(state, now))?;
        Some(all.remove(at))
    }
}

#[derive(Template)]
#[template(path = "setup/ask.html")]
struct Ask {
    asked: Asked,
    problem: Option<String>,
    with_token: bool,
}

async fn show(State(web): State<Web>, request: Parts) -> Result<Response, WebError> {
    match Access::of(&web.settings, &request) {
        Access::WithToken(_) => ask(Asked::usual(&web.settings), None, true),
        Access::Here(..) => ask(Asked::usual(&web.settings), None, false),
        closed => refuse(&closed),
    }
}

fn ask(asked: Asked, problem: Option<String>, with_token: bool) -> Result<Response, WebError> {
    let status = if problem.is_some() { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    Ok((status, Html(Ask { asked, problem, with_token }.render()?)).into_response())
}

/// Why the page is not open, and what to do.
fn refuse(access: &Access<'_>) -> Result<Response, WebError> {
    let command = Step::code("On a machine with a browser:", "asyncwarden github create-app");
    let token = "Start the service with a token of at least 16 characters in";
    let token = Step::code(token, "ASYNCWARDEN_OPERATOR_TOKEN");
    let (status, title, line, steps) = match access {
        Access::Configured => (
            StatusCode::NOT_FOUND,
            "GitHub is set up",
            "The service has a GitHub App. To make another one, take its settings away first, or use the command.",
            vec![command],
        ),
        Access::Made => (
            StatusCode::CONFLICT,
            "The App is made",
            "Its credentials are there, and the service is about to read them.",
            vec![Step::new(
                "Wait half a minute. Where the service does not run by itself, restart it.",
            )],
        ),
        Access::NoFolder => (
            StatusCode::NOT_FOUND,
            "Nobody said where the App's credentials go",
            "Beside PostgreSQL there is no folder of the service's own. Either of these helps:",
            vec![
                Step::code(
                    "Start the service with the path of a folder in",
                    "ASYNCWARDEN_GITHUB_APP_DIR",
                ),
                command,
            ],
        ),
        Access::Elsewhere | Access::WithToken(_) | Access::Here(..) => (
            StatusCode::FORBIDDEN,
            "Only an operator may set up GitHub",
            "No operator's token is configured, and this page is open to browsers on the service's own machine only, with nothing in between. Any of these helps:",
            vec![
                token,
                Step::new(
                    "Open this page on that machine, at the address on which the service listens.",
                ),
                command,
            ],
        ),
    };
    let (title, lines) = (title.to_owned(), vec![line.to_owned()]);
    Told { in_service: true, title, lines, steps }.respond(status)
}

/// Checks what is asked for, and shows the form that goes to GitHub.
async fn begin(
    State(web): State<Web>,
    request: Parts,
    Form(asked): Form<Asked>,
) -> Result<Response, WebError> {
    let access = Access::of(&web.settings, &request);
    let (folder, origin) = match &access {
        Access::WithToken(folder) => {
            // In the form, not in a cookie, so that no other page can do it in a person's name.
            let expected = web.settings.operator_token.as_ref().map(ExposeSecret::expose_secret);
            let (given, expected) = (asked.token.expose_secret(), expected.unwrap_or_default());
            if !bool::from(given.as_bytes().ct_eq(expected.as_bytes())) {
                return Err(WebError::Unauthenticated("the operator's token is wrong"));
            }
            (*folder, None)
        }
        Access::Here(folder, origin) if !is_foreign(&request.headers, origin) => {
            (*folder, Some(origin.as_str()))
        }
        closed => return refuse(closed),
    };
    let with_token = origin.is_none();
    let ready = asked.checked(origin, &web.settings, Utc::now()).and_then(|creation| {
        // GitHub gives the credentials once: better to know before.
        folder.prepare(false).map_err(|error| cannot_keep(folder, &error))?;
        Ok(creation)
    });
    match ready {
        Ok(creation) => {
            let page = send(&creation, true)?;
            web.creations.add(creation);
            Ok(page)
        }
        Err(problem) => ask(asked, Some(problem), with_token),
    }
}

fn cannot_keep(folder: &AppFolder, error: &std::io::Error) -> String {
    format!("The App's credentials can't be kept in {}: {error}.", folder.path().display())
}

/// What GitHub sends a person back with.
#[derive(Deserialize)]
struct Back {
    #[serde(default)]
    code: String,
    #[serde(default)]
    state: String,
}

/// Exchanges the code for the credentials, and puts them where the service finds them at its next start.
async fn created(
    State(web): State<Web>,
    request: Parts,
    Query(back): Query<Back>,
) -> Result<Response, WebError> {
    let access = Access::of(&web.settings, &request);
    let (Access::WithToken(folder) | Access::Here(folder, _)) = &access else {
        return refuse(&access);
    };
    let Some(creation) = web.creations.take(&back.state) else {
        return failed(StatusCode::GONE, vec![
            "This process has begun no App for which GitHub could have sent you here: it was ended already, is older than an hour, or was begun before a restart or at another replica.".to_owned(),
            "If you made an App by now, delete it in your settings at GitHub, since nobody has its key. Then begin again at /setup/github.".to_owned(),
        ]);
    };
    if let Err(error) = folder.prepare(false) {
        web.creations.add(creation);
        let told =
            vec![cannot_keep(folder, &error), "Repair that, and reload this page.".to_owned()];
        return failed(StatusCode::INTERNAL_SERVER_ERROR, told);
    }
    let app = match creation.finish(&back.code).await {
        Ok(app) => app,
        Err(error) => {
            tracing::warn!(%error, "the App's code was not exchanged");
            let (status, told) = failure(&error, "/setup/github");
            // The same code may be good another time.
            web.creations.add(creation);
            return failed(status, told.to_vec());
        }
    };
    if let Err(error) = folder.write(&app, false) {
        let lost = format!(
            "The App {} was made, and its credentials are lost: GitHub gives them once. Make a new key and secret in its settings, or delete it and begin again.",
            app.slug
        );
        return failed(StatusCode::INTERNAL_SERVER_ERROR, vec![cannot_keep(folder, &error), lost]);
    }
    note(&web, &app).await;
    let path = folder.path().display().to_string();
    let mut steps = vec![Step::code(
        "Wait half a minute, or restart the service. It reads the App's number, key and secret from",
        path,
    )];
    steps.extend(next_steps(&app));
    let title = format!("The App {} is made", app.slug);
    let line = "Its credentials are in files that only the service's own user may read.".to_owned();
    Told { in_service: true, title, lines: vec![line], steps }.respond(StatusCode::OK)
}

fn failed(status: StatusCode, lines: Vec<String>) -> Result<Response, WebError> {
    let title = "The App is not set up".to_owned();
    Told { in_service: true, title, lines, steps: Vec::new() }.respond(status)
}

/// Notes in the audit log that there is an App now. The credentials are kept already, whatever comes of it.
async fn note(web: &Web, app: &CreatedApp) {
    tracing::info!(app.id, app.slug, "made a GitHub App");
    let noted = async {
        let mut tx = web.store.begin().await?;
        let subject = audit::app(ForgeKind::GitHub, app.id);
        let details = json!({ "slug": app.slug });
        audit::note(&mut tx, Actor::Operator, Action::AppCreated, &subject, details, Utc::now())
            .await?;
        tx.commit().await
    };
    if let Err(error) = noted.await {
        tracing::warn!(%error, "the audit log doesn't tell of the new App");
    }
}
