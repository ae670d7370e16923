//! The list of change requests, and the page of one.

use asyncwarden::store::threads;

use super::*;

/// Keeps a review of a change request with a title.
async fn titled(
    store: &Store,
    change: &ChangeRequest,
    title: &str,
    state: RevisionState,
    found: Vec<Finding>,
    hours: i64,
) {
    let mut revision = revision(change, "a", state);
    revision.title = title.to_owned();
    review(store, &revision, found, Utc::now() - TimeDelta::hours(hours)).await;
}

/// Five change requests; the second one has had an earlier review, too, the last one none.
async fn fill(store: &Store) {
    let bad = || vec![finding(&SLEEP, "a.py", 1)];
    let [open, merged, closed] =
        [RevisionState::Open, RevisionState::Merged, RevisionState::Closed];
    titled(store, &change("octo/app", 2), "Old title", open, Vec::new(), 9).await;
    titled(store, &change("octo/app", 1), "Poll <faster>", open, bad(), 5).await;
    titled(store, &change("octo/app", 2), "Write once", merged, bad(), 3).await;
    titled(store, &change("octo/app", 3), "Read twice", closed, Vec::new(), 4).await;
    titled(store, &change("group/sub/api", 4), "Serve writes", open, Vec::new(), 2).await;
    let mut tx = store.begin().await.unwrap();
    let unseen = change("octo/app", 5);
    change_requests::remember(&mut tx, &unseen, Utc::now()).await.unwrap();
    tx.commit().await.unwrap();
}

/// The numbers of the change requests of the list in their order.
fn listed(page: &str) -> Vec<i64> {
    let rows = page.split("<th scope=\"row\"><a href=\"/changes/").skip(1);
    let number = |row: &str| row.split('"').next().unwrap().rsplit('/').next().unwrap().parse();
    rows.map(|row| number(row).unwrap()).collect()
}

#[tokio::test]
async fn change_requests_are_listed_by_their_latest_review_and_filtered() {
    on_every_store(async |store| {
        fill(&store).await;
        let addr = serve(store).await;
        for (query, expected) in [
            ("", &[4, 2, 3, 1][..]),
            ("?repository=&state=&verdict=&title=&before=", &[4, 2, 3, 1]),
            ("?repository=github:octo/app", &[2, 3, 1]),
            ("?repository=Octo/App&state=open", &[1]),
            ("?repository=octo/none", &[]),
            ("?state=merged", &[2]),
            ("?state=closed", &[3]),
            ("?verdict=failed", &[2, 1]),
            ("?verdict=passed", &[4, 3]),
            ("?verdict=running", &[]),
            ("?title=WRITE", &[4, 2]),
            ("?title=old", &[]),
            ("?title=%25", &[]),
            ("?title=write&verdict=failed", &[2]),
        ] {
            let page = get(addr, &format!("/changes{query}")).await;
            assert_holds(&page, &["HTTP/1.1 200", "aria-current=\"page\">Change requests"]);
            assert_eq!(listed(&page), expected, "{query}");
            assert_eq!(page.contains("class=\"empty\""), expected.is_empty(), "{query}");
        }
        let page = get(addr, "/changes").await;
        assert_holds(
            &page,
            &["#1 Poll &#60;faster&#62;</a>", "!4 Serve writes", "by ada", "5 hours ago"],
        );
        assert_holds(&page, &["href=\"/changes/gitlab/group/sub/api/4\""]);
        assert_holds(
            &get(addr, "/changes?repository=octo/none").await,
            &["There is no such repository"],
        );
        assert_holds(
            &get(addr, "/changes?title=nothing").await,
            &["No change request is like that"],
        );
        for query in ["?state=gone", "?verdict=x", "?before=x", "?title=%00", "?repository=x:y"] {
            assert_holds(&get(addr, &format!("/changes{query}")).await, &["HTTP/1.1 400"]);
        }
    })
    .await;
}

#[tokio::test]
async fn an_empty_list_says_what_to_do_next() {
    on_every_store(async |store| {
        let page = get(serve(store).await, "/changes").await;
        assert_holds(&page, &["Nothing was reviewed yet", "appear here with their first review"]);
    })
    .await;
}

#[tokio::test]
async fn the_list_of_change_requests_has_pages_that_stay_in_place() {
    on_every_store(async |store| {
        let now = Utc::now();
        let at = |minutes| now - TimeDelta::minutes(minutes);
        // Two begin at the same time, on either side of the border.
        for number in 1..=60 {
            let app = revision(&change("octo/app", number), "a", RevisionState::Open);
            review(&store, &app, Vec::new(), at(if number == 11 { 110 } else { 100 + number }))
                .await;
        }
        let addr = serve(store.clone()).await;
        let page = get(addr, "/changes").await;
        let first = listed(&page);
        let next = page.split("<a href=\"").find(|link| link.contains("rel=\"next\"")).unwrap();
        let next = next.split('"').next().unwrap().replace("&#38;", "&");
        // What is reviewed meanwhile moves to the beginning, and pushes nothing out of sight.
        let moved = revision(&change("octo/app", 60), "b", RevisionState::Open);
        review(&store, &moved, Vec::new(), at(1)).await;
        let page = get(addr, &next).await;
        let second = listed(&page);
        assert_holds(&page, &["href=\"/changes\">Latest</a>"]);
        assert_eq!((first.len(), second.len()), (50, 9));
        let mut all: Vec<_> = first.iter().chain(&second).copied().collect();
        all.sort_unstable();
        assert_eq!(all, (1..=59).collect::<Vec<_>>());
        assert_eq!(listed(&get(addr, "/changes").await)[0], 60);
    })
    .await;
}

#[tokio::test]
async fn a_repository_leads_to_its_change_requests_reviews_and_files() {
    on_every_store(async |store| {
        let now = Utc::now();
        let app = revision(&change("octo/app", 7), "a", RevisionState::Open);
        let long = format!("{}.py", "x".repeat(550));
        let found = vec![finding(&SLEEP, "src/a b&c.py", 3), finding(&TASK, &long, 3)];
        let key = review(&store, &app, found, now).await;
        let addr = serve(store).await;
        let page = get(addr, "/repositories/github/octo/app").await;
        assert_holds(&page, &["href=\"/changes?repository=github%3Aocto%2Fapp\"", &key]);
        assert_holds(&page, &["<th scope=\"row\"><a href=\"/changes/github/octo/app/7\">#7 Poll"]);
        let of_file = "/findings?repository=github%3Aocto%2Fapp&path=src%2Fa+b%26c.py";
        assert_holds(
            &page,
            &[&format!("href=\"{}\"><code>src/a b", of_file.replace('&', "&#38;"))],
        );
        assert_holds(&page, &[&format!("<th scope=\"row\"><code>{long}")]);
        assert_holds(&get(addr, of_file).await, &["HTTP/1.1 200", "src/a b&#38;c.py:3"]);
    })
    .await;
}

#[tokio::test]
async fn comments_and_times_are_shown_with_their_pushes() {
    on_every_store(async |store| {
        let now = Utc::now();
        let app = change("octo/app", 7);
        let [sleep, task, kept] =
            [("a.py", 1), ("b.py", 2), ("c.py", 3)].map(|(path, line)| finding(&SLEEP, path, line));
        let all = vec![sleep.clone(), task.clone(), kept.clone()];
        let first = revision(&app, "a", RevisionState::Open);
        let key = review(&store, &first, all, now - TimeDelta::hours(3)).await;
        let second = revision(&app, "b", RevisionState::Open);
        review(&store, &second, vec![sleep.clone(), kept.clone()], now - TimeDelta::hours(1)).await;
        let mut tx = store.begin().await.unwrap();
        let id = change_requests::remember(&mut tx, &app, now).await.unwrap();
        let posted = now - TimeDelta::hours(2);
        for (finding, thread) in [(&sleep, "T1"), (&task, "T2"), (&kept, "T3")] {
            threads::posted(&mut tx, id, &finding.fingerprint, thread, posted).await.unwrap();
        }
        threads::commented(&mut tx, id, "T1", "901").await.unwrap();
        threads::resolved(&mut tx, id, "T2", now).await.unwrap();
        let by_ann = Settlement { by: Some("ann"), how: How::Thread, note: None };
        findings::settle(&mut tx, id, &kept.fingerprint, by_ann, now).await.unwrap().unwrap();
        tx.commit().await.unwrap();

        let addr = serve(store).await;
        let page = get(addr, "/changes/github/octo/app/7").await;
        let pushes: Vec<_> = page.split("data-label=\"Comments\">").skip(1).collect();
        assert_eq!(pushes.iter().map(|cell| &cell[..1]).collect::<Vec<_>>(), ["0", "3"]);
        for page in [page, get(addr, &format!("/reviews/{key}")).await] {
            assert_holds(&page, &["href=\"https://forge.example/changes/7#discussion_r901\""]);
            assert_holds(&page, &[">comment open</a>", ">comment resolved by asyncwarden</a>"]);
            assert_holds(&page, &[">comment resolved by ann</a>"]);
        }
    })
    .await;
}
