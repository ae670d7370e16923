//! Requests to one GitHub: addresses, headers, whole answers.

use axum::body::{Body, HttpBody};
use bytes::Bytes;
use futures::{Stream, StreamExt, TryStreamExt};
use http::{Method, Request, Response, header};
use octocrab::service::middleware::extra_headers::ExtraHeadersLayer;
use octocrab::{AuthState, OctoBody, Octocrab, OctocrabBuilder};
use reqwest::redirect;
use serde_json::Value;
use url::Url;

use super::GitHubConfig;
use crate::forge::call::{Answer, NoAnswer};
use crate::forge::connection::{self, segment};
use crate::forge::{ForgeError, ForgeKind};

/// JSON as documented.
pub(super) const JSON: &str = "application/vnd.github+json";
/// A file's bytes.
pub(super) const RAW: &str = "application/vnd.github.raw+json";

/// Version of the REST API that we speak; served until March 2028 at least.
pub(super) const API_VERSION: &str = "2022-11-28";
pub(super) const USER_AGENT: &str = concat!("asyncwarden/", env!("CARGO_PKG_VERSION"));
/// Longest answer of JSON; GitHub's own are far below.
const LONGEST_JSON: usize = 64 << 20;

/// A file's path, its slashes kept.
pub(super) fn path_segments(path: &str) -> String {
    path.split('/').map(segment).collect::<Vec<_>>().join("/")
}

/// One request.
#[derive(Debug, Clone)]
pub(super) struct Call {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) accept: &'static str,
    pub(super) body: Option<Value>,
    /// The answer is only wanted if it is another one than that of this tag.
    pub(super) unless: Option<String>,
    /// The answer's body is not read further than this.
    pub(super) cap: usize,
}

impl Call {
    pub(super) fn new(method: Method, url: Url) -> Self {
        Self { method, url, accept: JSON, body: None, unless: None, cap: LONGEST_JSON }
    }

    pub(super) fn get(url: Url) -> Self {
        Self::new(Method::GET, url)
    }

    pub(super) fn body(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }

    /// Whether it reads, and its answer is JSON.
    pub(super) fn reads_json(&self) -> bool {
        self.method == Method::GET && self.accept == JSON
    }
}

/// The way to one GitHub. Octocrab carries the requests on a connection pool that all installations share; it repeats
/// nothing and authenticates nothing, since who asks changes from call to call.
pub(super) struct Transport {
    base: Url,
    octocrab: Octocrab,
}

impl Transport {
    /// Needs a running tokio runtime.
    pub(super) fn new(config: &GitHubConfig) -> Result<Self, ForgeError> {
        let base = connection::address(ForgeKind::GitHub, &config.api_url)?;
        let (connect_timeout, timeout) = (config.connect_timeout, config.timeout);
        let http = connection::builder(&base, connect_timeout, timeout, &config.authorities)
            .redirect(redirect::Policy::custom(follow));
        let http = http.build().map_err(|error| setup(&format!("no HTTP client: {error}")))?;
        let service = tower::service_fn(move |request| send(http.clone(), request));
        let headers = [
            (header::USER_AGENT, USER_AGENT),
            (http::HeaderName::from_static("x-github-api-version"), API_VERSION),
        ]
        .map(|(name, value)| (name, http::HeaderValue::from_static(value)));
        let octocrab = OctocrabBuilder::new_empty()
            .with_service(service)
            .with_layer(&ExtraHeadersLayer::new(std::sync::Arc::new(headers.to_vec())))
            .with_auth(AuthState::None)
            .build()
            .unwrap_or_else(|never| match never {});
        Ok(Self { base, octocrab })
    }

    /// An address below the API's base, from text that is encoded already.
    pub(super) fn url(&self, path: &str) -> Url {
        let mut url = self.base.clone();
        let (path, query) = path.split_once('?').map_or((path, None), |(p, q)| (p, Some(q)));
        url.set_path(&format!("{}{path}", self.base.path().trim_end_matches('/')));
        url.set_query(query);
        url
    }

    /// GraphQL stands beside the REST API on GitHub Enterprise Server, and below it elsewhere.
    pub(super) fn graphql_url(&self) -> Url {
        let mut url = self.base.clone();
        let path = self.base.path().trim_end_matches('/');
        let path = path.strip_suffix("/v3").filter(|rest| rest.ends_with("/api")).unwrap_or(path);
        url.set_path(&format!("{path}/graphql"));
        url
    }

    /// The next page's address, if the answer names one on the configured host.
    pub(super) fn next_page(&self, answer: &Answer) -> Option<Url> {
        let link = answer.header("link")?;
        let next = self.base.join(next_of(link)?).ok()?;
        (next.origin() == self.base.origin()).then_some(next)
    }

    /// Sends a call once. What is not known is whether it was acted on, when no whole answer came.
    pub(super) async fn send(&self, call: &Call, authorization: &str) -> Result<Answer, NoAnswer> {
        let response = self.execute(call, authorization).await?;
        let answer = read(response, call.cap).await?;
        if call.accept == JSON {
            return answer.with_whole_json();
        }
        // A file comes as such: a page is some proxy's, and no file of anybody.
        let page = answer.header("content-type").is_some_and(|kind| kind.starts_with("text/html"));
        if page && answer.status < 300 {
            return Err(NoAnswer("a page of HTML instead of a file".to_owned()));
        }
        Ok(answer)
    }

    /// Sends a call once, and gives the body of a good answer as it comes in. Redirections are followed, without the
    /// authorization where they lead to another host.
    pub(super) async fn open(
        &self,
        call: &Call,
        authorization: &str,
    ) -> Result<Result<impl Stream<Item = Result<Bytes, NoAnswer>> + use<>, Answer>, NoAnswer> {
        let response = self.execute(call, authorization).await?;
        if !response.status().is_success() {
            return Ok(Err(read(response, call.cap).await?));
        }
        let body = Body::new(response.into_body()).into_data_stream();
        Ok(Ok(body.map_err(|error| cause(&error))))
    }

    async fn execute(
        &self,
        call: &Call,
        authorization: &str,
    ) -> Result<Response<impl HttpBody<Data = Bytes, Error = octocrab::Error> + use<>>, NoAnswer>
    {
        let mut authorization = http::HeaderValue::from_str(authorization)
            .map_err(|_| NoAnswer("the token can't be a header".to_owned()))?;
        authorization.set_sensitive(true);
        let request = Request::builder()
            .method(call.method.clone())
            .uri(call.url.as_str())
            .header(header::ACCEPT, call.accept)
            .header(header::AUTHORIZATION, authorization);
        let request = match &call.unless {
            Some(tag) => request.header(header::IF_NONE_MATCH, tag),
            None => request,
        };
        let request = match &call.body {
            Some(body) => request
                .header(header::CONTENT_TYPE, "application/json")
                .body(OctoBody::from(body.to_string())),
            None => request.body(OctoBody::empty()),
        };
        let request = request.map_err(|error| NoAnswer(error.to_string()))?;
        self.octocrab.execute(request).await.map_err(|error| cause(&error))
    }
}

/// Redirections in a row; GitHub needs two, for an archive of a renamed repository.
const MOST_REDIRECTIONS: usize = 4;

/// Whether a redirection is followed. GitHub moves renamed repositories, on the same host, and sends the reader of an
/// archive to another one. The authorization stays here then; that what we write does, too, and that nothing goes on in
/// clear text, is seen to here.
fn follow(attempt: redirect::Attempt<'_>) -> redirect::Action {
    let Some(first) = attempt.previous().first() else { return attempt.stop() };
    let (here, there) = (first.origin(), attempt.url().origin());
    let keeps_body = matches!(attempt.status().as_u16(), 307 | 308);
    let downgrades = first.scheme() == "https" && attempt.url().scheme() != "https";
    let foreign = here != there;
    if attempt.previous().len() > MOST_REDIRECTIONS || downgrades || (foreign && keeps_body) {
        return attempt.stop();
    }
    attempt.follow()
}

/// Octocrab's innermost service.
async fn send(
    http: reqwest::Client,
    request: Request<OctoBody>,
) -> Result<Response<reqwest::Body>, Box<dyn std::error::Error + Send + Sync>> {
    let (parts, body) = request.into_parts();
    // Collected, so that a redirection can send it again.
    let body = axum::body::to_bytes(Body::new(body), usize::MAX).await?;
    let request = reqwest::Request::try_from(Request::from_parts(parts, body))?;
    Ok(http.execute(request).await?.into())
}

async fn read<B>(response: Response<B>, cap: usize) -> Result<Answer, NoAnswer>
where
    B: HttpBody<Data = Bytes> + Send + 'static,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let (parts, body) = response.into_parts();
    let mut body = Body::new(body).into_data_stream();
    let mut bytes = Vec::new();
    while bytes.len() <= cap
        && let Some(chunk) = body.next().await
    {
        bytes.extend_from_slice(&chunk.map_err(|error| cause(&error))?);
    }
    Ok(Answer { status: parts.status.as_u16(), headers: parts.headers, body: bytes.into() })
}

/// The innermost reason of a failure: the outer ones say only that something failed. It names no address.
pub(super) fn cause(error: &dyn std::error::Error) -> NoAnswer {
    let mut inner = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    NoAnswer(inner.to_string())
}

/// The address that a `Link` header gives for `rel="next"`.
fn next_of(link: &str) -> Option<&str> {
    link.split('<').skip(1).find_map(|entry| {
        let (target, parameters) = entry.split_once('>')?;
        let next = parameters.split([';', ',']).any(|parameter| {
            let (name, value) = parameter.split_once('=').unwrap_or_default();
            name.trim().eq_ignore_ascii_case("rel")
                && value.trim().trim_matches('"').split_ascii_whitespace().any(|rel| rel == "next")
        });
        next.then_some(target)
    })
}

fn setup(message: &str) -> ForgeError {
    ForgeError::Setup { forge: ForgeKind::GitHub, message: message.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(api_url: &str) -> GitHubConfig {
        GitHubConfig::new(api_url, "1", "no key".into())
    }

    fn transport(api_url: &str) -> Transport {
        Transport::new(&config(api_url)).expect("a transport")
    }

    #[tokio::test]
    async fn addresses_follow_the_base() {
        for (base, rest, graphql) in [
            (
                "https://api.github.com",
                "https://api.github.com/app",
                "https://api.github.com/graphql",
            ),
            (
                "https://git.example/api/v3",
                "https://git.example/api/v3/app",
                "https://git.example/api/graphql",
            ),
            (
                "https://git.example/api/v3/",
                "https://git.example/api/v3/app",
                "https://git.example/api/graphql",
            ),
            ("http://127.0.0.1:81/", "http://127.0.0.1:81/app", "http://127.0.0.1:81/graphql"),
            (
                "http://127.0.0.1:81/gh",
                "http://127.0.0.1:81/gh/app",
                "http://127.0.0.1:81/gh/graphql",
            ),
        ] {
            let transport = transport(base);
            assert_eq!(transport.url("/app").as_str(), rest);
            assert_eq!(transport.graphql_url().as_str(), graphql);
        }
        assert!(Transport::new(&config("ftp://x")).is_err());
    }

    #[tokio::test]
    async fn only_a_next_page_on_our_host_is_followed() {
        let transport = transport("https://api.github.com");
        for (link, next) in [
            (
                r#"<https://api.github.com/a?page=2>; rel="next", <https://api.github.com/a?page=9>; rel="last""#,
                Some("https://api.github.com/a?page=2"),
            ),
            (
                r#"<https://api.github.com/a?page=1>; rel="prev",<https://api.github.com/a?x=1,2&page=3>;rel=next"#,
                Some("https://api.github.com/a?x=1,2&page=3"),
            ),
            (r#"<https://api.github.com/a?page=1>; rel="first prev""#, None),
            (r#"<https://evil.example/a?page=2>; rel="next""#, None),
            ("nonsense", None),
        ] {
            let headers = [(header::LINK, http::HeaderValue::from_static(link))];
            let answer = Answer {
                status: 200,
                headers: headers.into_iter().collect(),
                body: bytes::Bytes::new(),
            };
            assert_eq!(transport.next_page(&answer).as_ref().map(Url::as_str), next, "{link}");
        }
    }

    /// Answers one request after the other so; what they were is told.
    async fn answering(answer: String) -> (String, tokio::sync::mpsc::UnboundedReceiver<String>) {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let (tell, told) = tokio::sync::mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut request = vec![0; 4096];
                let read = stream.read(&mut request).await.unwrap_or_default();
                let _ = tell.send(String::from_utf8_lossy(&request[..read]).to_lowercase());
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        });
        (url, told)
    }

    fn redirecting(status: &str, to: &str) -> String {
        format!(
            "HTTP/1.1 {status}\r\nlocation: {to}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
        )
    }

    const FOUND: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}";

    #[tokio::test]
    async fn a_redirection_takes_no_token_to_another_host() {
        let (there, mut asked_there) = answering(FOUND.to_owned()).await;
        let (here, mut asked_here) = answering(redirecting("302 Found", &there)).await;
        let transport = transport(&here);
        let call = Call::get(transport.url("/tarball"));
        let answer = transport.send(&call, "Bearer ghs_hidden").await;
        assert_eq!(answer.map(|it| it.status).ok(), Some(200));
        let first = asked_here.recv().await.expect("it was asked");
        assert!(first.contains("authorization: bearer ghs_hidden"), "{first}");
        let second = asked_there.recv().await.expect("it was asked, too");
        assert!(!second.contains("ghs_hidden"), "{second}");
    }

    #[tokio::test]
    async fn a_body_is_not_sent_on_to_another_host() {
        for status in ["307 Temporary Redirect", "308 Permanent Redirect"] {
            let (there, mut asked_there) = answering(FOUND.to_owned()).await;
            let (here, _asked_here) = answering(redirecting(status, &there)).await;
            let transport = transport(&here);
            let body = serde_json::json!({"body": "what we say"});
            let call = Call::new(Method::POST, transport.url("/comments")).body(body);
            let answer = transport.send(&call, "Bearer ghs_hidden").await;
            assert!(answer.is_ok_and(|it| status.starts_with(&it.status.to_string())));
            assert!(asked_there.try_recv().is_err(), "nobody was asked");
        }
    }

    #[tokio::test]
    async fn a_redirection_in_circles_ends() {
        let (here, mut asked) = answering(redirecting("302 Found", "/again")).await;
        let transport = transport(&here);
        let answer = transport.send(&Call::get(transport.url("/again")), "Bearer x").await;
        assert!(answer.is_ok_and(|it| it.status == 302));
        let mut times = 0;
        while asked.try_recv().is_ok() {
            times += 1;
        }
        assert_eq!(times, MOST_REDIRECTIONS + 1);
    }

    #[test]
    fn paths_are_encoded_with_their_slashes_kept() {
        assert_eq!(path_segments("a b/c#d/é%.py"), "a%20b/c%23d/%C3%A9%25.py");
    }
}
