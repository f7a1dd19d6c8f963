//! What is recognised in a declaration that cannot be parsed as it is written.
//!
//! In: the text of a chunk with lines that cannot be read. Out: the text as it was meant, and a
//! problem for each mistake, so that one mistake is one error: a block that is not closed is closed
//! where its indentation ends, a brace moves to what it opens, YAML is taken out. What is not recognised stays as it is. Only text
//! that cannot be parsed comes here: how a fleet is indented has no meaning.

mod braces;
mod commas;
mod line;
mod unclosed;
mod yaml;

use super::problems::Problem;

/// Most mistakes of one declaration that are repaired.
const MOST: usize = 20;

/// What was repaired in a chunk.
#[derive(Default)]
pub(super) struct Repairs {
    pub problems: Vec<Problem>,
    /// Where bytes were put in, by their offset in the repaired text and in order; how many, and how many before these.
    inserted: Vec<(usize, usize, usize)>,
}

impl Repairs {
    /// Where a byte of the repaired text stands in the chunk as it is written.
    pub(super) fn written(&self, at: usize) -> usize {
        let before = self.inserted.partition_point(|(start, ..)| *start < at);
        match before.checked_sub(1).and_then(|it| self.inserted.get(it)) {
            Some((start, length, earlier)) => at - earlier - (at - start).min(*length),
            None => at,
        }
    }

    /// Puts texts into another, each at its place, in order.
    fn insert(&mut self, text: &mut String, pieces: &[(usize, String)]) {
        let mut whole = String::with_capacity(text.len() + pieces.iter().map(|it| it.1.len()).sum::<usize>());
        let mut all: Vec<(usize, usize)> = Vec::new();
        let mut old = std::mem::take(&mut self.inserted).into_iter().peekable();
        let mut from = 0;
        for (at, piece) in pieces {
            let shift = whole.len() - from;
            while let Some((start, length, _)) = old.next_if(|it| it.0 < *at) {
                all.push((start + shift, length));
            }
            whole.push_str(text.get(from..*at).unwrap_or_default());
            all.push((whole.len(), piece.len()));
            whole.push_str(piece);
            from = *at;
        }
        let shift = whole.len() - from;
        all.extend(old.map(|(start, length, _)| (start + shift, length)));
        whole.push_str(text.get(from..).unwrap_or_default());
        *text = whole;
        let mut earlier = 0;
        for (start, length) in all {
            self.inserted.push((start, length, earlier));
            earlier += length;
        }
    }
}

/// A chunk that begins at byte `base` of its file, as it was meant; none where nothing is recognised.
pub(super) fn repair(chunk: &str, base: usize) -> Option<(String, Repairs)> {
    let mut text = chunk.to_owned();
    let mut it = Repairs::default();
    for found in yaml::regions(chunk).into_iter().take(MOST) {
        text.replace_range(found.range.clone(), &blanked(chunk.get(found.range.clone())?, found.instead));
        let range = base + found.range.start..base + found.range.end;
        it.problems.push(Problem::Yaml { range, shape: found.shape });
    }
    let alone = braces::alone(&text);
    if let Some((_, brace)) = alone.first() {
        it.problems.push(Problem::BraceAlone(base + brace, alone.len()));
    }
    for (end, brace) in alone {
        text.replace_range(end..brace, &" ".repeat(brace - end));
    }
    for sign in braces::set(&text).into_iter().take(MOST) {
        it.problems.push(Problem::BlockSet(base + sign));
        text.replace_range(sign..=sign, " ");
    }
    while it.problems.len() < MOST
        && let Some(found) = unclosed::first(&text)
    {
        let open = base + it.written(found.open);
        let before = base + it.written(found.before);
        it.problems.push(Problem::Unclosed { open, delimiter: found.delimiter, before });
        let is_in_line = text.get(..found.before).is_some_and(|it| !it.ends_with('\n'));
        let line_end = if is_in_line { "\n" } else { "" };
        let closing = format!("{line_end}{:indent$}{}\n", "", found.delimiter.closing(), indent = found.indent);
        it.insert(&mut text, &[(found.before, closing)]);
    }
    let lists = commas::missing(&text);
    for found in &lists {
        let Some(first) = found.first().copied() else { continue };
        let length = text.get(first..).and_then(|it| it.lines().next()).map_or(1, |it| it.trim_end().len());
        let start = base + it.written(first);
        it.problems.push(Problem::MissingComma(start..start + length, found.len()));
    }
    let mut places: Vec<(usize, String)> = lists.concat().into_iter().map(|at| (at, ",".to_owned())).collect();
    places.sort_unstable();
    it.insert(&mut text, &places);
    (!it.problems.is_empty()).then_some((text, it))
}

/// Blanks of the same length, lines kept; with `instead` at their beginning.
fn blanked(text: &str, instead: &str) -> String {
    let blanks: String =
        text.bytes().map(|it| if matches!(it, b'\n' | b'\r') { char::from(it) } else { ' ' }).collect();
    match blanks.get(instead.len()..) {
        Some(rest) if !instead.is_empty() => format!("{instead}{rest}"),
        _ => blanks,
    }
}
