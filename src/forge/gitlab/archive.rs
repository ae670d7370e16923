//! A whole repository in one answer.

use super::GitLab;
use super::http::Call;
use crate::forge::archive::unpack;
use crate::forge::connection::segment;
use crate::forge::{ForgeError, ForgeKind, Sink, Wanted};

const OPERATION: &str = "read archive";
/// Longest refusal that is read.
const LONGEST_REFUSAL: usize = 64 << 10;

impl GitLab {
    /// GitLab.com gives five archives a minute to a user; its 429 is about archives only. Large files stay pointers, as
    /// the repository has them.
    ///
    /// Source: GitLab REST API, "Get file archive".
    pub(super) async fn read_archive(
        &self,
        project: i64,
        commit: &str,
        wanted: Wanted,
        sink: &Sink,
    ) -> Result<(), ForgeError> {
        let path = format!(
            "/projects/{project}/repository/archive.tar.gz?sha={}&include_lfs_blobs=false",
            segment(commit)
        );
        let mut call = Call::get(self.transport.url(&path));
        call.cap = LONGEST_REFUSAL;
        let body = self.lane.once(OPERATION, self.transport.open(&call)).await?;
        unpack(ForgeKind::GitLab, OPERATION, body, wanted, sink).await
    }
}
