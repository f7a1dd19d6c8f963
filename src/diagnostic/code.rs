//! The table of codes.
//!
//! E01 syntax, E02 names, E03 types, E04 evaluation and layers, E05 the fleet,
//! E06 Flux and Kubernetes, E07 the tree on disk. Warnings (W) share the numbers.
//! A code is never renumbered and never used again; gaps are fine.

/// How much a diagnostic matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing is written.
    Error,
    /// Written all the same.
    Warning,
}

/// A stable code: `E0203`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Code {
    pub id: &'static str,
    pub severity: Severity,
    /// Its title in `explain` and in machine formats.
    pub title: &'static str,
}

macro_rules! codes {
    ($($name:ident $id:literal $severity:ident $title:literal)*) => {
        $(#[doc = $title] pub const $name: Code = Code { id: $id, severity: Severity::$severity, title: $title };)*
        /// Every code there is, in order.
        pub const ALL: &[Code] = &[$($name),*];
    };
}

codes! {
    UNREADABLE "E0101" Error "a line that cannot be read"
    MISSING_CLOSE "E0102" Error "a block that is never closed"
    OPEN_STRING "E0103" Error "a string that is not closed"
    NUMBER_TOO_LARGE "E0104" Error "a number that does not fit"
    TOO_DEEP "E0105" Error "nested too deeply"
    INDENTATION "E0106" Error "text indented less than its closing quotes"
    UNKNOWN_DECLARATION "E0107" Error "a word that begins no declaration"
    NO_CHARACTER "E0108" Error "an escape that is no character"
    INTERPOLATED_NAME "E0109" Error "a name that would have to be computed"
    DUPLICATE_FIELD "E0110" Error "a field that is declared twice"
    NUMBER_WITH_UNIT "E0111" Error "a number with letters"
    TOO_LARGE "E0112" Error "a file that is too large"
}
