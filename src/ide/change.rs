//! Changes of the text that an editor makes.

use std::ops::Range;

use ecow::{EcoString, eco_format};

use super::place::place_of;
use crate::source::{Anchor, Db, Origin, SourceFile};
use crate::syntax;

/// A text in place of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    pub file: SourceFile,
    /// In bytes.
    pub range: Range<usize>,
    pub text: EcoString,
}

/// A fix, and what it is called.
#[derive(Clone, Debug)]
pub struct Fix {
    pub title: EcoString,
    pub edits: Vec<Edit>,
    /// Whether it is the one to take, if one is to be taken unseen.
    pub is_preferred: bool,
}

/// A line at the beginning of a declaration's block, behind what it binds.
pub(super) fn beginning(db: &dyn Db, of: Anchor, line: &str) -> Option<Edit> {
    let body = &syntax::declaration(db, of).body;
    let Some(last) = body.lets().last() else { return beginning_of(db, Origin::new(of, body.node), line) };
    let place = place_of(db, Origin::new(of, last.value.node))?;
    let before = place.file.text(db).get(..place_of(db, Origin::new(of, last.node))?.range.start)?;
    let own = before.rsplit('\n').next()?;
    let is_alone = own.trim() == "let";
    let between = if is_alone {
        eco_format!("\n{}", own.strip_suffix(own.trim_start()).unwrap_or_default())
    } else {
        ", ".into()
    };
    let end = place.range.end;
    Some(Edit { file: place.file, range: end..end, text: eco_format!("{between}{line}") })
}

/// A line at the beginning of a block.
pub(super) fn beginning_of(db: &dyn Db, block: Origin, line: &str) -> Option<Edit> {
    let block = place_of(db, block)?;
    let text = block.file.text(db);
    let body = text.get(block.range.clone())?;
    let open = block.range.start + body.find('{')? + 1;
    let before = text.get(..block.range.start)?;
    let own = before.get(before.rfind('\n').map_or(0, |it| it + 1)..)?;
    let indent = " ".repeat(own.len() - own.trim_start().len());
    // What stood behind the brace on its line goes on below.
    let is_wide = text.get(open..)?.lines().next().is_some_and(|it| it.trim().is_empty());
    let rest = if is_wide { EcoString::new() } else { eco_format!("\n{indent} ") };
    Some(Edit { file: block.file, range: open..open, text: eco_format!("\n{indent}  {line}{rest}") })
}
