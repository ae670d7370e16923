//! The text of access tokens.

use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

/// What every token begins with, so that scanners for secrets know it.
const PREFIX: &str = "awp_";
/// How many random characters: more than 200 bits.
const RANDOM: usize = 36;
/// How many characters behind them are made from them, so that a slip is seen without a look into the store.
const CHECK: usize = 6;
const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// A token as its person has it.
pub(super) struct Text(SecretString);

impl Text {
    /// A new one.
    pub(super) fn new() -> Self {
        let random: String = (0..RANDOM).map(|_| letter(rand::random_range(0..62))).collect();
        Self(format!("{PREFIX}{random}{}", check(&random)).into())
    }

    /// What was sent, if it can be a token of ours.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (random, end) = text.strip_prefix(PREFIX)?.split_at_checked(RANDOM)?;
        let known = random.bytes().all(|byte| ALPHABET.contains(&byte));
        (known && end == check(random)).then(|| Self(text.into()))
    }

    /// What the store knows it by.
    pub(super) fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.0.expose_secret()).into()
    }

    /// The text, to be shown once.
    pub(super) fn shown(&self) -> &str {
        self.0.expose_secret()
    }
}

fn letter(at: usize) -> char {
    char::from(ALPHABET[at % ALPHABET.len()])
}

fn check(random: &str) -> String {
    let digest = Sha256::digest(random);
    digest.iter().take(CHECK).map(|byte| letter(usize::from(*byte))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_told_from_other_texts() {
        let token = Text::new();
        let text = token.shown().to_owned();
        assert_eq!(text.len(), PREFIX.len() + RANDOM + CHECK);
        assert_eq!(Text::parse(&text).map(|it| it.hash()), Some(token.hash()));
        assert_ne!(Text::new().shown(), text);
        let slip = text.replacen(&text[8..9], if &text[8..9] == "x" { "y" } else { "x" }, 1);
        let end = format!("{text}0");
        for other in ["", "awp_", &text[4..], &text[..text.len() - 1], &slip, &end, "awp_é"] {
            assert!(Text::parse(other).is_none(), "{other}");
        }
    }
}
