//! Lists, and the way through them.

use axum::Json;
use axum::http::{HeaderValue, Uri, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use url::form_urlencoded;
use utoipa::ToSchema;

use super::values::{Cursor, Limit};

/// A part of a list.
#[derive(Serialize, ToSchema)]
pub(super) struct Page<T> {
    /// The items of this part.
    items: Vec<T>,
    /// What to send as `cursor` for the next part; null at the end of the list.
    next_cursor: Option<String>,
}

/// A part of a list as it is answered: the way to the next one is in a header, too.
pub(super) struct Listing<T> {
    page: Page<T>,
    next: Option<String>,
}

impl<T> Listing<T> {
    /// A part from rows of which one more was read than it may have, and the place of a row in the list.
    pub(super) fn cut<R, const N: usize, E>(
        uri: &Uri,
        mut rows: Vec<R>,
        limit: Limit,
        place: impl FnOnce(&R) -> [i64; N],
        item: impl FnMut(R) -> Result<T, E>,
    ) -> Result<Self, E> {
        let limit = usize::try_from(limit.0).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next_cursor = rows.last().filter(|_| more).map(|last| Cursor(place(last)).text());
        let next = next_cursor.as_deref().map(|cursor| next(uri, cursor));
        let items = rows.into_iter().map(item).collect::<Result<_, _>>()?;
        Ok(Self { page: Page { items, next_cursor }, next })
    }
}

/// How many rows to read for a part: one more than it has tells whether there is another part.
pub(super) fn rows(limit: Limit) -> i64 {
    limit.0 + 1
}

/// The address of the part behind a cursor.
fn next(uri: &Uri, cursor: &str) -> String {
    let asked = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(asked.filter(|(name, _)| name != "cursor")).append_pair("cursor", cursor);
    format!("{}?{}", uri.path(), query.finish())
}

impl<T: Serialize> IntoResponse for Listing<T> {
    fn into_response(self) -> Response {
        let mut response = Json(self.page).into_response();
        let link = self.next.map(|next| HeaderValue::from_str(&format!("<{next}>; rel=\"next\"")));
        if let Some(Ok(link)) = link {
            response.headers_mut().insert(header::LINK, link);
        }
        response
    }
}

/// A list that is answered as a whole.
#[derive(Serialize, ToSchema)]
pub(super) struct List<T> {
    /// The items.
    pub(super) items: Vec<T>,
}

impl<T: Serialize> IntoResponse for List<T> {
    fn into_response(self) -> Response {
        Json(self).into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_part_is_asked_for_with_the_same_filters() {
        for (asked, expected) in [
            ("/a", "/a?cursor=ff"),
            ("/a?q=x%26y&limit=2", "/a?q=x%26y&limit=2&cursor=ff"),
            ("/a?cursor=00&limit=2", "/a?limit=2&cursor=ff"),
        ] {
            assert_eq!(next(&asked.parse().unwrap(), "ff"), expected);
        }
    }

    #[test]
    fn a_part_has_no_next_one_unless_there_is_more() {
        let uri = "/a".parse().unwrap();
        let cut = |rows: Vec<i64>| {
            let limit = super::super::values::Whole(2);
            let part = Listing::cut(&uri, rows, limit, |row| [*row], Ok::<_, ()>).unwrap();
            (part.page.items, part.page.next_cursor, part.next.is_some())
        };
        assert_eq!(cut(vec![7, 8]), (vec![7, 8], None, false));
        assert_eq!(cut(vec![7, 8, 9]), (vec![7, 8], Some(Cursor([8]).text()), true));
    }
}
