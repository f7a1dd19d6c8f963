//! Answers: what an object or a value is on a cluster, and which layers made it so.

use ecow::EcoString;

use crate::fleet::Reason;
use crate::kube::Id;
use crate::source::{Anchor, Origin};
use crate::value::{Path, Value};

/// An answer.
#[derive(Clone, Debug)]
pub struct Why {
    /// None for what is the same on every cluster.
    pub cluster: Option<EcoString>,
    pub subjects: Vec<Subject>,
}

/// One object or item, or a part of it.
#[derive(Clone, Debug)]
pub struct Subject {
    pub what: What,
    /// The Kustomization that applies it.
    pub unit: Option<EcoString>,
    /// Whether it stands in somebody else's directory, and a patch alone is known of it.
    pub is_patched: bool,
    /// What puts it on the cluster: each `use` of it, the highest last.
    pub taken: Vec<Origin>,
    /// Why it is not there, if it is not.
    pub absence: Option<Absence>,
    pub leaves: Vec<Leaf>,
}

/// Why something that the catalogue has is not on a cluster.
#[derive(Clone, Debug)]
pub enum Absence {
    /// This layer dropped it.
    Dropped(Box<Layer>),
    /// No `use` names it, or its catalogue.
    NotTaken,
    /// It is optional, and no `use` names it.
    Optional,
    /// Nothing that is taken needs it.
    NotNeeded,
}

/// What is asked about.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    Object(Id),
    /// An item, in the words of the language.
    Item(Anchor),
    /// A fact of the cluster.
    Fact(EcoString),
}

/// A value that has none inside it.
#[derive(Clone, Debug)]
pub struct Leaf {
    pub path: Path,
    /// Who set it, the winner first.
    pub layers: Vec<Layer>,
}

/// One setting of a value.
#[derive(Clone, Debug)]
pub struct Layer {
    pub origin: Origin,
    pub value: Value,
    /// Where the value is written, if the entry passes it on: in a `let`, a function, a file.
    pub written: Vec<Origin>,
    pub reason: Reason,
    /// Whether it is a credential: the text of its place is not shown either.
    pub is_hidden: bool,
}
