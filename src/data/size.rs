//! How large a YAML text becomes when it is read: twenty lines with aliases (`*name`) can name a
//! billion values, and what nests in brackets takes the square of its depth to be refused.

use std::collections::BTreeMap;

use ecow::{EcoString, eco_format};
use granit_parser::{Event, Parser};

/// Most values that a text with aliases may come to.
const MOST: u64 = 1_000_000;

/// Most lists and maps inside each other, as the library that reads them has it.
const DEPTH: usize = 128;

/// So many open brackets are not quoted ones, and are too many for whoever counts them exactly: that takes
/// the square of their number.
const MOST_OPEN: usize = 4 * DEPTH;

/// Bytes of a text that weigh as much as a value.
const BYTES: u64 = 64;

/// Why a text is too large to be read: it nests too deep, or what its aliases name is too much
/// once it is written out. What cannot be read is not too large; whoever reads it says why.
pub(super) fn too_large(text: &str) -> Option<EcoString> {
    let brackets = brackets(text);
    if brackets > MOST_OPEN {
        return Some(too_deep());
    }
    if !text.contains('*') && brackets <= DEPTH {
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
    (total > MOST)
        .then(|| eco_format!("with what its aliases (`*name`) repeat, it is {total} values: {MOST} are the most"))
}

fn too_deep() -> EcoString {
    eco_format!("it has more than {DEPTH} lists and maps inside each other")
}

/// How many brackets of a text are open at once at most, those in quotes and comments counted too: a line
/// that does not end within a list or a map closes all.
fn brackets(text: &str) -> usize {
    let (mut open, mut most) = (0_usize, 0);
    for line in text.lines() {
        for byte in line.bytes() {
            match byte {
                b'[' | b'{' => open += 1,
                b']' | b'}' => open = open.saturating_sub(1),
                _ => continue,
            }
            most = most.max(open);
        }
        if !line.trim_end().ends_with(['[', '{', ',', ':']) {
            open = 0;
        }
    }
    most
}
