//! What a file holds, named by git: the same bytes have the same name, wherever and whenever.

use std::fmt;
use std::str::FromStr;

use sha1::{Digest, Sha1};
use sha2::Sha256;

/// Git's name for the bytes of a file. Repositories have names of one kind: SHA-1 nearly always, SHA-256 if made so.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ContentId {
    /// As in most repositories.
    Sha1([u8; 20]),
    /// As in repositories of the newer object format.
    Sha256([u8; 32]),
}

impl ContentId {
    /// The name of these bytes in a repository of the usual kind.
    pub fn of(bytes: &[u8]) -> Self {
        Self::Sha1(named::<Sha1>(bytes).into())
    }

    /// Whether it is the name of these bytes.
    pub fn names(&self, bytes: &[u8]) -> bool {
        match self {
            Self::Sha1(name) => *name == <[u8; 20]>::from(named::<Sha1>(bytes)),
            Self::Sha256(name) => *name == <[u8; 32]>::from(named::<Sha256>(bytes)),
        }
    }

    /// The name's bytes.
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Sha1(name) => name,
            Self::Sha256(name) => name,
        }
    }

    /// The name of these bytes, if a name has this length.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let sha1 = bytes.try_into().map(Self::Sha1);
        sha1.or_else(|_| bytes.try_into().map(Self::Sha256)).ok()
    }
}

/// The digest that git gives to a file with these bytes.
fn named<D: Digest>(bytes: &[u8]) -> sha1::digest::Output<D> {
    let mut digest = D::new();
    digest.update(format!("blob {}\0", bytes.len()));
    digest.update(bytes);
    digest.finalize()
}

/// Text that is no name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the hexadecimal name of a git object")]
pub struct NoContentId;

impl FromStr for ContentId {
    type Err = NoContentId;

    fn from_str(text: &str) -> Result<Self, NoContentId> {
        hex::decode(text).ok().and_then(|bytes| Self::from_bytes(&bytes)).ok_or(NoContentId)
    }
}

impl fmt::Display for ContentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.as_bytes()))
    }
}

impl fmt::Debug for ContentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_git() {
        // `git hash-object`, with both object formats.
        for (bytes, name) in [
            (&b""[..], "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"),
            (b"x = 1\n", "7d4290a117a4ddcc11daae7ea675841033830c8f"),
            (b"", "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813"),
        ] {
            let id: ContentId = name.parse().unwrap();
            assert!(id.names(bytes), "{id} {}", ContentId::of(bytes));
            assert!(!id.names(b"other"));
            assert_eq!(id.to_string(), name);
            assert_eq!(ContentId::from_bytes(id.as_bytes()), Some(id));
        }
        assert_eq!("abc".parse::<ContentId>(), Err(NoContentId));
        assert_eq!("zz".repeat(20).parse::<ContentId>(), Err(NoContentId));
    }
}
