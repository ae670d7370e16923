//! Who did what to what the store keeps.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::types::Json;

use super::{StoreError, Transaction, erase};
use crate::forge::{ChangeRequest, ForgeKind, RepositoryRef};

/// Who did it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor<'a> {
    /// The service, since its time was over.
    Retention,
    /// The service, since it was uninstalled and the grace time is over.
    Uninstall,
    /// Who runs the service.
    Operator,
    /// The platform told us so.
    Platform,
    /// A person of this login on the platform, if it says who.
    Person(Option<&'a str>),
}

impl Actor<'_> {
    fn word(self) -> String {
        match self {
            Actor::Retention => "retention".to_owned(),
            Actor::Uninstall => "uninstall".to_owned(),
            Actor::Operator => "operator".to_owned(),
            Actor::Platform => "platform".to_owned(),
            // No login can be taken for one of the words above.
            Actor::Person(Some(login)) if !login.is_empty() => format!("@{login}"),
            Actor::Person(_) => "unknown".to_owned(),
        }
    }
}

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// The service was uninstalled from an account.
    InstallationRemoved,
    /// An installation was suspended by its owner.
    InstallationSuspended,
    /// An installation is not suspended any more.
    InstallationResumed,
    /// Repositories were taken out of an installation.
    RepositoriesRemoved,
    /// Repositories were added to an installation, or could be reached although we were told otherwise.
    RepositoriesReturned,
    /// Data was deleted for good.
    DataDeleted,
    /// A person said that a finding stays.
    FindingSettled,
    /// A person opened a thread again with which a finding was settled.
    FindingReopened,
    /// A person wants no findings of a rule in a change request.
    RuleIgnored,
    /// A person wants no reviews of a change request for now.
    ReviewsPaused,
    /// A person wants reviews of a change request again.
    ReviewsResumed,
    /// An operator has reviews of a repository wait.
    RepositoryPaused,
    /// An operator lets reviews of a repository go on.
    RepositoryResumed,
    /// A review met settings of its repository that none had met before.
    SettingsChanged,
    /// A job was taken out of the dead letters.
    JobRedriven,
    /// A delivery was taken again.
    DeliveryReplayed,
    /// An App was made for the service on its page.
    AppCreated,
    /// The store's content was written to a file.
    Export,
    /// The store was filled from a file.
    Import,
}

impl Action {
    fn word(self) -> &'static str {
        match self {
            Action::InstallationRemoved => "installation-removed",
            Action::InstallationSuspended => "installation-suspended",
            Action::InstallationResumed => "installation-resumed",
            Action::RepositoriesRemoved => "repositories-removed",
            Action::RepositoriesReturned => "repositories-returned",
            Action::DataDeleted => "data-deleted",
            Action::FindingSettled => "finding-settled",
            Action::FindingReopened => "finding-reopened",
            Action::RuleIgnored => "rule-ignored",
            Action::ReviewsPaused => "reviews-paused",
            Action::ReviewsResumed => "reviews-resumed",
            Action::RepositoryPaused => "repository-paused",
            Action::RepositoryResumed => "repository-resumed",
            Action::SettingsChanged => "settings-changed",
            Action::JobRedriven => "job-redriven",
            Action::DeliveryReplayed => "delivery-replayed",
            Action::AppCreated => "app-created",
            Action::Export => "export",
            Action::Import => "import",
        }
    }
}

/// How an entry names a repository.
pub fn repository(repository: &RepositoryRef) -> String {
    format!("{}/{}", repository.forge.as_str(), repository.full_name)
}

/// How an entry names a change request.
pub fn change_request(change: &ChangeRequest) -> String {
    let sign = change.repository.forge.number_sign();
    format!("{}{sign}{}", repository(&change.repository), change.number)
}

/// How an entry names an installation.
pub fn installation(forge: ForgeKind, external_id: i64) -> String {
    format!("{}/installation/{external_id}", forge.as_str())
}

/// How an entry names a delivery, by the platform's key of it.
pub fn delivery(forge: ForgeKind, id: &str) -> String {
    format!("{}/delivery/{id}", forge.as_str())
}

/// How an entry names an App of ours.
pub fn app(forge: ForgeKind, external_id: u64) -> String {
    format!("{}/app/{external_id}", forge.as_str())
}

const NOTE: &str =
    "INSERT INTO audit_log (at, actor, action, subject, details) VALUES ($1, $2, $3, $4, $5)";

/// Writes an entry. Part of the transaction that does what it tells. Details hold names and numbers, never code.
pub async fn note(
    tx: &mut Transaction,
    actor: Actor<'_>,
    action: Action,
    subject: &str,
    details: Value,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    both!(tx, |c| sqlx::query(NOTE)
        .bind(now)
        .bind(actor.word())
        .bind(action.word())
        .bind(subject)
        .bind(Json(&details))
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

/// An entry as it stands.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Entry {
    /// When.
    pub at: DateTime<Utc>,
    /// Who: a part of the service, or `@` and a login.
    pub actor: String,
    /// What was done.
    pub action: String,
    /// To what.
    pub subject: String,
    /// More about it.
    #[sqlx(json)]
    pub details: Value,
}

const LATEST: &str =
    "SELECT at, actor, action, subject, details FROM audit_log ORDER BY at DESC, id DESC LIMIT $1";

/// The latest entries, newest first.
pub async fn latest(tx: &mut Transaction, limit: i64) -> Result<Vec<Entry>, StoreError> {
    Ok(both!(tx, |c| sqlx::query_as::<_, Entry>(LATEST).bind(limit).fetch_all(c).await)?)
}

const FORGET: &str = "DELETE FROM audit_log WHERE id IN
    (SELECT id FROM audit_log WHERE at < $1 ORDER BY at LIMIT $2)";

/// Drops at most `limit` entries that were written before the given time. Returns how many.
pub async fn forget(
    tx: &mut Transaction,
    before: DateTime<Utc>,
    limit: i64,
) -> Result<u64, StoreError> {
    erase::older(tx, FORGET, before, limit).await
}
