//! Answers that are asked for again only if they changed: what did not costs nothing of the account's limit.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, header};
use moka::sync::Cache;
use url::Url;

use super::http::Call;
use crate::forge::call::Answer;

/// Longest answer that is kept, in bytes.
const LONGEST: usize = 1 << 20;
/// What an entry takes beside its texts and bytes.
const ENTRY: usize = 512;

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

/// What is kept of a good answer with a tag. All of it is copied: a header as it came is a piece of what was read from the
/// connection, and as long as it is there, so is all of that.
#[derive(Clone)]
pub(super) struct Tagged {
    pub(super) tag: String,
    /// Where the next page is.
    link: Option<HeaderValue>,
    body: Bytes,
}

impl Tagged {
    fn of(answer: &Answer) -> Option<Self> {
        let tag = answer.header("etag")?.to_owned();
        let link = answer.headers.get(header::LINK);
        let link = link.and_then(|link| HeaderValue::from_bytes(link.as_bytes()).ok());
        Some(Self { tag, link, body: answer.body.clone() })
    }

    fn into_answer(self) -> Answer {
        let headers: HeaderMap = self.link.map(|link| (header::LINK, link)).into_iter().collect();
        Answer { status: 200, headers, body: self.body }
    }
}

impl KnownAnswers {
    /// Keeps so many bytes of all installations.
    pub(super) fn up_to(bytes: u64) -> Self {
        let weigh = |(_, url): &(i64, Url), tagged: &Tagged| {
            let link = tagged.link.as_ref().map_or(0, HeaderValue::len);
            let texts = url.as_str().len() + tagged.tag.len() + link;
            u32::try_from(tagged.body.len() + texts + ENTRY).unwrap_or(u32::MAX)
        };
        Self(Cache::builder().max_capacity(bytes).weigher(weigh).build())
    }

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
            return known.into_answer();
        }
        if answer.status == 200
            && call.reads_json()
            && answer.body.len() <= LONGEST
            && !is_full_last_page(&answer)
            && let Some(tagged) = Tagged::of(&answer)
        {
            self.0.insert((installation, call.url.clone()), tagged);
        }
        answer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEXT: &str = r#"<https://api.github.com/a?page=2>; rel="next""#;

    /// An answer whose headers are pieces of what was read.
    fn answer(read: &Bytes, status: u16) -> Answer {
        let piece = |text: &str| {
            let at = read.windows(text.len()).position(|piece| piece == text.as_bytes());
            let at = at.expect("it was read");
            HeaderValue::from_maybe_shared(read.slice(at..at + text.len())).expect("a header")
        };
        let headers = [(header::ETAG, piece("\"tag\"")), (header::LINK, piece(NEXT))];
        Answer {
            status,
            headers: headers.into_iter().collect(),
            body: Bytes::copy_from_slice(b"[1]"),
        }
    }

    #[test]
    fn an_answer_that_still_holds_is_whole_and_keeps_nothing_else_in_memory() {
        let read = Bytes::from(format!("etag: \"tag\"\r\nlink: {NEXT}\r\n{}", " ".repeat(100_000)));
        let (known, url) = (KnownAnswers::up_to(1 << 20), "https://api.github.com/a");
        let call = Call::get(url.parse().expect("an address"));
        known.whole(7, &call, None, answer(&read, 200));
        assert!(read.is_unique(), "what was read from the connection is held");
        assert!(known.of(8, &call).is_none(), "another installation");
        let tagged = known.of(7, &call).expect("it is known");
        assert_eq!(tagged.tag, "\"tag\"");
        let held = known.whole(7, &call, Some(tagged), answer(&read, 304));
        assert_eq!((held.status, &held.body[..]), (200, b"[1]".as_slice()));
        assert_eq!(held.header("link"), Some(NEXT));
    }
}
