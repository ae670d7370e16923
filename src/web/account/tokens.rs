//! `GET /account/tokens`: a person's access tokens; `POST` makes and revokes them.

use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;

use super::{Web, WebError};
use crate::store::access_tokens::{self, AccessToken, NewToken, Scope};
use crate::web::access_token::Text;
use crate::web::dashboard::{missing, time::When};
use crate::web::viewer::Viewer;

/// The page's path.
pub(super) const PAGE: &str = "/account/tokens";
/// Most characters of a name.
const LONGEST_NAME: usize = 100;
/// For how many days a token is good: at most, and usually.
const MOST_DAYS: i64 = 366;
const USUAL_DAYS: i64 = 90;

#[derive(Template)]
#[template(path = "account/tokens.html")]
struct TokensPage {
    form_token: String,
    /// What a person asked for, or what stands in the form before.
    asked: Asked,
    problem: Option<String>,
    /// The token that was just made: it is shown this once.
    made: Option<String>,
    /// Whether the person may have tokens for the service's own state.
    is_admin: bool,
    /// Whether there is a person who could have tokens.
    signed_in: bool,
    rows: Vec<Row>,
    most_days: i64,
}

struct Row {
    id: i64,
    name: String,
    scopes: String,
    created: When,
    expires: String,
    expired: bool,
    used: Option<When>,
}

impl Row {
    fn new(token: AccessToken, now: DateTime<Utc>) -> Self {
        let scopes: Vec<_> = token.scopes.iter().map(|scope| scope.as_str()).collect();
        Self {
            id: token.id,
            name: token.name,
            scopes: scopes.join(", "),
            created: When::new(token.created_at, now),
            expires: token.expires_at.format("%-d %B %Y").to_string(),
            expired: token.expires_at <= now,
            used: token.last_used_at.map(|at| When::new(at, now)),
        }
    }
}

/// The form's fields. A box that is not ticked is not there.
#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    form_token: String,
    #[serde(default)]
    name: String,
    read: Option<String>,
    operations: Option<String>,
    #[serde(default)]
    days: String,
}

impl Asked {
    /// What stands in the form before anybody writes something.
    fn usual() -> Self {
        let (name, days) = (String::new(), USUAL_DAYS.to_string());
        Self {
            form_token: String::new(),
            name,
            read: Some("yes".to_owned()),
            operations: None,
            days,
        }
    }

    /// The name, the scopes and the days.
    ///
    /// # Errors
    /// What is wrong with them, for the person.
    fn checked(&self, is_admin: bool) -> Result<(&str, Vec<Scope>, i64), String> {
        let name = self.name.trim();
        if name.is_empty() || name.chars().count() > LONGEST_NAME || name.contains('\0') {
            return Err(format!("The name: give one of at most {LONGEST_NAME} characters."));
        }
        let asked = |scope: &Scope| match scope {
            Scope::Read => self.read.is_some(),
            Scope::Operations => self.operations.is_some() && is_admin,
        };
        let scopes: Vec<_> = Scope::ALL.into_iter().filter(asked).collect();
        if scopes.is_empty() {
            return Err("What for: choose at least one.".to_owned());
        }
        let days = self.days.trim().parse().ok().filter(|days| (1..=MOST_DAYS).contains(days));
        let days = days.ok_or_else(|| format!("Days: a whole number from 1 to {MOST_DAYS}."))?;
        Ok((name, scopes, days))
    }
}

pub(super) async fn show(viewer: Viewer, State(web): State<Web>) -> Result<Response, WebError> {
    page(&web, &viewer, StatusCode::OK, Asked::usual(), None, None).await
}

async fn page(
    web: &Web,
    viewer: &Viewer,
    status: StatusCode,
    asked: Asked,
    problem: Option<String>,
    made: Option<String>,
) -> Result<Response, WebError> {
    let now = Utc::now();
    let tokens = match viewer.person {
        Some(person) => {
            let mut tx = web.store.read().await?;
            access_tokens::of_person(&mut tx, person).await?
        }
        None => Vec::new(),
    };
    let page = TokensPage {
        form_token: viewer.form_token.clone(),
        asked,
        problem,
        made,
        is_admin: viewer.is_admin,
        signed_in: viewer.person.is_some(),
        rows: tokens.into_iter().map(|token| Row::new(token, now)).collect(),
        most_days: MOST_DAYS,
    };
    Ok((status, viewer.page(&page)?).into_response())
}

const NOBODY: WebError = WebError::Forbidden("only who signed in has access tokens");

/// Makes a token, and shows it.
pub(super) async fn create(
    viewer: Viewer,
    State(web): State<Web>,
    Form(asked): Form<Asked>,
) -> Result<Response, WebError> {
    viewer.check_form(&asked.form_token)?;
    let person_id = viewer.person.ok_or(NOBODY)?;
    let (name, scopes, days) = match asked.checked(viewer.is_admin) {
        Ok(checked) => checked,
        Err(problem) => {
            let status = StatusCode::BAD_REQUEST;
            return page(&web, &viewer, status, asked, Some(problem), None).await;
        }
    };
    let (text, now) = (Text::new(), Utc::now());
    let hash = text.hash();
    let expires_at = now + TimeDelta::days(days);
    let token = NewToken { person_id, name, scopes: &scopes, hash: &hash, expires_at };
    let mut tx = web.store.begin().await?;
    let made = access_tokens::create(&mut tx, token, now).await?;
    tx.commit().await?;
    if !made {
        let problem = format!("You have {} tokens: revoke one first.", access_tokens::MOST);
        return page(&web, &viewer, StatusCode::CONFLICT, asked, Some(problem), None).await;
    }
    let made = Some(text.shown().to_owned());
    page(&web, &viewer, StatusCode::CREATED, Asked::usual(), None, made).await
}

/// What the button sends.
#[derive(Deserialize)]
pub(super) struct Revoke {
    #[serde(default)]
    form_token: String,
}

/// Takes a token back.
pub(super) async fn revoke(
    viewer: Viewer,
    State(web): State<Web>,
    Path(id): Path<i64>,
    Form(asked): Form<Revoke>,
) -> Result<Response, WebError> {
    viewer.check_form(&asked.form_token)?;
    let person = viewer.person.ok_or(NOBODY)?;
    let mut tx = web.store.begin().await?;
    let revoked = access_tokens::revoke(&mut tx, person, id).await?;
    tx.commit().await?;
    match revoked {
        true => Ok(Redirect::to(PAGE).into_response()),
        false => missing("You have no such token; perhaps it is revoked already."),
    }
}
