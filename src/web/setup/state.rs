//! `GET /setup`: whether each platform is set up and works, whether the store is well, and what is missing.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use axum::extract::State;
use axum::http::request::Parts;
use axum::response::Html;
use chrono::{DateTime, Utc};

use super::access::Access;
use crate::forge::{Forge, ForgeKind};
use crate::store::{StoreError, deliveries, versions};
use crate::web::dashboard::time::When;
use crate::web::viewer::Admin;
use crate::web::{Web, WebError};

/// How long a platform may take to answer.
const PATIENCE: Duration = Duration::from_secs(3);
/// By how many seconds the clocks of this machine and of the store may differ without a word.
const MOST_AHEAD: i64 = 5;

#[derive(Template)]
#[template(path = "setup/state.html")]
struct Setup {
    platforms: Vec<Platform>,
    store: Health,
    /// What is missing, each a sentence.
    missing: Vec<String>,
    public_url: Option<String>,
    /// Whether an App can be made on the page for it.
    makes_apps: bool,
}

/// A platform as the page shows it.
struct Platform {
    title: &'static str,
    is_github: bool,
    configured: bool,
    hook: String,
    /// The setting to begin with.
    setting: &'static str,
    /// Whether it answers; `None` where it isn't asked.
    works: Option<Works>,
    last: Option<When>,
}

/// What a platform said.
enum Works {
    Well,
    /// It answers, and these have to be seen to.
    With(Vec<String>),
    /// It refuses, or can't be reached.
    Not(String),
    TooSlow,
}

impl Works {
    fn word(&self) -> &'static str {
        match self {
            Works::Well => "works",
            Works::With(_) => "works, with something to see to",
            Works::Not(_) => "does not work",
            Works::TooSlow => "did not answer in time",
        }
    }

    fn class(&self) -> &'static str {
        match self {
            Works::Well => "passed",
            Works::Not(_) => "failed",
            Works::With(_) | Works::TooSlow => "none",
        }
    }

    fn lines(&self) -> Vec<String> {
        match self {
            Works::Well => Vec::new(),
            Works::With(lines) => lines.clone(),
            Works::Not(why) => vec![why.clone()],
            Works::TooSlow => {
                let seconds = PATIENCE.as_secs();
                vec![format!("It was waited for {seconds} s. Load the page again in a moment.")]
            }
        }
    }
}

/// How the store is.
struct Health {
    server: String,
    schema: i64,
    /// The schema that this program knows.
    newest: i64,
    /// By how many seconds its clock is ahead of this machine's, where that matters.
    ahead: Option<i64>,
}

pub(super) async fn show(
    Admin(viewer): Admin,
    State(web): State<Web>,
    request: Parts,
) -> Result<Html<String>, WebError> {
    let access = Access::of(&web.settings, &request);
    let makes_apps = matches!(access, Access::WithToken(_) | Access::Here(..));
    let now = Utc::now();
    let (mut works, store) = tokio::join!(ask_all(&web.forges, now), health(&web));
    let (store, seen) = store?;
    let last =
        |kind| seen.iter().find(|(forge, _)| *forge == kind).map(|(_, at)| When::new(*at, now));
    let mut platforms = Vec::new();
    for (kind, hook) in ForgeKind::ALL.into_iter().zip(web.settings.hooks()) {
        platforms.push(Platform {
            title: kind.title(),
            is_github: kind == ForgeKind::GitHub,
            configured: hook.configured,
            hook: hook.url,
            setting: hook.setting,
            works: works.remove(&kind),
            last: last(kind),
        });
    }
    let public_url = web.settings.public_url.clone();
    let missing = missing(&platforms, &store, public_url.is_some());
    viewer.page(&Setup { platforms, store, missing, public_url, makes_apps })
}

/// Asks all platforms at once.
async fn ask_all(forges: &[Arc<dyn Forge>], now: DateTime<Utc>) -> BTreeMap<ForgeKind, Works> {
    let asked = forges.iter().map(|forge| async move {
        let works = match tokio::time::timeout(PATIENCE, forge.warnings(now)).await {
            Err(_) => Works::TooSlow,
            Ok(Err(error)) => Works::Not(error.to_string()),
            Ok(Ok(warnings)) if warnings.is_empty() => Works::Well,
            Ok(Ok(warnings)) => Works::With(warnings),
        };
        (forge.kind(), works)
    });
    futures::future::join_all(asked).await.into_iter().collect()
}

async fn health(web: &Web) -> Result<(Health, Vec<(ForgeKind, DateTime<Utc>)>), StoreError> {
    let ahead = web.store.clock_ahead().await?.num_seconds();
    let mut tx = web.store.read().await?;
    let versions = versions::versions(&mut tx).await?;
    let seen = deliveries::seen(&mut tx).await?;
    let health = Health {
        server: versions.server,
        schema: versions.schema,
        newest: versions::newest_schema(),
        ahead: (ahead.abs() > MOST_AHEAD).then_some(ahead),
    };
    Ok((health, seen))
}

/// What has to be done before reviews come, in the order in which it is done.
fn missing(platforms: &[Platform], store: &Health, reachable: bool) -> Vec<String> {
    let mut missing = Vec::new();
    if platforms.iter().all(|platform| !platform.configured) {
        missing.push("Set one of the platforms up.".to_owned());
    }
    if !reachable {
        missing.push(
            "Say where people and platforms reach the service, in ASYNCWARDEN_PUBLIC_URL: comments link there."
                .to_owned(),
        );
    }
    for platform in platforms.iter().filter(|platform| platform.configured) {
        if matches!(platform.works, Some(Works::Not(_))) {
            missing.push(format!("Repair what {} says below.", platform.title));
        }
        if platform.last.is_none() {
            let title = platform.title;
            missing.push(format!(
                "{title} has not called lately: let its webhook call the address below, then open or update a change to Python code."
            ));
        }
    }
    if let Some(ahead) = store.ahead {
        missing.push(format!("Set this machine's clock: the store's is ahead of it by {ahead} s."));
    }
    missing
}

#[cfg(test)]
mod tests {
    use super::*;

    fn platform(configured: bool, works: Option<Works>, called: bool) -> Platform {
        let now = Utc::now();
        Platform {
            title: "A platform",
            is_github: false,
            configured,
            hook: String::new(),
            setting: "",
            works,
            last: called.then(|| When::new(now, now)),
        }
    }

    #[test]
    fn what_is_missing_is_said_in_order() {
        let well = Health { server: String::new(), schema: 1, newest: 1, ahead: None };
        let count = |platforms: &[Platform], reachable| missing(platforms, &well, reachable).len();
        assert_eq!(count(&[platform(false, None, false)], true), 1);
        assert_eq!(count(&[platform(false, None, false)], false), 2);
        assert_eq!(count(&[platform(true, Some(Works::Well), true)], true), 0);
        assert_eq!(count(&[platform(true, Some(Works::TooSlow), true)], true), 0);
        let bad = [platform(true, Some(Works::Not("no".to_owned())), false)];
        let said = missing(&bad, &Health { ahead: Some(-9), ..well }, true);
        assert!(said[0].contains("Repair") && said[1].contains("has not called"), "{said:?}");
        assert!(said[2].contains("ahead of it by -9 s"), "{said:?}");
    }
}
