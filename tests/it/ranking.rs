//! Comments where several findings meet: the worst first, in the order of the checklist's source, and each thing said once.

use asyncwarden::analysis::check_tree;
use asyncwarden::change::MemoryTree;
use asyncwarden::policy::{Policy, PythonVersion};

use crate::messages::planned;

const PATH: &str = "app/module.py";

/// The bodies of all inline comments on a new file.
fn comments(code: &str) -> Vec<String> {
    let tree: MemoryTree = [(PATH, code.as_bytes())].into_iter().collect();
    let policy = Policy { target: PythonVersion(3, 11), ..Policy::default() };
    let analysis = check_tree(&tree, &[PATH.to_owned()], &policy);
    let files = [(PATH.to_owned(), code.to_owned())];
    planned(&analysis, &files, &policy).post.into_iter().map(|it| it.body).collect()
}

/// One line about which a rule of each category has something to say.
const ALL: &str = "import asyncio
import aiohttp
import requests


async def work(): ...


async def main(url):
    task = asyncio.create_task(work())
    await asyncio.sleep(1)
    await asyncio.wait_for(work(), None); await asyncio.gather(work(), work()); task.cancel(); session = aiohttp.ClientSession(); requests.get(url)
    await session.get(url)
";

#[test]
fn what_meets_in_one_place_is_one_comment_in_the_sources_order() {
    let comments = comments(ALL);
    let all = comments.iter().find(|body| body.contains("AW502")).expect("it blocks");
    // Blocking, leak, cancellation, timeout, practice.
    let order = ["AW502 ", "AW301 ", "AW215 ", "AW214 ", "AW209 "];
    let places: Vec<Option<usize>> = order.iter().map(|it| all.find(it)).collect();
    assert!(places.iter().all(Option::is_some), "{places:?}\n{all}");
    assert!(places.is_sorted(), "{places:?}\n{all}");
    let messages = [
        "`requests.get` waits",
        "session `session`",
        "`task`",
        "`asyncio.wait_for` with a time-out of `None`",
        "`gather`",
    ];
    let places: Vec<Option<usize>> = messages.iter().map(|it| all.find(it)).collect();
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{places:?}\n{all}");
}

#[test]
fn the_same_within_one_hunk_is_said_once() {
    let code = "import time\n\n\nasync def poll(client):\n    time.sleep(1)\n    await client.ping()\n    time.sleep(1)\n    time.sleep(2)\n\n\nasync def other():\n    time.sleep(1)\n";
    let comments = comments(code);
    assert_eq!(comments.len(), 2, "one for each function\n{}", comments.join("\n\n"));
    assert!(comments[0].contains("Likewise in lines 7 and 8."), "{}", comments[0]);
    assert_eq!(comments[0].matches("stops every task").count(), 1, "{}", comments[0]);
}
