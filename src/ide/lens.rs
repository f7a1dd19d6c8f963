//! What is worth a word above a declaration: who uses it, and where it is overridden.

use std::ops::Range;

use ecow::{EcoString, eco_format};

use super::effective::counts;
use super::occurrence::{Symbol, references_to};
use super::outline::{OutlineItem, outline};
use super::place::FileRange;
use crate::source::{Db, Kind, Origin, SourceFile};

/// A line of text above a declaration.
#[derive(Clone, Debug)]
pub struct Lens {
    /// Of the name that it stands above, in bytes.
    pub range: Range<usize>,
    pub title: EcoString,
    /// What it leads to.
    pub places: Vec<FileRange>,
}

/// What stands above the declarations of a file.
#[must_use]
pub fn lenses(db: &dyn Db, file: SourceFile) -> Vec<Lens> {
    let mut entries = Vec::new();
    collect(outline(db, file), &mut entries);
    let symbols: Vec<Symbol> = entries.iter().map(|it| Symbol::At(Origin::of(it.anchor))).collect();
    let users = counts(db);
    let mut found = Vec::new();
    for (entry, all) in entries.iter().zip(references_to(db, &symbols)) {
        let mut lens = |title, places| found.push(Lens { range: entry.own.clone(), title, places });
        let users = users.get(&entry.anchor).copied().unwrap_or_default();
        let title = match users {
            0 => "used by no cluster".into(),
            1 => "used by 1 cluster".into(),
            count => eco_format!("used by {count} clusters"),
        };
        lens(title, all.iter().filter(|(named, _)| !named.defines).map(|(_, it)| it.clone()).collect());
        let overridden: Vec<FileRange> =
            all.into_iter().filter(|(named, _)| is_override(db, named)).map(|(_, it)| it).collect();
        match overridden.len() {
            0 => {}
            1 => lens("overridden in 1 place".into(), overridden),
            count => lens(eco_format!("overridden in {count} places"), overridden),
        }
    }
    found
}

/// Those of a file's declarations that clusters have, the outer ones first.
fn collect(entries: Vec<OutlineItem>, found: &mut Vec<OutlineItem>) {
    for mut it in entries {
        let inner = std::mem::take(&mut it.inner);
        if matches!(it.kind, Kind::Catalogue | Kind::Application | Kind::ADDON | Kind::MANIFEST | Kind::KUSTOMIZE) {
            found.push(it);
        }
        collect(inner, found);
    }
}

/// Whether a name stands at the head of an override.
fn is_override(db: &dyn Db, named: &super::occurrence::Occurrence) -> bool {
    use crate::syntax::ast::{Head, Member};
    let declaration = crate::syntax::declaration(db, named.anchor);
    let own = matches!(&declaration.head, Head::Override { target, .. } if target.node == named.node);
    own || declaration.body.members.iter().any(|it| matches!(it, Member::Override(it) if it.target.node == named.node))
}
