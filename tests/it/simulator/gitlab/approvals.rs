//! Approvals and what keeps something from being merged, by hand.

use asyncwarden::forge::simulator::gitlab::MergeRules;
use asyncwarden::forge::simulator::{BOT_LOGIN, Level};
use serde_json::{Value, json};

use super::GitLab;

impl GitLab {
    async fn approval(&self, verb: &str, body: Value) -> u16 {
        self.post(&format!("/merge_requests/1/{verb}"), body).await.0
    }

    fn head(&self) -> String {
        self.simulator.state().change(self.repository, 1).unwrap().head().to_owned()
    }

    async fn merge_status(&self, rules: MergeRules) -> Value {
        self.simulator.state().gitlab.merge_rules.insert(self.repository, rules);
        self.get("/merge_requests/1").await["detailed_merge_status"].clone()
    }
}

#[tokio::test]
async fn an_approval_is_given_once_by_who_may_and_of_the_head() {
    let gitlab = GitLab::start().await;
    let sha = json!({ "sha": gitlab.head() });
    assert_eq!(gitlab.approval("unapprove", Value::Null).await, 404);
    assert_eq!(gitlab.approval("approve", json!({ "sha": "0".repeat(40) })).await, 409);
    assert_eq!(gitlab.approval("approve", sha.clone()).await, 201);
    assert_eq!(gitlab.approval("approve", sha.clone()).await, 401, "approved already");
    let approvals = gitlab.get("/merge_requests/1/approvals").await;
    assert_eq!(
        (&approvals["user_has_approved"], &approvals["approved_by"][0]["user"]["username"]),
        (&json!(true), &json!(BOT_LOGIN))
    );
    assert_eq!(gitlab.approval("unapprove", Value::Null).await, 201);
    {
        let mut state = gitlab.simulator.state();
        let rules = MergeRules { others_approve: true, ..MergeRules::default() };
        state.gitlab.merge_rules.insert(gitlab.repository, rules);
        state.change_mut(gitlab.repository, 1).unwrap().author = BOT_LOGIN.to_owned();
    }
    assert_eq!(gitlab.approval("approve", sha.clone()).await, 401, "its own");
    gitlab.simulator.state().gitlab.bot_level = Some(Level::Read);
    assert_eq!(gitlab.approval("approve", sha).await, 403);
    gitlab.server.stop().await;
}

#[tokio::test]
async fn the_merge_status_names_what_is_missing() {
    let gitlab = GitLab::start().await;
    let none = MergeRules::default();
    assert_eq!(gitlab.merge_status(none).await, "mergeable");
    let pipelines = MergeRules { pipelines: true, ..none };
    assert_eq!(gitlab.merge_status(pipelines).await, "ci_must_pass");
    let sha = gitlab.head();
    for (state, status) in
        [("running", "ci_still_running"), ("failed", "ci_must_pass"), ("success", "mergeable")]
    {
        let body = json!({ "state": state, "name": "asyncwarden", "ref": "feature" });
        assert_eq!(gitlab.post(&format!("/statuses/{sha}"), body).await.0, 201);
        assert_eq!(gitlab.merge_status(pipelines).await, status);
    }
    let approvals = MergeRules { approvals: 1, ..pipelines };
    assert_eq!(gitlab.merge_status(approvals).await, "not_approved");
    assert_eq!(gitlab.approval("approve", json!({ "sha": sha })).await, 201);
    assert_eq!(gitlab.merge_status(approvals).await, "mergeable");
    gitlab.server.stop().await;
}
