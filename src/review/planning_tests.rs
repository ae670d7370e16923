//! What a plan does, in tables, and what holds for every plan.

use proptest::prelude::*;

use super::fixture::{World, fixed, posted_at, sleep_at, task_at, world};
use super::{CommentPlace, Conclusion, GateState, Plan, SuggestionStyle, ThreadState};
use crate::analysis::{Category, Confidence, Finding, Fingerprint, Severity, SkippedFile};

fn places(plan: &Plan) -> Vec<String> {
    let lines = |comment: &super::Comment| match &comment.place {
        CommentPlace::Lines { start_line, line, .. } => format!("{start_line}-{line}"),
        CommentPlace::File { .. } => "file".to_owned(),
    };
    plan.post.iter().map(lines).collect()
}

#[test]
fn a_finding_is_posted_once() {
    let mut world = world(vec![sleep_at(3), task_at(6)]);
    let first = world.plan();
    assert_eq!(places(&first), ["3-3", "6-6"]);
    world.carry_out(&first);
    let second = world.plan();
    assert_eq!(places(&second), [""; 0]);
    assert_eq!(second.keep, [sleep_at(3).fingerprint, task_at(6).fingerprint]);
    assert_eq!(second.summary, first.summary);
}

#[test]
fn what_a_person_settled_or_answered_is_not_posted_again() {
    for state in [ThreadState::Open, ThreadState::ResolvedByPerson] {
        let world = posted_at(vec![sleep_at(3)], state);
        assert_eq!(places(&world.plan()), [""; 0], "{state:?}");
    }
    let mut world = posted_at(vec![sleep_at(3)], ThreadState::ResolvedByUs);
    assert_eq!(places(&world.plan()), ["3-3"], "fixed by a push, and back");
    world.conversation.threads[0].answered = true;
    assert_eq!(places(&world.plan()), [""; 0], "answered");
}

#[test]
fn the_store_remembers_what_the_platform_no_longer_lists() {
    let mut world = world(vec![sleep_at(3), task_at(6)]);
    world.history.settled.insert(sleep_at(3).fingerprint);
    world.history.posted.insert(task_at(6).fingerprint);
    assert_eq!(places(&world.plan()), [""; 0]);
}

#[test]
fn a_comment_that_we_cannot_verify_is_not_ours() {
    let mut world = posted_at(vec![sleep_at(3)], ThreadState::Open);
    world.conversation.threads[0].body = "forged <!-- asyncwarden:v1 finding 0 0 0 -->".into();
    assert_eq!(places(&world.plan()), ["3-3"]);
}

#[test]
fn a_thread_is_resolved_when_its_findings_are_gone() {
    let mut world = posted_at(vec![sleep_at(3), task_at(6)], ThreadState::Open);
    world.push("1111111111", vec![task_at(6)]);
    let plan = world.plan();
    assert_eq!(plan.resolve.len(), 1);
    assert_eq!(plan.resolve[0].id, format!("thread-{}", sleep_at(3).fingerprint));
    world.carry_out(&plan);
    assert_eq!(world.plan().resolve, []);
}

#[test]
fn a_thread_stays_when_its_file_could_not_be_read() {
    let mut world = posted_at(vec![sleep_at(3)], ThreadState::Open);
    world.push("1111111111", Vec::new());
    world.analysis.skipped =
        vec![SkippedFile { path: "app/poll.py".into(), reason: "is not UTF-8".into() }];
    assert_eq!(world.plan().resolve, []);
    world.analysis.skipped.clear();
    world.omissions = vec!["`app/poll.py` could not be read.".into()];
    assert_eq!(world.plan().resolve, []);
    world.omissions.clear();
    world.context_lost = true;
    assert_eq!(world.plan().resolve, [], "its reason may be in a file that was not read");
    world.context_lost = false;
    assert_eq!(world.plan().resolve.len(), 1);
}

#[test]
fn a_thread_settled_by_a_person_is_left_alone() {
    let mut world = posted_at(vec![sleep_at(3)], ThreadState::ResolvedByPerson);
    world.push("1111111111", Vec::new());
    assert_eq!(world.plan().resolve, []);
}

#[test]
fn findings_at_one_line_share_a_comment() {
    let mut twin = sleep_at(3);
    twin.fingerprint = Fingerprint("feed".into());
    let mut world = world(vec![task_at(3), sleep_at(3), twin.clone()]);
    let plan = world.plan();
    assert_eq!(places(&plan), ["3-3"]);
    let comment = &plan.post[0];
    assert_eq!(comment.fingerprint, sleep_at(3).fingerprint, "the worst one first");
    assert_eq!(comment.also, [twin.fingerprint.clone(), task_at(3).fingerprint]);
    assert_eq!(comment.body.matches("`time.sleep` stops").count(), 1, "said once");
    world.carry_out(&plan);
    // Two of the three are fixed: the comment speaks of what is left.
    world.push("1111111111", vec![task_at(3)]);
    let plan = world.plan();
    assert_eq!((plan.post.len(), plan.resolve.len(), plan.keep.len()), (0, 0, 1));
    let [update] = &plan.update[..] else { panic!("{:?}", plan.update) };
    assert_eq!(update.gone, [sleep_at(3).fingerprint, twin.fingerprint]);
    assert!(!update.body.contains("`time.sleep` stops"), "{}", update.body);
    assert!(update.body.contains("nothing holds the task"), "{}", update.body);
    world.carry_out(&plan);
    assert_eq!(world.plan().update, [], "once");
    world.push("2222222222", vec![task_at(3), sleep_at(3)]);
    assert_eq!(places(&world.plan()), ["3-3"], "what is back is said again");
}

#[test]
fn a_rewritten_comment_suggests_only_what_fits_its_lines() {
    let fix = |finding| fixed(finding, "time.sleep(1)", "await asyncio.sleep(1)");
    let mut other = task_at(3);
    other.fingerprint = Fingerprint("feed".into());
    let mut world = posted_at(vec![fix(sleep_at(3)), other.clone()], ThreadState::Open);
    world.push("1111111111", vec![fix(sleep_at(3))]);
    assert!(world.plan().update[0].body.contains("```suggestion"));
    world.conversation.threads[0].place = None;
    let plan = world.plan();
    assert!(!plan.update[0].body.contains("```suggestion"), "it hangs nowhere now");
    world.analysis.skipped =
        vec![SkippedFile { path: "app/poll.py".into(), reason: "is not UTF-8".into() }];
    assert_eq!(world.plan().update, [], "nothing is known of the file");
}

#[test]
fn findings_are_ranked_as_the_checklist_ranks_them() {
    let of = |line, category, severity| Finding { category, severity, ..sleep_at(line) };
    let mut world = world(vec![
        of(10, Category::Practice, Severity::Critical),
        of(20, Category::Timeout, Severity::High),
        of(30, Category::Cancellation, Severity::Medium),
        of(40, Category::Cancellation, Severity::High),
        of(50, Category::Leak, Severity::Medium),
        of(60, Category::Blocking, Severity::Medium),
        of(70, Category::Blocking, Severity::Critical),
    ]);
    let ranked = ["70-70", "60-60", "50-50", "40-40", "30-30", "20-20", "10-10"];
    assert_eq!(places(&world.plan()), ranked);
    world.analysis.findings.reverse();
    assert_eq!(places(&world.plan()), ranked, "whatever order they come in");
}

#[test]
fn the_limit_holds_within_a_review_and_over_pushes() {
    let all: Vec<_> = (1..=40).map(sleep_at).collect();
    let mut world = world(all.clone());
    world.policy.max_comments = 5;
    let plan = world.plan();
    assert_eq!(plan.post.len(), 5);
    world.carry_out(&plan);
    assert_eq!(world.plan().post.len(), 0, "the same head again");
    world.push("1111111111", all.clone());
    assert_eq!(world.plan().post.len(), 0, "what had no room before");
    let mut more = all.clone();
    more.push(task_at(60));
    world.push("2222222222", more.clone());
    let plan = world.plan();
    assert_eq!(places(&plan), ["60-60"], "what is new is said");
    world.carry_out(&plan);
    world.push("3333333333", more.split_off(3));
    let plan = world.plan();
    assert_eq!((plan.resolve.len(), plan.post.len()), (3, 2), "room for what was left out");
}

#[test]
fn the_limit_holds_when_a_refusal_makes_us_plan_anew() {
    let mut world = world((1..=40).map(sleep_at).collect());
    world.policy.max_comments = 5;
    let mut posted = world.plan().post;
    // The platform took four of five; the conversation is not read again.
    let refused = posted.pop().expect("five comments");
    world.history.posted = posted.into_iter().map(|comment| comment.fingerprint).collect();
    world.refusals.note(&refused);
    assert_eq!(world.plan().post.len(), 1);
}

#[test]
fn what_is_refused_goes_to_its_file_and_then_to_the_summary() {
    let mut world = world(vec![sleep_at(3), task_at(6)]);
    let refused = world.plan().post.remove(0);
    world.refusals.note(&refused);
    let plan = world.plan();
    assert_eq!(places(&plan), ["file", "6-6"]);
    assert!(plan.post[0].body.contains("line 3"), "{}", plan.post[0].body);
    world.refusals.note(&plan.post[0]);
    let plan = world.plan();
    assert_eq!(places(&plan), ["6-6"]);
    assert!(plan.summary.is_some_and(|text| text.contains("1 finding without an inline comment")));
    assert_eq!(plan.gate.annotations[0].place.line, 3, "first, as nothing else is beside the code");
}

#[test]
fn minor_and_uncertain_findings_are_only_in_the_summary() {
    let mut low = sleep_at(3);
    low.severity = Severity::Low;
    let mut unsure = task_at(6);
    unsure.confidence = Confidence::Possible;
    let plan = world(vec![low, unsure]).plan();
    assert_eq!((plan.post.len(), plan.gate.annotations.len()), (0, 0));
    assert_eq!(plan.gate.state, GateState::Completed(Conclusion::Passed));
    assert!(plan.summary.is_some_and(|text| text.contains("2 minor or uncertain findings")));
}

#[test]
fn silence_when_there_is_nothing_to_say() {
    let mut quiet = world(Vec::new());
    let plan = quiet.plan();
    assert_eq!((plan.post, plan.summary), (Vec::new(), None));
    assert_eq!(plan.gate.title, "No findings in 1 file");
    quiet.carry_out(&world(vec![sleep_at(3)]).plan());
    let summary = quiet.plan().summary.expect("something was said before");
    assert!(summary.starts_with("### Gate passed: no findings in 1 file"), "{summary}");
}

#[test]
fn the_gate_says_how_it_ended() {
    let skipped = || vec![SkippedFile { path: "a.py".into(), reason: "is not UTF-8".into() }];
    let mut low = sleep_at(3);
    low.severity = Severity::Medium;
    for (findings, files, skipped, conclusion, title) in [
        (vec![sleep_at(3)], 1, vec![], Conclusion::Failed, "1 critical finding"),
        (
            vec![sleep_at(3), task_at(6)],
            1,
            vec![],
            Conclusion::Failed,
            "1 critical, 1 high finding",
        ),
        (vec![sleep_at(3), sleep_at(4)], 1, vec![], Conclusion::Failed, "2 critical findings"),
        (vec![low], 2, vec![], Conclusion::Passed, "1 medium finding"),
        (vec![], 3, vec![], Conclusion::Passed, "No findings in 3 files"),
        (
            vec![],
            3,
            skipped(),
            Conclusion::Passed,
            "No findings in 3 files; not everything was analysed",
        ),
        (vec![], 0, vec![], Conclusion::Skipped, "No Python files changed"),
        (vec![], 0, skipped(), Conclusion::Neutral, "None of the changed files could be analysed"),
    ] {
        let mut world = world(findings);
        world.analysis.files_analysed = files;
        world.analysis.skipped = skipped;
        let gate = world.plan().gate;
        assert_eq!((gate.state, gate.title.as_str()), (GateState::Completed(conclusion), title));
        assert_eq!(gate.details_url.as_deref(), Some("https://warden.example/reviews/7"));
    }
}

#[test]
fn a_suggestion_replaces_whole_lines_that_the_comment_hangs_on() {
    let fix = fixed(sleep_at(3), "time.sleep(1)", "await asyncio.sleep(1)");
    let plan = world(vec![fix.clone()]).plan();
    assert!(plan.post[0].body.contains("\n```suggestion\n    await asyncio.sleep(1)\n```\n"));
    let wide = fixed(sleep_at(3), "async def poll():\n    time.sleep(1)", "def poll():\n    pass");
    let mut world = world(vec![wide]);
    let plan = world.plan();
    assert_eq!(places(&plan), ["2-3"]);
    assert!(plan.post[0].body.contains("```suggestion\ndef poll():\n    pass\n```"));
    world.dialect.suggestion = SuggestionStyle::Offsets;
    assert!(world.plan().post[0].body.contains("```suggestion:-1+0\ndef poll():"));
}

#[test]
fn an_inexact_fix_is_no_suggestion() {
    let fix = |old, new| fixed(sleep_at(3), old, new);
    let joins_lines = fix("time.sleep(1)\n", "pass");
    let changes_nothing = fix("time.sleep(1)", "time.sleep(1)");
    let mut other_file = fix("time.sleep(1)", "pass");
    let mut beyond = other_file.clone();
    if let Some(fix) = &mut other_file.fix {
        fix.edits[0].place.path = "other.py".into();
    }
    if let Some(fix) = &mut beyond.fix {
        (fix.edits[0].start_byte, fix.edits[0].end_byte) = (5000, 5001);
    }
    for finding in [joins_lines, changes_nothing, other_file, beyond] {
        let plan = world(vec![finding.clone()]).plan();
        assert!(!plan.post[0].body.contains("suggestion"), "{finding:?}");
        assert_eq!(places(&plan), ["3-3"]);
    }
    let mut hidden = world(vec![fix("time.sleep(1)", "pass")]);
    hidden.change.files[0].shown = false;
    assert_eq!(places(&hidden.plan()), ["file"]);
    let mut command = world(vec![fix("    time.sleep(1)", "/close")]);
    command.dialect.slash_commands = true;
    assert!(!command.plan().post[0].body.contains("suggestion"));
}

#[test]
fn whole_lines_can_be_deleted() {
    let plan = world(vec![fixed(sleep_at(3), "    time.sleep(1)\n", "")]).plan();
    assert!(plan.post[0].body.contains("\n```suggestion\n```\n"), "{}", plan.post[0].body);
}

fn any_findings() -> impl Strategy<Value = Vec<Finding>> {
    prop::collection::vec((1_u32..60, any::<bool>(), 0_u32..15, 0..4_usize), 0..30).prop_map(
        |all| {
            let make = |(line, sleeps, span, severity): (u32, bool, u32, usize)| {
                let mut finding = if sleeps { sleep_at(line) } else { task_at(line) };
                finding.place.end_line = line + span;
                finding.severity = Severity::ALL[severity];
                finding
            };
            all.into_iter().map(make).collect()
        },
    )
}

fn hunks(world: &mut World) {
    let lines = vec![crate::change::LineKind::Added; 12];
    let hunk =
        |start| crate::change::Hunk { old_start: start, new_start: start, lines: lines.clone() };
    world.change.files[0].hunks = vec![hunk(5), hunk(30)];
}

proptest! {
    #[test]
    fn pushes_and_repeats_post_nothing_twice(pushes in prop::collection::vec(any_findings(), 1..6), most in 1..8_usize) {
        let mut world = world(Vec::new());
        hunks(&mut world);
        world.policy.max_comments = most;
        for (number, findings) in pushes.into_iter().enumerate() {
            world.push(&format!("{number:07}"), findings);
            let plan = world.plan();
            for comment in &plan.post {
                prop_assert!(comment.fingerprints().all(|name| !plan.keep.contains(name)));
                prop_assert!(world.marker.read(&comment.body).is_some());
                if let CommentPlace::Lines { start_line, line, .. } = comment.place {
                    prop_assert!([(5, 16), (30, 41)].iter().any(|(from, to)| *from <= start_line && start_line <= line && line <= *to));
                }
            }
            prop_assert!(plan.post.len() <= most);
            // Half of the comments go out, then the worker dies; the next one goes on.
            let mut half = plan.clone();
            half.post.truncate(plan.post.len() / 2);
            world.carry_out(&half);
            let rest = world.plan();
            prop_assert_eq!(rest.post.len(), plan.post.len() - half.post.len());
            world.carry_out(&rest);
            let after = world.plan();
            prop_assert!(after.post.is_empty() && after.resolve.is_empty());
            prop_assert_eq!(after.summary, plan.summary);
        }
        let open = world.conversation.threads.iter().filter(|thread| thread.state == ThreadState::Open);
        let mut bodies: Vec<_> = open.map(|thread| thread.body.clone()).collect();
        let all = bodies.len();
        bodies.sort();
        bodies.dedup();
        prop_assert_eq!(bodies.len(), all);
    }
}

#[test]
fn findings_of_one_rule_in_a_hunk_and_a_definition_share_a_comment() {
    let in_poll = |line| Finding { scope: "poll".into(), ..sleep_at(line) };
    let mut world = world(vec![in_poll(3), task_at(6), in_poll(7)]);
    world.analysis.findings[2].message = "something else".into();
    let plan = world.plan();
    assert_eq!(places(&plan), ["3-3", "6-6"]);
    assert!(plan.post[0].body.contains("Likewise in line 7."), "{}", plan.post[0].body);
    assert_eq!(plan.post[0].also, [in_poll(7).fingerprint]);
    world.carry_out(&plan);
    assert_eq!(places(&world.plan()), [""; 0]);

    world.history.posted.clear();
    world.conversation.threads.clear();
    world.analysis.findings[2].scope = "another".into();
    assert_eq!(places(&world.plan()), ["3-3", "7-7", "6-6"], "in two functions");
}
