//! Sign-in through any OpenID provider: OpenID Connect Core 1.0 with discovery.
//!
//! Such a provider knows no repositories. Where one of a person's claims is their login on a platform, the bot asks the
//! platform what that login can read.

mod discovery;
mod id_token;
mod signatures;

use std::sync::Arc;

use async_trait::async_trait;
use futures::{StreamExt, TryStreamExt, stream};
use serde_json::Value;
use url::Url;

use self::discovery::Discovery;
use super::{
    Begun, Client, ClientCredentials, Grant, Http, Identity, IdentityError, IdentityProvider,
    Pending, Readable, Words,
};
use crate::forge::{Authorities, Forge, RepositoryRef};

/// How many repositories are asked about at a time.
const AT_A_TIME: usize = 8;

/// An OpenID provider.
pub struct OidcIdentity {
    client: Client,
    client_id: String,
    http: Http,
    discovery: Discovery,
    title: String,
    login_claim: String,
    /// The platform on which the login is one.
    platform: Option<Arc<dyn Forge>>,
}

impl OidcIdentity {
    /// The provider that calls itself by `issuer`. `login_claim` is the claim that holds a person's login, which is that of
    /// `platform`, if one is given.
    ///
    /// # Errors
    /// When no client can be made.
    pub fn new(
        issuer: &Url,
        credentials: ClientCredentials,
        login_claim: String,
        platform: Option<Arc<dyn Forge>>,
        authorities: &Authorities,
    ) -> Result<Self, reqwest::Error> {
        let http = Http::new(issuer, authorities)?;
        Ok(Self {
            client_id: credentials.id.clone(),
            client: Client::new(credentials, http.clone()),
            discovery: Discovery::new(issuer, http.clone()),
            http,
            title: issuer.host_str().unwrap_or("OpenID").to_owned(),
            login_claim,
            platform,
        })
    }

    /// The claim that holds the login: in the ID token, else in what the provider says of the token's owner.
    async fn login(
        &self,
        claims: &id_token::Claims,
        grant: &Grant,
    ) -> Result<String, IdentityError> {
        if let Some(login) = text(claims.others.get(&self.login_claim)) {
            return Ok(login);
        }
        let missing = || {
            let claim = &self.login_claim;
            IdentityError::Untrusted(format!("{} says nothing of the claim {claim}", self.title))
        };
        let known = self.discovery.known().await?;
        let Some(url) = &known.userinfo_endpoint else { return Err(missing()) };
        let info: Value = self.http.get(url.clone(), Some(&grant.access_token)).await?;
        // OpenID Connect Core 5.3.2: what is said of somebody else must not be used.
        if info.get("sub").and_then(Value::as_str) != Some(&claims.sub) {
            return Err(IdentityError::Untrusted(format!(
                "{} answered about somebody else",
                self.title
            )));
        }
        text(info.get(&self.login_claim)).ok_or_else(missing)
    }
}

fn text(value: Option<&Value>) -> Option<String> {
    value.and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned)
}

#[async_trait]
impl IdentityProvider for OidcIdentity {
    fn name(&self) -> &'static str {
        "oidc"
    }

    fn title(&self) -> String {
        self.title.clone()
    }

    async fn begin(&self, redirect: &Url) -> Result<Begun, IdentityError> {
        let known = self.discovery.known().await?;
        let words = Words { scopes: &["openid", "profile", "email"], nonce: true };
        Ok(self.client.begin(&known.endpoints(), redirect, words))
    }

    async fn finish(
        &self,
        redirect: &Url,
        pending: &Pending,
        code: &str,
    ) -> Result<(Identity, Option<Grant>), IdentityError> {
        let known = self.discovery.known().await?;
        let granted = self.client.finish(&known.endpoints(), redirect, pending, code).await?;
        let Some(token) = granted.id_token else {
            return Err(IdentityError::Untrusted(format!("{} sent no ID token", self.title)));
        };
        let wanted = id_token::Wanted {
            issuer: &known.issuer,
            client_id: &self.client_id,
            nonce: &pending.nonce,
        };
        let claims = id_token::claims(&token, &wanted, &self.discovery).await?;
        let login = self.login(&claims, &granted.grant).await?;
        // What the login can read is asked by the bot, so the grant is needed no more.
        Ok((Identity { subject: claims.sub, login }, None))
    }

    async fn renew(&self, _grant: &Grant) -> Result<Option<Grant>, IdentityError> {
        Ok(None)
    }

    async fn readable(
        &self,
        identity: &Identity,
        _grant: Option<&Grant>,
        known: &[RepositoryRef],
    ) -> Result<Option<Readable>, IdentityError> {
        let Some(platform) = &self.platform else { return Ok(None) };
        let forge = platform.kind();
        let here = known.iter().filter(|repository| repository.forge == forge).cloned();
        let ask = |repository: RepositoryRef| async move {
            let may = platform.may_read(&repository, &identity.login).await;
            let may = may.map_err(|error| IdentityError::Away(error.to_string()))?;
            Ok::<_, IdentityError>(may.then_some(repository.external_id))
        };
        let found = stream::iter(here.collect::<Vec<_>>()).map(ask).buffered(AT_A_TIME);
        let found: Vec<Option<i64>> = found.try_collect().await?;
        Ok(Some(Readable { forge, repositories: found.into_iter().flatten().collect() }))
    }

    async fn can_read(
        &self,
        identity: &Identity,
        _grant: Option<&Grant>,
        repository: &RepositoryRef,
    ) -> Result<bool, IdentityError> {
        match self.platform.as_ref().filter(|platform| platform.kind() == repository.forge) {
            Some(platform) => platform
                .may_read(repository, &identity.login)
                .await
                .map_err(|error| IdentityError::Away(error.to_string())),
            None => Ok(false),
        }
    }
}
