//! What GitHub could not deliver: it tries once, and sends again only when somebody asks.

use std::collections::BTreeMap;
use std::sync::Once;

use chrono::{DateTime, TimeDelta, Utc};
use http::Method;

use super::http::Call;
use super::wire::AttemptWire;
use super::{GitHub, parse};
use crate::forge::ForgeError;
use crate::forge::call::{Repeatable, Write};

const LIST: &str = "list deliveries";
/// Most pages of a hundred attempts that are read.
const PAGES: usize = 20;
/// Most deliveries that are asked for in one go.
const MOST: usize = 100;
/// An attempt that is younger may not be the last one on its way.
const YOUNG: TimeDelta = TimeDelta::minutes(1);

impl GitHub {
    /// Asks for what no attempt since then brought to us. Returns for how many deliveries.
    pub(super) async fn ask_for_failed(&self, since: DateTime<Utc>) -> Result<usize, ForgeError> {
        let (attempts, now) = self.attempts(since).await?;
        let mut asked = 0;
        for id in failed(&attempts, now) {
            asked += usize::from(self.ask_for(id).await?);
        }
        if asked > 0 {
            tracing::info!(deliveries = asked, "asked for what could not be delivered");
        }
        Ok(asked)
    }

    /// The attempts since then, as far as they are listed, and what time it is there.
    pub(super) async fn attempts(
        &self,
        since: DateTime<Utc>,
    ) -> Result<(Vec<AttemptWire>, DateTime<Utc>), ForgeError> {
        let mut found = Vec::new();
        let mut now = Utc::now();
        let mut next = Some(self.transport.url("/app/hook/deliveries?per_page=100"));
        for _ in 0..PAGES {
            let Some(url) = next.take() else { break };
            let answer = match self.app_call(LIST, Repeatable::Yes, Call::get(url)).await {
                // An older server, or a hook that is not the App's.
                Err(ForgeError::Status { status: 403 | 404, message, .. }) => {
                    static SAID: Once = Once::new();
                    SAID.call_once(|| tracing::debug!(message, "no deliveries are listed"));
                    break;
                }
                answer => answer?,
            };
            now = answer.date();
            let page: Vec<AttemptWire> = parse(LIST, &answer)?;
            let listed = page.len();
            let young = page.into_iter().filter(|attempt| attempt.delivered_at >= since);
            let before = found.len();
            found.extend(young);
            // The newest come first: what follows an older one is older, too.
            let all = listed > 0 && found.len() - before == listed;
            next = self.transport.next_page(&answer).filter(|_| all);
        }
        Ok((found, now))
    }

    /// Asks for one attempt more. `false` when GitHub doesn't have the delivery any more.
    async fn ask_for(&self, id: i64) -> Result<bool, ForgeError> {
        let url = self.transport.url(&format!("/app/hook/deliveries/{id}/attempts"));
        let call = Call::new(Method::POST, url);
        let asking = self.app_call("deliver again", Repeatable::No, call);
        match self.app.in_turn("deliver again", Write::Changes, asking).await {
            Ok(_) => Ok(true),
            Err(ForgeError::Status { status: 404 | 410 | 422, message, .. }) => {
                tracing::debug!(delivery.id = id, message, "it is not delivered again");
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }
}

/// The deliveries to ask for, oldest first: the newest attempt of each.
///
/// One that fails again and again is asked for after waits that double, and no more once its first attempt is too long ago
/// to be listed.
fn failed(attempts: &[AttemptWire], now: DateTime<Utc>) -> Vec<i64> {
    let mut deliveries: BTreeMap<&str, Vec<&AttemptWire>> = BTreeMap::new();
    for attempt in attempts.iter().filter(|it| heeds(&it.event, it.action.as_deref())) {
        deliveries.entry(&attempt.guid).or_default().push(attempt);
    }
    let ends = deliveries.into_values().filter_map(|mut attempts| {
        attempts.sort_by_key(|attempt| (attempt.delivered_at, attempt.id));
        let (first, last) = (*attempts.first()?, *attempts.last()?);
        let arrived = attempts.iter().any(|attempt| (200..300).contains(&attempt.status_code));
        let wait = (last.delivered_at - first.delivered_at).max(YOUNG);
        let due = !arrived && !first.redelivery && now - last.delivered_at >= wait;
        due.then_some((first.delivered_at, last.id))
    });
    let mut due: Vec<_> = ends.collect();
    due.sort_unstable();
    due.truncate(MOST);
    due.into_iter().map(|(_, id)| id).collect()
}

/// Whether the service does something for an event; of the others it needs none that was lost.
pub fn heeds(event: &str, action: Option<&str>) -> bool {
    let actions: &[&str] = match event {
        "pull_request" => &[
            "opened",
            "reopened",
            "synchronize",
            "ready_for_review",
            "converted_to_draft",
            "edited",
            "closed",
        ],
        "check_run" => &["rerequested", "requested_action"],
        "check_suite" => &["rerequested"],
        "issue_comment" | "pull_request_review_comment" => &["created"],
        "merge_group" => &["checks_requested", "destroyed"],
        "pull_request_review_thread" => &["resolved", "unresolved"],
        "repository" => &[
            "renamed",
            "transferred",
            "deleted",
            "archived",
            "unarchived",
            "privatized",
            "publicized",
        ],
        "installation_target" => &["renamed"],
        "github_app_authorization" => &["revoked"],
        "installation" => {
            &["created", "deleted", "suspend", "unsuspend", "new_permissions_accepted"]
        }
        "installation_repositories" => &["added", "removed"],
        _ => &[],
    };
    action.is_some_and(|action| actions.contains(&action))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Attempts of deliveries that are named by the guid: (guid, minutes ago, whether it was asked for, status).
    fn attempts(all: &[(&str, i64, bool, i64)], now: DateTime<Utc>) -> Vec<AttemptWire> {
        let attempt =
            |(id, (guid, ago, redelivery, status_code)): (usize, &(&str, i64, bool, i64))| {
                AttemptWire {
                    id: id as i64,
                    guid: (*guid).to_owned(),
                    delivered_at: now - TimeDelta::minutes(*ago),
                    redelivery: *redelivery,
                    status_code: *status_code,
                    event: "pull_request".to_owned(),
                    action: Some("opened".to_owned()),
                }
            };
        all.iter().enumerate().map(attempt).collect()
    }

    #[test]
    fn what_did_not_arrive_is_asked_for_after_waits_that_double() {
        let now = Utc::now();
        for (all, due) in [
            (
                &[("a", 2, false, 503), ("b", 9, false, 0), ("c", 5, false, 200)][..],
                &[1_i64, 0][..],
            ),
            (&[("a", 0, false, 503)], &[]),
            // The answer of any attempt counts, in whatever order they are listed.
            (&[("a", 30, false, 202), ("a", 10, true, 503)], &[]),
            (&[("a", 10, true, 202), ("a", 30, false, 503)], &[]),
            (&[("a", 20, false, 503), ("a", 10, true, 503)], &[1]),
            (&[("a", 10, true, 503), ("a", 20, false, 503)], &[0]),
            (&[("a", 20, false, 503), ("a", 9, true, 503)], &[]),
            (&[("a", 60, false, 400), ("a", 50, true, 400), ("a", 25, true, 400)], &[]),
            (&[("a", 60, false, 400), ("a", 50, true, 400), ("a", 30, true, 400)], &[2]),
            // The first attempt was too long ago.
            (&[("a", 20, true, 503)], &[]),
        ] {
            assert_eq!(failed(&attempts(all, now), now), due, "{all:?}");
        }
    }

    #[test]
    fn what_nothing_is_done_for_is_not_asked_for() {
        let now = Utc::now();
        let mut all =
            attempts(&[("a", 5, false, 503), ("b", 5, false, 503), ("c", 5, false, 0)], now);
        all[0].action = Some("labeled".to_owned());
        all[2].event = "star".to_owned();
        assert_eq!(failed(&all, now), [1]);
    }
}
