//! Fields that an object keeps for as long as it lives.
use crate::diagnostic::Invariant;

/// A line: group, kind, fields.
const TABLE: &str = include_str!("immutable.tsv");

/// The paths of a kind that the API server refuses to change: `spec.selector`.
pub fn immutable_fields(group: &str, kind: &str) -> impl Iterator<Item = &'static str> {
    let line = TABLE.lines().filter(|it| !it.starts_with('#')).find_map(|line| {
        let mut columns = line.split('\t');
        let is_it = columns.next().map(|it| it.trim_matches('-')) == Some(group) && columns.next() == Some(kind);
        is_it.then(|| columns.next().invariant("a row of the table has three columns"))
    });
    line.unwrap_or_default().split(' ').filter(|it| !it.is_empty())
}
