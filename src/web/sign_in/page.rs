//! `GET /sign-in` and `POST /sign-out`.

use askama::Template;
use axum::Form;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Redirect, Response};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;

use super::Back;
use crate::forge::identity::IdentityError;
use crate::store::sessions;
use crate::web::viewer::Viewer;
use crate::web::{Web, WebError};

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage {
    /// What went wrong, for a person.
    problem: Option<String>,
    ways: Vec<Way>,
    /// Whether a link is the way in.
    is_local: bool,
}

/// A provider to choose.
struct Way {
    title: String,
    href: String,
}

fn page(web: &Web, back: &Back, problem: Option<String>) -> SignInPage {
    let to = utf8_percent_encode(back.as_str(), NON_ALPHANUMERIC).to_string();
    let ways = web.sign_in.0.providers.iter().map(|provider| Way {
        title: provider.title(),
        href: format!("/sign-in/{}?to={to}", provider.name()),
    });
    SignInPage { problem, ways: ways.collect(), is_local: web.sign_in.is_local() }
}

/// Which page is wanted.
#[derive(Deserialize)]
pub(super) struct Wanted {
    to: Option<String>,
}

/// The ways in; whoever is in already goes on.
pub(super) async fn show(
    State(web): State<Web>,
    Query(wanted): Query<Wanted>,
    viewer: Option<Viewer>,
) -> Result<Response, WebError> {
    let back = Back::to(wanted.to.as_deref());
    if viewer.is_some() {
        return Ok(Redirect::to(back.as_str()).into_response());
    }
    Ok(Html(page(&web, &back, None).render()?).into_response())
}

/// The ways in once more, with what went wrong.
pub(super) fn problem(
    web: &Web,
    title: &str,
    error: &IdentityError,
    back: &Back,
) -> Result<Response, WebError> {
    tracing::warn!(provider = title, %error, "a sign-in failed");
    let (status, text) = match error {
        IdentityError::Refused(said) => {
            (StatusCode::FORBIDDEN, format!("{title} did not sign you in: {said}."))
        }
        IdentityError::Away(_) => {
            (StatusCode::BAD_GATEWAY, format!("{title} does not answer. Try again in a moment."))
        }
        IdentityError::Untrusted(why) => (
            StatusCode::BAD_REQUEST,
            format!(
                "What came from {title} can't be trusted: {why}. Try again; if that doesn't help, tell who runs this service."
            ),
        ),
    };
    Ok((status, Html(page(web, back, Some(text)).render()?)).into_response())
}

/// There is no such way in.
pub(super) fn no_provider() -> Result<Response, WebError> {
    Err(WebError::NotFound("there is no such way to sign in here"))
}

/// The link was used, or is of an earlier start.
pub(super) fn used_up() -> Result<Response, WebError> {
    let problem = "This link was used already, or the service was started again since. The newest one is in the service's log.";
    let page = SignInPage { problem: Some(problem.to_owned()), ways: Vec::new(), is_local: true };
    Ok((StatusCode::FORBIDDEN, Html(page.render()?)).into_response())
}

/// What the form sends.
#[derive(Deserialize)]
pub(super) struct SignOut {
    #[serde(default)]
    form_token: String,
}

/// Ends the session.
pub(super) async fn sign_out(
    viewer: Viewer,
    State(web): State<Web>,
    headers: HeaderMap,
    Form(form): Form<SignOut>,
) -> Result<Response, WebError> {
    viewer.check_form(&form.form_token)?;
    let cookies = web.sign_in.cookies(&headers);
    if let Some(token) = cookies.session() {
        let mut tx = web.store.begin().await?;
        sessions::end(&mut tx, &super::token_hash(&token)).await?;
        tx.commit().await?;
    }
    Ok((cookies.sign_out().into_jar(), Redirect::to("/sign-in")).into_response())
}
