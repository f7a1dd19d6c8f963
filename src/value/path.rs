//! The way to a value inside another: `spec.values."a.b"[0]`.

use crate::diagnostic::Invariant;
use std::fmt::{self, Display, Formatter};

use ecow::EcoString;

use super::node::{Node, Value, is_written};

/// One step down.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    Key(EcoString),
    /// An element of a list, counted from 0.
    Nth(usize),
    /// Every key or element.
    Any,
}

/// Steps from the outside in.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Path(pub Vec<Step>);

impl Path {
    /// Reads a path; a point before the first key may stand or not.
    ///
    /// # Errors
    /// A sentence that says what is wrong with the text.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut steps = Vec::new();
        let mut rest = text.strip_prefix('.').unwrap_or(text);
        while !rest.is_empty() {
            let (step, after) = step(rest)?;
            steps.push(step);
            rest = match after.strip_prefix('.') {
                Some("") => return Err(format!("`{text}` ends with a point")),
                Some(more) => more,
                None if after.is_empty() || after.starts_with('[') => after,
                None => return Err(format!("a point is missing before `{after}` in `{text}`")),
            };
        }
        Ok(Self(steps))
    }

    /// With one step more.
    #[must_use]
    pub fn below(&self, step: Step) -> Self {
        Self(self.0.iter().cloned().chain(std::iter::once(step)).collect())
    }

    /// The nodes that it leads to from `root`, each with its own path.
    #[must_use]
    pub fn find<'a>(&self, root: &'a Node) -> Vec<(Self, &'a Node)> {
        let mut found = vec![(Self::default(), root)];
        for step in &self.0 {
            let down = |(path, node): (Self, &'a Node)| {
                let inner: Vec<(Self, &'a Node)> = children(node)
                    .filter(|(at, _)| *step == Step::Any || at == step)
                    .map(|(at, node)| (path.below(at), node))
                    .collect();
                inner
            };
            found = found.into_iter().flat_map(down).collect();
        }
        found
    }
}

/// What stands directly inside a value.
pub fn children(node: &Node) -> Box<dyn Iterator<Item = (Step, &Node)> + '_> {
    match &node.value {
        Value::Map(map) => Box::new(map.entries.iter().map(|(key, it)| (Step::Key(key.clone()), it))),
        Value::List(list) => Box::new(list.iter().enumerate().map(|(nth, it)| (Step::Nth(nth), it))),
        _ => Box::new(std::iter::empty()),
    }
}

/// The values inside a node that have none inside them, in the order of the text; what is
/// not written is left out.
#[must_use]
pub fn leaves(node: &Node) -> Vec<(Path, &Node)> {
    fn visit<'a>(path: &Path, node: &'a Node, found: &mut Vec<(Path, &'a Node)>) {
        if !is_written(&node.value) {
            return;
        }
        let mut is_leaf = true;
        for (step, inner) in children(node) {
            is_leaf = false;
            visit(&path.below(step), inner, found);
        }
        if is_leaf {
            found.push((path.clone(), node));
        }
    }
    let mut found = Vec::new();
    visit(&Path::default(), node, &mut found);
    found
}

fn step(text: &str) -> Result<(Step, &str), String> {
    if let Some(inner) = text.strip_prefix('[') {
        let (number, after) = inner.split_once(']').ok_or_else(|| format!("`[` is not closed in `{text}`"))?;
        let step = match number {
            "*" => Step::Any,
            it => Step::Nth(it.parse().map_err(|_| format!("`{it}` is no position: they count from 0"))?),
        };
        return Ok((step, after));
    }
    if text.starts_with('"') {
        let mut stream = serde_json::Deserializer::from_str(text).into_iter::<String>();
        let Some(Ok(key)) = stream.next() else { return Err(format!("a string is not closed in `{text}`")) };
        let after = text.get(stream.byte_offset()..).invariant("a JSON string ends between characters");
        return Ok((Step::Key(key.into()), after));
    }
    let end = text.find(['.', '[']).unwrap_or(text.len());
    let (key, after) = text.split_at(end);
    match key {
        "" => Err(format!("a key is missing before `{after}`")),
        "*" => Ok((Step::Any, after)),
        it => Ok((Step::Key(it.into()), after)),
    }
}

impl Display for Path {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (nth, step) in self.0.iter().enumerate() {
            match step {
                Step::Nth(it) => write!(f, "[{it}]")?,
                Step::Any if nth == 0 => write!(f, "*")?,
                Step::Any => write!(f, ".*")?,
                Step::Key(key) => {
                    let point = if nth == 0 { "" } else { "." };
                    let is_bare = !key.is_empty() && key.chars().all(|it| it.is_alphanumeric() || "-_$".contains(it));
                    if is_bare {
                        write!(f, "{point}{key}")?;
                    } else {
                        write!(f, "{point}{}", serde_json::Value::from(key.as_str()))?;
                    }
                }
            }
        }
        Ok(())
    }
}
