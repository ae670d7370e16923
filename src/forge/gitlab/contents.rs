//! Files' bytes by their content ids.

use std::sync::Arc;

use futures::{StreamExt, TryStreamExt, stream};

use super::GitLab;
use super::http::Call;
use crate::forge::allowance::Stopping;
use crate::forge::archive::LONGEST;
use crate::forge::call::Repeatable;
use crate::forge::{ForgeError, ListedFile, Sink};

/// Up to here single files are less than an archive of everything.
pub(super) const FEW: usize = 60;
/// Files that are read at the same time.
const AT_ONCE: usize = 8;

impl GitLab {
    /// Each file is a call of its own.
    pub(super) async fn read_contents(
        &self,
        project: i64,
        files: &[ListedFile],
        sink: &Sink,
    ) -> Result<(), ForgeError> {
        let sink = &Stopping::new(sink);
        stream::iter(files.to_vec())
            .map(|file| self.read_bytes(project, file, sink))
            .buffer_unordered(AT_ONCE)
            .try_collect()
            .await
    }

    async fn read_bytes(
        &self,
        project: i64,
        file: ListedFile,
        sink: &Stopping<'_>,
    ) -> Result<(), ForgeError> {
        if sink.is_full() {
            return Ok(());
        }
        let path = format!("/projects/{project}/repository/blobs/{}/raw", file.id);
        let mut call = Call::get(self.transport.url(&path));
        call.cap = usize::try_from(LONGEST).unwrap_or(usize::MAX);
        match self.call("read file", Repeatable::Yes, &call).await {
            Ok(answer) => {
                if file.id.names(&answer.body) {
                    sink.put(file.id, Arc::from(&answer.body[..]));
                }
                Ok(())
            }
            Err(ForgeError::Status { status: 404, .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }
}
