//! Names, labels and annotations, as `k8s.io/apimachinery/pkg/util/validation` has them.

use ecow::{EcoString, eco_format};

use super::promise::TextRule;
use super::{Found, problems};
use crate::kube::object::Id;
use crate::value::{Node, Value};

/// How a name may be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NameRule {
    /// RFC 1123: small letters, digits and `-`; 63 characters.
    Label,
    /// Labels with dots between them; so many characters at most.
    Subdomain(usize),
    /// All but `/` and `%`.
    PathSegment,
    /// The value of a label: letters, digits, `-`, `_` and `.`, or nothing; 63 characters.
    LabelValue,
    /// The key of a label or annotation: a name, behind a subdomain and `/` if it has an owner.
    Key,
}

impl NameRule {
    /// The rule for the names of a kind.
    fn of_kind(group: &str, kind: &str) -> Self {
        match (group, kind) {
            ("rbac.authorization.k8s.io", _) | ("networking.k8s.io", "IPAddress") => Self::PathSegment,
            ("", "Namespace" | "Service") => Self::Label,
            // What it makes has eleven characters more.
            ("batch", "CronJob") => Self::Subdomain(52),
            _ => Self::Subdomain(253),
        }
    }

    /// What a name must be like.
    pub(super) const fn describe(self) -> &'static str {
        match self {
            Self::Label => "small letters, digits and `-`, no `-` at either end, 63 characters at most",
            Self::Subdomain(52) => {
                "small letters, digits, `-` and `.`, none of these two at either end, 52 characters at most"
            }
            Self::Subdomain(_) => {
                "small letters, digits, `-` and `.`, none of these two at either end, 253 characters at most"
            }
            Self::PathSegment => "without `/` and `%`",
            Self::LabelValue => {
                "letters, digits, `-`, `_` and `.`, none of these three at either end, 63 characters at most"
            }
            Self::Key => "letters, digits, `-`, `_` and `.`, 63 at most, behind a domain and `/` if it has an owner",
        }
    }

    /// Whether a text is such a name.
    #[must_use]
    pub(super) fn holds(self, text: &str) -> bool {
        match self {
            Self::Label => is_label(text),
            Self::Subdomain(most) => text.len() <= most && text.split('.').all(is_part_of_subdomain),
            Self::PathSegment => !text.is_empty() && !matches!(text, "." | "..") && !text.contains(['/', '%']),
            Self::LabelValue => text.is_empty() || is_qualified(text),
            Self::Key => match text.split_once('/') {
                Some((domain, name)) => Self::Subdomain(253).holds(domain) && is_qualified(name),
                None => is_qualified(text),
            },
        }
    }
}

fn is_part_of_subdomain(text: &str) -> bool {
    let is_end = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit();
    let bytes = text.as_bytes();
    bytes.iter().all(|it| is_end(*it) || *it == b'-')
        && bytes.first().is_some_and(|it| is_end(*it))
        && bytes.last().is_some_and(|it| is_end(*it))
}

fn is_label(text: &str) -> bool {
    text.len() <= 63 && is_part_of_subdomain(text)
}

fn is_qualified(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() <= 63
        && bytes.iter().all(|it| it.is_ascii_alphanumeric() || matches!(it, b'-' | b'_' | b'.'))
        && bytes.first().is_some_and(u8::is_ascii_alphanumeric)
        && bytes.last().is_some_and(u8::is_ascii_alphanumeric)
}

/// Checks the names of an object: its own, its namespace's, and its labels and annotations, wherever it has some.
pub fn check(id: &Id, body: &Node, is_substituted: bool, found: &mut Found) {
    let mut names = Names { id, is_substituted, found };
    let rule = NameRule::of_kind(&id.group, &id.kind);
    names.text(body.at(&["metadata", "name"]), "metadata.name", rule);
    names.text(body.at(&["metadata", "namespace"]), "metadata.namespace", NameRule::Label);
    // What these hold is a text, or somebody else's objects.
    let is_data = id.group.is_empty() && matches!(id.kind.as_str(), "ConfigMap" | "Secret");
    if is_data {
        names.metadata(body.get("metadata"), "metadata");
    } else {
        names.inside(body, "");
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
            self.key(node, key, &eco_format!("{place}.annotations"));
        }
    }

    fn labels(&mut self, labels: Option<&Node>, place: &str) {
        for (key, node) in labels.and_then(Node::map).into_iter().flat_map(|it| &it.entries) {
            self.key(node, key, place);
            self.text(Some(node), &eco_format!("{place}[\"{key}\"]"), NameRule::LabelValue);
        }
    }

    fn inside(&mut self, node: &Node, place: &str) {
        match &node.value {
            Value::Map(map) => {
                for (key, node) in &map.entries {
                    let place = if place.is_empty() { key.clone() } else { eco_format!("{place}.{key}") };
                    match key.as_str() {
                        "metadata" => self.metadata(Some(node), &place),
                        "matchLabels" => self.labels(Some(node), &place),
                        _ => self.inside(node, &place),
                    }
                }
            }
            Value::List(list) => {
                for (nth, it) in list.iter().enumerate() {
                    self.inside(it, &eco_format!("{place}[{nth}]"));
                }
            }
            _ => {}
        }
    }
}
