//! What an import did and found, for people and for programs.

use std::fmt::Write as _;

use ecow::EcoString;
use serde_json::{Value, json};

use crate::import::{Class, Difference, Finding, FindingKind, Report, UnitReport};

/// For a terminal.
#[must_use]
pub fn import_text(report: &Report) -> String {
    let mut out = String::new();
    let head = HEAD.map(str::to_owned);
    let rows: Vec<[String; 6]> = std::iter::once(head).chain(report.units.iter().map(|it| row(report, it))).collect();
    let widths: Vec<usize> = (0..head_len())
        .map(|nth| rows.iter().filter_map(|it| it.get(nth)).map(|it| it.chars().count()).max().unwrap_or(0))
        .collect();
    for row in &rows {
        let cells: Vec<String> = row.iter().zip(&widths).map(|(it, width)| format!("{it:width$}")).collect();
        let _ = writeln!(out, "{}", cells.join("  ").trim_end());
    }
    for (title, lines) in sections(report) {
        let _ = writeln!(out, "\n{title}:");
        for line in lines {
            let _ = writeln!(out, "  {line}");
        }
    }
    let _ = writeln!(out, "\n{}", summary(report));
    out
}

/// For a pull request.
#[must_use]
pub fn import_markdown(report: &Report) -> String {
    let mut out = format!("| {} |\n|{}\n", HEAD.join(" | "), " --- |".repeat(head_len()));
    for it in &report.units {
        let _ = writeln!(out, "| {} |", row(report, it).join(" | ").replace('\n', " "));
    }
    for (title, lines) in sections(report) {
        let _ = writeln!(out, "\n**{title}**\n");
        for line in lines {
            let _ = writeln!(out, "- {line}");
        }
    }
    let _ = writeln!(out, "\n{}", summary(report));
    out
}

/// For programs.
#[must_use]
pub fn import_json(report: &Report) -> Value {
    let clusters: Vec<Value> = report
        .clusters
        .iter()
        .map(|it| json!({ "name": it.name.as_str(), "directory": it.dir.as_str(), "flux": it.flux.as_deref() }))
        .collect();
    let units: Vec<Value> = report
        .units
        .iter()
        .map(|it| {
            json!({
                "namespace": it.id.0.as_str(),
                "name": it.id.1.as_str(),
                "clusters": it.clusters.iter().map(EcoString::as_str).collect::<Vec<_>>(),
                "typed": it.typed,
                "passed": it.passed,
                "left": it.left,
                "why": it.why.as_deref(),
            })
        })
        .collect();
    let differences: Vec<Value> = report
        .differences
        .iter()
        .map(|it| {
            json!({
                "class": class(it.class),
                "cluster": it.cluster.as_str(),
                "kustomization": it.unit.as_ref().map(|it| it.1.as_str()),
                "object": it.id.to_string(),
                "path": it.path.as_deref(),
                "what": it.what.as_str(),
            })
        })
        .collect();
    let findings: Vec<Value> = report
        .findings
        .iter()
        .map(|it| json!({ "kind": kind(it.kind).0, "place": it.place.as_str(), "fact": it.fact.as_str() }))
        .collect();
    json!({
        "clusters": clusters,
        "kustomizations": units,
        "differences": differences,
        "findings": findings,
        "lines": { "before": report.lines.0, "after": report.lines.1 },
    })
}

const HEAD: [&str; 6] = ["KUSTOMIZATION", "CLUSTERS", "TYPED", "PASSED", "LEFT", "DIFFERENCES"];

const fn head_len() -> usize {
    HEAD.len()
}

fn row(report: &Report, it: &UnitReport) -> [String; 6] {
    let of_unit = |difference: &&Difference| {
        difference.unit.as_ref() == Some(&it.id)
            || (difference.id.kind == "Kustomization"
                && (&difference.id.namespace, &difference.id.name) == (&it.id.0, &it.id.1))
    };
    let count = report.differences.iter().filter(of_unit).count();
    [
        it.id.1.to_string(),
        it.clusters.len().to_string(),
        it.typed.to_string(),
        it.passed.to_string(),
        it.left.to_string(),
        count.to_string(),
    ]
}

fn sections(report: &Report) -> Vec<(&'static str, Vec<String>)> {
    let mut found = Vec::new();
    let mut add = |title, lines: Vec<String>| {
        if !lines.is_empty() {
            found.push((title, lines));
        }
    };
    let left = report.units.iter().filter_map(|it| Some(format!("`{}`: {}", it.id.1, it.why.as_ref()?)));
    add("Left by hand", left.collect());
    for (of, title) in [(Class::Fatal, "Deleted or installed anew"), (Class::Listed, "Otherwise than before")] {
        add(title, merged(report.differences.iter().filter(|it| it.class == of)));
    }
    let kinds = [
        FindingKind::Broken,
        FindingKind::MissingPath,
        FindingKind::TwoOwners,
        FindingKind::UnusedPatch,
        FindingKind::UndefinedVariable,
        FindingKind::Marker,
        FindingKind::DeadFile,
        FindingKind::Note,
    ];
    for of in kinds {
        let line = |it: &Finding| format!("`{}`: {}", it.place, it.fact);
        add(kind(of).1, report.findings.iter().filter(|it| it.kind == of).map(line).collect());
    }
    found
}

/// A line for each difference, with the clusters that have it.
fn merged<'a>(all: impl Iterator<Item = &'a Difference>) -> Vec<String> {
    let mut lines: Vec<(String, Vec<&str>)> = Vec::new();
    for it in all {
        let path = it.path.as_ref().map(|it| format!(" {it}:")).unwrap_or_default();
        let line = format!("{}{path} {}", it.id, it.what);
        match lines.iter_mut().find(|(known, _)| *known == line) {
            Some((_, clusters)) => clusters.push(&it.cluster),
            None => lines.push((line, vec![&it.cluster])),
        }
    }
    lines.into_iter().map(|(line, clusters)| format!("{line} ({})", clusters.join(", "))).collect()
}

const fn class(it: Class) -> &'static str {
    match it {
        Class::Allowed => "allowed",
        Class::Listed => "listed",
        Class::Fatal => "fatal",
    }
}

const fn kind(it: FindingKind) -> (&'static str, &'static str) {
    match it {
        FindingKind::Broken => ("broken", "Cannot be built"),
        FindingKind::TwoOwners => ("two-owners", "Applied by several"),
        FindingKind::UnusedPatch => ("unused-patch", "Patches that are about nothing"),
        FindingKind::UndefinedVariable => ("undefined-variable", "Variables that nothing defines"),
        FindingKind::DeadFile => ("dead-file", "Files that nothing applies"),
        FindingKind::Marker => ("marker", "Markers of image automation"),
        FindingKind::MissingPath => ("missing-path", "Directories that are not there"),
        FindingKind::Note => ("note", "To know"),
    }
}

fn summary(report: &Report) -> String {
    if report.lines == (0, 0) {
        let count = |of: Class| report.differences.iter().filter(|it| it.class == of).count();
        return format!(
            "{} clusters, {} Kustomizations: {} fatal and {} other differences from what Flux applied by hand",
            report.clusters.len(),
            report.units.len(),
            count(Class::Fatal),
            count(Class::Listed)
        );
    }
    let sum = |of: fn(&UnitReport) -> usize| report.units.iter().map(of).sum::<usize>();
    let count = |of: Class| report.differences.iter().filter(|it| it.class == of).count();
    format!(
        "{} clusters, {} Kustomizations: {} objects with words of their own, {} as they are, {} left by hand; {} fatal and {} \
         other differences; {} lines of YAML are {} lines of sources",
        report.clusters.len(),
        report.units.len(),
        sum(|it| it.typed),
        sum(|it| it.passed),
        sum(|it| it.left),
        count(Class::Fatal),
        count(Class::Listed),
        report.lines.0,
        report.lines.1,
    )
}
