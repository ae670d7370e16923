//! The list of repositories: searched, filtered and sorted.

use super::*;

/// Three repositories: `octo/zebra` with a critical finding, reviewed last; `octo/App` with a medium one, whose gate passed;
/// `group/sub/api`, which is clean and has rested. A fourth was never reviewed.
async fn fill(store: &Store) {
    let now = Utc::now();
    let hours = |hours| now - TimeDelta::hours(hours);
    let zebra = revision(&change("octo/zebra", 1), "a", RevisionState::Open);
    review(store, &zebra, vec![finding(&SLEEP, "a.py", 1), finding(&TASK, "a.py", 2)], hours(1))
        .await;
    let mut medium = finding(&TASK, "b.py", 1);
    medium.severity = Severity::Medium;
    let app = revision(&change("octo/App", 2), "b", RevisionState::Open);
    review(store, &app, vec![finding(&SLEEP, "old.py", 1)], hours(6)).await;
    review(
        store,
        &revision(&change("octo/App", 2), "c", RevisionState::Open),
        vec![medium],
        hours(5),
    )
    .await;
    let api = revision(&change("group/sub/api", 3), "d", RevisionState::Open);
    review(store, &api, Vec::new(), hours(9)).await;
    let mut tx = store.begin().await.unwrap();
    change_requests::remember(&mut tx, &change("octo/new", 4), now).await.unwrap();
    tx.commit().await.unwrap();
}

const ALL: [&str; 4] = ["octo/zebra", "octo/App", "group/sub/api", "octo/new"];

/// The repositories of the list in their order.
fn listed(page: &str) -> Vec<&'static str> {
    let row = |name: &&&str| page.contains(&format!("\">{name}</a><span class=\"forge\">"));
    let mut found: Vec<_> = ALL.iter().filter(row).copied().collect();
    found.sort_by_key(|name| page.find(&format!("\">{name}</a><span class=\"forge\">")));
    found
}

#[tokio::test]
async fn repositories_are_searched_filtered_and_sorted() {
    on_every_store(async |store| {
        fill(&store).await;
        let addr = serve(store).await;
        let [zebra, app, api, new] = ALL;
        for (query, expected) in [
            ("", &[zebra, app, api, new][..]),
            ("?name=&platform=&severity=&sort=last-review&page=", &[zebra, app, api, new]),
            ("?sort=-last-review", &[api, app, zebra, new]),
            ("?sort=open", &[zebra, app, api, new]),
            ("?sort=-open", &[api, new, app, zebra]),
            ("?sort=name", &[api, app, new, zebra]),
            ("?sort=-name", &[zebra, new, app, api]),
            ("?sort=gate", &[zebra, app, api, new]),
            ("?sort=-gate", &[api, app, zebra, new]),
            ("?name=aPP", &[app]),
            ("?name=octo/&sort=name", &[app, new, zebra]),
            ("?name=%25", &[]),
            ("?platform=gitlab", &[api]),
            ("?severity=critical", &[zebra]),
            ("?severity=high", &[zebra]),
            ("?severity=medium&sort=name", &[app, zebra]),
            ("?severity=low&name=octo", &[zebra, app]),
            ("?platform=gitlab&severity=low", &[]),
        ] {
            let page = get(addr, &format!("/{query}")).await;
            assert_holds(&page, &["HTTP/1.1 200"]);
            assert_eq!(listed(&page), expected, "{query}");
            let is_empty = page.contains("No repository is like that");
            assert_eq!(is_empty, expected.is_empty(), "{query}");
        }
        for query in ["?sort=stars", "?severity=bad", "?platform=none", "?name=%00"] {
            assert_holds(&get(addr, &format!("/{query}")).await, &["HTTP/1.1 400"]);
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_on_is_shown_and_can_be_taken_away() {
    on_every_store(async |store| {
        fill(&store).await;
        let addr = serve(store).await;
        let page = get(addr, "/?name=a&severity=medium&sort=open").await;
        assert_holds(
            &page,
            &["3 open findings in change requests under review of the repositories"],
        );
        assert_holds(&page, &["href=\"/?severity=medium&#38;sort=open\" aria-label=\"Remove"]);
        assert_holds(
            &page,
            &["aria-sort=\"descending\"><a href=\"/?name=a&#38;severity=medium&#38;sort=-open\""],
        );
        assert_holds(&page, &["<option value=\"open\" selected>", "value=\"medium\" selected>"]);
        assert_eq!(page.matches("aria-sort").count(), 1);
        let page = get(addr, "/?name=%22%3E%3Cb%3E").await;
        assert_holds(&page, &["value=\"&#34;&#62;&#60;b&#62;\"", "No repository is like that"]);
        assert!(!page.contains("<b>"), "{page}");
    })
    .await;
}

#[tokio::test]
async fn pages_keep_what_is_asked_for() {
    on_every_store(async |store| {
        let mut tx = store.begin().await.unwrap();
        for number in 0..52 {
            let mut change = change("octo/app", 1);
            change.repository.full_name = format!("octo/app{number:02}");
            change.repository.external_id = number;
            change_requests::remember(&mut tx, &change, Utc::now()).await.unwrap();
        }
        tx.commit().await.unwrap();
        let addr = serve(store).await;
        let page = get(addr, "/?name=app&sort=-name").await;
        assert_holds(&page, &["octo/app51", "octo/app02", "1–50 of 52"]);
        assert_holds(&page, &["href=\"/?name=app&#38;sort=-name&#38;page=2\" rel=\"next\""]);
        let page = get(addr, "/?name=app&sort=-name&page=2").await;
        assert_holds(
            &page,
            &[
                "octo/app01",
                "51–52 of 52",
                "href=\"/?name=app&#38;sort=-name&#38;page=1\" rel=\"prev\"",
            ],
        );
        assert!(!page.contains("octo/app02"), "{page}");
    })
    .await;
}
