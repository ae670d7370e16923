//! Hash tables for names and handles. Half of what the inference does is looking things up, and the standard hash, made
//! against attackers who choose keys over a network, takes longer than all else about it.

use foldhash::fast::RandomState;

/// Values by keys, in no order.
pub type Table<K, V> = std::collections::HashMap<K, V, RandomState>;

/// Keys, in no order.
pub type Set<K> = std::collections::HashSet<K, RandomState>;
