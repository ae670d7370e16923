//! What has become of an installation: which repositories the platform lets us reach.

use chrono::{DateTime, Utc};
use serde_json::json;

use crate::forge::webhook::{Installation, Told};
use crate::forge::{ChangeRequest, ForgeKind};
use crate::store::audit::{self, Action, Actor};
use crate::store::installations::{self, Became, Known};
use crate::store::{StoreError, Transaction, change_requests};

/// Most open change requests that are looked at since they can be reached again; the others wait for their next event.
const MOST_LOOKED_AT: usize = 200;

/// Notes it. Returns the installation's row, and the open change requests that can be reached again.
pub(super) async fn note(
    said: &Installation,
    tx: &mut Transaction,
    forge: ForgeKind,
    now: DateTime<Utc>,
) -> Result<(i64, Vec<ChangeRequest>), StoreError> {
    let became = match said.told {
        Told::Present(_) => Some(Became::Present),
        Told::Suspended => Some(Became::Suspended),
        Told::Removed => Some(Became::Removed),
        Told::Added(_) | Told::TakenOut(_) | Told::Renamed => None,
    };
    let account = said.account.as_deref();
    let Known { id: row, removed } = match became {
        Some(became) => installations::became(tx, forge, said.id, account, became, now).await?,
        None => installations::remember(tx, forge, said.id, now).await?,
    };
    let reached = match &said.told {
        // What comes late of an installation that is gone moves nothing to it.
        Told::Present(_) | Told::Added(_) if removed => Vec::new(),
        Told::Present(named) => {
            installations::take_in(tx, forge, row, named).await?;
            installations::repositories(tx, row).await?
        }
        Told::Added(added) => {
            let back = installations::take_in(tx, forge, row, added).await?;
            note_moved(said.id, tx, forge, Action::RepositoriesReturned, back.len(), now).await?;
            back
        }
        Told::TakenOut(removed) => {
            let gone = installations::take_out(tx, forge, removed, now).await?;
            note_moved(said.id, tx, forge, Action::RepositoriesRemoved, gone as usize, now).await?;
            Vec::new()
        }
        Told::Renamed => {
            installations::renamed(tx, row, account, now).await?;
            Vec::new()
        }
        Told::Suspended | Told::Removed => Vec::new(),
    };
    let ended = installations::end_jobs(tx, row, now).await?;
    if ended > 0 {
        tracing::info!(jobs = ended, "ended jobs of repositories that are out of reach");
    }
    let mut changes = Vec::new();
    for repository in reached {
        let room = MOST_LOOKED_AT - changes.len();
        changes.extend(change_requests::open_in(tx, repository, room as i64).await?);
    }
    Ok((row, changes))
}

async fn note_moved(
    id: i64,
    tx: &mut Transaction,
    forge: ForgeKind,
    action: Action,
    repositories: usize,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    if repositories == 0 {
        return Ok(());
    }
    let subject = audit::installation(forge, id);
    let details = json!({ "repositories": repositories });
    audit::note(tx, Actor::Platform, action, &subject, details, now).await
}
