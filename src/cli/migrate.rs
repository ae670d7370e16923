//! Brings the store's schema up to date.

use anyhow::Context;

use super::Outcome;
use crate::settings::Arguments;
use crate::store::Store;
use crate::telemetry;

/// What the command takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    settings: Arguments,
}

/// Runs the command.
pub fn run(args: Args) -> anyhow::Result<Outcome> {
    let (store, log) = args.settings.resolve_store()?;
    telemetry::start(&log);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("cannot start the runtime")?;
    runtime.block_on(async {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let store = Store::open(&store).await?;
        store.close().await;
        println!("the schema is up to date");
        Ok(Outcome::Passed)
    })
}
