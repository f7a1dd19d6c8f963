//! Maps and sets that keep the order in which they were filled.
//!
//! Their keys are short names out of a project, not of strangers: a quick hash does.

use rustc_hash::FxBuildHasher;

/// A map that keeps its order.
pub type IndexMap<K, V> = indexmap::IndexMap<K, V, FxBuildHasher>;

/// A set that keeps its order.
pub type IndexSet<T> = indexmap::IndexSet<T, FxBuildHasher>;
