//! What GitLab sends, as far as it is read. Everything may be missing that some version or state leaves out.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// Null is as good as nothing.
fn or_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(
    from: D,
) -> Result<T, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
}

/// A count as text; `1000+` is possible.
fn count<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    Ok(match Option::deserialize(from)? {
        Some(Value::String(text)) => Some(text),
        Some(Value::Number(number)) => Some(number.to_string()),
        _ => None,
    })
}

/// A time, if it can be read.
fn time<'de, D: Deserializer<'de>>(from: D) -> Result<Option<DateTime<Utc>>, D::Error> {
    let text = Option::<String>::deserialize(from)?;
    Ok(text.and_then(|text| DateTime::parse_from_rfc3339(&text).ok()).map(|at| at.to_utc()))
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct UserWire {
    pub(super) id: i64,
    pub(super) username: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct MergeRequestWire {
    pub(super) iid: Option<i64>,
    pub(super) updated_at: Option<DateTime<Utc>>,
    pub(super) title: Option<String>,
    pub(super) author: Option<UserWire>,
    pub(super) state: Option<String>,
    pub(super) draft: Option<bool>,
    pub(super) work_in_progress: Option<bool>,
    pub(super) sha: Option<String>,
    pub(super) diff_refs: Option<DiffRefsWire>,
    #[serde(default, deserialize_with = "count")]
    pub(super) changes_count: Option<String>,
    pub(super) source_branch: Option<String>,
    pub(super) target_branch: Option<String>,
    pub(super) source_project_id: Option<i64>,
    pub(super) target_project_id: Option<i64>,
    pub(super) references: Option<ReferencesWire>,
    pub(super) web_url: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct DiffRefsWire {
    pub(super) base_sha: Option<String>,
    pub(super) head_sha: Option<String>,
    pub(super) start_sha: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct PipelineWire {
    pub(super) id: i64,
    pub(super) project_id: Option<i64>,
    pub(super) sha: Option<String>,
    #[serde(rename = "ref")]
    pub(super) branch: Option<String>,
    pub(super) source: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct ReferencesWire {
    /// `group/project!1`
    pub(super) full: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct CommitWire {
    #[serde(default, deserialize_with = "or_default")]
    pub(super) parent_ids: Vec<String>,
}

/// A version of a merge request: one entry per push.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct VersionWire {
    pub(super) id: i64,
    pub(super) head_commit_sha: Option<String>,
    pub(super) base_commit_sha: Option<String>,
    pub(super) start_commit_sha: Option<String>,
    pub(super) state: Option<String>,
    /// Number of files.
    #[serde(default, deserialize_with = "count")]
    pub(super) real_size: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) diffs: Vec<DiffWire>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct DiffWire {
    pub(super) old_path: Option<String>,
    pub(super) new_path: String,
    pub(super) diff: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) new_file: bool,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) renamed_file: bool,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) deleted_file: bool,
    pub(super) too_large: Option<bool>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct TreeEntryWire {
    pub(super) id: Option<String>,
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
    pub(super) path: Option<String>,
    pub(super) mode: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct DiscussionWire {
    pub(super) id: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) notes: Vec<NoteWire>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct NoteWire {
    pub(super) id: i64,
    pub(super) body: Option<String>,
    pub(super) author: Option<UserWire>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) system: bool,
    pub(super) position: Option<PositionWire>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) resolved: bool,
    pub(super) resolved_by: Option<UserWire>,
    #[serde(default, deserialize_with = "time")]
    pub(super) resolved_at: Option<DateTime<Utc>>,
    #[serde(default, deserialize_with = "time")]
    pub(super) created_at: Option<DateTime<Utc>>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct PositionWire {
    pub(super) position_type: Option<String>,
    pub(super) head_sha: Option<String>,
    pub(super) new_path: Option<String>,
    pub(super) new_line: Option<u32>,
    pub(super) line_range: Option<LineRangeWire>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct LineRangeWire {
    pub(super) start: Option<LineWire>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct LineWire {
    pub(super) new_line: Option<u32>,
}

/// A comment that is staged.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct DraftWire {
    pub(super) id: i64,
    pub(super) note: Option<String>,
}

/// Our own access token.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct TokenWire {
    #[serde(default, deserialize_with = "or_default")]
    pub(super) scopes: Vec<String>,
    pub(super) expires_at: Option<chrono::NaiveDate>,
}

impl TokenWire {
    /// Whether nothing can be posted with it.
    pub(super) fn lacks_api(&self) -> bool {
        !self.scopes.is_empty() && !self.scopes.iter().any(|scope| scope == "api")
    }

    /// Whether it is worth nothing any more.
    pub(super) fn is_over(&self, today: chrono::NaiveDate) -> bool {
        self.expires_at.is_some_and(|day| day <= today)
    }
}

/// An external status check of a merge request.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct StatusCheckWire {
    pub(super) id: i64,
    pub(super) name: Option<String>,
    /// Without its query; empty where the token may not see it.
    pub(super) external_url: Option<String>,
    pub(super) status: Option<String>,
}

/// Who approved a merge request, as far as it is about us.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct ApprovalsWire {
    pub(super) user_has_approved: Option<bool>,
}

/// What keeps a merge request from being merged.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct MergeStatusWire {
    pub(super) detailed_merge_status: Option<String>,
}

/// A commit status.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct StatusWire {
    pub(super) id: i64,
    pub(super) status: Option<String>,
    pub(super) name: Option<String>,
    pub(super) description: Option<String>,
    pub(super) target_url: Option<String>,
    pub(super) pipeline_id: Option<i64>,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn null_and_odd_values_break_nothing() {
        let note = json!({ "id": 1, "system": null, "resolved": null, "created_at": "yesterday" });
        let note: NoteWire = serde_json::from_value(note).expect("a note");
        assert_eq!((note.system, note.resolved, note.created_at), (false, false, None));
        for (size, read) in
            [(json!("1000+"), Some("1000+")), (json!(3), Some("3")), (json!(null), None)]
        {
            let version = json!({ "id": 1, "real_size": size, "diffs": null });
            let version: VersionWire = serde_json::from_value(version).expect("a version");
            assert_eq!((version.real_size.as_deref(), version.diffs.len()), (read, 0));
        }
        let bare: MergeRequestWire = serde_json::from_value(json!({})).expect("a merge request");
        assert!(bare.sha.is_none());
    }
}

/// A member of a project.
#[derive(Debug, Deserialize)]
pub(super) struct MemberWire {
    pub(super) access_level: Option<i64>,
}
