//! The verdict on each item is the same wherever it is told: in the summary, in the history, and by the command in each format.

use serde_json::Value;

use asyncwarden::analysis::CHECKLIST;
use asyncwarden::store::{Sees, trends};

use super::world::{BASE, World, everywhere};
use crate::review_command::{Repository, run};

/// Some items are violated, some met.
const MIXED: &str = "import asyncio\nimport time\n\nimport httpx\n\n\nasync def poll(url):\n    async with httpx.AsyncClient(timeout=5) as client:\n        reply = await client.get(url)\n    time.sleep(1)\n    asyncio.create_task(tell(reply.text))\n    try:\n        await tell(reply.text)\n    except BaseException:\n        print(\"failed\")\n\n\nasync def tell(text):\n    await asyncio.sleep(1)\n    print(text)\n";

/// Items with their outcomes, as `violated`, `satisfied` and `not-applicable`.
type Told = Vec<(String, String)>;

/// The rows of the summary's table.
fn in_summary(body: &str) -> Told {
    let row = |line: &str| {
        let mut cells = line.strip_prefix("| ")?.split(" | ").skip(1);
        let item = cells.next()?.split(' ').next()?.to_owned();
        let outcome = cells.next()?.trim_matches('*').replace(' ', "-");
        (item.starts_with('C') && item.len() == 3).then_some((item, outcome))
    };
    body.split("All 63 items").nth(1).unwrap_or_default().lines().filter_map(row).collect()
}

fn in_json(verdicts: &Value) -> Told {
    let text = |it: &Value| it.as_str().unwrap().to_owned();
    let verdicts = verdicts.as_array().unwrap().iter();
    verdicts.map(|it| (text(&it["item"]), text(&it["outcome"]))).collect()
}

/// The lines of `--checklist`.
fn in_checklist(text: &str) -> Told {
    let told = |line: &str| {
        let (item, rest) = line.strip_prefix("  ")?.split_once(' ')?;
        let outcomes = ["violated", "satisfied", "not applicable"];
        let outcome = outcomes.into_iter().find(|it| rest.starts_with(it))?.replace(' ', "-");
        Some((item.to_owned(), outcome))
    };
    text.lines().filter_map(told).collect()
}

/// What the command says of the same change, in each of its formats.
fn by_the_command() -> Told {
    let repository = Repository::with(&[("app.py", BASE), ("README.md", "# Loops\n")]);
    repository.write("app.py", MIXED);
    let output = |args: &[&str]| run(repository.path(), args).stdout;
    let json = |format| -> Value {
        serde_json::from_str(&output(&["review", "--format", format])).unwrap()
    };
    let told = in_json(&json("json")["verdicts"]);
    assert_eq!(in_json(&json("sarif")["runs"][0]["properties"]["verdicts"]), told);
    assert_eq!(in_checklist(&output(&["review", "--checklist"])), told);
    told
}

#[tokio::test]
async fn each_item_has_one_verdict_wherever_it_is_told() {
    let told = by_the_command();
    let items: Vec<String> = CHECKLIST.iter().map(|row| row.item.to_string()).collect();
    assert_eq!(told.iter().map(|it| it.0.clone()).collect::<Vec<_>>(), items);
    for (item, outcome) in [
        ("C14", "violated"),
        ("C24", "violated"),
        ("C25", "satisfied"),
        ("C41", "violated"),
        ("C63", "not-applicable"),
    ] {
        assert!(told.contains(&(item.to_owned(), outcome.to_owned())), "{item} {told:?}");
    }
    everywhere(async |mut world: World| {
        world.open(&[("app.py", MIXED)]).await;
        let summary = world.summary_bodies().pop().unwrap();
        assert_eq!(in_summary(&summary), told, "{summary}");

        let key = summary.split("/reviews/").nth(1).and_then(|it| it.split(')').next()).unwrap();
        let mut tx = world.service.store.begin().await.unwrap();
        let review = trends::review(&mut tx, Sees::All, key).await.unwrap().expect("it is stored");
        drop(tx);
        let stored = review.verdicts.into_iter().map(|it| (it.item, it.outcome));
        assert_eq!(stored.collect::<Vec<_>>(), told);
        world.end().await;
    })
    .await;
}
