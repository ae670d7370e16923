//! What is measured of a review.

use std::time::{Duration, Instant};

use tracing::Instrument;

use crate::analysis::{Analysis, Finding};
use crate::review::History;
use crate::telemetry::metrics::{ANALYSED_FILES, FINDINGS, NO_LABELS, STEP_SECONDS, SUPPRESSED};

/// How long the steps of a review took, in the order in which they began.
pub(super) type StepTimes = Vec<(&'static str, Duration)>;

/// Does a step, or a part of one, in a span of its own.
pub(super) async fn timed<T>(
    timings: &mut StepTimes,
    step: &'static str,
    work: impl Future<Output = T>,
) -> T {
    let start = Instant::now();
    let done = work.instrument(tracing::info_span!("step", step)).await;
    STEP_SECONDS.observe(start.elapsed(), [step]);
    match timings.iter_mut().find(|(known, _)| *known == step) {
        Some((_, time)) => *time += start.elapsed(),
        None => timings.push((step, start.elapsed())),
    }
    done
}

/// Counts what an analysis found that was not known before.
pub(super) fn count(analysis: &Analysis, history: &History) {
    let new = |finding: &&Finding| !history.previous.contains(&finding.fingerprint);
    for finding in analysis.findings.iter().filter(new) {
        FINDINGS.count([finding.rule.code, finding.severity.as_str()]);
    }
    SUPPRESSED.add(analysis.suppressed.len() as u64, NO_LABELS);
    ANALYSED_FILES.add(analysis.files_analysed as u64, ["analysed"]);
    ANALYSED_FILES.add(analysis.skipped.len() as u64, ["skipped"]);
}
