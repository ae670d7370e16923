//! Looks at what default branches hold, so that what changes bring is seen beside it: one at a time in each process, each
//! repository once an hour at most, and only while no review waits.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

use super::context::is_context;
use super::patience::Patience;
use super::{Platform, Worker};
use crate::analysis::{Analysis, Severity, check_tree_while};
use crate::change::{ContentId, Tree, is_python};
use crate::forge::{
    ChangeRequest, ForgeError, ListedFile, Retry, Revision, RevisionState, Sink, Wanted,
};
use crate::policy::Policy;
use crate::store::baselines::{self, Baseline, Wish};
use crate::store::trends::Counts;
use crate::store::{StoreError, Transaction, jobs};

/// How often a repository is looked at, at most.
const EVERY: TimeDelta = TimeDelta::hours(1);
/// When one is looked at again whose last look can't have another end soon.
const LATER: TimeDelta = TimeDelta::days(1);
/// When it is tried again after it made way for reviews.
const SOON: TimeDelta = TimeDelta::minutes(1);
/// An archive is not read further than this, in bytes as sent.
const MOST_PACKED: u64 = 256 << 20;
/// Nor further than this, in bytes as unpacked.
const MOST_UNPACKED: u64 = 2 << 30;

/// Looks at the default branch that has been due for longest. `false` when there was none, or reviews go first.
///
/// # Errors
/// When the store fails; the look is due again once its lease has run out.
pub async fn baseline(worker: &Worker, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let mut tx = worker.store.begin().await?;
    if reviews_wait(&mut tx).await? {
        return Ok(false);
    }
    let longest = worker.timings.deadline;
    // The analysis comes after what the deadline bounds.
    let lease = TimeDelta::from_std(longest * 2).unwrap_or(LATER);
    let Some(wish) = baselines::take(&mut tx, now, now + lease).await? else { return Ok(false) };
    tx.commit().await?;
    let repository = &wish.repository.full_name;
    let looked = match worker.platforms.get(wish.repository.forge) {
        None => Err(Trouble::NotSetUp),
        Some(platform) => {
            let fetched = tokio::time::timeout(longest, fetch(worker, platform, &wish)).await;
            let fetched = fetched.unwrap_or_else(|_| {
                Err(Trouble::TooBig(format!("it took more than {} s to read", longest.as_secs())))
            });
            look(worker, fetched).await?
        }
    };
    let mut tx = worker.store.begin().await?;
    let (over, problem, wait) = match &looked {
        Ok(_) => (true, None, EVERY),
        Err(trouble) => trouble.end(),
    };
    let held = baselines::give_back(&mut tx, &wish, over, problem.as_deref(), now + wait).await?;
    if !held {
        tracing::warn!(repository, "another process has looked at the default branch meanwhile");
        return Ok(true);
    }
    if let Ok(Some(looked)) = &looked {
        keep(&mut tx, &wish, looked, now).await?;
        let findings = looked.analysis.findings.len();
        tracing::info!(
            repository,
            commit = wish.commit_sha,
            findings,
            "looked at a default branch"
        );
    }
    tx.commit().await?;
    if let Some(problem) = problem {
        tracing::warn!(repository, problem, "a default branch was not looked at");
    }
    Ok(true)
}

/// Whether a review is due that nobody has taken yet.
async fn reviews_wait(tx: &mut Transaction) -> Result<bool, StoreError> {
    Ok(jobs::next_due(tx).await?.is_some_and(|due| due <= Utc::now()))
}

/// Why there is nothing to keep.
enum Trouble {
    NotSetUp,
    /// There is more to read than there may be.
    TooBig(String),
    Crashed,
    /// Reviews wait.
    InTheWay,
    Forge(ForgeError),
}

impl From<ForgeError> for Trouble {
    fn from(error: ForgeError) -> Self {
        Trouble::Forge(error)
    }
}

impl Trouble {
    /// Whether that was all for this commit, what to say of it, and when the next look may be.
    fn end(&self) -> (bool, Option<String>, TimeDelta) {
        match self {
            Trouble::NotSetUp => (true, Some("its platform is not set up".to_owned()), LATER),
            Trouble::TooBig(why) => (true, Some(why.clone()), LATER),
            Trouble::Crashed => (true, Some("the analysis crashed".to_owned()), LATER),
            Trouble::InTheWay => (false, None, SOON),
            Trouble::Forge(error) => match error.retry() {
                Retry::After(wait) => {
                    (false, None, TimeDelta::from_std(wait).unwrap_or(LATER).max(SOON))
                }
                Retry::Later => (false, Some(error.to_string()), EVERY),
                Retry::Never => (true, Some(error.to_string()), EVERY),
            },
        }
    }
}

/// All that is looked at of a commit.
struct Commit {
    files: BTreeMap<String, ListedFile>,
    bytes: Bytes,
}

impl Tree for Commit {
    fn read(&self, path: &str) -> Option<Arc<[u8]>> {
        self.bytes.get(&self.files.get(path)?.id).cloned()
    }

    fn paths(&self) -> Vec<String> {
        self.files.keys().cloned().collect()
    }

    fn content_id(&self, path: &str) -> Option<ContentId> {
        self.files.get(path).map(|file| file.id)
    }
}

/// Reads a commit's Python files, mostly from one archive. `None` when it has none.
async fn fetch(
    worker: &Worker,
    platform: &Platform,
    wish: &Wish,
) -> Result<Option<Commit>, Trouble> {
    let (forge, limits) = (&platform.forge, worker.contexts.limits);
    let (revision, sha) = (at_commit(wish), wish.commit_sha.as_str());
    let listing = forge.tree(&revision, sha, is_context).await?;
    let python = listing.files.keys().filter(|path| is_python(path)).count();
    if python == 0 && listing.whole {
        return Ok(None);
    }
    if !listing.whole || python > limits.files {
        let most = limits.files;
        return Err(Trouble::TooBig(format!(
            "it has more than {most} Python files, or more than the platform lists"
        )));
    }
    let files = listing.files;
    let too_long =
        || Trouble::TooBig(format!("its Python files have more than {} MiB", limits.bytes >> 20));
    if files.values().filter_map(|file| file.size).sum::<u64>() > limits.bytes {
        return Err(too_long());
    }
    let here = Arc::new(Here::default());
    let missing = || -> BTreeMap<String, ListedFile> {
        let missing = files.iter().filter(|(_, file)| !here.has(file.id));
        missing.map(|(path, file)| (path.clone(), *file)).collect()
    };
    let few = forge.few_contents();
    if files.len() > few {
        let (most_packed, most_unpacked) = (MOST_PACKED, MOST_UNPACKED);
        let wanted = Wanted { files: Arc::new(files.clone()), most_packed, most_unpacked };
        forge.archive(&revision, sha, wanted, &here.sink(limits.bytes)).await?;
    }
    let left = missing();
    if here.is_full(limits.bytes) {
        return Err(too_long());
    }
    if left.len() > few {
        return Err(Trouble::TooBig(format!(
            "its archive gives only {} of {} files",
            files.len() - left.len(),
            files.len()
        )));
    }
    if !left.is_empty() {
        let left: Vec<ListedFile> = left.into_values().collect();
        forge.contents(&revision, &left, &here.sink(limits.bytes)).await?;
    }
    if here.is_full(limits.bytes) {
        return Err(too_long());
    }
    Ok(Some(Commit { files, bytes: here.take() }))
}

/// Files by what they hold.
type Bytes = HashMap<ContentId, Arc<[u8]>>;

/// What was read so far.
#[derive(Default)]
struct Here(Mutex<Read>);

#[derive(Default)]
struct Read {
    bytes: Bytes,
    size: u64,
}

impl Here {
    fn read(&self) -> MutexGuard<'_, Read> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn has(&self, id: ContentId) -> bool {
        self.read().bytes.contains_key(&id)
    }

    fn is_full(&self, most: u64) -> bool {
        self.read().size > most
    }

    fn take(&self) -> Bytes {
        std::mem::take(&mut self.read().bytes)
    }

    fn sink(self: &Arc<Self>, most: u64) -> Sink {
        let here = self.clone();
        Arc::new(move |id, bytes| {
            let mut read = here.read();
            read.size += bytes.len() as u64;
            read.bytes.insert(id, bytes);
            read.size <= most
        })
    }
}

/// What a commit holds.
struct Looked {
    analysis: Analysis,
    /// Whether everybody may see the repository's badge.
    badge: bool,
}

/// Analyses a commit as `asyncwarden check` does, with the repository's own settings.
async fn look(
    worker: &Worker,
    fetched: Result<Option<Commit>, Trouble>,
) -> Result<Result<Option<Looked>, Trouble>, StoreError> {
    let commit = match fetched {
        Ok(Some(commit)) => commit,
        Ok(None) => return Ok(Ok(None)),
        Err(trouble) => return Ok(Err(trouble)),
    };
    let mut tx = worker.store.read().await?;
    let wait = reviews_wait(&mut tx).await?;
    drop(tx);
    if wait {
        return Ok(Err(Trouble::InTheWay));
    }
    let Ok(place) = worker.analyses.clone().acquire_owned().await else {
        return Ok(Err(Trouble::Crashed));
    };
    let patience = Patience::new(worker.timings.deadline);
    let time = patience.time();
    let analysing = tokio::task::spawn_blocking(move || {
        let _place = place;
        let (policy, _) = Policy::from_files(|name| commit.read(name));
        let python: Vec<String> =
            commit.files.keys().filter(|path| is_python(path)).cloned().collect();
        let go_on = || time.goes_on();
        let analysis = check_tree_while(&commit, &python, &policy, Some(&go_on));
        Looked { analysis, badge: policy.badge }
    });
    let looked = analysing.await;
    if patience.is_over() {
        // Half a count would look like repairs.
        let secs = worker.timings.deadline.as_secs();
        return Ok(Err(Trouble::TooBig(format!("it took more than {secs} s to analyse"))));
    }
    Ok(looked.map(Some).map_err(|_| Trouble::Crashed))
}

async fn keep(
    tx: &mut Transaction,
    wish: &Wish,
    Looked { analysis, badge }: &Looked,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let mut found = Counts::default();
    let mut rules: BTreeMap<(&str, Severity), i64> = BTreeMap::new();
    for finding in &analysis.findings {
        found.add(finding.severity, 1);
        *rules.entry((finding.rule.code, finding.severity)).or_default() += 1;
    }
    let baseline = Baseline {
        commit_sha: wish.commit_sha.clone(),
        branch: wish.branch.clone(),
        at: now,
        files: analysis.files_analysed as i64,
        lines: analysis.lines_analysed as i64,
        found,
        badge: *badge,
    };
    let rules: Vec<_> =
        rules.into_iter().map(|((rule, severity), n)| (rule, severity, n)).collect();
    baselines::add(tx, wish.repository_id, &baseline, &rules).await
}

/// What a client needs to read a commit that is the head of no change request.
fn at_commit(wish: &Wish) -> Revision {
    Revision {
        change: ChangeRequest { repository: wish.repository.clone(), number: 0 },
        head_sha: wish.commit_sha.clone(),
        base_sha: String::new(),
        target_sha: String::new(),
        target_branch: wish.branch.clone(),
        title: String::new(),
        author: None,
        state: RevisionState::Open,
        draft: false,
        web_url: String::new(),
        token: serde_json::Value::Null,
    }
}
