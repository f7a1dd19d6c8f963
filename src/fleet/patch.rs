//! Raw patches of a kustomize item: what kustomize shall merge into an object of
//! somebody else's.

use ecow::{EcoString, eco_format};

use super::evaluated::Overrides;
use super::problems;
use crate::eval::{Env, Given, Layer, Op, build, conflict};
use crate::source::{Anchor, IndexMap, Origin};
use crate::syntax::ast::Patch;
use crate::value::{Conflict, Node, Value, same};

/// The patches of every override that applies to the item, lowest rank first.
pub(super) fn patches(env: &mut Env<'_>, item: Anchor, overrides: &Overrides<'_>) -> Vec<(Patch, Node)> {
    let mut patches: Vec<(usize, Patch, Node)> = Vec::new();
    for (rank, of_rank) in overrides.iter().enumerate() {
        for (anchor, it) in of_rank {
            for patch in it.patches() {
                let node = env.within(*anchor, |env| {
                    let layer = build(env, &patch.block);
                    raw(env, layer, Origin::new(*anchor, patch.node))
                });
                patches.push((rank, patch.clone(), node));
            }
        }
    }
    // Where no cluster is given, a higher layer may still decide.
    if matches!(env.cluster, Given::Known(_)) {
        conflicts(env, item, &patches);
    }
    patches.into_iter().map(|(_, patch, node)| (patch, node)).collect()
}

/// Reports what two patches of one rank say differently and no higher one settles.
fn conflicts(env: &mut Env<'_>, item: Anchor, patches: &[(usize, Patch, Node)]) {
    let name = eco_format!("`{}`", item.name(env.db));
    for (nth, (rank, patch, node)) in patches.iter().enumerate() {
        let of_object = |it: &&(usize, Patch, Node)| it.1.is_of_same_object(patch);
        let higher: Vec<&Node> = patches.iter().filter(of_object).filter(|it| it.0 > *rank).map(|it| &it.2).collect();
        for (_, _, other) in patches.iter().take(nth).filter(of_object).filter(|it| it.0 == *rank) {
            let mut found = Vec::new();
            differences(other, node, &mut Vec::new(), &mut found);
            for it in found {
                let path: Vec<&str> = it.path.iter().map(EcoString::as_str).collect();
                if !higher.iter().any(|it| it.at(&path).is_some()) {
                    env.report(conflict(&it, &name));
                }
            }
        }
    }
}

/// The leaves that two patches of one object set to different values.
fn differences(a: &Node, b: &Node, path: &mut Vec<EcoString>, found: &mut Vec<Conflict>) {
    if let (Value::Map(a), Value::Map(b)) = (&a.value, &b.value) {
        for (key, a) in &a.entries {
            if let Some(b) = b.entries.get(key) {
                path.push(key.clone());
                differences(a, b, path, found);
                path.pop();
            }
        }
    } else if !same(&a.value, &b.value) {
        let (a, b) = ((a.origin, a.value.clone()), (b.origin, b.value.clone()));
        found.push(Conflict { path: path.clone(), a, b, same_block: false });
    }
}

/// The entries of a raw patch as they are written; what is unset is deleted.
fn raw(env: &mut Env<'_>, layer: Layer, origin: Origin) -> Node {
    let mut entries: IndexMap<EcoString, Node> = IndexMap::default();
    for (key, edit) in layer.edits {
        for op in edit.ops {
            let node = match op {
                Op::Set(node) => node,
                Op::Unset => Node::new(Value::Absent, edit.origin),
                Op::Amend(inner) => raw(env, inner, edit.origin),
                Op::Select(..) | Op::Append(_) => {
                    env.report(problems::raw_patch(edit.origin));
                    continue;
                }
            };
            entries.insert(key.clone(), node);
        }
    }
    Node::new(Value::of_map(entries), origin)
}
