//! A request as the handlers see it, and the strict reading of its body.

use axum::http::HeaderMap;
use serde_json::{Map, Value};

use super::reply::{Media, Query, Refusal};

/// A request.
pub(super) struct Call<'a> {
    pub method: &'a str,
    /// Decoded segments below the API's base.
    pub path: Vec<String>,
    pub query: Query,
    pub headers: &'a HeaderMap,
    pub body: &'a [u8],
    /// Where the platform is: `http://127.0.0.1:PORT`.
    pub host: String,
    /// Path of the API's base below the host: empty or `/api/v3`.
    pub base: &'static str,
}

impl Call<'_> {
    pub fn media(&self) -> Media {
        Media::of(self.headers)
    }

    /// The request's own address without its query.
    pub fn url(&self) -> String {
        format!("{}{}/{}", self.host, self.base, self.path.join("/"))
    }

    /// The body as an object. No body at all is an empty object.
    pub fn object(&self) -> Result<Fields, Refusal> {
        super::reply::object(self.body).map(Fields)
    }
}

/// An object that was sent. A field has the type that the schema says, or is not there; null is a type of its own.
#[derive(Debug, Clone)]
pub(super) struct Fields(Map<String, Value>);

impl Fields {
    pub fn of(value: &Value) -> Result<Self, Refusal> {
        match value {
            Value::Object(fields) => Ok(Self(fields.clone())),
            other => Err(Refusal::schema(format!("{other} is not an object."))),
        }
    }

    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// Refuses keys that the schema does not know.
    pub fn only(&self, known: &[&str]) -> Result<(), Refusal> {
        match self.0.keys().find(|key| !known.contains(&key.as_str())) {
            Some(key) => Err(Refusal::schema(format!("\"{key}\" is not a permitted key."))),
            None => Ok(()),
        }
    }

    pub fn text(&self, name: &str) -> Result<Option<&str>, Refusal> {
        self.typed(name, "string", Value::as_str)
    }

    pub fn required(&self, name: &str) -> Result<&str, Refusal> {
        self.text(name)?.ok_or_else(|| Refusal::schema(format!("\"{name}\" wasn't supplied.")))
    }

    pub fn number(&self, name: &str) -> Result<Option<i64>, Refusal> {
        self.typed(name, "number", Value::as_i64)
    }

    pub fn list(&self, name: &str) -> Result<Option<&Vec<Value>>, Refusal> {
        self.typed(name, "array", Value::as_array)
    }

    pub fn object(&self, name: &str) -> Result<Option<Fields>, Refusal> {
        Ok(self.typed(name, "object", Value::as_object)?.cloned().map(Fields))
    }

    /// A text that must be one of a few.
    pub fn one_of(&self, name: &str, known: &[&str]) -> Result<Option<&str>, Refusal> {
        let text = self.text(name)?;
        match text.filter(|text| !known.contains(text)) {
            Some(other) => Err(Refusal::schema(format!(
                "For 'properties/{name}', {other} is not a member of {known:?}."
            ))),
            None => Ok(text),
        }
    }

    fn typed<'v, T>(
        &'v self,
        name: &str,
        kind: &str,
        read: impl Fn(&'v Value) -> Option<T>,
    ) -> Result<Option<T>, Refusal> {
        match self.0.get(name) {
            None => Ok(None),
            Some(value) => match read(value) {
                Some(read) => Ok(Some(read)),
                None => Err(Refusal::schema(format!(
                    "For 'properties/{name}', {} is not a {kind}.",
                    if value.is_null() { "nil".to_owned() } else { value.to_string() }
                ))),
            },
        }
    }
}

impl Fields {
    /// An object whose values are texts.
    pub fn list_of_pairs(&self, name: &str) -> Result<Option<Vec<(String, String)>>, Refusal> {
        let Some(object) = self.object(name)? else { return Ok(None) };
        let mut pairs = Vec::new();
        for key in object.0.keys() {
            pairs.push((key.clone(), object.required(key)?.to_owned()));
        }
        Ok(Some(pairs))
    }
}
