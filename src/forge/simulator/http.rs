//! The platform on a loopback port: routes, the log of requests, faults on the wire.

use std::collections::BTreeMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::connect_info::Connected;
use axum::extract::{ConnectInfo, Request as HttpRequest, State as AxumState};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::serve::{IncomingStream, Listener};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::faults::Fault;
use super::model::Request;
use super::{Simulator, github, gitlab, limits, oauth, page};

/// Longest body that is read, in bytes.
const MAX_BODY: usize = 64 << 20;

/// How long requests may take to end when the platform stops.
const LAST_MOMENT: Duration = Duration::from_secs(2);

/// A simulated platform that is being served.
pub struct Running {
    simulator: Simulator,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Running {
    /// `http://127.0.0.1:PORT`. GitHub's interface is there and below `/api/v3`, GitLab's below `/api/v4`, the pages for
    /// people are where the platforms have them.
    pub fn url(&self) -> &str {
        self.simulator.url()
    }

    /// Stops serving; requests that are being answered may end first, for a moment.
    pub async fn stop(mut self) {
        self.stop.cancel();
        if tokio::time::timeout(LAST_MOMENT, &mut self.task).await.is_err() {
            self.task.abort();
        }
    }
}

impl Simulator {
    /// Serves the platform on a loopback port; 0 lets the system choose one. Only once per simulator.
    ///
    /// # Errors
    /// When the port is taken.
    pub async fn start(&self, port: u16) -> io::Result<Running> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let url = format!("http://{}", listener.local_addr()?);
        self.shared.url.set(url).map_err(|_| io::Error::other("it is served already"))?;
        let app = router(self).into_make_service_with_connect_info::<Cut>();
        let stop = CancellationToken::new();
        let stopped = stop.clone();
        let task = tokio::spawn(async move {
            let serving = axum::serve(Loopback(listener), app);
            // It never ends by itself, and an error of one connection only ends that one.
            let _ = serving.with_graceful_shutdown(stopped.cancelled_owned()).await;
        });
        Ok(Running { simulator: self.clone(), stop, task })
    }
}

fn router(simulator: &Simulator) -> Router {
    Router::new()
        .merge(github::router())
        .merge(gitlab::router())
        .merge(oauth::router())
        .merge(page::router())
        .layer(from_fn_with_state(simulator.clone(), answer))
        .with_state(simulator.clone())
}

/// Logs a request with its answer, and lets it fail if that is planned.
async fn answer(
    AxumState(simulator): AxumState<Simulator>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    request: HttpRequest,
    next: Next,
) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, MAX_BODY).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let (method, path) = (parts.method.as_str().to_owned(), parts.uri.path().to_owned());
    let logged = Request {
        method: method.clone(),
        path: path.clone(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: texts(&parts.headers),
        body: String::from_utf8_lossy(&body).into_owned(),
        status: 0,
        answer: Bytes::new(),
    };
    let (at, fault, now) = {
        let mut state = simulator.state();
        limits::watch(&mut state, &logged);
        let fault = state.faults.take(&method, &path, &logged.body);
        if let Some(fault) = &fault {
            limits::impose(&mut state, fault, &logged);
        }
        state.requests.push(logged);
        (state.requests.len() - 1, fault, state.now())
    };
    let act = || next.run(HttpRequest::from_parts(parts, Body::from(body)));
    let response = match fault {
        None => act().await,
        Some(fault) => fail(fault, &cut, now, act).await,
    };
    let (response, answer) = kept(response).await;
    if !cut.is_set()
        && let Some(request) = simulator.state().requests.get_mut(at)
    {
        request.status = response.status().as_u16();
        request.answer = answer;
    }
    simulator.shared.changed.notify_waiters();
    response
}

/// The answer, with its body if that is JSON.
async fn kept(response: Response) -> (Response, Bytes) {
    let kind = response.headers().get(header::CONTENT_TYPE);
    if !kind.is_some_and(|kind| kind.as_bytes().starts_with(b"application/json")) {
        return (response, Bytes::new());
    }
    let (parts, body) = response.into_parts();
    let body = axum::body::to_bytes(body, MAX_BODY).await.unwrap_or_default();
    (Response::from_parts(parts, Body::from(body.clone())), body)
}

async fn fail<F: Future<Output = Response>>(
    fault: Fault,
    cut: &Cut,
    now: DateTime<Utc>,
    act: impl FnOnce() -> F,
) -> Response {
    match fault {
        Fault::BadGateway => bad_gateway(),
        Fault::BadGatewayAfter => {
            act().await;
            bad_gateway()
        }
        Fault::ResetBefore => {
            cut.set();
            StatusCode::OK.into_response()
        }
        Fault::ResetAfter => {
            act().await;
            cut.set();
            StatusCode::OK.into_response()
        }
        Fault::Truncated => halved(act().await).await,
        Fault::Slow(wait) => {
            tokio::time::sleep(wait).await;
            act().await
        }
        Fault::SlowAfter(wait) => {
            let response = act().await;
            tokio::time::sleep(wait).await;
            response
        }
        Fault::Page => axum::response::Html(PAGE).into_response(),
        Fault::PageAfter => {
            act().await;
            axum::response::Html(PAGE).into_response()
        }
        // What it does is done already.
        Fault::TokensExpired => act().await,
        Fault::UsedUp(seconds) => {
            let message = "API rate limit exceeded for installation ID 90001.";
            let body = serde_json::json!({ "message": message });
            let refusal = (StatusCode::FORBIDDEN, axum::Json(body)).into_response();
            limits::used_up(refusal, now, seconds)
        }
        Fault::GraphUsedUp(seconds) => {
            let message = "API rate limit already exceeded for installation ID 90001.";
            let error = serde_json::json!({ "type": "RATE_LIMITED", "message": message });
            let body = serde_json::json!({ "errors": [error] });
            limits::used_up(axum::Json(body).into_response(), now, seconds)
        }
        Fault::Status(status, body) => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::IM_A_TEAPOT);
            (status, axum::Json(body)).into_response()
        }
        Fault::SecondaryLimit(seconds) => {
            let message = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.";
            let wait = [(header::RETRY_AFTER, seconds.to_string())];
            let body = serde_json::json!({ "message": message });
            (StatusCode::FORBIDDEN, wait, axum::Json(body)).into_response()
        }
        Fault::TooManyRequests(seconds) => {
            let mut response = (StatusCode::TOO_MANY_REQUESTS, "Retry later\n").into_response();
            if let Some(seconds) = seconds {
                response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
            }
            response
        }
    }
}

/// What a proxy shows when it has nothing better.
const PAGE: &str =
    "<html>\n<head><title>502 Bad Gateway</title></head>\n<body>Unicorn!</body>\n</html>\n";

fn bad_gateway() -> Response {
    (StatusCode::BAD_GATEWAY, axum::response::Html(PAGE)).into_response()
}

/// The answer with the first half of its body. A file can't be seen to be cut, so there the connection tells it.
async fn halved(response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    let body = axum::body::to_bytes(body, MAX_BODY).await.unwrap_or_else(|_| Bytes::new());
    parts.headers.remove(header::CONTENT_LENGTH);
    let half = body.slice(..body.len() / 2);
    let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let file = ["application/octet-stream", "application/vnd.github.raw", "text/plain"];
    if !kind.is_some_and(|kind| file.iter().any(|file| kind.starts_with(file))) {
        return Response::from_parts(parts, Body::from(half));
    }
    let broken = [Ok(half), Err(io::Error::from(io::ErrorKind::ConnectionReset))];
    Response::from_parts(parts, Body::from_stream(futures::stream::iter(broken)))
}

fn texts(headers: &HeaderMap) -> BTreeMap<String, String> {
    let text = |value: &axum::http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into();
    headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect()
}

/// Cuts its connection at the next write when set.
#[derive(Debug, Clone, Default)]
struct Cut(Arc<AtomicBool>);

impl Cut {
    fn set(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    fn is_set(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

impl Connected<IncomingStream<'_, Loopback>> for Cut {
    fn connect_info(stream: IncomingStream<'_, Loopback>) -> Self {
        stream.io().cut.clone()
    }
}

/// Accepts connections that can be cut.
struct Loopback(TcpListener);

impl Listener for Loopback {
    type Io = Wire;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Wire, SocketAddr) {
        let (stream, address) = Listener::accept(&mut self.0).await;
        (Wire { stream, cut: Cut::default() }, address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

/// A connection that fails at the next write when it is cut; the other end sees a reset.
struct Wire {
    stream: TcpStream,
    cut: Cut,
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.cut.is_set() {
            // Without lingering, closing sends a reset. If that can't be set, the other end sees an early end.
            let _ = self.stream.set_zero_linger();
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        }
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
