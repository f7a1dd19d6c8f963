//! Texts that many clusters have, but for their facts.

use std::borrow::Cow;

use ecow::EcoString;

use crate::diagnostic::{Invariant, bug};
use crate::value::{Map, Quotes, Template, TemplatePart, fact, json_escaped, yaml};

/// A text that is whole but for facts of a cluster.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Filling {
    /// What stands between the facts.
    text: String,
    /// Where in `text` a fact stands, and which of `names` it is.
    placeholders: Vec<(u32, u32)>,
    /// What is put there.
    names: Vec<Put>,
}

/// What is put into a text.
#[derive(Clone, Debug, PartialEq)]
enum Put {
    /// A fact as it is.
    Fact(EcoString),
    /// A fact between quotes.
    Quoted(EcoString, Quotes),
    /// A text of facts and more, between quotes if it needs them.
    Scalar(Template),
}

impl Filling {
    /// A text with placeholders where facts belong.
    pub(super) fn of(template: &Template) -> Self {
        let mut it = Self::default();
        for part in template.parts() {
            match part {
                TemplatePart::Text(text) => it.push(text),
                TemplatePart::Fact(name) => it.placeholder(it.text.len(), Put::Fact(name.clone())),
                TemplatePart::Quoted(name, quotes) => {
                    it.placeholder(it.text.len(), Put::Quoted(name.clone(), *quotes));
                }
                TemplatePart::Scalar(parts) => {
                    it.placeholder(it.text.len(), Put::Scalar(Template::joined(parts.to_vec())));
                }
            }
        }
        it
    }

    fn placeholder(&mut self, at: usize, put: Put) {
        let known = self.names.iter().position(|it| *it == put).unwrap_or_else(|| {
            self.names.push(put);
            self.names.len() - 1
        });
        self.placeholders.push((short(at), short(known)));
    }

    /// Adds a text without placeholders.
    pub(super) fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Adds another text with its placeholders.
    pub(super) fn append(&mut self, other: &Self) {
        let from = self.text.len();
        self.text.push_str(&other.text);
        for (at, name) in &other.placeholders {
            let put = other.names.get(*name as usize).invariant("a placeholder has a name");
            self.placeholder(from + *at as usize, put.clone());
        }
    }

    /// Whether a cluster's facts can be put in: in a block, a text may be laid out otherwise for what is in it.
    pub(super) fn fits(&self, facts: &Map) -> bool {
        self.names.iter().all(|it| !matches!(it, Put::Fact(name) if !is_plain(fact(facts, name))))
    }

    /// Writes the text with a cluster's facts in it.
    pub(super) fn fill(&self, facts: &Map, into: &mut String) {
        let written = |put: &'_ Put| match put {
            Put::Fact(name) => Cow::Borrowed(fact(facts, name)),
            Put::Quoted(name, quotes) => match fact(facts, name) {
                text if is_plain(text) => Cow::Borrowed(text),
                text => Cow::Owned(between(*quotes, text)),
            },
            Put::Scalar(it) => {
                let mut text = String::new();
                yaml::scalar(&mut text, &it.fill(facts));
                Cow::Owned(text)
            }
        };
        let facts: Vec<Cow<'_, str>> = self.names.iter().map(written).collect();
        let of = |name: u32| &**facts.get(name as usize).invariant("a placeholder has a name");
        let length: usize = self.placeholders.iter().map(|(_, it)| of(*it).len()).sum();
        into.reserve(self.text.len() + length);
        let mut from = 0;
        for (at, name) in &self.placeholders {
            let at = *at as usize;
            into.push_str(self.text.get(from..at).invariant("placeholders stand in order, between characters"));
            into.push_str(of(*name));
            from = at;
        }
        into.push_str(self.text.get(from..).invariant("placeholders stand inside of the text"));
    }
}

/// A text that is written as it is, wherever it is put.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|it| matches!(it, b' '..=b'~') && it != b'"' && it != b'\\')
}

/// A text as it is between quotes.
fn between(quotes: Quotes, text: &str) -> String {
    let mut out = String::new();
    match quotes {
        Quotes::Yaml => yaml::escaped(&mut out, text),
        Quotes::Json => json_escaped(&mut out, text),
    }
    out
}

/// Files are far below 4 GiB.
fn short(it: usize) -> u32 {
    u32::try_from(it).unwrap_or_else(|_| bug("a file has more than 4 GiB"))
}
