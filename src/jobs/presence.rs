//! That this process lives, for who looks after all of them.

use std::time::Duration;

use chrono::Utc;
use uuid::Uuid;

use crate::store::processes::{self, Process};
use crate::store::{Store, StoreError};

/// How often it is told.
pub const EVERY: Duration = Duration::from_secs(30);

/// This process as others see it.
#[derive(Debug, Clone)]
pub struct Presence(Process);

impl Presence {
    /// One that begins now.
    pub fn new(workers: usize) -> Self {
        let now = Utc::now();
        Self(Process {
            id: Uuid::now_v7().to_string(),
            host: host(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            workers: workers as i64,
            started_at: now,
            seen_at: now,
        })
    }

    /// The same process with another number of workers.
    pub fn with_workers(&self, workers: usize) -> Self {
        Self(Process { workers: workers as i64, ..self.0.clone() })
    }

    /// Tells for the first time. In a store that only one process has, all others are gone.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn begin(&self, store: &Store) -> Result<(), StoreError> {
        let mut tx = store.begin().await?;
        if store.is_exclusive() {
            processes::clear(&mut tx).await?;
        }
        processes::seen(&mut tx, &self.0).await?;
        tx.commit().await
    }

    /// Tells that the process lives.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn tell(&self, store: &Store) -> Result<(), StoreError> {
        let mut tx = store.begin().await?;
        processes::seen(&mut tx, &Process { seen_at: Utc::now(), ..self.0.clone() }).await?;
        tx.commit().await
    }

    /// Tells that the process ends.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn end(&self, store: &Store) -> Result<(), StoreError> {
        let mut tx = store.begin().await?;
        processes::gone(&mut tx, &self.0.id).await?;
        tx.commit().await
    }
}

#[cfg(unix)]
fn host() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

#[cfg(not(unix))]
fn host() -> String {
    std::env::var("COMPUTERNAME").unwrap_or_default()
}
