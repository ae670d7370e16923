//! What the fuzz targets in `fuzz` reach, and nobody else needs from outside: no part of what the library offers.

use std::io::{self, Read};

use axum::http::HeaderMap;
use axum_extra::extract::cookie::Key;

use crate::forge::{Sink, Wanted, archive};
use crate::settings;
use crate::web::markdown;
use crate::web::sign_in::back::Back;
use crate::web::sign_in::cookies::Cookies;

/// A rule's page as HTML.
pub fn page(markdown: &str) -> String {
    markdown::page(markdown)
}

/// A message as HTML.
pub fn inline(markdown: &str) -> String {
    markdown::inline(markdown)
}

/// Reads an archive of a repository.
///
/// # Errors
/// When it is none, or does not come whole.
pub fn unpack(packed: impl Read, wanted: &Wanted, sink: &Sink) -> io::Result<()> {
    archive::read(packed, wanted, sink)
}

/// Reads the text of a settings file.
///
/// # Errors
/// What is wrong with it.
pub fn settings_file(text: &str) -> Result<settings::Arguments, String> {
    let (read, wrong) = settings::file::parse(text);
    wrong.into_iter().next().map_or(Ok(read), Err)
}

/// Reads the text of a file of webhooks' secrets, and counts them.
///
/// # Errors
/// What is wrong with it.
pub fn hooks_file(text: &str) -> Result<usize, String> {
    settings::parse_hooks(text).map(|hooks| hooks.len()).map_err(settings::one_line)
}

/// The page of ours where somebody goes who asked for this one before signing in.
pub fn page_after_sign_in(asked: &str) -> String {
    Back::to(Some(asked)).as_str().to_owned()
}

/// What the cookies of a request say: the session's token, and the page that a sign-in that has begun leads to.
pub fn cookies(headers: &HeaderMap, key: &[u8; 64], now: i64) -> (Option<String>, Option<String>) {
    let cookies = Cookies::read(headers, &Key::from(key), false);
    (cookies.session(), cookies.begun(now).map(|begun| begun.back))
}
