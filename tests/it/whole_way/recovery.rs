//! GitHub sends a delivery once; what did not arrive is asked for.

use std::time::Duration;

use asyncwarden::forge::ForgeKind;
use asyncwarden::forge::simulator::github::Delivery;
use asyncwarden::forge::simulator::{Event, Fault, NewChange, Payload, Receiver};
use asyncwarden::jobs::sweep;
use asyncwarden::store::chores;
use chrono::{TimeDelta, Utc};
use serde_json::json;

use super::world::{BLOCKING, World, everywhere};

const SOON: Duration = Duration::from_secs(60);
const LIST: &str = "/app/hook/deliveries";

/// Runs a test where deliveries can be asked for, after a first look.
async fn where_they_are_listed(test: impl AsyncFn(World)) {
    everywhere(async |world| match world.forge {
        ForgeKind::GitHub => {
            world.look(0).await;
            assert_ne!(world.looked_to().await, 0);
            test(world).await;
        }
        ForgeKind::GitLab => world.end().await,
    })
    .await;
}

impl World {
    async fn looked_to(&self) -> i64 {
        let mut tx = self.service.store.read().await.unwrap();
        chores::done_to(&mut tx, "recovery").await.unwrap()
    }

    /// Sweeps when it is due for this time since the start.
    async fn look(&self, time: i32) {
        let now = Utc::now();
        sweep(&self.service.worker, now + TimeDelta::minutes(11) * time, now).await.unwrap();
    }

    /// The numbers of the attempts that were followed by another on request, in that order.
    fn asked(&self) -> Vec<i64> {
        let state = self.simulator.state();
        let posts = state.requests.iter().filter(|it| it.method == "POST" && it.status == 202);
        let ids = posts.filter_map(|it| it.path.strip_prefix("/app/hook/deliveries/"));
        ids.map(|rest| rest.strip_suffix("/attempts").unwrap().parse().unwrap()).collect()
    }

    /// How many pages were asked for.
    fn pages(&self) -> usize {
        self.simulator.state().requests.iter().filter(|request| request.path == LIST).count()
    }

    /// Waits until so many attempts were made.
    async fn attempted(&self, times: usize) {
        let made = |state: &asyncwarden::forge::simulator::State| {
            (state.github.deliveries.len() == times).then_some(())
        };
        self.simulator.wait_for(SOON, made).await.unwrap();
    }

    pub(super) fn each_delivery(&self, set: impl FnMut(&mut Delivery)) {
        self.simulator.state().github.deliveries.iter_mut().for_each(set);
    }

    /// Where nobody listens.
    fn nowhere(&self) -> Receiver {
        Receiver { url: "http://127.0.0.1:1/".to_owned(), ..self.receiver() }
    }

    /// Sends something that does not arrive. Returns the attempt's number.
    pub(super) async fn lose(&self, payload: &Payload, guid: &str) -> i64 {
        self.simulator.send(&self.nowhere(), payload, guid).await.unwrap_err();
        self.simulator.state().github.deliveries.last().unwrap().id
    }

    /// Adds attempts like the only one, each a second after the one before it.
    fn multiply(&self, times: i32, before: TimeDelta) {
        let mut state = self.simulator.state();
        let like = state.github.deliveries.pop().unwrap();
        for number in 0..times {
            let (id, guid) = (state.next_id(), number.to_string());
            let delivered_at = Utc::now() - before - TimeDelta::seconds(1) * (times - number);
            state.github.deliveries.push(Delivery { id, guid, delivered_at, ..like.clone() });
        }
    }
}

fn small() -> Payload {
    Payload { event: "pull_request".to_owned(), body: json!({ "action": "opened" }) }
}

#[tokio::test]
async fn what_nobody_took_is_sent_again_once() {
    where_they_are_listed(async |mut world: World| {
        world.push(&[("app.py", BLOCKING)]);
        world.open_unheard(NewChange::from_branch("feature", "Poll"));
        let lost = world.lose(&world.payload(&Event::Opened), "lost").await;
        world.look(1).await;
        assert_eq!(world.asked(), [0; 0], "it may not be the last attempt that is on its way");
        let back = world.receiver();
        world.each_delivery(|delivery| {
            delivery.delivered_at -= TimeDelta::minutes(5);
            delivery.receiver = back.clone();
        });
        world.look(2).await;
        world.attempted(2).await;
        assert_eq!(world.asked(), [lost]);
        assert_eq!(world.work().await, 1);
        assert_eq!(world.threads().len(), 1);
        assert_eq!(world.gates(), ["running", "failed"]);
        world.look(3).await;
        assert_eq!((world.asked().len(), world.work().await), (1, 0), "nothing twice");
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn what_came_while_the_store_was_away_is_sent_again() {
    where_they_are_listed(async |mut world: World| {
        world.push(&[("app.py", BLOCKING)]);
        world.open_unheard(NewChange::from_branch("feature", "Poll"));
        world.service.store.close().await;
        assert_eq!(world.send(&world.payload(&Event::Opened), "refused").await, 503);
        let settings = world.settings.clone();
        let world = world.restart(settings).await;
        let back = world.receiver();
        world.each_delivery(|delivery| {
            delivery.delivered_at -= TimeDelta::minutes(5);
            delivery.receiver = back.clone();
        });
        world.look(1).await;
        world.attempted(2).await;
        assert_eq!(world.work().await, 1);
        assert_eq!(world.threads().len(), 1);
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn only_what_is_needed_and_new_is_sent_again() {
    where_they_are_listed(async |mut world: World| {
        world.push(&[("app.py", BLOCKING)]);
        world.open_unheard(NewChange::from_branch("feature", "Poll"));
        let payload = world.payload(&Event::Opened);
        let star = Payload { event: "star".to_owned(), ..small() };
        let old = world.lose(&small(), "old").await;
        world.lose(&star, "not of interest").await;
        world.lose(&payload, "came later").await;
        assert_eq!(world.send(&payload, "came later").await, 202);
        let again = world.lose(&small(), "failed again").await;
        let lost = world.lose(&small(), "lost").await;
        world.each_delivery(|delivery| {
            delivery.delivered_at -= TimeDelta::minutes(5);
            if delivery.id == old {
                delivery.delivered_at -= TimeDelta::hours(3);
            }
            delivery.redelivery |= delivery.id == again;
        });
        world.look(1).await;
        assert_eq!(world.asked(), [lost]);
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn many_are_asked_for_in_portions_the_oldest_first() {
    where_they_are_listed(async |world: World| {
        world.lose(&small(), "like").await;
        world.multiply(130, TimeDelta::minutes(5));
        let state = |world: &World| world.simulator.state().github.deliveries.clone();
        let all: Vec<i64> = state(&world).iter().map(|delivery| delivery.id).collect();
        let start = world.looked_to().await;
        world.look(1).await;
        assert_eq!(world.asked(), all[..100]);
        assert_eq!(world.looked_to().await, start, "there may be more");
        world.attempted(230).await;
        world.look(2).await;
        assert_eq!(world.asked(), all, "what was asked for is left alone for a while");
        world.attempted(260).await;
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn the_list_is_read_as_far_as_needed_and_never_too_far() {
    where_they_are_listed(async |world: World| {
        world.lose(&small(), "like").await;
        world.multiply(2050, TimeDelta::minutes(5));
        world.each_delivery(|delivery| delivery.status_code = 202);
        let before = world.pages();
        world.look(1).await;
        assert_eq!(world.pages() - before, 20);
        world.each_delivery(|delivery| delivery.delivered_at -= TimeDelta::hours(4));
        world.look(2).await;
        assert_eq!(world.pages() - before, 21);
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn a_platform_that_does_not_list_them_keeps_nothing_from_going_on() {
    where_they_are_listed(async |world: World| {
        let start = world.looked_to().await;
        world.simulator.state().faults.plan("GET", LIST, 0, 4, Fault::BadGateway);
        world.look(1).await;
        assert_eq!(world.looked_to().await, start, "it looks back as far the next time");
        let missing = Fault::Status(404, json!({ "message": "Not Found" }));
        world.simulator.state().faults.next("GET", LIST, missing);
        world.look(2).await;
        assert!(world.looked_to().await > start, "there is nothing to look at");
        world.end().await;
    })
    .await;
}
