//! Who looks at a page, and what they may see.

use std::any::Any;

use askama::Template;
use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::Method;
use axum::http::request::Parts;
use axum::http::uri::PathAndQuery;
use axum::response::Html;
use chrono::Utc;
use subtle::ConstantTimeEq;

use super::sign_in::{Back, Session};
use super::{Web, WebError};
use crate::forge::ForgeKind;
use crate::store::people::{self, Person};
use crate::store::{Sees, trends};

/// Who looks. A handler that takes one is open to nobody else.
#[derive(Debug, Clone)]
pub(super) struct Viewer {
    /// Their row; `None` where nobody has to sign in.
    pub(super) person: Option<i64>,
    /// Their login.
    pub(super) login: Option<String>,
    /// Which repositories.
    pub(super) sees: Sees,
    /// Whether the service's own state is theirs to see and change.
    pub(super) is_admin: bool,
    /// Whether what they look at is made up.
    pub(super) made_up: bool,
    /// What each of their forms has to send as `form_token`, so that no other site's form is theirs.
    pub(super) form_token: String,
}

/// A page for everybody; `base.html` knows who looks, if that is known.
pub(super) fn page_for(
    viewer: Option<&Viewer>,
    template: &impl Template,
) -> Result<Html<String>, WebError> {
    match viewer {
        Some(viewer) => viewer.page(template),
        None => Ok(Html(template.render()?)),
    }
}

impl Viewer {
    /// A page for them; `base.html` knows who they are.
    pub(super) fn page(&self, template: &impl Template) -> Result<Html<String>, WebError> {
        Ok(Html(template.render_with_values(&("viewer", self as &dyn Any))?))
    }

    /// Whether a form is theirs.
    ///
    /// # Errors
    /// When it is another site's, or of an earlier session.
    pub(super) fn check_form(&self, token: &str) -> Result<(), WebError> {
        match bool::from(self.form_token.as_bytes().ct_eq(token.as_bytes())) {
            true => Ok(()),
            false => Err(WebError::ForeignForm),
        }
    }

    /// Lets them see a repository that they asked for by name and did not find, if everybody can read it. They look again then.
    pub(super) async fn reveal(
        &self,
        web: &Web,
        forge: ForgeKind,
        name: &str,
    ) -> Result<(), WebError> {
        let Sees::Person(person) = self.sees else { return Ok(()) };
        let hidden = {
            let (mut tx, day) = (web.store.read().await?, Utc::now().date_naive());
            match trends::repository(&mut tx, self.sees, day, forge, name).await? {
                // What isn't there is something of it.
                Some(_) => None,
                None => trends::repository(&mut tx, Sees::All, day, forge, name).await?,
            }
        };
        if let Some(hidden) = hidden {
            web.sign_in.reveal(&web.store, person, hidden.id).await;
        }
        Ok(())
    }

    /// The same for the repository of a review.
    pub(super) async fn reveal_review(&self, web: &Web, key: &str) -> Result<(), WebError> {
        let Sees::Person(person) = self.sees else { return Ok(()) };
        let hidden = {
            let mut tx = web.store.read().await?;
            trends::review(&mut tx, Sees::All, key).await?
        };
        if let Some(hidden) = hidden {
            web.sign_in.reveal(&web.store, person, hidden.repository_id).await;
        }
        Ok(())
    }

    async fn of(web: &Web, session: Session) -> Result<Self, WebError> {
        let (sees, is_admin) = web.sees_by(&session.person).await?;
        Ok(Self {
            person: Some(session.person.id),
            made_up: web.settings.made_up,
            sees,
            is_admin,
            form_token: web.sign_in.form_token(Some(&session)),
            login: Some(session.person.login),
        })
    }

    async fn look(parts: &Parts, web: &Web) -> Result<Option<Self>, WebError> {
        if web.sign_in.is_open() {
            return Ok(Some(Self {
                person: None,
                made_up: web.settings.made_up,
                login: None,
                sees: Sees::All,
                is_admin: true,
                form_token: web.sign_in.form_token(None),
            }));
        }
        match web.sign_in.session(web, &parts.headers).await? {
            Some(session) => Self::of(web, session).await.map(Some),
            None => Ok(None),
        }
    }
}

impl Web {
    /// What a person may see, and whether they are an admin; `None` when there is no such person.
    ///
    /// # Errors
    /// As when they look themselves: it may not be known what they can read.
    pub(super) async fn sees_of(&self, person: i64) -> Result<Option<(Sees, bool)>, WebError> {
        let found = {
            let mut tx = self.store.read().await?;
            people::person(&mut tx, person).await?
        };
        match found {
            Some(found) => self.sees_by(&found).await.map(Some),
            None => Ok(None),
        }
    }

    async fn sees_by(&self, person: &Person) -> Result<(Sees, bool), WebError> {
        if self.sign_in.is_admin(person) {
            return Ok((Sees::All, true));
        }
        self.sign_in.know_readable(self, person).await?;
        Ok((Sees::Person(person.id), false))
    }
}

impl FromRequestParts<Web> for Viewer {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, WebError> {
        let found = match Self::look(parts, web).await {
            Ok(Some(viewer)) => return Ok(viewer),
            Ok(None) | Err(WebError::NotSignedIn) => None,
            Err(error) => Some(error),
        };
        Err(match (found, &parts.method) {
            (Some(error), _) => error,
            (None, &Method::GET | &Method::HEAD) => {
                let asked = parts.uri.path_and_query().map(PathAndQuery::as_str);
                WebError::SignInFirst(Back::to(asked).as_str().to_owned())
            }
            (None, _) => WebError::NotSignedIn,
        })
    }
}

impl OptionalFromRequestParts<Web> for Viewer {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Option<Self>, WebError> {
        match Self::look(parts, web).await {
            Err(WebError::NotSignedIn) => Ok(None),
            found => found,
        }
    }
}

/// A viewer who is an admin; others find nothing here.
pub(super) struct Admin(pub(super) Viewer);

impl FromRequestParts<Web> for Admin {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, WebError> {
        let viewer = <Viewer as FromRequestParts<Web>>::from_request_parts(parts, web).await?;
        match viewer.is_admin {
            true => Ok(Self(viewer)),
            false => Err(WebError::NotFound("there is no such page")),
        }
    }
}
