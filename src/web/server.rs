//! Connections: how many there are at most, and how long one may take over what it sends and takes.
//!
//! How long a whole request may take is said where the routes are ([`super::router`]); what is here holds for those who don't
//! even come that far.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_io_timeout::TimeoutWriter;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

/// What those who connect may take of us.
#[derive(Debug, Clone, Copy)]
pub struct ConnectionLimits {
    /// The time for a request's head, and for the next request on a connection that is kept open. Longer than proxies keep a
    /// connection that they don't use, so that it is they who close it: nginx and AWS take 60 s.
    pub head: Duration,
    /// How long somebody who is being answered may take nothing of it.
    pub answer: Duration,
    /// Most connections at a time: with what the store and the platforms need, fewer than the 1 024 descriptors that a process
    /// has on most systems. More wait until one ends.
    pub connections: usize,
}

impl Default for ConnectionLimits {
    fn default() -> Self {
        Self { head: Duration::from_secs(75), answer: Duration::from_secs(30), connections: 768 }
    }
}

/// Answers requests until it is to stop, and then those that have begun. Dropping the future cuts all connections.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    limits: ConnectionLimits,
    stop: CancellationToken,
) {
    let mut door = Door::new(listener, limits.connections);
    let mut connections = JoinSet::new();
    let ending = GracefulShutdown::new();
    let http = {
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new()).header_read_timeout(limits.head);
        http
    };
    loop {
        let (stream, peer, place) = tokio::select! {
            () = stop.cancelled() => break,
            Some(_) = connections.join_next() => continue,
            entered = door.enter() => entered,
        };
        let mut stream = TimeoutWriter::new(stream);
        stream.set_timeout(Some(limits.answer));
        let router = router.clone();
        let service = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(ConnectInfo(peer));
            router.clone().oneshot(request.map(Body::new))
        });
        let connection = http.serve_connection(TokioIo::new(Box::pin(stream)), service);
        let connection = ending.watch(connection);
        connections.spawn(async move {
            let _place = place;
            if let Err(error) = connection.await {
                tracing::debug!(%peer, %error, "a connection failed");
            }
        });
    }
    // Nobody is let in any more; the next process may be.
    drop(door);
    ending.shutdown().await;
}

/// Where people are let in, as many as there are places.
struct Door {
    listener: TcpListener,
    places: Arc<Semaphore>,
    most: usize,
    /// When it was last said that all places are taken.
    complained: Option<Instant>,
}

/// How often it is said that all places are taken.
const COMPLAINT: Duration = Duration::from_secs(60);
/// The wait after the system could not accept a connection, for want of descriptors or memory.
const PAUSE: Duration = Duration::from_secs(1);

impl Door {
    fn new(listener: TcpListener, most: usize) -> Self {
        Self { listener, places: Arc::new(Semaphore::new(most)), most, complained: None }
    }

    /// The next one who comes. What is dropped before it has ended has let nobody in.
    async fn enter(&mut self) -> (TcpStream, SocketAddr, OwnedSemaphorePermit) {
        let place = self.place().await;
        loop {
            match self.listener.accept().await {
                Ok((stream, peer)) => return (stream, peer, place),
                Err(error) if is_of_the_caller(&error) => {}
                Err(error) => {
                    tracing::error!(%error, "connections can't be accepted");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }

    async fn place(&mut self) -> OwnedSemaphorePermit {
        if self.places.available_permits() == 0
            && self.complained.is_none_or(|at| at.elapsed() > COMPLAINT)
        {
            self.complained = Some(Instant::now());
            let connections = self.most;
            tracing::warn!(connections, "all connections are in use; who comes now has to wait");
        }
        match self.places.clone().acquire_owned().await {
            Ok(place) => place,
            // Places are never closed.
            Err(_) => std::future::pending().await,
        }
    }
}

/// Whether somebody was gone before they were let in.
fn is_of_the_caller(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

#[cfg(test)]
mod tests {
    use axum::http::Uri;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::task::JoinHandle;

    use super::*;

    /// A wait that is far longer than what is waited for.
    const LONG: Duration = Duration::from_secs(30);
    const SHORT: Duration = Duration::from_millis(100);
    const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    struct Running {
        addr: SocketAddr,
        stop: CancellationToken,
        server: JoinHandle<()>,
    }

    /// Says who asks, at once, at length or after a while.
    async fn answer(ConnectInfo(peer): ConnectInfo<SocketAddr>, uri: Uri) -> Vec<u8> {
        match uri.path() {
            "/much" => vec![b'a'; 64 << 20],
            "/slow" => {
                tokio::time::sleep(SHORT * 3).await;
                Vec::new()
            }
            _ => peer.to_string().into_bytes(),
        }
    }

    async fn running(limits: ConnectionLimits) -> Running {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let (addr, stop) = (listener.local_addr().expect("an address"), CancellationToken::new());
        let router = Router::new().fallback(answer);
        let server = tokio::spawn(serve(listener, router, limits, stop.clone()));
        Running { addr, stop, server }
    }

    impl Running {
        async fn connect(&self, said: &[u8]) -> TcpStream {
            let mut stream = TcpStream::connect(self.addr).await.expect("a connection");
            stream.write_all(said).await.expect("it is sent");
            stream
        }

        async fn ends(self) {
            self.stop.cancel();
            let ended = tokio::time::timeout(LONG, self.server).await;
            ended.expect("the server ends").expect("it did not panic");
        }
    }

    /// All that comes until the other side closes the connection.
    async fn rest(stream: &mut TcpStream) -> String {
        let mut read = Vec::new();
        let all = tokio::time::timeout(LONG, stream.read_to_end(&mut read));
        // One that is cut off may also be reset.
        let _ = all.await.expect("the connection is closed");
        String::from_utf8_lossy(&read).into_owned()
    }

    /// What comes first.
    async fn first(stream: &mut TcpStream) -> String {
        let mut read = [0; 4096];
        let some = tokio::time::timeout(LONG, stream.read(&mut read)).await;
        let length = some.expect("an answer comes").expect("it can be read");
        String::from_utf8_lossy(&read[..length]).into_owned()
    }

    #[tokio::test]
    async fn who_says_half_of_what_they_want_is_cut_off() {
        let running = running(ConnectionLimits { head: SHORT, ..Default::default() }).await;
        for half in [&b""[..], b"GET / HT", b"GET / HTTP/1.1\r\nHost: a\r\nX-Long: "] {
            assert_eq!(rest(&mut running.connect(half).await).await, "");
        }
        // One who has asked is cut off when nothing more comes.
        let answer = rest(&mut running.connect(REQUEST).await).await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        running.ends().await;
    }

    #[tokio::test]
    async fn who_takes_nothing_of_an_answer_is_cut_off() {
        let limits = ConnectionLimits { answer: SHORT, connections: 1, ..Default::default() };
        let running = running(limits).await;
        let mut stuck = running.connect(b"GET /much HTTP/1.1\r\nHost: a\r\n\r\n").await;
        // There is one place: whoever comes next is answered once the first has lost it.
        let mut next = running.connect(REQUEST).await;
        assert!(first(&mut next).await.starts_with("HTTP/1.1 200"));
        assert!(rest(&mut stuck).await.len() < 64 << 20, "all of it was sent");
        running.ends().await;
    }

    #[tokio::test]
    async fn there_are_as_many_connections_as_places() {
        let running = running(ConnectionLimits { connections: 2, ..Default::default() }).await;
        let mut inside = [running.connect(REQUEST).await, running.connect(REQUEST).await];
        for stream in &mut inside {
            assert!(first(stream).await.starts_with("HTTP/1.1 200"));
        }
        let mut waiting = running.connect(REQUEST).await;
        let mut byte = [0];
        let early = tokio::time::timeout(SHORT, waiting.read(&mut byte)).await;
        assert!(early.is_err(), "answered, though all places were taken: {early:?}");
        drop(inside);
        assert!(
            first(&mut waiting).await.contains(&waiting.local_addr().expect("ours").to_string())
        );
        running.ends().await;
    }

    #[tokio::test]
    async fn what_was_asked_before_the_end_is_answered() {
        let running = running(ConnectionLimits::default()).await;
        let mut idle = running.connect(REQUEST).await;
        assert!(first(&mut idle).await.starts_with("HTTP/1.1 200"));
        let mut slow = running.connect(b"GET /slow HTTP/1.1\r\nHost: a\r\n\r\n").await;
        tokio::time::sleep(SHORT).await;
        let addr = running.addr;
        running.stop.cancel();
        assert!(rest(&mut slow).await.starts_with("HTTP/1.1 200"), "cut off");
        assert_eq!(rest(&mut idle).await, "", "an idle connection is closed");
        running.ends().await;
        assert!(TcpStream::connect(addr).await.is_err(), "nobody is let in any more");
    }
}
