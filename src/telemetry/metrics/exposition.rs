//! Where the numbers are kept, and how they are written down for Prometheus.

use std::sync::OnceLock;

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use super::{ALL, BUILD_INFO, Kind, process};
use crate::version;

static HANDLE: OnceLock<Option<PrometheusHandle>> = OnceLock::new();

/// Counts from now on, once for the process. Nothing is counted where somebody else counts already.
pub(crate) fn install() {
    HANDLE.get_or_init(|| {
        let mut builder = PrometheusBuilder::new();
        for metric in ALL {
            if let Kind::Histogram(bounds) = metric.kind {
                let name = Matcher::Full(metric.name.to_owned());
                builder = builder.set_buckets_for_metric(name, bounds).ok()?;
            }
        }
        let handle = builder.install_recorder().ok()?;
        for metric in ALL {
            match metric.kind {
                Kind::Counter => metrics::describe_counter!(metric.name, metric.help),
                Kind::Gauge => metrics::describe_gauge!(metric.name, metric.help),
                Kind::Histogram(_) => metrics::describe_histogram!(metric.name, metric.help),
            }
        }
        BUILD_INFO.set(1, [version::VERSION, version::COMMIT]);
        Some(handle)
    });
}

/// Folds what was measured since the last time into the histograms. Whoever installed the recorder sees to it now and then, also
/// while nobody asks.
pub(crate) fn upkeep() {
    if let Some(Some(handle)) = HANDLE.get() {
        handle.run_upkeep();
    }
}

/// All numbers in the text format of Prometheus.
///
/// Source: Prometheus documentation, "Exposition formats".
pub fn render() -> String {
    process::measure();
    match HANDLE.get() {
        Some(Some(handle)) => handle.render(),
        _ => String::new(),
    }
}
