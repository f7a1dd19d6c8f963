//! Where the nodes of a YAML text stand, and which of them are plain.

use std::collections::BTreeMap;
use std::ops::Range;
use std::rc::Rc;

use granit_parser::{Event, Parser, ScalarStyle, Span};

use crate::source::IndexMap;

/// A node of the text.
#[derive(Clone, Debug)]
pub(super) struct Marked {
    pub range: Range<usize>,
    pub kind: MarkedKind,
}

#[derive(Clone, Debug)]
pub(super) enum MarkedKind {
    /// A scalar, and whether it stands without quotes.
    Scalar {
        plain: bool,
    },
    List(Vec<Rc<Marked>>),
    /// Keys as they read, each with the last value it is given; those that are no scalars are empty.
    Map(IndexMap<String, Rc<Marked>>),
}

impl Marked {
    /// The element at a position.
    pub(super) fn nth(&self, nth: usize) -> Option<&Self> {
        match &self.kind {
            MarkedKind::List(list) => list.get(nth).map(Rc::as_ref),
            _ => None,
        }
    }

    /// The value at a key, its own or one that is merged in (`<<`).
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        let MarkedKind::Map(entries) = &self.kind else { return None };
        let merged = || match &entries.get("<<")?.kind {
            MarkedKind::List(list) => list.iter().find_map(|it| it.get(key)),
            _ => entries.get("<<")?.get(key),
        };
        entries.get(key).map(Rc::as_ref).or_else(merged)
    }

    /// Whether it is a scalar without quotes.
    pub(super) const fn is_plain(&self) -> bool {
        matches!(self.kind, MarkedKind::Scalar { plain: true })
    }

    fn is_null(&self, text: &str) -> bool {
        self.is_plain()
            && matches!(text.get(self.range.clone()).map(str::trim), Some("" | "~" | "null" | "Null" | "NULL"))
    }
}

/// The documents of a text without empty ones; none if it cannot be read.
pub(super) fn documents(text: &str) -> Option<Vec<Rc<Marked>>> {
    let mut builder = Builder::default();
    for event in Parser::new_from_str(text) {
        let (event, span) = event.ok()?;
        builder.event(event, &span);
    }
    builder.documents.retain(|it| !it.is_null(text));
    Some(builder.documents)
}

/// A collection that is not closed yet.
struct Open {
    start: usize,
    anchor: usize,
    is_map: bool,
    list: Vec<Rc<Marked>>,
    entries: IndexMap<String, Rc<Marked>>,
    /// A key whose value is still to come.
    key: Option<String>,
}

#[derive(Default)]
struct Builder {
    documents: Vec<Rc<Marked>>,
    open: Vec<Open>,
    anchors: BTreeMap<usize, Rc<Marked>>,
}

impl Builder {
    fn event(&mut self, event: Event<'_>, span: &Span) {
        let range = span.byte_range().unwrap_or(0..0);
        match event {
            Event::Scalar(value, style, anchor, _) => {
                let marked = Marked { range, kind: MarkedKind::Scalar { plain: style == ScalarStyle::Plain } };
                self.add(Rc::new(marked), anchor, Some(value.into_owned()));
            }
            Event::SequenceStart(_, anchor, _) => self.begin(range.start, anchor, false),
            Event::MappingStart(_, anchor, _) => self.begin(range.start, anchor, true),
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some(it) = self.open.pop() {
                    let kind = if it.is_map { MarkedKind::Map(it.entries) } else { MarkedKind::List(it.list) };
                    self.add(Rc::new(Marked { range: it.start..range.end.max(it.start), kind }), it.anchor, None);
                }
            }
            Event::Alias(anchor) => {
                let unknown = || Rc::new(Marked { range, kind: MarkedKind::Scalar { plain: false } });
                let target = self.anchors.get(&anchor).cloned().unwrap_or_else(unknown);
                self.add(target, 0, None);
            }
            Event::DocumentStart(..) => self.anchors.clear(),
            _ => {}
        }
    }

    fn begin(&mut self, start: usize, anchor: usize, is_map: bool) {
        self.open.push(Open { start, anchor, is_map, list: Vec::new(), entries: IndexMap::default(), key: None });
    }

    fn add(&mut self, marked: Rc<Marked>, anchor: usize, text: Option<String>) {
        if anchor > 0 {
            self.anchors.insert(anchor, Rc::clone(&marked));
        }
        match self.open.last_mut() {
            None => self.documents.push(marked),
            Some(open) if !open.is_map => open.list.push(marked),
            Some(open) => match open.key.take() {
                None => open.key = Some(text.unwrap_or_default()),
                Some(key) => {
                    open.entries.insert(key, marked);
                }
            },
        }
    }
}
