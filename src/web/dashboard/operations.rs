//! `GET /operations`: how the queue is, what failed and what was given up, what platforms sent; `POST` asks again for what was given up.

mod deliveries;
mod pauses;
mod processes;

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;

pub(super) use self::deliveries::replay;
pub(super) use self::pauses::{Paused, pause, resume};
use super::asked::{Choice, one_of};
use super::time::{When, duration};
use super::{change_href, missing, repository_href};
use crate::store::accounts::{self, Account};
use crate::store::deliveries::{self as stored, Outcome};
use crate::store::jobs::{self, AtHand, DeadLetter, Depth, Failure};
use crate::store::versions::{self, Versions};
use crate::store::{pauses as held, processes as seen};
use crate::web::viewer::Admin;
use crate::web::{Web, WebError};

/// How many dead letters and deliveries the page lists.
const LISTED: i64 = 100;
/// How many jobs at hand, kinds of failures and accounts.
const FEW: i64 = 50;

#[derive(Template)]
#[template(path = "operations.html")]
struct Operations {
    form_token: String,
    depth: Depth,
    next: Option<String>,
    oldest: Option<When>,
    at_hand: Vec<JobLine>,
    failures: Vec<Failure>,
    letters: Vec<Letter>,
    accounts: Vec<AccountLine>,
    paused: Vec<pauses::Line>,
    processes: Vec<processes::Line>,
    deliveries: Vec<deliveries::Line>,
    outcomes: Vec<Choice>,
    /// Whether only some deliveries are asked for.
    filtered: bool,
    versions: Versions,
    newest_schema: i64,
    /// Whether a newer version made the schema.
    is_newer: bool,
}

struct JobLine {
    href: String,
    name: String,
    attempts: i64,
    since: Option<When>,
    /// Its worker has not told for long that it lives.
    overdue: bool,
}

impl JobLine {
    fn new(job: AtHand, now: DateTime<Utc>) -> Self {
        let (repository, number) = (job.change.repository, job.change.number);
        Self {
            href: change_href(repository.forge, &repository.full_name, number),
            name: format!("{}{}{number}", repository.full_name, repository.forge.number_sign()),
            attempts: job.attempts,
            since: job.since.map(|since| When::new(since, now)),
            overdue: job.until.is_some_and(|until| until < now),
        }
    }
}

struct AccountLine {
    lane: String,
    written: i64,
    held: Option<String>,
    writes: bool,
    /// How many requests are left, and when there are all of them again.
    left: Option<String>,
}

impl AccountLine {
    fn new(account: Account, now: DateTime<Utc>) -> Self {
        Self {
            lane: account.lane,
            written: account.written,
            held: account.held_until.map(|until| duration(until - now)),
            writes: account.writes_until.is_some(),
            left: account.remaining.zip(account.quota).zip(account.resets_at).map(
                |((remaining, quota), resets)| {
                    format!("{remaining} of {quota} for {}", duration(resets - now))
                },
            ),
        }
    }
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

/// Which deliveries are asked for.
#[derive(Deserialize)]
pub(super) struct Parameters {
    outcome: Option<String>,
}

pub(super) async fn show(
    Admin(viewer): Admin,
    State(web): State<Web>,
    Query(parameters): Query<Parameters>,
) -> Result<Html<String>, WebError> {
    let outcome = one_of("outcome", parameters.outcome, Outcome::ALL, Outcome::as_str)?;
    let now = Utc::now();
    let mut tx = web.store.read().await?;
    let next = jobs::next_due(&mut tx).await?.map(|due| match due - now {
        ahead if ahead.num_milliseconds() > 0 => format!("The next is due in {}.", duration(ahead)),
        late => format!("One has been due for {}.", duration(-late)),
    });
    let at_hand = jobs::at_hand(&mut tx, FEW).await?;
    let letters = jobs::dead_letters(&mut tx, LISTED).await?;
    let accounts = accounts::accounts(&mut tx, now, FEW).await?;
    let paused = held::paused(&mut tx, LISTED).await?;
    let seen = seen::all(&mut tx, FEW).await?;
    let latest = stored::latest(&mut tx, outcome, LISTED).await?;
    let (versions, newest_schema) = (versions::versions(&mut tx).await?, versions::newest_schema());
    let receivers = &web.receivers;
    let line = |delivery: stored::Listed| {
        let configured = receivers.iter().any(|receiver| receiver.kind() == delivery.forge);
        deliveries::Line::new(delivery, configured, now)
    };
    let page = Operations {
        form_token: viewer.form_token.clone(),
        depth: jobs::depth(&mut tx).await?,
        next,
        oldest: jobs::oldest_waiting(&mut tx).await?.map(|since| When::new(since, now)),
        at_hand: at_hand.into_iter().map(|job| JobLine::new(job, now)).collect(),
        failures: jobs::failures(&mut tx, now - TimeDelta::days(1), FEW).await?,
        letters: letters.into_iter().map(|letter| Letter::new(letter, now)).collect(),
        accounts: accounts.into_iter().map(|account| AccountLine::new(account, now)).collect(),
        paused: paused.into_iter().filter_map(|known| pauses::Line::new(known, now)).collect(),
        processes: seen.into_iter().map(|process| processes::Line::new(process, now)).collect(),
        deliveries: latest.into_iter().map(line).collect(),
        outcomes: Choice::among(Outcome::ALL, outcome, Outcome::as_str, deliveries::title),
        filtered: outcome.is_some(),
        is_newer: versions.schema > newest_schema,
        versions,
        newest_schema,
    };
    viewer.page(&page)
}

/// What a form of this page sends.
#[derive(Deserialize)]
pub(super) struct Token {
    #[serde(default)]
    form_token: String,
}

/// Asks again. The form's token is the session's, so that no other page can do it in a person's name.
pub(super) async fn redrive(
    Admin(viewer): Admin,
    State(web): State<Web>,
    Path(id): Path<i64>,
    Form(form): Form<Token>,
) -> Result<Response, WebError> {
    viewer.check_form(&form.form_token)?;
    let mut tx = web.store.begin().await?;
    let Some(letter) = jobs::dead_letter(&mut tx, id).await? else {
        return missing("There is no such dead letter; somebody may have asked again already.");
    };
    jobs::redrive(&mut tx, &letter, viewer.login.as_deref(), Utc::now()).await?;
    tx.commit().await?;
    let change = letter.change;
    tracing::info!(repository = change.repository.full_name, number = change.number, "asked again");
    Ok(Redirect::to("/operations").into_response())
}
