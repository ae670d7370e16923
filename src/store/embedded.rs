//! Opening the embedded store: one SQLite file in a folder that belongs to one process.

use std::fs::{DirBuilder, File, TryLockError};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sqlx::Connection;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};

use super::StoreError;

/// The open file.
#[derive(Debug, Clone)]
pub(super) struct Embedded {
    /// The only connection that writes, so that writers queue up here instead of failing as busy.
    pub(super) writer: SqlitePool,
    pub(super) readers: SqlitePool,
    /// Held as long as the store is open: one process at a time.
    _lock: Arc<File>,
}

const FILE: &str = "asyncwarden.db";
/// Pages that a reading connection keeps: 512 KiB instead of SQLite's 2 MiB. The system has them, too, and they would be most of what
/// a process holds that has run for hours. Negative: KiB.
const READER_CACHE: &str = "-512";

/// Whether the embedded store is in the folder already.
pub fn is_made(folder: &Path) -> bool {
    folder.join(FILE).is_file()
}

/// Opens the file, which is made if it is missing, and brings its schema up to date.
pub(super) async fn open(folder: &Path, acquire: Duration) -> Result<Embedded, StoreError> {
    let refuse =
        |problem: String| StoreError::Folder { folder: folder.display().to_string(), problem };
    let lock = lock(folder).map_err(refuse)?;
    let options = SqliteConnectOptions::new()
        .filename(folder.join(FILE))
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        // A delivery that got its answer must survive a power cut.
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(acquire)
        .optimize_on_close(true, None);
    let pool = |size| {
        // When a commit fails, as on a full disk, SQLite may have rolled back by itself; the library then takes the
        // connection for one within a transaction for ever.
        SqlitePoolOptions::new().max_connections(size).acquire_timeout(acquire).before_acquire(
            |connection, _| Box::pin(std::future::ready(Ok(!connection.is_in_transaction()))),
        )
    };
    let open = |error: sqlx::Error| refuse(error.to_string());
    let writer = pool(1).connect_with(options.clone()).await.map_err(open)?;
    let readers = options.read_only(true).pragma("cache_size", READER_CACHE);
    let readers = pool(4).connect_with(readers).await.map_err(open)?;
    let mut migrator = sqlx::migrate!("migrations/sqlite");
    migrator.set_ignore_missing(true);
    migrator.run(&writer).await?;
    let oldest = sqlx::query_scalar(super::connect::OLDEST).fetch_one(&writer).await?;
    super::connect::check_supported(oldest, &migrator)?;
    Ok(Embedded { writer, readers, _lock: Arc::new(lock) })
}

/// Makes the folder, readable for its owner alone, and takes it for this process.
fn lock(folder: &Path) -> Result<File, String> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|error| error.to_string())?;
    let path = folder.join("asyncwarden.lock");
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)
        .map_err(|error| error.to_string())?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            Err("another process uses it; stop that one first, or use its page /operations"
                .to_owned())
        }
        Err(TryLockError::Error(error)) => Err(error.to_string()),
    }
}
