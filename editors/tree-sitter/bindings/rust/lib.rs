//! The fleet language for tree-sitter.

use tree_sitter_language::LanguageFn;

unsafe extern "C" {
    fn tree_sitter_fleet() -> *const ();
}

/// The language.
pub const LANGUAGE: LanguageFn = unsafe { LanguageFn::from_raw(tree_sitter_fleet) };

/// What is coloured how.
pub const HIGHLIGHTS: &str = include_str!("../../queries/highlights.scm");
