//! What is between two states of a project, as data.

use std::rc::Rc;

use ecow::EcoString;

use super::clusters::ClusterChange;
use super::danger::Danger;
use super::leaves::LeafChange;
use crate::fleet::Read;
use crate::inspect::answer::{Absence, Layer};
use crate::inspect::whom::Whom;
use crate::kube::Id;
use crate::source::{Anchor, Origin};
use crate::value::Node;

/// What is between two states of a project.
#[derive(Debug)]
pub struct Difference {
    /// How many clusters both have.
    pub clusters: usize,
    /// Clusters that come, go, move or are called otherwise.
    pub whole: Vec<ClusterChange>,
    pub changes: Vec<Change>,
    /// Directories written by hand that differ.
    pub files: Vec<FilesChange>,
    /// How many objects, each counted on each cluster, came, went and changed.
    pub objects: Objects,
    /// Every cluster that changes, in order of name, with the ring that it is in.
    pub touched: Vec<Touched>,
}

/// Counts of objects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Objects {
    pub added: usize,
    pub removed: usize,
    pub changed: usize,
}

/// A cluster on both sides.
#[derive(Clone, Debug)]
pub struct Touched {
    pub name: EcoString,
    pub old: Anchor,
    pub new: Anchor,
    /// Its place in the rollout, if the fleet has rings and it is in one.
    pub ring: Option<EcoString>,
    /// The one that it was in.
    pub old_ring: Option<EcoString>,
}

/// What becomes of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Fate {
    Added,
    Removed,
    Changed,
}

/// A step of a chart's version.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Bump {
    pub old: EcoString,
    pub new: EcoString,
}

/// What becomes of an object on some clusters: all of it, or what just those have in common.
#[derive(Debug)]
pub struct Change {
    pub object: Id,
    pub fate: Fate,
    /// The Kustomizations that applied it and that apply it; none where that is the same one.
    pub units: [Option<EcoString>; 2],
    /// Whether the object is somebody else's, and what a patch says of it changes.
    pub is_patched: bool,
    pub leaves: Vec<Explained>,
    pub dangers: Vec<Danger>,
    pub bump: Option<Bump>,
    /// Whether it goes, and stays on the cluster all the same: nothing prunes it.
    pub stays: bool,
    /// Why it came or went.
    pub because: Vec<Because>,
    /// In order of name.
    pub clusters: Vec<Touched>,
    /// Who they are, in a word.
    pub whom: Whom,
}

/// A leaf, and what made it change: several causes where clusters differ in that.
#[derive(Debug)]
pub struct Explained {
    pub leaf: LeafChange,
    /// The first of them.
    pub causes: Vec<Cause>,
    /// How many more there are.
    pub more: usize,
}

/// The state of the project in which a place stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Old,
    New,
}

/// Why a leaf changed.
#[derive(Clone, Debug)]
pub struct Cause {
    pub verb: Verb,
    pub side: Side,
    /// Who did it.
    pub layer: Layer,
    /// One of the clusters where it is so: what is read may be something else on others.
    pub on: EcoString,
}

/// What a layer did.
#[derive(Clone, Debug)]
pub enum Verb {
    /// It sets the value.
    Sets,
    /// It removes the value.
    Unsets,
    /// It set the old value, and says nothing of it any more: where its condition does not
    /// hold now, what that reads, each with what it was.
    NoLonger(Vec<(Read, Option<Node>)>),
    /// It says what it said, and what it reads is not what it was: each with what it was.
    Reads(Vec<(Read, Option<Node>)>),
}

/// Why an object came or went.
#[derive(Clone, Debug)]
pub enum Because {
    /// Something uses it.
    Used(Box<Layer>),
    /// It is attached, or the tenant that it belongs to.
    Attached(Box<Layer>),
    /// Nothing attaches it any more.
    Detached,
    /// It is declared now.
    Declared(Origin),
    /// It is declared no more.
    Undeclared(Origin),
    /// What the catalogue has is not taken.
    Absent(Box<Absence>),
    /// What makes it says so: the names of what is made follow from it.
    Follows(Origin),
    /// What made it is there, and makes it no more.
    NoLonger(Origin),
    /// It was dropped, and is no more: where the condition does not hold now, with what that reads.
    NotDropped(Box<Cause>),
    /// What names objects, or says what applies them, is set otherwise.
    Switched(Box<Switch>),
}

/// A field that is not what it was.
#[derive(Clone, Debug)]
pub struct Switch {
    pub key: &'static str,
    /// None where it was not set.
    pub old: Option<Node>,
    pub new: Option<Node>,
}

/// A directory whose files are not what they were.
#[derive(Debug)]
pub struct FilesChange {
    /// The Kustomization that applies it.
    pub unit: Id,
    pub directory: EcoString,
    /// The files, from the project's root.
    pub files: Rc<[EcoString]>,
    /// In order of name.
    pub clusters: Vec<Touched>,
    /// Who they are, in a word.
    pub whom: Whom,
}
