//! What leads out of a file: addresses, and files of the project that it reads.

use std::ops::Range;

use ecow::EcoString;

use crate::source::{Db, SourceFile};
use crate::syntax::{self, Role};

/// Where a link leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    Web(EcoString),
    /// A file, from the project's root.
    File(EcoString),
}

/// The links of a file: of its strings that are addresses, or that name what is read.
#[must_use]
pub fn links(db: &dyn Db, file: SourceFile) -> Vec<(Range<usize>, Target)> {
    const READS: [&str; 5] = ["yaml", "json", "csv", "text", "file"];
    let mut found = Vec::new();
    for chunk in syntax::tokens(file.text(db)) {
        let tokens = chunk.tokens.unwrap_or_default();
        for (nth, token) in tokens.iter().enumerate().filter(|(_, it)| it.role == Role::Text) {
            let Some(inner) = token.text.strip_prefix('"').and_then(|it| it.strip_suffix('"')) else { continue };
            if inner.contains('\\') {
                continue;
            }
            let range = token.start + 1..token.start + 1 + inner.len();
            let function = nth.checked_sub(2).and_then(|it| tokens.get(it)).map(|it| it.text);
            if inner.starts_with("https://") || inner.starts_with("http://") {
                found.push((range, Target::Web(inner.into())));
            } else if function.is_some_and(|it| READS.contains(&it)) && db.data_file(inner).text(db).is_ok() {
                found.push((range, Target::File(inner.into())));
            }
        }
    }
    found
}
