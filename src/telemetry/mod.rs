//! Logs, metrics and traces: who writes them, where, in what form.
//!
//! What is logged is said with `tracing`'s macros where it happens. A metric is declared in `metrics::all`, and counted where it happens.

mod events;
pub mod metrics;
mod sending;
mod traces;

pub use self::traces::{Parent, current_parent, trace_id};

use anyhow::Context;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

use crate::settings::{LogFormat, LogSettings, TraceSettings};

/// Sends log lines to standard error from now on. Does nothing when something else receives them already, as in
/// tests.
pub fn start(settings: &LogSettings) {
    let _ = tracing_subscriber::registry().with(lines(settings)).try_init();
}

/// What the service tells of itself while it runs.
#[must_use = "what it holds is sent when it is told to stop"]
pub struct Telemetry {
    traces: traces::Traces,
}

/// Sends log lines to standard error, counts, and sends traces where the settings say so. Has to be called within the runtime
/// that is to send them. Does nothing but count when something else receives log lines already.
///
/// # Errors
/// When traces can't be sent as the settings say.
pub fn start_service(
    log: &LogSettings,
    traces: Option<&TraceSettings>,
) -> anyhow::Result<Telemetry> {
    metrics::install();
    let traces = traces::Traces::new(traces).context("traces can't be sent")?;
    let _ = tracing_subscriber::registry()
        .with(lines(log))
        .with(events::Counted)
        .with(traces.layer())
        .try_init();
    Ok(Telemetry { traces })
}

impl Telemetry {
    /// Sends what is left. Blocks for a few seconds at most.
    pub fn stop(self) {
        self.traces.stop();
    }
}

/// Log lines as the settings want them.
fn lines<S>(settings: &LogSettings) -> impl Layer<S> + use<S>
where
    S: tracing::Subscriber + for<'a> tracing_subscriber::registry::LookupSpan<'a>,
{
    let filter = EnvFilter::try_new(&settings.filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    match settings.format {
        LogFormat::Text => lines
            .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))
            .with_filter(filter)
            .boxed(),
        LogFormat::Json => lines.json().flatten_event(true).with_filter(filter).boxed(),
    }
}
