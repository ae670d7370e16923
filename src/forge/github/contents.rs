//! Files' bytes by their content ids, many with one call.

use std::fmt::Write as _;
use std::sync::Arc;

use futures::{StreamExt, TryStreamExt, stream};
use serde_json::{Value, json};

use super::http::{Call, RAW};
use super::installations::Scope;
use super::wire::BlobWire;
use super::{At, GitHub, shape};
use crate::forge::allowance::Stopping;
use crate::forge::archive::LONGEST;
use crate::forge::call::Repeatable;
use crate::forge::{ForgeError, ListedFile, Sink};

/// Up to here a few queries are less than an archive of everything.
pub(super) const FEW: usize = 300;

/// Most files of one query.
const MOST_OF_QUERY: usize = 60;
/// Most bytes of one query's files: a query has 10 s.
const MOST_BYTES_OF_QUERY: u64 = 2 << 20;
/// Longer texts are cut by GraphQL (512,000 bytes), so such a file is read alone.
const LONGEST_TEXT: u64 = 400_000;
/// What a file of unknown size counts.
const USUAL: u64 = 10_000;
/// Queries at the same time.
const AT_ONCE: usize = 3;

impl GitHub {
    /// Texts come by GraphQL, which gives no bytes: a file whose text is not its bytes is read alone.
    pub(super) async fn read_contents(
        &self,
        at: &At<'_>,
        files: &[ListedFile],
        sink: &Sink,
    ) -> Result<(), ForgeError> {
        let fit = |file: &&ListedFile| file.size.is_none_or(|size| size <= LONGEST);
        let (short, long): (Vec<_>, Vec<_>) = files
            .iter()
            .filter(fit)
            .copied()
            .partition(|file| file.size.is_none_or(|size| size <= LONGEST_TEXT));
        let sink = &Stopping::new(sink);
        let left = stream::iter(batches(&short))
            .map(|batch| self.read_texts(at, batch, sink))
            .buffer_unordered(AT_ONCE)
            .try_concat()
            .await?;
        stream::iter(left.into_iter().chain(long))
            .map(|file| self.read_bytes(at, file, sink))
            .buffer_unordered(AT_ONCE)
            .try_collect()
            .await
    }

    /// Reads texts with one query. Gives the files that have to be read alone.
    async fn read_texts(
        &self,
        at: &At<'_>,
        files: Vec<ListedFile>,
        sink: &Stopping<'_>,
    ) -> Result<Vec<ListedFile>, ForgeError> {
        const OPERATION: &str = "read files";
        if sink.is_full() {
            return Ok(Vec::new());
        }
        let (owner, name) = at.repository.full_name.split_once('/').unwrap_or_default();
        let variables = json!({ "owner": owner, "name": name });
        let query = query(&files);
        let mut data = self.graphql(at, Scope::Review, OPERATION, &query, variables).await?;
        let mut left = Vec::new();
        for (number, file) in files.into_iter().enumerate() {
            let blob = data.pointer_mut(&format!("/repository/f{number}")).map(Value::take);
            let blob: Option<BlobWire> = serde_json::from_value(blob.unwrap_or_default())
                .map_err(|error| shape(OPERATION, error.to_string()))?;
            // Nothing that Python would read is without an object or binary.
            let Some(blob) = blob.filter(|blob| blob.is_binary != Some(true)) else { continue };
            let text = blob.text.filter(|text| file.id.names(text.as_bytes()));
            match text {
                Some(text) => {
                    sink.put(file.id, Arc::from(text.into_bytes()));
                }
                None => left.push(file),
            }
        }
        Ok(left)
    }

    async fn read_bytes(
        &self,
        at: &At<'_>,
        file: ListedFile,
        sink: &Stopping<'_>,
    ) -> Result<(), ForgeError> {
        if sink.is_full() {
            return Ok(());
        }
        let url = self.repository_url(at.repository, &format!("/git/blobs/{}", file.id))?;
        let mut call = Call::get(url);
        (call.accept, call.cap) = (RAW, usize::try_from(LONGEST).unwrap_or(usize::MAX));
        match self.call(at, "read file", Repeatable::Yes, &call).await {
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

/// The files in groups of which each fits a query.
fn batches(files: &[ListedFile]) -> Vec<Vec<ListedFile>> {
    let mut batches: Vec<Vec<ListedFile>> = Vec::new();
    let mut bytes = u64::MAX;
    for file in files {
        let size = file.size.unwrap_or(USUAL);
        bytes = bytes.saturating_add(size);
        match batches.last_mut() {
            Some(batch) if batch.len() < MOST_OF_QUERY && bytes <= MOST_BYTES_OF_QUERY => {
                batch.push(*file);
            }
            _ => {
                batches.push(vec![*file]);
                bytes = size;
            }
        }
    }
    batches
}

fn query(files: &[ListedFile]) -> String {
    let mut query =
        "query($owner: String!, $name: String!) {\n  repository(owner: $owner, name: $name) {\n"
            .to_owned();
    for (number, file) in files.iter().enumerate() {
        // An id is hexadecimal digits: nothing in it needs quoting.
        let _ = writeln!(
            query,
            "    f{number}: object(oid: \"{}\") {{ ... on Blob {{ text isBinary }} }}",
            file.id
        );
    }
    query.push_str("  }\n}");
    query
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::change::ContentId;

    #[test]
    fn a_query_has_room_for_so_many_files_and_bytes() {
        let file = |size| ListedFile { id: ContentId::of(b""), size };
        let sizes =
            |files: &[ListedFile]| -> Vec<usize> { batches(files).iter().map(Vec::len).collect() };
        assert_eq!(sizes(&vec![file(Some(10)); 130]), [60, 60, 10]);
        assert_eq!(sizes(&[file(Some(2 << 20)), file(None), file(Some(4 << 20))]), [1, 1, 1]);
        assert_eq!(sizes(&[]), Vec::<usize>::new());
    }
}
