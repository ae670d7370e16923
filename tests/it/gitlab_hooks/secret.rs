//! Secrets that are made for one project or group.

use asyncwarden::settings::HooksFile;
use secrecy::ExposeSecret;

use super::{Scene, TOKEN};

const WITH_TOKEN: (&str, &str) = ("ASYNCWARDEN_GITLAB_WEBHOOK_TOKEN", TOKEN);

/// The scope's secrets as the file holds them: tokens, signing tokens.
fn filed(scene: &Scene, scope: &str) -> (Vec<String>, Vec<String>) {
    let file = HooksFile::at(scene.file()).read().unwrap();
    let hook = file.secrets().iter().find(|hook| hook.is_for(scope)).unwrap();
    let texts = |all: &[secrecy::SecretString]| {
        all.iter().map(|it| it.expose_secret().to_owned()).collect()
    };
    (texts(&hook.tokens), texts(&hook.signing_tokens))
}

#[tokio::test]
async fn a_secret_is_replaced_without_a_call_that_is_refused() {
    let scene = Scene::start(&[WITH_TOKEN]).await;
    scene.command(&["group/shop"]).await.did(&["carry a secret token"]);
    assert_eq!(scene.announce("group/shop").await, [202]);

    let made = scene.command(&["group/shop", "--new-secret"]).await;
    made.did(&["new secret is in", "updated", "calls are signed", "was accepted"]);
    let (tokens, signing) = filed(&scene, "group/shop");
    assert_eq!((tokens.len(), signing.len()), (0, 1));
    assert_eq!(scene.hooks()[0].signing_token.as_ref(), signing.first());
    assert_eq!(scene.announce("group/shop").await, [202], "the service read the file by itself");
    assert!(scene.hooks_text().starts_with("# Kept.\n"), "{}", scene.hooks_text());

    scene.command(&["group/shop", "--new-secret"]).await.did(&["unchanged", "was accepted"]);
    let (_, newer) = filed(&scene, "group/shop");
    assert_eq!(newer.len(), 1, "the former one is forgotten");
    assert_ne!(newer, signing);
    let file = HooksFile::at(scene.file()).read().unwrap();
    assert_eq!(file.secrets()[0].former[0].expose_secret(), signing[0], "for what was written");
    assert_eq!(scene.announce("group/shop").await, [202]);

    // The secret is this project's alone.
    scene.command(&["group/sub/tools"]).await.did(&["carry a secret token", "was accepted"]);
    assert_eq!(scene.announce("group/sub/tools").await, [202]);
    scene.end().await;
}

#[tokio::test]
async fn where_nothing_is_signed_a_token_is_made() {
    let scene = Scene::start(&[]).await;
    scene.simulator.state().gitlab.version = "17.3.0".to_owned();
    scene.command(&["group/shop", "--new-secret"]).await.did(&["created", "carry a secret token"]);
    let (tokens, _) = filed(&scene, "group/shop");
    assert_eq!(tokens.len(), 1);
    assert_eq!(scene.announce("group/shop").await, [202]);
    scene.command(&["group/shop", "--new-secret"]).await.did(&["was accepted"]);
    let (newer, _) = filed(&scene, "group/shop");
    assert_eq!(newer.len(), 1);
    assert_ne!(newer, tokens);

    // A check may sign with the former one.
    scene.simulator.state().gitlab.version = "17.11.4".to_owned();
    scene.command(&["group/shop", "--status-check"]).await.did(&["status check"]);
    let told = scene.command(&["group/shop", "--new-secret"]).await;
    told.did(&["its former secret token stays"]);
    assert_eq!(filed(&scene, "group/shop").0.len(), 2);
    assert_eq!(scene.announce("group/shop").await, [202, 202]);
    scene.end().await;
}

#[tokio::test]
async fn the_secret_is_kept_when_gitlab_refuses() {
    let scene = Scene::start(&[]).await;
    scene.command(&["group/shop", "--new-secret"]).await.did(&["created"]);
    let before = filed(&scene, "group/shop").1;
    scene.simulator.state().gitlab.bot_level = None;
    scene.command(&["group/shop", "--new-secret"]).await.refused(&["only Maintainers"]);
    assert_eq!(filed(&scene, "group/shop").1, before);
    let nowhere = [("ASYNCWARDEN_GITLAB_HOOKS_FILE", "/not/there/hooks.toml")];
    scene.simulator.state().gitlab.bot_level = Some(asyncwarden::forge::simulator::Level::Admin);
    let refused = scene.command_with(&nowhere, &["group/shop", "--new-secret"]).await;
    refused.refused(&["/not/there/hooks.toml"]);
    assert_eq!(scene.announce("group/shop").await, [202]);
    scene.end().await;
}
