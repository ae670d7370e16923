//! Things of the platform as GitHub writes them.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

use super::super::model::{Change, ChangeState, Note, Repository, State};
use super::links;

/// Since when there is what has no date of its own.
pub(super) const SINCE: &str = "2026-01-01T00:00:00Z";

/// `2026-11-22T23:20:00Z`
pub(super) fn time(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// An opaque id for GraphQL.
pub(super) fn node_id(kind: &str, id: i64) -> String {
    format!("{kind}_kwDO{id:08x}")
}

/// The number in an opaque id of that kind.
pub(super) fn number_of(kind: &str, node_id: &str) -> Option<i64> {
    let digits = node_id.strip_prefix(kind)?.strip_prefix("_kwDO")?;
    i64::from_str_radix(digits, 16).ok()
}

/// What can be said below a comment.
pub(super) const REACTIONS: [&str; 8] =
    ["+1", "-1", "laugh", "confused", "heart", "hooray", "rocket", "eyes"];

/// Writes things with addresses on one host.
#[derive(Clone, Copy)]
pub(super) struct Render<'a> {
    pub state: &'a State,
    /// Where people read.
    pub host: &'a str,
    /// Where the API is.
    pub api: &'a str,
}

impl Render<'_> {
    pub fn user(&self, login: &str) -> Value {
        let person = self.state.people.get(login);
        let (id, bot) = person.map_or((0, login.ends_with("[bot]")), |p| (p.id, p.bot));
        let page = login
            .strip_suffix("[bot]")
            .map_or_else(|| login.to_owned(), |app| format!("apps/{app}"));
        let url = format!("{}/users/{}", self.api, login.replace('[', "%5B").replace(']', "%5D"));
        let mut user = json!({
            "login": login,
            "id": id,
            "node_id": node_id("U", id),
            "avatar_url": format!("{}/avatars/u/{id}", self.host),
            "gravatar_id": "",
            "url": url,
            "html_url": format!("{}/{page}", self.host),
            "type": if bot { "Bot" } else { "User" },
            "site_admin": false,
        });
        links::write(&mut user, &url, links::OF_USER);
        user
    }

    pub fn author(&self, note: &Note) -> Value {
        note.author.as_deref().map_or(Value::Null, |login| self.user(login))
    }

    /// Whether and how somebody belongs to a repository.
    pub fn association(&self, login: Option<&str>, repository: i64) -> &'static str {
        let person = login.and_then(|login| self.state.people.get(login));
        match person.map(|person| person.access.contains_key(&repository)) {
            Some(true) => "COLLABORATOR",
            _ => "NONE",
        }
    }

    pub fn repository(&self, repository: &Repository) -> Value {
        let name = &repository.full_name;
        let (owner, short) = name.split_once('/').unwrap_or(("", name));
        let url = format!("{}/repos/{name}", self.api);
        let page = format!("{}/{name}", self.host);
        let changes = self.state.changes.values();
        let open = changes
            .filter(|it| it.repository == repository.id && it.state == ChangeState::Open)
            .count();
        let mut answer = json!({
            "id": repository.id,
            "node_id": node_id("R", repository.id),
            "name": short,
            "full_name": name,
            "private": repository.private,
            "visibility": if repository.private { "private" } else { "public" },
            "owner": self.user(owner),
            "html_url": page,
            "url": url,
            "clone_url": format!("{page}.git"),
            "git_url": format!("git:{}.git", page.trim_start_matches("http:")),
            "ssh_url": format!("git@localhost:{name}.git"),
            "svn_url": page,
            "mirror_url": null,
            "homepage": null,
            "default_branch": repository.default_branch,
            "fork": repository.fork_of.is_some(),
            "archived": false,
            "disabled": false,
            "description": null,
            "language": "Python",
            "license": null,
            "topics": [],
            "is_template": false,
            "allow_forking": true,
            "web_commit_signoff_required": false,
            "size": 1,
            "created_at": SINCE,
            "updated_at": SINCE,
            "pushed_at": SINCE,
        });
        links::write(&mut answer, &url, links::OF_REPOSITORY);
        write_features(&mut answer, open);
        answer
    }

    /// A pull request as a list or a delivery has it.
    pub fn pull(&self, change: &Change) -> Value {
        let repository = &self.state.repositories[&change.repository];
        let version = change.version();
        let number = change.number;
        let merged = change.state == ChangeState::Merged;
        let ended = (change.state != ChangeState::Open).then(|| time(self.state.now()));
        let mut pull = json!({
            "id": change.id,
            "node_id": node_id("PR", change.id),
            "number": number,
            "state": if change.state == ChangeState::Open { "open" } else { "closed" },
            "locked": change.locked,
            "draft": change.draft,
            "title": change.title,
            "body": if change.body.is_empty() { Value::Null } else { json!(change.body) },
            "user": self.user(&change.author),
            "author_association": self.association(Some(&change.author), change.repository),
            "labels": [],
            "assignee": null,
            "assignees": [],
            "requested_reviewers": [],
            "requested_teams": [],
            "milestone": null,
            "auto_merge": null,
            "active_lock_reason": null,
            "created_at": time(change.created_at),
            "updated_at": time(version.created_at),
            "closed_at": ended,
            "merged_at": if merged { json!(ended) } else { Value::Null },
            "merge_commit_sha": null,
            "head": self.head(change),
            "base": {
                "label": label(&repository.full_name, &change.base_branch),
                "ref": change.base_branch,
                "sha": version.target,
                "user": self.user(repository.full_name.split('/').next().unwrap_or_default()),
                "repo": self.repository(repository),
            },
        });
        let name = &repository.full_name;
        let (api, page) = (format!("{}/repos/{name}", self.api), format!("{}/{name}", self.host));
        links::write_pull(&mut pull, &api, &page, number, &version.head);
        pull
    }

    fn head(&self, change: &Change) -> Value {
        let repository = change.head_repository.and_then(|id| self.state.repositories.get(&id));
        let Some(repository) = repository else {
            let branch = &change.head_branch;
            return json!({ "label": null, "ref": branch, "sha": change.head(), "user": null, "repo": null });
        };
        json!({
            "label": label(&repository.full_name, &change.head_branch),
            "ref": change.head_branch,
            "sha": change.head(),
            "user": self.user(repository.full_name.split('/').next().unwrap_or_default()),
            "repo": self.repository(repository),
        })
    }

    /// A pull request as it is alone: with its counts.
    pub fn whole_pull(&self, change: &Change) -> Value {
        let mut pull = self.pull(change);
        let files = self.state.change_diff(change);
        let merged = change.state == ChangeState::Merged;
        pull["merged"] = json!(merged);
        pull["merged_by"] = if merged { self.user(&change.author) } else { Value::Null };
        pull["rebaseable"] = Value::Null;
        pull["mergeable"] = Value::Null;
        pull["mergeable_state"] = json!("unknown");
        pull["commits"] = json!(self.commits(change).len());
        pull["additions"] = json!(files.iter().map(|file| file.additions).sum::<u32>());
        pull["deletions"] = json!(files.iter().map(|file| file.deletions).sum::<u32>());
        pull["changed_files"] = json!(files.len());
        pull["comments"] = json!(change.comments.len());
        let comments: usize = change.threads.iter().map(|thread| thread.notes.len()).sum();
        pull["review_comments"] = json!(comments);
        pull["maintainer_can_modify"] = json!(false);
        pull
    }

    /// The commits that a pull request brings, oldest first.
    pub fn commits(&self, change: &Change) -> Vec<String> {
        let version = change.version();
        let known = self.state.history(&version.target);
        let mut own = self.state.history(&version.head);
        own.retain(|sha| !known.contains(sha));
        own.into_iter().rev().map(str::to_owned).collect()
    }

    pub fn issue_comment(&self, change: &Change, note: &Note) -> Value {
        let name = &self.state.repositories[&change.repository].full_name;
        let (number, id) = (change.number, note.id);
        json!({
            "id": id,
            "node_id": node_id("IC", id),
            "url": format!("{}/repos/{name}/issues/comments/{id}", self.api),
            "html_url": format!("{}/{name}/pull/{number}#issuecomment-{id}", self.host),
            "issue_url": format!("{}/repos/{name}/issues/{number}", self.api),
            "user": self.author(note),
            "body": note.body,
            "author_association": self.association(note.author.as_deref(), change.repository),
            "created_at": time(note.created_at),
            "updated_at": time(note.updated_at),
            "performed_via_github_app": null,
            "reactions": self.reactions(id, &format!("{}/repos/{name}/issues/comments/{id}", self.api)),
        })
    }

    /// The counts of reactions to a comment whose own address is `url`.
    pub fn reactions(&self, comment: i64, url: &str) -> Value {
        let count = |content: &str| {
            let all = self.state.github.reactions.iter();
            all.filter(|(id, given)| *id == comment && given == content).count()
        };
        let mut answer = json!({ "url": format!("{url}/reactions"), "total_count": 0 });
        for content in REACTIONS {
            answer[content] = json!(count(content));
        }
        answer["total_count"] = json!(REACTIONS.map(count).iter().sum::<usize>());
        answer
    }
}

fn label(full_name: &str, branch: &str) -> String {
    format!("{}:{branch}", full_name.split('/').next().unwrap_or_default())
}

/// What a repository has, and how much of it.
fn write_features(repository: &mut Value, open_issues: usize) {
    for feature in ["issues", "projects", "downloads", "wiki", "pages", "discussions"] {
        repository[format!("has_{feature}")] = json!(feature == "issues");
    }
    repository["stargazers_count"] = json!(0);
    for (name, count) in [("watchers", 0), ("forks", 0), ("open_issues", open_issues)] {
        repository[name] = json!(count);
        repository[format!("{name}_count")] = json!(count);
    }
}
