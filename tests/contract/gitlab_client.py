"""A client of GitLab that others wrote, on the simulated one.

Standard input: {url, token, project, group, iid, member}. Standard output: what it reads there, and what it made.
"""

import json
import sys

import gitlab


def main() -> None:
    asked = json.load(sys.stdin)
    client = gitlab.Gitlab(asked["url"], private_token=asked["token"], per_page=2, keep_base_url=True)
    client.auth()
    project = client.projects.get(asked["project"])
    read = seen(client, project, asked)
    json.dump({"read": read, "made": make(project, asked["iid"])}, sys.stdout)


def seen(client: gitlab.Gitlab, project, asked: dict) -> dict:
    request = project.mergerequests.get(asked["iid"])
    versions = request.diffs.list(get_all=True)
    newest = request.diffs.get(versions[0].id)
    commit = project.commits.get(request.sha)
    group = client.groups.get(asked["group"])
    return {
        "version": client.version()[0],
        "user": client.user.username,
        "scopes": client.personal_access_tokens.get("self").scopes,
        "project": [project.id, project.path_with_namespace, project.default_branch],
        "requests": [it.iid for it in project.mergerequests.list(get_all=True)],
        "request": [request.title, request.state, request.sha, request.draft],
        "refs": request.diff_refs,
        "versions": [[it.head_commit_sha, it.base_commit_sha, it.start_commit_sha] for it in versions],
        "diffs": [[it["old_path"], it["new_path"], it["diff"]] for it in newest.diffs],
        "changes": len(request.changes()["changes"]),
        "commits": [it.id for it in request.commits()],
        "discussions": [
            [thread(note) for note in discussion.attributes["notes"]]
            for discussion in request.discussions.list(get_all=True)
        ],
        "notes": [note.body for note in request.notes.list(get_all=True, sort="asc")],
        "statuses": [
            [it.name, it.status, it.description, it.target_url]
            for it in commit.statuses.list(get_all=True)
        ],
        "pipelines": [it.id for it in request.pipelines.list(get_all=True)],
        "hooks": [hook(it) for it in project.hooks.list(get_all=True)],
        "checks": [[it.name, it.external_url] for it in project.external_status_checks.list(get_all=True)],
        "level": project.members_all.get(asked["member"]).access_level,
        "projects": [
            it.path_with_namespace
            for it in group.projects.list(get_all=True, include_subgroups=True, order_by="id")
        ],
        "keyset": [
            it.path_with_namespace
            for it in group.projects.list(
                get_all=True, include_subgroups=True, order_by="id", pagination="keyset"
            )
        ],
        "file": project.files.raw("app.py", ref=request.sha).decode(),
        "tree": [it["path"] for it in project.repository_tree(ref=request.sha, get_all=True)],
    }


def thread(note: dict) -> list:
    position = note.get("position") or {}
    return [
        note["author"]["username"],
        note["body"],
        position.get("new_path"),
        position.get("new_line"),
        note.get("resolved", False),
    ]


def hook(it) -> list:
    return [it.url, it.merge_requests_events, it.note_events, it.push_events_branch_filter]


def make(project, iid: int) -> dict:
    request = project.mergerequests.get(iid)
    version = request.diffs.list(get_all=True)[0]
    position = {
        "position_type": "text",
        "base_sha": version.base_commit_sha,
        "start_sha": version.start_commit_sha,
        "head_sha": version.head_commit_sha,
        "old_path": "app.py",
        "new_path": "app.py",
        "new_line": 1,
    }
    discussion = request.discussions.create({"body": "By hand.", "position": position})
    discussion.notes.create({"body": "And an answer."})
    discussion.resolved = True
    discussion.save()
    note = request.notes.create({"body": "A note."})
    note.body = "A note, changed."
    note.save()
    status = project.commits.get(request.sha).statuses.create({"state": "success", "name": "other"})
    own = project.hooks.create({"url": "https://ci.example/hook", "token": "t", "merge_requests_events": True})
    own.note_events = True
    own.save()
    other = project.hooks.create({"url": "https://ci.example/gone"})
    project.hooks.delete(other.id)
    check = project.external_status_checks.create({"name": "ci", "external_url": "https://ci.example"})
    try:
        request.discussions.create({"body": "Nowhere.", "position": {**position, "new_line": 999}})
        refused = None
    except gitlab.exceptions.GitlabCreateError as error:
        refused = error.response_code
    return {
        "discussion": discussion.id,
        "note": note.id,
        "status": status.status,
        "hook": [own.id, own.token_present, own.signing_token_present],
        "check": [check.id, check.hmac],
        "refused": refused,
    }


if __name__ == "__main__":
    main()
