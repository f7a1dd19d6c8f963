//! `postBuild`: Flux replaces `${variables}` in everything that a Kustomization applies.
//!
//! In: the variables of a Kustomization and its objects. Out: objects in which every `$` that means no variable is
//! doubled, and objects as they are on the cluster. Flux writes each object as YAML, replaces variables in that text
//! and reads it again, so that a value may become a number, a list, or a comment: [`Substitution::applied`] does the
//! same. Where that is not what the author wrote, [`Substitution::escape`] reports it.

mod expression;
mod operator;
mod problems;
mod tree;
mod yaml;

use std::collections::BTreeSet;
use std::sync::Arc;

use ecow::{EcoString, eco_format};

use super::object::{Id, Object, SUBSTITUTE};
use crate::diagnostic::{Diagnostic, Invariant};
use crate::source::{IndexMap, IndexSet, Origin};
use crate::value::{Map, Node, Path, Step, Value};
use expression::{Failure, Known, Piece, Variable};
use problems::Misread;
use tree::{mentions, walk, with_origins};

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
    /// Whether there may be no variable at all: then Flux replaces nothing, not even two `$`.
    may_be_empty: bool,
}

/// Whether Flux replaces variables in an object: not where a label or an annotation says that it shall not.
#[must_use]
pub fn is_substituted(body: &Node) -> bool {
    let says = |key: &str| body.get("metadata").and_then(|it| it.get(key)?.get(SUBSTITUTE)?.text());
    !["annotations", "labels"].into_iter().any(|key| says(key).is_some_and(|it| it == "disabled"))
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
        let mut has_source = !it.known.is_empty();
        for from in post_build.get("substituteFrom").and_then(Node::list).unwrap_or_default() {
            let (Some(kind), Some(name)) =
                (from.get("kind").and_then(Node::text), from.get("name").and_then(Node::text))
            else {
                continue;
            };
            let is_optional = from.get("optional").is_some_and(|it| it.value == Value::Bool(true));
            it.may_be_empty = is_optional && (it.may_be_empty || !has_source);
            has_source = true;
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

    /// What is known of a variable. What `substitute` says holds before what a ConfigMap or Secret says.
    fn value_of(&self, name: &str) -> Known {
        match self.known.get(name) {
            // Flux takes line breaks out.
            Some(node) => node.text().map_or(Known::Elsewhere, |it| Known::Value(it.replace("\n", "").into())),
            None if self.open || self.elsewhere.contains(name) => Known::Elsewhere,
            None => Known::Missing,
        }
    }

    /// Doubles every `$` of an object that means no variable, and reports variables that do not do what is written.
    pub fn escape(&self, object: &mut Object, out: &mut Vec<Diagnostic>) {
        if object.raw.is_some() || !is_substituted(&object.body) {
            return;
        }
        self.escape_tree(&object.id, &mut object.body, out);
    }

    /// The same of a part of an object: a patch.
    pub fn escape_tree(&self, id: &Id, body: &mut Node, out: &mut Vec<Diagnostic>) {
        let mut found = Vec::new();
        let mut doubled = None;
        walk(body, &mut Path::default(), &mut |text, place| {
            let (escaped, variables) = self.escaped(text);
            if !variables.is_empty() {
                found.push((escaped.clone(), variables, place.path.clone(), place.origin, place.is_key));
            }
            if escaped.contains("$$") {
                doubled = doubled.or(Some(place.origin));
            }
            (escaped != text).then_some(escaped)
        });
        if let Some(at) = doubled.filter(|_| self.may_be_empty) {
            out.push(problems::may_stay_doubled(id, at));
        }
        for (escaped, variables, path, origin, is_key) in found {
            self.report(id, &variables, origin, out);
            if let Some(reason) = self.misread(&escaped, is_key, origin) {
                out.push(problems::read_otherwise(id, &path, &escaped, &reason, origin));
            } else if let [only] = variables.as_slice()
                && only.source == escaped
                && matches!(self.value_of(&only.name), Known::Elsewhere)
                && (is_key || must_be_text(&id.kind, &path))
            {
                out.push(problems::may_be_no_text(id, &path, &only.name, origin));
            }
        }
    }

    /// What is wrong with a hand-written text: variables that nothing defines, `${…}` that Flux cannot read,
    /// and, where it must stay a text, what it becomes instead.
    #[must_use]
    pub fn wrong_in(&self, text: &str, must_be_text: bool, at: Origin) -> Vec<EcoString> {
        if expression::pieces(text).is_err() {
            return vec!["has a `${…}` that Flux cannot read".into()];
        }
        let undefined = self.undefined_in(text).into_iter();
        let mut found: Vec<EcoString> =
            undefined.map(|it| eco_format!("names the variable `{it}`, which nothing defines")).collect();
        if let (true, true, Some(misread)) = (found.is_empty(), must_be_text, self.misread(text, false, at)) {
            found.push(problems::becomes(text, &misread));
        }
        found
    }

    /// The variables in a text that nothing defines and that have no default.
    fn undefined_in(&self, text: &str) -> IndexSet<EcoString> {
        let pieces = expression::pieces(text).unwrap_or_default();
        let variables = pieces.iter().filter_map(|it| match it {
            Piece::Variable(it) => Some(it.all()),
            Piece::Text(_) => None,
        });
        let undefined = variables.flatten().filter(|it| !self.is_defined(&it.name) && !it.has_default());
        undefined.map(|it| it.name.as_str().into()).collect()
    }

    fn report(&self, id: &Id, variables: &[Variable], origin: Origin, out: &mut Vec<Diagnostic>) {
        let mut seen: IndexSet<&str> = IndexSet::default();
        for it in variables.iter().flat_map(Variable::all) {
            if self.is_defined(&it.name) || !seen.insert(&it.name) {
                continue;
            }
            out.push(if it.has_default() {
                problems::default_alone(id, &it.name, &it.source, origin)
            } else {
                problems::undefined_variable(id, &it.name, origin)
            });
        }
    }

    /// The object as it is after Flux substituted, as far as values are known.
    #[must_use]
    pub fn applied(&self, object: &Object) -> Object {
        let mut object = object.clone();
        if object.raw.is_none() && is_substituted(&object.body) && mentions(&object.body.value) {
            // What Flux cannot read again is an error: no cluster gets it.
            if let Ok(made) = self.exactly(&object.body) {
                object.body = with_origins(made, &object.body, &|key| self.naively(key).ok());
            }
        }
        object
    }

    /// What Flux makes of a tree: written, replaced, read again.
    fn exactly(&self, node: &Node) -> Result<Node, String> {
        let written = yaml::written(node)?;
        let pieces = expression::pieces(&written).map_err(|it| said(&it))?;
        let text = expression::evaluated(&pieces, &|it| self.value_of(it)).map_err(|it| said(&it))?;
        yaml::read(&text, node.origin)
    }

    /// The text with its variables replaced, as if it stayed a text.
    fn naively(&self, text: &str) -> Result<String, Failure> {
        expression::evaluated(&expression::pieces(text)?, &|it| self.value_of(it))
    }

    /// Why Flux reads a text otherwise than it is written, if it does.
    fn misread(&self, text: &str, is_key: bool, origin: Origin) -> Option<Misread> {
        let wanted = match self.naively(text) {
            Ok(it) => it,
            // That is reported already.
            Err(Failure::Missing(_)) => return None,
            Err(it) => return Some(Misread::Error(said(&it))),
        };
        if wanted == text {
            return None;
        }
        let (key, value) = if is_key { (text, "x") } else { ("x", text) };
        let entries = [(EcoString::from(key), Node::new(Value::Text(value.into()), origin))].into_iter().collect();
        let alone = Node::new(Value::Map(Arc::new(Map { entries })), origin);
        let made = match self.exactly(&alone) {
            Ok(it) => it,
            Err(reason) => return Some(Misread::Error(reason)),
        };
        let misread = |found: Value| Some(Misread::Value { found, wanted: wanted.as_str().into() });
        let (key, value) = if is_key { (wanted.as_str(), "x") } else { ("x", wanted.as_str()) };
        match made.map().map(|it| it.entries.iter().collect::<Vec<_>>()).as_deref() {
            Some([(found, node)]) if found.as_str() == key => match &node.value {
                Value::Text(it) if it == value => None,
                other => misread(other.clone()),
            },
            _ => misread(made.value),
        }
    }

    /// The text with its `$` doubled, and its variables.
    fn escaped(&self, text: &str) -> (String, Vec<Variable>) {
        let mut out = String::with_capacity(text.len() + 8);
        let mut variables = Vec::new();
        let mut rest = text;
        while let Some(at) = rest.find('$') {
            let (before, tail) = rest.split_at(at);
            out.push_str(before);
            let length = if tail.starts_with("$${") {
                // Somebody has doubled it: `${` for the cluster.
                out.push_str("$$");
                2
            } else if let Some(it) = self.variable(tail) {
                let length = it.source.len();
                out.push_str(&it.source);
                variables.push(it);
                length
            } else {
                out.push_str("$$");
                1
            };
            rest = tail.get(length..).invariant(A_PART);
        }
        out.push_str(rest);
        (out, variables)
    }

    /// The variable that a text begins with: something that Flux can read, with names that a variable can have.
    fn variable(&self, text: &str) -> Option<Variable> {
        let it = expression::variable(text).ok()?;
        let is_name = |name: &str| {
            !name.starts_with(|it: char| it.is_ascii_digit())
                && name.chars().all(|it| it.is_ascii_alphanumeric() || it == '_')
        };
        // `${#name}` is a shell's, unless the name is a variable's.
        let is_length = it.operator == "#" && it.arguments.is_empty();
        let is_ours = !is_length || self.is_defined(&it.name);
        (is_ours && it.all().iter().all(|it| is_name(&it.name))).then_some(it)
    }

    /// The variables in a text whose values are known, as they are written there.
    #[must_use]
    pub fn used_in<'a>(&'a self, text: &str) -> Vec<(EcoString, &'a Node)> {
        let mut used: Vec<(EcoString, &Node)> = Vec::new();
        let pieces = expression::pieces(text).unwrap_or_default();
        let variables = pieces.iter().filter_map(|it| match it {
            Piece::Variable(it) => Some(it),
            Piece::Text(_) => None,
        });
        for it in variables.flat_map(|it| it.all()) {
            if let Some(node) = self.known.get(it.name.as_str())
                && !used.iter().any(|(known, _)| *known == it.source)
            {
                used.push((it.source.as_str().into(), node));
            }
        }
        used
    }
}

fn said(failure: &Failure) -> String {
    match failure {
        Failure::Malformed => "it has a `${…}` that Flux cannot read".into(),
        Failure::Missing(name) => format!("nothing defines `{name}`"),
        Failure::NotText => "a character is cut in two".into(),
    }
}

/// Whether a place of an object holds text and nothing else.
fn must_be_text(kind: &str, path: &Path) -> bool {
    let keys: Vec<&str> = path
        .0
        .iter()
        .filter_map(|it| match it {
            Step::Key(it) => Some(it.as_str()),
            Step::Nth(_) | Step::Any => None,
        })
        .collect();
    match keys.as_slice() {
        [.., "metadata", "labels" | "annotations", _] | ["metadata", "name" | "namespace"] => true,
        ["data" | "stringData", _] => matches!(kind, "ConfigMap" | "Secret"),
        [.., "env", "value"] => !matches!(kind, "HelmRelease"),
        _ => false,
    }
}
