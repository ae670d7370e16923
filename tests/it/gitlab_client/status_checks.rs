//! External status checks that wait for the gate's end.

use asyncwarden::forge::simulator::gitlab::ExternalCheck;
use asyncwarden::forge::simulator::{BOT_LOGIN, BOT_TOKEN, Fault, Level};
use asyncwarden::forge::{Forge, ForgeError};
use asyncwarden::review::{Conclusion, GateState};

use super::{World, a_gate, client_with};

const HOOK: &str = "https://warden.example.com/webhooks/gitlab";
const PASSED: GateState = GateState::Completed(Conclusion::Passed);
const FAILED: GateState = GateState::Completed(Conclusion::Failed);

impl World {
    /// With three checks, of which two wait for us.
    async fn with_checks() -> Self {
        let mut world = World::start().await;
        world.client = client_with(world.server.url(), BOT_TOKEN, |config| {
            config.webhook_url = Some(HOOK.to_owned());
        });
        {
            let mut state = world.simulator.state();
            let check = |id: i64, name: &str, external_url: &str| ExternalCheck {
                id,
                repository: world.repository,
                name: name.to_owned(),
                external_url: external_url.to_owned(),
                shared_secret: None,
            };
            let checks = vec![
                check(11, "Review", "https://warden.example.com/webhooks/gitlab/?project=1"),
                check(12, "AsyncWarden", "https://elsewhere.example.com/"),
                check(13, "Licences", "https://elsewhere.example.com/"),
            ];
            state.gitlab.external_checks = checks;
        }
        world
    }

    /// What the checks were told.
    fn answers(&self) -> Vec<(i64, String)> {
        let state = self.simulator.state();
        state.gitlab.check_answers.iter().map(|it| (it.check, it.status.clone())).collect()
    }
}

fn told(status: &str) -> Vec<(i64, String)> {
    vec![(11, status.to_owned()), (12, status.to_owned())]
}

#[tokio::test]
async fn checks_that_wait_for_us_are_told_the_end_once() {
    let world = World::with_checks().await;
    let revision = world.revision().await;
    let handle = world.gate(&revision, None, GateState::Running).await;
    assert_eq!((world.answers(), world.asked("GET", "/status_checks")), (Vec::new(), 0));
    world.gate(&revision, Some(&handle), FAILED).await;
    assert_eq!(world.answers(), told("failed"));
    for _ in 0..2 {
        world.gate(&revision, Some(&handle), PASSED).await;
        assert_eq!(world.answers()[2..], told("passed"));
    }
    world.end().await;
}

#[tokio::test]
async fn a_project_without_checks_is_not_asked_each_time() {
    let world = World::with_checks().await;
    world.simulator.state().gitlab.ultimate = false;
    let revision = world.revision().await;
    for _ in 0..2 {
        world.gate(&revision, None, PASSED).await;
    }
    assert_eq!((world.answers().len(), world.asked("GET", "/status_checks")), (0, 1));
    assert_eq!(world.statuses()[0].1, "success");
    world.end().await;
}

#[tokio::test]
async fn a_token_that_may_not_answer_checks_sets_the_status() {
    let world = World::with_checks().await;
    {
        let mut state = world.simulator.state();
        state.gitlab.bot_level = None;
        state.grant(BOT_LOGIN, world.repository, Level::Write);
    }
    let revision = world.revision().await;
    world.fault("POST", "*/status_check_responses", Fault::unauthorized());
    world.gate(&revision, None, PASSED).await;
    assert_eq!((world.answers().len(), world.statuses().len()), (0, 1));
    world.end().await;
}

#[tokio::test]
async fn lost_answers_and_a_head_that_moved_fail_no_status() {
    use Fault::{BadGateway, BadGatewayAfter, Page, ResetAfter, ResetBefore, Truncated};
    for fault in [BadGateway, BadGatewayAfter, ResetAfter, ResetBefore, Truncated, Page] {
        let world = World::with_checks().await;
        let revision = world.revision().await;
        world.simulator.state().faults.plan("GET", "*/status_checks", 0, 2, fault.clone());
        world.fault("POST", "*/status_check_responses", fault.clone());
        world.gate(&revision, None, FAILED).await;
        let mut last = world.answers();
        last.sort();
        last.dedup();
        assert_eq!(last, told("failed"), "{fault:?}");
        world.end().await;
    }

    let world = World::with_checks().await;
    let revision = world.revision().await;
    world.simulator.state().push(world.repository, "feature", [("more.py", Some("z = 1\n"))]);
    world.gate(&revision, None, FAILED).await;
    assert_eq!((world.answers().len(), world.statuses()[0].1.as_str()), (0, "failed"));
    world.end().await;
}

#[tokio::test]
async fn a_limit_is_told_since_nothing_else_could_be_sent_either() {
    let world = World::with_checks().await;
    let revision = world.revision().await;
    world.fault("GET", "*/status_checks", Fault::TooManyRequests(Some(60)));
    let set = world.client.set_gate(&revision, "review-1", None, &a_gate(PASSED)).await;
    assert!(matches!(set, Err(ForgeError::RateLimited { .. })), "{set:?}");
    world.end().await;
}
