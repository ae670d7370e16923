//! `/setup/github` of the service.

use std::path::Path;

use asyncwarden::app::{App, Running};
use asyncwarden::forge::ForgeKind;
use asyncwarden::forge::simulator::{
    Event, Fault, NewChange, Receiver, Signing, Simulator, WEBHOOK_SECRET,
};
use asyncwarden::settings::{AppFolder, Arguments, Settings, StoreSettings};
use asyncwarden::store::audit;
use chrono::TimeDelta;

use super::{Browser, Page, assert_credentials, permissions, private_files};

const TOKEN: &str = "only-for-operators";
const CONVERSION: &str = "/api/v3/app-manifests/*/conversions";

/// A service without a GitHub App, and a GitHub.
struct Setup {
    folder: tempfile::TempDir,
    simulator: Simulator,
    github: asyncwarden::forge::simulator::Running,
    service: Running,
    browser: Browser,
}

impl Setup {
    async fn start(change: impl FnOnce(&mut Settings)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let simulator = Simulator::new();
        let github = simulator.start(0).await.unwrap();
        let mut settings = Settings::on(StoreSettings::Embedded(folder.path().to_owned()));
        settings.listen = "127.0.0.1:0".to_owned();
        settings.workers = 0;
        settings.github_app_folder = Some(AppFolder::at(folder.path().join("github-app")));
        settings.operator_token = Some(TOKEN.into());
        change(&mut settings);
        let service = App::start(settings).await.unwrap();
        Self { folder, simulator, github, service, browser: Browser::new() }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.service.addr)
    }

    fn app_folder(&self) -> std::path::PathBuf {
        self.folder.path().join("github-app")
    }

    async fn ask(&self, more: &[(&str, &str)]) -> Page {
        let public = self.url("");
        let usual = [("github", self.github.url()), ("public_url", &public), ("token", TOKEN)];
        let left = usual.into_iter().filter(|(name, _)| !more.iter().any(|(it, _)| it == name));
        let fields: Vec<_> = left.chain(more.iter().copied()).collect();
        self.browser.post(&self.url("/setup/github"), &fields).await
    }

    async fn end(self) {
        self.service.shutdown().await;
        self.github.stop().await;
    }
}

/// The service's settings as they are at its next start.
fn settings_at(folder: &Path) -> Settings {
    let arguments = Arguments { data_dir: Some(folder.to_owned()), ..Arguments::default() };
    let mut settings = arguments.resolve().unwrap();
    settings.listen = "127.0.0.1:0".to_owned();
    settings.workers = 0;
    settings.timings.calls = asyncwarden::forge::call::Waits::NONE;
    settings
}

#[tokio::test]
async fn an_app_is_made_and_the_service_reviews_with_it() {
    let setup = Setup::start(|_| {}).await;
    let page = setup.browser.get(&setup.url("/setup/github")).await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("name=\"token\""), "{}", page.text);
    let page = setup
        .ask(&[("organization", "acme"), ("name", "Loop watch"), ("merge_queue", "yes")])
        .await;
    assert_eq!(page.status, 200, "{}", page.text);
    let allowed = format!("form-action 'self' {} {};", setup.github.url(), setup.url(""));
    assert!(page.policy.contains(&allowed), "{}", page.policy);
    let (action, manifest) = page.manifest_form();
    assert!(action.contains("/organizations/acme/settings/apps/new?state="), "{action}");
    let wanted = [
        ("checks", "write"),
        ("contents", "read"),
        ("issues", "read"),
        ("merge_queues", "read"),
        ("metadata", "read"),
        ("pull_requests", "write"),
    ];
    assert_eq!(
        permissions(&manifest),
        wanted.map(|(name, level)| (name.to_owned(), level.to_owned())).into()
    );
    let back = setup.browser.confirm(&page).await;
    assert!(back.starts_with(&setup.url("/setup/github/created?code=")), "{back}");
    let done = setup.browser.get(&back).await;
    assert_eq!(done.status, 200, "{}", done.text);
    assert!(done.text.contains("/apps/loop-watch/installations/new"), "{}", done.text);
    let api = format!("{}/api/v3", setup.github.url());
    assert_credentials(&private_files(&setup.app_folder()), &api, "loop-watch");
    let again = setup.browser.get(&back).await;
    assert_eq!(again.status, 409, "it is made already");
    let mut tx = setup.service.store.read().await.unwrap();
    let entry = audit::latest(&mut tx, 1).await.unwrap().remove(0);
    assert_eq!((entry.action.as_str(), entry.subject.as_str()), ("app-created", "github/app/4711"));
    drop(tx);

    let Setup { folder, simulator, github, service, .. } = setup;
    service.shutdown().await;
    let service = App::start(settings_at(folder.path())).await.unwrap();
    let (repository, number) = {
        let mut state = simulator.state();
        let repository = state.add_repository("acme/shop", [("app.py", "import asyncio\n")]);
        let blocking = "import time\n\n\nasync def poll():\n    time.sleep(1)\n";
        state.push(repository, "feature", [("app.py", Some(blocking))]);
        let change = NewChange::from_branch("feature", "Poll");
        (repository, state.open_change(repository, change))
    };
    let receiver = Receiver {
        url: format!("http://{}/webhooks/github", service.addr),
        forge: ForgeKind::GitHub,
        signing: Signing::Digest(WEBHOOK_SECRET.to_owned()),
    };
    let told = simulator.deliver(&receiver, repository, number, &Event::Opened).await.unwrap();
    assert_eq!(told, 202);
    service.worker.run_until_idle().await.unwrap();
    {
        let state = simulator.state();
        let threads = &state.change(repository, number).unwrap().threads;
        assert_eq!(threads[0].notes[0].author.as_deref(), Some("loop-watch[bot]"));
        assert_eq!(state.checks[0].conclusion.as_deref(), Some("failure"));
        assert_eq!(state.violations, Vec::<String>::new());
    }
    let page = Browser::new().get(&format!("http://{}/setup/github", service.addr)).await;
    assert_eq!(page.status, 404, "there is an App");
    service.shutdown().await;
    github.stop().await;
}

#[tokio::test]
async fn only_operators_and_this_machine_s_own_browser_get_further() {
    let setup = Setup::start(|_| {}).await;
    assert_eq!(setup.ask(&[("token", "guessed-guessed-guessed")]).await.status, 401);
    assert_eq!(setup.ask(&[("token", "")]).await.status, 401);
    setup.end().await;

    let setup = Setup::start(|settings| settings.operator_token = None).await;
    let (browser, url) = (&setup.browser, setup.url("/setup/github"));
    let page = browser.get(&url).await;
    assert!(page.status == 200 && !page.text.contains("name=\"token\""), "{}", page.text);
    assert_eq!(setup.ask(&[]).await.status, 200);
    let fields = [("github", setup.github.url()), ("public_url", "https://bot.example")];
    let elsewhere = [
        ("x-forwarded-for", "10.0.0.7"),
        ("host", "bot.example"),
        ("origin", "https://evil.example"),
        ("sec-fetch-site", "cross-site"),
    ];
    for header in elsewhere {
        let page = browser.post_from(&url, &fields, &[header]).await;
        assert_eq!(page.status, 403, "{header:?}");
        assert!(page.text.contains("ASYNCWARDEN_OPERATOR_TOKEN"), "{}", page.text);
    }
    setup.end().await;

    let setup = Setup::start(|settings| settings.github_app_folder = None).await;
    let page = setup.browser.get(&setup.url("/setup/github")).await;
    assert_eq!(page.status, 404);
    assert!(page.text.contains("ASYNCWARDEN_GITHUB_APP_DIR"), "{}", page.text);
    setup.end().await;
}

#[tokio::test]
async fn what_goes_wrong_is_said_and_can_be_repaired() {
    let setup = Setup::start(|_| {}).await;
    for (field, value) in [
        ("github", "ftp://github.com"),
        ("public_url", "bot.example"),
        ("name", "a name that is far too long to be the name of an App"),
    ] {
        let page = setup.ask(&[(field, value)]).await;
        assert_eq!(page.status, 400, "{field}");
        assert!(page.text.contains("role=\"alert\""), "{}", page.text);
        assert!(page.text.contains(&format!("value=\"{value}\"")), "it stands in the form again");
    }
    let begun = setup.ask(&[]).await;
    let back = setup.browser.confirm(&begun).await;
    let foreign = back.replace("state=", "state=0");
    assert_eq!(setup.browser.get(&foreign).await.status, 410, "nobody began that");
    let unknown = back.replace("code=", "code=x");
    assert_eq!(setup.browser.get(&unknown).await.status, 410, "GitHub doesn't know the code");
    for fault in [Fault::BadGateway, Fault::ResetBefore] {
        setup.simulator.state().faults.next("POST", CONVERSION, fault);
        let page = setup.browser.get(&back).await;
        assert_eq!(page.status, 502);
        assert!(page.text.contains("reload this page"), "{}", page.text);
    }
    setup.simulator.state().clock_offset = TimeDelta::minutes(61);
    let late = setup.browser.get(&back).await;
    assert_eq!((late.status, late.text.contains("older than an hour")), (410, true));
    assert!(!setup.app_folder().join("app-id").exists());
    setup.simulator.state().clock_offset = TimeDelta::zero();

    // With an answer that is lost, the code is lost, too.
    let begun = setup.ask(&[]).await;
    let back = setup.browser.confirm(&begun).await;
    setup.simulator.state().faults.next("POST", CONVERSION, Fault::ResetAfter);
    assert_eq!(setup.browser.get(&back).await.status, 502);
    assert_eq!(setup.browser.get(&back).await.status, 410);
    let begun = setup.ask(&[]).await;
    let back = setup.browser.confirm(&begun).await;
    assert_eq!(setup.browser.get(&back).await.status, 200);
    assert_eq!(setup.simulator.state().violations, Vec::<String>::new());
    setup.end().await;
}

#[tokio::test]
async fn what_is_in_the_folder_is_left_alone() {
    use std::os::unix::fs::PermissionsExt;
    let setup = Setup::start(|_| {}).await;
    let folder = setup.app_folder();
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("private-key.pem"), "somebody's").unwrap();
    let page = setup.ask(&[]).await;
    assert_eq!(page.status, 400);
    assert!(page.text.contains("private-key.pem is there already"), "{}", page.text);
    std::fs::remove_file(folder.join("private-key.pem")).unwrap();
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o777)).unwrap();
    let page = setup.ask(&[]).await;
    assert!(page.text.contains("others may write"), "{}", page.text);
    setup.end().await;
}
