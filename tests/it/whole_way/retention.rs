//! What was kept long enough goes, and what must not be kept never comes.

use asyncwarden::forge::ForgeKind;
use asyncwarden::forge::simulator::{ChangeState, Event, INSTALLATION_ID, InstallationEvent};
use asyncwarden::jobs::sweep;
use asyncwarden::store::audit;
use chrono::{TimeDelta, Utc};

use super::world::{BLOCKING, CLEAN, World, everywhere, everywhere_with};
use crate::database::count;

const PAYLOADS: &str = "SELECT count(*) FROM deliveries WHERE length(payload) > 0";

impl World {
    async fn count(&self, query: &str) -> i64 {
        count(&self.settings.store, query).await
    }

    async fn rows(&self, table: &str) -> i64 {
        self.count(&format!("SELECT count(*) FROM {table}")).await
    }

    /// Sweeps as if so many days had gone by.
    async fn sweep_after(&self, days: i64) {
        let now = Utc::now();
        // Nobody's lease is over, and nothing is unseen.
        sweep(&self.service.worker, now + TimeDelta::days(days), now).await.unwrap();
    }
}

#[tokio::test]
async fn what_was_kept_long_enough_goes() {
    everywhere_with(
        &[],
        |settings| settings.timings.reconcile = FOR_EVER,
        async |mut world: World| {
            world.open(&[("app.py", BLOCKING)]).await;
            world.sweep_after(6).await;
            assert_eq!(world.count(PAYLOADS).await, 1);
            world.sweep_after(8).await;
            assert_eq!((world.count(PAYLOADS).await, world.rows("deliveries").await), (0, 1));
            assert!(world.rows("jobs").await > 0);
            world.sweep_after(32).await;
            assert_eq!((world.rows("deliveries").await, world.rows("jobs").await), (0, 0));
            world.sweep_after(1000).await;
            assert_eq!(world.rows("reviews").await, 1, "it is open");
            world.change(|change| change.state = ChangeState::Merged);
            world.deliver(&Event::Closed).await;
            world.sweep_after(1001).await;
            for table in ["change_requests", "reviews", "findings", "threads", "settings_snapshots"]
            {
                assert_eq!(world.rows(table).await, 0, "{table}");
            }
            assert_eq!(world.rows("repositories").await, 1);
            world.end().await;
        },
    )
    .await;
}

const FOR_EVER: std::time::Duration = std::time::Duration::from_secs(10_000 * 24 * 3600);

#[tokio::test]
async fn what_is_kept_for_ever_stays() {
    let set = |settings: &mut asyncwarden::settings::Settings| {
        settings.retention.reviews = None;
        settings.retention.audit = None;
        settings.timings.reconcile = FOR_EVER;
    };
    everywhere_with(&[], set, async |mut world: World| {
        world.open(&[("app.py", BLOCKING)]).await;
        world.change(|change| change.threads[0].resolved_by = Some("maria".to_owned()));
        world.push_and_review(&[("other.py", CLEAN)]).await;
        world.change(|change| change.state = ChangeState::Merged);
        world.deliver(&Event::Closed).await;
        world.sweep_after(3000).await;
        assert_eq!((world.rows("findings").await, world.rows("audit_log").await), (1, 1));
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn the_audit_log_goes_too() {
    everywhere(async |mut world: World| {
        world.open(&[("app.py", BLOCKING)]).await;
        world.change(|change| change.threads[0].resolved_by = Some("maria".to_owned()));
        world.push_and_review(&[("other.py", CLEAN)]).await;
        world.sweep_after(729).await;
        assert_eq!(world.rows("audit_log").await, 1);
        world.sweep_after(731).await;
        assert_eq!(world.rows("audit_log").await, 0);
        world.end().await;
    })
    .await;
}

/// What quotes code, of all that the store keeps.
const CODE: [&str; 5] = [
    PAYLOADS,
    "SELECT count(*) FROM findings WHERE scope <> ''",
    "SELECT count(*) FROM findings WHERE message LIKE '%stops%'",
    "SELECT count(*) FROM outlines",
    "SELECT count(*) FROM settings_snapshots WHERE content IS NOT NULL",
];

#[tokio::test]
async fn no_code_is_kept_where_none_may_be() {
    let helper = "def pause():\n    pass\n";
    let more = [("helper.py", helper), (".asyncwarden.toml", "max-comments = 5\n")];
    let set = |settings: &mut asyncwarden::settings::Settings| settings.retention.code = false;
    everywhere_with(&more, set, async |mut world: World| {
        let calling = format!("from helper import pause\n{BLOCKING}    pause()\n");
        world.open(&[("app.py", &calling)]).await;
        let said = world.change(|change| change.threads[0].notes[0].body.clone());
        assert!(said.contains("stops"), "{said}");
        for query in CODE {
            assert_eq!(world.count(query).await, 0, "{query}");
        }
        assert_eq!((world.rows("findings").await, world.rows("settings_snapshots").await), (1, 1));
        world.push_and_review(&[("app.py", CLEAN)]).await;
        assert!(!world.threads()[0].2, "it is known what was said");
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn code_that_was_kept_goes_when_none_may_be_kept_any_more() {
    let more =
        [("helper.py", "def pause():\n    pass\n"), (".asyncwarden.toml", "max-comments = 5\n")];
    everywhere_with(
        &more,
        |_| {},
        async |mut world: World| {
            let calling = format!("from helper import pause\n{BLOCKING}    pause()\n");
            world.open(&[("app.py", &calling)]).await;
            for query in CODE {
                assert!(world.count(query).await > 0, "{query}");
            }
            let mut settings = world.settings.clone();
            settings.retention.code = false;
            let world = world.restart(settings).await;
            world.sweep_after(1).await;
            for query in CODE {
                assert_eq!(world.count(query).await, 0, "{query}");
            }
            assert_eq!(
                (world.rows("findings").await, world.rows("settings_snapshots").await),
                (1, 1)
            );
            world.end().await;
        },
    )
    .await;
}

#[tokio::test]
async fn an_uninstalled_account_is_forgotten_after_the_grace_time() {
    everywhere(async |mut world: World| {
        if world.forge == ForgeKind::GitLab {
            return world.end().await;
        }
        world.open(&[("app.py", BLOCKING)]).await;
        world.simulator.state().installations.clear();
        world.tell(INSTALLATION_ID, &InstallationEvent::Deleted).await;
        world.sweep_after(29).await;
        assert_eq!((world.rows("repositories").await, world.rows("installations").await), (1, 1));
        world.sweep_after(31).await;
        for table in [
            "installations",
            "repositories",
            "repository_names",
            "deliveries",
            "change_requests",
            "jobs",
            "reviews",
            "findings",
            "threads",
            "settings_snapshots",
            "outlines",
        ] {
            assert_eq!(world.rows(table).await, 0, "{table}");
        }
        let mut tx = world.service.store.read().await.unwrap();
        let entries = audit::latest(&mut tx, 10).await.unwrap();
        let told: Vec<_> = entries
            .iter()
            .map(|entry| (entry.actor.as_str(), entry.action.as_str(), entry.subject.as_str()))
            .collect();
        let installation = format!("github/installation/{INSTALLATION_ID}");
        assert_eq!(
            told,
            [
                ("uninstall", "data-deleted", installation.as_str()),
                ("uninstall", "data-deleted", "github/acme/shop"),
                ("platform", "installation-removed", &installation),
            ]
        );
        drop(tx);
        world.end().await;
    })
    .await;
}
