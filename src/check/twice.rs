//! The same path twice in one block is always a mistake (`semantics.md` rule 3).

use ecow::EcoString;

use super::problems;
use crate::diagnostic::Diagnostic;
use crate::source::{Anchor, NodeId, Origin};
use crate::syntax::ast::{Action, Block, ExprKind, Key, Member, Segment};

/// A path, whether it is settled there, and where.
type Written = (Vec<EcoString>, bool, NodeId);

/// Reports paths that a block sets more than once without a condition.
pub fn check(anchor: Anchor, block: &Block, out: &mut Vec<Diagnostic>) {
    let mut written: Vec<Written> = Vec::new();
    gather(block, &[], &mut written);
    written.sort_by(|a, b| (&a.0, !a.1, a.2).cmp(&(&b.0, !b.1, b.2)));
    let mut settled: Option<&Written> = None;
    for it in &written {
        if let Some(first) = settled
            && it.0.starts_with(&first.0)
        {
            let (early, late) = if first.2 < it.2 { (first.2, it.2) } else { (it.2, first.2) };
            out.push(problems::twice(Origin::new(anchor, late), &it.0.join("."), Origin::new(anchor, early)));
            continue;
        }
        if it.1 {
            settled = Some(it);
        }
    }
}

fn gather(block: &Block, prefix: &[EcoString], written: &mut Vec<Written>) {
    for member in &block.members {
        match member {
            Member::Entry(entry) if entry.when.is_none() => {
                let Some(path) = path_of(prefix, &entry.path.segments) else { continue };
                match &entry.action {
                    Action::Assign(value) => {
                        if let ExprKind::Object(inner) = &value.kind {
                            // An object is checked on its own.
                            let mut own = Vec::new();
                            gather(inner, &path, &mut own);
                        }
                        written.push((path, true, entry.node));
                    }
                    Action::Amend(inner) | Action::AmendTyped { block: inner, .. } => {
                        if inner.members.is_empty() {
                            written.push((path, false, entry.node));
                        } else {
                            gather(inner, &path, written);
                        }
                    }
                    // `=` and `+=` of one block apply in this order.
                    Action::Append(_) | Action::Declare { .. } => {}
                }
            }
            Member::Unset(it) if it.when.is_none() => {
                if let Some(path) = path_of(prefix, &it.path.segments) {
                    written.push((path, true, it.node));
                }
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
