//! `postBuild`: Flux replaces `${variables}` in everything that a Kustomization
//! applies. fleetc knows every value and needs it for nothing; where an author
//! asks for it, every `$` that means no variable is doubled, there and only there.
//!
//! Source: Flux' envsubst (measured: `$$` becomes `$`, a name is
//! `[_A-Za-z][_A-Za-z0-9]*`, `${name}` without a value fails from Flux 2.9 on).

use std::collections::BTreeSet;
use std::sync::Arc;

use ecow::EcoString;

use super::object::Object;
use super::problems;
use crate::diagnostic::{Diagnostic, Invariant};
use crate::source::IndexMap;
use crate::value::{Node, Value};

/// What holds of the ends of a variable.
const A_PART: &str = "a variable is a part of its text";

/// The variables of a Kustomization.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Substitution {
    /// Those with a value in `substitute`.
    known: IndexMap<EcoString, Node>,
    /// Those that a ConfigMap or Secret holds.
    elsewhere: BTreeSet<EcoString>,
    /// Whether a ConfigMap or Secret may hold any name.
    open: bool,
}

impl Substitution {
    /// The variables of `spec.postBuild`; none if nothing will be substituted.
    /// `keys_of` tells the keys of a ConfigMap or Secret, where they are declared.
    pub fn of(spec: Option<&Node>, keys_of: impl Fn(&str, &str) -> Option<BTreeSet<EcoString>>) -> Option<Self> {
        let post_build = spec?.get("postBuild")?;
        let mut it = Self::default();
        for (name, node) in post_build.get("substitute").and_then(Node::map).into_iter().flat_map(|it| &it.entries) {
            it.known.insert(name.clone(), node.clone());
        }
        for from in post_build.get("substituteFrom").and_then(Node::list).unwrap_or_default() {
            let (Some(kind), Some(name)) =
                (from.get("kind").and_then(Node::text), from.get("name").and_then(Node::text))
            else {
                continue;
            };
            match keys_of(kind, name) {
                Some(keys) => it.elsewhere.extend(keys),
                None => it.open = true,
            }
        }
        (!it.known.is_empty() || !it.elsewhere.is_empty() || it.open).then_some(it)
    }

    fn is_defined(&self, name: &str) -> bool {
        self.open || self.known.contains_key(name) || self.elsewhere.contains(name)
    }

    /// Doubles every `$` of an object that means no variable.
    pub fn escape(&self, object: &mut Object, out: &mut Vec<Diagnostic>) {
        if object.raw.is_none() {
            let id = object.id.clone();
            walk(&mut object.body, &mut |text, origin| {
                let (escaped, undefined) = self.escaped(text);
                out.extend(undefined.into_iter().map(|name| problems::undefined_variable(&id, &name, origin)));
                escaped
            });
        }
    }

    /// The object as it is after Flux substituted, as far as values are known.
    #[must_use]
    pub fn applied(&self, object: &Object) -> Object {
        let mut object = object.clone();
        if object.raw.is_none() {
            walk(&mut object.body, &mut |text, _| Some(self.substituted(text)));
        }
        object
    }

    /// The text with its `$` doubled, if any is, and the variables that nothing defines.
    fn escaped(&self, text: &str) -> (Option<String>, Vec<EcoString>) {
        let mut out = String::with_capacity(text.len() + 8);
        let mut undefined = Vec::new();
        let mut rest = text;
        while let Some(at) = rest.find('$') {
            let (before, tail) = rest.split_at(at);
            out.push_str(before);
            if let Some(it) = variable(tail) {
                if !self.is_defined(it.name) && !it.has_default {
                    undefined.push(it.name.into());
                }
                out.push_str(it.text);
                rest = tail.get(it.text.len()..).invariant(A_PART);
            } else {
                out.push_str("$$");
                rest = tail.get(1..).invariant(A_PART);
            }
        }
        out.push_str(rest);
        ((out != text).then_some(out), undefined)
    }

    /// What a variable is replaced with, where that is known.
    fn value(&self, variable: &Variable<'_>) -> Option<&Node> {
        self.known.get(variable.name).filter(|_| variable.is_plain())
    }

    /// The variables in a text whose values are known, as they are written there.
    #[must_use]
    pub fn used_in<'a>(&'a self, text: &str) -> Vec<(EcoString, &'a Node)> {
        let mut used: Vec<(EcoString, &Node)> = Vec::new();
        let mut rest = text;
        while let Some(at) = rest.find('$') {
            let tail = rest.get(at..).invariant(A_PART);
            let found = variable(tail);
            if let Some(it) = &found
                && let Some(node) = self.value(it)
                && !used.iter().any(|(known, _)| known == it.text)
            {
                used.push((it.text.into(), node));
            }
            // Two mean the sign itself.
            let length = found.map_or(if tail.starts_with("$$") { 2 } else { 1 }, |it| it.text.len());
            rest = tail.get(length..).invariant(A_PART);
        }
        used
    }

    fn substituted(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find('$') {
            let (before, tail) = rest.split_at(at);
            out.push_str(before);
            if tail.starts_with("$$") {
                out.push('$');
                rest = tail.get(2..).invariant(A_PART);
                continue;
            }
            if let Some(it) = variable(tail) {
                match self.value(&it) {
                    Some(value) => out.push_str(value.text().invariant("what replaces a variable is a text")),
                    None => out.push_str(it.text),
                }
                rest = tail.get(it.text.len()..).invariant(A_PART);
            } else {
                out.push('$');
                rest = tail.get(1..).invariant(A_PART);
            }
        }
        out.push_str(rest);
        out
    }
}

/// Changes every text and key of a tree that holds a `$`.
fn walk(node: &mut Node, change: &mut dyn FnMut(&str, crate::source::Origin) -> Option<String>) {
    match &mut node.value {
        Value::Text(text) if text.contains('$') => {
            if let Some(changed) = change(text, node.origin) {
                *text = changed.into();
            }
        }
        Value::List(list) if list.iter().any(|it| mentions(&it.value)) => {
            for it in Arc::make_mut(list) {
                walk(it, change);
            }
        }
        Value::Map(map) if mentions(&Value::Map(Arc::clone(map))) => {
            let entries = &mut Arc::make_mut(map).entries;
            for (key, mut it) in std::mem::take(entries) {
                walk(&mut it, change);
                let key = if key.contains('$') { change(&key, it.origin).map_or(key, Into::into) } else { key };
                entries.insert(key, it);
            }
        }
        _ => {}
    }
}

fn mentions(value: &Value) -> bool {
    match value {
        Value::Text(it) => it.contains('$'),
        Value::List(it) => it.iter().any(|it| mentions(&it.value)),
        Value::Map(it) => it.entries.iter().any(|(key, it)| key.contains('$') || mentions(&it.value)),
        _ => false,
    }
}

/// `${name}` or `${name:=default}` at the start of a text.
struct Variable<'a> {
    text: &'a str,
    name: &'a str,
    has_default: bool,
}

impl Variable<'_> {
    /// Whether it is a name and nothing else.
    const fn is_plain(&self) -> bool {
        self.text.len() == self.name.len() + 3
    }
}

fn variable(tail: &str) -> Option<Variable<'_>> {
    let inner = tail.strip_prefix("${")?;
    let end = inner.find('}')?;
    let body = inner.get(..end)?;
    let length = body.find(|it: char| !(it.is_ascii_alphanumeric() || it == '_')).unwrap_or(body.len());
    let (name, operator) = body.split_at(length);
    if name.is_empty() || name.starts_with(|it: char| it.is_ascii_digit()) {
        return None;
    }
    if !operator.is_empty() && !operator.starts_with([':', '/', ',', '^', '#', '%', '=']) {
        return None;
    }
    let has_default = operator.starts_with(":-") || operator.starts_with(":=") || operator.starts_with('=');
    Some(Variable { text: tail.get(..end + 3)?, name, has_default })
}
