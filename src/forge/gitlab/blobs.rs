//! Files' bytes, and which files there are.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures::{StreamExt, TryStreamExt, future, stream};

use super::GitLab;
use super::http::Call;
use super::wire::TreeEntryWire;
use crate::change::is_python;
use crate::forge::ForgeError;
use crate::forge::call::Repeatable;
use crate::forge::connection::segment;

/// Files that are read at the same time.
const AT_ONCE: usize = 6;
/// Longest file that is read, in bytes.
const LONGEST: usize = 6 << 20;
/// Most pages of 100 entries that are listed of a tree.
const TREE_PAGES: usize = 300;

impl GitLab {
    /// The files at a commit. A head of a fork is read through the project it wants to change, which has it as
    /// `refs/merge-requests/:iid/head`. Files that are not there, or too long, are missing.
    pub(super) async fn read_blobs(
        &self,
        project: i64,
        commit: &str,
        paths: &[String],
    ) -> Result<BTreeMap<String, Arc<[u8]>>, ForgeError> {
        stream::iter(paths.to_vec())
            .map(|path| self.read_blob(project, commit, path))
            .buffer_unordered(AT_ONCE)
            .try_filter_map(|found| future::ready(Ok(found)))
            .try_collect()
            .await
    }

    async fn read_blob(
        &self,
        project: i64,
        commit: &str,
        path: String,
    ) -> Result<Option<(String, Arc<[u8]>)>, ForgeError> {
        let (name, commit) = (segment(&path), segment(commit));
        let url = format!("/projects/{project}/repository/files/{name}/raw?ref={commit}");
        let mut call = Call::get(self.transport.url(&url));
        call.cap = LONGEST;
        match self.call("read file", Repeatable::Yes, &call).await {
            Ok(answer) if answer.body.len() > LONGEST => {
                tracing::warn!(path, "longer than {LONGEST} bytes: left out");
                Ok(None)
            }
            Ok(answer) => Ok(Some((path, Arc::from(&answer.body[..])))),
            Err(ForgeError::Status { status: 404, .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// All Python files at a commit, as far as they are on the first [`TREE_PAGES`] pages.
    pub(super) async fn read_tree(
        &self,
        project: i64,
        commit: &str,
    ) -> Result<BTreeMap<String, String>, ForgeError> {
        let path = format!(
            "/projects/{project}/repository/tree?ref={}&recursive=true&per_page=100&pagination=keyset",
            segment(commit)
        );
        let listed = self.list::<TreeEntryWire>("list files", &path, TREE_PAGES).await;
        let (entries, whole) = match listed {
            // A repository without files has no tree.
            Err(ForgeError::Status { status: 404, .. }) => (Vec::new(), true),
            other => other?,
        };
        if !whole {
            tracing::warn!(project, "only a part of the files was listed");
        }
        let files = entries.into_iter().filter_map(|entry| {
            let link = entry.mode.as_deref() == Some("120000");
            let file = entry.kind.as_deref() == Some("blob") && !link;
            Some((entry.path.filter(|path| file && is_python(path))?, entry.id?))
        });
        Ok(files.collect())
    }
}
