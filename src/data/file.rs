//! A file that was read, and how.

use ecow::EcoString;

use crate::diagnostic::Diagnostic;
use crate::value::Node;

/// How a file is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Yaml,
    Json,
    Csv,
}

impl Format {
    pub(super) const ALL: [Self; 3] = [Self::Yaml, Self::Json, Self::Csv];

    /// Its name, as the function that reads it has it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Yaml => "yaml",
            Self::Json => "json",
            Self::Csv => "csv",
        }
    }

    /// The format of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.name() == name)
    }
}

/// A file that was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// The value, or why the text is none.
    pub node: Result<Node, EcoString>,
    /// How many values it holds.
    pub size: u64,
    /// What cannot be used although it can be read.
    pub problems: Vec<Diagnostic>,
}
