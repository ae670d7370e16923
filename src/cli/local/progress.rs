//! Shows on a terminal how far a long run is.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::change::{ContentId, Tree};

/// A run that ends sooner shows nothing.
const PATIENCE: Duration = Duration::from_secs(1);

/// A tree that moves a progress bar whenever a file is read for the first time.
pub(in crate::cli) struct Counted<'a> {
    tree: &'a dyn Tree,
    awaited: Mutex<HashSet<String>>,
    bar: ProgressBar,
    started: Instant,
}

impl<'a> Counted<'a> {
    /// Counts reads of these files. Nothing is drawn if standard error is no terminal, or if `quiet`.
    pub(in crate::cli) fn new(tree: &'a dyn Tree, files: &[String], quiet: bool) -> Self {
        let target =
            if quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        let bar = ProgressBar::with_draw_target(Some(files.len() as u64), target);
        let style = ProgressStyle::with_template("{wide_bar} {pos}/{len} files, {eta} left");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        let awaited = Mutex::new(files.iter().cloned().collect());
        Self { tree, awaited, bar, started: Instant::now() }
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

impl Tree for Counted<'_> {
    fn read(&self, path: &str) -> Option<Arc<[u8]>> {
        if let Ok(mut awaited) = self.awaited.lock()
            && awaited.remove(path)
            && self.started.elapsed() > PATIENCE
        {
            let files = self.bar.length().unwrap_or_default();
            self.bar.set_position(files.saturating_sub(awaited.len() as u64));
        }
        self.tree.read(path)
    }

    fn paths(&self) -> Vec<String> {
        self.tree.paths()
    }
    fn listing(&self) -> Option<Vec<(String, ContentId)>> {
        self.tree.listing()
    }

    fn content_id(&self, path: &str) -> Option<ContentId> {
        self.tree.content_id(path)
    }
}
