//! Sign-in with a GitHub account, by the App's own OAuth flow: what somebody can read is what both they and the App can.
//!
//! <https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-user-access-token-for-a-github-app>

use async_trait::async_trait;
use futures::{StreamExt, TryStreamExt, stream};
use serde::Deserialize;
use url::Url;

use super::app::hosts;
use crate::forge::connection::address;
use crate::forge::identity::{
    Begun, Client, ClientCredentials, Endpoints, Grant, Http, Identity, IdentityError,
    IdentityProvider, Pending, Readable, Words, below,
};
use crate::forge::{Authorities, ForgeError, ForgeKind, RepositoryRef};

/// How many installations are asked at a time.
const AT_A_TIME: usize = 4;

/// GitHub as who vouches for people.
#[derive(Debug, Clone)]
pub struct GitHubIdentity {
    client: Client,
    http: Http,
    api: Url,
    endpoints: Endpoints,
}

#[derive(Deserialize)]
struct User {
    id: i64,
    login: String,
}

#[derive(Deserialize)]
struct Numbered {
    id: i64,
}

#[derive(Deserialize)]
struct Installations {
    installations: Vec<Numbered>,
}

#[derive(Deserialize)]
struct Repositories {
    repositories: Vec<Numbered>,
}

impl GitHubIdentity {
    /// The GitHub whose REST API is at `api`.
    ///
    /// # Errors
    /// When the address is none.
    pub fn new(
        api: &Url,
        credentials: ClientCredentials,
        authorities: &Authorities,
    ) -> Result<Self, ForgeError> {
        let forge = ForgeKind::GitHub;
        let api = address(forge, api.as_str())?;
        let setup = |error: reqwest::Error| ForgeError::Setup { forge, message: error.to_string() };
        let http = Http::new(&api, authorities).map_err(setup)?;
        let web = hosts::web_url(&api);
        let endpoints = Endpoints {
            authorize: below(&web, "login/oauth/authorize"),
            token: below(&web, "login/oauth/access_token"),
            secret_in_body: true,
        };
        Ok(Self { client: Client::new(credentials, http.clone()), http, api, endpoints })
    }

    async fn repositories(&self, grant: &Grant) -> Result<Vec<i64>, IdentityError> {
        let token = &grant.access_token;
        let url = below(&self.api, "user/installations");
        let installations =
            self.http.list(&url, token, |page: Installations| page.installations).await?;
        let of = |installation: Numbered| async move {
            let path = format!("user/installations/{}/repositories", installation.id);
            let url = below(&self.api, &path);
            self.http.list(&url, token, |page: Repositories| page.repositories).await
        };
        let lists = stream::iter(installations).map(of).buffered(AT_A_TIME);
        let lists: Vec<Vec<Numbered>> = lists.try_collect().await?;
        Ok(lists.into_iter().flatten().map(|repository| repository.id).collect())
    }
}

#[async_trait]
impl IdentityProvider for GitHubIdentity {
    fn name(&self) -> &'static str {
        ForgeKind::GitHub.as_str()
    }

    fn title(&self) -> String {
        ForgeKind::GitHub.title().to_owned()
    }

    async fn begin(&self, redirect: &Url) -> Result<Begun, IdentityError> {
        Ok(self.client.begin(&self.endpoints, redirect, Words { scopes: &[], nonce: false }))
    }

    async fn finish(
        &self,
        redirect: &Url,
        pending: &Pending,
        code: &str,
    ) -> Result<(Identity, Option<Grant>), IdentityError> {
        let grant = self.client.finish(&self.endpoints, redirect, pending, code).await?.grant;
        let url = below(&self.api, "user");
        let user: User = self.http.get(url, Some(&grant.access_token)).await?;
        Ok((Identity { subject: user.id.to_string(), login: user.login }, Some(grant)))
    }

    async fn renew(&self, grant: &Grant) -> Result<Option<Grant>, IdentityError> {
        self.client.renew(&self.endpoints, grant).await
    }

    async fn readable(
        &self,
        _identity: &Identity,
        grant: Option<&Grant>,
        _known: &[RepositoryRef],
    ) -> Result<Option<Readable>, IdentityError> {
        let Some(grant) = grant else {
            return Err(IdentityError::Refused("there is nothing to ask GitHub with".to_owned()));
        };
        let repositories = self.repositories(grant).await?;
        Ok(Some(Readable { forge: ForgeKind::GitHub, repositories }))
    }

    async fn can_read(
        &self,
        _identity: &Identity,
        grant: Option<&Grant>,
        repository: &RepositoryRef,
    ) -> Result<bool, IdentityError> {
        let (Some(grant), ForgeKind::GitHub) = (grant, repository.forge) else { return Ok(false) };
        let url = below(&self.api, &format!("repositories/{}", repository.external_id));
        self.http.exists(url, &grant.access_token).await
    }
}
