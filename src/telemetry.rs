//! Logs: who writes them, where, in what form.

use tracing_subscriber::EnvFilter;

use crate::settings::{LogFormat, LogSettings};

/// Sends log lines to standard error from now on. Does nothing when something else receives them already, as in
/// tests.
pub fn start(settings: &LogSettings) {
    let filter = EnvFilter::try_new(&settings.filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let _ = match settings.format {
        LogFormat::Text => {
            lines.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr())).try_init()
        }
        LogFormat::Json => lines.json().flatten_event(true).try_init(),
    };
}
