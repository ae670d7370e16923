//! What commands do on the store, without the service around it.

use anyhow::{Context, bail};

use crate::settings::{Arguments, StoreSettings};
use crate::store::{Store, is_made};
use crate::telemetry;

/// Opens the store that the settings name, works on it and closes it, whatever came of the work.
pub(super) fn on_store<T>(
    settings: Arguments,
    work: impl AsyncFnOnce(&Store) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    on_opened(&named(settings)?, work)
}

/// The same for settings that were read already. Refuses a store that isn't there: what would be made then is empty, and
/// whoever asks it is told that all is well.
pub(super) fn on_opened<T>(
    store: &StoreSettings,
    work: impl AsyncFnOnce(&Store) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    if let StoreSettings::Embedded(folder) = store
        && !is_made(folder)
    {
        let folder = folder.display();
        bail!(
            "there is no store in {folder}; give this command the service's settings (DATABASE_URL, ASYNCWARDEN_DATA_DIR, or --config)"
        );
    }
    open(store, work)
}

/// Works on the store that the settings name, and makes it if need be.
pub(super) fn on_new_store<T>(
    settings: Arguments,
    work: impl AsyncFnOnce(&Store) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    open(&named(settings)?, work)
}

/// The store that the settings name; from now on there is a log.
fn named(settings: Arguments) -> anyhow::Result<StoreSettings> {
    let (store, log) = settings.resolve_store()?;
    telemetry::start(&log);
    Ok(store)
}

fn open<T>(
    store: &StoreSettings,
    work: impl AsyncFnOnce(&Store) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("cannot start the runtime")?;
    let done = runtime.block_on(async {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let store = Store::open(store).await?;
        let done = work(&store).await;
        store.close().await;
        done
    });
    // Whoever still waits for lines from standard input doesn't hold up the exit.
    runtime.shutdown_background();
    done
}
