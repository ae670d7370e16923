//! Types of parameters: each refuses what it does not allow, and says what it does, to the caller and in the description.

use std::borrow::Cow;

use serde::de::{Deserialize, Deserializer, Error};
use serde_json::json;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::openapi::{KnownFormat, RefOr, SchemaFormat};
use utoipa::{PartialSchema, ToSchema};

/// A whole number between two others, both included; there is a usual one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Whole<const FROM: i64, const TO: i64, const USUAL: i64>(pub(super) i64);

/// How many items a part of a list has at most.
pub(super) type Limit = Whole<1, 100, 50>;

impl<const FROM: i64, const TO: i64, const USUAL: i64> Default for Whole<FROM, TO, USUAL> {
    fn default() -> Self {
        Self(USUAL)
    }
}

impl<'de, const FROM: i64, const TO: i64, const USUAL: i64> Deserialize<'de>
    for Whole<FROM, TO, USUAL>
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        let number = digits(&text).and_then(|digits| digits.parse().ok());
        let number = number.filter(|number| (FROM..=TO).contains(number));
        let problem = || D::Error::custom(format!("a whole number from {FROM} to {TO} is allowed"));
        number.map(Self).ok_or_else(problem)
    }
}

/// The text if it is the usual way to write a number: numbers of Rust have signs, too.
fn digits(text: &str) -> Option<&str> {
    let usual =
        text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    usual.then_some(text)
}

impl<const FROM: i64, const TO: i64, const USUAL: i64> PartialSchema for Whole<FROM, TO, USUAL> {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::Integer)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
            .minimum(Some(FROM))
            .maximum(Some(TO))
            .default(Some(json!(USUAL)))
            .into()
    }
}

impl<const FROM: i64, const TO: i64, const USUAL: i64> ToSchema for Whole<FROM, TO, USUAL> {}

/// The number of something in this API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Id(pub(super) i64);

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        let number = digits(&text).and_then(|digits| digits.parse().ok());
        let number = number.filter(|number| *number > 0);
        number.map(Self).ok_or_else(|| D::Error::custom("a whole number from 1 on is allowed"))
    }
}

impl PartialSchema for Id {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::Integer)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
            .minimum(Some(1))
            .maximum(Some(i64::MAX))
            .into()
    }
}

impl ToSchema for Id {}

/// A text that is sought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Text(pub(super) String);

/// Most characters of a text.
const LONGEST: usize = 200;

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text.is_empty() || text.contains('\0') || text.chars().count() > LONGEST {
            let problem = format!("a text of 1 to {LONGEST} characters without NUL is allowed");
            return Err(D::Error::custom(problem));
        }
        Ok(Self(text))
    }
}

impl PartialSchema for Text {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .min_length(Some(1))
            .max_length(Some(LONGEST))
            .pattern(Some("^[^\\u0000]+$"))
            .into()
    }
}

impl ToSchema for Text {}

/// The code or name of a rule, or the name of a review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name(pub(super) String);

/// Most characters of a name.
const LONGEST_NAME: usize = 100;

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let known = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        if text.is_empty() || text.len() > LONGEST_NAME || !text.bytes().all(known) {
            let problem = format!("1 to {LONGEST_NAME} letters, digits and hyphens are allowed");
            return Err(D::Error::custom(problem));
        }
        Ok(Self(text))
    }
}

impl PartialSchema for Name {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .max_length(Some(LONGEST_NAME))
            .pattern(Some("^[A-Za-z0-9-]+$"))
            .into()
    }
}

impl ToSchema for Name {}

/// A place in a list, which callers take as it is: numbers that say where the next part begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cursor<const N: usize>(pub(super) [i64; N]);

/// Characters of a number in a cursor.
const DIGITS: usize = 16;

impl<const N: usize> Cursor<N> {
    /// As callers have it.
    pub(super) fn text(self) -> String {
        self.0.iter().map(|number| format!("{number:016x}")).collect()
    }

    fn parse(text: &str) -> Option<Self> {
        let lower = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if text.len() != N * DIGITS || !text.bytes().all(lower) {
            return None;
        }
        let mut numbers = [0; N];
        for (number, digits) in numbers.iter_mut().zip(text.as_bytes().chunks(DIGITS)) {
            let digits = std::str::from_utf8(digits).ok()?;
            *number = u64::from_str_radix(digits, 16).ok()?.cast_signed();
        }
        Some(Self(numbers))
    }
}

impl<'de, const N: usize> Deserialize<'de> for Cursor<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        let problem = || D::Error::custom("the `next_cursor` of an earlier answer is allowed");
        Self::parse(&text).ok_or_else(problem)
    }
}

impl<const N: usize> PartialSchema for Cursor<N> {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .pattern(Some(format!("^[0-9a-f]{{{}}}$", N * DIGITS)))
            .into()
    }
}

impl<const N: usize> ToSchema for Cursor<N> {}

#[cfg(test)]
mod tests {
    use serde_json::{Value, from_value};

    use super::*;

    fn parsed<T: for<'de> Deserialize<'de>>(text: &str) -> Result<T, String> {
        from_value(Value::from(text)).map_err(|error| error.to_string())
    }

    #[test]
    fn numbers_are_of_their_range() {
        for (text, number) in [("1", 1), ("50", 50), ("100", 100)] {
            assert_eq!(parsed::<Limit>(text), Ok(Whole(number)));
        }
        for text in ["0", "101", "-1", "+1", "01", "1.0", " 1", "", "x", "99999999999999999999"] {
            assert_eq!(
                parsed::<Limit>(text).unwrap_err(),
                "a whole number from 1 to 100 is allowed"
            );
        }
        assert_eq!(parsed::<Id>("9223372036854775807"), Ok(Id(i64::MAX)));
        assert!(parsed::<Id>("0").is_err() && parsed::<Id>("9223372036854775808").is_err());
    }

    #[test]
    fn cursors_come_back_as_they_went() {
        for numbers in [[0, 0], [1, 2], [i64::MAX, i64::MIN], [-1, 77]] {
            let cursor = Cursor(numbers);
            assert_eq!(parsed(&cursor.text()), Ok(cursor));
        }
        assert_eq!(Cursor([255]).text(), "00000000000000ff");
        for text in ["", "ff", "00000000000000FF", "00000000000000fg", "00000000000000ff0"] {
            assert!(parsed::<Cursor<1>>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn texts_have_their_bounds_in_characters() {
        assert!(parsed::<Text>(&"é".repeat(LONGEST)).is_ok());
        for text in [String::new(), "a\0b".to_owned(), "é".repeat(LONGEST + 1)] {
            assert!(parsed::<Text>(&text).is_err(), "{text:?}");
        }
    }
}
