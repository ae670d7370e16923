//! Hidden signed markers at the end of what we post.
//!
//! `<!-- asyncwarden:v1 finding 3f2a…,91bc… 0a1b2c… 5d4e… -->`: version, kind, fingerprints, head and signature. A marker
//! that a person quotes or forges has no effect: only the comment at the very end of a body counts, and only if it
//! verifies.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::{Conversation, PostedSummary};
use crate::analysis::Fingerprint;

/// Starts every marker of this version.
const START: &str = "<!-- asyncwarden:v1 ";
const END: &str = " -->";
/// Bytes of the signature that are kept: enough against guessing, short enough to hide in a comment.
const SIGNATURE: usize = 12;

/// Signs and verifies markers with keys that the service derives from its secrets.
#[derive(Clone)]
pub struct Marker {
    keys: Vec<Zeroizing<Vec<u8>>>,
}

/// What a marker says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Marked {
    /// The body is an inline comment about these findings: one, or several at one place.
    Findings(Vec<Fingerprint>),
    /// The body is the summary.
    Summary,
    /// The body answers the comment that the platform calls so.
    Answer(String),
}

/// A verified marker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// What the body is.
    pub kind: Marked,
    /// Commit at the head when it was written.
    pub head_sha: String,
}

impl Marker {
    /// The first key signs; any of them verifies, so that secrets can be rotated. Needs at least one key.
    pub fn new(mut keys: Vec<Vec<u8>>) -> Self {
        if keys.is_empty() {
            keys.push(Vec::new());
        }
        Self { keys: keys.into_iter().map(Zeroizing::new).collect() }
    }

    /// The marker as text, to be put at the end of a body.
    pub fn sign(&self, kind: &Marked, head_sha: &str) -> String {
        let content = content(kind, head_sha);
        let signature = self.keys.first().map(|key| mac(key, &content).finalize().into_bytes());
        let signature = signature.as_deref().and_then(|bytes| bytes.get(..SIGNATURE));
        format!("{START}{content} {}{END}", hex::encode(signature.unwrap_or_default()))
    }

    /// What the marker at the end of the body says; `None` without one, or when it was not written with our keys.
    pub fn read(&self, body: &str) -> Option<Mark> {
        let inner = raw_marker(body)?.strip_prefix(START)?.strip_suffix(END)?;
        let (content, signature) = inner.rsplit_once(' ')?;
        let signature = hex::decode(signature).ok().filter(|bytes| bytes.len() == SIGNATURE)?;
        let ours =
            |key: &Zeroizing<Vec<u8>>| mac(key, content).verify_truncated_left(&signature).is_ok();
        self.keys.iter().any(ours).then(|| parse(content))?
    }

    /// The summary among the comments: the first one with a valid marker.
    pub fn summary<'a>(&self, conversation: &'a Conversation) -> Option<&'a PostedSummary> {
        let is_summary =
            |body: &str| self.read(body).is_some_and(|mark| mark.kind == Marked::Summary);
        conversation.comments.iter().find(|comment| is_summary(&comment.body))
    }
}

/// The marker at the end of a body, not verified. Two bodies with the same text here speak of the same thing, so a
/// client can find out whether a comment stands already.
pub fn raw_marker(body: &str) -> Option<&str> {
    let body = body.trim_end();
    let marker = body.get(body.rfind("<!--")?..)?;
    let whole = marker.starts_with(START) && marker.ends_with(END);
    (whole && marker.matches("-->").count() == 1).then_some(marker)
}

fn content(kind: &Marked, head_sha: &str) -> String {
    match kind {
        Marked::Summary => format!("summary - {head_sha}"),
        Marked::Answer(comment) => format!("answer {comment} {head_sha}"),
        Marked::Findings(fingerprints) => {
            let names: Vec<_> = fingerprints.iter().map(|name| name.0.as_str()).collect();
            format!("finding {} {head_sha}", names.join(","))
        }
    }
}

fn parse(content: &str) -> Option<Mark> {
    let mut words = content.split(' ');
    let (kind, names, head_sha) = (words.next()?, words.next()?, words.next()?);
    let kind = match kind {
        "summary" => Marked::Summary,
        "answer" => Marked::Answer(names.to_owned()),
        "finding" => {
            Marked::Findings(names.split(',').map(|name| Fingerprint(name.to_owned())).collect())
        }
        _ => return None,
    };
    Some(Mark { kind, head_sha: head_sha.to_owned() })
}

fn mac(key: &[u8], content: &str) -> Hmac<Sha256> {
    let mac = <Hmac<Sha256> as KeyInit>::new_from_slice(key);
    mac.expect("HMAC takes keys of any length").chain_update(content)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "0a1b2c3d4e5f60718293a4b5c6d7e8f901234567";

    fn marker(keys: &[&str]) -> Marker {
        Marker::new(keys.iter().map(|key| key.as_bytes().to_vec()).collect())
    }

    fn findings(names: &[&str]) -> Marked {
        Marked::Findings(names.iter().map(|name| Fingerprint((*name).to_owned())).collect())
    }

    #[test]
    fn what_is_signed_is_read_back() {
        let marker = marker(&["key"]);
        let answer = Marked::Answer("4711".to_owned());
        for kind in [findings(&["3f2a"]), findings(&["3f2a", "91bc"]), Marked::Summary, answer] {
            let body = format!("Some text\n\n{}", marker.sign(&kind, HEAD));
            assert_eq!(marker.read(&body), Some(Mark { kind, head_sha: HEAD.to_owned() }));
        }
    }

    #[test]
    fn any_key_verifies_and_the_first_one_signs() {
        let old = marker(&["old"]).sign(&Marked::Summary, HEAD);
        let new = marker(&["new", "old"]).sign(&Marked::Summary, HEAD);
        assert!(marker(&["new", "old"]).read(&old).is_some());
        assert!(marker(&["old"]).read(&new).is_none());
        assert!(marker(&["new"]).read(&new).is_some());
    }

    #[test]
    fn platforms_may_change_white_space_at_the_end() {
        let marker = marker(&["key"]);
        let signed = marker.sign(&Marked::Summary, HEAD);
        for body in [format!("text\r\n\r\n{signed}\r\n"), signed.clone()] {
            assert!(marker.read(&body).is_some(), "{body:?}");
        }
    }

    #[test]
    fn quoted_forged_and_damaged_markers_have_no_effect() {
        let marker = marker(&["key"]);
        let signed = marker.sign(&findings(&["3f2a"]), HEAD);
        let forged = Marker::new(vec![b"other".to_vec()]).sign(&findings(&["3f2a"]), HEAD);
        let bodies = [
            format!("> {signed}\n\nI disagree"),
            format!("text {signed} <!-- another -->"),
            format!("text {signed} -->"),
            forged,
            signed.replace("3f2a", "3f2b"),
            signed.replace("finding", "summary"),
            signed.replace("v1", "v2"),
            signed.replace(" -->", "00 -->"),
            "<!-- asyncwarden:v1 summary -->".to_owned(),
            "<!-- asyncwarden:v1  -->".to_owned(),
            "<!-- asyncwarden:v1 -->".to_owned(),
            String::new(),
        ];
        for body in bodies {
            assert_eq!(marker.read(&body), None, "{body}");
        }
    }
}
