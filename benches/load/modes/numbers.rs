//! Percentiles and slopes.

use std::time::Duration;

/// Durations in their order.
pub struct Sorted(Vec<Duration>);

impl Sorted {
    pub fn of(mut all: Vec<Duration>) -> Self {
        all.sort_unstable();
        Self(all)
    }

    /// What so many hundredths don't exceed; zero of none.
    pub fn percentile(&self, hundredths: f64) -> Duration {
        let last = self.0.len().saturating_sub(1);
        let at = (last as f64 * hundredths / 100.0).round() as usize;
        self.0.get(at).copied().unwrap_or_default()
    }
}

/// Milliseconds or seconds, as is readable.
pub fn shown(time: Duration) -> String {
    match time.as_secs_f64() {
        seconds if seconds < 1.0 => format!("{:.0} ms", seconds * 1e3),
        seconds if seconds < 100.0 => format!("{seconds:.1} s"),
        seconds => format!("{seconds:.0} s"),
    }
}

/// A straight line through points: its slope, the slope's standard error, and the mean of the values.
#[derive(Debug, Clone, Copy)]
pub struct Line {
    pub slope: f64,
    pub error: f64,
    pub mean: f64,
}

impl Line {
    /// By least squares; `None` of fewer than three points.
    pub fn through(points: &[(f64, f64)]) -> Option<Self> {
        let count = points.len() as f64;
        if points.len() < 3 {
            return None;
        }
        let mean_of = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / count;
        let (at, mean) = (mean_of(|point| point.0), mean_of(|point| point.1));
        let spread: f64 = points.iter().map(|(x, _)| (x - at).powi(2)).sum();
        let together: f64 = points.iter().map(|(x, y)| (x - at) * (y - mean)).sum();
        let slope = together / spread;
        let beside = |(x, y): &(f64, f64)| (y - mean - slope * (x - at)).powi(2);
        let residual: f64 = points.iter().map(beside).sum();
        Some(Self { slope, error: (residual / (count - 2.0) / spread).sqrt(), mean })
    }
}
