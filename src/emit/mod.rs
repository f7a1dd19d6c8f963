//! Objects → files, still in memory.
//!
//! In: bundles and deployed clusters. Out: a [`FileTree`], path by path, text by
//! text. The only place that writes YAML. Touches no disk.

mod class;
mod document;
mod files;
mod filling;
mod lines;
mod patch;
mod tree;

pub use document::documents;
pub use files::{cluster_files, common_files, exact_files, header_line};
pub use lines::{Lines, Spot, SpotValues, lines_of};
pub use patch::with_patches;
pub use tree::{FileTree, GeneratedFile, HEADER, header_path};
