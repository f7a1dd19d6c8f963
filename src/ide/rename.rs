//! Another name for something, everywhere.

use ecow::{EcoString, eco_format};

use super::change::{Edit, beginning};
use super::occurrence::{Symbol, occurrence_at, occurrences_in, references};
use super::place::{FileRange, place_of};
use crate::fleet;
use crate::names::{self, is_dns_label, is_reserved};
use crate::source::{Anchor, Db, Kind, Origin, SourceFile};
use crate::syntax::{
    self,
    ast::{CATALOGUE_NAME, Head, Key, Member},
};

/// The name at a place, if it may be changed.
///
/// # Errors
/// Why it may not.
pub fn renamable(db: &dyn Db, file: SourceFile, offset: usize) -> Result<(EcoString, FileRange), EcoString> {
    let (named, place) = occurrence_at(db, file, offset).ok_or("there is no name here")?;
    match &named.symbol {
        Symbol::Builtin(name) => Err(eco_format!("`{name}` is a function of the language")),
        Symbol::Field(name) => Err(eco_format!("`{name}` is no name of yours: Flux or the language has it so")),
        Symbol::At(at) if !at.anchor.file(db).package(db).is_empty() => {
            Err(eco_format!("`{}` is declared in a package", named.name))
        }
        Symbol::At(at) => {
            // What leads to a declaration of another name is no name of it.
            let own = place_of(db, *at).and_then(|it| it.file.text(db).get(it.range));
            if at.node != 0 && own.is_some_and(|it| !it.trim_matches('"').starts_with(named.name.as_str())) {
                return Err(eco_format!("`{}` is no name of yours: the language has it so", named.name));
            }
            let is_row = at.anchor.kind(db) == Kind::Inventory && at.node == 0;
            let is_made = (is_row || at.anchor.kind(db) == Kind::Data) && at.anchor.name(db) != &named.name;
            if at.anchor.kind(db) == Kind::Fleet && at.node != 0 && has_foreign_clusters(db) {
                return Err("clusters of another project state it, which would still call it so".into());
            }
            if at.anchor.kind(db) == Kind::Fleet && at.node != 0 && is_read_by_library(db, *at, &named.name) {
                return Err(eco_format!("the standard library reads `{}`, and would still call it so", named.name));
            }
            if is_made || is_column(db, *at) {
                return Err(eco_format!("`{}` is made of data: rename it there", named.name));
            }
            if at.node == 0 && at.anchor.name(db).contains(CATALOGUE_NAME) {
                return Err(eco_format!(
                    "`{}` is made of the name of its catalogue: rename that, or the definition's item",
                    named.name
                ));
            }
            if at.anchor.kind(db) == Kind::External {
                return Err(eco_format!("`{}` is no name of yours: what makes the object calls it so", named.name));
            }
            Ok((named.name, place))
        }
    }
}

/// Whether a field is a column of the rows of an inventory.
fn is_column(db: &dyn Db, at: Origin) -> bool {
    let is_rows = |it: &Anchor| {
        matches!(&syntax::declaration(db, *it).head, Head::Inventory { ty: Some(ty), .. }
            if occurrences_in(db, *it).iter().any(|named| named.node == ty.node && named.symbol == Symbol::At(Origin::of(at.anchor))))
    };
    at.node != 0 && at.anchor.kind(db) == Kind::Type && names::index(db, db.project()).inventories.values().any(is_rows)
}

/// Whether a cluster is taken `from` another project: its facts are stated there.
fn has_foreign_clusters(db: &dyn Db) -> bool {
    let index = names::index(db, db.project());
    index.clusters.values().any(|it| matches!(syntax::declaration(db, *it).head, Head::From { .. }))
}

/// Whether a definition of the standard library that the project takes reads a fact: in an expression, or in the ARN of
/// its role.
fn is_read_by_library(db: &dyn Db, fact: Origin, name: &str) -> bool {
    let index = names::index(db, db.project());
    let own = index.items.values().flat_map(|it| it.values()).chain(index.definitions.values());
    let levels = own.flat_map(|it| &fleet::levels(db, *it).value);
    let mut taken = levels.filter(|it| it.is_of_library(db));
    let is_of_role = ["account", "region"].contains(&name);
    taken.any(|it| {
        is_of_role && fleet::has_irsa(db, *it) || occurrences_in(db, *it).iter().any(|it| it.symbol == Symbol::At(fact))
    })
}

/// Every edit that it takes.
///
/// # Errors
/// Why it cannot be: the name is no name, or is taken.
pub fn rename(db: &dyn Db, file: SourceFile, offset: usize, to: &str) -> Result<Vec<Edit>, EcoString> {
    let (old, _) = renamable(db, file, offset)?;
    let (named, _) = occurrence_at(db, file, offset).ok_or("there is no name here")?;
    let Symbol::At(at) = &named.symbol else { return Err("this cannot be renamed".into()) };
    let is_name = to.starts_with(|it: char| it.is_ascii_alphabetic() || it == '_')
        && to.chars().all(|it| it.is_ascii_alphanumeric() || it == '-' || it == '_')
        && !to.ends_with('-');
    if !is_name {
        return Err(eco_format!("`{to}` is no name: it has letters, digits and `-`, and begins with a letter"));
    }
    if is_reserved(to) {
        return Err(eco_format!("`{to}` is a keyword"));
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
        return Err(match &named.symbol {
            Symbol::At(at) if at.node != 0 => eco_format!("`{to}` is already declared beside it"),
            _ => eco_format!("`{to}` is the name of {} already", taken.noun()),
        });
    }
    let in_project = |it: &FileRange| it.file.package(db).is_empty();
    let edits = all.into_iter().filter(|(it, place)| it.name == old && in_project(place));
    let mut edits: Vec<Edit> = edits.map(|(_, it)| Edit { file: it.file, range: it.range, text: to.into() }).collect();
    edits.extend(chart(db, *at, &old));
    if at.node == 0 && at.anchor.kind(db).is_catalogue() {
        edits.extend(named_after(db, at.anchor, to));
    }
    edits.sort_by(|a, b| (a.file.path(db), a.range.start).cmp(&(b.file.path(db), b.range.start)));
    Ok(edits)
}

/// The items of a catalogue that have its name from their definition are called otherwise with it.
fn named_after(db: &dyn Db, catalogue: Anchor, to: &str) -> Vec<Edit> {
    let index = names::index(db, db.project());
    let sources = index.local_sources.get(&catalogue).into_iter().flat_map(|it| it.values()).copied();
    let made = index.items_of(catalogue).map(|(_, it)| it).chain(sources);
    let mut edits = Vec::new();
    for it in made.filter(|it| it.written(db).name(db).contains(CATALOGUE_NAME)) {
        let (original, name) = (it.written(db), it.name(db));
        let text = original.name(db).replace(CATALOGUE_NAME, to);
        let all = references(db, &Symbol::At(Origin::of(original))).into_iter();
        let of_this = all.filter(|(named, place)| named.name == *name && place.file.package(db).is_empty());
        edits.extend(of_this.map(|(_, it)| Edit { file: it.file, range: it.range, text: text.clone() }));
    }
    edits
}

/// An add-on that names no chart has that of its name: what is installed stays the same.
fn chart(db: &dyn Db, at: Origin, old: &str) -> Option<Edit> {
    if at.node != 0 || at.anchor.kind(db) != Kind::ADDON {
        return None;
    }
    let declaration = syntax::declaration(db, at.anchor);
    let names_it = declaration.body.members.iter().any(|it| match it {
        Member::Entry(it) => it.path.segments.first().is_some_and(|it| it.key == Key::Name("chart".into())),
        _ => false,
    });
    let is_derived = matches!(&declaration.head, Head::Addon { from: Some(_), .. });
    (!names_it && !is_derived).then(|| beginning(db, at.anchor, &eco_format!("chart = \"{old}\"")))?
}

/// What has the name already where it would be given.
fn taken(db: &dyn Db, symbol: &Symbol, to: &str) -> Option<(Kind, EcoString)> {
    let Symbol::At(at) = symbol else { return None };
    let index = names::index_of(db, at.anchor);
    let own = |it: &Anchor| it.file(db).package(db).is_empty();
    let said = |it: &Anchor| (it.kind(db), it.name(db).clone());
    if at.node != 0 {
        let is_fact = at.anchor.kind(db) == Kind::Fleet;
        if is_fact && names::CLUSTER_SETTINGS.contains(&to) {
            return Some((Kind::Cluster, to.into()));
        }
        // A name beside it, in the same declaration.
        let same = occurrences_in(db, at.anchor);
        return same.iter().any(|it| it.defines && it.name == to).then(|| (at.anchor.kind(db), to.into()));
    }
    let table = match at.anchor.kind(db) {
        Kind::Let | Kind::Fn if crate::types::builtin::find(to).is_some() => return Some((Kind::Fn, to.into())),
        Kind::Let | Kind::Fn => Some(&index.lets),
        Kind::Type => Some(&index.types),
        Kind::Catalogue | Kind::Application if index.templates.contains_key(to) => Some(&index.templates),
        Kind::Catalogue | Kind::Application => Some(&index.catalogues),
        Kind::Group => Some(&index.groups),
        Kind::ADDON if at.anchor.parent(db).is_none() => Some(&index.definitions),
        Kind::Item(_) => at.anchor.parent(db).and_then(|it| index.items.get(&it)),
        _ => None,
    };
    if let Some(other) = table.and_then(|it| it.get(to)).filter(|it| own(it) || !index.imports.is_empty()) {
        return Some(said(other));
    }
    if at.anchor.kind(db) == Kind::Cluster && crate::fleet::all_clusters(db, db.project()).value.contains_key(to) {
        return Some((Kind::Cluster, to.into()));
    }
    let anchors = db.project().files(db).iter().flat_map(|it| crate::syntax::anchors(db, *it).to_vec());
    let mut same = anchors
        .filter(|it| it.name(db) == to && it.parent(db) == at.anchor.parent(db) && it.kind(db) == at.anchor.kind(db));
    same.next().map(|it| (it.kind(db), it.name(db).clone()))
}
