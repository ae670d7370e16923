//! The latest deliveries, and taking one of them again.

use axum::Form;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use chrono::{DateTime, Utc};

use super::super::time::When;
use super::Token;
use crate::store::deliveries::{Listed, Outcome};
use crate::web::viewer::Admin;
use crate::web::{Web, WebError, replay as replay_kept};

/// A delivery as a line of the page.
pub(super) struct Line {
    pub(super) id: i64,
    pub(super) platform: &'static str,
    pub(super) key: String,
    pub(super) event: String,
    pub(super) action: Option<String>,
    pub(super) repository: Option<String>,
    pub(super) outcome: &'static str,
    /// Why it can't be taken again, if it can't.
    pub(super) kept_out: Option<&'static str>,
    pub(super) when: When,
    pub(super) replayed: Option<When>,
}

impl Line {
    pub(super) fn new(delivery: Listed, configured: bool, now: DateTime<Utc>) -> Self {
        let kept_out = match () {
            () if !delivery.has_payload => Some("Its payload is not kept"),
            () if !configured => Some("Its platform is not configured"),
            () => None,
        };
        Self {
            id: delivery.id,
            platform: delivery.forge.title(),
            key: delivery.delivery_id,
            event: delivery.event,
            action: delivery.action,
            repository: delivery.repository,
            outcome: delivery.outcome.map_or("Not known", title),
            kept_out,
            when: When::new(delivery.received_at, now),
            replayed: delivery.replayed_at.map(|at| When::new(at, now)),
        }
    }
}

/// An outcome as people read it.
pub(super) fn title(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Queued => "Queued",
        Outcome::Noted => "Noted",
        Outcome::Ignored => "Ignored",
    }
}

/// Takes a delivery again. The form's token is the session's, so that no other page can do it in a person's name.
pub(in crate::web::dashboard) async fn replay(
    Admin(viewer): Admin,
    State(web): State<Web>,
    Path(id): Path<i64>,
    Form(form): Form<Token>,
) -> Result<Response, WebError> {
    viewer.check_form(&form.form_token)?;
    replay_kept(&web.store, &web.receivers, id, viewer.login.as_deref()).await?;
    Ok(Redirect::to("/operations#deliveries").into_response())
}
