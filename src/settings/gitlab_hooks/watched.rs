//! Secrets of webhooks while the service runs: a file that changes is read again, so that a secret can be replaced without a
//! moment in which calls are refused.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use async_trait::async_trait;

use super::HooksFile;
use super::file::parse;
use crate::forge::gitlab::{HookSecrets, SecretSource};

/// Secrets of the settings, and of a file.
pub struct WatchedHooks {
    own: Vec<HookSecrets>,
    file: Option<HooksFile>,
    seen: Mutex<Seen>,
}

struct Seen {
    stamp: Option<Stamp>,
    all: Arc<[HookSecrets]>,
}

/// What tells one state of a file from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    changed: Option<SystemTime>,
    length: u64,
    number: u64,
}

impl WatchedHooks {
    /// Starts with what the file held when it was read.
    pub fn new(own: Vec<HookSecrets>, file: Option<HooksFile>) -> Self {
        let filed = file.as_ref().map(HooksFile::secrets).unwrap_or_default();
        let all = own.iter().chain(filed).cloned().collect();
        Self { own, file, seen: Mutex::new(Seen { stamp: None, all }) }
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl SecretSource for WatchedHooks {
    fn current(&self) -> Arc<[HookSecrets]> {
        Arc::clone(&self.seen().all)
    }

    async fn refresh(&self) {
        let Some(file) = &self.file else { return };
        let stamp = match tokio::fs::metadata(file.path()).await {
            Ok(metadata) => Stamp::of(&metadata),
            // What was known goes on to count.
            Err(_) => return,
        };
        if self.seen().stamp == Some(stamp) {
            return;
        }
        let read = tokio::fs::read_to_string(file.path()).await.map_err(|error| error.to_string());
        let read = read.and_then(|text| parse(&text));
        let mut seen = self.seen();
        seen.stamp = Some(stamp);
        match read {
            Ok(filed) => seen.all = self.own.iter().cloned().chain(filed).collect(),
            Err(problem) => {
                tracing::warn!(
                    "{}",
                    file.refuse(format_args!("{problem}; what it held before counts"))
                );
            }
        }
    }
}

impl Stamp {
    fn of(metadata: &std::fs::Metadata) -> Self {
        #[cfg(unix)]
        let number = std::os::unix::fs::MetadataExt::ino(metadata);
        #[cfg(not(unix))]
        let number = 0;
        Self { changed: metadata.modified().ok(), length: metadata.len(), number }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{FreshSecret, SecretKind};

    #[tokio::test]
    async fn a_file_that_changes_is_read_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = HooksFile::at(folder.path().join("hooks.toml"));
        let fresh = || [FreshSecret::new(SecretKind::Token)];
        file.add("a", &fresh()).expect("it is made");
        let own = HookSecrets::for_all(vec!["own".into()], Vec::new());
        let read = file.clone().read().expect("it is valid");
        let watched = WatchedHooks::new(vec![own], Some(read));
        let scopes = || -> Vec<Option<String>> {
            watched.current().iter().map(|hook| hook.scope.clone()).collect()
        };
        let (a, b) = (Some("a".to_owned()), Some("b".to_owned()));
        assert_eq!(scopes(), [None, a.clone()]);
        file.add("b", &fresh()).expect("it is added");
        assert_eq!(scopes(), [None, a.clone()]);
        watched.refresh().await;
        assert_eq!(scopes(), [None, a.clone(), b.clone()]);
        for broken in [Some("[[hook]]\ntoken = []"), None] {
            match broken {
                Some(text) => std::fs::write(file.path(), text).expect("it is written"),
                None => std::fs::remove_file(file.path()).expect("it is removed"),
            }
            watched.refresh().await;
            assert_eq!(scopes(), [None, a.clone(), b.clone()], "{broken:?}");
        }
    }
}
