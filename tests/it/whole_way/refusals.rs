//! What is not granted, hidden or gone: the rest is done all the same, and nothing waits for ever (GitHub).

use std::sync::Mutex;

use asyncwarden::analysis::{Analysis, Request, analyse};
use asyncwarden::forge::ForgeKind;
use asyncwarden::forge::simulator::{Event, INSTALLATION_ID, Installation};
use asyncwarden::jobs::sweep;
use asyncwarden::settings::StoreSettings;
use asyncwarden::store::jobs;
use chrono::Utc;

use super::world::{BLOCKING, World, in_memory};

impl World {
    fn installation(&self, change: impl FnOnce(&mut Installation)) {
        change(self.simulator.state().installations.get_mut(&INSTALLATION_ID).unwrap());
    }

    async fn dead(&self) -> i64 {
        let mut tx = self.service.store.read().await.unwrap();
        let depth = jobs::depth(&mut tx).await.unwrap();
        assert_eq!((depth.queued, depth.running), (0, 0), "a job hangs");
        depth.dead
    }

    /// How many requests two more sweeps cost.
    async fn sweeps_cost(&self) -> usize {
        let now = Utc::now();
        sweep(&self.service.worker, now, now).await.unwrap();
        let before = self.simulator.state().requests.len();
        for _ in 0..2 {
            sweep(&self.service.worker, now, now).await.unwrap();
        }
        self.simulator.state().requests.len() - before
    }
}

async fn on_github(test: impl AsyncFn(World)) {
    let folder = in_memory();
    let store = StoreSettings::Embedded(folder.path().to_owned());
    test(World::start(ForgeKind::GitHub, store, &[], |_| {}).await).await;
}

#[tokio::test]
async fn without_the_right_to_check_comments_are_written() {
    on_github(async |mut world: World| {
        world.installation(|it| drop(it.permissions.remove("checks")));
        world.open(&[("app.py", BLOCKING)]).await;
        assert_eq!((world.threads().len(), world.summaries()), (1, 1));
        assert_eq!(world.standing_gates(), (0, 0));
        assert_eq!(world.dead().await, 0);
        assert_eq!(world.sweeps_cost().await, 0, "nobody asks for it again and again");
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn without_the_right_to_comment_the_check_has_it_all() {
    on_github(async |mut world: World| {
        world.installation(|it| {
            it.permissions.insert("pull_requests".to_owned(), "read".to_owned());
        });
        world.open(&[("app.py", BLOCKING)]).await;
        assert_eq!((world.threads().len(), world.summaries()), (0, 0));
        assert_eq!(world.standing_gates(), (1, 1));
        assert_eq!(world.gates().last().unwrap(), "failed");
        {
            let state = world.simulator.state();
            let check = &state.checks[0];
            assert_eq!(check.annotations.len(), 1);
            assert!(check.summary.as_ref().unwrap().contains("line 5"), "{:?}", check.summary);
        }
        assert_eq!(world.dead().await, 0);
        // It is granted, and somebody wants it again.
        world.installation(|it| {
            it.permissions.insert("pull_requests".to_owned(), "write".to_owned());
        });
        world.simulator.state().github.tokens.clear();
        let check = world.simulator.state().checks[0].id;
        world.deliver(&Event::CheckRerequested { check }).await;
        assert_eq!((world.threads().len(), world.summaries()), (1, 1));
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn what_is_hidden_ends_quietly_and_is_reviewed_when_it_is_shown() {
    on_github(async |mut world: World| {
        let repository = world.repository;
        world.simulator.state().repositories.get_mut(&repository).unwrap().private = true;
        world.installation(|it| it.repositories = Some([0].into()));
        world.open(&[("app.py", BLOCKING)]).await;
        assert_eq!((world.threads().len(), world.standing_gates()), (0, (0, 0)));
        assert_eq!(world.dead().await, 1);
        assert_eq!(world.sweeps_cost().await, 0);
        world.installation(|it| it.repositories = None);
        world.deliver(&Event::Reopened).await;
        assert_eq!((world.threads().len(), world.standing_gates()), (1, (1, 1)));
        world.end().await;
    })
    .await;
}

/// What happens on the platform while the next analysis runs.
static MEANWHILE: Mutex<Option<Box<dyn FnOnce() + Send>>> = Mutex::new(None);

fn analyse_meanwhile(request: &Request<'_>) -> Analysis {
    let happens = MEANWHILE.lock().unwrap().take();
    happens.into_iter().for_each(|happens| happens());
    analyse(request)
}

#[tokio::test]
async fn a_repository_that_vanishes_in_the_middle_ends_the_job() {
    on_github(async |mut world: World| {
        world.service.worker.analyser = analyse_meanwhile;
        let (simulator, repository) = (world.simulator.clone(), world.repository);
        let vanish = move || drop(simulator.state().repositories.remove(&repository));
        *MEANWHILE.lock().unwrap() = Some(Box::new(vanish));
        world.open(&[("app.py", BLOCKING)]).await;
        assert_eq!(world.threads().len(), 0);
        assert_eq!(world.dead().await, 1);
        assert_eq!(world.sweeps_cost().await, 0);
        world.end().await;
    })
    .await;
}
