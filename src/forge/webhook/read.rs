//! What all receivers read alike.

use http::HeaderMap;
use serde::Deserialize;
use serde_json::Value;

use super::Refusal;

/// Longest id of a call that is remembered.
const LONGEST_ID: usize = 200;

/// The body as the sender meant it.
pub(in crate::forge) fn parse(body: &[u8]) -> Result<Value, Refusal> {
    let value: Value = serde_json::from_slice(body)
        .map_err(|error| Refusal::Malformed(format!("the body is not JSON: {error}")))?;
    if value.is_object() {
        return Ok(value);
    }
    Err(Refusal::Malformed("the body is not a JSON object".to_owned()))
}

/// The payload as `T`; `None` when the event's name and its body do not belong together.
pub(in crate::forge) fn shaped<T: for<'de> Deserialize<'de>>(payload: &Value) -> Option<T> {
    T::deserialize(payload).ok()
}

/// The one value of a header; `None` when it is absent, repeated, empty or not text.
pub(in crate::forge) fn header<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next().filter(|_| values.next().is_none())?.to_str().ok()?.trim();
    (!value.is_empty()).then_some(value)
}

/// The header's value as the id of a call.
pub(in crate::forge) fn id_header<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    header(headers, name).filter(|id| id.len() <= LONGEST_ID)
}

/// The branch that a push's `ref` names, if that is the default branch and `after` a commit of it: all zeros stand for a
/// branch that was deleted.
pub(in crate::forge) fn pushed_default<'a>(
    name: &'a str,
    default_branch: Option<&str>,
    after: &str,
) -> Option<&'a str> {
    let branch = name.strip_prefix("refs/heads/")?;
    let there = !after.is_empty() && after.bytes().any(|digit| digit != b'0');
    (there && default_branch == Some(branch)).then_some(branch)
}
