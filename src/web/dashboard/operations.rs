//! `GET /operations`: how the queue is, and what was given up; `POST` asks again for what was.

use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use subtle::ConstantTimeEq;

use super::time::{When, duration};
use super::{missing, repository_href};
use crate::store::jobs::{self, DeadLetter, Depth};
use crate::web::viewer::Admin;
use crate::web::{Web, WebError};

/// How many dead letters the page lists.
const LISTED: i64 = 100;

#[derive(Template)]
#[template(path = "operations.html")]
struct Operations {
    depth: Depth,
    next: Option<String>,
    letters: Vec<Letter>,
    /// Whether there is a token with which one may ask again.
    allowed: bool,
}

struct Letter {
    id: i64,
    repository: String,
    href: String,
    platform: &'static str,
    sign: char,
    number: i64,
    error: String,
    attempts: i64,
    when: When,
}

impl Letter {
    fn new(letter: DeadLetter, now: DateTime<Utc>) -> Self {
        let repository = letter.change.repository;
        Self {
            id: letter.id,
            href: repository_href(repository.forge, &repository.full_name),
            platform: repository.forge.title(),
            sign: repository.forge.number_sign(),
            repository: repository.full_name,
            number: letter.change.number,
            error: letter.error,
            attempts: letter.attempts,
            when: When::new(letter.ended_at, now),
        }
    }
}

pub(super) async fn show(
    Admin(viewer): Admin,
    State(web): State<Web>,
) -> Result<Html<String>, WebError> {
    let now = Utc::now();
    let mut tx = web.store.read().await?;
    let depth = jobs::depth(&mut tx).await?;
    let next = jobs::next_due(&mut tx).await?.map(|due| match due - now {
        ahead if ahead.num_milliseconds() > 0 => format!("The next is due in {}.", duration(ahead)),
        late => format!("One has been due for {}.", duration(-late)),
    });
    let letters = jobs::dead_letters(&mut tx, LISTED).await?;
    let page = Operations {
        depth,
        next,
        letters: letters.into_iter().map(|letter| Letter::new(letter, now)).collect(),
        allowed: web.settings.operator_token.is_some(),
    };
    viewer.page(&page)
}

/// What the form sends.
#[derive(Deserialize)]
pub(super) struct Redrive {
    token: SecretString,
}

/// Asks again. The token is in the form, not in a cookie, so that no other page can do it in a person's name.
pub(super) async fn redrive(
    State(web): State<Web>,
    Path(id): Path<i64>,
    Form(form): Form<Redrive>,
) -> Result<Response, WebError> {
    let Some(token) = &web.settings.operator_token else {
        return Err(WebError::NotFound("no operator's token is configured"));
    };
    let (given, expected) = (form.token.expose_secret(), token.expose_secret());
    if !bool::from(given.as_bytes().ct_eq(expected.as_bytes())) {
        return Err(WebError::Unauthenticated("the operator's token is wrong"));
    }
    let mut tx = web.store.begin().await?;
    let Some(letter) = jobs::dead_letter(&mut tx, id).await? else {
        return missing("There is no such dead letter; somebody may have asked again already.");
    };
    jobs::redrive(&mut tx, &letter, Utc::now()).await?;
    tx.commit().await?;
    let change = letter.change;
    tracing::info!(repository = change.repository.full_name, number = change.number, "asked again");
    Ok(Redirect::to("/operations").into_response())
}
