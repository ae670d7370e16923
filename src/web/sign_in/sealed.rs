//! Seals what lets us ask a provider in somebody's name, so that the store's content alone gives nobody that.

use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use zeroize::Zeroizing;

use crate::forge::identity::Grant;

/// Seals and opens grants.
pub(super) struct Sealer(LessSafeKey);

impl Sealer {
    pub(super) fn new(key: &[u8; 32]) -> Self {
        let key = UnboundKey::new(&CHACHA20_POLY1305, key).expect("the key has the right length");
        Self(LessSafeKey::new(key))
    }

    /// The grant, sealed for this person.
    pub(super) fn seal(&self, grant: &Grant, subject: &str) -> Vec<u8> {
        let nonce: [u8; NONCE_LEN] = rand::random();
        let mut text = serde_json::to_vec(grant).expect("a grant is plain text");
        self.0
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(subject.as_bytes()),
                &mut text,
            )
            .expect("a grant is short");
        [&nonce[..], &text].concat()
    }

    /// The grant that was sealed for this person; `None` when it was with another key, or for somebody else.
    pub(super) fn open(&self, sealed: &[u8], subject: &str) -> Option<Grant> {
        let (nonce, text) = sealed.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut text = Zeroizing::new(text.to_vec());
        let text = self.0.open_in_place(nonce, Aad::from(subject.as_bytes()), &mut text).ok()?;
        serde_json::from_slice(text).ok()
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn a_grant_opens_with_its_key_and_for_its_person_only() {
        let grant =
            Grant { access_token: "gho_secret".into(), refresh_token: None, expires_at: None };
        let sealer = Sealer::new(&[1; 32]);
        let sealed = sealer.seal(&grant, "7");
        assert!(!String::from_utf8_lossy(&sealed).contains("gho_secret"));
        let opened = sealer.open(&sealed, "7").expect("it opens");
        assert_eq!(opened.access_token.expose_secret(), "gho_secret");
        assert!(sealer.open(&sealed, "8").is_none(), "for somebody else");
        assert!(Sealer::new(&[2; 32]).open(&sealed, "7").is_none(), "with another key");
        assert!(sealer.open(&sealed[..8], "7").is_none(), "cut off");
        assert_ne!(sealed, sealer.seal(&grant, "7"), "never the same twice");
    }
}
