//! Who somebody is, by the word of a platform or of an OpenID provider, and what they may read on a platform.
//!
//! Each provider speaks OAuth 2.0's authorization code flow with PKCE: [`IdentityProvider::begin`] makes the address to
//! which the browser is sent, [`IdentityProvider::finish`] takes what it comes back with.

mod http;
mod oauth;
pub mod oidc;

pub(in crate::forge) use http::{Http, below};
pub(in crate::forge) use oauth::{Client, Endpoints, Words};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize, Serializer};
use url::Url;

use super::{ForgeKind, RepositoryRef};

/// What the provider knows the service as.
#[derive(Debug, Clone)]
pub struct ClientCredentials {
    /// The client's public name.
    pub id: String,
    /// Its secret.
    pub secret: SecretString,
}

/// Somebody, by the word of a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The provider's own name for them, which never goes to somebody else.
    pub subject: String,
    /// Their login.
    pub login: String,
}

/// What lets us ask a provider in somebody's name.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Grant {
    /// What requests are made with.
    #[serde(serialize_with = "exposed")]
    pub access_token: SecretString,
    /// What gives another access token.
    #[serde(serialize_with = "exposed_if_any")]
    pub refresh_token: Option<SecretString>,
    /// When the access token ends, where it does.
    pub expires_at: Option<DateTime<Utc>>,
}

/// A grant is serialized to be sealed, a sign-in that has begun for its browser's cookie, and neither for anything else.
fn exposed<S: Serializer>(secret: &SecretString, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(secret.expose_secret())
}

fn exposed_if_any<S: Serializer>(secret: &Option<SecretString>, to: S) -> Result<S::Ok, S::Error> {
    secret.as_ref().map(ExposeSecret::expose_secret).serialize(to)
}

/// A sign-in that has begun, as the browser keeps it until it comes back.
#[derive(Clone, Serialize, Deserialize)]
pub struct Pending {
    /// Comes back with the browser: nobody else began this sign-in.
    pub state: String,
    /// PKCE: nobody else can use the code.
    #[serde(serialize_with = "exposed")]
    pub verifier: SecretString,
    /// Comes back in an ID token: it is of this sign-in.
    pub nonce: String,
}

impl std::fmt::Debug for Pending {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pending(..)")
    }
}

/// Where to send a browser, and what it has to come back with.
#[derive(Debug, Clone)]
pub struct Begun {
    /// The provider's page.
    pub url: Url,
    /// What is kept until then.
    pub pending: Pending,
}

/// Why somebody could not be identified, or why it is not known what they may read.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// The provider says no, in its words; for a token, it is not taken any more.
    #[error("{0}")]
    Refused(String),
    /// The provider gave no whole answer, or can't answer now.
    #[error("no answer: {0}")]
    Away(String),
    /// An answer that is not as documented, or not to be trusted.
    #[error("{0}")]
    Untrusted(String),
}

/// Repositories that somebody can read, by the platform's numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Readable {
    /// The platform.
    pub forge: ForgeKind,
    /// The platform's numbers; some may be of repositories that we don't know.
    pub repositories: Vec<i64>,
}

/// Who vouches for people.
#[async_trait]
pub trait IdentityProvider: Send + Sync {
    /// Its name in addresses, in the store and in the list of admins.
    fn name(&self) -> &'static str;

    /// Its name for people.
    fn title(&self) -> String;

    /// Begins a sign-in that comes back to `redirect`.
    async fn begin(&self, redirect: &Url) -> Result<Begun, IdentityError>;

    /// Ends a sign-in with the code that the browser came back with.
    async fn finish(
        &self,
        redirect: &Url,
        pending: &Pending,
        code: &str,
    ) -> Result<(Identity, Option<Grant>), IdentityError>;

    /// A grant that goes on when this one ends. `None` when it can't be prolonged.
    async fn renew(&self, grant: &Grant) -> Result<Option<Grant>, IdentityError>;

    /// What somebody can read; `known` are the repositories that we could show. Only reads. `None` where there is no
    /// platform that could say.
    async fn readable(
        &self,
        identity: &Identity,
        grant: Option<&Grant>,
        known: &[RepositoryRef],
    ) -> Result<Option<Readable>, IdentityError>;

    /// Whether somebody can read one repository, be it since everybody can. Only reads.
    async fn can_read(
        &self,
        identity: &Identity,
        grant: Option<&Grant>,
        repository: &RepositoryRef,
    ) -> Result<bool, IdentityError>;
}
