//! What the tests of this module share: one change to one file, findings by line, a conversation.

use super::{
    Comment, Conversation, Dialect, History, Input, Marker, Plan, PostedSummary, Refusals,
    SuggestionStyle, Thread, ThreadState, plan,
};
use crate::analysis::{
    Analysis, Category, Confidence, Edit, Finding, Fingerprint, Fix, Item, Place, Rule, Severity,
};
use crate::change::{ChangeSet, FileChange, FileChangeKind, Hunk, LineKind, MemoryTree};
use crate::policy::Policy;

pub(super) const DIALECT: Dialect = Dialect {
    suggestion: SuggestionStyle::CommentRange,
    max_body: 65_000,
    slash_commands: false,
    comments_outside_hunks: false,
    file_comments: true,
    max_comments: 50,
};

pub(super) const HEAD: &str = "0a1b2c3d4e5f60718293a4b5c6d7e8f901234567";

const PAGE: &str = "# AW501 blocking-sleep\n\n`time.sleep` called from a coroutine.\n\n\
    ## Why it matters\nThe event loop\nstands still.\n\n## Found\n```python\ntime.sleep(1)\n```\n\n\
    ## Better\n```python\nawait asyncio.sleep(1)\n```\n\n## When to ignore\nNever.\n";

pub(super) static SLEEP: Rule = Rule {
    code: "AW501",
    name: "blocking-sleep",
    item: Some(Item(41)),
    also: &[],
    severity: Severity::Critical,
    category: Category::Blocking,
    page: PAGE,
    check: |_, _| {},
};

pub(super) static TASK: Rule = Rule {
    code: "AW206",
    name: "dangling-task",
    item: Some(Item(14)),
    also: &[Item(26)],
    severity: Severity::High,
    category: Category::Leak,
    page: "# AW206 dangling-task\n\nA task that nobody holds.\n",
    check: |_, _| {},
};

/// `app/poll.py` as the head has it: line 3 sleeps, line 6 drops a task.
pub(super) const FILE: &str = "import asyncio, time\nasync def poll():\n    time.sleep(1)\n\n\
    async def main():\n    asyncio.create_task(poll())\n    await poll()\n";

/// A world to plan in. Its one file is new, so one hunk shows all of it.
pub(super) struct World {
    pub(super) analysis: Analysis,
    pub(super) change: ChangeSet,
    pub(super) head: MemoryTree,
    pub(super) policy: Policy,
    pub(super) dialect: Dialect,
    pub(super) conversation: Conversation,
    pub(super) history: History,
    pub(super) omissions: Vec<String>,
    pub(super) context_lost: bool,
    pub(super) complaints: Vec<String>,
    pub(super) refusals: Refusals,
    pub(super) marker: Marker,
    pub(super) head_sha: String,
}

pub(super) fn world(findings: Vec<Finding>) -> World {
    let lines = vec![LineKind::Added; 400];
    let file = FileChange {
        path: "app/poll.py".into(),
        old_path: None,
        kind: FileChangeKind::Added,
        hunks: vec![Hunk { old_start: 0, new_start: 1, lines }],
        shown: true,
    };
    let analysis =
        Analysis { findings, files_analysed: 1, lines_analysed: 7, ..Analysis::default() };
    World {
        analysis,
        change: ChangeSet { files: vec![file] },
        head: [("app/poll.py", FILE.as_bytes())].into_iter().collect(),
        policy: Policy::default(),
        dialect: DIALECT,
        conversation: Conversation::default(),
        history: History::default(),
        omissions: Vec::new(),
        context_lost: false,
        complaints: Vec::new(),
        refusals: Refusals::default(),
        marker: Marker::new(vec![b"key".to_vec()]),
        head_sha: HEAD.to_owned(),
    }
}

impl World {
    pub(super) fn plan(&self) -> Plan {
        plan(&Input {
            head_sha: &self.head_sha,
            analysis: &self.analysis,
            change: &self.change,
            head: &self.head,
            policy: &self.policy,
            dialect: self.dialect,
            conversation: &self.conversation,
            history: &self.history,
            omissions: &self.omissions,
            context_lost: self.context_lost,
            complaints: &self.complaints,
            refusals: &self.refusals,
            marker: &self.marker,
            public_url: Some("https://warden.example"),
            review_path: "/reviews/7",
        })
    }

    /// Does what the plan says, as a platform would.
    pub(super) fn carry_out(&mut self, plan: &Plan) {
        for comment in &plan.post {
            let mut posted = thread(comment, ThreadState::Open);
            let threads = &mut self.conversation.threads;
            if threads.iter().any(|other| other.id == posted.id) {
                posted.id = format!("{}-{}", posted.id, threads.len());
            }
            threads.push(posted);
        }
        for thread in &mut self.conversation.threads {
            if let Some(update) = plan.update.iter().find(|update| update.thread.id == thread.id) {
                thread.body.clone_from(&update.body);
            }
            if plan.resolve.iter().any(|gone| gone.id == thread.id) {
                thread.state = ThreadState::ResolvedByUs;
            }
        }
        if let Some(body) = &plan.summary {
            let body = body.clone();
            self.conversation.comments = vec![PostedSummary { id: "1".into(), body }];
        }
    }

    /// Another push: the store remembers what the last review found.
    pub(super) fn push(&mut self, head_sha: &str, findings: Vec<Finding>) {
        let last = std::mem::replace(&mut self.analysis.findings, findings);
        self.history.previous = last.into_iter().map(|finding| finding.fingerprint).collect();
        self.head_sha = head_sha.to_owned();
    }
}

pub(super) fn thread(comment: &Comment, state: ThreadState) -> Thread {
    Thread {
        id: format!("thread-{}", comment.fingerprint),
        comment_id: "1".into(),
        body: comment.body.clone(),
        state,
        resolved_by: None,
        answered: false,
        place: Some(comment.place.clone()),
    }
}

/// A world in which the findings' comments stand already.
pub(super) fn posted_at(findings: Vec<Finding>, state: ThreadState) -> World {
    let mut world = world(findings);
    let plan = world.plan();
    world.conversation.threads = plan.post.iter().map(|comment| thread(comment, state)).collect();
    world
}

pub(super) fn sleep_at(line: u32) -> Finding {
    let message = "`time.sleep` stops every task on the event loop; await `asyncio.sleep` instead";
    finding(&SLEEP, line, message)
}

pub(super) fn task_at(line: u32) -> Finding {
    finding(
        &TASK,
        line,
        "nothing holds the task, so it may vanish before it ends; keep a reference",
    )
}

pub(super) fn finding(rule: &'static Rule, line: u32, message: &str) -> Finding {
    Finding {
        rule,
        severity: rule.severity,
        category: rule.category,
        confidence: Confidence::Certain,
        message: message.to_owned(),
        place: place(line, 5),
        related: Vec::new(),
        fix: None,
        fingerprint: Fingerprint(format!("{:08x}", line * 1000 + u32::from(rule.also.len() as u8))),
        // Each in a function of its own, so that each has a comment of its own.
        scope: format!("at_{line}"),
    }
}

pub(super) fn place(line: u32, column: u32) -> Place {
    Place { path: "app/poll.py".into(), line, end_line: line, column, end_column: column + 10 }
}

/// Adds a fix that replaces `old`, which stands in [`FILE`] once.
pub(super) fn fixed(mut finding: Finding, old: &str, new: &str) -> Finding {
    let start_byte = FILE.find(old).expect("it stands there");
    let edit = Edit {
        place: finding.place.clone(),
        start_byte,
        end_byte: start_byte + old.len(),
        replacement: new.to_owned(),
    };
    finding.fix = Some(Fix { title: "Await it".into(), edits: vec![edit] });
    finding
}
