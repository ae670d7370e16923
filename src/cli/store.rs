//! Moves the store's content from one store to another, or deletes what it keeps of a repository.

use std::path::PathBuf;

use anyhow::{Context, bail};
use chrono::Utc;
use clap::Subcommand;
use serde_json::json;
use tokio::sync::mpsc;

use super::Outcome;
use super::on_store::{on_new_store, on_store};
use crate::forge::ForgeKind;
use crate::settings::Arguments;
use crate::store::audit::{self, Action, Actor};
use crate::store::erase::{self, Step};
use crate::store::{Sees, Store, dump, repositories};

mod file;

/// How many lines are at hand between the store and the file.
const AT_HAND: usize = 256;

/// What the command takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Write everything that the store keeps to a file of JSON lines, as of one moment.
    ///
    /// The embedded store must not be in use by a service; PostgreSQL may be.
    Export {
        /// Where to; gzipped when the name ends in `.gz`, standard output for `-`.
        file: PathBuf,
        #[command(flatten)]
        settings: Arguments,
    },
    /// Fill a new store from such a file: all of it or nothing.
    Import {
        /// Where from; gzipped or not, standard input for `-`.
        file: PathBuf,
        #[command(flatten)]
        settings: Arguments,
    },
    /// Delete everything that the store keeps of a repository. The next webhook call that speaks of it begins anew.
    Forget {
        /// `github` or `gitlab`.
        #[arg(value_parser = platform)]
        platform: ForgeKind,
        /// The repository's full name: `owner/name`, `group/sub/project`.
        repository: String,
        #[command(flatten)]
        settings: Arguments,
    },
}

fn platform(name: &str) -> Result<ForgeKind, &'static str> {
    ForgeKind::from_name(name).ok_or("neither github nor gitlab")
}

/// Runs the command.
pub fn run(args: Args) -> anyhow::Result<Outcome> {
    match args.command {
        Command::Export { file, settings } => {
            on_store(settings, async |store| export(store, file).await)
        }
        Command::Import { file, settings } => {
            on_new_store(settings, async |store| import(store, file).await)
        }
        Command::Forget { platform, repository, settings } => {
            on_store(settings, async |store| forget(store, platform, &repository).await)
        }
    }?;
    Ok(Outcome::Passed)
}

async fn export(store: &Store, path: PathBuf) -> anyhow::Result<()> {
    let (lines, taken) = mpsc::channel(AT_HAND);
    let name = path.display().to_string();
    let writing = tokio::task::spawn_blocking(move || file::write(path, taken));
    let mut tx = store.snapshot().await?;
    let exported = dump::export(&mut tx, &lines, Utc::now()).await;
    drop((lines, tx));
    // What the file lacks room for is why nobody takes lines any more.
    let written = writing.await?.with_context(|| format!("cannot write {name}"))?;
    let rows = match exported {
        Ok(rows) => rows,
        Err(error) => {
            written.discard().await;
            return Err(error.into());
        }
    };
    written.keep().await.with_context(|| format!("cannot write {name}"))?;
    let mut tx = store.begin().await?;
    let details = json!({ "rows": rows });
    audit::note(&mut tx, Actor::Operator, Action::Export, "store", details, Utc::now()).await?;
    tx.commit().await?;
    eprintln!("exported {rows} rows");
    Ok(())
}

async fn import(store: &Store, path: PathBuf) -> anyhow::Result<()> {
    let name = path.display().to_string();
    let opened = tokio::task::spawn_blocking(move || file::open(path)).await?;
    let reader = opened.with_context(|| format!("cannot read {name}"))?;
    let (given, mut lines) = mpsc::channel(AT_HAND);
    let reading = tokio::task::spawn_blocking(move || file::read(reader, &given));
    let mut tx = store.begin().await?;
    let imported = dump::import(&mut tx, &mut lines, Utc::now()).await;
    // Nobody reads on when something is wrong.
    drop(lines);
    let rows = imported.with_context(|| format!("nothing was imported from {name}"))?;
    reading.await?;
    tx.commit().await?;
    eprintln!("imported {rows} rows");
    Ok(())
}

async fn forget(store: &Store, platform: ForgeKind, repository: &str) -> anyhow::Result<()> {
    let mut tx = store.read().await?;
    let doomed = erase::named(&mut tx, platform, repository).await?;
    if doomed.is_empty() {
        match repositories::renamed(&mut tx, Sees::All, platform, repository).await? {
            Some(new) => bail!("{repository} is called {new} by now"),
            None => bail!("the store has no repository {repository} of {}", platform.title()),
        }
    }
    drop(tx);
    for doomed in &doomed {
        loop {
            let mut tx = store.begin().await?;
            let step = erase::step(&mut tx, doomed, Actor::Operator, Utc::now()).await?;
            tx.commit().await?;
            if step != Step::More {
                break;
            }
        }
    }
    println!("deleted what was kept of {repository}");
    Ok(())
}
