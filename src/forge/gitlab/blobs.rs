//! Files' bytes by their paths.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures::{StreamExt, TryStreamExt, future, stream};

use super::GitLab;
use super::http::Call;
use crate::forge::call::Repeatable;
use crate::forge::connection::segment;
use crate::forge::{Allowance, ForgeError};

/// Files that are read at the same time.
const AT_ONCE: usize = 6;
/// Longest file that is read, in bytes.
const LONGEST: usize = 6 << 20;
/// Most bytes of all files that are asked for together.
const MOST: u64 = 128 << 20;

impl GitLab {
    /// The files at a commit. A head of a fork is read through the project it wants to change, which has it as
    /// `refs/merge-requests/:iid/head`. Files that are not there, too long, or too much
    /// together with the others, are missing.
    pub(super) async fn read_blobs(
        &self,
        project: i64,
        commit: &str,
        paths: &[String],
    ) -> Result<BTreeMap<String, Arc<[u8]>>, ForgeError> {
        let allowance = &Allowance::new(MOST);
        stream::iter(paths.to_vec())
            .map(|path| self.read_blob(project, commit, path, allowance))
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
        allowance: &Allowance,
    ) -> Result<Option<(String, Arc<[u8]>)>, ForgeError> {
        if allowance.is_spent() {
            return Ok(None);
        }
        let (name, commit) = (segment(&path), segment(commit));
        let url = format!("/projects/{project}/repository/files/{name}/raw?ref={commit}");
        let mut call = Call::get(self.transport.url(&url));
        call.cap = LONGEST;
        match self.call("read file", Repeatable::Yes, &call).await {
            Ok(answer) if answer.body.len() > LONGEST => {
                tracing::warn!(path, "longer than {LONGEST} bytes: left out");
                Ok(None)
            }
            Ok(answer) if !allowance.take(answer.body.len()) => Ok(None),
            Ok(answer) => Ok(Some((path, Arc::from(&answer.body[..])))),
            Err(ForgeError::Status { status: 404, .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }
}
