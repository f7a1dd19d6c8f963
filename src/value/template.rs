//! Texts that are whole but for facts of a cluster.

use ecow::{EcoString, eco_format};

use crate::diagnostic::bug;
use crate::types::Type;

/// A text with placeholders, each for a fact, or another text, of the cluster that it will be for. What is the
/// same for many clusters is evaluated once, with these in it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Template {
    parts: Vec<TemplatePart>,
    /// The type of the fact, if it is one and nothing else.
    ty: Option<Type>,
    /// A text that it is on no cluster.
    other_than: Option<EcoString>,
}

/// A part of a [`Template`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TemplatePart {
    Text(EcoString),
    /// The text of a fact: `name`, `region`.
    Fact(EcoString),
    /// The text of a fact as it is between the quotes of a text that is written already.
    Quoted(EcoString, Quotes),
    /// A text with placeholders that is written as the whole of it asks: between quotes, or without.
    Scalar(Box<[Self]>),
}

/// Begins the name of what is no fact. No source and no data may hold it: it is a noncharacter.
const NO_FACT: char = '\u{fdd0}';

/// The name of a text that a cluster says itself, which is that of no fact, whatever those are called.
#[must_use]
pub fn own_name(name: &str) -> EcoString {
    eco_format!("{NO_FACT}{name}")
}

/// The quotes that a fact is put between.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quotes {
    /// Double quotes of YAML.
    Yaml,
    /// JSON in ASCII.
    Json,
}

impl Template {
    /// A fact and nothing else. One that is no text can be passed on, and not filled.
    #[must_use]
    pub fn of_fact(name: EcoString, ty: Type) -> Self {
        Self { parts: vec![TemplatePart::Fact(name)], ty: Some(ty), other_than: None }
    }

    /// A text that a cluster says itself, under a name that no fact has, and nothing else.
    #[must_use]
    pub fn of_own(name: EcoString, ty: Type, other_than: Option<EcoString>) -> Self {
        Self { other_than, ..Self::of_fact(name, ty) }
    }

    /// Several texts, one after the other.
    #[must_use]
    pub fn joined(parts: Vec<TemplatePart>) -> Self {
        let mut merged: Vec<TemplatePart> = Vec::with_capacity(parts.len());
        for part in parts {
            match (merged.last_mut(), part) {
                (Some(TemplatePart::Text(text)), TemplatePart::Text(more)) => text.push_str(&more),
                (_, TemplatePart::Text(text)) if text.is_empty() => {}
                (_, part) => merged.push(part),
            }
        }
        Self { parts: merged, ty: None, other_than: None }
    }

    /// A text without placeholders.
    #[must_use]
    pub fn of_text(text: EcoString) -> Self {
        Self::joined(vec![TemplatePart::Text(text)])
    }

    /// The text as the language writes it: `"\(cluster.name)-logs"`.
    #[must_use]
    pub fn show(&self) -> EcoString {
        let parts = self.parts.iter().map(|part| match part {
            TemplatePart::Text(it) => {
                let quoted = serde_json::Value::from(it.as_str()).to_string();
                EcoString::from(quoted.strip_prefix('"').and_then(|it| it.strip_suffix('"')).unwrap_or(&quoted))
            }
            TemplatePart::Fact(name) | TemplatePart::Quoted(name, _) => eco_format!("\\(cluster.{name})"),
            TemplatePart::Scalar(_) => bug("a value has no scalars: only its text has"),
        });
        eco_format!("\"{}\"", parts.collect::<EcoString>())
    }

    /// A text that it is on no cluster, where it is a cluster's own text.
    #[must_use]
    pub const fn other_than(&self) -> Option<&EcoString> {
        self.other_than.as_ref()
    }

    /// Its texts and placeholders, in order.
    #[must_use]
    pub fn parts(&self) -> &[TemplatePart] {
        &self.parts
    }

    /// The texts that clusters say themselves that it has placeholders for.
    pub fn own_texts(&self) -> impl Iterator<Item = &EcoString> {
        self.facts().filter(|it| it.starts_with(NO_FACT))
    }

    /// The facts that it has placeholders for.
    pub fn facts(&self) -> impl Iterator<Item = &EcoString> {
        self.parts.iter().filter_map(|it| match it {
            TemplatePart::Fact(name) | TemplatePart::Quoted(name, _) => Some(name),
            TemplatePart::Text(_) | TemplatePart::Scalar(_) => None,
        })
    }

    /// Whether it can be that text on some cluster.
    #[must_use]
    pub fn may_be(&self, text: &str) -> bool {
        let fits = |part: Option<&TemplatePart>, fits: &dyn Fn(&str) -> bool| match part {
            Some(TemplatePart::Text(it)) => fits(it),
            _ => true,
        };
        self.other_than.as_deref() != Some(text)
            && fits(self.parts.first(), &|it| text.starts_with(it))
            && fits(self.parts.last(), &|it| text.ends_with(it))
    }

    /// The type of the fact, if it is one and nothing else.
    #[must_use]
    pub const fn ty(&self) -> Option<&Type> {
        self.ty.as_ref()
    }

    /// Whether it is a text on every cluster.
    #[must_use]
    pub fn is_text(&self) -> bool {
        self.ty.as_ref().is_none_or(is_text)
    }
}

/// Whether every value of a type is a text.
fn is_text(ty: &Type) -> bool {
    match ty {
        Type::Text => true,
        Type::Refined(it) => is_text(&it.base),
        Type::Literal(it) => matches!(it, crate::syntax::ast::Literal::Text(_)),
        Type::Union(members) => members.iter().all(is_text),
        _ => false,
    }
}
