//! What processes take over time, and whether it stays flat.

use std::fmt::Write as _;
use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use tokio::time::Instant;

use super::super::fleet::Fleet;
use super::numbers::{Line, shown};
use super::process::Taken;
use super::soak_trouble::until;
use super::watch::{Queue, Watch};

/// How much of the time counts as warm-up, in which memory fills.
const WARM_UP: f64 = 0.25;
/// By how much of its mean something may grow in an hour and still be flat.
const FLAT: f64 = 0.05;

pub struct Samples<'a> {
    fleet: &'a Fleet,
    watch: &'a Watch,
    csv: Option<File>,
    all: Vec<Sample>,
}

struct Sample {
    /// Seconds since the start.
    at: f64,
    /// By each process; `None` of one that is just being replaced.
    taken: Vec<Option<Taken>>,
    queue: Option<Queue>,
    age: Duration,
    connections: Option<i64>,
}

impl<'a> Samples<'a> {
    pub fn new(fleet: &'a Fleet, watch: &'a Watch, csv: Option<&Path>) -> Self {
        let csv = csv.map(|path| File::create(path).unwrap());
        Self { fleet, watch, csv, all: Vec::new() }
    }

    pub async fn take(&mut self, every: Duration, end: Instant) {
        let begun = Instant::now();
        let mut next = begun;
        while until(next, end).await {
            let mut taken = Vec::new();
            for number in 0..self.fleet.len() {
                taken.push(self.fleet.process_if_there(number).and_then(Taken::by));
            }
            let queue = self.watch.queue().await;
            let age = queue.map(|queue| queue.age()).unwrap_or_default();
            let connections = self.watch.connections().await;
            let at = begun.elapsed().as_secs_f64();
            let sample = Sample { at, taken, queue, age, connections };
            if let Some(csv) = &mut self.csv {
                writeln!(csv, "{}", sample.line()).unwrap();
            }
            self.all.push(sample);
            next += every;
        }
    }

    /// A row for each quarter of the time, of the first process and the queue.
    pub fn table(&self) -> String {
        let mut table = "| until | RSS, mean | RSS, max | allocated, mean | descriptors, mean | max | threads | sockets, mean | queued, max | oldest waited, max | connections to PostgreSQL, max |\n|---|---|---|---|---|---|---|---|---|---|---|\n".to_owned();
        let last = self.all.last().map_or(0.0, |sample| sample.at);
        for quarter in 0..4 {
            let bounds = last * f64::from(quarter) / 4.0..=last * f64::from(quarter + 1) / 4.0;
            let of: Vec<&Sample> = self.all.iter().filter(|it| bounds.contains(&it.at)).collect();
            let taken: Vec<Taken> = of.iter().filter_map(|sample| sample.taken[0]).collect();
            let mean =
                |of: fn(&Taken) -> f64| taken.iter().map(of).sum::<f64>() / taken.len() as f64;
            let max = |of: fn(&Taken) -> f64| taken.iter().map(of).fold(0.0, f64::max);
            let queued = of.iter().filter_map(|it| it.queue).map(|queue| queue.queued).max();
            let age = of.iter().map(|sample| sample.age).max().unwrap_or_default();
            let connections = of.iter().filter_map(|sample| sample.connections).max();
            let _ = writeln!(
                table,
                "| {:.0} min | {:.1} MiB | {:.1} MiB | {:.1} MiB | {:.1} | {:.0} | {:.0} | {:.1} | {} | {} | {} |",
                bounds.end() / 60.0,
                mean(|taken| taken.resident),
                max(|taken| taken.resident),
                mean(|taken| taken.anonymous),
                mean(|taken| taken.descriptors as f64),
                max(|taken| taken.descriptors as f64),
                max(|taken| f64::from(taken.threads)),
                mean(|taken| taken.sockets as f64),
                queued.unwrap_or_default(),
                shown(age),
                connections.map_or("–".to_owned(), |some| some.to_string()),
            );
        }
        table
    }

    /// Whether memory and descriptors of the first process stay flat after the warm-up.
    pub fn verdict(&self) -> String {
        let memory = self.slope("RSS", "MiB", 1.0, |taken| taken.resident);
        let allocated = self.slope("allocated memory", "MiB", 1.0, |taken| taken.anonymous);
        let descriptors = self.slope("descriptors", "", 1.0, |taken| taken.descriptors as f64);
        format!("{memory}\n{allocated}\n{descriptors}")
    }

    fn slope(&self, name: &str, unit: &str, least: f64, of: fn(&Taken) -> f64) -> String {
        let last = self.all.last().map_or(0.0, |sample| sample.at);
        let warm = self.all.iter().filter(|sample| sample.at >= last * WARM_UP);
        let points: Vec<(f64, f64)> = warm
            .filter_map(|sample| Some((sample.at / 3600.0, of(sample.taken[0].as_ref()?))))
            .collect();
        let Some(line) = Line::through(&points) else { return format!("{name}: too few samples") };
        let allowed = (line.mean * FLAT).max(least);
        let word = if line.slope <= allowed { "flat" } else { "NOT FLAT" };
        format!(
            "{name}: {word}: {:+.2} ± {:.2} {unit} in an hour around a mean of {:.1} {unit}, of {} samples after the warm-up; up to {allowed:.1} counts as flat",
            line.slope,
            line.error,
            line.mean,
            points.len()
        )
    }
}

impl Sample {
    fn line(&self) -> String {
        let mut line = format!("{:.0}", self.at);
        let queue = self.queue.unwrap_or_default();
        let connections = self.connections.unwrap_or_default();
        let age = self.age.as_secs_f64();
        let _ = write!(
            line,
            ",{},{},{},{age:.1},{connections}",
            queue.queued, queue.running, queue.dead
        );
        for taken in &self.taken {
            let taken = taken.unwrap_or_default();
            let _ = write!(
                line,
                ",{:.2},{:.2},{},{},{},{:.1}",
                taken.resident,
                taken.anonymous,
                taken.threads,
                taken.descriptors,
                taken.sockets,
                taken.cpu
            );
        }
        line
    }
}
