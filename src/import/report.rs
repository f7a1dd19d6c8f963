//! What an import did and found.

use ecow::EcoString;

use super::clusters::Cluster;
use super::prove::{Class, Difference};
use super::world::UnitId;

/// The report of an import.
#[derive(Clone, Debug, Default)]
pub struct Report {
    pub clusters: Vec<Cluster>,
    pub units: Vec<UnitReport>,
    pub differences: Vec<Difference>,
    /// What was found in the repository: the kind of fault, the place, the fact.
    pub findings: Vec<Finding>,
    /// Lines of YAML that the new sources replace, and lines of the sources.
    pub lines: (usize, usize),
}

/// What became of a Kustomization.
#[derive(Clone, Debug)]
pub struct UnitReport {
    pub id: UnitId,
    pub clusters: Vec<EcoString>,
    /// Objects that have words of their own, that are carried as they are, all of which are left by hand.
    pub typed: usize,
    pub passed: usize,
    pub left: usize,
    /// Why it stays as it is, if it does.
    pub why: Option<EcoString>,
}

/// Something that import came across.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    pub kind: FindingKind,
    pub place: EcoString,
    pub fact: EcoString,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FindingKind {
    /// A cluster or a directory that cannot be built.
    Broken,
    /// Two Kustomizations apply one object.
    TwoOwners,
    /// A patch that is about nothing.
    UnusedPatch,
    /// A variable that nothing defines.
    UndefinedVariable,
    /// A file that nothing applies.
    DeadFile,
    /// A marker by which Flux updates images, in a file that is generated from now on.
    Marker,
    /// A directory that is there for some clusters only.
    MissingPath,
    /// Something to know before the new tree is applied.
    Note,
}

impl Report {
    /// Whether something would be lost.
    #[must_use]
    pub fn has_fatal(&self) -> bool {
        self.differences.iter().any(|it| it.class == Class::Fatal)
    }
}
