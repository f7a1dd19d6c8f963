//! What a diagnostic is about, as data: its words are for people.

use ecow::{EcoString, eco_format};

use super::suggest::nearest;

/// What is wrong or lacking.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// A fact, by its name.
    Fact(EcoString),
    /// The facts of the fleet: which there are cannot be seen.
    Facts,
    /// Facts that a cluster has no value for.
    Lacking(Vec<EcoString>),
    /// A param, by its name.
    Param(EcoString),
    /// Facts that the fleet has to declare, as they are declared: `region: AwsRegion`.
    Undeclared(Vec<EcoString>),
    /// Values that no line of a `match` is for, as they are written.
    Cases(Vec<EcoString>),
}

/// Names that may have been meant.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Suggestion {
    /// What is written instead.
    pub written: EcoString,
    /// The nearest first; up to three.
    pub names: Vec<EcoString>,
}

impl Suggestion {
    /// Those of `known` that are most like what is written, if any is.
    #[must_use]
    pub fn of<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        let names: Vec<EcoString> = nearest(written, known).into_iter().map(EcoString::from).collect();
        (!names.is_empty()).then(|| Self { written: written.into(), names })
    }

    /// "did you mean `a`, `b` or `c`?"
    #[must_use]
    pub fn question(&self) -> EcoString {
        let names: Vec<String> = self.names.iter().map(|it| format!("`{it}`")).collect();
        match names.as_slice() {
            [] => EcoString::new(),
            [only] => eco_format!("did you mean {only}?"),
            [rest @ .., last] => eco_format!("did you mean {} or {last}?", rest.join(", ")),
        }
    }
}

/// The question whether one of `known` was meant, if one is like `name`.
pub fn did_you_mean<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<EcoString> {
    Suggestion::of(name, known).map(|it| it.question())
}
