//! The analysis of a review: off the event loop, in bounded time, again with what it asked for in vain.

use std::sync::Arc;
use std::time::Instant;

use tokio::sync::OwnedSemaphorePermit;

use super::Worker;
use super::context::{Known, Reader};
use super::error::JobError;
use super::material::Material;
use super::measure::{StepTimes, timed};
use super::patience::{Patience, Time};
use super::wanted::Wanted;
use super::worker::Analyser;
use crate::analysis::{Analysis, Request};
use crate::python::index::Contents;
use crate::telemetry::metrics::{ANALYSIS_SECONDS, NO_LABELS};

/// How often an analysis is run at most, each time with more of the repository at hand.
const ROUNDS: usize = 5;

impl Worker {
    /// Analyses with what is at hand, fetches what was asked for in vain, and analyses again, for a few rounds. `None` when
    /// the result isn't wanted any more.
    pub(super) async fn analyse(
        &self,
        wanted: &mut Wanted<'_>,
        mut material: Arc<Material>,
        mut place: OwnedSemaphorePermit,
        known: &Known,
        timings: &mut StepTimes,
    ) -> Result<Option<(Arc<Material>, Analysis)>, JobError> {
        let changed = material.change.files.iter().map(|file| file.path.clone()).collect();
        let contents = material.contents.clone();
        let (forge, revision) = (&*wanted.platform.forge, wanted.revision);
        let mut reader = Reader::new(forge, revision, contents, changed, self.contexts.limits);
        let patience = Patience::new(self.timings.analysis);
        let mut analysis;
        let mut round = 0;
        loop {
            if !wanted.still().await? {
                return Ok(None);
            }
            let (known, time) = (known.contents.clone(), patience.time());
            let analysing = analyse_elsewhere(self.analyser, material.clone(), known, time, place);
            (analysis, place) = timed(timings, "analyse", analysing).await?;
            round += 1;
            if round == ROUNDS
                || patience.is_over()
                || !timed(timings, "fetch", reader.fetch()).await
            {
                break;
            }
        }
        // The analyses are over and gave their copies back.
        if let Some(material) = Arc::get_mut(&mut material) {
            // What there was no time for is not gone.
            material.context_lost |= patience.is_over();
            if let Some((note, lost)) = reader.note() {
                material.omissions.push(note);
                material.context_lost |= lost;
            }
        }
        Ok(Some((material, analysis)))
    }
}

/// Analyses on a thread of its own; a crash there is an error here. The place is given back when it is over, which is soon
/// when nobody waits any more.
async fn analyse_elsewhere(
    analyser: Analyser,
    material: Arc<Material>,
    known: Arc<Contents>,
    time: Arc<Time>,
    place: OwnedSemaphorePermit,
) -> Result<(Analysis, OwnedSemaphorePermit), JobError> {
    let span = tracing::Span::current();
    let analysing = tokio::task::spawn_blocking(move || {
        let _entered = span.enter();
        let begun = Instant::now();
        let Material { base, head, change, policy, .. } = &*material;
        let (known, go_on) = (Some(&known), || time.goes_on());
        let request = Request { base, head, change, policy, known, go_on: Some(&go_on) };
        let analysis = analyser(&request);
        ANALYSIS_SECONDS.observe(begun.elapsed(), NO_LABELS);
        (analysis, place)
    });
    analysing.await.map_err(|_| JobError::Crashed)
}
