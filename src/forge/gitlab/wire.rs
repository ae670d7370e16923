//! What GitLab sends, as far as it is read. Everything may be missing that some version or state leaves out.

use chrono::{DateTime, Utc};
use serde::Deserialize;

#[derive(Debug, Clone, Deserialize)]
pub(super) struct UserWire {
    pub(super) id: i64,
    pub(super) username: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct MergeRequestWire {
    pub(super) title: Option<String>,
    pub(super) author: Option<UserWire>,
    pub(super) state: Option<String>,
    pub(super) draft: Option<bool>,
    pub(super) work_in_progress: Option<bool>,
    pub(super) sha: Option<String>,
    pub(super) diff_refs: Option<DiffRefsWire>,
    pub(super) changes_count: Option<String>,
    pub(super) source_branch: Option<String>,
    pub(super) target_branch: Option<String>,
    pub(super) source_project_id: Option<i64>,
    pub(super) target_project_id: Option<i64>,
    pub(super) head_pipeline: Option<PipelineWire>,
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

/// A version of a merge request: one entry per push.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct VersionWire {
    pub(super) id: i64,
    pub(super) head_commit_sha: Option<String>,
    pub(super) base_commit_sha: Option<String>,
    pub(super) start_commit_sha: Option<String>,
    pub(super) state: Option<String>,
    /// Number of files; a text, and `1000+` is possible.
    pub(super) real_size: Option<String>,
    #[serde(default)]
    pub(super) diffs: Vec<DiffWire>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct DiffWire {
    pub(super) old_path: Option<String>,
    pub(super) new_path: String,
    pub(super) diff: Option<String>,
    #[serde(default)]
    pub(super) new_file: bool,
    #[serde(default)]
    pub(super) renamed_file: bool,
    #[serde(default)]
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
    #[serde(default)]
    pub(super) notes: Vec<NoteWire>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct NoteWire {
    pub(super) id: i64,
    pub(super) body: Option<String>,
    pub(super) author: Option<UserWire>,
    #[serde(default)]
    pub(super) system: bool,
    pub(super) position: Option<PositionWire>,
    #[serde(default)]
    pub(super) resolved: bool,
    pub(super) resolved_by: Option<UserWire>,
    pub(super) resolved_at: Option<DateTime<Utc>>,
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

/// A commit status.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct StatusWire {
    pub(super) id: i64,
    pub(super) status: Option<String>,
    pub(super) name: Option<String>,
    pub(super) pipeline_id: Option<i64>,
}
