//! `GET /api`: the description as a page for people.

use askama::Template;
use serde_json::{Map, Value};

use super::problem::{KINDS, Kind};
use crate::web::markdown;

/// What the page shows, read from the description that programs get.
#[derive(Template)]
#[template(path = "api/guide.html")]
pub(super) struct Guide {
    about: String,
    /// Whether nobody has to sign in.
    open: bool,
    /// Where the service is.
    service: String,
    groups: Vec<Group>,
    shapes: Vec<Shape>,
    problems: [Kind; 10],
}

struct Group {
    name: String,
    about: String,
    operations: Vec<Operation>,
}

struct Operation {
    id: String,
    method: String,
    path: String,
    summary: String,
    about: String,
    /// The scope that a token needs; `None` where any is good.
    scope: Option<String>,
    guarded: bool,
    parameters: Vec<Parameter>,
    answers: Vec<Answer>,
    curl: String,
}

struct Parameter {
    name: String,
    place: String,
    kind: Shown,
    about: String,
}

struct Answer {
    status: String,
    about: String,
    kind: Option<Shown>,
}

/// A type of the description: its name or what it is, and the part of the page about it.
struct Shape {
    name: String,
    about: String,
    /// What it may be, of a fixed list.
    values: Vec<String>,
    /// Names of those whose fields it has, too.
    parents: Vec<String>,
    fields: Vec<Field>,
}

struct Field {
    name: String,
    kind: Shown,
    about: String,
}

/// A type in a few words.
struct Shown {
    text: String,
    /// The type that has a part of the page.
    shape: Option<String>,
}

impl Guide {
    /// The page of a description, for a service at this address.
    pub(super) fn of(api: &Value, open: bool, service: &str) -> Self {
        let service = if service.is_empty() { "http://localhost:8080" } else { service };
        let groups = list(&api["tags"]).iter().map(|tag| Group {
            name: text(&tag["name"]),
            about: text(&tag["description"]),
            operations: operations(api, &tag["name"], service),
        });
        let shapes = fields(&api["components"]["schemas"]);
        Self {
            about: text(&api["info"]["description"]),
            open,
            service: service.to_owned(),
            groups: groups.collect(),
            shapes: shapes.map(|(name, schema)| shape(name, schema)).collect(),
            problems: KINDS,
        }
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn fields(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter)
}

fn operations(api: &Value, tag: &Value, service: &str) -> Vec<Operation> {
    let all = fields(&api["paths"]).flat_map(|(path, item)| {
        fields(item).map(move |(method, operation)| (path, method, operation))
    });
    let own = all.filter(|(_, _, operation)| list(&operation["tags"]).contains(tag));
    own.map(|(path, method, it)| operation(api, path, method, it, service)).collect()
}

fn operation(api: &Value, path: &str, method: &str, it: &Value, service: &str) -> Operation {
    let ways = list(&it["security"]);
    let scope = ways.iter().find_map(|way| way["access_token"][0].as_str());
    let method = method.to_uppercase();
    let parameters = list(&it["parameters"]).iter().map(|parameter| Parameter {
        name: text(&parameter["name"]),
        place: text(&parameter["in"]),
        kind: shown(&parameter["schema"]),
        about: paragraph(&parameter["description"]),
    });
    let answers = fields(&it["responses"]).map(|(status, answer)| {
        let answer = resolved(api, answer);
        let kind = fields(&answer["content"]).next().map(|(_, content)| shown(&content["schema"]));
        Answer { status: status.clone(), about: text(&answer["description"]), kind }
    });
    Operation {
        id: text(&it["operationId"]),
        summary: text(&it["summary"]),
        about: paragraph(&it["description"]),
        scope: scope.map(str::to_owned),
        guarded: !ways.is_empty(),
        parameters: parameters.collect(),
        answers: answers.collect(),
        curl: curl(path, &method, !ways.is_empty(), service),
        method,
        path: path.to_owned(),
    }
}

/// A call of the operation from a shell.
fn curl(path: &str, method: &str, guarded: bool, service: &str) -> String {
    let path = path
        .replace("{id}", "1")
        .replace("{code}", "AW501")
        .replace("{key}", "0197a3a1-8f55-7c52-9d1c-2f5d3b3f0a11");
    let way = if method == "GET" { String::new() } else { format!(" -X {method}") };
    let token = if guarded { " -H \"Authorization: Bearer $TOKEN\"" } else { "" };
    format!("curl{way}{token} {service}{path}")
}

/// What a reference stands for.
fn resolved<'a>(api: &'a Value, value: &'a Value) -> &'a Value {
    let pointer = value["$ref"].as_str().and_then(|it| it.strip_prefix('#'));
    pointer.and_then(|pointer| api.pointer(pointer)).unwrap_or(value)
}

/// A description as HTML.
fn paragraph(value: &Value) -> String {
    markdown::page(value.as_str().unwrap_or_default())
}

fn shape(name: &str, schema: &Value) -> Shape {
    let parts: Vec<_> = match list(&schema["allOf"]) {
        [] => vec![schema],
        parts => parts.iter().collect(),
    };
    let parents = parts.iter().filter_map(|part| referred(part)).collect();
    let properties = parts.iter().flat_map(|part| fields(&part["properties"]));
    Shape {
        name: name.to_owned(),
        about: paragraph(&schema["description"]),
        values: list(&schema["enum"]).iter().map(text).collect(),
        parents,
        fields: properties
            .map(|(name, schema)| Field {
                name: name.clone(),
                kind: shown(schema),
                about: paragraph(&schema["description"]),
            })
            .collect(),
    }
}

/// The name of the type that a reference is to.
fn referred(schema: &Value) -> Option<String> {
    schema["$ref"].as_str()?.rsplit_once('/').map(|(_, name)| name.to_owned())
}

/// A type in a few words.
fn shown(schema: &Value) -> Shown {
    if let Some(name) = referred(schema) {
        return Shown { text: name.clone(), shape: Some(name) };
    }
    let ways = list(&schema["oneOf"]);
    if !ways.is_empty() {
        let inner = ways.iter().find(|way| way["type"] != "null").map(shown);
        let inner = inner.unwrap_or(Shown { text: "any".to_owned(), shape: None });
        return Shown { text: format!("{} or null", inner.text), ..inner };
    }
    let mut types: Vec<&str> = match &schema["type"] {
        Value::Array(types) => types.iter().filter_map(Value::as_str).collect(),
        one => one.as_str().into_iter().collect(),
    };
    let null = types.contains(&"null");
    types.retain(|it| *it != "null");
    let inner = (types == ["array"]).then(|| shown(&schema["items"]));
    let mut text = match (&inner, list(&schema["enum"])) {
        (Some(inner), _) => format!("list of {}", inner.text),
        (None, []) => types.join(" or "),
        (None, values) => values.iter().map(text).collect::<Vec<_>>().join(", "),
    };
    let bound = |name: &str| schema[name].as_i64().filter(|bound| *bound != i64::MAX);
    match (bound("minimum"), bound("maximum")) {
        (Some(from), Some(to)) => text.push_str(&format!(" from {from} to {to}")),
        (Some(from), None) => text.push_str(&format!(" from {from} on")),
        _ => {}
    }
    if let Some(usual) = schema["default"].as_i64() {
        text.push_str(&format!(", usually {usual}"));
    }
    if let Some(format @ ("date-time" | "date")) = schema["format"].as_str() {
        text = format.replace("date-time", "time");
    }
    if null {
        text.push_str(" or null");
    }
    Shown { text, shape: inner.and_then(|inner| inner.shape) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn types_are_told_in_a_few_words() {
        for (schema, said) in [
            (json!({ "type": "string" }), "string"),
            (json!({ "type": ["string", "null"] }), "string or null"),
            (json!({ "type": "string", "format": "date-time" }), "time"),
            (json!({ "$ref": "#/components/schemas/Finding" }), "Finding"),
            (
                json!({ "oneOf": [{ "type": "null" }, { "$ref": "#/components/schemas/A" }] }),
                "A or null",
            ),
            (
                json!({ "type": "array", "items": { "$ref": "#/components/schemas/A" } }),
                "list of A",
            ),
            (json!({ "type": "string", "enum": ["a", "b"] }), "a, b"),
            (
                json!({ "type": "integer", "minimum": 1, "maximum": 100, "default": 50 }),
                "integer from 1 to 100, usually 50",
            ),
            (json!({ "type": "integer", "minimum": 1, "maximum": i64::MAX }), "integer from 1 on"),
        ] {
            assert_eq!(shown(&schema).text, said, "{schema}");
        }
    }
}
