//! Columns: what is assigned line by line stands one below the other.

use super::line::Line;

/// Pulls lines apart that stand one below the other, with no blank line and no more than
/// comments between them.
pub(super) fn align(lines: &mut [Line]) {
    let mut run: Vec<usize> = Vec::new();
    let mut kind = None;
    for at in 0..=lines.len() {
        let line = lines.get(at);
        let is_comment = line.is_some_and(|it| it.is_comment && !it.is_after_blank && !run.is_empty());
        if is_comment {
            continue;
        }
        let key = line.and_then(|it| Some((it.column?.kind, it.indent)));
        let goes_on =
            key.is_some() && key == kind && line.is_some_and(|it| !it.is_after_blank) && follows(lines, &run, at);
        if !goes_on {
            pull(lines, &run);
            run.clear();
            kind = key;
        }
        if key.is_some() {
            run.push(at);
        }
    }
}

/// Whether nothing but comments without blank lines stands between a run and a line.
fn follows(lines: &[Line], run: &[usize], at: usize) -> bool {
    let Some(last) = run.last() else { return true };
    lines.get(last + 1..at).unwrap_or_default().iter().all(|it| it.is_comment && !it.is_after_blank)
}

fn pull(lines: &mut [Line], run: &[usize]) {
    let width = |line: &Line| line.column.map_or(0, |it| line.text.get(..it.at).unwrap_or_default().chars().count());
    let widest = run.iter().filter_map(|it| lines.get(*it)).map(width).max().unwrap_or(0);
    for at in run {
        let Some(line) = lines.get_mut(*at) else { continue };
        let missing = widest - width(line);
        if let Some(column) = line.column {
            line.text.insert_str(column.at, &" ".repeat(missing));
        }
    }
}
