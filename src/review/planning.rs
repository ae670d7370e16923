//! From an analysis and what stands already to what to do.

use super::{Gate, Input, Plan};

/// What to post, keep, resolve and say. Safe to repeat: a plan that was carried out, wholly or in part, leads to a plan
/// that does only the rest.
pub fn plan(input: &Input<'_>) -> Plan {
    let details_url = input.public_url.map(|url| format!("{url}{}", input.review_path));
    Plan {
        post: Vec::new(),
        keep: Vec::new(),
        resolve: Vec::new(),
        summary: None,
        gate: Gate::skipped("No Python files changed", details_url),
    }
}
