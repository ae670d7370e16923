//! The service with sign-in, beside a simulated platform; two repositories with a review each.

use std::net::{Ipv4Addr, TcpListener};

use asyncwarden::app::{App, Running};
use asyncwarden::forge::identity::ClientCredentials;
use asyncwarden::forge::simulator::oauth::{APPLICATION_ID, CLIENT_SECRET};
use asyncwarden::forge::simulator::{
    APP_CLIENT_ID, APP_ID, APP_PRIVATE_KEY, BOT_TOKEN, Level, Running as Platform, Simulator,
};
use asyncwarden::forge::{ChangeRequest, ForgeKind, RepositoryRef, RevisionState};
use asyncwarden::settings::{
    DashboardAccess, GitHubSettings, GitLabSettings, Settings, StoreSettings,
};
use asyncwarden::store::{Sees, trends};
use chrono::{TimeDelta, Utc};

use super::browser::{Browser, Page};
use crate::dashboard::{SLEEP, finding, review, revision};

/// What there is.
pub(crate) struct World {
    pub(crate) simulator: Simulator,
    platform: Platform,
    pub(crate) app: Running,
    /// Where the service is.
    pub(crate) url: String,
    pub(crate) forge: ForgeKind,
    /// The repository that `reader` can read, and the one that they can't.
    pub(crate) mine: Repository,
    pub(crate) other: Repository,
}

pub(crate) struct Repository {
    pub(crate) external_id: i64,
    /// Its row.
    pub(crate) row: i64,
    /// Its change request's row.
    pub(crate) change: i64,
    /// Key of its review.
    pub(crate) review: String,
}

impl World {
    /// `reader` can read `acme/mine`, `stranger` can read nothing, `boss` is an admin.
    pub(crate) async fn start(
        store: StoreSettings,
        forge: ForgeKind,
        change: impl FnOnce(&mut Settings, &str),
    ) -> Self {
        let simulator = Simulator::new();
        let (mine, other) = {
            let mut state = simulator.state();
            for login in ["reader", "stranger", "boss"] {
                state.add_person(login, false);
            }
            let mine = state.add_repository("acme/mine", [("app.py", "import asyncio\n")]);
            let other = state.add_repository("acme/other", [("app.py", "import asyncio\n")]);
            for id in [mine, other] {
                if let Some(repository) = state.repositories.get_mut(&id) {
                    repository.private = true;
                }
            }
            state.grant("reader", mine, Level::Read);
            (mine, other)
        };
        let platform = simulator.start(0).await.expect("it is served");
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let url = format!("http://{}", free.local_addr().expect("an address"));
        drop(free);
        let mut settings = Settings::on(store);
        settings.listen = url.trim_start_matches("http://").to_owned();
        settings.public_url = Some(url.clone());
        settings.workers = 0;
        settings.sign_in.access = DashboardAccess::SignIn;
        settings.sign_in.admins = vec![format!("{}:boss", forge.as_str())];
        let secret = CLIENT_SECRET.into();
        match forge {
            ForgeKind::GitHub => {
                settings.github = Some(GitHubSettings {
                    api_url: simulator.url().parse().expect("a URL"),
                    app_id: APP_ID.unsigned_abs(),
                    private_key: APP_PRIVATE_KEY.into(),
                    webhook_secrets: vec!["a secret".into()],
                });
                let id = APP_CLIENT_ID.to_owned();
                settings.sign_in.github = Some(ClientCredentials { id, secret });
            }
            ForgeKind::GitLab => {
                settings.gitlab = Some(GitLabSettings {
                    url: simulator.url().parse().expect("a URL"),
                    token: BOT_TOKEN.into(),
                    token_file: None,
                    hooks: Vec::new(),
                    hooks_file: None,
                });
                let id = APPLICATION_ID.to_owned();
                settings.sign_in.gitlab = Some(ClientCredentials { id, secret });
            }
        }
        let callback = format!("{url}/sign-in/{}/callback", forge.as_str());
        simulator.state().oauth.callbacks.push(callback);
        change(&mut settings, simulator.url());
        let app = App::start(settings).await.expect("it starts");
        let mine = keep(&app, forge, mine, "acme/mine").await;
        let other = keep(&app, forge, other, "acme/other").await;
        Self { simulator, platform, app, url, forge, mine, other }
    }

    /// A browser in which somebody signed in, and the page that it ended on.
    pub(crate) async fn sign_in(&self, login: &str) -> (Browser, Page) {
        self.simulator.state().oauth.visitor = Some(login.to_owned());
        let mut browser = Browser::new();
        let page = browser.open(&format!("{}/sign-in/{}", self.url, self.forge.as_str())).await;
        (browser, page)
    }

    /// Address of a page.
    pub(crate) fn at(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    pub(crate) async fn stop(self) {
        self.app.shutdown().await;
        self.platform.stop().await;
    }
}

/// Keeps a review of a repository.
async fn keep(app: &Running, forge: ForgeKind, external_id: i64, name: &str) -> Repository {
    let repository =
        RepositoryRef { forge, external_id, full_name: name.to_owned(), installation_id: None };
    let change = ChangeRequest { repository, number: 7 };
    let revision = revision(&change, "a", RevisionState::Open);
    let found = vec![finding(&SLEEP, "app.py", 3)];
    let review = review(&app.store, &revision, found, Utc::now() - TimeDelta::hours(2)).await;
    let mut tx = app.store.read().await.expect("a transaction");
    let kept = trends::review(&mut tx, Sees::All, &review).await.expect("it can be read");
    let kept = kept.expect("it is there");
    Repository { external_id, row: kept.repository_id, change: kept.change_request_id, review }
}
