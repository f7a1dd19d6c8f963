//! What a catalogue has that is declared `from` a definition: each item of it, made again under the catalogue's own name.

use super::table::Index;
use super::template::taken_from;
use crate::source::{Anchor, Db};
use crate::syntax::ast::CATALOGUE_NAME;

/// Makes the items and sources of every catalogue that is declared from a definition: `levels` are its definitions, each with
/// the names that its project or package sees beside these.
pub(super) fn instantiate<'a>(index: &mut Index, db: &'a dyn Db, levels: impl Fn(Anchor) -> Vec<(Anchor, &'a Index)>) {
    let takers = index.catalogues.values().copied().filter(|it| taken_from(db, *it).is_some());
    for taker in takers.collect::<Vec<_>>() {
        for (level, theirs) in levels(taker) {
            for item in theirs.template_items.get(&level).into_iter().flat_map(|it| it.values()) {
                let made = made(db, *item, taker, taker.name(db));
                index.add_item(db, made, taker);
                copy_sources(index, db, theirs, *item, made, taker.name(db));
            }
            copy_sources(index, db, theirs, level, taker, taker.name(db));
        }
    }
}

fn copy_sources(index: &mut Index, db: &dyn Db, theirs: &Index, of: Anchor, to: Anchor, name: &str) {
    for source in theirs.local_sources.get(&of).into_iter().flat_map(|it| it.values()).copied() {
        index.add_source(db, made(db, source, to, name), to);
    }
}

/// A declaration of a definition as it is in a catalogue that is declared from it.
fn made(db: &dyn Db, original: Anchor, parent: Anchor, catalogue: &str) -> Anchor {
    let name = original.name(db).replace(CATALOGUE_NAME, catalogue);
    Anchor::new(db, original.file(db), Some(parent), original.kind(db), name, original.nth(db), Some(original))
}
