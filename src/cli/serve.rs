//! Runs the service.

use std::time::Duration;

use anyhow::Context;

use super::Outcome;
use super::supervisor::Supervisor;
use crate::app::{App, Running};
use crate::settings::{Overview, SettingsError, Sourced, WatchedFiles};
use crate::telemetry::{self, metrics::RELOADS};

/// What the command takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    settings: Sourced,
}

/// How often it is looked whether a file with settings or secrets is another one.
const LOOK: Duration = Duration::from_secs(30);

/// Runs the command until SIGTERM or SIGINT.
pub fn run(args: Args) -> anyhow::Result<Outcome> {
    let files = WatchedFiles::new(args.settings.arguments().clone());
    let overview = Overview::of(args.settings);
    let settings = overview.resolve().map_err(first_of)?;
    let runtime = tokio::runtime::Runtime::new().context("cannot start the runtime")?;
    let telemetry = {
        let _entered = runtime.enter();
        telemetry::start_service(&settings.log, settings.traces.as_ref())?
    };
    for warning in overview.warnings(&settings) {
        tracing::warn!("{warning}");
    }
    let outcome = runtime.block_on(async {
        // Listens for signals first, so that none that comes during the start kills.
        let asked_to_stop = stop_signal()?;
        let asked_to_reload = ReloadSignal::new()?;
        let supervisor = Supervisor::of_this_process();
        let mut running = App::start(settings).await?;
        supervisor.ready();
        tokio::select! {
            () = asked_to_stop => {}
            () = reload_for_ever(&mut running, files, asked_to_reload) => {}
            () = supervisor.say_that_we_live() => {}
        }
        supervisor.stopping();
        running.shutdown().await;
        Ok(Outcome::Passed)
    });
    telemetry.stop();
    // An analysis that nobody waits for any more doesn't hold up the exit.
    runtime.shutdown_background();
    outcome
}

/// An error on one line, for whoever starts the service.
fn first_of(errors: Vec<SettingsError>) -> anyhow::Error {
    let more = errors.len().saturating_sub(1);
    let Some(first) = errors.into_iter().next() else {
        return anyhow::anyhow!("the settings can't be used");
    };
    match more {
        0 => first.into(),
        _ => anyhow::anyhow!("{first}; and {more} more, which `asyncwarden config check` tells"),
    }
}

/// Reads the settings anew when somebody asks for it with SIGHUP, and when a file that holds some was replaced.
async fn reload_for_ever(running: &mut Running, mut files: WatchedFiles, mut asked: ReloadSignal) {
    loop {
        let insists = tokio::select! {
            () = asked.recv() => true,
            () = tokio::time::sleep(LOOK) => false,
        };
        let looked = tokio::task::spawn_blocking(move || {
            let changed = files.changed();
            let read = (insists || changed).then(|| files.read());
            (files, read)
        });
        // Only a defect of ours ends that without a result.
        let Ok((looked, read)) = looked.await else { return std::future::pending().await };
        files = looked;
        let Some(read) = read else { continue };
        let done = match read {
            Ok(settings) => running.reload(settings).await,
            Err(error) => Err(error.into()),
        };
        match done {
            Ok(()) => {
                RELOADS.count(["done"]);
                tracing::info!("settings were read anew");
            }
            Err(error) => {
                RELOADS.count(["refused"]);
                let error = format!("{error:#}");
                tracing::error!(error, "the settings can't be used; those from before count on");
            }
        }
    }
}

/// SIGHUP.
#[cfg(unix)]
struct ReloadSignal(tokio::signal::unix::Signal);

#[cfg(unix)]
impl ReloadSignal {
    fn new() -> anyhow::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self(signal(SignalKind::hangup()).context("cannot listen for SIGHUP")?))
    }

    async fn recv(&mut self) {
        self.0.recv().await;
    }
}

/// There is no such signal.
#[cfg(not(unix))]
struct ReloadSignal;

#[cfg(not(unix))]
impl ReloadSignal {
    fn new() -> anyhow::Result<Self> {
        Ok(Self)
    }

    async fn recv(&mut self) {
        std::future::pending().await
    }
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
