//! Paths of the tree that not every system can have, or can tell apart.

use std::collections::BTreeMap;

use ecow::{EcoString, eco_format};

use crate::diagnostic::{Diagnostic, Place, code};
use crate::emit::FileTree;
use crate::schema;

/// Directories and files that a checkout on Windows or macOS would not have, or would have once.
pub(super) fn problems(tree: &FileTree) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut known: BTreeMap<String, &str> = BTreeMap::new();
    for path in tree.files.keys() {
        let ends = path.match_indices('/').map(|(at, _)| at).chain(std::iter::once(path.len()));
        for part in ends.filter_map(|at| path.get(..at)) {
            let folded = part.to_lowercase();
            if let Some(other) = known.get(folded.as_str()) {
                if *other != part {
                    found.push(clash(part, other));
                }
                continue;
            }
            known.insert(folded, part);
            let name = part.rsplit('/').next().unwrap_or(part);
            if schema::is_impossible(name) {
                found.push(impossible(part, name));
            }
        }
    }
    found.dedup();
    found
}

fn clash(path: &str, other: &str) -> Diagnostic {
    let message = eco_format!("`{path}` and `{other}` differ in case alone");
    Diagnostic::new(code::PATHS_CLASH, message, Place::File(path.into()), "a file or directory of the tree")
        .note("on macOS and Windows they are one: a checkout has one of the two")
        .help("call one of the declarations, or its `directory`, otherwise")
}

fn impossible(path: &str, name: &str) -> Diagnostic {
    let message: EcoString = eco_format!("`{name}` in `{path}` cannot be the name of a file on Windows");
    Diagnostic::new(code::PATHS_CLASH, message, Place::File(path.into()), "a file or directory of the tree")
        .note("the repository could not be checked out there")
        .help("call the declaration, its `directory` or its `path` otherwise")
}
