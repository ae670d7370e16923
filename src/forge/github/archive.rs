//! A whole repository in one answer.

use super::http::Call;
use super::installations::Scope;
use super::{At, GitHub};
use crate::forge::archive::unpack;
use crate::forge::connection::segment;
use crate::forge::{ForgeError, ForgeKind, Sink, Wanted};

const OPERATION: &str = "read archive";
/// Longest refusal that is read.
const LONGEST_REFUSAL: usize = 64 << 10;

impl GitHub {
    /// GitHub sends the reader to another host, which knows by the address what it may give.
    ///
    /// Source: GitHub REST API, "Download a repository archive (tar)".
    pub(super) async fn read_archive(
        &self,
        at: &At<'_>,
        commit: &str,
        wanted: Wanted,
        sink: &Sink,
    ) -> Result<(), ForgeError> {
        let rest = format!("/tarball/{}", segment(commit));
        let mut call = Call::get(self.repository_url(at.repository, &rest)?);
        call.cap = LONGEST_REFUSAL;
        let token = self.token(&at.installation, at.repository, Scope::Review).await?;
        let authorization = token.bearer();
        let sending = self.transport.open(&call, &authorization);
        let body = at.installation.lane.once(OPERATION, sending).await?;
        unpack(ForgeKind::GitHub, OPERATION, body, wanted, sink).await
    }
}
