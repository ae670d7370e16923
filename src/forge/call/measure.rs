//! What is measured of calls.

use std::time::Instant;

use tracing::Instrument;

use super::{Answer, budget};
use crate::forge::ForgeKind;
use crate::telemetry::metrics::{FORGE_CALLS, FORGE_SECONDS, RATE_LIMIT_REMAINING};

/// What came of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Ok,
    /// The platform wants us to wait.
    Limited,
    /// Another status from 400 on.
    Refused,
    /// A status from 500 on.
    Failed,
    NoAnswer,
}

impl Outcome {
    /// The word that it is counted under.
    fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Limited => "limited",
            Self::Refused => "refused",
            Self::Failed => "failed",
            Self::NoAnswer => "no_answer",
        }
    }
}

/// Sends a request in a span of its own, and counts what came of it.
pub(super) async fn measured<T>(
    forge: ForgeKind,
    operation: &'static str,
    send: impl Future<Output = T> + Send,
    outcome: impl FnOnce(&T) -> Outcome,
) -> T {
    let (begun, platform) = (Instant::now(), forge.as_str());
    let span = tracing::info_span!("call", otel.kind = "client", platform, operation);
    let given = send.instrument(span).await;
    FORGE_SECONDS.observe(begun.elapsed(), [platform]);
    FORGE_CALLS.count([platform, operation, outcome(&given).as_str()]);
    given
}

/// Notes what an answer says is left of a rate limit, and of which.
///
/// Source: GitHub REST API, "Rate limits for the REST API".
pub(super) fn note_remaining(forge: ForgeKind, answer: &Answer) {
    let Some(left) = budget::number(answer, "remaining") else { return };
    let resource = match answer.header("x-ratelimit-resource") {
        Some("graphql") => "graphql",
        Some("search") => "search",
        Some("core") | None => "core",
        Some(_) => "other",
    };
    RATE_LIMIT_REMAINING.set(left, [forge.as_str(), resource]);
}
