//! What a provider says of itself, and its keys: OpenID Connect Discovery 1.0. Both are kept for a while.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jsonwebtoken::jwk::{Jwk, JwkSet};
use serde::Deserialize;
use tokio::sync::Mutex;
use url::Url;

use super::super::{Endpoints, Http, IdentityError, below};

/// How long what a provider says is believed without asking again.
const KEPT: Duration = Duration::from_secs(3600);
/// Keys are asked for again because of one that is not among them, but not more often than this.
const AT_MOST_EVERY: Duration = Duration::from_secs(60);

/// What is used of a provider's description of itself.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Known {
    pub(super) issuer: String,
    authorization_endpoint: Url,
    token_endpoint: Url,
    pub(super) userinfo_endpoint: Option<Url>,
    jwks_uri: Url,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Vec<String>,
}

impl Known {
    pub(super) fn endpoints(&self) -> Endpoints {
        let methods = &self.token_endpoint_auth_methods_supported;
        let takes = |method| methods.iter().any(|known| known == method);
        Endpoints {
            authorize: self.authorization_endpoint.clone(),
            token: self.token_endpoint.clone(),
            // Where nothing is said, a header is the standard's default.
            secret_in_body: takes("client_secret_post") && !takes("client_secret_basic"),
        }
    }
}

type Kept<T> = Mutex<Option<(Instant, Arc<T>)>>;

/// A provider's description and keys.
pub(super) struct Discovery {
    issuer: Url,
    http: Http,
    known: Kept<Known>,
    keys: Kept<JwkSet>,
}

impl Discovery {
    pub(super) fn new(issuer: &Url, http: Http) -> Self {
        let (known, keys) = (Mutex::default(), Mutex::default());
        Self { issuer: issuer.clone(), http, known, keys }
    }

    /// What the provider says of itself.
    pub(super) async fn known(&self) -> Result<Arc<Known>, IdentityError> {
        let mut kept = self.known.lock().await;
        if let Some((since, known)) = &*kept
            && since.elapsed() < KEPT
        {
            return Ok(known.clone());
        }
        let url = below(&self.issuer, ".well-known/openid-configuration");
        let known: Known = self.http.get(url, None).await?;
        let plain = |url: &str| url.trim_end_matches('/').to_owned();
        if plain(&known.issuer) != plain(self.issuer.as_str()) {
            let (said, asked) = (&known.issuer, &self.issuer);
            return Err(IdentityError::Untrusted(format!("{asked} calls itself {said}")));
        }
        let known = Arc::new(known);
        *kept = Some((Instant::now(), known.clone()));
        Ok(known)
    }

    /// The key of that name; without a name, the only one there is.
    pub(super) async fn key(&self, name: Option<&str>) -> Result<Jwk, IdentityError> {
        let find = |keys: &JwkSet| match name {
            Some(name) => keys.find(name).cloned(),
            None => (keys.keys.len() == 1).then(|| keys.keys[0].clone()),
        };
        let mut kept = self.keys.lock().await;
        if let Some((since, keys)) = &*kept
            && since.elapsed() < KEPT
        {
            match find(keys) {
                Some(key) => return Ok(key),
                // Keys are changed now and then.
                None if since.elapsed() < AT_MOST_EVERY => return Err(unknown()),
                None => {}
            }
        }
        let known = self.known().await?;
        let keys: Arc<JwkSet> = Arc::new(self.http.get(known.jwks_uri.clone(), None).await?);
        *kept = Some((Instant::now(), keys.clone()));
        find(&keys).ok_or_else(unknown)
    }
}

fn unknown() -> IdentityError {
    IdentityError::Untrusted(
        "the ID token is signed with a key that the provider doesn't have".to_owned(),
    )
}
