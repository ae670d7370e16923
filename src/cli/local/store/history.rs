//! Where two lines of development parted.

use std::collections::{BinaryHeap, HashMap};

use super::Store;
use super::object::{self, Id, Kind};

/// Most commits that are looked at before git is asked, which has an index of them.
const MAX_COMMITS: usize = 5_000;

const LEFT: u8 = 1;
const RIGHT: u8 = 2;
/// Below a common ancestor.
const STALE: u8 = 4;

impl Store {
    /// The best common ancestor. `None` when there is none, when there are several, or when that takes long to find out.
    pub(in crate::cli) fn merge_base(&self, left: &Id, right: &Id) -> Option<Id> {
        if left == right {
            return Some(*left);
        }
        let mut flags: HashMap<Id, u8> = HashMap::from([(*left, LEFT), (*right, RIGHT)]);
        let mut queue = BinaryHeap::from([(self.date(left)?, *left), (self.date(right)?, *right)]);
        let mut common = Vec::new();
        let is_open = |flags: &HashMap<Id, u8>, queue: &BinaryHeap<(u64, Id)>| {
            queue.iter().any(|(_, id)| flags[id] & STALE == 0)
        };
        let mut looked_at = 0;
        while is_open(&flags, &queue) {
            looked_at += 1;
            if looked_at > MAX_COMMITS {
                return None;
            }
            let (_, id) = queue.pop()?;
            let mut mine = flags[&id];
            if mine == LEFT | RIGHT {
                common.push(id);
                mine |= STALE;
            }
            for parent in self.parents(&id)? {
                let theirs = flags.entry(parent).or_default();
                if *theirs & mine != mine {
                    *theirs |= mine;
                    queue.push((self.date(&parent)?, parent));
                }
            }
        }
        common.sort();
        common.dedup();
        common.retain(|id| flags[id] & STALE == 0);
        match common[..] {
            [one] => Some(one),
            _ => None,
        }
    }

    /// The parents of a commit, as far as the clone reaches.
    pub(super) fn parents(&self, commit: &Id) -> Option<Vec<Id>> {
        if self.shallow.contains(commit) {
            return Some(Vec::new());
        }
        let object = self.object(commit).filter(|object| object.kind == Kind::Commit)?;
        object::fields(&object.bytes, "parent").map(object::id).collect()
    }

    /// When a commit was made, in seconds.
    fn date(&self, commit: &Id) -> Option<u64> {
        let object = self.object(commit).filter(|object| object.kind == Kind::Commit)?;
        let committer = object::field(&object.bytes, "committer")?;
        committer.rsplit(' ').nth(1)?.parse().ok()
    }
}
