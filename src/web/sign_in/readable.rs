//! What somebody can read on their platform: asked there, believed for a while.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::SignIn;
use crate::forge::ForgeKind;
use crate::forge::identity::{Grant, Identity, IdentityError, IdentityProvider, Readable};
use crate::store::people::{self, Person};
use crate::store::{Store, StoreError, repositories};
use crate::web::WebError;

/// How long an answer is taken as it is.
const FRESH: TimeDelta = TimeDelta::minutes(2);
/// How long it is taken while another is asked for.
const USABLE: TimeDelta = TimeDelta::minutes(10);
/// How long it is taken while the platform gives no answer.
const LAST_RESORT: TimeDelta = TimeDelta::minutes(30);
/// How long asking may take before somebody else may try.
const ASKING: TimeDelta = TimeDelta::seconds(60);
/// How long one waits for somebody else who asks, and how often one looks.
const WAITS: u32 = 100;
const WAIT: Duration = Duration::from_millis(100);
/// A grant that ends sooner is renewed first.
const ENDS_SOON: TimeDelta = TimeDelta::minutes(1);

/// Why it is not known what somebody can read.
#[derive(Debug, thiserror::Error)]
pub(super) enum AskError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Identity(#[from] IdentityError),
    #[error("another process has asked for long")]
    Rival,
}

/// Sees to it that it is known what a person can read.
pub(super) async fn know(sign_in: &SignIn, store: &Store, person: &Person) -> Result<(), WebError> {
    let age = person.readable_at.map(|at| Utc::now() - at);
    match age {
        Some(age) if age < FRESH => return Ok(()),
        Some(age) if age < USABLE => {
            let (sign_in, store, person) = (sign_in.clone(), store.clone(), person.clone());
            tokio::spawn(async move {
                if let Err(error) = ask(&sign_in, &store, &person).await {
                    tracing::warn!(%error, login = person.login, "it was not asked what they can read");
                }
            });
            return Ok(());
        }
        _ => {}
    }
    match ask(sign_in, store, person).await {
        Ok(()) => Ok(()),
        Err(AskError::Identity(IdentityError::Refused(said))) => {
            tracing::info!(
                login = person.login,
                said,
                "their grant is over; they have to sign in again"
            );
            let mut tx = store.begin().await?;
            people::revoked(&mut tx, &person.provider, &person.subject).await?;
            tx.commit().await?;
            Err(WebError::NotSignedIn)
        }
        Err(AskError::Store(error)) => Err(error.into()),
        Err(error) if age.is_some_and(|age| age < LAST_RESORT) => {
            tracing::warn!(%error, login = person.login, "what they could read is taken as it was");
            Ok(())
        }
        Err(error) => Err(WebError::IdentityAway(error.into())),
    }
}

/// Whether a person can read one repository (its row) that is not among those that they were given access to: one that
/// everybody can read. It counts until it is asked again what they can read.
pub(super) async fn reveal(
    sign_in: &SignIn,
    store: &Store,
    person: i64,
    repository_id: i64,
) -> Result<bool, AskError> {
    let (person, repository) = {
        let mut tx = store.read().await?;
        let person = people::person(&mut tx, person).await?;
        (person, repositories::by_row(&mut tx, repository_id).await?)
    };
    let (Some(person), Some(repository)) = (person, repository) else { return Ok(false) };
    let Some(provider) = sign_in.provider(&person.provider) else { return Ok(false) };
    let Person { subject, login, sealed_grant, .. } = person;
    let grant = sealed_grant.and_then(|sealed| sign_in.0.keys.grants.open(&sealed, &subject));
    let identity = Identity { subject, login };
    if !provider.can_read(&identity, grant.as_ref(), &repository).await? {
        return Ok(false);
    }
    let mut tx = store.begin().await?;
    people::add_readable(&mut tx, person.id, repository_id).await?;
    tx.commit().await?;
    Ok(true)
}

/// Asks what a person can read, unless somebody else is just asking; then it waits for that.
pub(super) async fn ask(sign_in: &SignIn, store: &Store, person: &Person) -> Result<(), AskError> {
    let now = Utc::now();
    let mut tx = store.begin().await?;
    let ours = people::take_on(&mut tx, person.id, now, now + ASKING).await?;
    tx.commit().await?;
    if !ours {
        return wait(store, person).await;
    }
    let asked = ask_provider(sign_in, store, person, now).await;
    if asked.is_err() {
        let mut tx = store.begin().await?;
        people::give_up(&mut tx, person.id).await?;
        tx.commit().await?;
    }
    asked
}

/// Waits until somebody else has asked.
async fn wait(store: &Store, person: &Person) -> Result<(), AskError> {
    for _ in 0..WAITS {
        tokio::time::sleep(WAIT).await;
        let mut tx = store.read().await?;
        let now = people::person(&mut tx, person.id).await?;
        if now.is_some_and(|now| now.readable_at > person.readable_at) {
            return Ok(());
        }
    }
    Err(AskError::Rival)
}

async fn ask_provider(
    sign_in: &SignIn,
    store: &Store,
    person: &Person,
    now: DateTime<Utc>,
) -> Result<(), AskError> {
    let gone = || IdentityError::Refused("this way to sign in is not set up any more".to_owned());
    let provider = sign_in.provider(&person.provider).ok_or_else(gone)?;
    let identity = Identity { subject: person.subject.clone(), login: person.login.clone() };
    let grants = &sign_in.0.keys.grants;
    let sealed = {
        let mut tx = store.read().await?;
        // Whoever asked before may have renewed it.
        people::person(&mut tx, person.id).await?.and_then(|person| person.sealed_grant)
    };
    let mut grant = sealed.and_then(|sealed| grants.open(&sealed, &person.subject));
    if let Some(old) = &grant
        && old.expires_at.is_some_and(|end| end < now + ENDS_SOON)
        && let Some(new) = renew(sign_in, store, person, provider.as_ref(), old).await?
    {
        grant = Some(new);
    }
    let known = {
        let mut tx = store.read().await?;
        repositories::all(&mut tx).await?
    };
    let readable = provider.readable(&identity, grant.as_ref(), &known).await?;
    // No platform knows them: they can read nothing.
    let none = || Readable { forge: ForgeKind::ALL[0], repositories: Vec::new() };
    let readable = readable.unwrap_or_else(none);
    let mut tx = store.begin().await?;
    let (forge, found) = (readable.forge, &readable.repositories);
    people::set_readable(&mut tx, person.id, forge, found, Utc::now()).await?;
    tx.commit().await?;
    Ok(())
}

/// Renews a grant, and keeps the new one at once: the old one can be used no more.
async fn renew(
    sign_in: &SignIn,
    store: &Store,
    person: &Person,
    provider: &dyn IdentityProvider,
    old: &Grant,
) -> Result<Option<Grant>, AskError> {
    let Some(new) = provider.renew(old).await? else { return Ok(None) };
    let sealed = sign_in.0.keys.grants.seal(&new, &person.subject);
    let mut tx = store.begin().await?;
    people::keep_grant(&mut tx, person.id, Some(&sealed)).await?;
    tx.commit().await?;
    Ok(Some(new))
}
