//! What one change may take of the service: time and memory. What it does not get to is named, and nothing waits for it.

use std::time::Duration;

use asyncwarden::analysis::{Analysis, Request};
use asyncwarden::settings::Timings;

use super::world::{BLOCKING, CLEAN, World, everywhere, everywhere_with};

const OVER: &str = "was not analysed: the time for this change was over";

#[tokio::test]
async fn a_change_that_takes_too_long_is_reviewed_as_far_as_the_time_goes() {
    everywhere(async |mut world: World| {
        world.service.worker.timings.analysis = Duration::ZERO;
        world.open(&[("app.py", BLOCKING)]).await;
        assert_eq!(world.standing_gates(), (1, 1));
        assert_eq!(world.threads(), []);
        assert!(world.summary_bodies()[0].contains(OVER), "{:?}", world.summary_bodies());
        world.service.worker.timings.analysis = Timings::default().analysis;
        world.push_and_review(&[("app.py", &format!("{BLOCKING}\n"))]).await;
        assert_eq!(world.threads(), [("app.py".to_owned(), 5, true)]);
        assert!(!world.summary_bodies()[0].contains(OVER), "{:?}", world.summary_bodies());
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn what_there_was_no_time_for_is_not_taken_for_repaired() {
    everywhere(async |mut world: World| {
        world.open(&[("app.py", BLOCKING), ("other.py", CLEAN)]).await;
        assert_eq!(world.threads(), [("app.py".to_owned(), 5, true)]);
        world.service.worker.timings.analysis = Duration::ZERO;
        world.push_and_review(&[("other.py", &format!("{CLEAN}\n"))]).await;
        assert_eq!(world.threads(), [("app.py".to_owned(), 5, true)]);
        world.end().await;
    })
    .await;
}

/// An analysis that goes on for as long as it may.
fn until_told(request: &Request<'_>) -> Analysis {
    let go_on = request.go_on.expect("a service bounds the time");
    while go_on() {
        std::thread::yield_now();
    }
    Analysis::default()
}

#[tokio::test]
async fn an_analysis_that_nobody_waits_for_gives_its_place_back() {
    everywhere(async |mut world: World| {
        let places = world.service.worker.analyses.clone();
        let all = u32::try_from(places.available_permits()).unwrap();
        world.service.worker.analyser = until_told;
        world.service.worker.timings.analysis = Duration::from_secs(3600);
        world.service.worker.timings.deadline = Duration::from_millis(500);
        world.open(&[("app.py", BLOCKING)]).await;
        assert_eq!(world.standing_gates().0, world.standing_gates().1);
        let back = tokio::time::timeout(Duration::from_secs(60), places.acquire_many(all)).await;
        drop(back.expect("the place is given back").unwrap());
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn of_more_bytes_than_a_review_holds_some_files_are_read_and_the_rest_is_counted() {
    let toml = "ignore = ['AW503']\n";
    let settings = [(".asyncwarden.toml", toml)];
    let small = |settings: &mut asyncwarden::settings::Settings| settings.context.changed = 700;
    everywhere_with(&settings, small, async |mut world: World| {
        let long = format!("{}{BLOCKING}", "# long\n".repeat(60));
        world.open(&[("a.py", &long), ("b.py", &format!("{long}\n"))]).await;
        assert_eq!(world.standing_gates(), (1, 1));
        let summary = world.summary_bodies().concat();
        let told = "have more than 1 MiB together, so not all were analysed: 1 was left out.";
        assert!(summary.contains(told), "{summary}");
        assert!(!summary.contains("could not be read"), "{summary}");
        assert_eq!(world.threads().len(), 1, "{:?}", world.threads());
        world.end().await;
    })
    .await;
}
