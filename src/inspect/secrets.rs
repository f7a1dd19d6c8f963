//! What is not shown: credentials.
//!
//! In: answers with values. Out: the same answers, with [`HIDDEN`] where a value is in a
//! Secret, or its key is called as credentials are. What a cluster applies (`render`, the
//! tree) is never changed.

use ecow::EcoString;

use super::answer::{Absence, Layer, Leaf, What};
use super::diff::change::{Because, Cause, Change, Verb};
use super::diff::leaves::LeafChange;
use crate::fleet::Read;
use crate::kube::Id;
use crate::schema::is_credential;
use crate::source::{IndexMap, Origin};
use crate::value::{Node, Overridden, Path, Step, Value};

/// What is shown instead of a credential.
pub const HIDDEN: &str = "(hidden)";

/// Whether the value at a path of an object is a credential.
#[must_use]
pub(super) fn is_hidden(object: Option<&Id>, path: &Path) -> bool {
    let is_secret = object.is_some_and(|it| it.kind == "Secret" && it.group.is_empty());
    let in_data = matches!(path.0.first(), Some(Step::Key(it)) if it == "data" || it == "stringData");
    let key = |it: &Step| matches!(it, Step::Key(it) if is_credential(it));
    (is_secret && in_data) || path.0.iter().any(key)
}

/// A value without credentials; `all` if it is one itself. Truths and nulls tell nothing.
#[must_use]
pub(super) fn without_credentials(value: &Value, all: bool) -> Value {
    match value {
        Value::Text(it) if all && it.is_empty() => value.clone(),
        Value::Text(_) | Value::PerCluster(_) | Value::Template(_) | Value::Int(_) | Value::Float(_) if all => {
            Value::Text(HIDDEN.into())
        }
        Value::List(list) => Value::List(std::sync::Arc::new(list.iter().map(|it| plain(it, all)).collect())),
        Value::Map(map) => {
            let entry = |(key, it): (&EcoString, &Node)| (key.clone(), plain(it, all || is_credential(key)));
            Value::of_map(map.entries.iter().map(entry).collect::<IndexMap<_, _>>())
        }
        other => other.clone(),
    }
}

fn plain(node: &Node, all: bool) -> Node {
    fn over(it: &Overridden, all: bool) -> Overridden {
        Overridden {
            value: without_credentials(&it.value, all),
            over: it.over.as_deref().map(|it| std::sync::Arc::new(over(it, all))),
            ..it.clone()
        }
    }
    Node {
        value: without_credentials(&node.value, all),
        over: node.over.as_deref().map(|it| std::sync::Arc::new(over(it, all))),
        origin: node.origin,
    }
}

/// The facts of a cluster, or any other entries, without credentials.
pub(super) fn entries<'a>(all: impl Iterator<Item = (&'a EcoString, &'a Node)>) -> IndexMap<EcoString, Node> {
    all.map(|(key, it)| (key.clone(), plain(it, is_credential(key)))).collect()
}

/// A leaf of an object or an item.
pub(super) fn leaf(what: &What, it: &mut Leaf) {
    let object = match what {
        What::Object(id) => Some(id),
        What::Item(_) | What::Fact(_) => None,
    };
    let all = is_hidden(object, &it.path);
    it.layers.iter_mut().for_each(|it| layer(it, all));
}

pub(super) fn absence(it: &mut Absence) {
    if let Absence::Dropped(it) = it {
        layer(it, false);
    }
}

fn layer(it: &mut Layer, all: bool) {
    it.value = without_credentials(&it.value, all);
    it.is_hidden |= all;
    if all {
        // Where it is written stands in clear text.
        it.written = Vec::new();
    }
    let conditions = it.reason.conditions.iter_mut().flat_map(|it| &mut it.reads);
    for it in it.reason.reads.iter_mut().map(|it| (it, all)).chain(conditions.map(|it| (it, false))) {
        let (it, all) = it;
        read(it, all);
    }
}

fn read(it: &mut Read, all: bool) {
    it.is_hidden |= all || it.names.iter().any(|it| is_credential(it));
    it.node = plain(&it.node, it.is_hidden);
}

/// A change of an object, once it is known to be one.
pub(super) fn change(it: &mut Change) {
    for explained in &mut it.leaves {
        let all = is_hidden(Some(&it.object), &explained.leaf.path);
        let leaf: &mut LeafChange = &mut explained.leaf;
        for side in [&mut leaf.old, &mut leaf.new].into_iter().flatten() {
            *side = plain(side, all);
        }
        explained.causes.iter_mut().for_each(|it| cause(it, all));
    }
    for it in &mut it.because {
        match it {
            Because::Used(it) | Because::Attached(it) => layer(it, false),
            Because::NotDropped(it) => cause(it, false),
            Because::Absent(it) => absence(it),
            _ => {}
        }
    }
}

fn cause(it: &mut Cause, all: bool) {
    layer(&mut it.layer, all);
    if let Verb::NoLonger(reads) | Verb::Reads(reads) = &mut it.verb {
        for (read, was) in reads {
            self::read(read, all);
            if let Some(it) = was {
                *it = plain(it, read.is_hidden);
            }
        }
    }
}

/// The layers of a leaf without credentials.
pub(super) fn layers(path: &Path, all: Vec<(Origin, Value)>) -> Vec<(Origin, Value)> {
    let is_hidden = is_hidden(None, path);
    all.into_iter().map(|(origin, it)| (origin, without_credentials(&it, is_hidden))).collect()
}

#[cfg(test)]
mod tests {
    use super::is_hidden;
    use crate::value::Path;

    #[test]
    fn a_credential_hides_everything_inside() {
        let path = |it: &str| Path::parse(it).expect("a path");
        assert!(is_hidden(None, &path("spec.values.auth.password")) && is_hidden(None, &path("token[0].x")));
        assert!(!is_hidden(None, &path("spec.values.auth.user")));
    }
}
