//! Elements of lists, by what selectors ask for: `env[name = "LOG"]`.

use ecow::EcoString;

use crate::source::{IndexMap, IndexSet};
use crate::value::{Node, Value, same};

/// `[name = "x"]`: keys inside an element and what stands there.
pub(super) type Pins = Vec<(Vec<EcoString>, Value)>;

/// The elements of a list, to be asked for by many selectors.
pub(super) struct Elements<'a> {
    list: &'a [Node],
    /// For each path that selectors begin with.
    by_path: IndexMap<&'a [EcoString], ByText<'a>>,
}

/// The positions of the elements that have a text at a path, by that text, and those of all others.
#[derive(Default)]
struct ByText<'a> {
    texts: IndexMap<&'a str, Vec<usize>>,
    others: Vec<usize>,
}

impl<'a> Elements<'a> {
    /// `None` if what selectors look at is not known in every element.
    pub(super) fn of<'b: 'a>(list: &'a [Node], selectors: impl Iterator<Item = &'b Pins>) -> Option<Self> {
        let (mut paths, mut first) = (IndexSet::default(), IndexSet::default());
        for pins in selectors {
            paths.extend(pins.iter().map(|(path, _)| path.as_slice()));
            first.extend(pins.first().map(|(path, _)| path.as_slice()));
        }
        if list.iter().any(|it| paths.iter().any(|path| pin_unknown(it, path))) {
            return None;
        }
        let mut by_path: IndexMap<&[EcoString], ByText<'_>> = IndexMap::default();
        for path in first {
            let names: Vec<&str> = path.iter().map(EcoString::as_str).collect();
            let by_text = by_path.entry(path).or_default();
            for (nth, element) in list.iter().enumerate() {
                match element.at(&names).and_then(Node::text) {
                    Some(it) => by_text.texts.entry(it.as_str()).or_default().push(nth),
                    None => by_text.others.push(nth),
                }
            }
        }
        Some(Self { list, by_path })
    }

    /// The positions of those that a selector means.
    pub(super) fn meant(&self, pins: &Pins) -> Vec<usize> {
        let known = match pins.first() {
            Some((path, Value::Text(wanted))) => self.by_path.get(path.as_slice()).map(|it| (it, wanted.as_str())),
            _ => None,
        };
        let is_meant = |nth: &usize| self.list.get(*nth).is_some_and(|it| has_pins(it, pins));
        let Some((ByText { texts, others }, wanted)) = known else {
            return (0..self.list.len()).filter(is_meant).collect();
        };
        let mut found: Vec<usize> =
            texts.get(wanted).into_iter().flatten().chain(others).copied().filter(is_meant).collect();
        found.sort_unstable();
        found
    }
}

/// Whether an element has what a selector asks for.
pub(super) fn has_pins(element: &Node, pins: &Pins) -> bool {
    pins.iter().all(|(path, wanted)| {
        let path: Vec<&str> = path.iter().map(EcoString::as_str).collect();
        element.at(&path).is_some_and(|it| same(&it.value, wanted))
    })
}

fn pin_unknown(element: &Node, path: &[EcoString]) -> bool {
    let path: Vec<&str> = path.iter().map(EcoString::as_str).collect();
    matches!(element.value, Value::Unknown) || element.at(&path).is_some_and(|it| it.value.has_unknown())
}

pub(super) fn selector_text(pins: &Pins) -> EcoString {
    let parts: Vec<String> =
        pins.iter().map(|(path, value)| format!("{} = {}", path.join("."), value.show())).collect();
    ecow::eco_format!("[{}]", parts.join(", "))
}
