//! What commands do on the store, without the service around it.

use anyhow::Context;

use crate::settings::{Arguments, StoreSettings};
use crate::store::Store;
use crate::telemetry;

/// Opens the store that the settings name, works on it and closes it, whatever came of the work.
pub(super) fn on_store<T>(
    settings: Arguments,
    work: impl AsyncFnOnce(&Store) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let (store, log) = settings.resolve_store()?;
    telemetry::start(&log);
    on_opened(&store, work)
}

/// The same for settings that were read already.
pub(super) fn on_opened<T>(
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
