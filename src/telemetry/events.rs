//! Counts what is logged as a warning or an error, whatever the filter of the lines says.

use tracing::{Event, Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;

use super::metrics::LOG_EVENTS;

/// The counting layer.
pub(super) struct Counted;

impl<S: Subscriber> Layer<S> for Counted {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        match *event.metadata().level() {
            Level::ERROR => LOG_EVENTS.count(["error"]),
            Level::WARN => LOG_EVENTS.count(["warn"]),
            _ => {}
        }
    }
}
