//! The same path twice in one block is always a mistake (`semantics.md` rule 3).

use ecow::EcoString;

use super::problems;
use crate::diagnostic::Diagnostic;
use crate::source::{Anchor, NodeId, Origin};
use crate::syntax::ast::{Action, Block, Entry, Expr, ExprKind, Key, Member, Segment};

/// A path, how it is written there, and where.
type Written = (Vec<EcoString>, How, NodeId);

/// How a path is written; what settles it comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum How {
    Settled,
    Amended,
    Appended,
}

/// Reports paths that a block sets more than once without a condition.
pub(super) fn check(anchor: Anchor, block: &Block, out: &mut Vec<Diagnostic>) {
    let mut finder = Finder { written: Vec::new(), objects: Vec::new() };
    finder.block(block, &[]);
    let Finder { mut written, objects } = finder;
    written.sort_by(|a, b| (&a.0, a.1, a.2).cmp(&(&b.0, b.1, b.2)));
    let mut last: Option<&Written> = None;
    for it in &written {
        let twice = last.is_some_and(|first| match (first.1, it.1) {
            // `=` and `+=` of one block apply in this order.
            (How::Settled, How::Appended) => first.0 != it.0 && it.0.starts_with(&first.0),
            (How::Settled, _) => it.0.starts_with(&first.0),
            (How::Appended, How::Appended) => it.0 == first.0,
            _ => false,
        });
        if let (true, Some(first)) = (twice, last) {
            let (early, late) = if first.2 < it.2 { (first.2, it.2) } else { (it.2, first.2) };
            out.push(problems::twice(Origin::new(anchor, late), &it.0.join("."), Origin::new(anchor, early)));
            continue;
        }
        let keeps = last.is_some_and(|first| first.1 == How::Settled && it.0.starts_with(&first.0));
        if !keeps && it.1 != How::Amended {
            last = Some(it);
        }
    }
    for it in objects {
        check(anchor, it, out);
    }
}

struct Finder<'a> {
    written: Vec<Written>,
    /// Objects inside expressions, which are checked on their own.
    objects: Vec<&'a Block>,
}

impl<'a> Finder<'a> {
    fn block(&mut self, block: &'a Block, prefix: &[EcoString]) {
        for member in &block.members {
            match member {
                Member::Entry(entry) => self.entry(entry, prefix),
                Member::Unset(it) if it.when.is_none() => {
                    if let Some(path) = path_of(prefix, &it.path.segments) {
                        self.written.push((path, How::Settled, it.node));
                    }
                }
                Member::Spread(it) => self.expr(&it.value),
                _ => {}
            }
        }
    }

    fn entry(&mut self, entry: &'a Entry, prefix: &[EcoString]) {
        let path = if entry.when.is_none() { path_of(prefix, &entry.path.segments) } else { None };
        match &entry.action {
            Action::Assign(value) => {
                self.expr(value);
                self.written.extend(path.map(|it| (it, How::Settled, entry.node)));
            }
            Action::Append(value) => {
                self.expr(value);
                self.written.extend(path.map(|it| (it, How::Appended, entry.node)));
            }
            Action::Amend(inner) | Action::AmendTyped { block: inner, .. } => match path {
                Some(path) if inner.members.is_empty() => self.written.push((path, How::Amended, entry.node)),
                Some(path) => self.block(inner, &path),
                None => self.objects.push(inner),
            },
            Action::Declare { default, .. } => {
                if let Some(it) = default {
                    self.expr(it);
                }
            }
        }
    }

    fn expr(&mut self, expr: &'a Expr) {
        match &expr.kind {
            ExprKind::Object(block) => self.objects.push(block),
            ExprKind::List(elements) => elements.iter().for_each(|it| self.expr(&it.value)),
            ExprKind::If { condition, then, otherwise } => {
                for it in [condition, then, otherwise] {
                    self.expr(it);
                }
            }
            ExprKind::Match { arms, .. } => arms.iter().for_each(|it| self.expr(&it.body)),
            ExprKind::ListFor { body, .. } | ExprKind::MapFor { body, .. } => self.expr(body),
            ExprKind::Binary(_, a, b) => {
                self.expr(a);
                self.expr(b);
            }
            _ => {}
        }
    }
}

/// The path as keys; `None` where a key is computed or an element selected:
/// selectors of one block apply after its `=`.
fn path_of(prefix: &[EcoString], segments: &[Segment]) -> Option<Vec<EcoString>> {
    let mut path = prefix.to_vec();
    for segment in segments {
        match &segment.key {
            Key::Name(name) if segment.selectors.is_empty() => path.push(name.clone()),
            _ => return None,
        }
    }
    Some(path)
}
