//! Which files there are.

use super::GitLab;
use super::wire::TreeEntryWire;
use crate::forge::connection::segment;
use crate::forge::{ForgeError, ListedFile, Listing, PathFilter};

/// Most pages of 100 entries that are listed of a tree.
const PAGES: usize = 300;

impl GitLab {
    /// The files at a commit, as far as they are on the first [`PAGES`] pages. GitLab tells no sizes.
    pub(super) async fn read_tree(
        &self,
        project: i64,
        commit: &str,
        wanted: PathFilter,
    ) -> Result<Listing, ForgeError> {
        let path = format!(
            "/projects/{project}/repository/tree?ref={}&recursive=true&per_page=100&pagination=keyset",
            segment(commit)
        );
        let (entries, whole) = self.list::<TreeEntryWire>("list files", &path, PAGES).await?;
        let files = entries.into_iter().filter_map(|entry| {
            let file = entry.kind.as_deref() == Some("blob");
            // A link's content is where it leads.
            let plain = file && entry.mode.as_deref() != Some("120000");
            let path = entry.path.filter(|path| plain && wanted(path))?;
            Some((path, ListedFile { id: entry.id?.parse().ok()?, size: None }))
        });
        Ok(Listing { files: files.collect(), whole })
    }
}
