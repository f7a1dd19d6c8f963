//! Blocks: entries, statements, nested declarations.

use crate::diagnostic::Invariant;
use std::iter::Peekable;
use std::ops::Range;
use std::sync::Arc;

use pest::iterators::Pair;

use super::super::ast::{
    Action, Block, BlockLet, Entry, Expr, ExprKind, Key, Member, Override, OverrideOf, Patch, Path, Rings, Segment,
    Selector, Spread, Target, Unset, Use,
};
use super::super::chunk::NESTING_LIMIT;
use super::super::grammar::Rule;
use super::super::problems::Problem;
use super::{Lowering, inner};

impl Lowering<'_> {
    #[expect(clippy::wildcard_enum_match_arm, reason = "everything else is a nested declaration")]
    pub(super) fn block(&mut self, pair: Pair<'_, Rule>) -> Block {
        let whole = self.range(&pair);
        let node = self.node(&pair);
        let mut members = Vec::new();
        let declared = self.declarations.len();
        let mut lets = 0;
        for it in inner(pair) {
            match it.as_rule() {
                Rule::entry => members.push(Member::Entry(self.entry(it))),
                Rule::plain_entry => members.extend(self.plain_entry(it).map(Member::Entry)),
                Rule::use_ | Rule::plain_use => members.push(self.use_(it)),
                Rule::drop => members.push(Member::Drop(self.targets(it))),
                Rule::attach => members.push(Member::Attach(self.targets(it))),
                Rule::detach => members.push(Member::Detach(self.targets(it))),
                Rule::unset => members.push(self.unset(it)),
                Rule::spread => members.push(self.spread(it)),
                Rule::override_ => members.push(self.nested_override(it)),
                Rule::patch => members.push(self.patch(it)),
                Rule::let_ => {
                    // Those at the head of a block stand before all else.
                    if members.len() > lets || self.declarations.len() > declared {
                        let range = self.range(&it);
                        self.problems.push(Problem::LateLet(range));
                    }
                    let late = members.len() - lets;
                    members.extend(self.block_let(it).map(|it| Member::Let(Arc::new(it))));
                    lets = members.len() - late;
                }
                Rule::rings => members.extend(self.rings(it).map(Member::Rings)),
                Rule::missing_close => self.problems.push(Problem::MissingClose(whole.clone())),
                Rule::bad => {
                    let range = self.range(&it);
                    self.problems.push(Problem::BadMember(range));
                }
                _ => self.item(it),
            }
        }
        // Most hold one or two; there are many of them, and they stay.
        members.shrink_to_fit();
        Block::new(node, members)
    }

    /// `region = "eu-west-1"`, with the nodes that any entry has.
    fn plain_entry(&mut self, pair: Pair<'_, Rule>) -> Option<Entry> {
        let node = self.node(&pair);
        let mut parts = inner(pair);
        let (Some(name), Some(value)) = (parts.next(), parts.next()) else { return self.broken(None) };
        let path = self.node(&name);
        let segment = Segment { node: self.node(&name), key: Key::Name(name.as_str().into()), selectors: Vec::new() };
        let written = value.as_str();
        let text = written.get(1..written.len() - 1).invariant("a plain string stands in quotes");
        let value = Expr { node: self.node(&value), kind: ExprKind::Text(text.into()) };
        let path = Path { node: path, segments: vec![segment] };
        Some(Entry { node, is_final: false, path, action: Action::Assign(value), when: None })
    }

    fn entry(&mut self, pair: Pair<'_, Rule>) -> Entry {
        let node = self.node(&pair);
        let range = self.range(&pair);
        let mut parts = inner(pair).peekable();
        let is_final = parts.next_if(|it| it.as_rule() == Rule::final_).is_some();
        let path = match parts.next() {
            Some(it) => self.path(it),
            None => Path { node, segments: Vec::new() },
        };
        let mut when = None;
        let action = parts.next().and_then(|it| {
            let rule = it.as_rule();
            let mut parts = inner(it).peekable();
            Some(if rule == Rule::amend {
                when = self.next_when(&mut parts);
                Action::Amend(parts.next().map(|it| self.block(it)).unwrap_or_default())
            } else if rule == Rule::typed {
                let ty = parts.next().map(|it| self.type_expr(it))?;
                let action = if let Some(it) = parts.next_if(|it| it.as_rule() == Rule::block) {
                    Action::AmendTyped { ty, block: self.block(it) }
                } else {
                    let default = parts.next_if(|it| it.as_rule() == Rule::expr).map(|it| self.expr(it));
                    Action::Declare { ty, default }
                };
                when = self.next_when(&mut parts);
                action
            } else {
                let value = self.next_expr(&mut parts, range);
                when = self.next_when(&mut parts);
                if rule == Rule::append { Action::Append(value) } else { Action::Assign(value) }
            })
        });
        let action = action.unwrap_or_else(|| Action::Assign(Expr { node, kind: self.broken(ExprKind::Broken) }));
        Entry { node, is_final, path, action, when }
    }

    pub(super) fn next_expr<'i>(
        &mut self,
        parts: &mut Peekable<impl Iterator<Item = Pair<'i, Rule>>>,
        range: Range<usize>,
    ) -> Expr {
        match parts.next_if(|it| it.as_rule() == Rule::expr) {
            Some(it) => self.expr(it),
            None => Expr { node: self.node_at(range), kind: self.broken(ExprKind::Broken) },
        }
    }

    pub(super) fn next_when<'i>(&mut self, parts: &mut Peekable<impl Iterator<Item = Pair<'i, Rule>>>) -> Option<Expr> {
        let when = parts.next_if(|it| it.as_rule() == Rule::when)?;
        let range = self.range(&when);
        let mut parts = inner(when).peekable();
        Some(self.next_expr(&mut parts, range))
    }

    pub(super) fn path(&mut self, pair: Pair<'_, Rule>) -> Path {
        let node = self.node(&pair);
        let mut segments: Vec<Segment> = inner(pair).map(|it| self.segment(it)).collect();
        // Nearly all are one name; there are many of them, and they stay.
        segments.shrink_to_fit();
        if segments.len() > NESTING_LIMIT {
            let start = self.nodes.get(node as usize).map_or(0, |it| it.start);
            self.problems.push(Problem::TooDeep(start));
            return Path { node, segments: Vec::new() };
        }
        Path { node, segments }
    }

    fn segment(&mut self, pair: Pair<'_, Rule>) -> Segment {
        let mut parts = inner(pair);
        let Some(first) = parts.next() else {
            return self.broken(Segment { node: 0, key: Key::Name("".into()), selectors: Vec::new() });
        };
        let node = self.node(&first);
        let key = if first.as_rule() == Rule::string {
            let text = self.string(first);
            match text.kind {
                ExprKind::Text(it) => Key::Name(it),
                _ => Key::Interpolated(text),
            }
        } else {
            Key::Name(first.as_str().into())
        };
        let selectors = parts.map(|it| self.selector(it)).collect();
        Segment { node, key, selectors }
    }

    fn selector(&mut self, pair: Pair<'_, Rule>) -> Selector {
        let node = self.node(&pair);
        let pins = inner(pair)
            .filter_map(|pin| {
                let mut parts = inner(pin);
                let (Some(path), Some(value)) = (parts.next(), parts.next()) else { return self.broken(None) };
                Some((inner(path).map(|it| self.plain_text(it)).collect(), self.expr(value)))
            })
            .collect();
        Selector { node, pins }
    }

    pub(super) fn target(&mut self, pair: Pair<'_, Rule>) -> Target {
        let node = self.node(&pair);
        self.names_in(node, &pair);
        let parts = inner(pair).map(|it| (it.as_str().trim() != "*").then(|| self.plain_text(it))).collect();
        Target { node, parts }
    }

    fn targets(&mut self, pair: Pair<'_, Rule>) -> Vec<Target> {
        inner(pair).map(|it| self.target(it)).collect()
    }

    fn use_(&mut self, pair: Pair<'_, Rule>) -> Member {
        let node = self.node(&pair);
        let mut targets = Vec::new();
        let mut block = None;
        for it in inner(pair) {
            if it.as_rule() == Rule::block {
                block = Some(self.block(it));
            } else {
                targets.push(self.target(it));
            }
        }
        Member::Use(Use { node, targets, block })
    }

    fn unset(&mut self, pair: Pair<'_, Rule>) -> Member {
        let node = self.node(&pair);
        let mut parts = inner(pair).peekable();
        let path = match parts.next() {
            Some(it) => self.path(it),
            None => Path { node, segments: Vec::new() },
        };
        let when = self.next_when(&mut parts);
        Member::Unset(Unset { node, path, when })
    }

    fn spread(&mut self, pair: Pair<'_, Rule>) -> Member {
        let node = self.node(&pair);
        let range = self.range(&pair);
        let mut parts = inner(pair).peekable();
        let value = self.next_expr(&mut parts, range);
        let when = self.next_when(&mut parts);
        Member::Spread(Spread { node, value, when })
    }

    fn nested_override(&mut self, pair: Pair<'_, Rule>) -> Member {
        let node = self.node(&pair);
        let mut parts = inner(pair).peekable();
        let what = Self::overridden(&mut parts);
        let target = match parts.next() {
            Some(it) => self.target(it),
            None => Target { node, parts: Vec::new() },
        };
        let when = self.next_when(&mut parts);
        let block = match parts.next() {
            Some(it) => self.block(it),
            None => Block::default(),
        };
        Member::Override(Override { node, what, target, when, block: Arc::new(block) })
    }

    fn block_let(&mut self, pair: Pair<'_, Rule>) -> Option<BlockLet> {
        let range = self.range(&pair);
        let mut parts = inner(pair).peekable();
        let Some(name) = parts.next() else { return self.broken(None) };
        let node = self.node(&name);
        let ty = parts.next_if(|it| it.as_rule() == Rule::type_).map(|it| Arc::new(self.type_expr(it)));
        let value = Arc::new(self.next_expr(&mut parts, range));
        Some(BlockLet { node, name: name.as_str().trim().into(), ty, value })
    }

    fn rings(&mut self, pair: Pair<'_, Rule>) -> Option<Rings> {
        let range = self.range(&pair);
        let mut parts = inner(pair).peekable();
        let Some(fact) = parts.next() else { return self.broken(None) };
        let node = self.node(&fact);
        let order = self.next_expr(&mut parts, range);
        Some(Rings { node, fact: fact.as_str().trim().into(), order })
    }

    /// `override source`, `override cluster`, `override baseline`, `override namespace`, or that of an item.
    pub(super) fn overridden<'i>(parts: &mut Peekable<impl Iterator<Item = Pair<'i, Rule>>>) -> OverrideOf {
        match parts.next_if(|it| it.as_rule() == Rule::override_kw).map(|it| it.as_str().trim()) {
            Some("source") => OverrideOf::Source,
            Some("baseline") => OverrideOf::Baseline,
            Some("namespace") => OverrideOf::Namespace,
            Some(_) => OverrideOf::Cluster,
            None => OverrideOf::Item,
        }
    }

    fn patch(&mut self, pair: Pair<'_, Rule>) -> Member {
        let node = self.node(&pair);
        let mut texts = Vec::new();
        let mut block = Block::default();
        for it in inner(pair) {
            if it.as_rule() == Rule::block {
                block = self.block(it);
            } else {
                texts.push(self.plain_text(it));
            }
        }
        let mut texts = texts.into_iter();
        let (object, name) = match (texts.next(), texts.next()) {
            (Some(object), Some(name)) => (object, name),
            (object, _) => self.broken((object.unwrap_or_default(), "".into())),
        };
        Member::Patch(Patch { node, object, name, namespace: texts.next(), block })
    }
}
