//! The box of checks: check runs on one platform, commit statuses on both.

use super::view::{AnnotationView, CheckView, prose};
use crate::forge::ForgeKind;
use crate::forge::simulator::{Change, Check, CommitStatus, State};

/// The newest check run and status of each name at the head.
pub(super) fn views(state: &State, forge: ForgeKind, change: &Change) -> Vec<CheckView> {
    let mut views: Vec<CheckView> = Vec::new();
    let checks = state
        .checks
        .iter()
        .filter(|check| check.repository == change.repository && check.head_sha == change.head());
    if forge == ForgeKind::GitHub {
        checks.map(check_run).for_each(|view| put(&mut views, view));
    }
    let statuses = state.statuses.iter().filter(|status| status.sha == change.head());
    statuses.map(status_view).for_each(|view| put(&mut views, view));
    views
}

/// The newest of a name counts.
fn put(views: &mut Vec<CheckView>, view: CheckView) {
    views.retain(|known| known.name != view.name);
    views.push(view);
}

fn check_run(check: &Check) -> CheckView {
    let word = check.conclusion.clone().unwrap_or_else(|| check.status.replace('_', " "));
    CheckView {
        name: check.name.clone(),
        class: class(&word),
        word,
        title: check.title.clone().unwrap_or_default(),
        summary: prose(check.summary.as_deref().unwrap_or_default()),
        details_url: check.details_url.clone(),
        annotations: check.annotations.iter().map(annotation).collect(),
    }
}

fn status_view(status: &CommitStatus) -> CheckView {
    CheckView {
        name: status.name.clone(),
        class: class(&status.state),
        word: status.state.clone(),
        title: status.description.clone().unwrap_or_default(),
        summary: prose(""),
        details_url: status.target_url.clone(),
        annotations: Vec::new(),
    }
}

/// How a check looks; the words of both platforms.
fn class(word: &str) -> &'static str {
    match word {
        "success" => "passed",
        "failure" | "failed" | "error" | "timed_out" | "action_required" => "failed",
        "queued" | "in progress" | "pending" | "running" => "running",
        _ => "neutral",
    }
}

fn annotation(sent: &serde_json::Value) -> AnnotationView {
    let text = |name: &str| sent[name].as_str().unwrap_or_default().to_owned();
    AnnotationView {
        place: format!("{}:{}", text("path"), sent["start_line"]),
        level: text("annotation_level"),
        title: text("title"),
        message: text("message"),
    }
}
