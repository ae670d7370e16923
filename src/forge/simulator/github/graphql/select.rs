//! Cuts whole objects down to what was selected, and pages connections.

use serde_json::{Map, Value, json};

use super::Failure;
use super::query::Field;

/// The key that holds a connection's items in a whole object.
const ITEMS: &str = "$items";

/// A connection in a whole object.
pub(super) fn connection(items: Vec<Value>) -> Value {
    Value::Object(Map::from_iter([(ITEMS.to_owned(), Value::Array(items))]))
}

/// The key of what a field gives under its alias alone.
pub(super) fn of_alias(field: &Field) -> String {
    format!("{}@{}", field.name, field.alias)
}

/// What `fields` select of a whole object. Objects carry their type in `__typename`.
pub(super) fn select(whole: &Value, fields: &[Field]) -> Result<Value, Failure> {
    match whole {
        Value::Array(items) => items.iter().map(|item| select(item, fields)).collect(),
        Value::Object(object) => {
            let kind = object.get("__typename").and_then(Value::as_str).unwrap_or_default();
            if fields.is_empty() {
                return Err(Failure::invalid(format!(
                    "Objects must have selections (type {kind} returns an object)"
                )));
            }
            let mut selected = Map::new();
            for field in fields {
                // A field with arguments may stand there once for each alias.
                let value = object.get(&of_alias(field)).or_else(|| object.get(&field.name));
                let value = value.ok_or_else(|| Failure::undefined(&field.name, kind))?;
                let value = if value.get(ITEMS).is_some() { &page(value, field)? } else { value };
                selected.insert(field.alias.clone(), select(value, &field.fields)?);
            }
            Ok(Value::Object(selected))
        }
        // A null object may have selections; a scalar may not, but nothing is lost by letting it pass.
        scalar => Ok(scalar.clone()),
    }
}

/// The page of a connection that the field's arguments ask for, as a whole object.
fn page(connection: &Value, field: &Field) -> Result<Value, Failure> {
    let items = connection[ITEMS].as_array().map(Vec::as_slice).unwrap_or_default();
    let bound = |name: &str| field.arguments.get(name).and_then(Value::as_u64);
    let (first, last) = (bound("first"), bound("last"));
    let Some(size) = first.or(last) else {
        return Err(Failure {
            kind: "MISSING_PAGINATION_BOUNDARIES",
            message: format!(
                "You must provide a `first` or `last` value to properly paginate the `{}` connection.",
                field.name
            ),
        });
    };
    if size > 100 {
        return Err(Failure {
            kind: "EXCESSIVE_PAGINATION",
            message: format!(
                "Requesting {size} records on the `{}` connection exceeds the `first` limit of 100 records.",
                field.name
            ),
        });
    }
    let size = usize::try_from(size).unwrap_or(100);
    let cursor = |name: &str| match field.arguments.get(name) {
        Some(Value::String(cursor)) => {
            let at = cursor.strip_prefix("cursor:").and_then(|at| at.parse::<usize>().ok());
            at.map(Some).ok_or_else(|| {
                Failure::invalid(format!("`{cursor}` does not appear to be a valid cursor."))
            })
        }
        _ => Ok(None),
    };
    let after = cursor("after")?.unwrap_or(0).min(items.len());
    let before = cursor("before")?.map_or(items.len(), |at| at.saturating_sub(1)).min(items.len());
    let range = if first.is_some() {
        after..(after + size).min(before).max(after)
    } else {
        before.saturating_sub(size).max(after)..before.max(after)
    };
    let cursor_of = |at: usize| format!("cursor:{}", at + 1);
    let shown = &items[range.clone()];
    let edges: Vec<Value> = shown
        .iter()
        .zip(range.clone())
        .map(|(node, at)| json!({ "__typename": "Edge", "node": node, "cursor": cursor_of(at) }))
        .collect();
    Ok(json!({
        "__typename": "Connection",
        "totalCount": items.len(),
        "nodes": shown,
        "edges": edges,
        "pageInfo": {
            "__typename": "PageInfo",
            "hasNextPage": range.end < items.len(),
            "hasPreviousPage": range.start > 0,
            "startCursor": (!range.is_empty()).then(|| cursor_of(range.start)),
            "endCursor": (!range.is_empty()).then(|| cursor_of(range.end - 1)),
        },
    }))
}

#[cfg(test)]
mod tests {
    use super::super::query::parse;
    use super::*;

    fn ask(text: &str) -> Result<Value, String> {
        let items = (0..150).map(|id| json!({ "__typename": "Thread", "id": id })).collect();
        let whole = json!({ "__typename": "Query", "threads": connection(items) });
        let operation = parse(text, &Map::new())?;
        select(&whole, &operation.fields).map_err(|failure| failure.message)
    }

    #[test]
    fn connections_are_paged_to_their_end() {
        let first =
            ask("{ threads(first: 100) { nodes { id } pageInfo { hasNextPage endCursor } } }");
        let first = first.expect("it is valid");
        assert_eq!(first["threads"]["nodes"].as_array().map(Vec::len), Some(100));
        let cursor = first["threads"]["pageInfo"]["endCursor"].as_str().expect("a cursor");
        assert_eq!(first["threads"]["pageInfo"]["hasNextPage"], true);
        let rest = ask(&format!(
            "{{ threads(first: 100, after: \"{cursor}\") {{ nodes {{ id }} pageInfo {{ hasNextPage }} }} }}"
        ));
        let rest = rest.expect("it is valid");
        assert_eq!(rest["threads"]["nodes"][0]["id"], 100);
        assert_eq!(rest["threads"]["pageInfo"]["hasNextPage"], false);
    }

    #[test]
    fn unknown_fields_and_unbounded_connections_are_refused() {
        for (text, says) in [
            ("{ threads { nodes { id } } }", "`first` or `last`"),
            ("{ threads(first: 101) { nodes { id } } }", "limit of 100"),
            (
                "{ threads(first: 1) { nodes { id colour } } }",
                "'colour' doesn't exist on type 'Thread'",
            ),
            ("{ threads(first: 1) { nodes } }", "must have selections"),
        ] {
            let refusal = ask(text).expect_err(text);
            assert!(refusal.contains(says), "{refusal}");
        }
    }
}
