//! What the service counts and measures, for Prometheus.
//!
//! Each metric is declared once, in [`all`]: its name, its labels, the words for people. A label's values are words of ours or
//! routes of ours, never anything that a sender chose: so there is an end to how many series there are.

mod all;
mod exposition;
mod process;
mod table;

use std::time::Duration;

use metrics::{Label, SharedString};

pub use self::all::*;
pub use self::exposition::render;
pub(crate) use self::exposition::{install, upkeep};
pub use self::table::markdown_table;

/// A number that the service tells, by its labels.
#[derive(Debug, PartialEq)]
pub struct Metric {
    /// Its whole name, as Prometheus sees it.
    pub name: &'static str,
    /// How it moves.
    pub kind: Kind,
    /// The names of its labels.
    pub labels: &'static [&'static str],
    /// What it is, in a sentence for people.
    pub help: &'static str,
}

/// How a metric moves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    /// It only grows, until the process ends.
    Counter,
    /// It goes up and down.
    Gauge,
    /// How often something took how many seconds, up to these bounds.
    Histogram(&'static [f64]),
}

impl Metric {
    const fn counter(
        name: &'static str,
        labels: &'static [&'static str],
        help: &'static str,
    ) -> Self {
        Self { name, kind: Kind::Counter, labels, help }
    }

    const fn gauge(
        name: &'static str,
        labels: &'static [&'static str],
        help: &'static str,
    ) -> Self {
        Self { name, kind: Kind::Gauge, labels, help }
    }

    const fn histogram(
        name: &'static str,
        bounds: &'static [f64],
        labels: &'static [&'static str],
        help: &'static str,
    ) -> Self {
        Self { name, kind: Kind::Histogram(bounds), labels, help }
    }

    /// One more of a counter; a value for each label, in their order.
    pub fn count<const N: usize>(&self, values: [impl Into<SharedString>; N]) {
        self.add(1, values);
    }

    /// That many more of a counter.
    pub fn add<const N: usize>(&self, more: u64, values: [impl Into<SharedString>; N]) {
        debug_assert_eq!(self.kind, Kind::Counter, "{}", self.name);
        metrics::counter!(self.name, self.labelled(values)).increment(more);
    }

    /// Sets a gauge.
    #[allow(clippy::cast_precision_loss, reason = "no count here is near 2^52")]
    pub fn set<const N: usize>(&self, value: i64, values: [impl Into<SharedString>; N]) {
        self.put(value as f64, values);
    }

    /// Sets a gauge that has fractions.
    pub fn put<const N: usize>(&self, value: f64, values: [impl Into<SharedString>; N]) {
        debug_assert_eq!(self.kind, Kind::Gauge, "{}", self.name);
        metrics::gauge!(self.name, self.labelled(values)).set(value);
    }

    /// Notes how long something took.
    pub fn observe<const N: usize>(&self, took: Duration, values: [impl Into<SharedString>; N]) {
        debug_assert!(matches!(self.kind, Kind::Histogram(_)), "{}", self.name);
        metrics::histogram!(self.name, self.labelled(values)).record(took);
    }

    fn labelled<const N: usize>(&self, values: [impl Into<SharedString>; N]) -> Vec<Label> {
        debug_assert_eq!(self.labels.len(), N, "{}", self.name);
        self.labels.iter().zip(values).map(|(name, value)| Label::new(*name, value)).collect()
    }
}

/// For metrics without labels.
pub const NO_LABELS: [&str; 0] = [];
