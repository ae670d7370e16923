//! The tables that are moved, each with all its columns.

use serde_json::{Map, Value};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Integer,
    Boolean,
    Text,
    Time,
    Day,
    Json,
    Bytes,
}

/// A table.
pub(super) struct Table {
    pub(super) name: &'static str,
    pub(super) columns: &'static [(&'static str, Kind)],
    /// The columns that rows are ordered by.
    pub(super) key: &'static str,
    /// What is not moved as it stands.
    pub(super) moved: fn(&mut Map<String, Value>),
}

impl Table {
    /// Whether the store counts its ids.
    pub(super) fn counts_ids(&self) -> bool {
        self.columns[0] == ("id", Kind::Integer)
    }
}

/// What is not moved: how the schema came to be and who can work with it, what the next reviews find out again,
/// whose turn it is to do what, who does it, and who has signed in or may use the API.
pub(super) const LEFT_OUT: [&str; 14] = [
    "_sqlx_migrations",
    "schema_support",
    "outlines",
    "chores",
    "write_turns",
    "write_counts",
    "request_budgets",
    "processes",
    "baseline_wishes",
    "people",
    "readable_repositories",
    "sessions",
    "access_tokens",
    "service_keys",
];

const fn table(
    name: &'static str,
    key: &'static str,
    columns: &'static [(&'static str, Kind)],
) -> Table {
    Table { name, columns, key, moved: |_| {} }
}

use Kind::{Boolean, Bytes, Day, Integer, Json, Text, Time};

/// Each after those that its rows refer to.
pub(super) const TABLES: [Table; 25] = [
    table(
        "installations",
        "id",
        &[
            ("id", Integer),
            ("forge", Text),
            ("external_id", Integer),
            ("created_at", Time),
            ("account", Text),
            ("updated_at", Time),
            ("suspended_at", Time),
            ("removed_at", Time),
        ],
    ),
    table(
        "repositories",
        "id",
        &[
            ("id", Integer),
            ("forge", Text),
            ("external_id", Integer),
            ("installation_id", Integer),
            ("full_name", Text),
            ("created_at", Time),
            ("updated_at", Time),
            ("removed_at", Time),
            ("paused_at", Time),
            ("paused_by", Text),
            ("pause_reason", Text),
        ],
    ),
    table(
        "repository_names",
        "id",
        &[
            ("id", Integer),
            ("repository_id", Integer),
            ("full_name", Text),
            ("first_taken_at", Time),
            ("last_taken_at", Time),
        ],
    ),
    table(
        "deliveries",
        "id",
        &[
            ("id", Integer),
            ("forge", Text),
            ("delivery_id", Text),
            ("event", Text),
            ("action", Text),
            ("payload", Bytes),
            ("received_at", Time),
            ("repository_id", Integer),
            ("installation_id", Integer),
            ("payload_dropped_at", Time),
            ("outcome", Text),
            ("replayed_at", Time),
        ],
    ),
    table(
        "settings_snapshots",
        "id",
        &[
            ("id", Integer),
            ("repository_id", Integer),
            ("digest", Text),
            ("content", Json),
            ("first_seen_at", Time),
            ("last_seen_at", Time),
        ],
    ),
    table(
        "change_requests",
        "id",
        &[
            ("id", Integer),
            ("repository_id", Integer),
            ("number", Integer),
            ("title", Text),
            ("author", Text),
            ("web_url", Text),
            ("state", Text),
            ("draft", Boolean),
            ("head_sha", Text),
            ("created_at", Time),
            ("updated_at", Time),
            ("summary_id", Text),
            ("paused_at", Time),
            ("paused_by", Text),
            ("last_review_id", Integer),
            ("last_review_at", Time),
        ],
    ),
    Table {
        name: "jobs",
        key: "id",
        // The worker that has it stays behind.
        moved: |row| {
            if row["state"] == "running" {
                row["state"] = "queued".into();
                row["leased_until"] = Value::Null;
            }
        },
        columns: &[
            ("id", Integer),
            ("change_request_id", Integer),
            ("state", Text),
            ("lane", Text),
            ("priority", Integer),
            ("asked", Integer),
            ("again", Boolean),
            ("run_at", Time),
            ("attempts", Integer),
            ("leased_until", Time),
            ("fence", Integer),
            ("last_error", Text),
            ("trace", Text),
            ("created_at", Time),
            ("ended_at", Time),
            ("claimed_at", Time),
        ],
    },
    table("lane_holds", "lane", &[("lane", Text), ("held_until", Time)]),
    table(
        "reviews",
        "id",
        &[
            ("id", Integer),
            ("key", Text),
            ("change_request_id", Integer),
            ("head_sha", Text),
            ("base_sha", Text),
            ("state", Text),
            ("revision", Json),
            ("gate_handle", Text),
            ("gate_closed", Boolean),
            ("conclusion", Text),
            ("title", Text),
            ("critical", Integer),
            ("high", Integer),
            ("medium", Integer),
            ("low", Integer),
            ("suppressed", Integer),
            ("files_analysed", Integer),
            ("lines_analysed", Integer),
            ("omissions", Json),
            ("verdicts", Json),
            ("timings", Json),
            ("started_at", Time),
            ("analysed_at", Time),
            ("completed_at", Time),
            ("repository_id", Integer),
            ("settings_id", Integer),
        ],
    ),
    table(
        "findings",
        "id",
        &[
            ("id", Integer),
            ("change_request_id", Integer),
            ("fingerprint", Text),
            ("rule", Text),
            ("name", Text),
            ("item", Text),
            ("severity", Text),
            ("category", Text),
            ("confidence", Text),
            ("message", Text),
            ("path", Text),
            ("line", Integer),
            ("end_line", Integer),
            ("scope", Text),
            ("state", Text),
            ("first_review_id", Integer),
            ("last_review_id", Integer),
            ("first_seen_at", Time),
            ("last_seen_at", Time),
            ("closed_at", Time),
            ("closed_by", Text),
            ("closed_reason", Text),
            ("closed_note", Text),
        ],
    ),
    table(
        "threads",
        "id",
        &[
            ("id", Integer),
            ("change_request_id", Integer),
            ("fingerprint", Text),
            ("thread_id", Text),
            ("posted_at", Time),
            ("resolved_at", Time),
            ("comment_id", Text),
        ],
    ),
    table(
        "commands",
        "id",
        &[
            ("id", Integer),
            ("change_request_id", Integer),
            ("comment_id", Text),
            ("thread_id", Text),
            ("is_comment", Boolean),
            ("author", Text),
            ("author_id", Integer),
            ("text", Text),
            ("state", Text),
            ("given_at", Time),
            ("ended_at", Time),
        ],
    ),
    table(
        "ignored_rules",
        "change_request_id, rule",
        &[
            ("change_request_id", Integer),
            ("rule", Text),
            ("author", Text),
            ("reason", Text),
            ("ignored_at", Time),
        ],
    ),
    table(
        "merge_groups",
        "id",
        &[
            ("id", Integer),
            ("change_request_id", Integer),
            ("head_sha", Text),
            ("asked_at", Time),
            ("ended_at", Time),
        ],
    ),
    table(
        "audit_log",
        "id",
        &[
            ("id", Integer),
            ("at", Time),
            ("actor", Text),
            ("action", Text),
            ("subject", Text),
            ("details", Json),
        ],
    ),
    // Roll-ups are moved as they are, for they tell of findings that are deleted by now. Triggers rest meanwhile.
    table(
        "finding_days",
        "repository_id, day, severity",
        &[
            ("repository_id", Integer),
            ("day", Day),
            ("severity", Text),
            ("opened", Integer),
            ("closed", Integer),
            ("introduced", Integer),
            ("fixed", Integer),
            ("settled", Integer),
        ],
    ),
    table(
        "rule_totals",
        "repository_id, rule",
        &[
            ("repository_id", Integer),
            ("rule", Text),
            ("introduced", Integer),
            ("open", Integer),
            ("fixed", Integer),
            ("settled", Integer),
        ],
    ),
    table(
        "review_days",
        "repository_id, day",
        &[("repository_id", Integer), ("day", Day), ("reviews", Integer), ("failed", Integer)],
    ),
    table(
        "repository_totals",
        "repository_id",
        &[
            ("repository_id", Integer),
            ("critical", Integer),
            ("high", Integer),
            ("medium", Integer),
            ("low", Integer),
            ("last_review_at", Time),
        ],
    ),
    table(
        "rule_weeks",
        "repository_id, week, rule",
        &[("repository_id", Integer), ("week", Day), ("rule", Text), ("introduced", Integer)],
    ),
    table(
        "file_weeks",
        "repository_id, week, path",
        &[("repository_id", Integer), ("week", Day), ("path", Text), ("introduced", Integer)],
    ),
    table(
        "fix_hours",
        "repository_id, week, hours",
        &[("repository_id", Integer), ("week", Day), ("hours", Integer), ("fixed", Integer)],
    ),
    table(
        "kept_findings",
        "finding_id",
        &[("finding_id", Integer), ("repository_id", Integer), ("closed_at", Time)],
    ),
    table(
        "baselines",
        "id",
        &[
            ("id", Integer),
            ("repository_id", Integer),
            ("commit_sha", Text),
            ("branch", Text),
            ("at", Time),
            ("files", Integer),
            ("lines", Integer),
            ("critical", Integer),
            ("high", Integer),
            ("medium", Integer),
            ("low", Integer),
            ("badge", Boolean),
        ],
    ),
    table(
        "baseline_rules",
        "baseline_id, rule, severity",
        &[("baseline_id", Integer), ("rule", Text), ("severity", Text), ("findings", Integer)],
    ),
];
