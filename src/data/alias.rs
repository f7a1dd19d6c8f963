//! How much the aliases (`*name`) of a YAML text repeat: twenty lines can name a billion values.

use std::collections::BTreeMap;

use ecow::{EcoString, eco_format};
use granit_parser::{Event, Parser};

/// Most values that a text with aliases may come to.
const MOST: u64 = 1_000_000;

/// Bytes of a text that weigh as much as a value.
const BYTES: u64 = 64;

/// Why a text is too large once what its aliases name is written out. What cannot be read is not too
/// large; whoever reads it says why.
pub(super) fn too_large(text: &str) -> Option<EcoString> {
    if !text.contains('*') {
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
