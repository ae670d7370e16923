//! The platforms that the service speaks with.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::forge::{Forge, ForgeKind};
use crate::review::Marker;

/// A platform, and how our comments there are known again.
#[derive(Clone)]
pub struct Platform {
    /// Its client.
    pub forge: Arc<dyn Forge>,
    /// Signs and verifies hidden markers.
    pub marker: Marker,
}

/// The platforms that are set up.
#[derive(Clone, Default)]
pub struct Platforms(BTreeMap<ForgeKind, Platform>);

impl Platforms {
    /// Adds a platform, or replaces it.
    pub fn insert(&mut self, platform: Platform) {
        self.0.insert(platform.forge.kind(), platform);
    }

    /// The platform, if it is set up.
    pub fn get(&self, kind: ForgeKind) -> Option<&Platform> {
        self.0.get(&kind)
    }

    /// All that are set up.
    pub fn all(&self) -> impl Iterator<Item = &Platform> {
        self.0.values()
    }
}
