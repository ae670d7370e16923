//! Requests to one GitLab: addresses, headers, whole answers.

use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use futures::{Stream, TryStreamExt};
use http::{Method, StatusCode};
use reqwest::redirect;
use serde_json::Value;
use url::Url;

use super::GitLabConfig;
use super::token::Token;
use crate::forge::call::{Answer, NoAnswer};
use crate::forge::connection;
use crate::forge::{ForgeError, ForgeKind};

/// Longest answer of JSON; a merge request's whole diff fits.
const LONGEST_JSON: usize = 128 << 20;

/// One request.
#[derive(Debug, Clone)]
pub(super) struct Call {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) body: Option<Value>,
    /// The answer's body is not read further than this.
    pub(super) cap: usize,
}

impl Call {
    pub(super) fn new(method: Method, url: Url) -> Self {
        Self { method, url, body: None, cap: LONGEST_JSON }
    }

    pub(super) fn get(url: Url) -> Self {
        Self::new(Method::GET, url)
    }

    pub(super) fn body(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }
}

/// The way to one GitLab.
pub(super) struct Transport {
    base: Url,
    client: reqwest::Client,
    token: Token,
}

impl Transport {
    pub(super) fn new(config: &GitLabConfig) -> Result<Self, ForgeError> {
        let base = base(&config.url)?;
        let token = Token::new(&config.token, config.token_file.clone())?;
        let longest = config.timeout.saturating_mul(2);
        let client =
            connection::builder(&base, config.connect_timeout, longest, &config.authorities)
                .user_agent(concat!("asyncwarden/", env!("CARGO_PKG_VERSION")))
                .read_timeout(config.timeout)
                // The token would go along to wherever it leads.
                .redirect(redirect::Policy::none());
        let client = client.build().map_err(|error| setup(format!("no HTTP client: {error}")))?;
        Ok(Self { base, client, token })
    }

    /// An address below `/api/v4`, from text that is encoded already.
    pub(super) fn url(&self, path: &str) -> Url {
        let mut url = self.base.clone();
        let (path, query) = path.split_once('?').map_or((path, None), |(p, q)| (p, Some(q)));
        url.set_path(&format!("{}{path}", self.base.path()));
        url.set_query(query);
        url
    }

    /// Sends a call once. What is not known is whether it was acted on, when no whole answer came.
    pub(super) async fn send(&self, call: &Call) -> Result<Answer, NoAnswer> {
        let answer = read(self.execute(call).await?, call.cap).await?;
        // Neither JSON nor a file comes as a page: some proxy made it.
        let page = answer.header("content-type").is_some_and(|kind| kind.starts_with("text/html"));
        if page && answer.status < 300 {
            return Err(NoAnswer("a page of HTML instead of an answer".to_owned()));
        }
        Ok(answer)
    }

    /// Sends a call once, and gives the body of a good answer as it comes in.
    pub(super) async fn open(
        &self,
        call: &Call,
    ) -> Result<Result<impl Stream<Item = Result<Bytes, NoAnswer>> + use<>, Answer>, NoAnswer> {
        let response = self.execute(call).await?;
        if !response.status().is_success() {
            return Ok(Err(read(response, call.cap).await?));
        }
        let body = Body::new(reqwest::Body::from(response)).into_data_stream();
        Ok(Ok(body.map_err(|error| cause(&error))))
    }

    async fn execute(&self, call: &Call) -> Result<reqwest::Response, NoAnswer> {
        loop {
            let (name, token) = self.token.header().map_err(|error| NoAnswer(error.to_string()))?;
            let mut request = self.client.request(call.method.clone(), call.url.clone());
            request = request.header(name, &token);
            if let Some(body) = &call.body {
                request = request.json(body);
            }
            let response = request.send().await.map_err(|error| cause(&error))?;
            if response.status() != StatusCode::UNAUTHORIZED {
                self.token.taken(&token);
                return Ok(response);
            }
            // Who is not known is not heard, so the call may be sent again.
            if !self.token.not_taken(&token).await {
                return Ok(response);
            }
        }
    }
}

async fn read(mut response: reqwest::Response, cap: usize) -> Result<Answer, NoAnswer> {
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let mut body = Vec::new();
    while body.len() <= cap
        && let Some(chunk) = response.chunk().await.map_err(|error| cause(&error))?
    {
        body.extend_from_slice(&chunk);
    }
    Ok(Answer { status, headers, body: body.into() })
}

/// The address of the page after this one, if there is one. Only the query is taken from the answer: an instance may
/// know itself by another name than we do.
pub(super) fn next_page(url: &Url, answer: &Answer) -> Option<Url> {
    let mut next = url.clone();
    if let Some(page) = answer.header("x-next-page").filter(|page| !page.trim().is_empty()) {
        let kept: Vec<(String, String)> =
            url.query_pairs().into_owned().filter(|(name, _)| name != "page").collect();
        next.query_pairs_mut().clear().extend_pairs(kept).append_pair("page", page.trim());
        return Some(next);
    }
    let target = next_of(answer.header("link")?)?;
    next.set_query(Some(target.split_once('?')?.1));
    (next != *url).then_some(next)
}

/// The address that a `Link` header gives for `rel="next"`.
fn next_of(link: &str) -> Option<&str> {
    link.split('<').skip(1).find_map(|entry| {
        let (target, parameters) = entry.split_once('>')?;
        let rel = parameters.split([';', ',']).find_map(|parameter| {
            let (name, value) = parameter.split_once('=')?;
            (name.trim().eq_ignore_ascii_case("rel")).then(|| value.trim().trim_matches('"'))
        });
        (rel == Some("next")).then_some(target)
    })
}

/// The innermost reason of a failure: the outer ones say only that something failed. It names no address.
fn cause(error: &dyn std::error::Error) -> NoAnswer {
    let mut inner = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    NoAnswer(inner.to_string())
}

/// `https://HOST/sub/api/v4`, also when the address was given with it.
fn base(address: &str) -> Result<Url, ForgeError> {
    let mut base = connection::address(ForgeKind::GitLab, address)?;
    let path = base.path().trim_end_matches('/');
    let path = path.strip_suffix("/api/v4").unwrap_or(path);
    let path = format!("{path}/api/v4");
    base.set_path(&path);
    base.set_query(None);
    base.set_fragment(None);
    Ok(base)
}

pub(super) fn setup(message: String) -> ForgeError {
    ForgeError::Setup { forge: ForgeKind::GitLab, message }
}

/// When GitLab wants us to wait, and for how long.
///
/// A limit of the application (60 notes a minute) names no time, one of the web server does.
///
/// Source: GitLab documentation, "Rate limits", and "Rate limits on note creation".
pub(super) fn wait_after(answer: &Answer, _strikes: u32) -> Option<Duration> {
    const UNNAMED: Duration = Duration::from_secs(60);
    (answer.status == 429).then(|| answer.retry_after().unwrap_or(UNNAMED))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use secrecy::SecretString;

    use super::*;

    fn answer(status: u16, headers: &[(&'static str, &'static str)]) -> Answer {
        let headers = headers.iter().map(|(name, value)| {
            (http::HeaderName::from_static(name), HeaderValue::from_static(value))
        });
        Answer { status, headers: headers.collect(), body: bytes::Bytes::new() }
    }

    #[test]
    fn addresses_follow_the_base() {
        for (given, expected) in [
            ("https://gitlab.com", "https://gitlab.com/api/v4/user"),
            ("https://gitlab.com/", "https://gitlab.com/api/v4/user"),
            ("https://host/sub/path/", "https://host/sub/path/api/v4/user"),
            ("http://127.0.0.1:81/api/v4/", "http://127.0.0.1:81/api/v4/user"),
        ] {
            let config = GitLabConfig::new(given, SecretString::from("t"));
            let transport = Transport::new(&config).expect("it is valid");
            assert_eq!(transport.url("/user").as_str(), expected);
        }
        for (given, token) in
            [("ftp://x", "t"), ("host", "t"), ("https://x", " "), ("https://x", "a\nb")]
        {
            assert!(Transport::new(&GitLabConfig::new(given, SecretString::from(token))).is_err());
        }
    }

    #[test]
    fn the_next_page_is_found_by_number_or_by_link() {
        let url = Url::parse("https://inner/api/v4/list?per_page=100&page=1").expect("it is valid");
        let next = |headers: &[(&'static str, &'static str)]| {
            next_page(&url, &answer(200, headers)).map(String::from)
        };
        assert_eq!(
            next(&[("x-next-page", "2")]).as_deref(),
            Some("https://inner/api/v4/list?per_page=100&page=2")
        );
        let link = "<https://outer/api/v4/list?id=7&per_page=100>; rel=\"next\", <https://outer/x>; rel=\"first\"";
        assert_eq!(
            next(&[("x-next-page", ""), ("link", link)]).as_deref(),
            Some("https://inner/api/v4/list?id=7&per_page=100")
        );
        assert_eq!(next(&[("x-next-page", "")]), None);
        assert_eq!(next(&[("link", "<https://outer/x?a=b>; rel=\"last\"")]), None);
    }

    #[test]
    fn a_limit_without_a_time_is_a_minute() {
        assert_eq!(wait_after(&answer(429, &[]), 0), Some(Duration::from_secs(60)));
        let named = answer(429, &[("retry-after", "7")]);
        assert_eq!(wait_after(&named, 0), Some(Duration::from_secs(7)));
        assert_eq!(wait_after(&answer(403, &[]), 0), None);
    }
}
