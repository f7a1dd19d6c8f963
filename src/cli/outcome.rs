//! How a command ends.

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Fine,
    /// The sources are wrong, or the tree differs.
    Findings,
}

/// Most nesting of an expression times the frames that evaluating a level takes.
pub(super) const STACK: usize = 256 * 1024 * 1024;
