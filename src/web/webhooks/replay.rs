//! Taking a delivery again that is kept, by an admin's wish.

use chrono::Utc;
use serde_json::json;

use super::act::act;
use crate::forge::webhook::Receivers;
use crate::store::audit::{self, Action, Actor};
use crate::store::{Store, deliveries};
use crate::web::WebError;

/// Does again what a delivery wants, as if it came again. It was proven when it came, so that nothing is proven now.
///
/// # Errors
/// [`WebError::NotFound`] when there is no such delivery, or its platform is not set up; [`WebError::Malformed`] when its payload
/// is not kept, or not understood.
pub(crate) async fn replay(
    store: &Store,
    receivers: &Receivers,
    id: i64,
    by: Option<&str>,
) -> Result<(), WebError> {
    let now = Utc::now();
    let mut tx = store.begin().await?;
    let kept = deliveries::kept(&mut tx, id).await?;
    let kept = kept.ok_or(WebError::NotFound("there is no such delivery; it may be forgotten"))?;
    let payload = kept.payload.ok_or_else(|| {
        WebError::Malformed(
            "the payload of this delivery is not kept, so it can't be taken again".to_owned(),
        )
    })?;
    let receiver = receivers.iter().find(|receiver| receiver.kind() == kept.forge);
    let receiver = receiver.ok_or(WebError::NotFound("this platform is not configured"))?;
    let wish = receiver.reread(&kept.event, &payload)?;
    let done = act(&mut tx, kept.forge, &wish, now).await?;
    deliveries::replayed(&mut tx, id, done.outcome, now).await?;
    let subject = audit::delivery(kept.forge, &kept.delivery_id);
    let details = json!({ "event": kept.event, "jobs": done.jobs, "by": by });
    audit::note(&mut tx, Actor::Operator, Action::DeliveryReplayed, &subject, details, now).await?;
    tx.commit().await?;
    tracing::info!(delivery.id = kept.delivery_id, jobs = done.jobs, "delivery taken again");
    Ok(())
}
