//! Another name for something, everywhere.

use std::ops::Range;

use ecow::{EcoString, eco_format};

use super::occurrence::{Symbol, named_at, references};
use super::place::Place;
use crate::names::{is_dns_label, is_reserved};
use crate::source::{Db, Kind, SourceFile};

/// A text in place of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    pub file: SourceFile,
    /// In bytes.
    pub range: Range<usize>,
    pub text: EcoString,
}

/// The name at a place, if it may be changed.
///
/// # Errors
/// Why it may not.
pub fn renamable(db: &dyn Db, file: SourceFile, offset: usize) -> Result<(EcoString, Place), EcoString> {
    let (named, place) = named_at(db, file, offset).ok_or("there is no name here")?;
    match &named.symbol {
        Symbol::Builtin(name) => Err(eco_format!("`{name}` is a function of the language")),
        Symbol::Field(name) => Err(eco_format!("`{name}` is no name of yours: Flux or the language has it so")),
        Symbol::At(at) if !at.anchor.file(db).package(db).is_empty() => {
            Err(eco_format!("`{}` is declared in a package", named.name))
        }
        Symbol::At(_) => Ok((named.name, place)),
    }
}

/// Every edit that it takes.
///
/// # Errors
/// Why it cannot be: the name is no name, or is taken.
pub fn rename(db: &dyn Db, file: SourceFile, offset: usize, to: &str) -> Result<Vec<Edit>, EcoString> {
    let (old, _) = renamable(db, file, offset)?;
    let (named, _) = named_at(db, file, offset).ok_or("there is no name here")?;
    let Symbol::At(at) = &named.symbol else { return Err("this cannot be renamed".into()) };
    let is_name = to.starts_with(|it: char| it.is_ascii_alphabetic() || it == '_')
        && to.chars().all(|it| it.is_ascii_alphanumeric() || it == '-' || it == '_')
        && !to.ends_with('-');
    if !is_name {
        return Err(eco_format!("`{to}` is no name: it has letters, digits and `-`, and begins with a letter"));
    }
    if is_reserved(to) {
        return Err(eco_format!("`{to}` is a word of the language"));
    }
    let becomes_an_object = at.node == 0
        && !matches!(at.anchor.kind(db), Kind::Let | Kind::Fn | Kind::Type | Kind::Rule | Kind::Group | Kind::Fleet);
    if becomes_an_object && !is_dns_label(to) {
        return Err(eco_format!("`{to}` cannot name an object in Kubernetes: lower case, digits and `-`, at most 63"));
    }
    let all = references(db, &named.symbol);
    if to != old
        && let Some((taken, _)) = taken(db, &named.symbol, to)
    {
        return Err(eco_format!("`{to}` is the name of {} already", taken.noun()));
    }
    let edits = all.into_iter().filter(|(it, _)| it.name == old);
    Ok(edits.map(|(_, it)| Edit { file: it.file, range: it.range, text: to.into() }).collect())
}

/// What has the name already where it would be given.
fn taken(db: &dyn Db, symbol: &Symbol, to: &str) -> Option<(Kind, EcoString)> {
    let Symbol::At(at) = symbol else { return None };
    if at.node != 0 {
        return None;
    }
    let anchors = db.project().files(db).iter().flat_map(|it| crate::syntax::anchors(db, *it).to_vec());
    let mut same = anchors
        .filter(|it| it.name(db) == to && it.parent(db) == at.anchor.parent(db) && it.kind(db) == at.anchor.kind(db));
    same.next().map(|it| (it.kind(db), it.name(db).clone()))
}
