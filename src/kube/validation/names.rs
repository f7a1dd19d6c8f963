//! The names, labels and annotations of an object.

use ecow::{EcoString, eco_format};

use super::found::{Found, TextRule};
use super::name_rule::NameRule;
use super::problems;
use crate::kube::object::Id;
use crate::value::{Node, Value};

/// Checks the names of an object: its own, its namespace's, and its labels and annotations, wherever it has some.
pub fn check(id: &Id, body: &Node, is_substituted: bool, found: &mut Found) {
    let mut names = Names { id, is_substituted, found };
    let rule = NameRule::of_kind(&id.group, &id.kind);
    names.text(body.at(&["metadata", "name"]), "metadata.name", rule);
    names.text(body.at(&["metadata", "namespace"]), "metadata.namespace", NameRule::Label);
    names.metadata(body.get("metadata"), "metadata");
    // Of other kinds is not known what is a label in them: policies have patterns there, CRDs descriptions.
    if matches!(id.group.as_str(), "" | "apps" | "batch" | "policy" | "networking.k8s.io") {
        names.inside(body.get("spec"), "spec");
    }
}

struct Names<'a> {
    id: &'a Id,
    is_substituted: bool,
    found: &'a mut Found,
}

impl Names<'_> {
    fn text(&mut self, node: Option<&Node>, place: &str, rule: NameRule) {
        let Some(node) = node else { return };
        match &node.value {
            Value::Text(it) if self.is_substituted && it.contains("${") => {}
            Value::Text(it) if !rule.holds(it) => {
                self.found.diagnostics.push(problems::bad_name(node.origin, self.id, place, it, rule));
            }
            Value::PerCluster(it) => self.found.promise(it, TextRule::Name(rule)),
            _ => {}
        }
    }

    fn key(&mut self, node: &Node, key: &EcoString, place: &str) {
        let is_open = self.is_substituted && key.contains("${");
        if !is_open && !NameRule::Key.holds(key) {
            self.found.diagnostics.push(problems::bad_name(node.origin, self.id, place, key, NameRule::Key));
        }
    }

    fn metadata(&mut self, metadata: Option<&Node>, place: &str) {
        self.labels(metadata.and_then(|it| it.get("labels")), &eco_format!("{place}.labels"));
        let annotations = metadata.and_then(|it| it.get("annotations")).and_then(Node::map);
        for (key, node) in annotations.into_iter().flat_map(|it| &it.entries) {
            // Kubernetes looks at their keys in small letters.
            self.key(node, &key.to_lowercase(), &eco_format!("{place}.annotations"));
        }
    }

    fn labels(&mut self, labels: Option<&Node>, place: &str) {
        for (key, node) in labels.and_then(Node::map).into_iter().flat_map(|it| &it.entries) {
            self.key(node, key, place);
            self.text(Some(node), &eco_format!("{place}[\"{key}\"]"), NameRule::LabelValue);
        }
    }

    fn inside(&mut self, node: Option<&Node>, place: &str) {
        let Some(node) = node else { return };
        match &node.value {
            Value::Map(map) => {
                for (key, node) in &map.entries {
                    let place = eco_format!("{place}.{key}");
                    match key.as_str() {
                        "metadata" => self.metadata(Some(node), &place),
                        "matchLabels" => self.labels(Some(node), &place),
                        _ => self.inside(Some(node), &place),
                    }
                }
            }
            Value::List(list) => {
                for (nth, it) in list.iter().enumerate() {
                    self.inside(Some(it), &eco_format!("{place}[{nth}]"));
                }
            }
            _ => {}
        }
    }
}
