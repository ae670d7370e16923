//! A repository's page: what came and went, where, and what people keep.

use std::collections::BTreeMap;

use asyncwarden::store::findings::{How, Settlement};
use chrono::Datelike;

use super::*;

const PAGE: &str = "/repositories/github/octo/app";

/// The texts of the cells behind a row's header, which begins so.
fn cells(page: &str, header: &str) -> Vec<String> {
    let start = format!("<th scope=\"row\">{header}");
    let row = page.split(&start).nth(1).unwrap_or_else(|| panic!("{start} is not in\n{page}"));
    let row = row.split("</tr>").next().unwrap();
    let text = |cell: &str| {
        let inner = cell.split_once('>').unwrap().1;
        inner.split('<').next().unwrap().to_owned()
    };
    row.split("<td").skip(1).map(text).collect()
}

/// The Monday of its week, as pages write it.
fn week_of(at: DateTime<Utc>) -> String {
    let day = at.date_naive();
    let monday = day - TimeDelta::days(i64::from(day.weekday().num_days_from_monday()));
    monday.format("%-d %b %Y").to_string()
}

#[tokio::test]
async fn what_came_and_went_is_shown_by_week_pass_file_and_item() {
    on_every_store(async |store| {
        let now = Utc::now();
        let app = change("octo/app", 7);
        let (begun, fixed) = (now - TimeDelta::days(13), now - TimeDelta::days(6));
        let task = || finding(&TASK, "b.py", 9);
        let all = vec![finding(&SLEEP, "a.py", 3), finding(&SLEEP, "a.py", 30), task()];
        review(&store, &revision(&app, "a", RevisionState::Open), all, begun).await;
        review(&store, &revision(&app, "b", RevisionState::Open), vec![task()], fixed).await;
        // Another one's findings are not in it.
        let other = revision(&change("octo/other", 1), "a", RevisionState::Open);
        review(&store, &other, vec![finding(&SLEEP, "a.py", 3)], now).await;

        let page = get(serve(store).await, PAGE).await;
        let mut weeks: BTreeMap<String, [i64; 2]> = BTreeMap::new();
        weeks.entry(week_of(begun)).or_default()[0] += 3;
        weeks.entry(week_of(fixed)).or_default()[1] += 2;
        for (week, [introduced, fixed]) in weeks {
            let said = format!("<title>Week of {week}: {introduced} introduced, {fixed} fixed<");
            assert_holds(&page, &[&said]);
            let row = format!("{week}</th><td class=\"number{}\">{introduced}<", zero(introduced));
            assert_holds(&page, &[&row]);
        }
        assert_holds(&page, &["<b>7 days</b><span>median time to fix, 2 fixed in 12 weeks"]);
        assert_eq!(cells(&page, "Blocking</th>"), ["", "2", "0", "2", "0"]);
        assert_eq!(cells(&page, "Coroutine</th>"), ["", "1", "1", "0", "0"]);
        assert_eq!(cells(&page, "Library</th>"), ["", "0", "0", "0", "0"]);
        for (path, counts) in [("a.py", ["2", "0"]), ("b.py", ["1", "1"])] {
            let query = format!("repository=github%3Aocto%2Fapp&#38;path={path}");
            let header = format!("<a href=\"/findings?{query}\"><code>{path}</code></a>");
            assert_eq!(cells(&page, &header), counts);
        }
        for (item, found) in [("C41 No time.sleep()", "2"), ("C14 ", "1"), ("C01 ", "0")] {
            let cells = cells(&page, item);
            assert_eq!((cells.len(), cells[12].as_str()), (13, found), "{item}");
            let weeks = cells[..12].iter().filter(|cell| !cell.is_empty()).collect::<Vec<_>>();
            assert_eq!(weeks, if found == "0" { vec![] } else { vec![found] }, "{item}");
        }
        assert_eq!(page.matches("<th scope=\"rowgroup\"").count(), 7);
        assert_holds(&page, &["<a href=\"/rules/AW501\" title=\"blocking-sleep\">AW501</a>"]);
    })
    .await;
}

fn zero(count: i64) -> &'static str {
    if count == 0 { " zero" } else { "" }
}

#[tokio::test]
async fn who_keeps_a_finding_and_why_is_shown_as_text() {
    on_every_store(async |store| {
        let now = Utc::now();
        let mut revision = revision(&change("octo/app", 7), "a", RevisionState::Open);
        revision.web_url = "javascript:alert(1)".to_owned();
        // Longer than what an index takes, and not to be compressed.
        let long = (0..100).map(|_| uuid::Uuid::new_v4().simple().to_string()).collect::<String>();
        let mut found = vec![
            finding(&SLEEP, "<img src=x>.py", 3),
            finding(&TASK, "b.py", 9),
            finding(&TASK, &long, 1),
        ];
        found[2].fingerprint = Fingerprint("long".to_owned());
        let names: Vec<_> = found.iter().map(|finding| finding.fingerprint.clone()).collect();
        review(&store, &revision, found, now - TimeDelta::days(3)).await;
        let mut tx = store.begin().await.unwrap();
        let id = change_requests::remember(&mut tx, &revision.change, now).await.unwrap();
        let note = Some("<script>alert(1)</script> & \"known\"");
        let command = Settlement { by: Some("ada<b>"), how: How::Command, note };
        let thread = Settlement { by: None, how: How::Thread, note: None };
        let ago = |hours| now - TimeDelta::hours(hours);
        findings::settle(&mut tx, id, &names[0], command, ago(2)).await.unwrap().unwrap();
        findings::settle(&mut tx, id, &names[1], thread, ago(5)).await.unwrap().unwrap();
        tx.commit().await.unwrap();

        let addr = serve(store.clone()).await;
        let page = get(addr, PAGE).await;
        let kept = page.split("Kept findings</h2>").nth(1).unwrap();
        assert_holds(kept, &["<code>&#60;img src=x&#62;.py:3</code>", "ada&#60;b&#62;"]);
        assert_holds(kept, &["&#60;script&#62;alert(1)&#60;/script&#62; &#38; &#34;known&#34;"]);
        assert_holds(kept, &["by a command", "somebody", "resolved its thread", "no reason given"]);
        let at = |text: &str| kept.find(text).unwrap();
        assert!(at("2 hours ago") < at("5 hours ago"), "the latest comes first");
        assert_holds(kept, &["href=\"/changes/github/octo/app/7\">#7</a>"]);
        assert_holds(kept, &["None, in the change requests of the latest reviews"]);
        assert!(!page.contains("javascript:") && !page.contains("<script>"), "{page}");
        assert!(!page.contains("<img") && page.contains(&long[..600]), "{page}");

        let mut tx = store.begin().await.unwrap();
        findings::reopen(&mut tx, id, &names[1], now).await.unwrap().unwrap();
        tx.commit().await.unwrap();
        let page = get(addr, PAGE).await;
        assert!(!page.contains("resolved its thread") && page.contains("by a command"), "{page}");
    })
    .await;
}

#[tokio::test]
async fn a_repository_without_reviews_says_what_happens_next() {
    on_every_store(async |store| {
        let mut tx = store.begin().await.unwrap();
        change_requests::remember(&mut tx, &change("octo/app", 7), Utc::now()).await.unwrap();
        tx.commit().await.unwrap();
        let page = get(serve(store).await, PAGE).await;
        assert_holds(&page, &["HTTP/1.1 200", "begins with the first finding of a review"]);
        assert_holds(&page, &["No pass found anything", "No file had a finding"]);
        assert_holds(&page, &["No item of the checklist was violated", "Nobody settled a finding"]);
        assert_holds(&page, &["<b>–</b><span>median time to fix, none fixed in 12 weeks"]);
    })
    .await;
}
