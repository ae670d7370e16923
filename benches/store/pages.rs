//! The dashboard's queries and pages on the filled database, for its biggest repository and for a median one.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use asyncwarden::forge::ForgeKind;
use asyncwarden::settings::{Settings, StoreSettings};
use asyncwarden::store::trends::{self, Filter, Like, Order, Review};
use asyncwarden::store::{Sees, Store, StoreError, Transaction};
use asyncwarden::web::{self, SignIn};
use axum::body::{Body, to_bytes};
use chrono::{NaiveDate, TimeDelta, Utc};
use http::{Request, StatusCode};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

const ROUNDS: usize = 300;
/// What each is to stay below.
const AIM: Duration = Duration::from_millis(50);

/// The biggest of the filled repositories, and one in the middle.
const REPOSITORIES: [(&str, &str); 2] =
    [("biggest", "org2/repository1"), ("median", "org1/repository500")];

/// Measures each query, then each page.
pub(super) async fn measure(settings: &StoreSettings) -> anyhow::Result<()> {
    println!("dashboard on PostgreSQL, warm; aim: {} ms", AIM.as_millis());
    let store = Store::open(settings).await?;
    let since = |days| (Utc::now() - TimeDelta::days(days)).date_naive();
    query(&store, "repositories, all together", async |tx| {
        trends::whole(tx, Sees::All, &Like::default()).await.map(drop)
    })
    .await?;
    query(&store, "50 repositories", async |tx| listed(tx, since(27)).await.map(drop)).await?;
    let mut tx = store.read().await?;
    let ids = listed(&mut tx, since(27)).await?;
    ensure!(ids.len() == 50, "the database is not filled: see benches/fill.sql");
    drop(tx);
    query(&store, "their 12 weeks", async |tx| {
        trends::changes(tx, &ids, since(83)).await.map(drop)
    })
    .await?;
    let everywhere = Filter::default();
    query(&store, "50 findings", async |tx| {
        trends::listed(tx, Sees::All, &everywhere, None, 50).await.map(drop)
    })
    .await?;
    let mut paths = vec![("overview".to_owned(), "/".to_owned())];
    for query in ["?sort=open", "?sort=gate&severity=high", "?name=zzz"] {
        paths.push((format!("overview {query}"), format!("/{query}")));
    }
    for query in ["", "?state=open", "?verdict=none", "?title=zzz"] {
        paths.push((format!("change requests {query}"), format!("/changes{query}")));
    }
    for (what, path) in [
        ("overview, last page", "/?page=20"),
        ("rules", "/rules"),
        ("a rule", "/rules/AW501"),
        ("operations", "/operations"),
    ] {
        paths.push((what.to_owned(), path.to_owned()));
    }
    for filter in
        ["", "?state=open", "?severity=high&state=settled", "?rule=AW101", "?path=module7"]
    {
        paths.push((format!("findings {filter}"), format!("/findings{filter}")));
    }
    for (which, name) in REPOSITORIES {
        let found = async |tx: &mut Transaction| {
            trends::repository(tx, Sees::All, since(27), ForgeKind::GitHub, name).await
        };
        let mut tx = store.read().await?;
        let id = found(&mut tx).await?.context("the database is not filled")?.id;
        let review = fullest(&mut tx, id).await?;
        drop(tx);
        let say = |what: &str| format!("{which} repository: {what}");
        query(&store, &say("itself"), async |tx| found(tx).await.map(drop)).await?;
        let days = since(182);
        query(&store, &say("26 weeks"), async |tx| {
            trends::changes(tx, &[id], days).await.map(drop)
        })
        .await?;
        query(&store, &say("20 latest reviews"), async |tx| {
            trends::latest_reviews(tx, id, 20).await.map(drop)
        })
        .await?;
        query(&store, &say("20 rules"), async |tx| trends::rules(tx, id, 20).await.map(drop))
            .await?;
        let weeks = since(83);
        query(&store, &say("26 weeks' flow"), async |tx| {
            trends::flow(tx, id, days).await.map(drop)
        })
        .await?;
        query(&store, &say("12 weeks' fixes"), async |tx| {
            trends::fix_times(tx, id, weeks).await.map(drop)
        })
        .await?;
        query(&store, &say("12 weeks' rules"), async |tx| {
            trends::rule_weeks(tx, id, weeks).await.map(drop)
        })
        .await?;
        query(&store, &say("12 weeks' files"), async |tx| {
            trends::found_in(tx, id, weeks, 10).await.map(drop)
        })
        .await?;
        query(&store, &say("files with open findings"), async |tx| {
            trends::open_in(tx, id).await.map(drop)
        })
        .await?;
        query(&store, &say("20 kept findings"), async |tx| {
            trends::kept(tx, id, 20).await.map(drop)
        })
        .await?;
        let key = review.key.clone();
        query(&store, &say("a review"), async |tx| {
            trends::review(tx, Sees::All, &key).await.map(drop)
        })
        .await?;
        query(&store, &say("its findings"), async |tx| trends::found(tx, &review).await.map(drop))
            .await?;
        let of_one = Filter { repository_id: Some(id), ..Filter::default() };
        query(&store, &say("50 findings"), async |tx| {
            trends::listed(tx, Sees::All, &of_one, None, 50).await.map(drop)
        })
        .await?;
        paths.push((say("page"), format!("/repositories/github/{name}")));
        paths.push((say("findings"), format!("/findings?repository=github:{name}")));
        paths.push((say("a review's page"), format!("/reviews/{}", review.key)));
        let change = format!("/changes/github/{name}/{}", review.number);
        paths.push((say("its change request's page"), change));
    }
    for (what, path) in paths {
        page(&store, &what, &path).await?;
    }
    store.close().await;
    Ok(())
}

async fn listed(tx: &mut Transaction, since: NaiveDate) -> Result<Vec<i64>, StoreError> {
    let listed =
        trends::repositories(tx, Sees::All, &Like::default(), Order::default(), since, (50, 0))
            .await?;
    Ok(listed.into_iter().map(|repository| repository.id).collect())
}

/// That of the latest reviews which has most to show.
async fn fullest(tx: &mut Transaction, repository: i64) -> anyhow::Result<Review> {
    let mut fullest = None;
    for review in trends::latest_reviews(tx, repository, 20).await? {
        let found = trends::found(tx, &review).await?.len();
        if fullest.as_ref().is_none_or(|(most, _)| found > *most) {
            fullest = Some((found, review));
        }
    }
    Ok(fullest.context("the repository has no reviews")?.1)
}

/// A query in a transaction of its own, as a page makes it; the first few rounds warm the caches.
async fn query(
    store: &Store,
    what: &str,
    query: impl AsyncFn(&mut Transaction) -> Result<(), StoreError>,
) -> anyhow::Result<()> {
    let mut took = Vec::with_capacity(ROUNDS);
    for round in 0..ROUNDS + 20 {
        let mut tx = store.read().await?;
        let start = Instant::now();
        query(&mut tx).await?;
        if round >= 20 {
            took.push(start.elapsed());
        }
    }
    say(what, took);
    Ok(())
}

/// A page from request to last byte, but for the network.
async fn page(store: &Store, what: &str, path: &str) -> anyhow::Result<()> {
    let settings = Settings::on(StoreSettings::Embedded("unused".into()));
    let sign_in = SignIn::new(store, &settings, Vec::new(), ([127, 0, 0, 1], 0).into()).await?;
    let router = web::router(store.clone(), Arc::new(settings), sign_in, CancellationToken::new());
    let mut took = Vec::with_capacity(ROUNDS);
    for round in 0..ROUNDS + 20 {
        let request = Request::get(path).body(Body::empty())?;
        let start = Instant::now();
        let answer = router.clone().oneshot(request).await?;
        ensure!(answer.status() == StatusCode::OK, "{path}: {}", answer.status());
        to_bytes(answer.into_body(), usize::MAX).await?;
        if round >= 20 {
            took.push(start.elapsed());
        }
    }
    say(what, took);
    Ok(())
}

fn say(what: &str, took: Vec<Duration>) {
    println!("  {what:40} {}", super::said(took));
}
