//! What is worth a word above a declaration: who uses it, and where it is overridden.

use std::ops::Range;

use ecow::{EcoString, eco_format};

use super::effective::users;
use super::occurrence::{Symbol, references};
use super::outline::{Entry, outline};
use super::place::Place;
use crate::source::{Db, Kind, Origin, SourceFile};

/// A line of text above a declaration.
#[derive(Clone, Debug)]
pub struct Lens {
    /// Of the name that it stands above, in bytes.
    pub range: Range<usize>,
    pub title: EcoString,
    /// What it leads to.
    pub places: Vec<Place>,
}

/// What stands above the declarations of a file.
#[must_use]
pub fn lenses(db: &dyn Db, file: SourceFile) -> Vec<Lens> {
    let mut found = Vec::new();
    for it in &outline(db, file) {
        of_entry(db, it, &mut found);
    }
    found
}

fn of_entry(db: &dyn Db, it: &Entry, found: &mut Vec<Lens>) {
    if matches!(it.kind, Kind::Catalogue | Kind::Application | Kind::Addon | Kind::Manifest | Kind::Kustomize) {
        let all = references(db, &Symbol::At(Origin::of(it.anchor)));
        let others: Vec<Place> = all.iter().filter(|(named, _)| !named.defines).map(|(_, it)| it.clone()).collect();
        let title = match users(db, it.anchor).len() {
            0 => "used by no cluster".into(),
            1 => "used by 1 cluster".into(),
            count => eco_format!("used by {count} clusters"),
        };
        found.push(Lens { range: it.own.clone(), title, places: others });
        let overridden: Vec<Place> =
            all.into_iter().filter(|(named, _)| is_override(db, named)).map(|(_, it)| it).collect();
        if !overridden.is_empty() {
            let title = match overridden.len() {
                1 => "overridden in 1 place".into(),
                count => eco_format!("overridden in {count} places"),
            };
            found.push(Lens { range: it.own.clone(), title, places: overridden });
        }
    }
    for it in &it.inner {
        of_entry(db, it, found);
    }
}

/// Whether a name stands at the head of an override.
fn is_override(db: &dyn Db, named: &super::occurrence::Named) -> bool {
    use crate::syntax::ast::{Head, Member};
    let declaration = crate::syntax::declaration(db, named.anchor);
    let own = matches!(&declaration.head, Head::Override { target, .. } if target.node == named.node);
    own || declaration.body.members.iter().any(|it| matches!(it, Member::Override(it) if it.target.node == named.node))
}
