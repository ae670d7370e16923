//! What the platform is asked, counted and then forgotten: an hour of answers would fill the memory.

use std::collections::BTreeMap;

use super::scene::Scene;

/// Requests by outcome.
#[derive(Default)]
pub struct Tally {
    pub requests: usize,
    pub writes: usize,
    pub failed: usize,
    kinds: BTreeMap<String, usize>,
}

impl Tally {
    /// Counts what was asked since the last time.
    pub fn take(&mut self, scene: &Scene) {
        let requests = std::mem::take(&mut scene.simulator.state().requests);
        for request in &requests {
            self.requests += 1;
            let is_query = request.method == "GET" || request.body.contains("\"query");
            self.writes += usize::from(!is_query);
            self.failed += usize::from(request.status == 0 || request.status >= 400);
            let kind = format!("{} {}", request.method, shape(&request.path));
            *self.kinds.entry(kind).or_default() += 1;
        }
    }

    /// The kinds of requests, what is most frequent first.
    pub fn kinds(&self) -> Vec<(&str, usize)> {
        let mut kinds: Vec<_> = self.kinds.iter().map(|(kind, count)| (&**kind, *count)).collect();
        kinds.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        kinds
    }
}

/// The path without what differs from one change request to the next.
fn shape(path: &str) -> String {
    let is_plain = |part: &str| {
        matches!(part, "v3" | "v4") || !part.contains(|c: char| c.is_ascii_digit() || c == '%')
    };
    let parts = path.split('/').map(|part| if is_plain(part) { part } else { "*" });
    parts.collect::<Vec<_>>().join("/")
}
