//! Pull requests: read, listed, their files and commits.

use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use serde_json::{Value, json};

use super::super::git::blob_sha;
use super::super::model::{Change, ChangeState, Repository, State};
use super::super::{FileDiff, FileStatus};
use super::call::Call;
use super::contents::commit_json;
use super::render::Render;
use super::reply::{Answer, Media, Page, Refusal, ok};

/// Most files that are listed.
const MOST_FILES: usize = 3_000;
/// Most files of a diff that is asked for as text.
const MOST_DIFF_FILES: usize = 300;
/// Most lines of a diff that is asked for as text.
const MOST_DIFF_LINES: usize = 20_000;

/// `GET /repos/{owner}/{name}/pulls/{number}`
pub(super) fn pull(render: Render<'_>, call: &Call<'_>, change: &Change) -> Answer {
    if call.media() == Media::Diff {
        return diff(render.state, change);
    }
    Ok(ok(render.whole_pull(change)))
}

/// `GET /repos/{owner}/{name}/pulls`
pub(super) fn pulls(render: Render<'_>, call: &Call<'_>, repository: &Repository) -> Answer {
    let state = call.query.get("state").unwrap_or("open");
    let mut all: Vec<Value> = render
        .state
        .changes
        .values()
        .filter(|change| change.repository == repository.id)
        .filter(|change| state == "all" || (state == "open") == (change.state == ChangeState::Open))
        .map(|change| render.pull(change))
        .collect();
    all.reverse();
    let page = Page::of(&call.query, &call.url(), all.len());
    let shown = json!(all[page.range.clone()]);
    Ok(page.answer(shown))
}

/// `GET /repos/{owner}/{name}/pulls/{number}/files`
pub(super) fn files(render: Render<'_>, call: &Call<'_>, change: &Change) -> Answer {
    let files = render.state.change_diff(change);
    let repository = &render.state.repositories[&change.repository];
    let json = |file| file_json(render, repository, change.head(), file);
    let page = Page::of(&call.query, &call.url(), files.len().min(MOST_FILES));
    let shown: Vec<Value> = files[page.range.clone()].iter().map(json).collect();
    Ok(page.answer(json!(shown)))
}

/// `GET /repos/{owner}/{name}/pulls/{number}/commits`
pub(super) fn commits(render: Render<'_>, call: &Call<'_>, change: &Change) -> Answer {
    let repository = &render.state.repositories[&change.repository];
    let all: Vec<Value> = render
        .commits(change)
        .into_iter()
        .take(250)
        .map(|sha| commit_json(render, repository, &render.state.commits[&sha]))
        .collect();
    let page = Page::of(&call.query, &call.url(), all.len());
    let shown = json!(all[page.range.clone()]);
    Ok(page.answer(shown))
}

/// A file of a diff. There is no `patch` of binary files, big diffs and mere renames.
pub(super) fn file_json(
    render: Render<'_>,
    repository: &Repository,
    head: &str,
    file: &FileDiff,
) -> Value {
    let (name, path) = (&repository.full_name, encoded(&file.path));
    let bytes = file.new.as_ref().or(file.old.as_ref());
    let mut answer = json!({
        "sha": bytes.map(|bytes| blob_sha(bytes)),
        "filename": file.path,
        "status": match file.status {
            FileStatus::Added => "added",
            FileStatus::Modified => "modified",
            FileStatus::Removed => "removed",
            FileStatus::Renamed => "renamed",
        },
        "additions": file.additions,
        "deletions": file.deletions,
        "changes": file.additions + file.deletions,
        "blob_url": format!("{}/{name}/blob/{head}/{path}", render.host),
        "raw_url": format!("{}/{name}/raw/{head}/{path}", render.host),
        "contents_url": format!("{}/repos/{name}/contents/{path}?ref={head}", render.api),
    });
    if file.status == FileStatus::Renamed {
        answer["previous_filename"] = json!(file.old_path);
    }
    if let Some(patch) = file.patch() {
        answer["patch"] = json!(patch.strip_suffix('\n').unwrap_or(&patch));
    }
    answer
}

fn encoded(path: &str) -> String {
    percent_encoding::utf8_percent_encode(path, percent_encoding::NON_ALPHANUMERIC).to_string()
}

fn diff(state: &State, change: &Change) -> Answer {
    let files = state.change_diff(change);
    let lines: usize =
        files.iter().flat_map(|file| &file.hunks).map(|hunk| hunk.lines.len() + 1).sum();
    if files.len() > MOST_DIFF_FILES || lines > MOST_DIFF_LINES {
        let mut refusal = Refusal::new(
            StatusCode::NOT_ACCEPTABLE,
            format!(
                "Sorry, the diff exceeded the maximum number of files ({MOST_DIFF_FILES}) or lines ({MOST_DIFF_LINES})."
            ),
        );
        refusal.errors =
            vec![json!({ "resource": "PullRequest", "field": "diff", "code": "too_large" })];
        return Err(refusal);
    }
    let text: String = files.iter().map(file_diff).collect();
    Ok(([(header::CONTENT_TYPE, "application/vnd.github.diff; charset=utf-8")], text)
        .into_response())
}

fn file_diff(file: &FileDiff) -> String {
    let (old, new) = (&file.old_path, &file.path);
    let sha = |bytes: Option<&std::sync::Arc<[u8]>>| {
        bytes.map_or("0000000".to_owned(), |bytes| blob_sha(bytes)[..7].to_owned())
    };
    let index = format!("index {}..{}", sha(file.old.as_ref()), sha(file.new.as_ref()));
    let mut text = format!("diff --git a/{old} b/{new}\n");
    match file.status {
        FileStatus::Added => text += &format!("new file mode 100644\n{index}\n"),
        FileStatus::Removed => text += &format!("deleted file mode 100644\n{index}\n"),
        FileStatus::Modified => text += &format!("{index} 100644\n"),
        FileStatus::Renamed => text += &format!("rename from {old}\nrename to {new}\n"),
    }
    let name = |here: bool, side: &str, path: &str| {
        if here { format!("{side}/{path}") } else { "/dev/null".to_owned() }
    };
    let before = name(file.old.is_some(), "a", old);
    let after = name(file.new.is_some(), "b", new);
    match file.patch() {
        Some(patch) => text + &format!("--- {before}\n+++ {after}\n{patch}"),
        None if file.binary => text + &format!("Binary files {before} and {after} differ\n"),
        None => text,
    }
}
