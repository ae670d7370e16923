//! What people tell the service in comments, and by buttons.

use asyncwarden::forge::ForgeKind;
use asyncwarden::forge::simulator::{Event, Level, NewChange, Note};

use super::world::{BLOCKING, CLEAN, World, everywhere};

const TWO: &str = "import time\n\n\nasync def poll():\n    time.sleep(1)\n\n\nasync def read():\n    open('a')\n    return 1\n";

impl World {
    /// Somebody with that access writes a comment; the service is told and works.
    async fn comment(&self, by: &str, level: Option<Level>, text: &str) -> i64 {
        let note = self.note(by, level, text);
        let id = note.id;
        self.change(|change| change.comments.push(note));
        self.deliver(&Event::Commented { note: id }).await;
        id
    }

    /// The same in the thread of that number.
    async fn reply(&self, thread: usize, by: &str, text: &str) -> i64 {
        let note = self.note(by, Some(Level::Write), text);
        let id = note.id;
        self.change(|change| change.threads[thread].notes.push(note));
        self.deliver(&Event::Replied { note: id }).await;
        id
    }

    pub(super) fn note(&self, by: &str, level: Option<Level>, text: &str) -> Note {
        let mut state = self.simulator.state();
        state.add_person(by, false);
        if let Some(level) = level {
            state.grant(by, self.repository, level);
        }
        state.note(by, text)
    }

    /// The reactions below a comment, in GitHub's words.
    fn reactions(&self, note: i64) -> Vec<String> {
        let state = self.simulator.state();
        let of = |(id, name): &(i64, String)| (*id == note).then(|| name.clone());
        let word = |name: String| match name.as_str() {
            "thumbsup" => "+1".to_owned(),
            "thumbsdown" => "-1".to_owned(),
            _ => name,
        };
        let names = match self.forge {
            ForgeKind::GitHub => state.github.reactions.iter().filter_map(of).collect::<Vec<_>>(),
            ForgeKind::GitLab => state.gitlab.awards.iter().filter_map(of).collect(),
        };
        names.into_iter().map(word).collect()
    }

    /// Our plain comments and answers in threads, except the summary and the first comments of threads.
    pub(super) fn answers(&self) -> Vec<String> {
        let bot = self.bot();
        let ours = |note: &&Note| note.author.as_deref() == Some(bot) && !note.system;
        self.change(|change| {
            let plain = change.comments.iter().filter(ours);
            let threads = change.threads.iter().filter(|thread| !thread.notes.is_empty());
            let replies = threads.flat_map(|thread| thread.notes[1..].iter().filter(ours));
            let bodies = plain.chain(replies).map(|note| note.body.clone());
            bodies.filter(|body| body.contains("asyncwarden:v1 answer ")).collect()
        })
    }
}

#[tokio::test]
async fn who_may_write_gets_another_review() {
    everywhere(async |mut world: World| {
        world.open(&[("app.py", BLOCKING)]).await;
        let before = world.gates().len();
        let note = world.comment("maria", Some(Level::Write), "@asyncwarden review").await;
        assert_eq!(world.reactions(note), ["+1"]);
        let gates = world.gates();
        assert!(gates.len() > before && gates.last().unwrap() == "failed", "{gates:?}");
        assert_eq!((world.threads().len(), world.answers().len()), (1, 0));
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn who_may_not_write_is_not_obeyed() {
    everywhere(async |mut world: World| {
        world.open(&[("app.py", BLOCKING)]).await;
        let gates = world.gates();
        for (by, level) in [("reader", Some(Level::Read)), ("stranger", None)] {
            let note = world.comment(by, level, "@asyncwarden accept").await;
            assert_eq!(world.reactions(note), ["-1"], "{by}");
        }
        assert_eq!(world.gates(), gates, "nothing was reviewed");
        assert_eq!(world.threads(), [("app.py".to_owned(), 5, true)]);
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn what_somebody_accepts_passes_and_is_not_said_again() {
    everywhere(async |mut world: World| {
        world.open(&[("app.py", TWO)]).await;
        assert_eq!(world.threads().len(), 2);
        let note = world.comment("maria", Some(Level::Admin), "Fine.\n\n@asyncwarden accept").await;
        assert_eq!(world.reactions(note), ["+1"]);
        assert_eq!(world.gates().last().unwrap(), "passed");
        assert!(world.threads().iter().all(|(.., open)| !open), "{:?}", world.threads());
        world.push_and_review(&[("other.py", CLEAN)]).await;
        assert_eq!(world.threads().len(), 2);
        assert_eq!(world.gates().last().unwrap(), "passed");
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn in_a_thread_only_its_finding_is_meant() {
    everywhere(async |mut world: World| {
        world.open(&[("app.py", TWO)]).await;
        let note = world.reply(0, "maria", "@asyncwarden ignore only at start-up").await;
        assert_eq!(world.reactions(note), ["+1"]);
        let open: Vec<bool> = world.threads().iter().map(|(.., open)| *open).collect();
        assert_eq!(open, [false, true]);
        assert_eq!(world.gates().last().unwrap(), "failed", "the other one is still there");
        world.reply(1, "maria", "@asyncwarden accept").await;
        assert_eq!(world.gates().last().unwrap(), "passed");
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn a_rule_can_be_ignored_for_a_change() {
    everywhere(async |mut world: World| {
        world.open(&[("app.py", BLOCKING)]).await;
        world.comment("maria", Some(Level::Write), "@asyncwarden ignore AW501 it is a tool").await;
        assert_eq!(world.gates().last().unwrap(), "passed");
        let more = "import time\n\n\nasync def wait():\n    time.sleep(9)\n";
        world.push_and_review(&[("more.py", more)]).await;
        assert_eq!(world.threads().len(), 1, "also what comes later: {:?}", world.threads());
        assert_eq!(world.gates().last().unwrap(), "passed");
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn reviews_pause_and_go_on() {
    everywhere(async |mut world: World| {
        world.open(&[("app.py", CLEAN)]).await;
        world.comment("maria", Some(Level::Write), "@asyncwarden pause").await;
        world.push_and_review(&[("app.py", BLOCKING)]).await;
        assert_eq!(world.threads(), []);
        assert_eq!(world.open_gates(), 0, "nothing is held up");
        world.deliver(&Event::Reopened).await;
        assert_eq!(world.standing_gates().0, 1, "it is told once");
        world.comment("maria", Some(Level::Write), "@asyncwarden review").await;
        assert_eq!(world.threads().len(), 1, "who asks gets a review all the same");
        world.comment("maria", Some(Level::Write), "@asyncwarden resume").await;
        world.push_and_review(&[("app.py", CLEAN)]).await;
        assert_eq!(world.gates().last().unwrap(), "passed");
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn a_draft_is_reviewed_when_somebody_asks() {
    everywhere(async |mut world: World| {
        world.push(&[("app.py", BLOCKING)]);
        let draft = NewChange { draft: true, ..NewChange::from_branch("feature", "Poll") };
        world.open_as(draft).await;
        assert_eq!(world.threads(), []);
        world.comment("maria", Some(Level::Write), "@asyncwarden review").await;
        assert_eq!(world.threads().len(), 1);
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn questions_are_answered_where_they_were_asked_and_once() {
    everywhere(async |mut world: World| {
        world.open(&[("app.py", BLOCKING)]).await;
        world.comment("maria", Some(Level::Write), "@asyncwarden explain AW501").await;
        let answers = world.answers();
        assert!(
            answers.len() == 1 && answers[0].contains("**AW501 blocking-sleep**"),
            "{answers:?}"
        );
        world.reply(0, "maria", "@asyncwarden explain AW206").await;
        let last = world.change(|change| change.threads[0].notes.last().unwrap().body.clone());
        assert!(last.contains("**AW206 dangling-task**"), "{last}");
        for text in ["@asyncwarden merge", "@asyncwarden ignore AW5O1"] {
            let note = world.comment("maria", Some(Level::Write), text).await;
            assert_eq!(world.reactions(note), ["confused"]);
        }
        let answers = world.answers();
        assert_eq!(answers.len(), 3, "unknown ones get help once: {answers:?}");
        assert_eq!(world.threads(), [("app.py".to_owned(), 5, true)]);
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn a_command_is_obeyed_once_however_often_it_is_delivered() {
    everywhere(async |mut world: World| {
        world.open(&[("app.py", BLOCKING)]).await;
        let note = world.comment("maria", Some(Level::Write), "@asyncwarden review").await;
        let writes = world.writes();
        world.deliver(&Event::Commented { note }).await;
        assert_eq!(world.writes(), writes);
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn what_is_not_said_to_us_is_no_job() {
    everywhere(async |mut world: World| {
        world.open(&[("app.py", BLOCKING)]).await;
        for text in ["Looks good", "> @asyncwarden accept", "ask @asyncwarden review"] {
            let note = world.note("maria", Some(Level::Write), text);
            let id = note.id;
            world.change(|change| change.comments.push(note));
            let payload = world.payload(&Event::Commented { note: id });
            assert_eq!(world.send(&payload, &id.to_string()).await, 202);
            assert_eq!(world.work().await, 0, "{text}");
        }
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn a_button_is_a_command_of_who_presses_it() {
    everywhere(async |mut world: World| {
        if world.forge == ForgeKind::GitLab {
            return world.end().await;
        }
        world.open(&[("app.py", BLOCKING)]).await;
        let check = world.simulator.state().checks.last().unwrap().id;
        let press = async |by: &str, level| {
            world.note(by, level, "");
            let (identifier, by) = ("accept".to_owned(), by.to_owned());
            world.deliver(&Event::ButtonPressed { check, identifier, by }).await;
        };
        press("stranger", None).await;
        assert_eq!(world.gates().last().unwrap(), "failed");
        press("maria", Some(Level::Write)).await;
        assert_eq!(world.gates().last().unwrap(), "passed");
        world.end().await;
    })
    .await;
}
