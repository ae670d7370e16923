//! The dashboard over HTTP, on filled and on empty stores.

mod changes;
mod overview;
mod repository;
mod rules;

use std::net::SocketAddr;
use std::sync::Arc;

use asyncwarden::analysis::{
    Analysis, Category, Confidence, Finding, Fingerprint, Item, Outcome, Place, RULES, Rule,
    Severity, SkippedFile, Verdict,
};
use asyncwarden::forge::{ChangeRequest, ForgeKind, RepositoryRef, Revision, RevisionState};
use asyncwarden::review::Conclusion;
use asyncwarden::settings::{Settings, StoreSettings};
use asyncwarden::store::findings::{How, Settlement};
use asyncwarden::store::reviews::End;
use asyncwarden::store::{Store, change_requests, findings, reviews};
use asyncwarden::web::{self, SignIn};
use chrono::{DateTime, TimeDelta, Utc};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;

use crate::rules::PARTS;
use crate::support::on_every_store;

pub(crate) static SLEEP: Rule = Rule {
    code: "AW501",
    name: "blocking-sleep",
    item: Some(Item(41)),
    also: &[],
    severity: Severity::Critical,
    category: Category::Blocking,
    page: "# AW501 blocking-sleep\n\nA sleep.\n",
    check: |_, _| {},
};

pub(crate) static TASK: Rule = Rule {
    code: "AW206",
    name: "dangling-task",
    item: Some(Item(14)),
    also: &[],
    severity: Severity::High,
    category: Category::Leak,
    page: "# AW206 dangling-task\n\nA task.\n",
    check: |_, _| {},
};

pub(crate) fn finding(rule: &'static Rule, path: &str, line: u32) -> Finding {
    Finding {
        rule,
        severity: rule.severity,
        category: rule.category,
        confidence: Confidence::Certain,
        message: "`time.sleep` stops <b>every</b> task on the event loop".to_owned(),
        place: Place { path: path.to_owned(), line, end_line: line, column: 5, end_column: 9 },
        related: Vec::new(),
        fix: None,
        fingerprint: Fingerprint(format!("{}-{path}-{line}", rule.code)),
        scope: "poll".to_owned(),
    }
}

pub(crate) fn change(name: &str, number: i64) -> ChangeRequest {
    let forge = if name.matches('/').count() > 1 { ForgeKind::GitLab } else { ForgeKind::GitHub };
    let external_id = name.bytes().map(i64::from).sum();
    let repository =
        RepositoryRef { forge, external_id, full_name: name.to_owned(), installation_id: None };
    ChangeRequest { repository, number }
}

pub(crate) fn revision(change: &ChangeRequest, head: &str, state: RevisionState) -> Revision {
    Revision {
        change: change.clone(),
        head_sha: head.repeat(40),
        base_sha: "0".repeat(40),
        target_sha: "0".repeat(40),
        target_branch: "main".to_owned(),
        title: "Poll <faster>".to_owned(),
        author: Some("ada".to_owned()),
        state,
        draft: false,
        web_url: "https://forge.example/changes/7".to_owned(),
        token: serde_json::Value::Null,
    }
}

/// Keeps a review as the review job does. Returns its key.
pub(crate) async fn review(
    store: &Store,
    revision: &Revision,
    found: Vec<Finding>,
    at: DateTime<Utc>,
) -> String {
    let failed = found.iter().any(|finding| finding.severity >= Severity::High);
    let outcome = if failed { Outcome::Violated } else { Outcome::Satisfied };
    let analysis = Analysis {
        verdicts: vec![Verdict { item: Item(41), outcome, evidence: Vec::new() }],
        skipped: vec![SkippedFile { path: "old.py".into(), reason: "is not UTF-8".into() }],
        findings: found,
        files_analysed: 3,
        lines_analysed: 120,
        ..Analysis::default()
    };
    let mut tx = store.begin().await.unwrap();
    let id = change_requests::remember(&mut tx, &revision.change, at).await.unwrap();
    change_requests::seen(&mut tx, id, revision, at).await.unwrap();
    let key = uuid::Uuid::new_v4().to_string();
    let review = reviews::begin(&mut tx, id, revision, &key, at).await.unwrap();
    reviews::analysed(&mut tx, review.id, &analysis, &[], at).await.unwrap();
    findings::replace(&mut tx, id, review.id, &analysis.findings, at).await.unwrap();
    let conclusion = if failed { Conclusion::Failed } else { Conclusion::Passed };
    let line = if failed { "2 critical findings" } else { "No findings in 3 files" };
    let end = at + TimeDelta::milliseconds(1_300);
    reviews::complete(&mut tx, review.id, End::Posted, conclusion, line, &[], true, end)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    key
}

pub(crate) async fn serve(store: Store) -> SocketAddr {
    let mut settings = Settings::on(StoreSettings::Embedded("unused".into()));
    settings.public_url = Some("https://warden.example".to_owned());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    let sign_in = SignIn::new(&store, &settings, Vec::new(), addr).await.unwrap();
    let router = web::router(store, Arc::new(settings), sign_in, CancellationToken::new());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    addr
}

/// The whole answer to a GET, headers included.
pub(crate) async fn get(addr: SocketAddr, path: &str) -> String {
    let request =
        format!("GET {path} HTTP/1.1\r\nhost: x\r\naccept: text/html\r\nconnection: close\r\n\r\n");
    let mut stream = TcpStream::connect(addr).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

pub(crate) fn assert_holds(answer: &str, parts: &[&str]) {
    for part in parts {
        assert!(answer.contains(part), "{part} is not in\n{answer}");
    }
}

#[tokio::test]
async fn an_empty_store_says_what_to_do_next() {
    on_every_store(async |store| {
        let addr = serve(store).await;
        let page = get(addr, "/").await;
        assert_holds(&page, &["HTTP/1.1 200", "Nothing was reviewed yet", "asyncwarden demo"]);
        assert_holds(&page, &["ASYNCWARDEN_GITHUB_APP_ID", "ASYNCWARDEN_GITLAB_TOKEN"]);
    })
    .await;
}

#[tokio::test]
async fn the_overview_counts_open_findings_of_open_changes() {
    on_every_store(async |store| {
        let now = Utc::now();
        let app = change("octo/app", 7);
        let open = revision(&app, "a", RevisionState::Open);
        let two = vec![finding(&SLEEP, "a.py", 3), finding(&TASK, "a.py", 9)];
        review(&store, &open, two, now - TimeDelta::hours(3)).await;
        let merged = revision(&change("octo/app", 6), "b", RevisionState::Merged);
        review(&store, &merged, vec![finding(&SLEEP, "b.py", 3)], now - TimeDelta::days(2)).await;
        let clean = revision(&change("group/sub/api", 1), "c", RevisionState::Open);
        review(&store, &clean, Vec::new(), now - TimeDelta::days(1)).await;

        let addr = serve(store).await;
        let page = get(addr, "/").await;
        assert_holds(&page, &["2 open findings in change requests", "3 hours ago", "1 day ago"]);
        assert_holds(&page, &[r#"href="/repositories/github/octo/app""#, "<svg class=\"spark\""]);
        assert_holds(&page, &[r#"href="/repositories/gitlab/group/sub/api""#]);
        assert_holds(&page, &["data-label=\"Critical\">1<", "data-label=\"High\">1<"]);
        let (first, second) = (page.find("octo/app").unwrap(), page.find("group/sub/api").unwrap());
        assert!(first < second, "the latest review comes first");
    })
    .await;
}

#[tokio::test]
async fn the_rate_of_passed_gates_is_that_of_four_weeks() {
    on_every_store(async |store| {
        let now = Utc::now();
        let failed = || vec![finding(&SLEEP, "a.py", 3)];
        for (days, head, found) in [(40, "a", failed()), (20, "b", failed()), (1, "c", vec![])] {
            let revision = revision(&change("octo/app", 7), head, RevisionState::Open);
            review(&store, &revision, found, now - TimeDelta::days(days)).await;
        }
        let addr = serve(store).await;
        let said = ["data-label=\"Reviews\">2<", "data-label=\"Gate passed\">50 %<"];
        assert_holds(&get(addr, "/").await, &said);
        let page = get(addr, "/repositories/github/octo/app").await;
        assert_holds(&page, &["<b>50 %</b><span>of 2 reviews in 4 weeks passed the gate"]);
    })
    .await;
}

#[tokio::test]
async fn the_overview_has_pages() {
    on_every_store(async |store| {
        let now = Utc::now();
        let mut tx = store.begin().await.unwrap();
        for number in 0..51 {
            let mut change = change("octo/app", 1);
            change.repository.full_name = format!("octo/app{number:02}");
            change.repository.external_id = number;
            change_requests::remember(&mut tx, &change, now).await.unwrap();
        }
        tx.commit().await.unwrap();
        let addr = serve(store).await;
        let page = get(addr, "/").await;
        assert_holds(&page, &["octo/app00", "octo/app49", "1–50 of 51", "href=\"/?page=2\""]);
        assert!(!page.contains("octo/app50"), "{page}");
        for behind in ["/?page=2", "/?page=9"] {
            let page = get(addr, behind).await;
            assert_holds(&page, &["octo/app50", "51–51 of 51", "href=\"/?page=1\""]);
            assert!(!page.contains("octo/app49"), "{page}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_repository_shows_how_its_findings_change() {
    on_every_store(async |store| {
        let now = Utc::now();
        let app = change("octo/app", 7);
        let two = vec![finding(&SLEEP, "a.py", 3), finding(&TASK, "a.py", 9)];
        let first = revision(&app, "a", RevisionState::Open);
        review(&store, &first, two, now - TimeDelta::days(3)).await;
        let second = revision(&app, "b", RevisionState::Open);
        review(&store, &second, vec![finding(&TASK, "a.py", 9)], now - TimeDelta::days(1)).await;

        let addr = serve(store).await;
        let page = get(addr, "/repositories/github/octo/app").await;
        assert_holds(
            &page,
            &["HTTP/1.1 200", "<svg class=\"bars\"", "Open findings at the end of each day"],
        );
        let day = |days| (now - TimeDelta::days(days)).format("%-d %b %Y").to_string();
        assert_holds(&page, &[&format!("{}: 1 critical, 1 high", day(3))]);
        assert_holds(&page, &[&format!("{}: 1 high", day(1)), &format!("{}: 1 high", day(0))]);
        assert_holds(&page, &[&format!("{}: none open", day(4))]);
        assert_holds(&page, &["#7 Poll &#60;faster&#62;", "AW501", "AW206", "bbbbbbb"]);
        for name in ["octo/other", "octo", "%3Cscript%3E"] {
            let page = get(addr, &format!("/repositories/github/{name}")).await;
            assert_holds(&page, &["HTTP/1.1 404", "Not found"]);
        }
        assert_holds(&get(addr, "/repositories/sourcehut/octo/app").await, &["HTTP/1.1 404"]);
        assert_holds(&get(addr, "/repositories/github/Octo/App").await, &["HTTP/1.1 200"]);
    })
    .await;
}

#[tokio::test]
async fn a_review_shows_what_it_found_and_what_became_of_it() {
    on_every_store(async |store| {
        let now = Utc::now();
        let app = change("octo/app", 7);
        let sleep = || finding(&SLEEP, "src/a.py", 3);
        let first = revision(&app, "a", RevisionState::Open);
        let old = review(&store, &first, vec![sleep(), finding(&TASK, "z.py", 9)], now).await;
        let second = revision(&app, "b", RevisionState::Open);
        let new = review(&store, &second, vec![sleep()], now + TimeDelta::minutes(1)).await;

        let addr = serve(store).await;
        let page = get(addr, &format!("/reviews/{old}")).await;
        assert_holds(&page, &["HTTP/1.1 200", "Failed", "2 critical findings", "took 1.3 s"]);
        assert_holds(&page, &["src/a.py", "line 3", "z.py", "fixed since", "Not analysed"]);
        assert_holds(&page, &["<code>time.sleep</code> stops &lt;b&gt;every&lt;/b&gt; task"]);
        assert_holds(&page, &["https://forge.example/changes/7", "C41 No time.sleep(): violated"]);
        let page = get(addr, &format!("/reviews/{new}")).await;
        assert_holds(&page, &["src/a.py"]);
        assert!(!page.contains("z.py") && !page.contains("tag new"), "{page}");
        assert_holds(&get(addr, "/reviews/none").await, &["HTTP/1.1 404"]);
    })
    .await;
}

#[tokio::test]
async fn every_answer_tells_browsers_to_be_careful() {
    on_every_store(async |store| {
        let addr = serve(store).await;
        for path in [
            "/",
            "/changes",
            "/findings",
            "/rules",
            "/operations",
            "/nowhere",
            "/healthz",
            "/reviews/none",
        ] {
            let answer = get(addr, path).await.to_lowercase();
            assert_holds(&answer, &["default-src 'none'", "frame-ancestors 'none'", "nosniff"]);
            assert_holds(&answer, &["referrer-policy: no-referrer", "cache-control: no-store"]);
            assert!(!answer.contains(" style="), "{answer}");
            // The page's own script and no other.
            let scripts = answer.matches("<script").count();
            assert_eq!(scripts, answer.matches("<script src=\"/assets/live-").count(), "{answer}");
        }
        let page = get(addr, "/").await;
        let style = page.split("/assets/").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let style = get(addr, &format!("/assets/{style}")).await;
        assert_holds(&style, &["HTTP/1.1 200", "text/css", "immutable", "--critical"]);
        let script = page.split("/assets/live-").nth(1).unwrap().split('"').next().unwrap();
        let script = get(addr, &format!("/assets/live-{script}")).await;
        assert_holds(&script, &["HTTP/1.1 200", "text/javascript", "immutable", "EventSource"]);
    })
    .await;
}

#[tokio::test]
async fn every_rule_has_its_page() {
    on_every_store(async |store| {
        let addr = serve(store).await;
        let list = get(addr, "/rules").await;
        for rule in RULES {
            assert_holds(&list, &[&format!("href=\"/rules/{}\"", rule.code), rule.name]);
            for name in [rule.code, rule.name] {
                let page = get(addr, &format!("/rules/{name}")).await;
                assert_holds(&page, &["HTTP/1.1 200", rule.code]);
                for part in PARTS {
                    assert_holds(&page, &[&format!("<h2>{part}</h2>")]);
                }
                let said = |item: Item| item.row().map(|row| format!("(chapter {})", row.chapter));
                for chapter in rule.items().filter_map(said) {
                    assert_holds(&page, &[&chapter]);
                }
            }
        }
        assert_holds(&get(addr, "/rules/AW999").await, &["HTTP/1.1 404"]);
    })
    .await;
}

#[tokio::test]
async fn health_is_told() {
    on_every_store(async |store| {
        let addr = serve(store.clone()).await;
        assert_holds(&get(addr, "/healthz").await, &["HTTP/1.1 200"]);
        assert_holds(&get(addr, "/readyz").await, &["HTTP/1.1 200"]);
        store.close().await;
        assert_holds(&get(addr, "/healthz").await, &["HTTP/1.1 200"]);
        assert_holds(&get(addr, "/readyz").await, &["HTTP/1.1 503"]);
        assert_holds(&get(addr, "/").await, &["HTTP/1.1 503", "The store is away"]);
    })
    .await;
}

#[tokio::test]
async fn an_old_name_leads_to_the_repository() {
    on_every_store(async |store| {
        let mut renamed = change("acme/shop", 1);
        let at = Utc::now();
        review(&store, &revision(&renamed, "a", RevisionState::Open), Vec::new(), at).await;
        renamed.repository.full_name = "acme/the shop".to_owned();
        review(&store, &revision(&renamed, "b", RevisionState::Open), Vec::new(), at).await;
        let addr = serve(store).await;
        let answer = get(addr, "/repositories/github/Acme/Shop").await;
        let new = "/repositories/github/acme/the%20shop";
        assert_holds(&answer, &["HTTP/1.1 307", &format!("location: {new}")]);
        assert_holds(&get(addr, new).await, &["HTTP/1.1 200"]);
        assert_holds(&get(addr, "/repositories/gitlab/acme/shop").await, &["HTTP/1.1 404"]);
    })
    .await;
}

#[tokio::test]
async fn a_change_request_shows_its_pushes_and_what_became_of_its_findings() {
    on_every_store(async |store| {
        let now = Utc::now();
        let app = change("octo/app", 7);
        let (sleep, task) = (|| finding(&SLEEP, "src/a.py", 3), || finding(&TASK, "z.py", 9));
        let keys = [
            ("a", vec![sleep(), task(), finding(&TASK, "kept.py", 1)]),
            ("b", vec![sleep(), finding(&TASK, "kept.py", 1)]),
            ("c", vec![sleep(), finding(&SLEEP, "new.py", 4), finding(&TASK, "kept.py", 1)]),
        ];
        let mut reviews = Vec::new();
        for (hours, (head, found)) in
            [(3, keys[0].clone()), (2, keys[1].clone()), (1, keys[2].clone())]
        {
            let revision = revision(&app, head, RevisionState::Open);
            reviews.push(review(&store, &revision, found, now - TimeDelta::hours(hours)).await);
        }
        let mut tx = store.begin().await.unwrap();
        let id = change_requests::remember(&mut tx, &app, now).await.unwrap();
        let note = Some("<b>measured</b>");
        let settled = Settlement { by: Some("maria"), how: How::Command, note };
        let kept = finding(&TASK, "kept.py", 1).fingerprint;
        findings::settle(&mut tx, id, &kept, settled, now).await.unwrap().unwrap();
        tx.commit().await.unwrap();

        let addr = serve(store).await;
        let page = get(addr, "/changes/github/octo/app/7").await;
        assert_holds(&page, &["HTTP/1.1 200", "#7 Poll &#60;faster&#62;", "Open, by ada"]);
        assert_holds(
            &page,
            &[
                "href=\"https://forge.example/changes/7\"",
                "<b>2</b><span><span class=\"dot critical\">",
            ],
        );
        let numbers = |key: &str| {
            let row = page.split("<tr>").find(|row| row.contains(key)).unwrap();
            let cell = |label: &str| {
                let at = row.split(&format!("data-label=\"{label}\">")).nth(1).unwrap();
                at.split('<').next().unwrap().to_owned()
            };
            [cell("Critical"), cell("New"), cell("Fixed")].join(" ")
        };
        let rows: Vec<String> = reviews.iter().map(|key| numbers(key)).collect();
        assert_eq!(rows, ["1 3 0", "1 0 1", "2 1 0"]);
        assert_holds(&page, &["kept by maria: “&#60;b&#62;measured&#60;/b&#62;”"]);
        assert_holds(&page, &["fixed at <code>bbbbbbb</code>", "1.3 s"]);
        let [open, kept, fixed] = ["src/a.py</code> line 3", "kept.py</code>", "z.py</code>"]
            .map(|it| page.find(it).unwrap());
        assert!(open < kept && kept < fixed, "what is open comes first");
        assert_holds(
            &get(addr, &format!("/reviews/{}", reviews[0])).await,
            &["/changes/github/octo/app/7"],
        );
        for none in [
            "github/octo/app/8",
            "github/octo/app/x",
            "gitlab/octo/app/7",
            "x/octo/app/7",
            "github/7",
        ] {
            assert_holds(&get(addr, &format!("/changes/{none}")).await, &["HTTP/1.1 404"]);
        }
    })
    .await;
}
