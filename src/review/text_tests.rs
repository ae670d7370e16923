//! What the bot says, word for word.

use super::ThreadState;
use super::fixture::{SLEEP, finding, fixed, place, posted_at, sleep_at, task_at, world};
use crate::analysis::{
    CHECKLIST, Item, Outcome, Place, Related, Row, Severity, SkippedFile, Verdict,
};

#[test]
fn a_body_never_exceeds_the_limit() {
    let mut world = world((1..=300).map(sleep_at).collect());
    for limit in [1_500, 4_000, 20_000] {
        world.dialect.max_body = limit;
        let plan = world.plan();
        let summary = plan.summary.expect("there are findings");
        assert!(summary.len() <= limit, "{} of {limit}", summary.len());
        assert!(summary.contains("This summary was cut to fit."));
        assert!(world.marker.read(&summary).is_some());
        assert_eq!(summary.matches("<details>").count(), summary.matches("</details>").count());
    }
    let long = finding(&SLEEP, 3, &"ä".repeat(5_000));
    world.analysis.findings = vec![long];
    world.dialect.max_body = 1_001;
    let body = &world.plan().post[0].body;
    assert!(body.len() <= 1_001 && world.marker.read(body).is_some());
}

#[test]
fn a_code_span_that_is_cut_mentions_nobody() {
    let mut world = world(vec![finding(&SLEEP, 3, &format!("`@octocat {}`", "a".repeat(5_000)))]);
    world.dialect.max_body = 1_500;
    let body = &world.plan().post[0].body;
    // Nor does it begin with what the finding says, which could be a command.
    assert!(body.starts_with("**Critical**: &#96;@\u{200b}octocat aaa"), "{body}");
}

#[test]
fn findings_that_are_alike_fit_their_comments() {
    let mut all: Vec<_> = (1..=400).map(sleep_at).collect();
    all.iter_mut().for_each(|finding| finding.scope = "poll".to_owned());
    let mut world = world(all);
    world.dialect.max_body = 2_000;
    let posted = world.plan().post;
    assert_eq!(posted.iter().map(|comment| 1 + comment.also.len()).sum::<usize>(), 400);
    assert!(
        posted.iter().all(|it| it.body.len() <= 2_000 && world.marker.read(&it.body).is_some())
    );
}

#[test]
fn what_a_comment_says() {
    let mut sleep = fixed(sleep_at(3), "time.sleep(1)", "await asyncio.sleep(1)");
    let link = |line, message: &str| Related { place: place(line, 5), message: message.to_owned() };
    sleep.related = vec![link(7, "`main` calls `poll`"), link(2, "`poll` calls `time.sleep`")];
    insta::assert_snapshot!(world(vec![sleep]).plan().post[0].body, @r##"
    **Critical**: `time.sleep` stops every task on the event loop; await `asyncio.sleep` instead

    - `app/poll.py:7`: `main` calls `poll`
    - `app/poll.py:2`: `poll` calls `time.sleep`

    ```suggestion
        await asyncio.sleep(1)
    ```

    <details><summary>Why it matters, and what is better</summary>

    The event loop stands still.

    ```python
    await asyncio.sleep(1)
    ```

    </details>

    <sub>[AW501 blocking-sleep](https://warden.example/rules/AW501) · C41 No time.sleep() · to keep it: `# asyncwarden: ignore[AW501]`</sub>

    <!-- asyncwarden:v1 finding 00000bb8 0a1b2c3d4e5f60718293a4b5c6d7e8f901234567 b826c15b8abfdde119127e53 -->
    "##);
}

#[test]
fn what_a_comment_about_two_rules_says() {
    insta::assert_snapshot!(world(vec![sleep_at(3), task_at(3)]).plan().post[0].body, @r##"
    **Critical**: `time.sleep` stops every task on the event loop; await `asyncio.sleep` instead

    **High**: nothing holds the task, so it may vanish before it ends; keep a reference

    <details><summary>Why it matters, and what is better</summary>

    The event loop stands still.

    ```python
    await asyncio.sleep(1)
    ```

    </details>

    <sub>[AW501 blocking-sleep](https://warden.example/rules/AW501) · C41 No time.sleep() · to keep it: `# asyncwarden: ignore[AW501]`</sub>
    <sub>[AW206 dangling-task](https://warden.example/rules/AW206) · C14 Task references kept, C26 \_\_aenter\_\_/\_\_aexit\_\_ · to keep it: `# asyncwarden: ignore[AW206]`</sub>

    <!-- asyncwarden:v1 finding 00000bb8,00000bb9 0a1b2c3d4e5f60718293a4b5c6d7e8f901234567 d09b869c5f3590807bd5a0b8 -->
    "##);
}

#[test]
fn complaints_about_settings_have_a_section_of_their_own() {
    let mut world = world(vec![]);
    world.complaints = vec!["`.asyncwarden.toml`: there is no setting `@x`.".into()];
    let summary = world.plan().summary.expect("there is something to say");
    let section = "<details><summary>1 problem in the repository's settings</summary>\n\n\
        - `.asyncwarden.toml`: there is no setting `@x`.\n\n</details>";
    assert!(summary.contains(section), "{summary}");
    assert!(!summary.contains("not everything was analysed"), "{summary}");
}

/// A verdict on each item: one violated, one met in five places, the rest without a subject.
fn verdicts() -> Vec<Verdict> {
    let of = |row: &Row| {
        let (outcome, evidence) = match row.item {
            Item(41) => (Outcome::Violated, Vec::new()),
            Item(26) => (Outcome::Satisfied, [9, 4, 4, 30, 31].map(|line| place(line, 5)).to_vec()),
            _ => (Outcome::NotApplicable, Vec::new()),
        };
        Verdict { item: row.item, outcome, evidence }
    };
    CHECKLIST.iter().map(of).collect()
}

#[test]
fn the_summary_has_all_items_with_their_places() {
    let mut world = world((1..=5).map(sleep_at).collect());
    world.analysis.verdicts = verdicts();
    let summary = world.plan().summary.expect("there are findings");
    let title =
        "<details><summary>All 63 items: 1 violated, 1 satisfied, 61 not applicable</summary>";
    let (_, table) = summary.split_once(title).expect("the section is there");
    assert_eq!(table.matches("\n| ").count(), 64, "a head and 63 rows");
    for row in [
        "| Pass | Item | Verdict | Where |\n|---|---|---|---|",
        "| Concurrency | C01 Asyncio appropriateness | not applicable |  |",
        "|  | C26 \\_\\_aenter\\_\\_/\\_\\_aexit\\_\\_ | satisfied | `app/poll.py:4`, `app/poll.py:9`, `app/poll.py:30`, and 1 more |",
        "| Blocking | C41 No time.sleep() | **violated** | `app/poll.py:1`, `app/poll.py:2`, `app/poll.py:3`, and 2 more |",
    ] {
        assert!(table.contains(row), "{row}\n{table}");
    }
}

#[test]
fn the_table_of_items_fits_the_platforms() {
    let long = "a".repeat(200);
    let mut world = world(Vec::new());
    world.analysis.verdicts = verdicts();
    for verdict in &mut world.analysis.verdicts {
        let path = format!("{long}/{}.py", verdict.item);
        let at = |line| Place { path: path.clone(), ..place(line, 5) };
        (verdict.outcome, verdict.evidence) = (Outcome::Satisfied, vec![at(1), at(2), at(3)]);
    }
    for (limit, whole) in [(65_000, false), (900_000, true), (2_000, false)] {
        world.dialect.max_body = limit;
        let text = world.plan().gate.summary;
        assert!(text.len() <= limit, "{} of {limit}", text.len());
        assert_eq!(text.contains("C63 "), whole, "{limit}");
        assert_eq!(text.matches("<details>").count(), text.matches("</details>").count());
    }
}

#[test]
fn what_the_summary_says() {
    let mut world = posted_at(vec![sleep_at(3)], ThreadState::Open);
    let mut low = task_at(9);
    low.severity = Severity::Low;
    world.push("1111111111", vec![sleep_at(3), sleep_at(20), low]);
    world.refusals.at_lines.insert(sleep_at(20).fingerprint);
    world.refusals.at_files.insert(sleep_at(20).fingerprint);
    world.history.previous.insert(task_at(6).fingerprint);
    world.analysis.suppressed = vec![task_at(30)];
    world.analysis.skipped =
        vec![SkippedFile { path: "app/old.py".into(), reason: "is not UTF-8".into() }];
    world.omissions = vec!["The platform lists only 3000 of 3210 files.".into()];
    insta::assert_snapshot!(world.plan().summary.expect("there are findings"), @r##"
    ### Gate failed: 2 critical, 1 low finding; not everything was analysed

    Read 1 Python file with 7 changed lines at `1111111`. 2 findings fail the gate: High or above.

    Since the last review: 2 new, 1 fixed, 1 still open.

    <details><summary>The seven passes</summary>

    | Pass | Findings | Items violated | Items met |
    |---|---:|---|---|
    | Concurrency | 0 |  |  |
    | Coroutine | 1 | C14 Task references kept |  |
    | Resource | 0 | C26 \_\_aenter\_\_/\_\_aexit\_\_ (see C14) |  |
    | Shutdown | 0 |  |  |
    | Blocking | 2 | C41 No time.sleep() |  |
    | Library | 0 |  |  |
    | Error | 0 |  |  |

    </details>

    <details><summary>1 finding without an inline comment</summary>

    - `app/poll.py`
      - line 20, Critical: `time.sleep` stops every task on the event loop; await `asyncio.sleep` instead ([AW501 blocking-sleep](https://warden.example/rules/AW501))

    </details>

    <details><summary>Not analysed (2)</summary>

    - `app/old.py` is not UTF-8
    - The platform lists only 3000 of 3210 files.

    </details>

    <details><summary>1 finding suppressed by comments in the code</summary>

    - `app/poll.py`
      - line 30, High: nothing holds the task, so it may vanish before it ends; keep a reference ([AW206 dangling-task](https://warden.example/rules/AW206))

    </details>

    <details><summary>1 minor or uncertain finding</summary>

    - `app/poll.py`
      - line 9, Low: nothing holds the task, so it may vanish before it ends; keep a reference ([AW206 dangling-task](https://warden.example/rules/AW206))

    </details>

    [The whole review](https://warden.example/reviews/7)

    <!-- asyncwarden:v1 summary - 1111111111 4676fcb9a0058d2f940944c6 -->
    "##);
}
