//! For a pull request: a comment that a bot may write, and write over.

use std::fmt::Write;

use ecow::{EcoString, eco_format};

use super::states::States;
use super::words::{
    STAYS, because, capped, capped_both, cause, danger, files, names, number, other_facts, shown, uninstalls, verdict,
    whole, whom,
};
use crate::inspect::{Change, Difference, Explained, Fate};

/// By which a bot finds its own comment again.
const MARKER: &str = "<!-- fleetc:diff -->";

/// What fits into a comment on GitHub is 65,536 characters; some are left for a bot's own.
const MOST: usize = 60_000;

/// The comment.
#[must_use]
pub fn diff_markdown(states: &States<'_>, it: &Difference) -> String {
    let mut out = format!("{MARKER}\n");
    // Writing to a String cannot fail.
    let _ = writeln!(out, "### fleetc: {}\n", verdict(it));
    if let Some(it) = uninstalls(it) {
        let _ = writeln!(out, "> [!CAUTION]\n> This **{}**\n", capped(&it, 2_000));
    }
    let warned: Vec<(EcoString, &Change)> = it
        .changes
        .iter()
        .flat_map(|change| change.dangers.iter().filter(|it| !it.uninstalls()).map(move |it| (danger(it), change)))
        .collect();
    let whole = whole(it);
    if !warned.is_empty() || whole.iter().any(|(is_danger, _)| *is_danger) {
        let _ = writeln!(out, "> [!WARNING]");
        for (_, it) in whole.iter().filter(|(is_danger, _)| *is_danger).take(20) {
            let _ = writeln!(out, "> - {}", inline(it));
        }
        for (text, change) in warned.iter().take(20) {
            let _ = writeln!(out, "> - {} on {}: {text}", inline(&change.object.to_string()), inline(&whom(change)));
        }
        if warned.len() > 20 {
            let _ = writeln!(out, "> - and {} more", warned.len() - 20);
        }
        out.push('\n');
    }
    for (_, it) in whole.iter().filter(|(is_danger, _)| !is_danger) {
        let _ = writeln!(out, "{}\n", inline(it));
    }
    for it in it.files.iter().take(20) {
        let _ = writeln!(out, "{}: {}\n", inline(&files(it)), inline(&names(it.files.iter())));
    }
    versions(&mut out, it);
    let mut left = 0;
    for change in &it.changes {
        let text = details(states, change);
        if left == 0 && out.len() + text.len() <= MOST {
            out.push_str(&text);
        } else {
            left += 1;
        }
    }
    if left > 0 {
        let _ = writeln!(out, "\n{} more than a comment holds: `fleetc diff` shows all.", number(left, "change"));
    }
    let _ = writeln!(out, "\n<sub>{} → {}</sub>", inline(states.old_name), inline(states.new_name));
    out
}

/// The charts that become others.
fn versions(out: &mut String, it: &Difference) {
    let bumped = it.changes.iter().filter_map(|it| Some((it, it.bump.as_ref()?)));
    let mut rows: Vec<(EcoString, EcoString)> = Vec::new();
    for (change, bump) in bumped {
        let name = eco_format!("| {} | {} → {} |", cell(&change.object.name), cell(&bump.old), cell(&bump.new));
        // The same step with other changes beside it is still the same step.
        match rows.iter_mut().find(|(known, _)| *known == name) {
            Some((_, whom_all)) => *whom_all = eco_format!("{whom_all}; {}", cell(&whom(change))),
            None => rows.push((name, cell(&whom(change)))),
        }
    }
    if rows.is_empty() {
        return;
    }
    let _ = writeln!(out, "| add-on | version | clusters |\n| --- | --- | --- |");
    for (name, clusters) in rows.iter().take(100) {
        let _ = writeln!(out, "{name} {} |", capped(clusters, 300));
    }
    if rows.len() > 100 {
        let _ = writeln!(out, "| and {} more | | |", rows.len() - 100);
    }
    out.push('\n');
}

fn details(states: &States<'_>, change: &Change) -> String {
    let it = change;
    let verb = match it.fate {
        Fate::Added => "➕ ",
        Fate::Removed => "➖ ",
        Fate::Changed => "",
    };
    let sign = if it.dangers.is_empty() { "" } else { "⚠️ " };
    let head = html(&eco_format!("{} on {}", it.object, whom(it)));
    let mut body = String::new();
    for it in &it.dangers {
        let _ = writeln!(body, "# ! {}", danger(it));
    }
    for it in &it.because {
        let _ = writeln!(body, "# {}", because(states, it));
    }
    if it.stays {
        let _ = writeln!(body, "# {STAYS}");
    }
    if let ([Some(old), Some(new)], Fate::Changed) = (&it.units, it.fate)
        && old != new
    {
        let _ = writeln!(body, "- applied by {old}\n+ applied by {new}");
    }
    if it.fate == Fate::Changed {
        for it in &it.leaves {
            leaf(states, &mut body, change, it);
        }
    }
    let all = if it.clusters.len() > 4 {
        let names: Vec<&str> = it.clusters.iter().map(|it| it.name.as_str()).collect();
        format!("\n{}\n", capped(&inline(&names.join(", ")), 2_000))
    } else {
        String::new()
    };
    // The fence is longer than any in what it holds.
    let longest = body.split(|it| it != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!("<details><summary>{sign}{verb}{head}</summary>\n{all}\n{fence}diff\n{body}{fence}\n\n</details>\n")
}

fn leaf(states: &States<'_>, out: &mut String, change: &Change, it: &Explained) {
    let path = &it.leaf.path;
    if let (Some(facts), Some(node)) = (other_facts(&it.leaf), &it.leaf.new) {
        let _ = writeln!(out, "! {path}: {}, as {facts}", capped(&shown(node), 400));
    }
    let [old, new] = [&it.leaf.old, &it.leaf.new].map(|it| it.as_ref().map(shown));
    let [old, new] = match (old, new) {
        (Some(old), Some(new)) => capped_both(&old, &new, 400).map(Some),
        (old, new) => [old, new].map(|it| it.map(|it| capped(&it, 400))),
    };
    for (sign, text) in [('-', old), ('+', new)] {
        if let (Some(text), None) = (text, other_facts(&it.leaf)) {
            let _ = writeln!(out, "{sign} {path}: {text}");
        }
    }
    for it in &it.causes {
        let _ = writeln!(out, "#   {}", cause(states, change, it));
    }
    if it.more > 0 {
        let _ = writeln!(out, "#   and {}", number(it.more, "other place"));
    }
}

/// Text in a line: what Markdown would read is written so that it does not.
fn inline(text: &str) -> EcoString {
    text.chars().fold(EcoString::new(), |text, it| match it {
        '<' | '>' | '*' | '_' | '[' | ']' | '\\' | '#' => eco_format!("{text}\\{it}"),
        '\n' => eco_format!("{text} "),
        it => eco_format!("{text}{it}"),
    })
}

/// Text in a cell of a table.
fn cell(text: &str) -> EcoString {
    inline(text).replace("|", "\\|")
}

/// Text in HTML; what stands between backticks is code there, too.
fn html(text: &str) -> EcoString {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let parts = escaped
        .split('`')
        .enumerate()
        .map(|(nth, it)| if nth % 2 == 0 { eco_format!("{it}") } else { eco_format!("<code>{it}</code>") });
    parts.collect()
}
