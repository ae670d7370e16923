//! The two cookies: a session, and a sign-in that has begun. Both are signed, and no script reads them.

use axum::http::HeaderMap;
use axum_extra::extract::cookie::{Cookie, Expiration, Key, SameSite, SignedCookieJar};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::forge::identity::Pending;

const SESSION: &str = "asyncwarden_session";
const BEGUN: &str = "asyncwarden_sign_in";
/// With this in front of its name, a browser takes a cookie from nobody but this host, over TLS.
const HOST: &str = "__Host-";

/// A sign-in that has begun.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Begun {
    /// Who is asked.
    pub(crate) provider: String,
    /// What they have to come back with.
    pub(crate) pending: Pending,
    /// The page that was wanted.
    pub(crate) back: String,
    /// Unix time after which it is over.
    pub(crate) until: i64,
}

/// Cookies of one request, and those that its answer sets.
pub(crate) struct Cookies {
    jar: SignedCookieJar,
    secure: bool,
}

impl Cookies {
    pub(crate) fn read(headers: &HeaderMap, key: &Key, secure: bool) -> Self {
        Self { jar: SignedCookieJar::from_headers(headers, key.clone()), secure }
    }

    /// The session's token.
    pub(crate) fn session(&self) -> Option<String> {
        self.jar.get(&self.name(SESSION)).map(|cookie| cookie.value().to_owned())
    }

    /// The sign-in that has begun, if it is not over.
    pub(crate) fn begun(&self, now: i64) -> Option<Begun> {
        let cookie = self.jar.get(&self.name(BEGUN))?;
        let text = URL_SAFE_NO_PAD.decode(cookie.value()).ok()?;
        let begun: Begun = serde_json::from_slice(&text).ok()?;
        (begun.until > now).then_some(begun)
    }

    /// Begins a sign-in.
    pub(super) fn begin(self, begun: &Begun) -> Self {
        let text = serde_json::to_vec(begun).expect("it is plain text");
        self.set(BEGUN, URL_SAFE_NO_PAD.encode(text), false)
    }

    /// Begins a session, which ends the sign-in.
    pub(super) fn sign_in(self, token: String) -> Self {
        self.remove(BEGUN).set(SESSION, token, true)
    }

    /// Ends the session.
    pub(super) fn sign_out(self) -> Self {
        self.remove(SESSION)
    }

    /// What the answer says.
    pub(super) fn into_jar(self) -> SignedCookieJar {
        self.jar
    }

    fn name(&self, name: &str) -> String {
        if self.secure { format!("{HOST}{name}") } else { name.to_owned() }
    }

    fn cookie(&self, name: &str, value: String) -> Cookie<'static> {
        Cookie::build((self.name(name), value))
            .path("/")
            .http_only(true)
            .secure(self.secure)
            // Links in comments on a platform lead to pages, and the provider leads back here.
            .same_site(SameSite::Lax)
            .build()
    }

    fn set(mut self, name: &str, value: String, lasting: bool) -> Self {
        let mut cookie = self.cookie(name, value);
        if lasting {
            // The store knows when the session ends.
            cookie.make_permanent();
        } else {
            cookie.set_expires(Expiration::Session);
        }
        self.jar = self.jar.add(cookie);
        self
    }

    fn remove(mut self, name: &str) -> Self {
        let cookie = self.cookie(name, String::new());
        self.jar = self.jar.remove(cookie);
        self
    }
}
