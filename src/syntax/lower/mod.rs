//! Pairs of the grammar → the tree.
//!
//! Each declaration becomes a [`Lowered`] of its own, with its own node numbers;
//! what was nested in it names it as its parent.

mod block;
mod declaration;
mod expression;
mod text;
mod types;

use std::ops::Range;

use ecow::EcoString;
use pest::iterators::Pair;

use super::ast::Declaration;
use super::grammar::Rule;
use super::problems::Problem;
use super::recover::Repairs;
use crate::diagnostic::{Invariant, bug};
use crate::source::NodeId;

/// Deepest nesting of one expression inside another.
const DEPTH_LIMIT: usize = 200;

/// Most operators in one expression without parentheses.
const OPERATOR_LIMIT: usize = 400;

/// A declaration out of one chunk.
pub(super) struct Lowered {
    /// Index of the declaration around it, among those of the file.
    pub parent: Option<usize>,
    pub declaration: Declaration,
    /// Byte range in the file of each node, by node number.
    pub nodes: Vec<Range<usize>>,
    /// Where names stand in nodes that are more than a name, in order of the text: `a` and `b` of `a.b`.
    pub names: Vec<(NodeId, Range<usize>)>,
}

/// What lowering a file gathers.
pub(super) struct Lowering<'a> {
    /// The whole file.
    file: &'a str,
    /// Offset of the chunk that is being lowered.
    base: usize,
    /// What was repaired in that chunk.
    repairs: Repairs,
    pub declarations: Vec<Lowered>,
    pub problems: Vec<Problem>,
    /// Node ranges of the declaration being lowered.
    nodes: Vec<Range<usize>>,
    /// Ranges of names in them.
    names: Vec<(NodeId, Range<usize>)>,
    /// The declaration being lowered.
    current: Option<usize>,
    depth: usize,
    /// Whether something stands for what could not be lowered.
    is_broken: bool,
}

impl<'a> Lowering<'a> {
    pub(super) fn new(file: &'a str) -> Self {
        Self {
            file,
            base: 0,
            repairs: Repairs::default(),
            declarations: Vec::new(),
            problems: Vec::new(),
            nodes: Vec::new(),
            names: Vec::new(),
            current: None,
            depth: 0,
            is_broken: false,
        }
    }

    /// What stands for something that cannot be lowered: there is a problem that says so.
    const fn broken<T>(&mut self, kind: T) -> T {
        self.is_broken = true;
        kind
    }

    /// Lowers the pairs of one chunk that begins at byte `base` of the file; with what was repaired in it.
    pub(super) fn chunk(&mut self, base: usize, chunk: Pair<'_, Rule>, repairs: Repairs) {
        self.base = base;
        self.repairs = repairs;
        let first_problem = self.problems.len();
        self.problems.append(&mut self.repairs.problems);
        for pair in inner(chunk) {
            match pair.as_rule() {
                Rule::EOI => {}
                Rule::bad_top => {
                    let range = self.range(&pair);
                    self.problems.push(Problem::BadTop(range));
                }
                _ => self.item(pair),
            }
        }
        if std::mem::take(&mut self.is_broken) && self.problems.len() == first_problem {
            bug("something was read that has no meaning, and no problem says so");
        }
    }

    fn range(&self, pair: &Pair<'_, Rule>) -> Range<usize> {
        let span = pair.as_span();
        let text = span.as_str();
        let end = span.start() + text.trim_end().len();
        let written = |at: usize| self.base + self.repairs.written(at);
        written(span.start())..written(end.max(span.start()))
    }

    /// A number for the node that `pair` is.
    fn node(&mut self, pair: &Pair<'_, Rule>) -> NodeId {
        let range = self.range(pair);
        self.node_at(range)
    }

    fn node_at(&mut self, range: Range<usize>) -> NodeId {
        self.nodes.push(range);
        NodeId::try_from(self.nodes.len() - 1).ok().invariant("a file has fewer nodes than bytes")
    }

    /// Says that a name stands in a node.
    fn name_in(&mut self, node: NodeId, name: &Pair<'_, Rule>) {
        let range = self.range(name);
        self.names.push((node, range));
    }

    /// The same of each name of a path, if it is more than one.
    fn names_in(&mut self, node: NodeId, path: &Pair<'_, Rule>) {
        let names: Vec<Pair<'_, Rule>> = inner(path.clone()).collect();
        if names.len() > 1 {
            for it in &names {
                self.name_in(node, it);
            }
        }
    }

    /// The `///` lines right above byte `start`.
    fn doc_above(&self, start: usize) -> Option<EcoString> {
        let above = self.file.get(..start)?;
        let (above, before) = above.split_at(above.rfind('\n')?);
        // What stands in the middle of a line has no lines of its own above it.
        if !before.trim().is_empty() {
            return None;
        }
        let mut lines: Vec<&str> = above
            .split('\n')
            .rev()
            .map_while(|line| line.trim().strip_prefix("///"))
            .map(|line| line.strip_prefix(' ').unwrap_or(line).trim_end())
            .collect();
        lines.reverse();
        (!lines.is_empty()).then(|| lines.join("\n").into())
    }
}

/// The children that mean something: no comments, no keywords.
fn inner(pair: Pair<'_, Rule>) -> impl Iterator<Item = Pair<'_, Rule>> {
    pair.into_inner().filter(|it| !is_noise(it.as_rule()))
}

/// A name of several parts, however much space stands between them.
fn dotted(pair: &Pair<'_, Rule>) -> ecow::EcoString {
    let parts: Vec<&str> = inner(pair.clone()).map(|it| it.as_str().trim()).collect();
    if parts.is_empty() { pair.as_str().trim().into() } else { parts.join(".").into() }
}

const fn is_noise(rule: Rule) -> bool {
    matches!(
        rule,
        Rule::comment
            | Rule::EOI
            | Rule::close
            | Rule::kw_addon
            | Rule::kw_attach
            | Rule::kw_check
            | Rule::kw_detach
            | Rule::kw_drop
            | Rule::kw_external
            | Rule::kw_final
            | Rule::kw_fn
            | Rule::kw_import
            | Rule::kw_inventory
            | Rule::kw_let
            | Rule::kw_manifest
            | Rule::kw_moved
            | Rule::kw_override
            | Rule::kw_patch
            | Rule::kw_rings
            | Rule::kw_rule
            | Rule::kw_source
            | Rule::kw_type
            | Rule::kw_unset
            | Rule::kw_use
            | Rule::kw_and
            | Rule::kw_as
            | Rule::kw_else
            | Rule::kw_for
            | Rule::kw_from
            | Rule::kw_if
            | Rule::kw_in
            | Rule::kw_match
            | Rule::kw_not
            | Rule::kw_or
            | Rule::kw_then
            | Rule::kw_when
            | Rule::kw_where
    )
}
