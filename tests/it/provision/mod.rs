//! What creates the clusters.

mod formats;
