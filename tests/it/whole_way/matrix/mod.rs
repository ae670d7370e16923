//! Each fault with each call, once and three times in a row: in the end all stands as if nothing had happened.
//!
//! ```text
//! faults   what can happen to a call
//! scenes   what has to be going on for a call to be made, and what must stand in the end
//! rest     time moves on until nothing is left to do
//! ```
//!
//! Below is the other table: the calls. A test is a row of it, with all faults that apply.

mod faults;
mod rest;
mod scenes;

use asyncwarden::forge::ForgeKind;
use asyncwarden::forge::simulator::Fault;
use asyncwarden::settings::StoreSettings;
use futures::StreamExt;

use self::faults::{Kind, faults};
use self::scenes::Scene;
use super::world::{World, in_memory};

/// A call, and what is going on when it is made.
#[derive(Debug, Clone, Copy)]
struct Call {
    forge: ForgeKind,
    method: &'static str,
    /// Path, `*` for anything.
    path: &'static str,
    /// What its body says, where the path doesn't tell it from others.
    says: &'static str,
    /// How many like it come before.
    skip: u32,
    scene: Scene,
}

/// One combination.
#[derive(Debug, Clone)]
struct Case {
    call: Call,
    kind: Kind,
    fault: Fault,
    times: u32,
}

/// How many combinations are played at the same time.
const AT_ONCE: usize = 6;

impl Call {
    /// Whether it changes nothing there, so that it doesn't matter when it fails.
    fn reads(&self) -> bool {
        self.method == "GET" || matches!(self.says, "f0:" | "reviewThreads")
    }

    async fn meets_every_fault(self) {
        let mut cases = Vec::new();
        for (kind, fault) in faults(self.forge, self.says.is_empty()) {
            let times = kind.times(self.reads());
            cases.extend(times.iter().map(|times| Case {
                call: self,
                kind,
                fault: fault.clone(),
                times: *times,
            }));
        }
        let played = futures::stream::iter(cases).map(|case| {
            let name = format!("{:?} {} times", case.fault, case.times);
            let playing = tokio::spawn(case.play());
            async move { (name, playing.await) }
        });
        let played: Vec<_> = played.buffer_unordered(AT_ONCE).collect().await;
        let mut wrong = Vec::new();
        for (name, ended) in played {
            match ended {
                Ok(complaints) => {
                    wrong.extend(complaints.into_iter().map(|it| format!("{name}: {it}")));
                }
                Err(panic) => wrong.push(format!("{name}: {panic}")),
            }
        }
        assert!(wrong.is_empty(), "{self:?}\n{}", wrong.join("\n"));
    }
}

impl Case {
    /// Returns what is not as it has to be.
    async fn play(self) -> Vec<String> {
        let Call { forge, method, path, says, skip, scene } = self.call;
        let folder = in_memory();
        let store = StoreSettings::Embedded(folder.path().to_owned());
        let mut world = World::start(forge, store, scene.files(), |_| {}).await;
        world.reconnect(self.kind.timeout());
        scene.prepare(&mut world).await;
        let planned = {
            let faults = &mut world.simulator.state().faults;
            faults.plan_saying(method, path, says, skip, self.times, self.fault.clone())
        };
        scene.begin(&mut world).await;
        let mut wrong = world.come_to_rest(scene).await;
        if world.simulator.state().faults.left(planned) == self.times {
            wrong.push("the fault did not happen".to_owned());
        }
        if self.kind.is_refusal() && !world.has_verdict(scene) {
            // It was refused for good. Somebody asks again, and it is not refused any more.
            if scene != Scene::Piped {
                wrong.extend(world.says_why_not().await);
            }
            world.simulator.state().faults.clear();
            scene.ask_again(&world).await;
            wrong.extend(world.come_to_rest(scene).await);
        }
        wrong.extend(scene.complaints(&world, self.kind.is_refusal()).await);
        world.simulator.state().faults.clear();
        wrong.append(&mut world.simulator.state().violations);
        world.end().await;
        wrong
    }
}

macro_rules! calls {
    ($($(#[$note:meta])* $name:ident: $forge:ident, $scene:ident, $method:literal $path:literal
        $(says $says:literal)? $(after $skip:literal)?;)*) => {
        $(
            $(#[$note])*
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                #[allow(unused_mut, unused_assignments, reason = "most calls need neither")]
                let (mut says, mut skip) = ("", 0);
                $(says = $says;)?
                $(skip = $skip;)?
                let (forge, scene) = (ForgeKind::$forge, Scene::$scene);
                let call = Call { forge, method: $method, path: $path, says, skip, scene };
                call.meets_every_fault().await;
            }
        )*
    };
}

calls! {
    a_token_is_minted: GitHub, First, "POST" "*/access_tokens";
    a_check_run_is_created: GitHub, First, "POST" "/repos/*/check-runs";
    a_check_run_ends: GitHub, First, "PATCH" "/repos/*/check-runs/*";
    annotations_are_begun: GitHub, Many, "PATCH" "/repos/*/check-runs/*";
    annotations_go_on: GitHub, Many, "PATCH" "/repos/*/check-runs/*" after 1;
    annotations_end: GitHub, Many, "PATCH" "/repos/*/check-runs/*" after 2;
    a_review_is_posted: GitHub, First, "POST" "/repos/*/pulls/*/reviews";
    a_file_is_commented: GitHub, First, "POST" "/repos/*/pulls/*/comments";
    a_summary_is_created: GitHub, First, "POST" "/repos/*/issues/*/comments";
    a_summary_is_changed: GitHub, Second, "PATCH" "/repos/*/issues/comments/*";
    a_thread_is_resolved: GitHub, Second, "POST" "/graphql" says "resolveReviewThread";
    a_comment_is_minimised: GitHub, Hidden, "POST" "/graphql" says "minimizeComment";
    a_comment_is_struck_out: GitHub, Struck, "PATCH" "/repos/*/pulls/comments/*";
    a_pending_review_is_deleted: GitHub, Pending, "DELETE" "/repos/*/pulls/*/reviews/*";
    a_comment_gets_a_reaction: GitHub, Command, "POST" "/repos/*/reactions";
    a_comment_is_answered: GitHub, Command, "POST" "/repos/*/issues/*/comments";
    a_thread_is_answered: GitHub, Reply, "POST" "/repos/*/pulls/*/comments/*/replies";
    a_delivery_is_asked_for: GitHub, Lost, "POST" "/app/hook/deliveries/*/attempts";

    the_app_is_read: GitHub, First, "GET" "/app";
    a_pull_request_is_read: GitHub, First, "GET" "/repos/acme/shop/pulls/1";
    a_pull_request_is_read_before_its_files: GitHub, First, "GET" "/repos/acme/shop/pulls/1" after 1;
    a_pull_request_is_read_before_posting: GitHub, First, "GET" "/repos/acme/shop/pulls/1" after 3;
    a_merge_base_is_found: GitHub, First, "GET" "/repos/*/compare/*";
    files_are_listed: GitHub, First, "GET" "/repos/*/pulls/*/files";
    a_tree_is_listed: GitHub, First, "GET" "/repos/*/git/trees/*";
    files_are_read: GitHub, First, "POST" "/graphql" says "f0:";
    a_file_is_read: GitHub, First, "GET" "/repos/*/contents/app.py";
    review_comments_are_listed: GitHub, Second, "GET" "/repos/*/pulls/*/comments";
    threads_are_listed: GitHub, Second, "POST" "/graphql" says "reviewThreads";
    comments_are_listed: GitHub, Second, "GET" "/repos/*/issues/*/comments";
    reviews_are_listed: GitHub, First, "GET" "/repos/*/pulls/*/reviews";
    check_runs_are_listed: GitHub, First, "GET" "/repos/*/commits/*/check-runs";
    a_check_run_is_read: GitHub, Many, "GET" "/repos/*/check-runs/*";
    a_permission_is_read: GitHub, Command, "GET" "/repos/*/collaborators/*/permission";
    deliveries_are_listed: GitHub, Lost, "GET" "/app/hook/deliveries";

    a_status_is_created: GitLab, First, "POST" "*/statuses/*";
    a_status_ends: GitLab, First, "POST" "*/statuses/*" after 1;
    a_comment_is_staged: GitLab, First, "POST" "*/merge_requests/*/draft_notes";
    another_comment_is_staged: GitLab, First, "POST" "*/merge_requests/*/draft_notes" after 1;
    a_review_is_published: GitLab, First, "POST" "*/draft_notes/bulk_publish";
    a_draft_is_deleted: GitLab, Leftover, "DELETE" "*/merge_requests/*/draft_notes/*";
    a_discussion_is_opened: GitLab, Draftless, "POST" "*/merge_requests/*/discussions";
    another_discussion_is_opened: GitLab, Draftless, "POST" "*/merge_requests/*/discussions" after 1;
    a_status_check_is_answered: GitLab, Checked, "POST" "*/merge_requests/*/status_check_responses";
    an_approval_is_given: GitLab, Approved, "POST" "*/merge_requests/*/approve";
    an_approval_is_taken_back: GitLab, Disapproved, "POST" "*/merge_requests/*/unapprove";
    a_note_is_created: GitLab, First, "POST" "*/merge_requests/*/notes";
    a_note_is_changed: GitLab, Second, "PUT" "*/merge_requests/*/notes/*";
    a_discussion_is_resolved: GitLab, Second, "PUT" "*/merge_requests/*/discussions/*";
    a_note_gets_an_emoji: GitLab, Command, "POST" "*/award_emoji";
    a_discussion_is_answered: GitLab, Command, "POST" "*/merge_requests/*/discussions/*/notes";

    a_merge_request_is_read: GitLab, First, "GET" "/api/v4/projects/*/merge_requests/1";
    versions_are_listed: GitLab, First, "GET" "*/merge_requests/*/versions";
    a_version_is_read: GitLab, First, "GET" "*/merge_requests/*/versions/*";
    a_project_tree_is_listed: GitLab, First, "GET" "*/repository/tree";
    a_blob_is_read: GitLab, First, "GET" "*/repository/blobs/*";
    drafts_are_listed: GitLab, First, "GET" "*/merge_requests/*/draft_notes";
    drafts_are_listed_before_publishing: GitLab, First, "GET" "*/merge_requests/*/draft_notes" after 1;
    status_checks_are_listed: GitLab, Checked, "GET" "*/merge_requests/*/status_checks";
    approvals_are_read: GitLab, Disapproved, "GET" "*/merge_requests/*/approvals";
    approvals_are_read_at_the_end: GitLab, Approved, "GET" "*/merge_requests/*/approvals" after 1;
    discussions_are_listed: GitLab, Second, "GET" "*/merge_requests/*/discussions";
    pipelines_are_listed: GitLab, First, "GET" "*/merge_requests/*/pipelines";
    pipelines_are_listed_before_the_end: GitLab, First, "GET" "*/merge_requests/*/pipelines" after 1;
    a_new_pipeline_is_found: GitLab, Piped, "GET" "*/merge_requests/*/pipelines";
    a_status_is_moved: GitLab, Piped, "POST" "*/statuses/*";
}
