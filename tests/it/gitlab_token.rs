//! Access tokens of all kinds, and what becomes of them in time.

use asyncwarden::forge::call::Waits;
use asyncwarden::forge::gitlab::{GitLab, GitLabConfig};
use asyncwarden::forge::simulator::gitlab::Token;
use asyncwarden::forge::simulator::{BOT_LOGIN, NewChange, Running, Simulator};
use asyncwarden::forge::{ChangeRequest, Forge, ForgeError, ForgeKind, RepositoryRef};
use chrono::{NaiveDate, TimeDelta, Utc};

struct World {
    simulator: Simulator,
    server: Running,
    change: ChangeRequest,
}

impl World {
    async fn start() -> Self {
        let simulator = Simulator::new();
        let (external_id, number) = {
            let mut state = simulator.state();
            let repository = state.add_repository("group/shop", [("app.py", "x = 1\n")]);
            state.push(repository, "feature", [("app.py", Some("x = 2\n"))]);
            let number = state.open_change(repository, NewChange::from_branch("feature", "Two"));
            state.gitlab.tokens.clear();
            (repository, number)
        };
        let server = simulator.start(0).await.unwrap();
        let repository = RepositoryRef {
            forge: ForgeKind::GitLab,
            external_id,
            full_name: "group/shop".to_owned(),
            installation_id: None,
        };
        Self { simulator, server, change: ChangeRequest { repository, number } }
    }

    fn give_out(&self, secret: &str, oauth: bool, expires_at: Option<NaiveDate>) {
        let token = Token {
            id: 7,
            login: BOT_LOGIN.to_owned(),
            scopes: vec!["api".to_owned()],
            expires_at,
            revoked: false,
            oauth,
        };
        self.simulator.state().gitlab.tokens.insert(secret.to_owned(), token);
    }

    fn config(&self, secret: &str) -> GitLabConfig {
        GitLabConfig { waits: Waits::NONE, ..GitLabConfig::new(self.server.url(), secret.into()) }
    }

    /// Looks three times, and tells the answers' statuses since the last time.
    async fn look(&self, client: &GitLab) -> (Vec<u16>, Result<(), ForgeError>) {
        let before = self.simulator.state().requests.len();
        let mut looked = Ok(());
        for _ in 0..3 {
            looked = client.look_up(&self.change).await.map(drop);
        }
        let state = self.simulator.state();
        (state.requests[before..].iter().map(|request| request.status).collect(), looked)
    }
}

#[tokio::test]
async fn a_token_of_oauth_is_found_out() {
    let world = World::start().await;
    let digits = "0123456789abcdef".repeat(4);
    world.give_out(&digits, true, None);
    let client = GitLab::new(&world.config(&digits)).unwrap();
    let (statuses, looked) = world.look(&client).await;
    assert!(looked.is_ok() && statuses.iter().all(|status| *status == 200), "{statuses:?}");
    assert_eq!(client.warnings(Utc::now()).await.unwrap(), Vec::<String>::new());

    world.give_out("odd", true, None);
    let client = GitLab::new(&world.config("odd")).unwrap();
    let (statuses, looked) = world.look(&client).await;
    assert!(looked.is_ok());
    assert_eq!(statuses.iter().filter(|status| **status == 401).count(), 1, "{statuses:?}");
    world.server.stop().await;
}

#[tokio::test]
async fn a_bad_token_is_not_tried_again_and_again() {
    let world = World::start().await;
    let client = GitLab::new(&world.config("glpat-wrong")).unwrap();
    let (statuses, looked) = world.look(&client).await;
    let error = looked.unwrap_err();
    assert!(error.to_string().contains("does not take the access token"), "{error}");
    assert!(!format!("{error:?}").contains("glpat-wrong"));
    assert_eq!(statuses, [401; 4], "both headers with the first call, then one each");
    world.server.stop().await;
}

#[tokio::test]
async fn a_token_from_a_file_is_replaced_while_the_service_runs() {
    let world = World::start().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    std::fs::write(&file, "glpat-first\n").unwrap();
    world.give_out("glpat-first", false, None);
    let config = GitLabConfig { token_file: Some(file.clone()), ..world.config("glpat-first") };
    let client = GitLab::new(&config).unwrap();
    assert!(world.look(&client).await.1.is_ok());
    world.simulator.state().gitlab.tokens.clear();
    assert!(world.look(&client).await.1.is_err());
    // Another kind, even.
    world.give_out("second", true, None);
    std::fs::write(&file, "second\n").unwrap();
    let (statuses, looked) = world.look(&client).await;
    assert!(looked.is_ok());
    assert_eq!(statuses.iter().filter(|status| **status == 401).count(), 2, "{statuses:?}");
    world.server.stop().await;
}

#[tokio::test]
async fn a_token_that_expires_soon_is_told_of() {
    let world = World::start().await;
    let now = Utc::now();
    world.give_out("glpat-x", false, Some((now + TimeDelta::days(400)).date_naive()));
    let client = GitLab::new(&world.config("glpat-x")).unwrap();
    assert_eq!(client.warnings(now).await.unwrap(), Vec::<String>::new());
    let soon = client.warnings(now + TimeDelta::days(380)).await.unwrap();
    assert!(soon[0].contains("in 20 days"), "{soon:?}");
    world.server.stop().await;
}
