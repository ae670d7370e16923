//! The pages on which a GitHub App is made, for the service and for the command that does the same.

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

use crate::forge::ForgeError;
use crate::forge::github::app::{CreatedApp, Creation, Form, Permission, Subscription};
use crate::web::WebError;

/// The page from which a person goes to GitHub with the manifest.
#[derive(Template)]
#[template(path = "setup/send.html")]
struct Send {
    in_service: bool,
    host: String,
    form: Form,
    permissions: Vec<Permission>,
    events: Vec<Subscription>,
    hook: String,
}

/// The page from which a person goes to GitHub with the manifest. Its policy lets the form go there, and nowhere else.
pub(crate) fn send(creation: &Creation, in_service: bool) -> Result<Response, WebError> {
    let (app, origin) = (creation.app(), creation.origin());
    let page = Send {
        in_service,
        host: origin.split_once("://").map_or(origin.as_str(), |(_, host)| host).to_owned(),
        form: creation.form(),
        permissions: app.extent.permissions(),
        events: app.extent.events(),
        hook: format!("{}/webhooks/github", app.public_url.as_str().trim_end_matches('/')),
    };
    let mut response = Html(page.render()?).into_response();
    // Where GitHub leads on to is part of the policy for some browsers.
    let back = url::Url::parse(&app.redirect_url).map(|url| url.origin().ascii_serialization());
    let back = back.unwrap_or_default();
    let policy = format!(
        "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; \
         form-action 'self' {origin} {back}; frame-ancestors 'none'"
    );
    let policy =
        HeaderValue::from_str(&policy).map_err(|error| WebError::Internal(error.into()))?;
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    Ok(response)
}

/// Something to do next.
#[derive(Debug, Default)]
pub(crate) struct Step {
    pub(crate) text: String,
    pub(crate) code: Option<String>,
    pub(crate) href: Option<String>,
}

impl Step {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    pub(crate) fn code(text: impl Into<String>, code: impl Into<String>) -> Self {
        Self { code: Some(code.into()), ..Self::new(text) }
    }

    pub(crate) fn href(text: impl Into<String>, href: impl Into<String>) -> Self {
        Self { href: Some(href.into()), ..Self::new(text) }
    }
}

/// A page that tells something.
#[derive(Template, Default)]
#[template(path = "setup/told.html")]
pub(crate) struct Told {
    pub(crate) in_service: bool,
    pub(crate) title: String,
    pub(crate) lines: Vec<String>,
    pub(crate) steps: Vec<Step>,
}

impl Told {
    pub(crate) fn respond(&self, status: StatusCode) -> Result<Response, WebError> {
        Ok((status, Html(self.render()?)).into_response())
    }
}

/// What is left to do once the credentials are where the service finds them.
pub(crate) fn next_steps(app: &CreatedApp) -> Vec<Step> {
    let mut steps = vec![
        Step::href("Install the App on your repositories:", app.install_url()),
        Step::code(
            "To gate merges, require the check in the branch's protection or ruleset, pinned to the App:",
            "asyncwarden",
        ),
    ];
    if app.webhook_secret.is_none() {
        let text = "GitHub made no webhook secret. Set one in the App's settings, and put it into a file in the folder beside the others, or into";
        steps.insert(0, Step::code(text, "ASYNCWARDEN_GITHUB_WEBHOOK_SECRET"));
    }
    steps
}

/// Why there are no credentials, and what to do: a status, what happened, what to do.
pub(crate) fn failure(error: &ForgeError, again: &str) -> (StatusCode, [String; 2]) {
    match error {
        ForgeError::Status { status: 404 | 422, .. } => (
            StatusCode::GONE,
            [
                "GitHub doesn't take the code that it sent you back with: it was used already, or is older than an hour.".to_owned(),
                format!("If you made an App by now, delete it in your settings at GitHub, since nobody has its key. Then begin again at {again}."),
            ],
        ),
        error => (
            StatusCode::BAD_GATEWAY,
            [
                format!("The App's credentials could not be fetched: {error}."),
                "The App is made, and its code is good for an hour: reload this page to try again.".to_owned(),
            ],
        ),
    }
}
