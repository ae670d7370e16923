//! Runs the service.

use anyhow::Context;

use super::Outcome;
use crate::app::App;
use crate::settings::{Arguments, HooksFile, unknown_variables};
use crate::telemetry;

/// What the command takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    settings: Arguments,
}

/// Runs the command until SIGTERM or SIGINT.
pub fn run(args: Args) -> anyhow::Result<Outcome> {
    let settings = args.settings.resolve()?;
    telemetry::start(&settings.log);
    for unknown in unknown_variables() {
        tracing::warn!("{unknown}");
    }
    let hooks_file = settings.gitlab.as_ref().and_then(|gitlab| gitlab.hooks_file.as_ref());
    if let Some(warning) = hooks_file.and_then(HooksFile::warning) {
        tracing::warn!("{warning}");
    }
    let runtime = tokio::runtime::Runtime::new().context("cannot start the runtime")?;
    let outcome = runtime.block_on(async {
        // Listens for signals first, so that none that comes during the start kills.
        let asked_to_stop = stop_signal()?;
        let running = App::start(settings).await?;
        asked_to_stop.await;
        running.shutdown().await;
        Ok(Outcome::Passed)
    });
    // An analysis that nobody waits for any more doesn't hold up the exit.
    runtime.shutdown_background();
    outcome
}

#[cfg(unix)]
fn stop_signal() -> anyhow::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate()).context("cannot listen for SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot listen for SIGINT")?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

#[cfg(not(unix))]
fn stop_signal() -> anyhow::Result<impl Future<Output = ()>> {
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}
