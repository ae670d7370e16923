//! GitLab merges by the newest pipeline: the gate has to be in it, whenever it came to be.

use std::time::Duration;

use asyncwarden::forge::ForgeKind;
use asyncwarden::forge::simulator::gitlab::{Run, counting_status, pipeline_payload, run};
use asyncwarden::forge::simulator::{BOT_LOGIN, Event, Fault, Level, NewChange};
use serde_json::json;

use super::world::{BLOCKING, World, diff_path};
use crate::support::on_every_store_settings;

async fn on_every_store(test: impl AsyncFn(World)) {
    on_every_store_settings(async |store| {
        Box::pin(test(World::start(ForgeKind::GitLab, store, &[], |_| {}).await)).await;
    })
    .await;
}

impl World {
    /// Runs a pipeline at the head, unheard by the service. Returns its number.
    pub(super) fn run_pipeline(&self, kind: Run) -> i64 {
        run(&mut self.simulator.state(), self.repository, self.number(), kind).unwrap()
    }

    /// Tells the service of a pipeline, and lets it work.
    async fn tell_pipeline(&self, id: i64) {
        self.say_pipeline(id).await;
        self.work().await;
    }

    /// Tells the service of a pipeline.
    pub(super) async fn say_pipeline(&self, id: i64) {
        let payload = {
            let state = self.simulator.state();
            pipeline_payload(&state, self.simulator.url(), id).unwrap()
        };
        assert_eq!(self.send(&payload, &uuid::Uuid::new_v4().to_string()).await, 202);
    }

    /// What the status says by which GitLab merges.
    pub(super) fn counting(&self) -> Option<String> {
        let state = self.simulator.state();
        let status = counting_status(&state, self.repository, self.number(), "asyncwarden");
        status.map(|status| status.state.clone())
    }

    /// All statuses: their pipelines and what they say.
    fn statuses(&self) -> Vec<(i64, String)> {
        let state = self.simulator.state();
        let pipeline = |status: &asyncwarden::forge::simulator::CommitStatus| {
            (status.pipeline.unwrap(), status.state.clone())
        };
        state.statuses.iter().map(pipeline).collect()
    }
}

#[tokio::test]
async fn the_verdict_follows_into_each_new_pipeline() {
    on_every_store(async |mut world| {
        world.open(&[("app.py", BLOCKING)]).await;
        assert_eq!(world.counting().as_deref(), Some("failed"));
        for kind in [Run::Branch, Run::MergeRequest, Run::MergeRequest, Run::MergedResult] {
            let pipeline = world.run_pipeline(kind);
            assert_eq!(world.counting(), None, "{kind:?}: GitLab would merge");
            world.tell_pipeline(pipeline).await;
            assert_eq!(world.counting().as_deref(), Some("failed"), "{kind:?}");
            let statuses = world.statuses();
            assert_eq!(statuses.last(), Some(&(pipeline, "failed".to_owned())), "{kind:?}");
            // It goes on and tells us of that; everything is where it should be.
            world.tell_pipeline(pipeline).await;
            assert_eq!(world.statuses(), statuses, "{kind:?}");
        }
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn a_pipeline_that_is_there_is_the_only_one() {
    on_every_store(async |mut world| {
        world.push(&[("app.py", BLOCKING)]);
        world.announce(NewChange::from_branch("feature", "Poll")).await;
        world.run_pipeline(Run::Branch);
        let pipeline = world.run_pipeline(Run::MergeRequest);
        world.work().await;
        assert_eq!(world.statuses(), [(pipeline, "failed".to_owned())]);
        assert_eq!(world.simulator.state().gitlab.pipelines.len(), 2, "none was made for us");
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn a_pipeline_that_comes_while_we_review_gets_the_verdict() {
    on_every_store(async |mut world| {
        world.push(&[("app.py", BLOCKING)]);
        world.announce(NewChange::from_branch("feature", "Poll")).await;
        // The gate runs, and the change is slow to come.
        let slow = Fault::Slow(Duration::from_millis(500));
        world.simulator.state().faults.next("GET", diff_path(world.forge), slow);
        let deadline = Duration::from_secs(60);
        let running = world.simulator.wait_for(deadline, |state| {
            let mut statuses = state.statuses.iter();
            statuses.any(|status| status.state == "running").then_some(())
        });
        let meanwhile = async {
            running.await.expect("the gate is shown as running");
            world.run_pipeline(Run::MergeRequest)
        };
        let (_, pipeline) = tokio::join!(world.work(), meanwhile);
        let states: Vec<String> = world.statuses().into_iter().map(|(_, state)| state).collect();
        assert_eq!(states, ["failed", "failed"], "that in the old pipeline is ended, too");
        assert_eq!(world.statuses()[1].0, pipeline);
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn a_pipeline_that_was_deleted_is_left_for_the_branch() {
    on_every_store(async |mut world| {
        world.push(&[("app.py", BLOCKING)]);
        world.announce(NewChange::from_branch("feature", "Poll")).await;
        world.run_pipeline(Run::MergeRequest);
        let gone = json!({ "message": "404 Pipeline for pipeline_id, sha and ref Not Found" });
        world.simulator.state().faults.next("POST", "*/statuses/*", Fault::Status(404, gone));
        world.work().await;
        let branches: Vec<Option<String>> =
            world.simulator.state().statuses.iter().map(|it| it.branch.clone()).collect();
        assert_eq!(branches.first(), Some(&Some("feature".to_owned())));
        assert_eq!(world.counting().as_deref(), Some("failed"), "and where it counts in the end");
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn a_fork_that_refuses_us_is_asked_once() {
    on_every_store(async |mut world| {
        let fork = {
            let mut state = world.simulator.state();
            let fork = state.fork(world.repository, "ann");
            state.push(fork, "feature", [("app.py", Some(BLOCKING))]);
            state.gitlab.bot_level = None;
            state.grant(BOT_LOGIN, world.repository, Level::Write);
            state.repositories.get_mut(&fork).unwrap().private = true;
            fork
        };
        let new = NewChange { fork: Some(fork), ..NewChange::from_branch("feature", "Poll") };
        world.open_as(new).await;
        let statuses = world.statuses();
        assert_eq!(statuses.len(), 1);
        world.run_pipeline(Run::Branch);
        world.deliver(&Event::Reopened).await;
        world.deliver(&Event::Reopened).await;
        assert_eq!(world.statuses(), statuses, "the fork's pipeline is not for us");
        let pipeline = world.run_pipeline(Run::MergeRequest);
        world.tell_pipeline(pipeline).await;
        assert_eq!(world.counting().as_deref(), Some("failed"), "run in the target project");
        world.tell_pipeline(pipeline).await;
        assert_eq!(world.statuses().len(), 2);
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn pipelines_of_nobody_are_ignored() {
    on_every_store(async |mut world| {
        world.open(&[("app.py", BLOCKING)]).await;
        let before = world.simulator.state().requests.len();
        let made_by_our_status = world.simulator.state().gitlab.pipelines[0].id;
        world.tell_pipeline(made_by_our_status).await;
        world.push(&[("app.py", "import asyncio\n")]);
        let unknown_head = world.run_pipeline(Run::Branch);
        world.tell_pipeline(unknown_head).await;
        assert_eq!(world.simulator.state().requests.len(), before);
        world.end().await;
    })
    .await;
}
