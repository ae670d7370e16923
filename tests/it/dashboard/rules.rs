//! What the rules' pages say of the repositories.

use asyncwarden::store::{Sees, trends};

use super::*;

/// `octo/app` has two findings of the rule, of which one is fixed later, and one of another rule; `group/sub/api` has one that
/// is kept by a command with a reason, and one whose comment was resolved.
async fn fill(store: &Store) {
    let now = Utc::now();
    let app = change("octo/app", 7);
    let both =
        vec![finding(&SLEEP, "a.py", 1), finding(&SLEEP, "b.py", 1), finding(&TASK, "b.py", 2)];
    let first = revision(&app, "a", RevisionState::Open);
    review(store, &first, both, now - TimeDelta::days(15)).await;
    let second = revision(&app, "b", RevisionState::Open);
    review(store, &second, vec![finding(&SLEEP, "b.py", 1)], now).await;
    let api = change("group/sub/api", 3);
    let kept = [finding(&SLEEP, "x.py", 1), finding(&SLEEP, "y.py", 1)];
    review(store, &revision(&api, "c", RevisionState::Open), kept.to_vec(), now).await;
    let mut tx = store.begin().await.unwrap();
    let id = change_requests::remember(&mut tx, &api, now).await.unwrap();
    let said = [
        Settlement { by: Some("ada"), how: How::Command, note: Some("it runs once") },
        Settlement { by: None, how: How::Thread, note: None },
    ];
    for (finding, said) in kept.iter().zip(said) {
        findings::settle(&mut tx, id, &finding.fingerprint, said, now).await.unwrap().unwrap();
    }
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_rule_s_page_says_where_it_fires_and_what_people_make_of_it() {
    on_every_store(async |store| {
        fill(&store).await;
        let page = get(serve(store).await, "/rules/AW501").await;
        let fires = page.split("Where it fires</h2>").nth(1).unwrap();
        assert_holds(fires, &["href=\"/findings?rule=AW501\">4 problems</a> in 2 repositories"]);
        for (state, count) in [("open", "1 open"), ("fixed", "1 fixed"), ("settled", "2 kept")] {
            assert_holds(
                fires,
                &[&format!("href=\"/findings?rule=AW501&#38;state={state}\">{count}")],
            );
        }
        assert_holds(fires, &["<b>33 %</b> were fixed. Of the kept ones, 1 by resolving"]);
        assert_holds(fires, &["1 by a command; 1 with a reason"]);
        let of_app = "/findings?repository=github%3Aocto%2Fapp&#38;rule=AW501";
        assert_holds(
            fires,
            &[&format!("href=\"{of_app}\""), &format!("href=\"{of_app}&#38;state=open\"")],
        );
        let (app, api) = (fires.find(">octo/app</a>"), fires.find(">group/sub/api</a>"));
        assert!(app.is_some() && api.is_some());
        let weeks = fires.split("New findings by week as a table").nth(1).unwrap();
        assert_eq!(weeks.split("</table>").next().unwrap().matches("<tr>").count(), 27);
        let counts: Vec<_> = fires.matches(": 2 new</title>").collect();
        assert_eq!(counts.len(), 2, "two weeks with two findings each");
    })
    .await;
}

#[tokio::test]
async fn the_list_of_rules_has_their_numbers_in_short() {
    on_every_store(async |store| {
        fill(&store).await;
        let addr = serve(store).await;
        let list = get(addr, "/rules").await;
        let row = |code: &str| {
            let link = format!("href=\"/rules/{code}\"");
            let row = list.split("<tr>").find(|row| row.contains(&link)).unwrap();
            ["Found", "Open", "Fixed"].map(|label| {
                let cell = row.split(&format!("data-label=\"{label}\"")).nth(1).unwrap();
                let cell = cell.split("</td>").next().unwrap();
                // Between tags.
                let texts = cell.split('>').filter_map(|part| part.split('<').next());
                texts.collect::<String>()
            })
        };
        assert_eq!(row("AW501"), ["4", "1", "33 %"]);
        assert_eq!(row("AW206"), ["1", "0", "100 %"]);
        assert_eq!(row("AW214"), ["0", "0", "–"]);
        let page = get(addr, "/rules/AW214").await;
        assert_holds(
            &page,
            &["It has found nothing in your repositories yet", "Found nothing yet"],
        );
    })
    .await;
}

#[tokio::test]
async fn only_repositories_that_the_viewer_sees_count() {
    on_every_store(async |store| {
        fill(&store).await;
        let mut tx = store.read().await.unwrap();
        let nobody = Sees::Person(1);
        assert!(trends::rule_totals(&mut tx, nobody, None).await.unwrap().is_empty());
        assert!(trends::fires_in(&mut tx, nobody, "AW501", 9).await.unwrap().is_empty());
        let from = "2020-01-06".parse().unwrap();
        assert!(trends::weeks_of_rule(&mut tx, nobody, "AW501", from).await.unwrap().is_empty());
        assert_eq!(trends::reactions(&mut tx, nobody, "AW501", 9).await.unwrap().of, 0);
        let some = trends::reactions(&mut tx, Sees::All, "AW501", 1).await.unwrap();
        assert_eq!(some.of, 1, "no more are looked at than asked for");
        let places = trends::fires_in(&mut tx, Sees::All, "AW501", 9).await.unwrap();
        let told: Vec<_> = places
            .iter()
            .map(|it| (it.forge, it.introduced, it.open, it.fixed, it.settled))
            .collect();
        assert_eq!(told, [(ForgeKind::GitHub, 2, 1, 1, 0), (ForgeKind::GitLab, 2, 0, 0, 2)]);
    })
    .await;
}
