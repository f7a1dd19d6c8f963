//! What can be wrong with input files.

use ecow::eco_format;

use crate::diagnostic::{Diagnostic, code};
use crate::source::Origin;

pub(super) fn bad_number(at: Origin, number: &str) -> Diagnostic {
    Diagnostic::new(code::INPUT_FILE, eco_format!("the number {number} does not fit"), at, "this number")
        .help("quote it in the file")
}

pub(super) fn bad_key(at: Origin) -> Diagnostic {
    Diagnostic::new(code::INPUT_FILE, "a key is no string", at, "in this object")
        .help("Kubernetes knows string keys only")
}

pub(super) fn noncharacter(at: Origin, found: char) -> Diagnostic {
    let code = found as u32;
    Diagnostic::new(code::INPUT_FILE, eco_format!("U+{code:04X} is a noncharacter"), at, "in this text")
        .note("Unicode reserves it for a program's own use: no file exchanges it")
        .help("remove it from the file")
}

pub(super) fn broken_quote(at: Origin) -> Diagnostic {
    Diagnostic::new(code::INPUT_FILE, "the quotes of this cell do not fit", at, "begins here")
        .note("what follows is read as part of it, up to the next quote")
        .help("a cell that begins with a quote ends with one, and has `\"\"` for each inside")
}

pub(super) fn ragged(at: Origin, found: usize, wanted: usize) -> Diagnostic {
    let s = if found == 1 { "" } else { "s" };
    Diagnostic::new(
        code::INPUT_FILE,
        eco_format!("this row has {found} cell{s}, the first line names {wanted} columns"),
        at,
        "this row",
    )
    .help("give each column a cell, if an empty one; quote a cell that holds the separator")
}
