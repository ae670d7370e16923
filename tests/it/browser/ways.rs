//! Ways through the dashboard, with a pointer, by the form of filters, and with the keyboard alone.

use serde_json::{Value, json};

use super::{REPOSITORY, Scene, texts};

/// What a filter is to list: the form's fields, and the query that counts the same rows.
const FILTERS: [(&[(&str, &str)], &str); 4] = [
    (
        &[("Severity", "critical"), ("State", "settled")],
        "SELECT CAST(count(*) AS TEXT) FROM findings WHERE severity = 'critical' AND state = 'settled'",
    ),
    (
        &[("Rule", "AW501")],
        "SELECT CAST(count(*) AS TEXT) FROM findings WHERE rule = 'AW501'",
    ),
    (
        &[("Repository", "github:acme/price-crawler"), ("Path contains", "store"), ("State", "fixed")],
        "SELECT CAST(count(*) AS TEXT) FROM findings f JOIN change_requests c ON c.id = f.change_request_id
            JOIN repositories r ON r.id = c.repository_id
            WHERE r.full_name = 'acme/price-crawler' AND f.path LIKE '%store%' AND f.state = 'fixed'",
    ),
    (
        &[("Repository", "github:acme/botkit"), ("Severity", "high"), ("State", "open")],
        "SELECT CAST(count(*) AS TEXT) FROM findings f JOIN change_requests c ON c.id = f.change_request_id
            JOIN repositories r ON r.id = c.repository_id
            WHERE r.full_name = 'acme/botkit' AND f.severity = 'high' AND f.state = 'open' AND c.state = 'open'",
    ),
];

/// Whether a row of the list is as its filter wants it.
fn fits(row: &Value, (field, value): (&str, &str)) -> bool {
    let said = |what: &str| row[what].as_str().unwrap().to_owned();
    match field {
        "Rule" => said("rule") == value,
        "Severity" => said("severity").eq_ignore_ascii_case(value),
        "State" => said("state").eq_ignore_ascii_case(value),
        "Repository" => value.ends_with(&said("repository")),
        _ => said("place").contains(value),
    }
}

#[tokio::test]
async fn every_way_leads_where_it_says() {
    let scene = Scene::new().await;
    let filters = FILTERS.map(|(fields, _)| {
        Value::Object(
            fields.iter().map(|(field, value)| ((*field).to_owned(), json!(value))).collect(),
        )
    });
    let told = json!({ "repository": { "name": REPOSITORY }, "filters": filters });
    let Some(told) = scene.look("ways.mjs", told).await else { return };
    assert_eq!(texts(&told["problems"]), Vec::<&str>::new());
    by_links(&told["links"]);

    let form = &told["form"];
    assert_eq!(form["lists"].as_array().unwrap().len(), FILTERS.len());
    let mut found = 0;
    for ((fields, counting), list) in FILTERS.iter().zip(form["lists"].as_array().unwrap()) {
        let rows = list["rows"].as_array().unwrap();
        assert_eq!(rows.len().to_string(), scene.line(counting).await, "{fields:?}");
        assert_eq!(list["active"], fields.len(), "{fields:?}");
        for row in rows {
            assert!(fields.iter().all(|field| fits(row, *field)), "{row} by {fields:?}");
        }
        found += rows.len();
    }
    assert!(found > 30, "{found} found in all");
    assert_eq!(form["lists"][0]["kept"], "critical", "the form shows what it was sent with");
    assert_eq!(form["at"], "/findings", "no filter is left");

    let keys = &told["keys"];
    assert_eq!(texts(&keys["problems"]), Vec::<&str>::new());
    let way = texts(&keys["way"]);
    assert_eq!((way[0], way[1], &keys["filtered"]), ("/findings", "/findings", &json!("critical")));
    assert!(
        way[2].starts_with("/reviews/") && way[3].starts_with("/changes/github/acme/"),
        "{way:?}"
    );
}

fn by_links(way: &Value) {
    let way: Vec<_> = way.as_array().unwrap().iter().map(texts).collect();
    let paths: Vec<_> = way.iter().map(|step| step[0]).collect();
    let repository = format!("/repositories/github/{REPOSITORY}");
    assert_eq!((paths[0], paths[1], way[1][1]), ("/", repository.as_str(), REPOSITORY));
    assert!(paths[2].starts_with("/reviews/") && way[2][1].starts_with('#'), "{way:?}");
    let change = format!("/changes/github/{REPOSITORY}/");
    assert!(paths[3].starts_with(&change) && way[3][1] == way[2][1], "{way:?}");
    let rest = [repository.as_str(), "/findings", "/rules", "/findings", "/changes", "/"];
    assert_eq!(paths[4..], rest);
}
