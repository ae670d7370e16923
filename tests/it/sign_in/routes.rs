//! Every route, for nobody, for a stranger, for a reader and for an admin.

use asyncwarden::forge::ForgeKind;
use asyncwarden::settings::StoreSettings;
use reqwest::Method;

use super::browser::Browser;
use super::world::World;

/// What somebody is answered: a status, or the way to sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    Status(u16),
    SignIn,
}
use Answer::{SignIn, Status};

const SEEN: Answer = Status(200);
const NONE: Answer = Status(404);

/// For nobody, a stranger, a reader and an admin.
type Expected = [Answer; 4];
const ALL: Expected = [SEEN; 4];
const SIGNED_IN: Expected = [SignIn, SEEN, SEEN, SEEN];
const READERS: Expected = [SignIn, NONE, SEEN, SEEN];
/// Programs are not led to sign in.
const CALLERS: Expected = [Status(401), SEEN, SEEN, SEEN];
const CALLERS_READERS: Expected = [Status(401), NONE, SEEN, SEEN];
const CALLERS_ADMINS: Expected = [Status(401), NONE, NONE, SEEN];
const OPERATORS: Expected = [Status(401), Status(403), Status(403), SEEN];
const ADMINS: Expected = [SignIn, NONE, NONE, SEEN];

/// Pages, with `{mine}` for the review of the repository that the reader reads.
const PAGES: [(&str, Expected); 65] = [
    ("/healthz", ALL),
    ("/readyz", ALL),
    ("/metrics", ALL),
    ("/rules", ALL),
    ("/rules/AW501", ALL),
    ("/setup/github", [NONE; 4]),
    ("/", SIGNED_IN),
    ("/findings", SIGNED_IN),
    ("/changes", SIGNED_IN),
    ("/changes?repository=github:acme/mine", SIGNED_IN),
    ("/changes?repository=github:acme/other", SIGNED_IN),
    ("/findings.csv", SIGNED_IN),
    ("/findings.json", SIGNED_IN),
    ("/repositories/github/acme/mine", READERS),
    ("/changes/github/acme/mine/7", READERS),
    ("/reviews/{mine}", READERS),
    ("/findings.csv?repository=github:acme/mine", READERS),
    ("/findings.json?repository=github:acme/mine", READERS),
    ("/repositories/github/acme/other", ADMINS),
    ("/changes/github/acme/other/7", ADMINS),
    ("/reviews/{other}", ADMINS),
    ("/findings.csv?repository=github:acme/other", ADMINS),
    ("/findings.json?repository=github:acme/other", ADMINS),
    ("/operations", ADMINS),
    ("/setup", ADMINS),
    ("/account/tokens", SIGNED_IN),
    ("/api", ALL),
    ("/api/v1", ALL),
    ("/api/v1/openapi.json", ALL),
    ("/api/v1/rules", ALL),
    ("/api/v1/rules/AW501", ALL),
    ("/api/v1/me", CALLERS),
    ("/api/v1/repositories", CALLERS),
    ("/api/v1/findings", CALLERS),
    ("/api/v1/reviews/{mine}", CALLERS_READERS),
    ("/api/v1/reviews/{other}", CALLERS_ADMINS),
    ("/api/v1/change-requests/{mine_change}", CALLERS_READERS),
    ("/api/v1/change-requests/{other_change}", CALLERS_ADMINS),
    ("/api/v1/repositories/{mine_row}", CALLERS_READERS),
    ("/api/v1/repositories/{mine_row}/trend", CALLERS_READERS),
    ("/api/v1/repositories/{mine_row}/flow", CALLERS_READERS),
    ("/api/v1/repositories/{mine_row}/rules", CALLERS_READERS),
    ("/api/v1/repositories/{mine_row}/passes", CALLERS_READERS),
    ("/api/v1/repositories/{mine_row}/files", CALLERS_READERS),
    ("/api/v1/repositories/{mine_row}/checklist", CALLERS_READERS),
    ("/api/v1/repositories/{mine_row}/default-branch", CALLERS_READERS),
    ("/api/v1/repositories/{mine_row}/kept-findings", CALLERS_READERS),
    ("/api/v1/repositories/{mine_row}/change-requests", CALLERS_READERS),
    ("/api/v1/repositories/{mine_row}/reviews", CALLERS_READERS),
    ("/api/v1/repositories/{other_row}", CALLERS_ADMINS),
    ("/api/v1/repositories/{other_row}/trend", CALLERS_ADMINS),
    ("/api/v1/repositories/{other_row}/flow", CALLERS_ADMINS),
    ("/api/v1/repositories/{other_row}/rules", CALLERS_ADMINS),
    ("/api/v1/repositories/{other_row}/passes", CALLERS_ADMINS),
    ("/api/v1/repositories/{other_row}/files", CALLERS_ADMINS),
    ("/api/v1/repositories/{other_row}/checklist", CALLERS_ADMINS),
    ("/api/v1/repositories/{other_row}/default-branch", CALLERS_ADMINS),
    ("/api/v1/repositories/{other_row}/kept-findings", CALLERS_ADMINS),
    ("/api/v1/repositories/{other_row}/change-requests", CALLERS_ADMINS),
    ("/api/v1/repositories/{other_row}/reviews", CALLERS_ADMINS),
    ("/api/v1/operations", OPERATORS),
    ("/api/v1/operations/dead-letters", OPERATORS),
    ("/api/v1/no-such-resource", [NONE; 4]),
    ("/badge/github/acme/mine.svg", [NONE; 4]),
    ("/no-such-page", [NONE; 4]),
];

#[tokio::test]
async fn each_page_is_for_whom_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let store = StoreSettings::Embedded(folder.path().to_owned());
    let world = World::start(store, ForgeKind::GitHub, |_, _| {}).await;
    let mut everybody = vec![("nobody", Browser::new())];
    for login in ["stranger", "reader", "boss"] {
        let (browser, page) = world.sign_in(login).await;
        assert_eq!(page.status, 200, "{login}");
        everybody.push((login, browser));
    }
    let mut wrong = Vec::new();
    for (path, expected) in PAGES {
        let mut path = path.to_owned();
        for (name, repository) in [("mine", &world.mine), ("other", &world.other)] {
            path = path
                .replace(&format!("{{{name}}}"), &repository.review)
                .replace(&format!("{{{name}_row}}"), &repository.row.to_string())
                .replace(&format!("{{{name}_change}}"), &repository.change.to_string());
        }
        for ((who, browser), expected) in everybody.iter_mut().zip(expected) {
            let page = browser.get(&world.at(&path)).await;
            let answer = match &page.location {
                Some(to) if page.status == 303 && to.path() == "/sign-in" => SignIn,
                _ => Status(page.status),
            };
            if answer != expected {
                wrong.push(format!("{path} for {who}: {answer:?} instead of {expected:?}"));
            }
            // What they may not see appears nowhere, in whatever words.
            if *who != "boss" && page.body.contains("acme/other") && !path.contains("acme/other") {
                wrong.push(format!("{path} tells {who} of acme/other"));
            }
            if matches!(*who, "nobody" | "stranger")
                && page.body.contains("acme/mine")
                && !path.contains("acme/mine")
            {
                wrong.push(format!("{path} tells {who} of acme/mine"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    world.stop().await;
}

/// What has tests of its own: ways in, what platforms call, a stream without an end, an App in the making.
const ELSEWHERE: [&str; 10] = [
    "/sign-in",
    "/sign-in/local",
    "/sign-in/{provider}",
    "/sign-in/{provider}/callback",
    "/webhooks/{platform}",
    "/live",
    "/setup/github/created",
    "/api/v1/operations/dead-letters/{id}/redrive",
    "/api/v1/operations/repositories/{id}/pause",
    "/api/v1/operations/repositories/{id}/resume",
];

#[tokio::test]
async fn the_stream_is_for_whoever_signed_in() {
    let folder = tempfile::tempdir().unwrap();
    let store = StoreSettings::Embedded(folder.path().to_owned());
    let world = World::start(store, ForgeKind::GitHub, |_, _| {}).await;
    assert_eq!(Browser::new().get(&world.at("/live")).await.status, 303);
    world.stop().await;
}

/// What changes something.
/// Those of them that are for admins.
const OPERATING: [&str; 4] = [
    "/operations/dead-letters/1/redrive",
    "/operations/deliveries/1/replay",
    "/operations/repositories/99/pause",
    "/operations/repositories/99/resume",
];
const CHANGES: [&str; 7] = [
    "/sign-out",
    "/account/tokens",
    "/account/tokens/1/revoke",
    OPERATING[0],
    OPERATING[1],
    OPERATING[2],
    OPERATING[3],
];

#[tokio::test]
async fn nothing_is_changed_without_a_session_and_its_form() {
    let folder = tempfile::tempdir().unwrap();
    let store = StoreSettings::Embedded(folder.path().to_owned());
    let world = World::start(store, ForgeKind::GitHub, |_, _| {}).await;
    let (mut boss, page) = world.sign_in("boss").await;
    let token = page.form_token();
    let (mut reader, page) = world.sign_in("reader").await;
    let readers = page.form_token();
    assert_ne!(token, readers);
    for path in CHANGES {
        let url = world.at(path);
        let nobody = Browser::new().post(&url, &format!("form_token={token}")).await;
        assert_eq!(nobody.status, 401, "{path}");
        for stolen in ["", "form_token=", &format!("form_token={readers}")] {
            let page = boss.post(&url, stolen).await;
            assert!(matches!(page.status, 403 | 422), "{path} with {stolen:?}: {}", page.status);
        }
        if OPERATING.contains(&path) {
            let page = reader.post(&url, &format!("form_token={readers}")).await;
            assert_eq!(page.status, 404, "{path} is an admin's");
            let page = boss.post(&url, &format!("form_token={token}")).await;
            assert_eq!(page.status, 404, "there is no such thing: {}", page.body);
        }
        let put = boss.ask(Method::PUT, &url, Some("")).await;
        assert_eq!(put.status, 405, "{path}");
    }
    world.stop().await;
}

/// Every route that the sources register has a line above, so that none is forgotten.
#[test]
fn no_route_is_left_out() {
    let mut folders =
        vec![std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src/web"))];
    let mut registered = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            for part in text.split(".route(").skip(1) {
                let Some((_, rest)) = part.split_once('"') else { continue };
                registered.extend(rest.split('"').next().map(str::to_owned));
            }
            // The API's operations name their paths in their descriptions.
            for part in text.split("path = \"/api/").skip(1) {
                registered.extend(part.split('"').next().map(|path| format!("/api/{path}")));
            }
        }
    }
    assert!(registered.len() > 30, "{registered:?}");
    let listed: Vec<_> = PAGES.iter().map(|(path, _)| *path).chain(CHANGES).collect();
    let left_out: Vec<_> = registered
        .iter()
        // A route under a name has its text elsewhere; what follows it is none.
        .filter(|route| route.starts_with('/') && !ELSEWHERE.contains(&route.as_str()))
        .filter(|route| !listed.iter().any(|path| fits(route, path.split('?').next().unwrap())))
        .collect();
    assert!(left_out.is_empty(), "{left_out:#?}");
}

/// Whether a path is one of a route's.
fn fits(route: &str, path: &str) -> bool {
    let (mut route, mut path) = (route.split('/'), path.split('/'));
    loop {
        match (route.next(), path.next()) {
            (None, None) => return true,
            (Some(part), Some(_)) if part.starts_with("{*") => return true,
            (Some(part), Some(given)) if part == given || part.starts_with('{') => {}
            _ => return false,
        }
    }
}
