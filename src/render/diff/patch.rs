//! The generated tree, as `git diff` would show it: `git apply` takes it.

use std::collections::BTreeSet;
use std::fmt::Write;

use ecow::{EcoString, eco_format};
use similar::TextDiff;

use crate::emit::FileTree;
use crate::render::credentials::Met;

/// Every file that is not what it was; `prefix` is where the tree lies in its repository.
#[must_use]
pub fn diff_patch(old: &FileTree, new: &FileTree, prefix: &str) -> String {
    let paths: BTreeSet<&EcoString> = old.files.keys().chain(new.files.keys()).collect();
    let mut met = Met::default();
    let mut text = |tree: &FileTree, path: &EcoString| tree.files.get(path).map(|it| met.yaml(&it.text()));
    let mut out = String::new();
    for path in paths {
        if old.files.get(path) == new.files.get(path) {
            continue;
        }
        let (before, after) = (text(old, path), text(new, path));
        let whole = if prefix.is_empty() { path.clone() } else { eco_format!("{prefix}/{path}") };
        let name = |text: &Option<String>, side: &str| match text {
            Some(_) => quoted(&format!("{side}/{whole}")),
            None => "/dev/null".to_owned(),
        };
        // Writing to a String cannot fail.
        let _ = writeln!(out, "diff --git {} {}", quoted(&format!("a/{whole}")), quoted(&format!("b/{whole}")));
        match (&before, &after) {
            (None, _) => out.push_str("new file mode 100644\n"),
            (_, None) => out.push_str("deleted file mode 100644\n"),
            _ => {}
        }
        let (a, b) = (name(&before, "a"), name(&after, "b"));
        let (before, after) = (before.unwrap_or_default(), after.unwrap_or_default());
        out.push_str(
            &TextDiff::from_lines(&before, &after).unified_diff().context_radius(3).header(&a, &b).to_string(),
        );
    }
    out
}

/// What becomes of one text.
#[must_use]
pub fn text_patch(name: &str, old: &str, new: &str) -> String {
    TextDiff::from_lines(old, new).unified_diff().context_radius(3).header(name, name).to_string()
}

/// A path as git writes it: what is odd stands between quotes.
fn quoted(path: &str) -> String {
    let is_plain = path.chars().all(|it| !it.is_control() && it != '"' && it != '\\');
    // A space ends a name unless a tab does: git reads names with spaces between quotes, too.
    if is_plain && !path.contains(' ') { path.to_owned() } else { serde_json::Value::from(path).to_string() }
}
