//! What each resource says of a small store.

use chrono::{Datelike, TimeDelta, Utc};
use reqwest::Method;
use serde_json::{Value, json};

use super::world::{Api, fill, on_every_store, repository};

#[tokio::test]
async fn the_index_leads_to_the_rest() {
    on_every_store(async |_, store| {
        let api = Api::serve(store).await;
        let index = api.get("/api/v1").await;
        assert_eq!(index.body["html_url"], "https://warden.example/api");
        for (name, url) in index.body.as_object().unwrap() {
            if name.ends_with("_url") && name != "html_url" {
                assert_eq!(api.get(url.as_str().unwrap()).await.status, 200, "{name}");
            }
        }
        let me = api.get("/api/v1/me").await;
        assert_eq!(me.body["login"], Value::Null);
        assert_eq!(me.body["scopes"], json!(["read", "operations"]));
        assert_eq!(me.body["token"], Value::Null);
    })
    .await;
}

#[tokio::test]
async fn repositories_are_found_by_name_and_platform() {
    on_every_store(async |_, store| {
        fill(&store, Utc::now()).await;
        let api = Api::serve(store).await;
        for (query, names) in [
            ("", &["octo/app", "octo/secret", "group/sub/api"][..]),
            ("?q=OCTO/", &["octo/app", "octo/secret"]),
            ("?q=ap", &["octo/app", "group/sub/api"]),
            ("?q=%25", &[]),
            ("?forge=gitlab", &["group/sub/api"]),
            ("?forge=github&q=app", &["octo/app"]),
            ("?forge=gitlab&q=app", &[]),
        ] {
            let found = api.get(&format!("/api/v1/repositories{query}")).await;
            assert_eq!(found.each("/full_name"), names, "{query}");
        }
        let id = repository(&api, "octo/app").await;
        let found = api.get(&format!("/api/v1/repositories/{id}")).await.body;
        assert_eq!(found["forge"], "github");
        let open = json!({ "critical": 0, "high": 1, "medium": 0, "low": 0, "total": 1 });
        assert_eq!(found["open_findings"], open);
        assert_eq!(found["gate"], json!({ "reviews": 2, "failed": 2, "pass_rate": 0 }));
        assert_eq!(found["html_url"], "https://warden.example/repositories/github/octo/app");
        assert_eq!(found["url"], format!("/api/v1/repositories/{id}"));
        assert!(found["last_review_at"].as_str().unwrap().ends_with('Z'));
    })
    .await;
}

#[tokio::test]
async fn trends_are_those_of_the_page() {
    on_every_store(async |_, store| {
        let now = Utc::now();
        fill(&store, now).await;
        let api = Api::serve(store).await;
        let id = repository(&api, "octo/app").await;
        let of = async |what: &str| api.get(&format!("/api/v1/repositories/{id}/{what}")).await;

        let days = of("trend?days=10").await;
        assert_eq!(days.items().len(), 10);
        assert_eq!(days.items()[9]["date"], now.date_naive().to_string());
        assert_eq!(days.each("/open_findings/total")[..2], [0, 3]);
        assert_eq!(days.each("/open_findings/total")[7..], [2, 1, 1]);
        assert_eq!(of("trend").await.items().len(), 182);

        let flow = of("flow?weeks=3").await.body;
        let weeks = flow["weeks"].as_array().unwrap();
        let sum = |name: &str| weeks.iter().map(|week| week[name].as_i64().unwrap()).sum::<i64>();
        assert_eq!((weeks.len(), sum("introduced"), sum("fixed")), (3, 3, 1));
        assert_eq!((&flow["fixed"], &flow["median_hours_to_fix"]), (&json!(1), &json!(24 * 7)));
        let monday =
            now.date_naive() - TimeDelta::days(now.weekday().num_days_from_monday().into());
        assert_eq!(weeks[2]["week"], monday.to_string());

        let rules = of("rules").await;
        assert_eq!(rules.each("/rule"), ["AW206", "AW501"]);
        assert_eq!(rules.each("/found"), [2, 1]);
        assert_eq!(rules.each("/settled"), [1, 0]);
        assert_eq!(rules.items()[0]["html_url"], "https://warden.example/rules/AW206");

        let passes = of("passes").await;
        assert_eq!(passes.items().len(), 7);
        let blocking = passes.items().iter().find(|pass| pass["pass"] == "blocking").unwrap();
        assert_eq!([&blocking["found"], &blocking["fixed"]], [&json!(1), &json!(1)]);

        let files = of("files").await;
        assert_eq!(files.each("/path"), ["src/a.py", "src/b.py"]);
        assert_eq!(
            (files.each("/found"), files.each("/open")),
            (vec![json!(2), json!(1)], vec![json!(1), json!(0)])
        );

        let checklist = of("checklist").await.body;
        let items = checklist["items"].as_array().unwrap();
        assert_eq!((items.len(), checklist["weeks"].as_array().unwrap().len()), (63, 12));
        let sleep = items.iter().find(|item| item["item"] == "C41").unwrap();
        assert_eq!((&sleep["total"], &sleep["pass"]), (&json!(1), &json!("blocking")));
        assert_eq!(sleep["found"].as_array().unwrap().len(), 12);
        assert!(sleep["rules"].as_array().unwrap().contains(&json!("AW501")));

        let kept = of("kept-findings").await;
        assert_eq!(kept.each("/path"), ["src/b.py"]);
        let settled = json!({ "by": "ada", "how": "command", "note": "it ends <soon>" });
        assert_eq!(kept.items()[0]["settled"], settled);
    })
    .await;
}

#[tokio::test]
async fn the_default_branch_has_what_its_looks_found() {
    on_every_store(async |_, store| {
        use asyncwarden::analysis::Severity;
        use asyncwarden::store::baselines::{self, Baseline};
        use asyncwarden::store::trends::Counts;

        let now = Utc::now();
        fill(&store, now).await;
        let api = Api::serve(store.clone()).await;
        let id = repository(&api, "octo/app").await;
        let path = format!("/api/v1/repositories/{id}/default-branch");
        let none = json!({ "commits": [], "rules": [], "problem": null });
        assert_eq!(api.get(&path).await.body, none);
        let mut tx = store.begin().await.unwrap();
        let found = Counts { high: 2, ..Counts::default() };
        let baseline = Baseline {
            commit_sha: "e".repeat(40),
            branch: "main".to_owned(),
            at: now,
            files: 12,
            lines: 340,
            found,
            badge: false,
        };
        baselines::add(&mut tx, id, &baseline, &[("AW206", Severity::High, 2)]).await.unwrap();
        tx.commit().await.unwrap();
        let branch = api.get(&path).await.body;
        assert_eq!(branch["rules"], json!([{ "rule": "AW206", "findings": 2 }]));
        assert_eq!(branch["commits"][0]["findings"]["high"], 2);
        assert_eq!(
            (&branch["commits"][0]["files"], &branch["commits"][0]["branch"]),
            (&json!(12), &json!("main"))
        );
    })
    .await;
}

#[tokio::test]
async fn a_change_request_has_its_pushes_and_what_became_of_its_findings() {
    on_every_store(async |_, store| {
        let [old, new] = fill(&store, Utc::now()).await;
        let api = Api::serve(store).await;
        let id = repository(&api, "octo/app").await;
        let list = api.get(&format!("/api/v1/repositories/{id}/change-requests")).await;
        assert_eq!(list.each("/number"), [7]);
        assert_eq!(list.each("/open_findings"), [1]);
        let merged = format!("/api/v1/repositories/{id}/change-requests?state=merged");
        assert_eq!(api.get(&merged).await.items(), [Value::Null; 0]);

        let change = api.get(list.items()[0]["url"].as_str().unwrap()).await.body;
        assert_eq!((&change["state"], &change["author"]), (&json!("open"), &json!("ada")));
        assert_eq!(change["forge_url"], "https://forge.example/changes/7");
        assert_eq!(change["html_url"], "https://warden.example/changes/github/octo/app/7");
        assert_eq!(change["repository"]["full_name"], "octo/app");
        let pushes = change["pushes"].as_array().unwrap();
        let keys: Vec<_> = pushes.iter().map(|push| push["review"]["key"].clone()).collect();
        assert_eq!(keys, [new, old]);
        assert_eq!((&pushes[1]["introduced"], &pushes[0]["fixed"]), (&json!(3), &json!(1)));
        assert_eq!(pushes[0]["conclusion"], "failed");
        let fates: Vec<_> =
            change["findings"].as_array().unwrap().iter().map(|it| &it["state"]).collect();
        assert_eq!(fates, ["open", "settled", "fixed"]);
        assert_eq!(change["findings"][2]["fixed_in"], "b".repeat(40));
        assert_eq!(change["findings"][1]["settled_by"], "ada");
    })
    .await;
}

#[tokio::test]
async fn a_review_has_its_findings_and_verdicts() {
    on_every_store(async |_, store| {
        let [old, new] = fill(&store, Utc::now()).await;
        let api = Api::serve(store).await;
        let id = repository(&api, "octo/app").await;
        let list = api.get(&format!("/api/v1/repositories/{id}/reviews")).await;
        assert_eq!(list.each("/key"), [json!(new), json!(old)]);

        let review = api.get(&format!("/api/v1/reviews/{old}")).await.body;
        assert_eq!((&review["conclusion"], &review["stale"]), (&json!("failed"), &json!(false)));
        assert_eq!(review["summary"], "2 critical findings");
        assert_eq!(review["finding_counts"]["total"], 3);
        assert_eq!(review["verdicts"], json!([{ "item": "C41", "outcome": "violated" }]));
        assert_eq!(review["omissions"].as_array().unwrap().len(), 1);
        let states: Vec<_> =
            review["findings"].as_array().unwrap().iter().map(|it| &it["state"]).collect();
        assert_eq!(states, ["fixed", "open", "settled"]);
        assert!(review["findings"].as_array().unwrap().iter().all(|it| it["new"] == true));
        assert_eq!(review["change_request"]["number"], 7);
        assert_eq!(review["html_url"], format!("https://warden.example/reviews/{old}"));
        let next = api.get(&format!("/api/v1/reviews/{new}")).await.body;
        assert!(next["findings"].as_array().unwrap().iter().all(|it| it["new"] == false));
    })
    .await;
}

#[tokio::test]
async fn findings_are_filtered() {
    on_every_store(async |_, store| {
        fill(&store, Utc::now()).await;
        let api = Api::serve(store).await;
        let id = repository(&api, "octo/app").await;
        let own = format!("?repository={id}");
        let both = format!("{own}&state=open");
        for (query, states) in [
            ("", &["left", "fixed", "open", "settled"][..]),
            (&own, &["fixed", "open", "settled"]),
            ("?state=left", &["left"]),
            (&both, &["open"]),
            ("?rule=AW501", &["left", "fixed"]),
            ("?rule=dangling-task", &["open", "settled"]),
            ("?severity=critical", &["left", "fixed"]),
            ("?path=b.py", &["settled"]),
            ("?path=B.py", &[]),
            ("?rule=AW999", &[]),
            ("?repository=4711", &[]),
        ] {
            let found = api.get(&format!("/api/v1/findings{query}")).await;
            assert_eq!(found.each("/state"), states, "{query}");
        }
        let found = api.get("/api/v1/findings?state=open").await;
        let one = &found.items()[0];
        assert_eq!((&one["item"], &one["confidence"]), (&json!("C14"), &json!("certain")));
        assert_eq!((&one["line"], &one["end_line"]), (&json!(9), &json!(9)));
        assert_eq!(one["change_request"]["number"], 7);
        assert_eq!((&one["settled"], &one["thread"]), (&Value::Null, &Value::Null));
        let kept = api.get("/api/v1/findings?state=settled").await;
        assert_eq!(kept.items()[0]["thread"], json!({ "id": "T1", "resolved": false }));
        let review = one["review"]["url"].as_str().unwrap();
        assert_eq!(api.get(review).await.status, 200);
        let change = one["change_request"]["url"].as_str().unwrap();
        assert_eq!(api.get(change).await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn rules_are_told_with_their_pages() {
    on_every_store(async |_, store| {
        let api = Api::serve(store).await;
        let rules = api.get("/api/v1/rules").await;
        assert_eq!(rules.items().len(), asyncwarden::analysis::RULES.len());
        for name in ["AW501", "aw501", "blocking-sleep"] {
            let rule = api.get(&format!("/api/v1/rules/{name}")).await.body;
            assert_eq!((&rule["code"], &rule["severity"]), (&json!("AW501"), &json!("critical")));
            assert_eq!(
                (&rule["pass"], &rule["category"]),
                (&json!("blocking"), &json!("blocking"))
            );
            assert!(rule["document"].as_str().unwrap().contains("## Why it matters"));
            assert_eq!(rule["checklist"][0]["item"], "C41");
        }
    })
    .await;
}

#[tokio::test]
async fn operators_read_the_queue_and_ask_again() {
    use crate::operations::{TOKEN, settings, with_dead_letter};
    use asyncwarden::app::App;

    crate::support::on_every_store_settings(async |store| {
        let id = with_dead_letter(&store).await;
        let running = App::start(settings(&store, true)).await.unwrap();
        let api = Api::at(running.addr).await;
        let bearer = format!("Bearer {TOKEN}");
        let operator = &[("authorization", bearer.as_str())];
        let queue = json!({ "queued": 0, "running": 0, "dead": 1, "next_due_at": null });
        assert_eq!(api.get_as(TOKEN, "/api/v1/operations").await.body["queue"], queue);
        let letters = api.get_as(TOKEN, "/api/v1/operations/dead-letters").await;
        assert_eq!(letters.each("/id"), [id]);
        assert_eq!(letters.each("/error"), ["404: no <b>access</b>"]);

        let path = format!("/api/v1/operations/dead-letters/{id}/redrive");
        // Where nobody signs in, nobody in particular would have asked.
        assert_eq!(api.ask(Method::POST, &path, &[]).await.status, 401);
        assert_eq!(api.ask(Method::POST, &path, &[("x-form-token", "")]).await.status, 401);
        let again = api.ask(Method::POST, &path, operator).await;
        assert_eq!((again.status.as_u16(), &again.body["number"]), (202, &json!(3)));
        assert_eq!(api.ask(Method::POST, &path, operator).await.status, 404);
        let queue = api.get_as(TOKEN, "/api/v1/operations").await.body["queue"].clone();
        assert_eq!((&queue["queued"], &queue["dead"]), (&json!(1), &json!(0)));
        assert!(queue["next_due_at"].is_string());
        // It says nothing of repositories.
        assert_eq!(api.get_as(TOKEN, "/api/v1/repositories").await.status, 403);
        running.shutdown().await;
    })
    .await;
}
