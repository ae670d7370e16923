//! The platform fails, loses answers, refuses: nothing stands twice, and the gate always ends.

use asyncwarden::analysis::{Analysis, Request};
use asyncwarden::forge::ForgeKind;
use asyncwarden::forge::simulator::{Event, Fault, NewChange};
use asyncwarden::store::jobs;

use super::world::{BLOCKING, CLEAN, World, diff_path, everywhere};

/// Writes of each platform, as method and path.
fn writes(forge: ForgeKind) -> &'static [(&'static str, &'static str)] {
    match forge {
        ForgeKind::GitHub => &[
            ("POST", "/repos/*/check-runs"),
            ("PATCH", "/repos/*/check-runs/*"),
            ("POST", "/repos/*/pulls/*/reviews"),
            ("POST", "/repos/*/issues/*/comments"),
        ],
        ForgeKind::GitLab => &[
            ("POST", "*/statuses/*"),
            ("POST", "*/merge_requests/*/discussions"),
            ("POST", "*/merge_requests/*/notes"),
        ],
    }
}

#[tokio::test]
async fn lost_answers_and_bad_gateways_double_nothing() {
    let faults = [Fault::BadGateway, Fault::BadGatewayAfter, Fault::ResetAfter, Fault::Truncated];
    for fault in faults {
        everywhere(async |mut world: World| {
            for (method, path) in writes(world.forge) {
                world.simulator.state().faults.next(method, path, fault.clone());
            }
            world.open(&[("app.py", BLOCKING)]).await;
            assert_eq!(world.threads().len(), 1, "{fault:?}");
            assert_eq!(world.summaries(), 1, "{fault:?}");
            assert_eq!(world.standing_gates(), (1, 1), "{fault:?}");
            world.end().await;
        })
        .await;
    }
}

#[tokio::test]
async fn a_gate_that_ended_unheard_is_not_opened_again() {
    everywhere(async |mut world: World| {
        {
            // That it runs is answered; the end is acted on, but no try hears of it.
            let faults = &mut world.simulator.state().faults;
            match world.forge {
                ForgeKind::GitHub => {
                    faults.plan("PATCH", "/repos/*/check-runs/*", 0, 4, Fault::BadGatewayAfter);
                }
                ForgeKind::GitLab => {
                    faults.plan("POST", "*/statuses/*", 1, 1, Fault::BadGatewayAfter);
                }
            }
        }
        world.push(&[("app.py", CLEAN)]);
        world.announce(NewChange::from_branch("feature", "Poll")).await;
        // GitLab tells with the refusal to set the same again that it was set.
        let attempts = if world.forge == ForgeKind::GitHub { 2 } else { 1 };
        assert_eq!(world.work().await, attempts);
        assert_eq!(world.gates().iter().filter(|gate| *gate == "running").count(), 1);
        assert_eq!(world.standing_gates(), (1, 1));
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn a_platform_that_keeps_failing_ends_in_a_gate_that_says_so() {
    everywhere(async |mut world: World| {
        for path in [diff_path(world.forge), "*/merge_requests/*/diffs"] {
            world.simulator.state().faults.plan("GET", path, 0, 100_000, Fault::BadGateway);
        }
        world.open(&[("app.py", BLOCKING)]).await;
        let (all, ended) = world.standing_gates();
        assert!(all > 0 && all == ended, "{all} gates, {ended} ended");
        assert_eq!(world.gates().last().map(String::as_str), Some(neutral(world.forge)));
        assert_eq!(world.threads().len(), 0);
        let mut tx = world.service.store.read().await.unwrap();
        assert_eq!(jobs::depth(&mut tx).await.unwrap().dead, 1);
        drop(tx);
        // It recovers, and somebody asks again.
        world.simulator.state().faults.clear();
        world.deliver(&Event::Reopened).await;
        assert_eq!((world.threads().len(), world.summaries()), (1, 1));
        assert_eq!(world.open_gates(), 0);
        world.end().await;
    })
    .await;
}

/// What a gate without a verdict is there: GitLab has no neutral one.
fn neutral(forge: ForgeKind) -> &'static str {
    match forge {
        ForgeKind::GitHub => "neutral",
        ForgeKind::GitLab => "passed",
    }
}

#[tokio::test]
async fn refused_comments_leave_the_verdict_as_it_is() {
    everywhere(async |mut world: World| {
        let path = match world.forge {
            ForgeKind::GitHub => "/repos/*/issues/*/comments",
            ForgeKind::GitLab => "*/merge_requests/*/notes",
        };
        let forbidden = Fault::Status(403, serde_json::json!({ "message": "403 Forbidden" }));
        world.simulator.state().faults.plan("POST", path, 0, 1000, forbidden);
        world.open(&[("app.py", BLOCKING)]).await;
        assert_eq!((world.threads().len(), world.summaries()), (1, 0));
        assert_eq!(world.gates().last().unwrap(), "failed");
        world.simulator.state().faults.clear();
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn a_limit_puts_the_job_off_for_as_long_as_it_says() {
    everywhere(async |mut world: World| {
        let path = match world.forge {
            ForgeKind::GitHub => "/repos/*/pulls/*",
            ForgeKind::GitLab => "*/merge_requests/*",
        };
        let limit = Fault::TooManyRequests(Some(3600));
        world.simulator.state().faults.next("GET", path, limit);
        world.push(&[("app.py", BLOCKING)]);
        world.announce(NewChange::from_branch("feature", "Poll")).await;
        assert_eq!(world.work().await, 1);
        assert_eq!(world.work().await, 0, "it waits");
        let mut tx = world.service.store.read().await.unwrap();
        let due = jobs::next_due(&mut tx).await.unwrap().unwrap();
        let wait = due - chrono::Utc::now();
        assert!((3500..=3600).contains(&wait.num_seconds()), "{wait}");
        drop(tx);
        world.end().await;
    })
    .await;
}

fn crash(_: &Request<'_>) -> Analysis {
    panic!("a rule crashed, as this test wants it to")
}

#[tokio::test]
async fn a_crash_of_the_analysis_ends_the_gate() {
    everywhere(async |mut world: World| {
        world.service.worker.analyser = crash;
        world.open(&[("app.py", BLOCKING)]).await;
        assert_eq!(world.standing_gates(), (1, 1));
        assert_eq!(world.gates().last().map(String::as_str), Some(neutral(world.forge)));
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn a_review_that_takes_too_long_ends_the_gate() {
    everywhere(async |mut world: World| {
        let path = diff_path(world.forge);
        let slow = Fault::Slow(std::time::Duration::from_secs(600));
        world.simulator.state().faults.next("GET", path, slow);
        world.service.worker.timings.deadline = std::time::Duration::from_secs(4);
        world.open(&[("app.py", BLOCKING)]).await;
        assert_eq!(world.standing_gates(), (1, 1));
        world.end().await;
    })
    .await;
}
