//! Sign-in to the dashboard: by a provider, or by a link that the service prints where there is none.

pub(crate) mod back;
pub(crate) mod cookies;
mod flow;
mod keys;
mod local;
mod page;
mod readable;
mod sealed;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::HeaderMap;
use axum::routing::{get, post};
use chrono::Utc;
use moka::sync::Cache;
use sha2::{Digest, Sha256};
use url::Url;
use zeroize::Zeroizing;

use self::cookies::Cookies;
use self::keys::Keys;
use self::local::Local;
use super::{Web, WebError};
use crate::forge::identity::IdentityProvider;
use crate::settings::{DashboardAccess, Settings};
use crate::store::people::Person;
use crate::store::{Store, StoreError, service_keys, sessions};

pub(super) use self::back::Back;
pub(super) use self::keys::random_text;

/// Name of the key in the store.
const KEY: &str = "sessions";
/// Most bytes of a form here.
const FORM: usize = 4096;

/// The routes.
pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route("/sign-in", get(page::show))
        .route("/sign-in/local", get(local::sign_in))
        .route("/sign-in/{provider}", get(flow::begin))
        .route("/sign-in/{provider}/callback", get(flow::come_back))
        .route("/sign-out", post(page::sign_out).layer(DefaultBodyLimit::max(FORM)))
}

/// Who may look at the dashboard, and how they show who they are. Clones share it.
#[derive(Clone)]
pub struct SignIn(Arc<Inner>);

struct Inner {
    access: DashboardAccess,
    providers: Vec<Arc<dyn IdentityProvider>>,
    admins: Vec<String>,
    keys: Keys,
    public_url: Option<Url>,
    /// Where a person on this machine finds the service.
    here: String,
    local: Local,
    /// Repositories that people could not read when they asked for them: person and repository.
    hidden: Cache<(i64, i64), ()>,
}

/// How long somebody is told that there is nothing before it is asked again.
const HIDDEN: Duration = Duration::from_secs(60);
/// Most such answers that are remembered.
const MOST_HIDDEN: u64 = 10_000;

impl SignIn {
    /// Sign-in as the settings say, by these providers, for a service that listens there. Without a key in the settings there is one in the store, made at
    /// the first start.
    ///
    /// # Errors
    /// When the store doesn't give the key.
    pub async fn new(
        store: &Store,
        settings: &Settings,
        providers: Vec<Arc<dyn IdentityProvider>>,
        listening: SocketAddr,
    ) -> Result<Self, StoreError> {
        let keys = match &settings.sign_in.session_key {
            Some(secret) => Keys::of_secret(secret),
            None => {
                let mut tx = store.begin().await?;
                let new = Zeroizing::new(random_text());
                let key =
                    service_keys::get_or_put(&mut tx, KEY, new.as_bytes(), Utc::now()).await?;
                let key = Zeroizing::new(key);
                tx.commit().await?;
                Keys::of(&key)
            }
        };
        Ok(Self(Arc::new(Inner {
            access: settings.sign_in.access,
            providers,
            admins: settings.sign_in.admins.clone(),
            keys,
            public_url: settings.public_url.as_deref().and_then(|url| Url::parse(url).ok()),
            here: settings.public_url.clone().unwrap_or_else(|| format!("http://{listening}")),
            local: Local::default(),
            hidden: Cache::builder().time_to_live(HIDDEN).max_capacity(MOST_HIDDEN).build(),
        })))
    }

    /// A link that signs in whoever opens it first, where that is the way in.
    pub fn one_time_link(&self) -> Option<String> {
        self.is_local().then(|| format!("{}{}", self.0.here, self.0.local.path()))
    }

    /// Whether the operator's link is the way in.
    fn is_local(&self) -> bool {
        self.0.access == DashboardAccess::SignIn && self.0.providers.is_empty()
    }

    /// Tells the operator of the link, in the log.
    pub fn tell_one_time_link(&self) {
        if let Some(link) = self.one_time_link() {
            // A warning, so that it is seen with most filters.
            tracing::warn!("sign in to the dashboard, once, with {link}");
        }
    }

    /// Whether nobody has to sign in.
    pub(super) fn is_open(&self) -> bool {
        self.0.access == DashboardAccess::Open
    }

    fn provider(&self, name: &str) -> Option<&Arc<dyn IdentityProvider>> {
        self.0.providers.iter().find(|provider| provider.name() == name)
    }

    fn cookies(&self, headers: &HeaderMap) -> Cookies {
        let secure = self.0.public_url.as_ref().is_some_and(|url| url.scheme() == "https");
        Cookies::read(headers, self.0.keys.cookies(), secure)
    }

    /// Whether somebody sees everything and may change it.
    pub(super) fn is_admin(&self, person: &Person) -> bool {
        // The operator's link is worth nothing any more once there is a provider.
        (self.is_local() && person.provider == local::PROVIDER)
            || self.0.admins.iter().any(|admin| names(admin, person))
    }

    /// What the forms of a session have to send.
    pub(super) fn form_token(&self, session: Option<&Session>) -> String {
        self.0.keys.form_token(session.map_or(b"", |session| &session.token_hash[..]))
    }

    /// The session that a request belongs to.
    pub(super) async fn session(
        &self,
        web: &Web,
        headers: &HeaderMap,
    ) -> Result<Option<Session>, WebError> {
        let Some(token) = self.cookies(headers).session() else { return Ok(None) };
        let token_hash = token_hash(&token);
        let mut tx = web.store.read().await?;
        let person = sessions::whose(&mut tx, &token_hash, Utc::now()).await?;
        Ok(person.map(|person| Session { token_hash, person }))
    }

    /// Lets a person see a repository (its row) that is not known to be theirs, if the platform says that they can read it
    /// all the same, since everybody can. What can't be asked now is taken for no.
    pub(super) async fn reveal(&self, store: &Store, person: i64, repository_id: i64) {
        let asked = (person, repository_id);
        if self.0.hidden.contains_key(&asked) {
            return;
        }
        match readable::reveal(self, store, person, repository_id).await {
            Ok(true) => {}
            Ok(false) => self.0.hidden.insert(asked, ()),
            Err(error) => tracing::warn!(%error, "it can't be asked whether they can read this"),
        }
    }

    /// Sees to it that it is known what a person can read, as of lately.
    ///
    /// # Errors
    /// [`WebError::NotSignedIn`] when the provider doesn't take their grant any more.
    pub(super) async fn know_readable(&self, web: &Web, person: &Person) -> Result<(), WebError> {
        readable::know(self, &web.store, person).await
    }
}

/// A session of a person.
#[derive(Debug, Clone)]
pub(super) struct Session {
    token_hash: [u8; 32],
    pub(super) person: Person,
}

fn token_hash(token: &str) -> [u8; 32] {
    Sha256::digest(token).into()
}

/// Whether an entry of the list of admins means this person.
fn names(admin: &str, person: &Person) -> bool {
    let Some((provider, who)) = admin.split_once(':') else { return false };
    // A number is never a login: somebody could take it for one.
    let is_number = who.bytes().all(|byte| byte.is_ascii_digit());
    provider == person.provider
        && (who == person.subject || (!is_number && who.eq_ignore_ascii_case(&person.login)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn admins_are_named_by_login_or_by_the_provider_s_own_name() {
        let person = |provider: &str, subject: &str, login: &str| Person {
            id: 1,
            provider: provider.to_owned(),
            subject: subject.to_owned(),
            login: login.to_owned(),
            sealed_grant: None,
            readable_at: None,
        };
        let ann = person("oidc", "583231", "Ann");
        for (admin, is) in [
            ("oidc:ann", true),
            ("oidc:583231", true),
            ("other:ann", false),
            ("oidc:bob", false),
            ("ann", false),
        ] {
            assert_eq!(names(admin, &ann), is, "{admin}");
        }
        let digits = person("oidc", "7", "583231");
        assert!(!names("oidc:583231", &digits), "a login made of somebody's number");
    }
}
