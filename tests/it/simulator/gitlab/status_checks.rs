//! External status checks, by hand.

use asyncwarden::forge::simulator::Level;
use asyncwarden::forge::simulator::gitlab::ExternalCheck;
use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};

use super::GitLab;

const CHECKS: &str = "/merge_requests/1/status_checks";

impl GitLab {
    async fn with_check() -> (Self, String) {
        let gitlab = GitLab::start().await;
        let mut state = gitlab.simulator.state();
        let check = ExternalCheck {
            id: 11,
            repository: gitlab.repository,
            name: "Review".to_owned(),
            external_url: "https://warden.example.com/hook?key=1".to_owned(),
            shared_secret: Some("s".to_owned()),
        };
        state.gitlab.external_checks.push(check);
        let head = state.change(gitlab.repository, 1).unwrap().head().to_owned();
        drop(state);
        (gitlab, head)
    }

    async fn answer_check(&self, check: i64, sha: &str, status: &str) -> u16 {
        let body = json!({ "external_status_check_id": check, "sha": sha, "status": status });
        self.post("/merge_requests/1/status_check_responses", body).await.0
    }
}

#[tokio::test]
async fn a_check_waits_for_two_minutes_and_takes_what_it_is_told_of_the_head() {
    let (gitlab, head) = GitLab::with_check().await;
    let status = async || gitlab.get(CHECKS).await[0]["status"].clone();
    assert_eq!(
        gitlab.get(CHECKS).await,
        json!([{ "id": 11, "name": "Review", "external_url": "https://warden.example.com/hook", "status": "pending" }])
    );
    gitlab.simulator.state().clock_offset += TimeDelta::minutes(3);
    assert_eq!(status().await, "failed");
    assert_eq!(gitlab.answer_check(11, &head, "passed").await, 201);
    assert_eq!(status().await, "passed");
    for (check, sha, word, answer) in [
        (11, "0".repeat(40), "failed", 409),
        (12, head.clone(), "failed", 404),
        (11, head.clone(), "fine", 400),
    ] {
        assert_eq!(gitlab.answer_check(check, &sha, word).await, answer, "{check} {sha} {word}");
    }
    gitlab.simulator.state().gitlab.version = "16.4.1".to_owned();
    assert_eq!(gitlab.answer_check(11, &head, "pending").await, 400);
    gitlab.server.stop().await;
}

#[tokio::test]
async fn checks_need_a_licence_and_a_developer() {
    let (gitlab, head) = GitLab::with_check().await;
    gitlab.simulator.state().gitlab.bot_level = Some(Level::Read);
    assert_eq!(gitlab.call(Method::GET, CHECKS, Value::Null).await.0, 403);
    assert_eq!(gitlab.answer_check(11, &head, "passed").await, 403);
    gitlab.simulator.state().gitlab.ultimate = false;
    assert_eq!(gitlab.call(Method::GET, CHECKS, Value::Null).await.0, 401);
    gitlab.server.stop().await;
}
