//! Asks the service on this machine whether it is well, where there is no shell and no other client.

use std::io::{ErrorKind, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use super::Outcome;
use super::output::print;
use crate::settings::Arguments;

/// What the command takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Ask whether it can work, too: whether its store answers.
    #[arg(long)]
    ready: bool,
    /// For how many seconds an answer is waited for; fractions are allowed.
    #[arg(long, value_name = "SECONDS", default_value = "3", value_parser = seconds)]
    timeout: Duration,
    #[command(flatten)]
    settings: Arguments,
}

/// An answer that is longer is none of the service's.
const LONGEST: u64 = 64 << 10;

/// Runs the command.
pub fn run(args: Args) -> anyhow::Result<Outcome> {
    let listens = args.settings.resolve_listen()?;
    let path = if args.ready { "/readyz" } else { "/healthz" };
    match ask(&listens, path, Instant::now() + args.timeout) {
        Ok(said) => {
            print(&said)?;
            Ok(Outcome::Passed)
        }
        Err(error) => {
            eprintln!("asyncwarden: {listens}{path}: {error:#}");
            Ok(Outcome::Unwell)
        }
    }
}

/// The body of a good answer.
fn ask(listens: &str, path: &str, until: Instant) -> anyhow::Result<String> {
    let mut connection = connect(listens, until)?;
    connection.set_write_timeout(Some(left(until)?))?;
    // In one piece, so that who answers at once doesn't break it.
    let request = format!("GET {path} HTTP/1.1\r\nHost: {listens}\r\nConnection: close\r\n\r\n");
    connection.write_all(request.as_bytes())?;
    let answer = read(connection, until)?;
    let (head, body) = answer.split_once("\r\n\r\n").context("the answer is not HTTP")?;
    let status = head.lines().next().and_then(|line| line.strip_prefix("HTTP/1.1 "));
    match status.context("the answer is not HTTP")? {
        good if good.starts_with("200") => Ok(body.to_owned()),
        bad => bail!("answered {bad}: {}", body.trim()),
    }
}

fn connect(listens: &str, until: Instant) -> anyhow::Result<TcpStream> {
    let mut refused = None;
    for address in listens.to_socket_addrs()? {
        if address.port() == 0 {
            bail!("a port is wanted: that of port 0 is known to the service alone");
        }
        match TcpStream::connect_timeout(&reachable(address), left(until)?) {
            Ok(connection) => return Ok(connection),
            Err(error) => refused = Some(error),
        }
    }
    Err(refused.context("leads nowhere")?.into())
}

/// Where a service is reached from its own machine that listens on this address.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(match address.ip() {
            IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    address
}

/// All that is said until the other side ends; each part may take what is left of the time.
fn read(mut connection: TcpStream, until: Instant) -> anyhow::Result<String> {
    let mut answer = Vec::new();
    let mut part = [0; 4096];
    while (answer.len() as u64) < LONGEST {
        connection.set_read_timeout(Some(left(until)?))?;
        match connection.read(&mut part) {
            Ok(0) => break,
            Ok(length) => answer.extend_from_slice(&part[..length]),
            // The time of a read that is over is told in one of two ways.
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            Err(error) => return Err(error).context("no answer"),
        }
    }
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

fn left(until: Instant) -> anyhow::Result<Duration> {
    let left = until.saturating_duration_since(Instant::now());
    if left.is_zero() { bail!("no answer in time") } else { Ok(left) }
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().ok().and_then(|number| Duration::try_from_secs_f64(number).ok());
    let in_reach = Duration::from_millis(1)..=Duration::from_secs(3600);
    let seconds = seconds.filter(|wait| in_reach.contains(wait));
    seconds.ok_or_else(|| "not a number of seconds from 0.001 to 3600".to_owned())
}
