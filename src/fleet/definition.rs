//! What an add-on, a catalogue or a baseline is taken `from`, and what that is taken from.

use std::collections::BTreeMap;
use std::sync::Arc;

use ecow::EcoString;

use super::definition_problems;
use crate::diagnostic::{Checked, Diagnostic, few};
use crate::names::{self, Index};
use crate::source::{Anchor, Db, Kind, Origin};
use crate::syntax::{self, ast::Head};

/// The definitions of a declaration, the first of all first, then itself.
pub(super) fn levels_of(db: &dyn Db, anchor: Anchor) -> Checked<Vec<Anchor>> {
    let mut levels = vec![anchor];
    let mut out: Vec<Diagnostic> = Vec::new();
    let mut at = anchor;
    while let Some((node, path)) = taken_from(db, at) {
        let origin = Origin::new(at, node);
        let Some(base) = find(db, at, &path) else {
            // What another declaration cannot find is said there.
            if at == anchor && !names::index_of(db, at).is_lost(&path) {
                let own = names::index_of(db, at).catalogues.get(&path).filter(|_| at.kind(db).is_catalogue());
                out.push(own.map_or_else(
                    || definition_problems::unknown_definition(origin, at.kind(db), &path, &known(db, at)),
                    |own| definition_problems::from_own_catalogue(origin, &path, *own),
                ));
            }
            break;
        };
        if levels.contains(&base) {
            // One cycle, one error: at the first of its names.
            if base == anchor && levels.iter().all(|it| it.name(db) >= anchor.name(db)) {
                out.push(definition_problems::definition_cycle(db, origin, &levels, base));
            }
            break;
        }
        levels.push(base);
        at = base;
    }
    levels.reverse();
    Checked::new(levels, out)
}

/// What stands behind `from`.
fn taken_from(db: &dyn Db, anchor: Anchor) -> Option<(u32, EcoString)> {
    match &syntax::declaration(db, anchor).head {
        Head::Addon { from, .. } => from.clone(),
        Head::From { node, path } if anchor.kind(db) == Kind::Baseline || anchor.kind(db).is_catalogue() => {
            Some((*node, path.clone()))
        }
        _ => None,
    }
}

fn table(index: &Index, kind: Kind) -> &BTreeMap<EcoString, Anchor> {
    match kind {
        Kind::Baseline => &index.baselines,
        Kind::Catalogue | Kind::Application => &index.templates,
        _ => &index.definitions,
    }
}

/// One beside it, one at the top level or imported, one of a catalogue, one of a package.
fn find(db: &dyn Db, from: Anchor, path: &str) -> Option<Anchor> {
    let kind = from.kind(db);
    let index = names::index_of(db, from);
    if kind.is_catalogue() {
        return names::template_named(db, index, from, path);
    }
    let of = |parent: &Anchor, name: &str| {
        index.held_by(*parent).and_then(|it| it.get(name)).copied().filter(|it| it.kind(db) == Kind::ADDON)
    };
    match path.split_once('.') {
        None => {
            let beside = from.parent(db).filter(|_| from.name(db) != path).and_then(|it| of(&it, path));
            beside.or_else(|| table(index, kind).get(path).copied())
        }
        Some((catalogue, item)) => index
            .catalogues
            .get(catalogue)
            .and_then(|it| of(it, item))
            .or_else(|| names::qualified(db, from, path, |it| table(it, kind))),
    }
}

/// Every path that may stand behind `from` there.
fn known(db: &dyn Db, from: Anchor) -> Vec<EcoString> {
    let kind = from.kind(db);
    let index = names::index_of(db, from);
    let mut known: Vec<EcoString> = few(table(index, kind).keys()).cloned().collect();
    if kind == Kind::ADDON {
        for (parent, items) in index.items.iter().chain(&index.template_items) {
            let names =
                few(items.iter()).filter(|(_, it)| it.kind(db) == Kind::ADDON && **it != from).map(|(name, _)| name);
            if Some(*parent) == from.parent(db) {
                known.extend(names.cloned());
            } else if index.catalogues.values().any(|it| it == parent) {
                known.extend(names.map(|it| ecow::eco_format!("{}.{it}", parent.name(db))));
            }
        }
    }
    if let Some(project) = db.package(from.file(db).package(db)) {
        for (alias, package) in project.packages(db) {
            let Some(package) = db.package(package) else { continue };
            let names = few(table(names::declared(db, package), kind).keys());
            known.extend(names.map(|it| ecow::eco_format!("{alias}.{it}")));
        }
    }
    known
}

/// Whether everything was found that an add-on, a catalogue or a baseline is taken `from`.
pub fn is_from_known(db: &dyn Db, anchor: Anchor) -> bool {
    levels(db, anchor).value.first().is_none_or(|it| taken_from(db, *it).is_none())
}

/// What an add-on, a catalogue or a baseline is taken `from`, the first definition first, itself last.
#[salsa::tracked]
pub fn levels(db: &dyn Db, anchor: Anchor) -> Arc<Checked<Vec<Anchor>>> {
    Arc::new(levels_of(db, anchor))
}
