//! How large a text of data becomes when it is read: a value takes up to a few hundred bytes, twenty lines of YAML with
//! aliases (`*name`) can name a billion values, and what nests deep takes the square of its depth to be refused.

use std::collections::BTreeMap;

use ecow::{EcoString, eco_format};
use granit_parser::{Event, Parser};

/// Most values that a text may come to.
pub(super) const MOST: u64 = 500_000;

/// Most lists and maps inside each other, as the library that reads them has it.
const DEPTH: usize = 128;

/// So many open brackets are not quoted ones, and are too many for whoever counts them exactly: that takes
/// the square of their number.
const MOST_OPEN: usize = 4 * DEPTH;

/// Most directives (`%TAG`) of a YAML text: each is looked up among the others.
const DIRECTIVES: usize = 100;

/// Bytes of a text that weigh as much as a value.
const BYTES: u64 = 64;

/// Why a JSON text is too large to be read.
pub(super) fn too_large_json(text: &str) -> Option<EcoString> {
    let mut values: u64 = 1;
    let (mut is_text, mut is_escaped) = (false, false);
    for byte in text.bytes() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = is_text,
            b'"' => is_text = !is_text,
            b',' | b'[' | b'{' if !is_text => values += 1,
            _ => {}
        }
    }
    (values > MOST).then(too_many)
}

/// Why a YAML text is too large to be read: it nests too deep, or holds too many values, those counted again that its
/// aliases repeat. What cannot be read is not too large; whoever reads it says why.
pub(super) fn too_large(text: &str) -> Option<EcoString> {
    let brackets = brackets(text);
    if brackets > MOST_OPEN {
        return Some(too_deep());
    }
    if text.lines().filter(|it| it.starts_with('%')).count() > DIRECTIVES {
        return Some(eco_format!("it has more than {DIRECTIVES} directives (`%`)"));
    }
    // Each value has a line, a comma, a colon or a bracket of its own.
    let most = text.bytes().filter(|it| matches!(it, b'\n' | b',' | b':' | b'[' | b'{' | b'-' | b'?')).count() as u64;
    if !text.contains('*') && brackets <= DEPTH && most < MOST {
        return None;
    }
    let mut total: u64 = 0;
    let mut sizes: BTreeMap<usize, u64> = BTreeMap::new();
    let mut open: Vec<(usize, u64)> = Vec::new();
    for event in Parser::new_from_str(text) {
        let (anchor, size) = match event.ok()?.0 {
            Event::Scalar(value, _, anchor, _) => (anchor, 1 + value.len() as u64 / BYTES),
            Event::Alias(anchor) => (0, sizes.get(&anchor).copied().unwrap_or(1)),
            Event::SequenceStart(_, anchor, _) | Event::MappingStart(_, anchor, _) => {
                open.push((anchor, 1));
                if open.len() > DEPTH {
                    return Some(too_deep());
                }
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => open.pop()?,
            _ => continue,
        };
        sizes.insert(anchor, size);
        match open.last_mut() {
            Some((_, around)) => *around = around.saturating_add(size),
            None => total = total.saturating_add(size),
        }
    }
    (total > MOST).then(|| {
        if text.contains('*') {
            eco_format!("with what its aliases (`*name`) repeat, it is {total} values: {MOST} are the most")
        } else {
            too_many()
        }
    })
}

/// It holds more than it may.
pub(super) fn too_many() -> EcoString {
    eco_format!("it holds more than {MOST} values")
}

fn too_deep() -> EcoString {
    eco_format!("it has more than {DEPTH} lists and maps inside each other")
}

/// How deep the brackets of a text nest at most, and the lists (`- - -`) and keys (`? ?`) that begin in one line. What is in quotes, comments and block scalars is not counted; what is no
/// YAML may be counted wrong.
fn brackets(text: &str) -> usize {
    let mut scan = Scan::default();
    for line in text.lines() {
        scan.line(line.as_bytes());
    }
    scan.most
}

/// A look at the brackets of a YAML text, line by line.
#[derive(Default)]
struct Scan {
    open: usize,
    most: usize,
    quote: Option<u8>,
    /// The indentation that a block scalar (`|`, `>`) is deeper than.
    block: Option<usize>,
}

impl Scan {
    fn line(&mut self, line: &[u8]) {
        let indent = line.iter().take_while(|it| **it == b' ').count();
        if let Some(around) = self.block {
            if indent > around || indent == line.len() {
                return;
            }
            self.block = None;
        }
        // Whether a value may begin here: only there are brackets and quotes more than letters.
        let mut begins = self.quote.is_none();
        let mut compact = 0;
        // A document may begin behind `---`.
        let mut at = if line.starts_with(b"--- ") { 4 } else { indent };
        while let Some(byte) = line.get(at).copied() {
            let next = line.get(at + 1).copied();
            let is_apart = next.is_none_or(|it| it == b' ' || it == b'\t');
            at += 1;
            match (self.quote, byte) {
                (Some(b'"'), b'\\') => at += 1,
                (Some(b'\''), b'\'') if next == Some(b'\'') => at += 1,
                (Some(quote), it) if it == quote => self.quote = None,
                (Some(_), _) | (None, b' ' | b'\t') => continue,
                (None, b'#')
                    if begins || line.get(at.wrapping_sub(2)).is_some_and(|it| *it == b' ' || *it == b'\t') =>
                {
                    return;
                }
                (None, b'"' | b'\'') if begins => self.quote = Some(byte),
                (None, b'|' | b'>') if begins && self.open == 0 => {
                    self.block = Some(indent);
                    return;
                }
                (None, b'[' | b'{') if begins || self.open > 0 => {
                    self.open += 1;
                    self.most = self.most.max(self.open);
                    begins = true;
                    continue;
                }
                (None, b']' | b'}') => self.open = self.open.saturating_sub(1),
                (None, b',') if self.open > 0 => {
                    begins = true;
                    continue;
                }
                (None, b':') if is_apart || self.open > 0 => {
                    begins = true;
                    continue;
                }
                (None, b'-' | b'?') if begins && is_apart => {
                    compact += 1;
                    self.most = self.most.max(compact);
                    continue;
                }
                // An anchor or a tag before a value.
                (None, b'&' | b'!') if begins => {
                    at += line.get(at..).unwrap_or_default().iter().take_while(|it| **it != b' ').count();
                    continue;
                }
                _ => {}
            }
            begins = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{DIRECTIVES, MOST, brackets, too_large, too_large_json};

    /// So many values, and one more.
    #[test]
    fn values_are_counted() {
        let most = usize::try_from(MOST).expect("it fits");
        let list = |count: usize| format!("[{}1]", "1,".repeat(count - 2));
        assert_eq!((too_large_json(&list(most)), too_large(&list(most))), (None, None));
        assert!(too_large_json(&list(most + 1)).is_some() && too_large(&list(most + 2)).is_some());
        let text = format!("[\"\\\"{}\"]", ",[{".repeat(most));
        assert_eq!((too_large_json(&text), too_large(&text)), (None, None));
        assert_eq!(too_large(&format!("a: |\n{}", "  - x: [1, 2]\n".repeat(most / 4))), None);
        assert!(too_large(&"- - a\n".repeat(most)).is_some());
        let directive = |it: usize| format!("%TAG !e{it}! tag:e.com,2000:\n");
        let directives = |count: usize| (0..count).map(directive).collect::<String>() + "---\na: 1\n";
        assert_eq!(too_large(&directives(DIRECTIVES)), None);
        assert!(too_large(&directives(DIRECTIVES + 1)).is_some());
    }

    #[test]
    fn brackets_are_counted_where_they_are_brackets() {
        let many = |line: &str| line.repeat(600);
        for text in [
            format!("sql: |\n  INSERT INTO t VALUES\n{}", many("  ('[1', 1),\n")),
            format!("ranges: [\n{}]\n", many("  \"[0, 1)\",\n")),
            format!("ranges: [\n{}]\n", many("  '[it''s {',\n")),
            format!("pattern: ^{}$\n", many("[^\\[]+")),
            format!("- pattern: x{}\n", many("[^\\[]+ ")),
            format!("script: >-\n{}", many("  case [ $x in {:\n\n")),
            format!("a: 1 {}\n", many("# [{ ")),
            many("a: [1, {b: [2]}]\n"),
            format!("a: \"{}\"\n", many("\\\"[{")),
            format!("a: \"\n{}\"\n", many("  [{\n")),
            format!("--- |\n{}", many(" [\n")),
            format!("- - |\n{}", many("     [\n")),
        ] {
            assert!(brackets(&text) < 10, "{} in {}", brackets(&text), text.get(..60).unwrap_or(&text));
        }
        for text in [
            many("["),
            many("{a: "),
            format!("a:\n  - b: {}", many("[{")),
            many("[\n"),
            many("- "),
            format!("a:\n  {}", many("? ")),
            many("{\na:\n"),
            format!("a: &x !t {}", many("[")),
            format!("{}\n{}", many("[ 'x', "), many("[")),
        ] {
            assert!(brackets(&text) >= 600, "{} in {}", brackets(&text), text.get(..60).unwrap_or(&text));
        }
    }
}
