//! Sign-in with a GitLab account: <https://docs.gitlab.com/api/oauth2/>.

use async_trait::async_trait;
use serde::Deserialize;
use url::Url;

use crate::forge::connection::address;
use crate::forge::identity::{
    Begun, Client, ClientCredentials, Endpoints, Grant, Http, Identity, IdentityError,
    IdentityProvider, Pending, Readable, Words, below,
};
use crate::forge::{Authorities, ForgeError, ForgeKind, RepositoryRef};

/// Who somebody is, and which projects they see.
const SCOPES: &[&str] = &["read_api"];
/// Reporter: the least that reads a private project's code.
const READS_CODE: &str = "20";

/// A GitLab as who vouches for people.
#[derive(Debug, Clone)]
pub struct GitLabIdentity {
    client: Client,
    http: Http,
    base: Url,
    endpoints: Endpoints,
}

#[derive(Deserialize)]
struct User {
    id: i64,
    username: String,
}

#[derive(Deserialize)]
struct Project {
    id: i64,
}

impl GitLabIdentity {
    /// The instance at `base`.
    ///
    /// # Errors
    /// When the address is none.
    pub fn new(
        base: &Url,
        credentials: ClientCredentials,
        authorities: &Authorities,
    ) -> Result<Self, ForgeError> {
        let forge = ForgeKind::GitLab;
        let base = address(forge, base.as_str())?;
        let setup = |error: reqwest::Error| ForgeError::Setup { forge, message: error.to_string() };
        let http = Http::new(&base, authorities).map_err(setup)?;
        let endpoints = Endpoints {
            authorize: below(&base, "oauth/authorize"),
            token: below(&base, "oauth/token"),
            secret_in_body: true,
        };
        Ok(Self { client: Client::new(credentials, http.clone()), http, base, endpoints })
    }
}

#[async_trait]
impl IdentityProvider for GitLabIdentity {
    fn name(&self) -> &'static str {
        ForgeKind::GitLab.as_str()
    }

    fn title(&self) -> String {
        ForgeKind::GitLab.title().to_owned()
    }

    async fn begin(&self, redirect: &Url) -> Result<Begun, IdentityError> {
        Ok(self.client.begin(&self.endpoints, redirect, Words { scopes: SCOPES, nonce: false }))
    }

    async fn finish(
        &self,
        redirect: &Url,
        pending: &Pending,
        code: &str,
    ) -> Result<(Identity, Option<Grant>), IdentityError> {
        let grant = self.client.finish(&self.endpoints, redirect, pending, code).await?.grant;
        let url = below(&self.base, "api/v4/user");
        let user: User = self.http.get(url, Some(&grant.access_token)).await?;
        Ok((Identity { subject: user.id.to_string(), login: user.username }, Some(grant)))
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
            return Err(IdentityError::Refused("there is nothing to ask GitLab with".to_owned()));
        };
        let mut url = below(&self.base, "api/v4/projects");
        url.query_pairs_mut()
            .append_pair("membership", "true")
            .append_pair("min_access_level", READS_CODE)
            .append_pair("simple", "true")
            .append_pair("order_by", "id")
            .append_pair("sort", "asc");
        let projects = self.http.list(&url, &grant.access_token, |page: Vec<Project>| page).await?;
        let repositories = projects.into_iter().map(|project| project.id).collect();
        Ok(Some(Readable { forge: ForgeKind::GitLab, repositories }))
    }

    async fn can_read(
        &self,
        _identity: &Identity,
        grant: Option<&Grant>,
        repository: &RepositoryRef,
    ) -> Result<bool, IdentityError> {
        let (Some(grant), ForgeKind::GitLab) = (grant, repository.forge) else { return Ok(false) };
        let url = below(&self.base, &format!("api/v4/projects/{}", repository.external_id));
        self.http.exists(url, &grant.access_token).await
    }
}
