//! `fleetc list`

use std::path::Path;

use ecow::EcoString;

use super::Outcome;
use super::args::{List, Listed, Table};
use super::terminal::{Terminal, result};
use crate::compile::diagnose;
use crate::diagnostic::Diagnostic;
use crate::fleet;
use crate::flux::versions;
use crate::host::HostError;
use crate::source::{Db, FleetDatabase};

pub(super) fn run(directory: &Path, arguments: &List, terminal: &mut Terminal) -> Result<Outcome, HostError> {
    let Some(opened) = super::opened(directory, terminal)? else { return Ok(Outcome::Findings) };
    let found = diagnose(&opened.db);
    if found.iter().any(Diagnostic::is_error) {
        let counts = terminal.diagnostics(&opened.db, &found);
        terminal.error(&format!("{}; nothing to list", Terminal::summary(counts)), None);
        return Ok(Outcome::Findings);
    }
    let (head, rows) = match arguments.what {
        Listed::Versions => of_versions(&opened.db)?,
    };
    result(&match arguments.output {
        Table::Table => table(&head, &rows),
        Table::Json => json(&head, &rows),
    })?;
    Ok(Outcome::Fine)
}

type Rows = (Vec<EcoString>, Vec<Vec<EcoString>>);

/// Add-on × ring; several versions of one ring stand side by side.
fn of_versions(db: &FleetDatabase) -> Result<Rows, HostError> {
    let Some(rings) = &fleet::settings(db, db.project()).value.rings else {
        return Err(HostError {
            message: "the fleet has no rings".into(),
            help: Some("write `rings environment = [ … ]` in the fleet".into()),
        });
    };
    let head = std::iter::once("addon".into()).chain(rings.order.iter().cloned()).collect();
    let rows = versions(db)
        .into_iter()
        .map(|(addon, by_ring)| {
            let cells = by_ring.into_iter().map(|running| {
                let mut versions: Vec<EcoString> = running.into_iter().map(|it| it.version).collect();
                versions.sort_by(|a, b| crate::eval::versions::compare(a, b).unwrap_or_else(|| a.cmp(b)));
                versions.dedup();
                let texts: Vec<&str> = versions.iter().map(EcoString::as_str).collect();
                EcoString::from(texts.join(", "))
            });
            std::iter::once(addon.name(db).clone()).chain(cells).collect()
        })
        .collect();
    Ok((head, rows))
}

/// Columns as wide as what stands in them.
fn table(head: &[EcoString], rows: &[Vec<EcoString>]) -> String {
    let head: Vec<EcoString> = head.iter().map(|it| it.as_str().to_uppercase().into()).collect();
    let lines = || std::iter::once(&head).chain(rows);
    let width = |nth: usize| lines().filter_map(|it| it.get(nth)).map(|it| it.chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    for line in lines() {
        let cells: Vec<String> = line
            .iter()
            .enumerate()
            .map(|(nth, cell)| {
                format!("{:width$}", if cell.is_empty() { "-" } else { cell.as_str() }, width = width(nth))
            })
            .collect();
        text.push_str(cells.join("  ").trim_end());
        text.push('\n');
    }
    text
}

fn json(head: &[EcoString], rows: &[Vec<EcoString>]) -> String {
    let rows: Vec<serde_json::Value> = rows
        .iter()
        .map(|row| {
            let cells = head.iter().zip(row).map(|(key, cell)| {
                let value = if cell.is_empty() { serde_json::Value::Null } else { cell.as_str().into() };
                (key.to_string(), value)
            });
            serde_json::Value::Object(cells.collect())
        })
        .collect();
    format!("{}\n", serde_json::to_string_pretty(&rows).unwrap_or_default())
}
