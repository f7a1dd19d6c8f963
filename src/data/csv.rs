//! CSV: rows under the names of the first line.
//!
//! Cells are strings without white space at their ends; an empty one is absent.
//! The separator is the one of `,`, `;` and tab that the first line has most of.

use std::ops::Range;
use std::sync::Arc;

use csv_core::{ReadFieldResult, ReaderBuilder};
use ecow::EcoString;

use super::file::Document;
use super::problems;
use super::size::{MOST, too_many};
use crate::diagnostic::{Invariant, bug, keep};
use crate::source::{Anchor, IndexMap, IndexSet, Origin, noncharacter};
use crate::value::{Node, Value};

/// What holds of where the reader is.
const IN_TEXT: &str = "a cell is a part of its file";

/// A cell and its bytes in the file.
struct Cell {
    text: EcoString,
    range: Range<usize>,
    /// Whether its quotes do not fit: it may have swallowed what follows.
    is_broken: bool,
}

/// The number of a row's node, where rows have so many columns; cells follow it.
fn node_of(row: usize, columns: usize) -> usize {
    1 + row * (columns + 1)
}

pub(super) fn read(anchor: Anchor, text: &str) -> Document {
    let origin = |node: usize| Origin::new(anchor, u32::try_from(node).unwrap_or(u32::MAX));
    let mut problems = Vec::new();
    let Some(rows) = rows(text) else { return Document { node: Err(too_many()), size: 0, problems } };
    let mut rows = rows.into_iter();
    let Some(header) = rows.next() else {
        return Document { node: Err("it has no first line with names".into()), size: 0, problems };
    };
    let names: Vec<EcoString> = header.into_iter().map(|it| it.text).collect();
    let mut known = IndexSet::default();
    if let Some(name) = names.iter().find(|it| it.is_empty() || !known.insert(*it)) {
        let reason = if name.is_empty() {
            "a column has no name".into()
        } else {
            ecow::eco_format!("two columns are named `{name}`")
        };
        return Document { node: Err(reason), size: 0, problems };
    }
    problems.extend(names.iter().filter_map(|it| noncharacter(it)).map(|it| problems::noncharacter(origin(0), it)));
    let mut list = Vec::new();
    for (nth, row) in rows.enumerate() {
        let at = node_of(nth, names.len());
        if let Some(column) = row.iter().take(names.len()).position(|it| it.is_broken) {
            keep(&mut problems, problems::broken_quote(origin(at + 1 + column)));
            continue;
        }
        if row.len() != names.len() {
            keep(&mut problems, problems::ragged(origin(at), row.len(), names.len()));
            continue;
        }
        let no_text = row.iter().enumerate().filter_map(|(column, it)| Some((column, noncharacter(&it.text)?)));
        for (column, it) in no_text {
            keep(&mut problems, problems::noncharacter(origin(at + 1 + column), it));
        }
        let cells = names.iter().zip(row).enumerate().filter(|(_, (_, cell))| !cell.text.is_empty());
        let entries: IndexMap<EcoString, Node> = cells
            .map(|(column, (name, cell))| (name.clone(), Node::new(Value::Text(cell.text), origin(at + 1 + column))))
            .collect();
        list.push(Node::new(Value::of_map(entries), origin(at)));
    }
    let size = (list.len() * (names.len() + 1)) as u64;
    Document { node: Ok(Node::new(Value::List(Arc::new(list)), origin(0))), size, problems }
}

/// The bytes of each node.
pub(super) fn places(text: &str) -> Vec<Range<usize>> {
    let Some(rows) = rows(text) else { return Vec::new() };
    let Some(columns) = rows.first().map(Vec::len) else { return Vec::new() };
    let first = 0..text.lines().next().map_or(0, str::len);
    let mut places = Vec::from([first]);
    for row in rows.into_iter().skip(1) {
        let start = row.first().map_or(0, |it| it.range.start);
        let end = row.last().map_or(start, |it| it.range.end);
        places.push(start..end);
        let mut cells = row.into_iter().map(|it| it.range);
        places.extend((0..columns).map(|_| cells.next().unwrap_or(end..end)));
    }
    places
}

fn separator(text: &str) -> u8 {
    let first = text.lines().next().unwrap_or_default();
    let count = |wanted: u8| first.matches(char::from(wanted)).count();
    [b',', b';', b'\t'].into_iter().rev().max_by_key(|it| count(*it)).unwrap_or(b',')
}

/// Every row with its cells, the names first; `None` if they are too many.
fn rows(text: &str) -> Option<Vec<Vec<Cell>>> {
    let separator = separator(text);
    let mut reader = ReaderBuilder::new().delimiter(separator).build();
    let start = if text.starts_with('\u{feff}') { 3 } else { 0 };
    let bytes = text.as_bytes();
    let mut out = vec![0; bytes.len() + 1];
    let (mut at, mut filled, mut begun) = (start, 0, start);
    let mut rows = Vec::new();
    let mut row: Vec<Cell> = Vec::new();
    let mut values = 0;
    loop {
        let input = bytes.get(at..).invariant(IN_TEXT);
        let (result, read, written) = reader.read_field(input, out.get_mut(filled..).invariant(IN_TEXT));
        at += read;
        filled += written;
        match result {
            ReadFieldResult::InputEmpty => {}
            ReadFieldResult::OutputFull => bug("the cells of a CSV file are longer than the file"),
            ReadFieldResult::End => break,
            ReadFieldResult::Field { record_end } => {
                let cell = String::from_utf8_lossy(out.get(..filled).invariant(IN_TEXT)).trim().into();
                let range = trimmed(text, begun..at, separator);
                let is_broken = is_broken(text.get(begun..range.end).unwrap_or_default());
                row.push(Cell { text: cell, range, is_broken });
                // A row is a value, and so is each of its cells.
                values += 1 + u64::from(record_end);
                if values > MOST {
                    return None;
                }
                (filled, begun) = (0, at);
                if record_end {
                    rows.push(std::mem::take(&mut row));
                }
            }
        }
    }
    Some(rows)
}

/// Whether a cell has a quote that opens and does not close at its end.
fn is_broken(cell: &str) -> bool {
    let Some(rest) = cell.trim_start().strip_prefix('"') else { return false };
    let inner = rest.strip_suffix('"').map(|it| it.replace("\"\"", ""));
    !cell.starts_with('"') || inner.is_none_or(|it| it.contains('"'))
}

/// The bytes of a cell without separators and white space around it.
fn trimmed(text: &str, range: Range<usize>, separator: u8) -> Range<usize> {
    let is_around = |it: char| it.is_whitespace() || it == char::from(separator);
    let slice = text.get(range.clone()).unwrap_or_default();
    let start = range.start + (slice.len() - slice.trim_start_matches(char::is_whitespace).len());
    let end = range.start + slice.trim_end_matches(is_around).len();
    start..end.max(start)
}
