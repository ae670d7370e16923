//! Whether a call's sender may speak of the repository that the call is about.

use super::{Web, WebError};
use crate::forge::webhook::{Call, Entitled, Receiver, Wish};
use crate::store::repositories;

/// Refuses a call about a repository that its secret is not for. What is done later is done to the repository of that number,
/// so its number has to belong to a name that the secret covers: by what is known of it, or by what the platform says. The name
/// in the call is the sender's own word.
pub(super) async fn check(web: &Web, receiver: &dyn Receiver, call: &Call) -> Result<(), WebError> {
    const REFUSAL: WebError =
        WebError::Unauthenticated("this secret is not for the repository of that number");
    if call.entitled == Entitled::All || matches!(call.wish, Wish::Greeting | Wish::Nothing(_)) {
        return Ok(());
    }
    let repository = call.wish.repository().filter(|id| call.wish.is_only_about(*id));
    let Some(repository) = repository else { return Err(REFUSAL) };
    let mut tx = web.store.begin().await?;
    let known = repositories::name(&mut tx, receiver.kind(), repository).await?;
    tx.commit().await?;
    if known.is_some_and(|name| call.entitled.covers(&name)) {
        return Ok(());
    }
    // A repository that is new, or that was moved.
    match receiver.name_of(repository).await {
        Ok(Some(name)) if call.entitled.covers(&name) => Ok(()),
        Ok(_) => Err(REFUSAL),
        Err(error) => Err(WebError::PlatformAway(error)),
    }
}
