//! A transaction on either engine.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use sqlx::{Postgres, Sqlite};
use tokio::sync::Notify;

use super::StoreError;
use super::session::Session;

/// A transaction. Without [`Transaction::commit`] nothing of it happens.
pub struct Transaction {
    pub(super) inner: Inner,
    bell: Arc<Notify>,
    ring: bool,
}

pub(super) enum Inner {
    Postgres(PostgresTransaction),
    Sqlite(sqlx::Transaction<'static, Sqlite>),
}

/// A transaction on PostgreSQL, directly or through a pooler.
pub(super) struct PostgresTransaction {
    pub(super) inner: sqlx::Transaction<'static, Postgres>,
    /// Whether statements may be prepared under names.
    pub(super) named: bool,
}

impl PostgresTransaction {
    /// What statements are sent over.
    pub(super) fn session(&mut self) -> Session<'_> {
        Session { connection: &mut self.inner, named: self.named }
    }
}

/// Runs the same expression on whichever engine the transaction has.
macro_rules! both {
    ($tx:expr, |$c:ident| $body:expr) => {
        match &mut $tx.inner {
            $crate::store::transaction::Inner::Postgres(tx) => {
                let $c = tx.session();
                $body
            }
            $crate::store::transaction::Inner::Sqlite(tx) => {
                let $c = &mut **tx;
                $body
            }
        }
    };
}

impl Transaction {
    pub(super) fn new(inner: Inner, bell: Arc<Notify>) -> Self {
        Self { inner, bell, ring: false }
    }

    /// Wakes this process's workers once the transaction is committed.
    pub(super) fn ring_after_commit(&mut self) {
        self.ring = true;
    }

    /// The text for the engine at hand, where one text can't serve both.
    pub(super) fn pick(&self, postgres: &'static str, sqlite: &'static str) -> &'static str {
        match self.inner {
            Inner::Postgres(_) => postgres,
            Inner::Sqlite(_) => sqlite,
        }
    }

    /// The time by the one clock that all processes on the store share.
    pub(super) async fn clock(&mut self) -> Result<DateTime<Utc>, StoreError> {
        match &mut self.inner {
            Inner::Postgres(tx) => {
                Ok(sqlx::query_scalar("SELECT clock_timestamp()").fetch_one(tx.session()).await?)
            }
            Inner::Sqlite(_) => Ok(Utc::now()),
        }
    }

    /// Makes everything happen at once.
    ///
    /// # Errors
    /// Nothing happened then, unless the answer to the commit was lost.
    pub async fn commit(self) -> Result<(), StoreError> {
        match self.inner {
            Inner::Postgres(tx) => tx.inner.commit().await?,
            Inner::Sqlite(tx) => tx.commit().await?,
        }
        if self.ring {
            self.bell.notify_one();
        }
        Ok(())
    }
}
