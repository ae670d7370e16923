//! Somebody pushes to the default branch; what it holds is counted, beside the reviews.

use asyncwarden::forge::ForgeKind;
use asyncwarden::forge::simulator::{Fault, INSTALLATION_ID, NewChange, Payload};
use asyncwarden::jobs::{baseline, sweep};
use asyncwarden::settings::Retention;
use asyncwarden::store::baselines::{self, Baseline};
use asyncwarden::store::{Sees, trends};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use super::world::{BLOCKING, CLEAN, World, everywhere, everywhere_with};

/// Another blocking call, and one that the repository ignores.
const TWICE: &str = "import time\n\n\nasync def poll():\n    time.sleep(1)\n    time.sleep(2)\n";
const ZEROS: &str = "0000000000000000000000000000000000000000";

impl World {
    /// Adds a commit to a branch.
    fn commit(&self, branch: &str, files: &[(&str, &str)]) -> String {
        let files = files.iter().map(|(path, text)| (*path, Some(*text)));
        self.simulator.state().push(self.repository, branch, files)
    }

    /// What the platform sends after a push.
    fn push_payload(&self, name: &str, after: &str) -> Payload {
        match self.forge {
            ForgeKind::GitHub => Payload {
                event: "push".to_owned(),
                body: json!({
                    "ref": name, "before": ZEROS, "after": after, "deleted": after == ZEROS,
                    "repository": {
                        "id": self.repository, "full_name": "acme/shop", "default_branch": "main",
                    },
                    "installation": { "id": INSTALLATION_ID },
                    "sender": { "id": 9, "login": "ann", "type": "User" },
                }),
            },
            ForgeKind::GitLab => Payload {
                event: "Push Hook".to_owned(),
                body: json!({
                    "object_kind": "push", "ref": name, "before": ZEROS, "after": after,
                    "project": {
                        "id": self.repository, "path_with_namespace": "acme/shop",
                        "default_branch": "main",
                    },
                }),
            },
        }
    }

    async fn tell_push(&self, name: &str, after: &str) {
        let payload = self.push_payload(name, after);
        assert_eq!(self.send(&payload, &uuid::Uuid::new_v4().to_string()).await, 202);
    }

    /// Pushes to the default branch and tells the service. Returns the commit.
    async fn push_to_main(&self, files: &[(&str, &str)]) -> String {
        let sha = self.commit("main", files);
        self.tell_push("refs/heads/main", &sha).await;
        sha
    }

    async fn look_at(&self, now: DateTime<Utc>) -> bool {
        baseline(&self.service.worker, now).await.unwrap()
    }

    /// The repository's row; none before it was heard of.
    async fn row(&self) -> Option<i64> {
        let mut tx = self.service.store.read().await.unwrap();
        let today = Utc::now().date_naive();
        let found =
            trends::repository(&mut tx, Sees::All, today, self.forge, "acme/shop").await.unwrap();
        found.map(|repository| repository.id)
    }

    async fn baselines(&self) -> Vec<Baseline> {
        let Some(row) = self.row().await else { return Vec::new() };
        let mut tx = self.service.store.read().await.unwrap();
        baselines::since(&mut tx, row, DateTime::UNIX_EPOCH).await.unwrap()
    }

    async fn problem(&self) -> Option<String> {
        let row = self.row().await.unwrap();
        let mut tx = self.service.store.read().await.unwrap();
        baselines::problem(&mut tx, row).await.unwrap()
    }

    async fn page(&self) -> String {
        let url =
            format!("http://{}/repositories/{}/acme/shop", self.service.addr, self.forge.as_str());
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        client.get(url).send().await.unwrap().text().await.unwrap()
    }

    fn archives(&self) -> usize {
        let state = self.simulator.state();
        let of = |path: &str| path.contains("/tarball/") || path.contains("/archive.tar.gz");
        state.requests.iter().filter(|request| of(&request.path)).count()
    }
}

#[tokio::test]
async fn what_it_holds_is_counted_once_an_hour_with_the_repository_s_settings() {
    everywhere(async |world: World| {
        world.tell_push("refs/heads/main", ZEROS).await;
        let other = world.commit("other", &[("app.py", TWICE)]);
        world.tell_push("refs/heads/other", &other).await;
        world.tell_push("refs/tags/main", &other).await;
        let now = Utc::now() + TimeDelta::seconds(1);
        assert!(!world.look_at(now).await, "only commits of the default branch are looked at");
        world.push_to_main(&[("app.py", TWICE)]).await;
        let ignored = ".asyncwarden.toml";
        let settings = "[paths.\"scripts/**\"]\nignore = [\"blocking\"]\n";
        let sha = world
            .push_to_main(&[(ignored, settings), ("app.py", BLOCKING), ("scripts/a.py", BLOCKING)])
            .await;
        let writes = world.writes();
        assert!(world.look_at(now).await);
        let [found] = &world.baselines().await[..] else { panic!("there is one") };
        assert_eq!((&found.commit_sha, found.branch.as_str()), (&sha, "main"));
        assert_eq!((found.files, found.found.critical), (2, 1), "pushes are looked at together");
        assert!(!world.look_at(now + TimeDelta::hours(2)).await, "nobody pushed");
        world.push_to_main(&[("app.py", CLEAN)]).await;
        assert!(!world.look_at(now + TimeDelta::minutes(59)).await);
        assert!(world.look_at(now + TimeDelta::minutes(60)).await);
        let all = world.baselines().await;
        assert_eq!((all.len(), all[1].found.critical), (2, 0));
        assert_eq!(world.writes(), writes, "nothing is said");
        let page = world.page().await;
        assert!(page.contains("Findings on main"), "{page}");
        assert!(page.contains(" in 2 Python files"), "{page}");
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn reviews_go_first() {
    everywhere(async |mut world: World| {
        world.push_to_main(&[("app.py", BLOCKING)]).await;
        world.push(&[("more.py", CLEAN)]);
        world.announce(NewChange::from_branch("feature", "Poll")).await;
        let now = Utc::now() + TimeDelta::seconds(1);
        assert!(!world.look_at(now).await);
        world.work().await;
        assert!(world.look_at(now).await);
        assert_eq!(world.baselines().await.len(), 1);
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn replicas_look_once() {
    everywhere(async |world: World| {
        world.push_to_main(&[("app.py", BLOCKING)]).await;
        let now = Utc::now() + TimeDelta::seconds(1);
        let looks = (0..8).map(|_| world.look_at(now));
        let looked = futures::future::join_all(looks).await;
        assert_eq!(looked.iter().filter(|looked| **looked).count(), 1);
        assert_eq!(world.baselines().await.len(), 1);
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn one_that_died_is_followed_by_another_and_keeps_nothing() {
    everywhere(async |world: World| {
        let sha = world.push_to_main(&[("app.py", BLOCKING)]).await;
        let now = Utc::now() + TimeDelta::seconds(1);
        let mut tx = world.service.store.begin().await.unwrap();
        let lease = now + TimeDelta::minutes(20);
        let dead = baselines::take(&mut tx, now, lease).await.unwrap().unwrap();
        assert_eq!(dead.commit_sha, sha);
        tx.commit().await.unwrap();
        assert!(!world.look_at(now + TimeDelta::minutes(19)).await);
        let mut tx = world.service.store.begin().await.unwrap();
        let later = now + TimeDelta::minutes(20);
        let heir =
            baselines::take(&mut tx, later, later + TimeDelta::minutes(20)).await.unwrap().unwrap();
        assert!(!baselines::give_back(&mut tx, &dead, true, None, later).await.unwrap());
        assert!(baselines::give_back(&mut tx, &heir, false, None, later).await.unwrap());
        tx.commit().await.unwrap();
        assert!(world.look_at(later).await);
        assert_eq!(world.baselines().await.len(), 1);
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn what_is_too_big_is_left_for_a_day() {
    let more: Vec<(String, String)> =
        (0..60).map(|number| (format!("m{number}.py"), CLEAN.to_owned())).collect();
    let more: Vec<(&str, &str)> = more.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    let small = |settings: &mut asyncwarden::settings::Settings| settings.context.files = 20;
    everywhere_with(&more, small, async |world: World| {
        world.push_to_main(&[("app.py", BLOCKING)]).await;
        let now = Utc::now() + TimeDelta::seconds(1);
        assert!(world.look_at(now).await);
        assert_eq!(world.baselines().await, []);
        assert!(world.problem().await.unwrap().contains("more than 20 Python files"));
        assert!(world.page().await.contains("The last look came to nothing"));
        world.push_to_main(&[("app.py", CLEAN)]).await;
        assert!(!world.look_at(now + TimeDelta::hours(23)).await);
        assert!(world.look_at(now + TimeDelta::hours(24)).await);
        assert_eq!(world.archives(), 0, "it is not read");
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn many_files_come_in_one_archive_and_a_failure_is_tried_again() {
    let more: Vec<(String, String)> = (0..330)
        .map(|number| (format!("m{number}.py"), format!("# {number}\n{BLOCKING}")))
        .collect();
    let more: Vec<(&str, &str)> = more.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    everywhere_with(
        &more,
        |_| {},
        async |world: World| {
            world.push_to_main(&[("app.py", BLOCKING)]).await;
            let now = Utc::now() + TimeDelta::seconds(1);
            let path = match world.forge {
                ForgeKind::GitHub => "/repos/*/tarball/*",
                ForgeKind::GitLab => "*/repository/archive.tar.gz",
            };
            world.simulator.state().faults.next("GET", path, Fault::BadGateway);
            assert!(world.look_at(now).await);
            assert_eq!(world.baselines().await, []);
            assert!(world.problem().await.is_some());
            assert!(world.look_at(now + TimeDelta::hours(1)).await);
            let [found] = &world.baselines().await[..] else { panic!("there is one") };
            assert_eq!((found.files, found.found.critical), (331, 331));
            assert_eq!((world.archives(), world.problem().await), (2, None));
            world.end().await;
        },
    )
    .await;
}

#[tokio::test]
async fn without_python_or_with_the_setting_off_there_is_nothing() {
    everywhere(async |world: World| {
        let sha = world.commit("main", &[("README.md", "# More\n")]);
        world.simulator.state().commits.get_mut(&sha).unwrap().files.remove("app.py");
        world.tell_push("refs/heads/main", &sha).await;
        let now = Utc::now() + TimeDelta::seconds(1);
        assert!(world.look_at(now).await);
        assert_eq!((world.baselines().await, world.problem().await), (Vec::new(), None));
        assert!(world.page().await.contains("after the next push"));
        world.end().await;
    })
    .await;
    everywhere_with(
        &[],
        |settings| settings.baseline = false,
        async |world: World| {
            world.push_to_main(&[("app.py", BLOCKING)]).await;
            assert!(!world.look_at(Utc::now() + TimeDelta::seconds(1)).await);
            assert_eq!(world.row().await, None, "nothing is noted");
            world.end().await;
        },
    )
    .await;
}

#[tokio::test]
async fn old_ones_go() {
    let short = Retention { reviews: Some(TimeDelta::days(30)), ..Retention::default() };
    everywhere_with(
        &[],
        |settings| settings.retention = short,
        async |world: World| {
            let now = Utc::now() + TimeDelta::seconds(1);
            for (file, day) in [(BLOCKING, 0), (CLEAN, 20)] {
                world.push_to_main(&[("app.py", file)]).await;
                assert!(world.look_at(now + TimeDelta::days(day)).await);
            }
            assert_eq!(world.baselines().await.len(), 2);
            let later = now + TimeDelta::days(31);
            sweep(&world.service.worker, later, now).await.unwrap();
            let left = world.baselines().await;
            assert_eq!((left.len(), left[0].found.critical), (1, 0));
            world.end().await;
        },
    )
    .await;
}

#[tokio::test]
async fn its_badge_is_everybodys_where_the_settings_allow_it() {
    everywhere(async |world: World| {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let badge = async |name: &str| {
            let url =
                format!("http://{}/badge/{}/{name}", world.service.addr, world.forge.as_str());
            let answer = client.get(url).send().await.unwrap();
            let kind = answer.headers()["content-type"].to_str().unwrap().to_owned();
            (answer.status().as_u16(), kind, answer.text().await.unwrap())
        };
        let nobody = badge("acme/unknown.svg").await;
        assert_eq!(nobody.0, 404);
        let mut now = Utc::now() + TimeDelta::seconds(1);
        for (settings, shown) in [("", false), ("badge = true\n", true), ("badge = false\n", false)]
        {
            world.push_to_main(&[("app.py", BLOCKING), (".asyncwarden.toml", settings)]).await;
            assert!(world.look_at(now).await);
            now += TimeDelta::hours(2);
            let (status, kind, text) = badge("acme/shop.svg").await;
            if shown {
                assert_eq!((status, kind.as_str()), (200, "image/svg+xml"));
                assert!(text.contains("asyncwarden: 1 critical"), "{text}");
            } else {
                assert_eq!((status, kind, text), nobody, "nobody learns that it is there");
            }
        }
        assert_eq!(badge("acme/shop").await.0, 404);
        world.end().await;
    })
    .await;
}
