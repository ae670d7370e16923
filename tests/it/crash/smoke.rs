//! The load test's modes, for a moment each: what they promise about the end holds however small they are.

use super::modes::{Store, knee, replay, soak};
use crate::support::postgres_server;

/// A mode with the arguments of its command line.
fn plan<P: clap::Args>(arguments: &[&str]) -> P {
    let command = P::augment_args(clap::Command::new("load"));
    P::from_arg_matches(&command.get_matches_from([&["load"], arguments].concat())).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deliveries_at_a_rate_are_all_seen_to() {
    let plan = plan(&["--rates", "20", "--seconds", "1", "--changes", "5"]);
    knee::run(&Store::embedded(), &plan).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_changes_at_once_get_one_review_each() {
    let plan = plan(&["--changes", "12", "--repositories", "4"]);
    replay::run(&Store::embedded(), &plan).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn trouble_under_load_loses_nothing() {
    if postgres_server().is_none() {
        return;
    }
    let short = ["--seconds", "8", "--every", "1", "--trouble-every", "5", "--lease-secs", "3"];
    let plan = plan(&short);
    soak::run(&Store::postgres(), &plan).await;
}
