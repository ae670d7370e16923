//! The access token: in which header it goes, and how another one takes its place while the service runs.
//!
//! Personal, project and group access tokens go as `PRIVATE-TOKEN`, those of OAuth as `Authorization: Bearer`. A token
//! doesn't say which kind it is, so the first answer tells. Tokens of GitLab expire, so one from a file is read again when
//! it is not taken any more.
//!
//! Source: GitLab REST API, "Authentication".

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use http::HeaderValue;
use http::header::{AUTHORIZATION, HeaderName};
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use super::http::setup;
use crate::forge::ForgeError;

/// How many hexadecimal digits a token of OAuth has.
const OAUTH_DIGITS: usize = 64;

/// A token and what is known of it.
pub(super) struct Token {
    /// Where the next one comes from.
    file: Option<PathBuf>,
    held: Mutex<Held>,
}

struct Held {
    token: SecretString,
    header: Header,
    known: Known,
}

/// In which header a token goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Header {
    Private,
    Bearer,
}

impl Header {
    fn other(self) -> Self {
        match self {
            Header::Private => Header::Bearer,
            Header::Bearer => Header::Private,
        }
    }

    /// The header to begin with.
    fn of(token: &str) -> Self {
        let oauth = token.len() == OAUTH_DIGITS && token.bytes().all(|it| it.is_ascii_hexdigit());
        if oauth { Header::Bearer } else { Header::Private }
    }
}

/// What GitLab said of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Known {
    /// Nothing yet.
    Nothing,
    /// It was not taken in one header.
    NotSo,
    /// It is taken, or in neither header.
    All,
}

impl Token {
    pub(super) fn new(token: &SecretString, file: Option<PathBuf>) -> Result<Self, ForgeError> {
        let token = SecretString::from(token.expose_secret().trim());
        let header = Header::of(token.expose_secret());
        let held = Held { token, header, known: Known::Nothing };
        held.value()?;
        Ok(Self { file, held: Mutex::new(held) })
    }

    /// The header to send.
    pub(super) fn header(&self) -> Result<(HeaderName, HeaderValue), ForgeError> {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let name = match held.header {
            Header::Private => HeaderName::from_static("private-token"),
            Header::Bearer => AUTHORIZATION,
        };
        Ok((name, held.value()?))
    }

    /// Notes that a header was taken.
    pub(super) fn taken(&self, sent: &HeaderValue) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if held.value().is_ok_and(|value| value == sent) {
            held.known = Known::All;
        }
    }

    /// Notes that a header was not taken. Whether there is another one to try.
    pub(super) async fn not_taken(&self, sent: &HeaderValue) -> bool {
        if self.turn(sent) {
            return true;
        }
        let Some(file) = &self.file else { return false };
        let text = match tokio::fs::read_to_string(file).await {
            Ok(text) => Zeroizing::new(text),
            Err(error) => {
                let file = file.display();
                tracing::warn!(%error, %file, "the access token can't be read again");
                return false;
            }
        };
        self.replace(text.trim())
    }

    /// Turns to what wasn't tried yet; another call may have done so already.
    fn turn(&self, sent: &HeaderValue) -> bool {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if held.value().is_ok_and(|value| value != sent) {
            return true;
        }
        let untried = held.known == Known::Nothing;
        held.known = if untried { Known::NotSo } else { Known::All };
        if untried {
            held.header = held.header.other();
        }
        untried
    }

    fn replace(&self, token: &str) -> bool {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if token.is_empty() || token == held.token.expose_secret() {
            return false;
        }
        tracing::info!("the access token was replaced by the one that its file holds now");
        let (token, header) = (SecretString::from(token), Header::of(token));
        *held = Held { token, header, known: Known::Nothing };
        held.value().is_ok()
    }
}

impl Held {
    fn value(&self) -> Result<HeaderValue, ForgeError> {
        let token = self.token.expose_secret();
        if token.is_empty() {
            return Err(setup("its token is empty".to_owned()));
        }
        let text = Zeroizing::new(match self.header {
            Header::Private => token.to_owned(),
            Header::Bearer => format!("Bearer {token}"),
        });
        let mut value = HeaderValue::from_str(&text)
            .map_err(|_| setup("its token can't be a header".to_owned()))?;
        value.set_sensitive(true);
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(token: &Token) -> (String, String) {
        let (name, value) = token.header().expect("a header");
        (name.to_string(), value.to_str().expect("text").to_owned())
    }

    fn so(name: &str, value: &str) -> (String, String) {
        (name.to_owned(), value.to_owned())
    }

    #[tokio::test]
    async fn each_header_is_tried_once() {
        let token = Token::new(&SecretString::from("glpat-x\n"), None).expect("a token");
        assert_eq!(sent(&token), so("private-token", "glpat-x"));
        let (_, private) = token.header().expect("a header");
        assert!(token.not_taken(&private).await);
        assert_eq!(sent(&token), so("authorization", "Bearer glpat-x"));
        // A call that began before the turn.
        assert!(token.not_taken(&private).await);
        let (_, bearer) = token.header().expect("a header");
        assert!(!token.not_taken(&bearer).await);
        assert!(!token.not_taken(&bearer).await, "and then no more");

        let digits = "0123456789abcdef".repeat(4);
        let token = Token::new(&SecretString::from(digits.as_str()), None).expect("a token");
        assert_eq!(sent(&token).0, "authorization");
    }

    #[tokio::test]
    async fn what_was_taken_once_is_not_doubted() {
        let token = Token::new(&SecretString::from("x"), None).expect("a token");
        let (_, value) = token.header().expect("a header");
        token.taken(&value);
        assert!(!token.not_taken(&value).await);
        assert_eq!(sent(&token).0, "private-token");
    }

    #[tokio::test]
    async fn a_file_gives_the_next_token() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("token");
        std::fs::write(&file, "old\n").expect("it can be written");
        let token = Token::new(&SecretString::from("old"), Some(file.clone())).expect("a token");
        let (_, value) = token.header().expect("a header");
        token.taken(&value);
        assert!(!token.not_taken(&value).await, "the file holds nothing new");
        std::fs::write(&file, "new\n").expect("it can be written");
        assert!(token.not_taken(&value).await);
        assert_eq!(sent(&token), so("private-token", "new"));
        std::fs::write(&file, "").expect("it can be written");
        let (_, value) = token.header().expect("a header");
        token.taken(&value);
        assert!(!token.not_taken(&value).await, "an empty file is no token");
    }
}
