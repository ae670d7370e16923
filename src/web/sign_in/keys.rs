//! What cookies are signed with, grants are sealed with, and forms are known by: all from one secret.

use axum_extra::extract::cookie::Key;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Sha256, Sha512};
use zeroize::Zeroizing;

use super::sealed::Sealer;

/// What each key is derived for; another text gives another key.
const COOKIES: &[u8] = b"asyncwarden cookies v1";
const GRANTS: &[u8] = b"asyncwarden grants v1";
const FORMS: &[u8] = b"asyncwarden forms v1";

/// The keys.
pub(super) struct Keys {
    cookies: Key,
    pub(super) grants: Sealer,
    forms: Zeroizing<[u8; 32]>,
}

impl Keys {
    /// Those of the operator's secret.
    pub(super) fn of_secret(secret: &SecretString) -> Self {
        Self::of(secret.expose_secret().as_bytes())
    }

    pub(super) fn of(secret: &[u8]) -> Self {
        let mut cookies = Hmac::<Sha512>::new_from_slice(secret).expect("HMAC takes any key");
        cookies.update(COOKIES);
        Self {
            cookies: Key::from(&cookies.finalize().into_bytes()),
            grants: Sealer::new(&digest(secret, GRANTS)),
            forms: digest(secret, FORMS),
        }
    }

    pub(super) fn cookies(&self) -> &Key {
        &self.cookies
    }

    /// What forms of a session have to send.
    pub(super) fn form_token(&self, session: &[u8]) -> String {
        hex::encode(digest(&*self.forms, session))
    }
}

fn digest(key: &[u8], text: &[u8]) -> Zeroizing<[u8; 32]> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes any key");
    mac.update(text);
    Zeroizing::new(mac.finalize().into_bytes().into())
}

/// A text of 256 bits that nobody can guess.
pub(in crate::web) fn random_text() -> String {
    URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>())
}
