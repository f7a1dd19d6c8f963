//! Why a directory cannot be built.

use std::fmt::{self, Display, Formatter};

use ecow::EcoString;

/// Why a directory cannot be built here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Kustomize fails, too: something is wrong with a file.
    Broken { file: EcoString, why: EcoString },
    /// Kustomize builds it, with something that this does not do.
    Beyond { file: EcoString, what: EcoString },
}

impl Trouble {
    pub(super) fn broken(file: &str, why: impl Into<EcoString>) -> Self {
        Self::Broken { file: file.into(), why: why.into() }
    }

    pub(super) fn beyond(file: &str, what: impl Into<EcoString>) -> Self {
        Self::Beyond { file: file.into(), what: what.into() }
    }
}

impl Display for Trouble {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Broken { file, why } => write!(f, "`{file}`: {why}"),
            Self::Beyond { file, what } => write!(f, "`{file}` has {what}"),
        }
    }
}
