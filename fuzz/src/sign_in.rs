//! What a browser sends around a sign-in: cookies, and the page that is to come after it.

use asyncwarden::fuzzing::{cookies, page_after_sign_in};
use http::header::COOKIE;
use http::{HeaderMap, HeaderValue};
use url::Url;

/// Signs cookies.
const KEY: [u8; 64] = [7; 64];

/// No cookie counts that we didn't sign, and whatever page is asked for, it is one of ours.
pub(super) fn sign_in(data: &[u8]) {
    let mut headers = HeaderMap::new();
    for line in data.split(|byte| *byte == b'\n') {
        headers.extend(HeaderValue::from_bytes(line).ok().map(|value| (COOKIE, value)));
    }
    assert_eq!(cookies(&headers, &KEY, 0), (None, None), "a cookie that nobody signed");

    let asked = String::from_utf8_lossy(data);
    let page = page_after_sign_in(&asked);
    assert!(
        page.starts_with('/') && !page.starts_with("//") && !page.starts_with("/\\"),
        "{page:?}"
    );
    assert!(HeaderValue::from_str(&page).is_ok(), "{page:?}");
    assert!(!page.starts_with("/sign-"), "{page:?}");
    let here = Url::parse("https://warden.example").expect("an address");
    let there = here.join(&page).expect("an address");
    assert_eq!(there.origin(), here.origin(), "{page:?}");
    // Browsers take these out of an address, and read the rest.
    assert!(!page.contains(['\t', '\n', '\r']), "{page:?}");
    assert_eq!(page_after_sign_in(&page), page);
}
