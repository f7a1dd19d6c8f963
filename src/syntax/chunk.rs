//! Cuts a file into chunks of one declaration each, before it is parsed.
//!
//! A declaration begins at a keyword in column 0 and runs to the brace that
//! closes it. Where that brace is missing, it ends at the next keyword in
//! column 0, so that an unclosed block spoils its own declaration only.

use crate::diagnostic::Invariant;
use std::ops::Range;

/// Deepest nesting of braces, brackets and parentheses that is parsed.
pub(super) const NESTING_LIMIT: usize = 100;

/// Largest file that is parsed, in bytes: a hundred thousand lines. What is known of a source takes up to two hundred
/// times its size, and one declaration is as large as its file at most.
pub(super) const SIZE_LIMIT: usize = 2 * 1024 * 1024;

/// Words that head a declaration at the top level.
pub(super) const DECLARATIONS: [&str; 22] = [
    "addon",
    "application",
    "catalogue",
    "check",
    "cluster",
    "external",
    "fleet",
    "fn",
    "group",
    "import",
    "inventory",
    "kustomize",
    "let",
    "manifest",
    "moved",
    "namespace",
    "override",
    "repository",
    "rule",
    "source",
    "tenant",
    "type",
];

/// Words that may stand before one.
pub(super) const MODIFIERS: [&str; 2] = ["baseline", "optional"];

/// The chunks of a file.
pub(super) struct Chunks {
    /// Byte ranges that together cover the file.
    pub ranges: Vec<Range<usize>>,
    /// The first opening bracket that is nested too deeply.
    pub too_deep: Option<usize>,
}

/// Cuts `text` into chunks.
pub(super) fn split(text: &str) -> Chunks {
    let scan = scan(text);
    let mut ranges = Vec::new();
    let mut start = 0;
    let mut next = 0;
    while let Some(&head) = scan.heads.get(next) {
        next += 1;
        let next_head = scan.heads.get(next).copied().unwrap_or(text.len());
        let first = scan.opens.partition_point(|(open, _)| *open < head);
        if let Some((open, Some(close))) = scan.opens.get(first)
            && *open < next_head
        {
            next = scan.heads.partition_point(|it| it < close).max(next);
        }
        let cut = scan.heads.get(next).copied().unwrap_or(text.len());
        ranges.push(start..cut);
        start = cut;
    }
    if start < text.len() || ranges.is_empty() {
        ranges.push(start..text.len());
    }
    Chunks { ranges, too_deep: scan.too_deep }
}

/// What the scanner is inside of.
enum Inside {
    /// Braces; the index of the opening one in [`Scan::opens`].
    Brace(usize),
    /// Brackets, parentheses.
    Bracket,
    /// `\( … )` in a string; the flag says whether newlines may stand in it.
    Interpolation,
    /// `"…"` or `"""…"""`.
    Text { triple: bool },
}

struct Scan {
    /// Offsets of declaration keywords in column 0.
    heads: Vec<usize>,
    /// Each `{` with the `}` that closes it, in order of the `{`.
    opens: Vec<(usize, Option<usize>)>,
    too_deep: Option<usize>,
}

/// Finds braces and heads, skipping strings and comments. A string that its line
/// does not close ends with the line.
fn scan(text: &str) -> Scan {
    let bytes = text.as_bytes();
    let mut scan = Scan { heads: Vec::new(), opens: Vec::new(), too_deep: None };
    let mut inside: Vec<Inside> = Vec::new();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        if inside.len() > NESTING_LIMIT && scan.too_deep.is_none() {
            scan.too_deep = Some(at);
        }
        if let Some(&Inside::Text { triple }) = inside.last() {
            at += match byte {
                b'\\' if bytes.get(at + 1) == Some(&b'(') => {
                    inside.push(Inside::Interpolation);
                    2
                }
                b'\\' if bytes.get(at + 1) == Some(&b'\n') => 1,
                b'\\' => 2,
                b'"' if triple && bytes.get(at..at + 3) == Some(b"\"\"\"") => {
                    inside.pop();
                    3
                }
                b'"' if !triple => {
                    inside.pop();
                    1
                }
                b'\n' if !triple => {
                    unwind(&mut inside);
                    0
                }
                _ => 1,
            };
            continue;
        }
        if (at == 0 || bytes.get(at - 1) == Some(&b'\n'))
            && is_head(text.get(at..).invariant("a line begins between characters"))
        {
            scan.heads.push(at);
        }
        at += match byte {
            b'/' if bytes.get(at + 1) == Some(&b'/') => line_end(bytes, at) - at,
            b'"' => {
                let triple = bytes.get(at..at + 3) == Some(b"\"\"\"");
                inside.push(Inside::Text { triple });
                if triple { 3 } else { 1 }
            }
            b'#' if bytes.get(at + 1) == Some(&b'"') => raw_end(text, at) - at,
            b'{' => {
                inside.push(Inside::Brace(scan.opens.len()));
                scan.opens.push((at, None));
                1
            }
            b'[' | b'(' => {
                inside.push(Inside::Bracket);
                1
            }
            b'}' | b']' | b')' => {
                close(byte, at, &mut inside, &mut scan.opens);
                1
            }
            _ => 1,
        };
    }
    scan
}

/// Leaves everything that an unterminated one-line string holds.
fn unwind(inside: &mut Vec<Inside>) {
    while let Some(last) = inside.last() {
        match last {
            Inside::Text { triple: false } | Inside::Interpolation => inside.pop(),
            Inside::Brace(_) | Inside::Bracket | Inside::Text { triple: true } => break,
        };
    }
}

/// Takes the bracket that `byte` closes off the stack; brackets that were left
/// open inside braces go with the braces.
fn close(byte: u8, at: usize, inside: &mut Vec<Inside>, opens: &mut [(usize, Option<usize>)]) {
    if byte == b'}' {
        while matches!(inside.last(), Some(Inside::Bracket)) {
            inside.pop();
        }
        if let Some(&Inside::Brace(open)) = inside.last() {
            inside.pop();
            if let Some(open) = opens.get_mut(open) {
                open.1 = Some(at);
            }
        }
    } else if matches!(inside.last(), Some(Inside::Bracket | Inside::Interpolation)) {
        inside.pop();
    }
}

fn is_head(rest: &str) -> bool {
    let word_end = rest.find(|it: char| !(it.is_ascii_alphanumeric() || it == '-')).unwrap_or(rest.len());
    let (word, tail) = rest.split_at(word_end);
    // `repository: Url` is a parameter or a field, wherever it stands.
    let is_named = tail.trim_start_matches([' ', '\t']).starts_with([':', ',', ')', '=', '.']);
    DECLARATIONS.contains(&word) && !is_named
        || MODIFIERS.contains(&word)
            && tail.starts_with([' ', '\t'])
            && tail
                .trim_start_matches([' ', '\t'])
                .starts_with(|it: char| it.is_ascii_alphanumeric() || "_\"*".contains(it))
}

fn line_end(bytes: &[u8], from: usize) -> usize {
    bytes.iter().skip(from).position(|it| *it == b'\n').map_or(bytes.len(), |it| from + it)
}

/// Where a raw string ends, whichever comes first: its own end, or that of its line. It does not look
/// further: a line may hold a million of them.
fn raw_end(text: &str, from: usize) -> usize {
    let rest = text.as_bytes().get(from + 2..).unwrap_or_default();
    let end = rest.iter().enumerate().find_map(|(at, byte)| match byte {
        b'\n' => Some(at),
        b'"' if rest.get(at + 1) == Some(&b'#') => Some(at + 2),
        _ => None,
    });
    from + 2 + end.unwrap_or(rest.len())
}
