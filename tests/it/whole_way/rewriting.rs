//! Comments that say something else later, or elsewhere than was planned.

use asyncwarden::forge::ForgeKind;
use asyncwarden::forge::simulator::{Anchor, Fault};

use super::world::{BLOCKING, World, everywhere};

const TWICE: &str =
    "import time\n\n\nasync def poll():\n    time.sleep(1)\n    print(1)\n    time.sleep(2)\n";
const ONCE: &str = "import asyncio\nimport time\n\n\nasync def poll():\n    await asyncio.sleep(1)\n    print(1)\n    time.sleep(2)\n";

impl World {
    fn first_comment(&self) -> String {
        self.change(|change| change.threads[0].notes[0].body.clone())
    }
}

#[tokio::test]
async fn a_comment_speaks_of_what_is_left_and_what_comes_back_is_said_again() {
    everywhere(async |mut world: World| {
        world.open(&[("app.py", TWICE)]).await;
        assert_eq!(world.threads().len(), 1, "{:?}", world.threads());
        assert!(world.first_comment().contains("Likewise"), "{}", world.first_comment());
        world.push_and_review(&[("app.py", ONCE)]).await;
        let threads: Vec<bool> = world.threads().iter().map(|(.., open)| *open).collect();
        assert_eq!(threads, [true]);
        assert!(!world.first_comment().contains("Likewise"), "{}", world.first_comment());
        let writes = world.writes();
        world.push_and_review(&[("README.md", "# Loops\n\nMore.\n")]).await;
        let body = world.first_comment();
        world.push_and_review(&[("app.py", TWICE)]).await;
        assert_eq!(world.threads().len(), 2, "{:?}", world.threads());
        assert_eq!(world.first_comment(), body, "written once");
        assert!(world.writes() > writes);
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn a_comment_that_no_line_takes_hangs_on_its_file() {
    everywhere(async |mut world: World| {
        if world.forge == ForgeKind::GitHub {
            let refused = "Pull request review thread line must be part of the diff";
            let refused = Fault::unprocessable(refused);
            world.simulator.state().faults.plan("POST", "/repos/*/pulls/*/reviews", 0, 1, refused);
            world.open(&[("app.py", BLOCKING)]).await;
            let anchors = world
                .change(|change| change.threads.iter().map(|it| it.original.clone()).collect());
            let anchors: Vec<Anchor> = anchors;
            assert!(matches!(&anchors[..], [Anchor::File { .. }]), "{anchors:?}");
        }
        world.end().await;
    })
    .await;
}
