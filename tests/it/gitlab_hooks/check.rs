//! External status checks: set by the command, and taken by the service.

use super::{SIGNING, Scene, TOKEN};

const WITH_TOKEN: (&str, &str) = ("ASYNCWARDEN_GITLAB_WEBHOOK_TOKEN", TOKEN);
const WITH_SIGNING: (&str, &str) = ("ASYNCWARDEN_GITLAB_SIGNING_TOKEN", SIGNING);

#[tokio::test]
async fn a_check_s_calls_are_taken_beside_signed_ones() {
    let scene = Scene::start(&[WITH_TOKEN, WITH_SIGNING]).await;
    let set = scene.command(&["group/shop", "--status-check"]).await;
    set.did(&["webhook", "created", "external status check"]);
    let checks = scene.simulator.state().gitlab.external_checks.clone();
    assert_eq!(checks[0].shared_secret.as_deref(), Some(TOKEN));
    assert_eq!(scene.announce("group/shop").await, [202, 202]);
    assert_eq!(scene.service.worker.run_until_idle().await.unwrap(), 1);
    scene.command(&["group/shop", "--status-check"]).await.did(&["updated"]);
    assert_eq!(scene.simulator.state().gitlab.external_checks.len(), 1);
    scene.simulator.state().gitlab.external_checks[0].shared_secret = Some("another".to_owned());
    assert_eq!(scene.announce("group/shop").await, [202, 401]);
    scene.command(&["group/shop", "--remove", "--status-check"]).await.did(&["status check"]);
    assert!(scene.simulator.state().gitlab.external_checks.is_empty());
    scene.end().await;
}

#[tokio::test]
async fn a_secret_for_the_check_is_made_where_there_is_none() {
    let scene = Scene::start(&[WITH_SIGNING]).await;
    let without = scene.command(&["group/shop", "--status-check"]).await;
    without.refused(&["no secret token for group/shop", "--new-secret"]);
    scene.command(&["group/shop", "--status-check", "--new-secret"]).await.did(&["status check"]);
    assert_eq!(scene.announce("group/shop").await, [202, 202]);
    scene.end().await;
}

#[tokio::test]
async fn below_ultimate_the_commit_status_is_the_gate() {
    let scene = Scene::start(&[WITH_TOKEN]).await;
    scene.simulator.state().gitlab.ultimate = false;
    scene.command(&["group/shop", "--status-check"]).await.refused(&["Ultimate", "commit status"]);
    scene.simulator.state().gitlab.ultimate = true;
    scene.simulator.state().gitlab.version = "17.1.0".to_owned();
    scene.command(&["group/shop", "--status-check"]).await.refused(&["does not sign"]);
    assert!(scene.simulator.state().gitlab.external_checks.is_empty());
    scene.end().await;
}
