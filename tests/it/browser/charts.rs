//! Charts are there, and show what the rows, counted anew, and the tables beside them say.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, Days, NaiveDate, Utc};
use serde_json::{Value, json};

use super::{REPOSITORY, REPOSITORY_PATH, Scene, texts};

const SEVERITIES: [&str; 4] = ["critical", "high", "medium", "low"];

/// A finding of the repository, from its rows: when it began to be open and when it ceased.
struct Lived {
    severity: usize,
    begun: NaiveDate,
    ended: Option<NaiveDate>,
    fixed: Option<NaiveDate>,
}

const LIVED: &str = "SELECT f.severity || ' ' || f.first_seen_at || ' '
        || COALESCE(f.closed_at, CASE c.state WHEN 'open' THEN '-' ELSE c.updated_at END) || ' ' || f.state
    FROM findings f JOIN change_requests c ON c.id = f.change_request_id
    JOIN repositories r ON r.id = c.repository_id WHERE r.full_name = 'acme/botkit'";
const LOOKS: &str = "SELECT b.at || ' ' || b.critical || ' ' || b.high || ' ' || b.medium || ' ' || b.low
    FROM baselines b JOIN repositories r ON r.id = b.repository_id WHERE r.full_name = 'acme/botkit' ORDER BY b.at";

fn day(text: &str) -> NaiveDate {
    text.parse::<DateTime<Utc>>().unwrap().date_naive()
}

async fn lived(scene: &Scene) -> Vec<Lived> {
    let lines = scene.database.lines(LIVED).await.into_iter();
    lines
        .map(|line| {
            let parts: Vec<_> = line.split(' ').collect();
            let ended = (parts[2] != "-").then(|| day(parts[2]));
            Lived {
                severity: SEVERITIES.iter().position(|name| *name == parts[0]).unwrap(),
                begun: day(parts[1]),
                ended,
                fixed: ended.filter(|_| parts[3] == "fixed"),
            }
        })
        .collect()
}

/// How many are open at the end of a day, by severity.
fn open(lived: &[Lived], at: NaiveDate) -> [usize; 4] {
    std::array::from_fn(|severity| {
        let is_open = |one: &&Lived| {
            one.severity == severity && one.begun <= at && one.ended.is_none_or(|ended| ended > at)
        };
        lived.iter().filter(is_open).count()
    })
}

fn numbers(cells: &[&str]) -> Vec<usize> {
    cells.iter().map(|cell| cell.parse().unwrap()).collect()
}

/// The table beside a chart: its days with their numbers.
fn table(chart: &Value) -> Vec<(NaiveDate, Vec<usize>)> {
    let rows = chart["rows"].as_array().unwrap().iter().map(texts);
    rows.map(|row| (NaiveDate::parse_from_str(row[0], "%d %b %Y").unwrap(), numbers(&row[1..])))
        .collect()
}

/// The chart whose caption begins so.
fn chart<'a>(told: &'a Value, caption: &str) -> &'a Value {
    let charts = told["charts"].as_array().unwrap();
    let is_it = |chart: &&Value| chart["caption"].as_str().unwrap().starts_with(caption);
    charts.iter().find(is_it).unwrap_or_else(|| panic!("no chart {caption} in {told:#}"))
}

/// Holds the bars of stacks against the table, newest last: their titles, their colours, and how high they are drawn.
fn assert_drawn(chart: &Value, table: &[(NaiveDate, Vec<usize>)]) {
    let (width, height) = (chart["size"][0].as_f64().unwrap(), chart["size"][1].as_f64().unwrap());
    assert!(width > 400.0 && height > 150.0, "{width} x {height}");
    let top = chart["ticks"][0].as_f64().unwrap();
    let legend: BTreeMap<String, &str> = chart["legend"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| {
            (entry["text"].as_str().unwrap().to_lowercase(), entry["colour"].as_str().unwrap())
        })
        .collect();
    let bars = chart["bars"].as_array().unwrap();
    assert_eq!(bars.len(), table.len());
    for (bar, (day, counts)) in bars.iter().zip(table.iter().rev()) {
        let title = bar["title"].as_str().unwrap();
        assert!(title.starts_with(&day.format("%-d %b %Y").to_string()), "{title} on {day}");
        let mut base = 0.0;
        let mut parts = bar["parts"].as_array().unwrap().iter();
        for (name, count) in SEVERITIES.iter().zip(counts).filter(|(_, count)| **count > 0) {
            assert!(title.contains(&format!("{count} {name}")), "{title}: {count} {name}");
            let part = parts.next().unwrap();
            assert_eq!(part["name"], *name, "{title}");
            assert_eq!(part["colour"].as_str().unwrap(), legend[*name], "{title}");
            let (from, to) = (part["from"].as_f64().unwrap(), part["to"].as_f64().unwrap());
            assert!((from - base).abs() < 0.01, "{title}: {name} begins at {from}, not {base}");
            base += *count as f64 / top;
            assert!((to - base).abs() < 0.01, "{title}: {name} ends at {to}, not {base}");
        }
        assert!(parts.next().is_none(), "{title}");
    }
}

/// The same for bars that go up and down from the middle.
fn assert_parted(chart: &Value, table: &[(NaiveDate, Vec<usize>)]) {
    let top = chart["ticks"][0].as_f64().unwrap();
    let bars = chart["bars"].as_array().unwrap();
    assert_eq!(bars.len(), table.len());
    for (bar, (week, counts)) in bars.iter().zip(table.iter().rev()) {
        for (name, up, count) in [("introduced", 1.0, counts[0]), ("fixed", -1.0, counts[1])] {
            let mut parts = bar["parts"].as_array().unwrap().iter();
            let part = parts.find(|part| part["name"] == name);
            assert_eq!(part.is_some(), count > 0, "{week}: {name}");
            let Some(part) = part else { continue };
            let (from, to) = (part["from"].as_f64().unwrap(), part["to"].as_f64().unwrap());
            let end = if up > 0.0 { to } else { from };
            let expected = 0.5 + up * count as f64 / top / 2.0;
            assert!((end - expected).abs() < 0.01, "{week}: {name} ends at {end}, not {expected}");
        }
    }
}

#[tokio::test]
async fn charts_show_what_the_rows_and_their_tables_say() {
    let scene = Scene::new().await;
    let told = json!({ "repository": REPOSITORY_PATH });
    let Some(told) = scene.look("charts.mjs", told).await else { return };
    let lived = lived(&scene).await;
    let today = Utc::now().date_naive();

    let over_time = chart(&told, "Open findings");
    let shown = table(over_time);
    assert!(shown.len() > 20 && shown[0].0 == today, "{shown:?}");
    for (day, counts) in &shown {
        let mut expected = open(&lived, *day).to_vec();
        expected.push(expected.iter().sum());
        assert_eq!(*counts, expected, "{day}");
    }
    assert_drawn(over_time, &shown);

    let flow = chart(&told, "Findings introduced and fixed");
    let (mut introduced, mut fixed) = (BTreeMap::new(), BTreeMap::new());
    let monday = |day: NaiveDate| day - Days::new(u64::from(day.weekday().num_days_from_monday()));
    for one in &lived {
        *introduced.entry(monday(one.begun)).or_insert(0) += 1;
        if let Some(day) = one.fixed {
            *fixed.entry(monday(day)).or_insert(0) += 1;
        }
    }
    let weeks = table(flow);
    for (week, counts) in &weeks {
        let of = |counts: &BTreeMap<NaiveDate, usize>| counts.get(week).copied().unwrap_or(0);
        assert_eq!(*counts, [of(&introduced), of(&fixed)], "{week}");
    }
    assert_eq!(Some(weeks[weeks.len() - 1].0), introduced.keys().next().copied(), "the first one");
    assert_parted(flow, &weeks);

    let branch = chart(&told, "Findings at the end");
    let looks: Vec<(NaiveDate, Vec<usize>)> = scene
        .database
        .lines(LOOKS)
        .await
        .iter()
        .map(|line| {
            let parts: Vec<_> = line.split(' ').collect();
            (day(parts[0]), numbers(&parts[1..]))
        })
        .collect();
    let shown = table(branch);
    for (day, counts) in &shown {
        let last = looks.iter().rfind(|(at, _)| at <= day);
        let expected = last.map_or(vec![0; 4], |(_, counts)| counts.clone());
        assert_eq!(counts[..4], expected, "{day}");
    }
    assert_drawn(branch, &shown);

    let now = open(&lived, today);
    for (tile, count) in texts(&told["tiles"]).iter().zip(now) {
        assert!(
            tile.starts_with(&count.to_string()) && tile.ends_with(", open"),
            "{tile}: {count}"
        );
    }
    let lines = told["lines"].as_array().unwrap();
    assert_eq!(lines.len(), 6, "a line for each repository");
    for line in lines {
        assert!(line["points"] == 12 && line["width"].as_f64().unwrap() > 60.0, "{line}");
    }
    assert!(now.iter().sum::<usize>() > 0, "{REPOSITORY} has nothing open");
}
