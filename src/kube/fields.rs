//! The fields of Flux' objects that a version of Flux serves. A field that the installed CRD does not have makes the
//! whole Kustomization fail, so it is not written.

use std::sync::Arc;

use super::object::Object;
use super::problems;
use crate::diagnostic::{Diagnostic, Invariant, bug};
use crate::schema::{self, Field, Minor};
use crate::source::Db;
use crate::value::{Node, Value};

/// The version of Flux that an object is for.
pub struct ServedFields<'a> {
    pub db: &'a dyn Db,
    pub minor: Minor,
    /// The cluster that runs it. None for `common/`: newer fields are left out of it, and each cluster that has them adds
    /// them.
    pub cluster: Option<&'a str>,
}

impl ServedFields<'_> {
    /// Removes the fields that this Flux does not serve from an object's spec. One that an author wrote is an error.
    pub fn strip(&self, object: &mut Object, out: &mut Vec<Diagnostic>) {
        if !schema::is_flux_kind(&object.id.group, &object.id.kind) {
            return;
        }
        let spec = schema::spec(&object.id.kind).invariant("the fields of every kind of Flux are known");
        let kind = object.id.kind.clone();
        let Value::Map(body) = &mut object.body.value else { bug("an object is a map") };
        if !body.entries.get("spec").is_some_and(|it| self.is_newer(it, spec)) {
            return;
        }
        if let Some(node) = Arc::make_mut(body).entries.get_mut("spec") {
            self.fields(node, spec, &kind, "spec", out);
        }
    }

    /// Whether there is anything to take out: most objects are left alone.
    fn is_newer(&self, node: &Node, field: &Field) -> bool {
        match &node.value {
            Value::Map(map) => map.entries.iter().any(|(key, node)| {
                field.fields.get(key.as_str()).is_some_and(|it| it.since > self.minor || self.is_newer(node, it))
            }),
            Value::List(list) => list.iter().any(|it| self.is_newer(it, field)),
            Value::Text(text) => field.choices.iter().any(|(choice, since)| *choice == text && *since > self.minor),
            _ => false,
        }
    }

    fn fields(&self, node: &mut Node, field: &Field, kind: &str, path: &str, out: &mut Vec<Diagnostic>) {
        match &mut node.value {
            Value::Map(map) => {
                let map = Arc::make_mut(map);
                let keys: Vec<_> = map.entries.keys().cloned().collect();
                for key in keys {
                    let Some(inner) = field.fields.get(key.as_str()) else { continue };
                    let slot = map.entries.get_mut(&key).invariant("the keys are those of the map");
                    let path = format!("{path}.{key}");
                    if inner.since > self.minor {
                        self.refuse(slot, kind, &path, inner.since, out);
                        map.entries.shift_remove(&key);
                    } else if let Some(since) = newer_choice(slot, inner, self.minor) {
                        self.refuse(slot, kind, &format!("{path}: {}", slot.value.show()), since, out);
                        map.entries.shift_remove(&key);
                    } else {
                        self.fields(slot, inner, kind, &path, out);
                    }
                }
            }
            Value::List(list) => {
                for element in Arc::make_mut(list) {
                    self.fields(element, field, kind, path, out);
                }
            }
            _ => {}
        }
    }

    fn refuse(&self, node: &Node, kind: &str, path: &str, since: Minor, out: &mut Vec<Diagnostic>) {
        let is_default = node.origin.anchor.is_standard(self.db);
        if let (Some(cluster), false) = (self.cluster, is_default) {
            out.push(problems::too_new(node.origin, kind, path, since, cluster, self.minor));
        }
    }
}

/// The first Flux that has the enum value at a node, if this one does not.
fn newer_choice(node: &Node, field: &Field, minor: Minor) -> Option<Minor> {
    let of = |it: &Node| {
        let text = it.text()?;
        field.choices.iter().find(|(choice, since)| *choice == text.as_str() && *since > minor).map(|(_, since)| *since)
    };
    match &node.value {
        Value::List(list) => list.iter().find_map(of),
        _ => of(node),
    }
}
