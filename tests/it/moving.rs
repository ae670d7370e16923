//! What the store keeps is written to lines and read from them, all of it or nothing.

use asyncwarden::forge::{ChangeRequest, ForgeKind, RepositoryRef};
use asyncwarden::settings::StoreSettings;
use asyncwarden::store::dump::{self, DumpError};
use asyncwarden::store::{Store, jobs, repositories};
use chrono::{DateTime, Utc};
use tokio::sync::mpsc;

use crate::database::{change, count};
use crate::support::{on_every_store, on_every_store_settings};

fn at(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000 + second, 0).unwrap()
}

/// All lines of an export.
pub async fn exported(store: &Store) -> Vec<String> {
    let (lines, mut taken) = mpsc::channel(10_000);
    let mut tx = store.snapshot().await.unwrap();
    dump::export(&mut tx, &lines, at(0)).await.unwrap();
    drop(lines);
    let mut all = Vec::new();
    while let Some(line) = taken.recv().await {
        all.push(line);
    }
    all
}

/// Imports lines into a store.
pub async fn imported(store: &Store, lines: &[String]) -> Result<u64, DumpError> {
    let (given, mut taken) = mpsc::channel(lines.len().max(1));
    for line in lines {
        given.send(Ok(line.clone())).await.unwrap();
    }
    drop(given);
    let mut tx = store.begin().await.unwrap();
    let rows = dump::import(&mut tx, &mut taken, at(0)).await?;
    tx.commit().await.unwrap();
    Ok(rows)
}

/// Two repositories, one with two jobs.
async fn fill(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    for (number, name) in [(7, "octo/loops"), (8, "octo/knots")] {
        let repository = RepositoryRef {
            forge: ForgeKind::GitHub,
            external_id: number,
            full_name: name.to_owned(),
            installation_id: Some(1),
        };
        repositories::remember(&mut tx, &repository, at(0)).await.unwrap();
        let change = ChangeRequest { repository, number };
        jobs::enqueue(&mut tx, &change, jobs::Asked::Changed, at(0)).await.unwrap();
    }
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn all_tables_and_columns_are_moved() {
    on_every_store_settings(async |settings: StoreSettings| {
        let store = Store::open(&settings).await.unwrap();
        let differences = async || {
            let mut tx = store.read().await.unwrap();
            dump::differences(&mut tx).await.unwrap()
        };
        assert_eq!(differences().await, [""; 0]);
        change(&settings, "ALTER TABLE threads ADD COLUMN mood TEXT").await;
        change(&settings, "CREATE TABLE moods (name TEXT)").await;
        change(&settings, "ALTER TABLE threads DROP COLUMN resolved_at").await;
        let all =
            ["threads.resolved_at is missing", "moods.name is unknown", "threads.mood is unknown"];
        assert_eq!(differences().await, all);
        let (lines, _taken) = mpsc::channel(9);
        let mut tx = store.snapshot().await.unwrap();
        let refused = dump::export(&mut tx, &lines, at(0)).await.unwrap_err().to_string();
        assert!(
            refused.contains("another one than this version's: threads.resolved_at"),
            "{refused}"
        );
        drop(tx);
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_column_of_another_type_is_noticed() {
    on_every_store_settings(async |settings: StoreSettings| {
        let store = Store::open(&settings).await.unwrap();
        change(&settings, "ALTER TABLE threads DROP COLUMN posted_at").await;
        let integer = match &settings {
            StoreSettings::Postgres(_) => "bigint",
            StoreSettings::Embedded(_) => "INTEGER",
        };
        change(&settings, &format!("ALTER TABLE threads ADD COLUMN posted_at {integer}")).await;
        let mut tx = store.read().await.unwrap();
        let found = dump::differences(&mut tx).await.unwrap();
        assert!(
            found[0].starts_with(&format!("threads.posted_at is {integer}, not ")),
            "{found:?}"
        );
        drop(tx);
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn nothing_is_imported_from_a_file_that_is_broken() {
    on_every_store_settings(async |settings: StoreSettings| {
        let source = tempfile::tempdir().unwrap();
        let source = StoreSettings::Embedded(source.path().to_owned());
        let filled = Store::open(&source).await.unwrap();
        fill(&filled).await;
        let good = exported(&filled).await;
        filled.close().await;
        let of = |table: &str| {
            let start = format!("{{\"table\":\"{table}\"");
            good.iter().position(|line| line.starts_with(&start)).unwrap()
        };
        let (request, end) = (of("change_requests"), good.len() - 1);
        let with = |line: usize, text: &str| {
            let mut lines = good.clone();
            lines[line] = text.to_owned();
            lines
        };
        let changed = |line: usize, from: &str, to: &str| {
            assert!(good[line].contains(from), "{}", good[line]);
            with(line, &good[line].replacen(from, to, 1))
        };
        let twice = [&good[..=request], &good[request..]].concat();
        let missing = [&good[..end - 1], &good[end..]].concat();
        let more = [&good[..], &good[..1]].concat();
        let cases = [
            (Vec::new(), 1, "this is no export of asyncwarden's store"),
            (with(0, "hello"), 1, "this is no export of asyncwarden's store"),
            (changed(0, "\"format\":1", "\"format\":2"), 1, "this one reads format 1"),
            (
                changed(0, "\"schema\":", "\"schema\":9"),
                1,
                "import it with the version that wrote it",
            ),
            (with(3, "{\"table\": "), 4, "it is not JSON"),
            (with(3, "{\"tables\": 1}"), 4, "it is neither a row nor the end"),
            (
                changed(request, "change_requests", "wishes"),
                request + 1,
                "there is no table wishes",
            ),
            (
                changed(request, "\"number\"", "\"count\""),
                request + 1,
                "change_requests.number is missing",
            ),
            (
                changed(request, "\"number\"", "\"x\":1,\"number\""),
                request + 1,
                "change_requests has no column x",
            ),
            (
                changed(request, "\"number\":7", "\"number\":\"7\""),
                request + 1,
                "change_requests.number is not a whole number",
            ),
            (
                changed(request, "\"created_at\":\"2", "\"created_at\":\"x"),
                request + 1,
                "change_requests.created_at is not a time",
            ),
            (
                changed(request, "\"repository_id\":1", "\"repository_id\":9"),
                request + 1,
                "FOREIGN KEY",
            ),
            (changed(request + 1, "\"state\":\"open\"", "\"state\":\"odd\""), request + 2, "CHECK"),
            (twice, request + 2, "UNIQUE"),
            (missing, end, "there should be"),
            (more, end + 2, "it is neither a row nor the end"),
        ];
        let store = Store::open(&settings).await.unwrap();
        for (lines, line, problem) in cases {
            let refused = imported(&store, &lines).await.unwrap_err().to_string();
            assert!(refused.starts_with(&format!("line {line}: ")), "{refused}, not {problem}");
            let said = refused.to_lowercase().contains(&problem.to_lowercase());
            assert!(said, "{refused}, not {problem}");
        }
        let cut = imported(&store, &good[..end]).await.unwrap_err().to_string();
        assert!(cut.starts_with("the file was cut off") && cut.contains(&end.to_string()), "{cut}");
        assert_eq!(count(&settings, "SELECT count(*) FROM installations").await, 0);
        assert_eq!(imported(&store, &good).await.unwrap(), end as u64 - 1);
        let again = imported(&store, &good).await.unwrap_err().to_string();
        assert!(again.contains("not empty: there are rows in installations"), "{again}");
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn an_imported_store_goes_on_counting() {
    on_every_store(async |store: Store| {
        let source = tempfile::tempdir().unwrap();
        let source = Store::open(&StoreSettings::Embedded(source.path().to_owned())).await.unwrap();
        fill(&source).await;
        let rows = imported(&store, &exported(&source).await).await.unwrap();
        source.close().await;
        fill(&store).await;
        let mut tx = store.begin().await.unwrap();
        let repository = RepositoryRef {
            forge: ForgeKind::GitLab,
            external_id: 7,
            full_name: "octo/loops".to_owned(),
            installation_id: None,
        };
        let id = repositories::remember(&mut tx, &repository, at(1)).await.unwrap();
        assert_eq!(id, 3, "after {rows} rows");
        drop(tx);
    })
    .await;
}
