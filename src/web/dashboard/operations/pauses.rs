//! Repositories whose reviews wait: which, and the forms that begin and end it.

use axum::Form;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::super::time::When;
use super::super::{missing, repository_href};
use crate::store::pauses::{self, Known, Pause};
use crate::web::viewer::{Admin, Viewer};
use crate::web::{Web, WebError};

/// Longest reason, in characters.
const LONGEST: usize = 200;

/// That reviews of a repository wait, as pages say it.
pub(in crate::web::dashboard) struct Paused {
    pub(in crate::web::dashboard) when: When,
    pub(in crate::web::dashboard) by: Option<String>,
    pub(in crate::web::dashboard) reason: Option<String>,
}

impl Paused {
    pub(in crate::web::dashboard) fn new(pause: Pause, now: DateTime<Utc>) -> Self {
        Self { when: When::new(pause.at, now), by: pause.by, reason: pause.reason }
    }
}

/// A repository whose reviews wait, as a line of the page.
pub(super) struct Line {
    pub(super) id: i64,
    pub(super) platform: &'static str,
    pub(super) name: String,
    pub(super) href: String,
    pub(super) paused: Paused,
}

impl Line {
    pub(super) fn new(known: Known, now: DateTime<Utc>) -> Option<Self> {
        let repository = known.repository;
        Some(Self {
            id: known.id,
            platform: repository.forge.title(),
            href: repository_href(repository.forge, &repository.full_name),
            paused: Paused::new(known.pause?, now),
            name: repository.full_name,
        })
    }
}

/// What the forms send.
#[derive(Deserialize)]
pub(in crate::web::dashboard) struct Asked {
    #[serde(default)]
    form_token: String,
    #[serde(default)]
    reason: String,
}

/// Has reviews of a repository wait. The form's token is the session's, so that no other page can do it in a person's name.
pub(in crate::web::dashboard) async fn pause(
    Admin(viewer): Admin,
    State(web): State<Web>,
    Path(id): Path<i64>,
    Form(asked): Form<Asked>,
) -> Result<Response, WebError> {
    if asked.reason.chars().count() > LONGEST {
        return Err(WebError::Malformed(format!("the reason has more than {LONGEST} characters")));
    }
    change(&viewer, &web, id, &asked, true).await
}

/// Lets them go on.
pub(in crate::web::dashboard) async fn resume(
    Admin(viewer): Admin,
    State(web): State<Web>,
    Path(id): Path<i64>,
    Form(asked): Form<Asked>,
) -> Result<Response, WebError> {
    change(&viewer, &web, id, &asked, false).await
}

async fn change(
    viewer: &Viewer,
    web: &Web,
    id: i64,
    asked: &Asked,
    wait: bool,
) -> Result<Response, WebError> {
    viewer.check_form(&asked.form_token)?;
    let (by, now) = (viewer.login.as_deref(), Utc::now());
    let mut tx = web.store.begin().await?;
    let Some(known) = pauses::by_row(&mut tx, id).await? else {
        return missing("There is no such repository.");
    };
    // Twice is as good as once.
    if wait {
        pauses::pause(&mut tx, &known, by, Some(&asked.reason), now).await?;
    } else {
        pauses::resume(&mut tx, &known, by, now).await?;
    }
    tx.commit().await?;
    let repository = known.repository;
    tracing::info!(repository = repository.full_name, paused = wait, "reviews of a repository");
    Ok(Redirect::to(&repository_href(repository.forge, &repository.full_name)).into_response())
}
