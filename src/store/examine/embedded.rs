//! The embedded store: whether its folder can be used, who uses it, how much room its disk has.

use std::fs::{File, TryLockError};
use std::path::Path;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, Row};

use super::{SCHEMA, STORE, schema};
use crate::examination::{Examined, PATIENCE};
use crate::store::is_made;

const DISK: &str = "store: disk";
const MADE: &str = "SELECT (SELECT max(version) FROM _sqlx_migrations WHERE success) AS schema,
        (SELECT oldest FROM schema_support) AS oldest";

/// Fewer bytes are soon used up.
const LEAST: u64 = 1 << 30;
/// Fewer bytes don't hold a day.
const VERY_LEAST: u64 = 100 << 20;

pub(super) async fn examine(folder: &Path) -> Vec<Examined> {
    let (at, place) = (folder.to_owned(), folder.display().to_string());
    let looked = tokio::task::spawn_blocking(move || look(&at)).await;
    let (mut found, is_made) = looked.unwrap_or_else(|error| {
        (vec![Examined::unknown(STORE, format!("{place} could not be looked at: {error}"))], false)
    });
    if is_made {
        found.push(match tokio::time::timeout(PATIENCE, read_schema(folder)).await {
            Ok(Ok(standing)) => standing,
            Ok(Err(error)) => Examined::failed(
                SCHEMA,
                format!("the file can't be read: {error}"),
                "restore it from a backup, or move the folder away to begin anew",
            ),
            Err(_) => Examined::unknown(SCHEMA, "the file is in use for long"),
        });
    }
    found
}

async fn read_schema(folder: &Path) -> Result<Examined, sqlx::Error> {
    let options = SqliteConnectOptions::new()
        .filename(folder.join("asyncwarden.db"))
        .read_only(true)
        .busy_timeout(PATIENCE);
    let mut connection = options.connect().await?;
    let made = sqlx::query(MADE).fetch_one(&mut connection).await?;
    let standing = schema(made.try_get("schema")?, made.try_get("oldest")?);
    connection.close().await?;
    Ok(standing)
}

/// What can be seen from outside, and whether there is a store.
fn look(folder: &Path) -> (Vec<Examined>, bool) {
    let place = folder.display();
    if !folder.exists() {
        // The first start makes it, below what is there.
        let above = folder.ancestors().skip(1).find(|above| above.is_dir());
        let may = above.is_some_and(|above| tried(above).is_ok());
        let found = match may {
            true => {
                Examined::well(STORE, format!("{place} is not there yet; the first start makes it"))
            }
            false => Examined::failed(
                STORE,
                format!("{place} is not there, and can't be made"),
                "make it, for the service's user alone, or set ASYNCWARDEN_DATA_DIR",
            ),
        };
        return (std::iter::once(found).chain(above.and_then(disk)).collect(), false);
    }
    let mut found = Vec::new();
    let is_made = is_made(folder);
    match tried(folder) {
        Err(error) => found.push(Examined::failed(
            STORE,
            format!("nothing can be written in {place}: {error}"),
            "give the folder to the service's user",
        )),
        Ok(()) => {
            let state = match (is_locked(folder), is_made) {
                (Ok(true), _) => "a running service uses it",
                (_, true) => "no service uses it now",
                (_, false) => "the first start makes the store",
            };
            found.push(Examined::well(STORE, format!("{place} can be written; {state}")));
        }
    }
    found.extend(disk(folder));
    (found, is_made)
}

/// Tries whether a file can be made there.
fn tried(folder: &Path) -> std::io::Result<()> {
    let trial = folder.join(format!(".asyncwarden-doctor-{}", std::process::id()));
    File::options().create_new(true).write(true).open(&trial)?;
    std::fs::remove_file(&trial)
}

/// Whether a process has the store for itself.
fn is_locked(folder: &Path) -> std::io::Result<bool> {
    let file = File::open(folder.join("asyncwarden.lock"))?;
    match file.try_lock_shared() {
        Ok(()) => Ok(false),
        Err(TryLockError::WouldBlock) => Ok(true),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

#[cfg(unix)]
fn disk(folder: &Path) -> Option<Examined> {
    let room = rustix::fs::statvfs(folder).ok()?;
    let free = room.f_bavail.saturating_mul(room.f_frsize);
    let said = format!("{} MiB are free for {}", free >> 20, folder.display());
    let advice = "make room there, or move the folder to a larger disk";
    Some(match free {
        free if free < VERY_LEAST => Examined::failed(DISK, said, advice),
        free if free < LEAST => Examined::warning(DISK, said, advice),
        _ => Examined::well(DISK, said),
    })
}

#[cfg(not(unix))]
fn disk(_: &Path) -> Option<Examined> {
    None
}
