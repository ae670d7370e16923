//! Answers that are asked for again only if they changed: what did not costs nothing of the account's limit.

use moka::sync::Cache;
use url::Url;

use super::http::Call;
use crate::forge::call::Answer;

/// Most bytes of answers that are kept, of all installations.
const MOST: u64 = 32 << 20;
/// Longest answer that is kept, in bytes.
const LONGEST: usize = 1 << 20;

/// Items of a full page.
const FULL: usize = 100;

/// Whether what is added to the list next comes on a page of its own: this one stays as it is then, but for the link to the
/// new one, which a tag may not count.
fn is_full_last_page(answer: &Answer) -> bool {
    let next = answer.header("link").is_some_and(|link| link.contains("rel=\"next\""));
    let items = || serde_json::from_slice::<Vec<serde::de::IgnoredAny>>(&answer.body);
    !next && items().is_ok_and(|items| items.len() >= FULL)
}

/// Answers with the tag that GitHub gave them, by installation and address: what one may see is nothing to another.
///
/// Source: GitHub REST API, "Best practices", "Use conditional requests".
pub(super) struct KnownAnswers(Cache<(i64, Url), Tagged>);

/// An answer with its tag.
#[derive(Clone)]
pub(super) struct Tagged {
    pub(super) tag: String,
    answer: Answer,
}

impl Default for KnownAnswers {
    fn default() -> Self {
        let weigh = |_: &(i64, Url), tagged: &Tagged| {
            u32::try_from(tagged.answer.body.len() + 1024).unwrap_or(u32::MAX)
        };
        Self(Cache::builder().max_capacity(MOST).weigher(weigh).build())
    }
}

impl KnownAnswers {
    /// What is known of a call's answer. Only what reads JSON is kept: files are kept elsewhere.
    pub(super) fn of(&self, installation: i64, call: &Call) -> Option<Tagged> {
        if !call.reads_json() {
            return None;
        }
        self.0.get(&(installation, call.url.clone()))
    }

    /// The whole answer: the one that is known where GitHub says that it still holds. Keeps a new one.
    pub(super) fn whole(
        &self,
        installation: i64,
        call: &Call,
        known: Option<Tagged>,
        answer: Answer,
    ) -> Answer {
        if answer.status == 304
            && let Some(known) = known
        {
            return known.answer;
        }
        if answer.status == 200
            && call.reads_json()
            && answer.body.len() <= LONGEST
            && !is_full_last_page(&answer)
            && let Some(tag) = answer.header("etag")
        {
            let tagged = Tagged { tag: tag.to_owned(), answer: answer.clone() };
            self.0.insert((installation, call.url.clone()), tagged);
        }
        answer
    }
}
