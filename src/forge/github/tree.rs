//! Which files there are.

use futures::{StreamExt, TryStreamExt, stream};

use super::http::Call;
use super::wire::{EntryWire, TreeWire};
use super::{At, GitHub, parse};
use crate::forge::call::Repeatable;
use crate::forge::connection::segment;
use crate::forge::{ForgeError, ListedFile, Listing, PathFilter};

/// Most folders that are listed one by one, where GitHub does not list all at once.
const MOST_FOLDERS: usize = 200;
/// Folders that are listed at the same time.
const AT_ONCE: usize = 6;

/// A folder by its path, which is empty for the root, and git's name for what is in it.
type Folder = (String, String);

impl GitHub {
    /// The files at a commit: with one call, or folder by folder where they are more than GitHub lists at once.
    pub(super) async fn read_tree(
        &self,
        at: &At<'_>,
        commit: &str,
        wanted: PathFilter,
    ) -> Result<Listing, ForgeError> {
        let root = (String::new(), commit.to_owned());
        let mut listing = Listing { whole: true, ..Listing::default() };
        let mut too_large = Vec::new();
        let whole = self.list_tree(at, root.clone(), true).await?;
        take(whole, wanted, &mut listing, &mut too_large);
        let mut asked = 0;
        while !too_large.is_empty() {
            let mut below = Vec::new();
            for folder in std::mem::take(&mut too_large) {
                let (folder, tree) = self.list_tree(at, folder, false).await?;
                listing.whole &= tree.truncated != Some(true);
                below.extend(folders(&folder.0, &tree.tree));
                take_files(&folder.0, tree.tree, wanted, &mut listing);
            }
            let room = MOST_FOLDERS.saturating_sub(asked);
            listing.whole &= below.len() <= room;
            below.truncate(room);
            asked += below.len();
            let mut listed = stream::iter(below)
                .map(|folder| self.list_tree(at, folder, true))
                .buffer_unordered(AT_ONCE);
            while let Some(found) = listed.try_next().await? {
                take(found, wanted, &mut listing, &mut too_large);
            }
        }
        Ok(listing)
    }

    async fn list_tree(
        &self,
        at: &At<'_>,
        folder: Folder,
        recursive: bool,
    ) -> Result<(Folder, TreeWire), ForgeError> {
        // Any value of the parameter, also 0, makes GitHub list all that is below.
        let how = if recursive { "?recursive=1" } else { "" };
        let rest = format!("/git/trees/{}{how}", segment(&folder.1));
        let call = Call::get(self.repository_url(at.repository, &rest)?);
        let answer = self.call(at, "list files", Repeatable::Yes, &call).await?;
        Ok((folder, parse("list files", &answer)?))
    }
}

/// Takes the files of a folder that was listed with all below it; one that was not listed to its end is kept for
/// another way.
fn take(
    (folder, tree): (Folder, TreeWire),
    wanted: PathFilter,
    listing: &mut Listing,
    too_large: &mut Vec<Folder>,
) {
    if tree.truncated == Some(true) {
        too_large.push(folder);
    } else {
        take_files(&folder.0, tree.tree, wanted, listing);
    }
}

fn take_files(folder: &str, entries: Vec<EntryWire>, wanted: PathFilter, into: &mut Listing) {
    let files = entries.into_iter().filter_map(|entry| {
        let file = entry.kind.as_deref() == Some("blob");
        // A link's content is where it leads.
        let plain = file && entry.mode.as_deref() != Some("120000");
        let path = joined(folder, &entry.path.filter(|_| plain)?);
        wanted(&path).then_some(())?;
        Some((path, ListedFile { id: entry.sha?.parse().ok()?, size: entry.size }))
    });
    into.files.extend(files);
}

fn folders(folder: &str, entries: &[EntryWire]) -> Vec<Folder> {
    let folders = entries.iter().filter(|entry| entry.kind.as_deref() == Some("tree"));
    folders
        .filter_map(|entry| Some((joined(folder, entry.path.as_ref()?), entry.sha.clone()?)))
        .collect()
}

fn joined(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}
