//! What we tell people: plain data, no colours, no files.
//!
//! A layer makes its diagnostics in its own `problems.rs`; this room holds the
//! shape that all of them share, the table of codes and the page of each code.
//! Places are position-free; `render` finds the lines.

mod bug;
pub mod code;
mod listed;
mod subject;
mod suggest;

use std::sync::Arc;

use ecow::EcoString;

pub use bug::{Bug, Invariant, bug, caught, keep_panics};
pub use code::{Code, Severity};
pub use listed::{listed, listed_up_to};
pub use subject::{Subject, Suggestion, did_you_mean};
pub use suggest::{Written, few, near, nearest};

use crate::source::{Origin, SourceFile};

/// Where a label points.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// A node of a declaration.
    Origin(Origin),
    /// Bytes of a file that could not be read as a declaration.
    Span { file: SourceFile, start: usize, end: usize },
    /// A file that is no `.fleet` file, named from the project's root.
    File(EcoString),
}

impl From<Origin> for Place {
    fn from(it: Origin) -> Self {
        Self::Origin(it)
    }
}

/// A place and what is to be said of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Label {
    pub place: Place,
    pub text: EcoString,
}

/// Problems of one declaration or file that are kept: a loop finds a million of them.
const KEPT: usize = 1000;

/// Adds a problem to those of a declaration or a file, unless there are very many. Of errors, as
/// many again: warnings never hide that there is one.
pub fn keep(found: &mut Vec<Diagnostic>, problem: Diagnostic) {
    if found.len() < KEPT || (problem.is_error() && found.len() < 2 * KEPT) {
        found.push(problem);
    }
}

/// One thing that is wrong, or worth a look.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Diagnostic {
    pub code: Code,
    /// One fact, lower case, no full stop, readable alone.
    pub message: EcoString,
    /// What is at the place that has to change.
    pub primary: Label,
    /// Other places that are part of the story.
    pub secondary: Vec<Label>,
    /// Why it is so.
    pub notes: Vec<EcoString>,
    /// The smallest fix.
    pub help: Option<EcoString>,
    /// Where that is made, where its text ends with the place: "add it to the fact at fleet.fleet:10".
    pub help_at: Option<Origin>,
    /// The cluster that shows it, where only some do.
    pub cluster: Option<EcoString>,
    /// How many other clusters show it; none before that is known.
    pub others: Option<usize>,
    /// What it is about, for those who act on it.
    pub subject: Option<Subject>,
    /// What may have been meant, where its help asks for that.
    pub suggestion: Option<Suggestion>,
}

impl Diagnostic {
    /// A diagnostic whose primary label says `what` at `place`.
    pub fn new(code: Code, message: impl Into<EcoString>, place: impl Into<Place>, what: impl Into<EcoString>) -> Self {
        Self {
            code,
            message: message.into(),
            primary: Label { place: place.into(), text: what.into() },
            secondary: Vec::new(),
            notes: Vec::new(),
            help: None,
            help_at: None,
            cluster: None,
            others: None,
            subject: None,
            suggestion: None,
        }
    }

    /// Adds another place.
    #[must_use]
    pub fn label(mut self, place: impl Into<Place>, text: impl Into<EcoString>) -> Self {
        let label = Label { place: place.into(), text: text.into() };
        if label.place != self.primary.place {
            self.secondary.push(label);
        }
        self
    }

    /// Adds another place where there is one.
    #[must_use]
    pub fn label_if(self, place: Option<Origin>, text: impl Into<EcoString>) -> Self {
        match place {
            Some(it) => self.label(it, text),
            None => self,
        }
    }

    /// Adds a reason.
    #[must_use]
    pub fn note(mut self, text: impl Into<EcoString>) -> Self {
        self.notes.push(text.into());
        self
    }

    /// Asks whether one of the names was meant that are most like what is written, if any is.
    #[must_use]
    pub fn did_you_mean<'a>(self, written: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        self.suggest(Suggestion::of(written, known))
    }

    /// Notes that a name was meant instead of what is written; its help says so in its own words.
    #[must_use]
    pub fn instead_of(mut self, written: &str, name: &str) -> Self {
        self.suggestion = Some(Suggestion { written: written.into(), names: vec![name.into()] });
        self
    }

    /// Asks whether one of the names was meant, where there are some.
    #[must_use]
    pub fn suggest(mut self, suggestion: Option<Suggestion>) -> Self {
        if let Some(it) = suggestion {
            self.help = Some(it.question());
            self.suggestion = Some(it);
        }
        self
    }

    /// Says what to write, where nothing is said of that yet.
    #[must_use]
    pub fn or_help(mut self, text: impl FnOnce() -> Option<EcoString>) -> Self {
        self.help = self.help.or_else(text);
        self
    }

    /// Says what it is about.
    #[must_use]
    pub fn about(mut self, subject: impl Into<Option<Subject>>) -> Self {
        self.subject = subject.into();
        self
    }

    /// Says what to write.
    #[must_use]
    pub fn help(mut self, text: impl Into<EcoString>) -> Self {
        self.help = Some(text.into());
        self.suggestion = None;
        self
    }

    /// Says what to write at a place, which its text names at its end.
    #[must_use]
    pub fn help_at(mut self, text: impl Into<EcoString>, place: Origin) -> Self {
        self = self.help(text);
        self.help_at = Some(place);
        self
    }

    /// Says what to write, where that is known.
    #[must_use]
    pub fn help_if(mut self, text: Option<EcoString>) -> Self {
        if let Some(it) = text {
            self = self.help(it);
        }
        self
    }

    /// Names the cluster that shows it.
    #[must_use]
    pub fn on(mut self, cluster: Option<&EcoString>) -> Self {
        self.cluster = cluster.cloned();
        self
    }

    /// The node that has to change, where it is one.
    #[must_use]
    pub const fn origin(&self) -> Option<Origin> {
        match &self.primary.place {
            Place::Origin(it) => Some(*it),
            Place::Span { .. } | Place::File(_) => None,
        }
    }

    /// Whether it keeps the tree from being written.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.code.severity == Severity::Error
    }
}

/// What a query returns beside its result.
pub type Diagnostics = Arc<[Diagnostic]>;

/// A result and what is wrong with it: every phase returns both.
#[derive(Clone, Debug, PartialEq)]
pub struct Checked<T> {
    pub value: T,
    pub diagnostics: Diagnostics,
}

impl<T> Checked<T> {
    /// A result with its diagnostics.
    pub fn new(value: T, diagnostics: Vec<Diagnostic>) -> Self {
        Self { value, diagnostics: diagnostics.into() }
    }
}
