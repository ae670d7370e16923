//! A change request with a long history ends as if its last head had been reviewed at once.
//!
//! ```text
//! told     what stands in the end, and what a fresh service says of the same
//! random   histories that nobody thought of
//! replay   the history of a real project, by hand
//! ```

mod random;
mod replay;
mod told;

use std::collections::BTreeSet;

use asyncwarden::forge::simulator::{Event, Level, NewChange};

use super::world::{World, everywhere};

/// A module of these functions.
fn module(functions: &[&str]) -> String {
    format!("import asyncio\nimport time\n\n\n{}", functions.join("\n\n"))
}

const WAIT: &str = "async def wait():\n    await asyncio.sleep(1)\n";
const POLL: &str = "async def poll():\n    time.sleep(1)\n";
const POLL_REPAIRED: &str = "async def poll():\n    await asyncio.sleep(1)\n";
const READ: &str =
    "async def read(path):\n    with open(path) as file:\n        return file.read()\n";
const START: &str = "async def start():\n    asyncio.create_task(wait())\n";
const PAUSE: &str = "async def pause():\n    for _ in range(3):\n        time.sleep(2)\n";
const DRAIN: &str = "async def drain():\n    time.sleep(3)\n";

impl World {
    async fn pushed(&self, before: String) {
        self.deliver(&Event::Pushed { before }).await;
        self.complain_of_doubles();
    }

    async fn change_files(&self, files: &[(&str, Option<String>)]) {
        let before = self.head();
        let files = files.iter().map(|(path, text)| (*path, text.clone()));
        self.simulator.state().push(self.repository, "feature", files);
        self.pushed(before).await;
    }

    fn change_main(&self, files: &[(&str, &str)]) {
        let files = files.iter().map(|(path, text)| (*path, Some(*text)));
        self.simulator.state().push(self.repository, "main", files);
    }
}

#[tokio::test]
async fn after_ten_pushes_all_stands_as_after_one_review_of_the_last_head() {
    everywhere(async |mut world: World| {
        let text = |functions: &[&str]| Some(module(functions));
        // Each finding is one of these: new, moved down, beside another, repaired, in a file that is renamed.
        world.push(&[("app.py", &module(&[WAIT, POLL])), ("jobs.py", &module(&[READ, START]))]);
        world.open_as(NewChange::from_branch("feature", "Poll")).await;
        let shifted = format!("# One.\n# Two.\n# Three.\n{}", module(&[WAIT, POLL]));
        world.change_files(&[("app.py", Some(shifted))]).await;
        world.change_files(&[("app.py", text(&[PAUSE, WAIT, POLL]))]).await;
        world.change_files(&[("app.py", text(&[PAUSE, WAIT, POLL_REPAIRED]))]).await;
        // One that a person resolved, one that somebody answered.
        let settled = world.resolve_as_person("jobs.py", 1);
        let answer = world.note("maria", Some(Level::Write), "Why?");
        world.thread_at("jobs.py", 0, |thread| thread.notes.push(answer));
        world.change_files(&[("jobs.py", text(&[START, READ]))]).await;
        world.change_files(&[("jobs.py", None), ("work.py", text(&[START, READ, DRAIN]))]).await;
        // The base moves on, and is merged into the change.
        world.change_main(&[("lib.py", &module(&[DRAIN])), ("README.md", "# More\n")]);
        let before = world.head();
        world.simulator.state().merge(world.repository, "main", "feature");
        world.pushed(before).await;
        // A function moves to another file.
        let moved = [("app.py", text(&[WAIT])), ("more.py", text(&[PAUSE, POLL]))];
        world.change_files(&moved).await;
        world.change_main(&[("lib.py", &module(&[DRAIN, WAIT]))]);
        let before = world.head();
        world.simulator.state().rebase(world.repository, "feature", "main");
        world.pushed(before).await;
        world.change_files(&[("more.py", text(&[PAUSE, POLL_REPAIRED]))]).await;
        // The target is another branch, without the last commit of the base.
        let (repository, number) = (world.repository, world.number());
        let files = [("old.py", Some(module(&[POLL])))];
        world.simulator.state().push(repository, "release", files);
        world.simulator.state().retarget(repository, number, "release");
        world.deliver(&Event::Retargeted { from: "main".to_owned() }).await;
        world.change_files(&[("app.py", text(&[WAIT, DRAIN]))]).await;
        world.complain_of_doubles();
        world.is_told_as_at_once(&settled, &BTreeSet::new()).await;
        assert_eq!(world.open_gates(), 0);
        world.end().await;
    })
    .await;
}
