//! Files' bytes by their paths.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures::{StreamExt, TryStreamExt, future, stream};

use super::http::{Call, RAW, path_segments};
use super::{At, GitHub};
use crate::forge::call::Repeatable;
use crate::forge::connection::segment;
use crate::forge::{Allowance, ForgeError};

/// Files that are read at the same time.
const AT_ONCE: usize = 8;
/// Longest file that is read, in bytes.
const LONGEST: usize = 6 << 20;
/// Most bytes of all files that are asked for together.
const MOST: u64 = 128 << 20;

impl GitHub {
    /// The files at a commit. A head of a fork is read through the repository it wants to change, where the App is
    /// installed. Files that are not there, too long, or too much
    /// together with the others, are missing.
    pub(super) async fn read_blobs(
        &self,
        at: &At<'_>,
        commit: &str,
        paths: &[String],
    ) -> Result<BTreeMap<String, Arc<[u8]>>, ForgeError> {
        let allowance = &Allowance::new(MOST);
        stream::iter(paths.to_vec())
            .map(|path| self.read_blob(at, commit, path, allowance))
            .buffer_unordered(AT_ONCE)
            .try_filter_map(|found| future::ready(Ok(found)))
            .try_collect()
            .await
    }

    async fn read_blob(
        &self,
        at: &At<'_>,
        commit: &str,
        path: String,
        allowance: &Allowance,
    ) -> Result<Option<(String, Arc<[u8]>)>, ForgeError> {
        if allowance.is_spent() {
            return Ok(None);
        }
        let rest = format!("/contents/{}?ref={}", path_segments(&path), segment(commit));
        let mut call = Call::get(self.repository_url(at.repository, &rest)?);
        call.accept = RAW;
        call.cap = LONGEST;
        match self.call(at, "read file", Repeatable::Yes, &call).await {
            Ok(answer) if answer.body.len() > LONGEST => {
                tracing::warn!(path, "longer than {LONGEST} bytes: left out");
                Ok(None)
            }
            Ok(answer) if !allowance.take(answer.body.len()) => Ok(None),
            Ok(answer) => Ok(Some((path, Arc::from(&answer.body[..])))),
            Err(ForgeError::Status { status: 404 | 410, .. }) => Ok(None),
            Err(ForgeError::Status { status: 403, message, .. })
                if message.contains("too_large") =>
            {
                tracing::warn!(path, "too large for GitHub to give: left out");
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
}
