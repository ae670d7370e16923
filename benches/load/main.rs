//! The service under load, on loopback, with a simulated platform: bounded in time and in number, ends by itself.
//!
//! ```text
//! cargo bench --bench load -- knee      signed deliveries at a rising rate, until they are answered late
//! cargo bench --bench load -- replay    many open change requests at once, until every gate has ended
//! cargo bench --bench load -- soak      a steady rate for an hour, with faults: memory and descriptors stay flat, nothing is lost
//! ```
//!
//! Each takes `--help`. Whatever was promised with a 202 has to be done in the end; otherwise the command fails.

#![allow(clippy::unwrap_used, reason = "a figure of something that failed says nothing")]
#![allow(dead_code, reason = "tests use the rest")]

#[path = "../../tests/it/crash/ends.rs"]
mod ends;
#[path = "../../tests/it/crash/fleet.rs"]
mod fleet;
mod modes;
#[path = "../../tests/it/crash/scene.rs"]
mod scene;
#[path = "../../tests/it/crash/server.rs"]
mod server;

use clap::{Parser, Subcommand, ValueEnum};

use self::modes::{Store, knee, replay, soak};

/// The service under load, with a simulated platform, on loopback.
#[derive(Parser)]
#[command(name = "load")]
struct Arguments {
    #[command(subcommand)]
    mode: Option<Mode>,
    /// Where the service keeps everything.
    #[arg(long, global = true, value_enum, default_value = "sqlite")]
    store: Kind,
    /// Further environment of each process of the service, as `NAME=VALUE`.
    #[arg(long, global = true, value_name = "NAME=VALUE", value_parser = variable)]
    env: Vec<(&'static str, String)>,
    /// Cargo says so.
    #[arg(long, global = true, hide = true)]
    bench: bool,
}

#[derive(Subcommand)]
enum Mode {
    /// Signed deliveries at a rising rate, until the answers' p99 exceeds a second or errors come.
    Knee(knee::Plan),
    /// Many open change requests, delivered as fast as they are taken, until every gate has ended.
    Replay(replay::Plan),
    /// A steady rate of events with faults of every kind, until everything has drained.
    Soak(soak::Plan),
}

#[derive(Clone, Copy, ValueEnum)]
enum Kind {
    Sqlite,
    Postgres,
}

/// The names live as long as the process.
fn variable(text: &str) -> Result<(&'static str, String), String> {
    let (name, value) = text.split_once('=').ok_or("NAME=VALUE is wanted")?;
    Ok((name.to_owned().leak(), value.to_owned()))
}

#[tokio::main]
async fn main() {
    let arguments = Arguments::parse();
    let Some(mode) = arguments.mode else {
        println!("cargo bench --bench load -- knee|replay|soak [--store sqlite|postgres] [--help]");
        return;
    };
    let mut store = match arguments.store {
        Kind::Sqlite => Store::embedded(),
        Kind::Postgres => Store::postgres(),
    };
    store.environment = arguments.env;
    match mode {
        Mode::Knee(plan) => knee::run(&store, &plan).await,
        Mode::Replay(plan) => replay::run(&store, &plan).await,
        Mode::Soak(plan) => soak::run(&store, &plan).await,
    }
}
