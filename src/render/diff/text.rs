//! For a person at a terminal.

use std::fmt::Write;

use ecow::{EcoString, eco_format};

use super::states::States;
use super::words::{
    STAYS, because, capped, capped_both, cause, danger, files, heading, number, other_facts, shown, uninstalls,
    verdict, whole,
};
use crate::inspect::{Change, Difference, Explained, Fate};

/// Most characters of a value.
const MOST: usize = 100;

/// The whole answer: what uninstalls something first.
#[must_use]
pub fn diff_text(states: &States<'_>, it: &Difference) -> String {
    let mut out = String::new();
    // Writing to a String cannot fail.
    if let Some(it) = uninstalls(it) {
        let _ = writeln!(out, "{it}\n");
    }
    for (is_danger, it) in whole(it) {
        let _ = writeln!(out, "{}{it}", if is_danger { "! " } else { "" });
    }
    let _ = writeln!(out, "{}", verdict(it));
    for it in &it.changes {
        write(states, &mut out, it);
    }
    for it in &it.files {
        let _ = writeln!(out, "\n~ {}", files(it));
        for file in &*it.files {
            let _ = writeln!(out, "    {file}");
        }
    }
    out
}

fn write(states: &States<'_>, out: &mut String, change: &Change) {
    let it = change;
    let sign = match it.fate {
        Fate::Added => '+',
        Fate::Removed => '-',
        Fate::Changed => '~',
    };
    let _ = writeln!(out, "\n{sign} {}", heading(it));
    for it in &it.dangers {
        let _ = writeln!(out, "    ! {}", danger(it));
    }
    for it in &it.because {
        let _ = writeln!(out, "    {}", because(states, it));
    }
    if it.stays {
        let _ = writeln!(out, "    {STAYS}");
    }
    if it.fate != Fate::Changed {
        return;
    }
    if let [Some(old), Some(new)] = &it.units
        && old != new
    {
        let _ = writeln!(out, "    applied by `{new}`, and was by `{old}`");
    }
    let rows: Vec<(EcoString, &Explained)> = it.leaves.iter().map(|it| (row(it), it)).collect();
    let width = rows.iter().map(|(it, _)| it.chars().count()).filter(|it| *it <= 72).max().unwrap_or(0);
    for (text, leaf) in rows {
        let mut causes: Vec<EcoString> = leaf.causes.iter().map(|it| cause(states, change, it)).collect();
        if leaf.more > 0 {
            causes.push(eco_format!("and {}", number(leaf.more, "other place")));
        }
        // What is long stands alone, and its causes below.
        let is_long = text.chars().count() > width;
        let beside = if is_long || causes.is_empty() { EcoString::new() } else { causes.remove(0) };
        let _ = writeln!(out, "{}", format!("    {text:width$}  {beside}").trim_end());
        for it in causes {
            let _ = writeln!(out, "    {:width$}  {it}", "");
        }
    }
}

/// `spec.values.replicas  3 → 5`
fn row(it: &Explained) -> EcoString {
    let value = |node| capped(&shown(node), MOST);
    if let (Some(facts), Some(text)) = (other_facts(&it.leaf), &it.leaf.new) {
        return eco_format!("{}: {}, as {facts}", it.leaf.path, value(text));
    }
    match (&it.leaf.old, &it.leaf.new) {
        (Some(old), Some(new)) => {
            let [old, new] = capped_both(&shown(old), &shown(new), MOST);
            eco_format!("{}: {old} → {new}", it.leaf.path)
        }
        (None, Some(new)) => eco_format!("+ {}: {}", it.leaf.path, value(new)),
        (Some(old), None) => eco_format!("- {}: {}", it.leaf.path, value(old)),
        (None, None) => EcoString::new(),
    }
}
