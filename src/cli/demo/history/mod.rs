//! A made-up history, so that the dashboard has something to show: half a year of six teams' work.
//!
//! ```text
//! team ─ what a repository is, and its habits     code ─ what its reviews can find: what the rules find in its files
//! plan ─ change requests with their pushes, from habits and chance that is the same each time
//! store ─ written as review jobs write it         platform ─ shown by the simulated platform
//! ```

mod calls;
mod chance;
mod code;
mod default_branch;
mod hours;
mod plan;
mod platform;
mod review;
mod team;

use anyhow::Context as _;
use chrono::{DateTime, TimeDelta, Utc};

use crate::forge::simulator::{INSTALLATION_ID, Simulator};
use crate::forge::{ForgeKind, RepositoryRef};
use crate::store::{Store, Transaction, repositories};
use code::Code;
use plan::{Change, What};
use team::Team;

/// How far it goes back, with the week that has begun.
const WEEKS: i64 = 26;
/// How much is written in one transaction.
const BATCH: usize = 250;

/// A team with what its repository holds and what became of it.
struct Told {
    team: &'static Team,
    code: Code,
    repository: RepositoryRef,
    changes: Vec<Change>,
}

/// Makes a history up that ends now, and writes it into the store and onto the simulated platform, which is at the
/// address. The same store, platform and time give the same history.
///
/// # Errors
/// When the store fails.
pub async fn fill(
    store: &Store,
    simulator: &Simulator,
    address: &str,
    forge: ForgeKind,
    now: DateTime<Utc>,
) -> anyhow::Result<()> {
    let told = tell(simulator, forge, now);
    platform::show(&mut simulator.state(), &told);
    write(store, &told, address, now).await.context("the history could not be written")
}

/// All of it, in memory.
fn tell(simulator: &Simulator, forge: ForgeKind, now: DateTime<Utc>) -> Vec<Told> {
    let mut state = simulator.state();
    let told = team::TEAMS.iter().map(|team| {
        let code = Code::read(team);
        let changes = plan::changes(team, &code, now);
        let repository = RepositoryRef {
            forge,
            external_id: platform::repository(&mut state, team.name, &code),
            full_name: team.name.to_owned(),
            installation_id: (forge == ForgeKind::GitHub).then_some(INSTALLATION_ID),
        };
        Told { team, code, repository, changes }
    });
    told.collect()
}

/// Writes what happened in the order in which it did, whoever it happened to.
async fn write(
    store: &Store,
    told: &[Told],
    address: &str,
    now: DateTime<Utc>,
) -> anyhow::Result<()> {
    let mut tx = store.begin().await?;
    remember(&mut tx, told, now).await?;
    let mut events: Vec<_> = told
        .iter()
        .flat_map(|one| one.changes.iter().map(move |change| (one, change)))
        .flat_map(|(one, change)| change.events().map(move |(at, what)| (at, one, change, what)))
        .collect();
    events.sort_by_key(|(at, ..)| *at);
    let mut rows = review::Rows::default();
    for batch in events.chunks(BATCH) {
        for (at, one, change, what) in batch {
            let mut scene =
                review::Scene { tx: &mut tx, rows: &mut rows, told: one, change, address };
            match what {
                What::Pushed(push) => {
                    scene.review(push).await?;
                    calls::pushed(&mut tx, one, change, push, now).await?;
                }
                What::Kept(kept) => scene.keep(kept).await?,
                What::Ended(state) => scene.end(*state, *at).await?,
            }
        }
        tx.commit().await?;
        tx = store.begin().await?;
    }
    for one in told {
        default_branch::look(&mut tx, one, now).await?;
    }
    calls::give_up(&mut tx, told, now).await?;
    Ok(tx.commit().await?)
}

/// Makes the repositories known as of the beginning.
async fn remember(tx: &mut Transaction, told: &[Told], now: DateTime<Utc>) -> anyhow::Result<()> {
    for one in told {
        repositories::remember(tx, &one.repository, now - TimeDelta::weeks(WEEKS)).await?;
    }
    Ok(())
}
