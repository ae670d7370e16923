//! Requests to a provider: JSON, bounded in time and size, never led elsewhere.

use std::time::Duration;

use futures::future::BoxFuture;
use oauth2::{AsyncHttpClient, HttpRequest, HttpResponse};
use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde::de::{DeserializeOwned, IgnoredAny};
use url::Url;

use super::IdentityError;
use crate::forge::Authorities;
use crate::forge::connection;

/// How long a provider may take for one answer: somebody waits.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Most bytes of one answer: a hundred repositories in full words are a tenth of it.
const MOST: usize = 8 << 20;
/// Most pages of one list: many more repositories than anybody can read.
const MOST_PAGES: usize = 200;

/// A client for one provider.
#[derive(Debug, Clone)]
pub(in crate::forge) struct Http(Client);

impl Http {
    /// A client for the provider at this address.
    pub(in crate::forge) fn new(
        base: &Url,
        authorities: &Authorities,
    ) -> Result<Self, reqwest::Error> {
        let builder = connection::builder(base, TIMEOUT, TIMEOUT, authorities);
        let agent = concat!("asyncwarden/", env!("CARGO_PKG_VERSION"));
        builder.redirect(Policy::none()).user_agent(agent).build().map(Self)
    }

    /// One JSON document.
    pub(in crate::forge) async fn get<T: DeserializeOwned>(
        &self,
        url: Url,
        token: Option<&SecretString>,
    ) -> Result<T, IdentityError> {
        Ok(self.page(url, token).await?.0)
    }

    /// Whether there is something, as far as the token sees.
    pub(in crate::forge) async fn exists(
        &self,
        url: Url,
        token: &SecretString,
    ) -> Result<bool, IdentityError> {
        match self.page::<IgnoredAny>(url, Some(token)).await {
            Ok(_) => Ok(true),
            Err(IdentityError::Refused(_)) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// All entries of a list that comes in pages by number.
    pub(in crate::forge) async fn list<T, P: DeserializeOwned>(
        &self,
        url: &Url,
        token: &SecretString,
        entries: impl Fn(P) -> Vec<T>,
    ) -> Result<Vec<T>, IdentityError> {
        let mut all = Vec::new();
        for page in 1..=MOST_PAGES {
            let mut url = url.clone();
            url.query_pairs_mut()
                .append_pair("per_page", "100")
                .append_pair("page", &page.to_string());
            let (found, more) = self.page(url, Some(token)).await?;
            all.extend(entries(found));
            if !more {
                break;
            }
        }
        Ok(all)
    }

    /// A document, and whether there is a next one.
    async fn page<T: DeserializeOwned>(
        &self,
        url: Url,
        token: Option<&SecretString>,
    ) -> Result<(T, bool), IdentityError> {
        let place = format!("{}{}", url.host_str().unwrap_or_default(), url.path());
        let mut request = self.0.get(url).header("accept", "application/json");
        if let Some(token) = token {
            request = request.bearer_auth(token.expose_secret());
        }
        let response = request.send().await.map_err(away)?;
        let status = response.status();
        let links = response.headers().get_all("link").into_iter();
        let more =
            links.filter_map(|link| link.to_str().ok()).any(|link| link.contains("rel=\"next\""));
        let body = bounded(response).await?;
        match status.as_u16() {
            200 => match serde_json::from_slice(&body) {
                Ok(found) => Ok((found, more)),
                Err(error) => Err(IdentityError::Untrusted(format!(
                    "{place} answered in an unknown shape: {error}"
                ))),
            },
            401 => Err(IdentityError::Refused(format!("{place} does not take the token any more"))),
            403 if limited(&body) => {
                Err(IdentityError::Away(format!("{place} wants to be asked less often")))
            }
            429 | 500.. => Err(IdentityError::Away(format!("{place} answered with {status}"))),
            _ => Err(IdentityError::Refused(format!("{place} answered with {status}"))),
        }
    }

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, IdentityError> {
        let request = request.try_into().map_err(away)?;
        let response = self.0.execute(request).await.map_err(away)?;
        let mut answer = http::Response::builder().status(response.status());
        for (name, value) in response.headers() {
            answer = answer.header(name, value);
        }
        let (status, body) = (response.status(), bounded(response).await?);
        if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
            return Err(IdentityError::Away(format!("the token's address answered with {status}")));
        }
        answer.body(body).map_err(|error| IdentityError::Untrusted(error.to_string()))
    }
}

impl<'c> AsyncHttpClient<'c> for Http {
    type Error = IdentityError;
    type Future = BoxFuture<'c, Result<HttpResponse, IdentityError>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}

/// An address below a base.
pub(in crate::forge) fn below(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    url.set_path(&format!("{}/{path}", base.path().trim_end_matches('/')));
    url
}

/// Whether a 403 is one of a limit, which says nothing of the token.
fn limited(body: &[u8]) -> bool {
    String::from_utf8_lossy(body).to_lowercase().contains("rate limit")
}

async fn bounded(mut response: reqwest::Response) -> Result<Vec<u8>, IdentityError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(away)? {
        body.extend_from_slice(&chunk);
        if body.len() > MOST {
            return Err(IdentityError::Untrusted("an answer has no end".to_owned()));
        }
    }
    Ok(body)
}

/// Without its address: that may hold what is nobody's business.
fn away(error: reqwest::Error) -> IdentityError {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut next = std::error::Error::source(&error);
    while let Some(cause) = next {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        next = cause.source();
    }
    IdentityError::Away(text)
}
