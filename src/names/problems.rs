//! What can be wrong with names.

use std::collections::BTreeMap;

use ecow::{EcoString, eco_format};

use super::place::Enclosing;
use super::table::Index;
use crate::diagnostic::{Diagnostic, code, listed};
use crate::source::{Anchor, Db, ItemKind, Kind, Origin, Project};

/// Everything that is wrong with the names themselves.
pub(super) fn of_table(index: &Index, db: &dyn Db, found: &mut Vec<Diagnostic>) {
    found.extend(index.duplicates.iter().map(|(first, again)| duplicate(db, *first, *again)));
    found.extend(index.misplaced.iter().map(|(anchor, place)| misplaced(db, *anchor, *place)));
    found.extend(index.devices.iter().map(|it| device(db, *it)));
    found.extend(index.bad_labels.iter().map(|it| bad_label(db, *it)));
    found.extend(index.bad_names.iter().map(|it| bad_name(*it)));
    found.extend(index.reserved.iter().map(|it| reserved(db, *it)));
    found.extend(index.bad_imports.iter().cloned());
    let mut fleets = index.fleets.iter();
    if let Some(first) = fleets.next() {
        found.extend(fleets.map(|again| second_fleet(*first, *again)));
    }
}

pub(super) fn duplicate(db: &dyn Db, first: Anchor, again: Anchor) -> Diagnostic {
    let name = again.name(db);
    let what = again.kind(db).word();
    let diagnostic = Diagnostic::new(
        code::DUPLICATE,
        eco_format!("`{name}` is declared twice"),
        Origin::of(again),
        "declared again",
    )
    .label(Origin::of(first), "first declared here");
    match again.kind(db) {
        Kind::Item(it) if it != ItemKind::Namespace => {
            diagnostic.note("add-ons, manifests and kustomize items of a catalogue share one name space")
        }
        _ => diagnostic,
    }
    .help(eco_format!("rename one, or write `override` where this {what} was meant to change the other"))
}

pub(super) fn misplaced(db: &dyn Db, anchor: Anchor, place: Enclosing) -> Diagnostic {
    let kind = anchor.kind(db);
    let (here, help) = match place {
        Enclosing::Top => ("at the top level".into(), "move it into a catalogue, an application or a cluster"),
        Enclosing::In(Kind::Rule | Kind::ADDON | Kind::Override) if kind == Kind::ADDON => (
            eco_format!("inside a `{}`", in_word(place)),
            "declare it in a catalogue as `optional addon`, and `use` it here",
        ),
        Enclosing::In(_) => (eco_format!("inside a `{}`", in_word(place)), "move it to the top level"),
    };
    Diagnostic::new(
        code::MISPLACED,
        eco_format!("{} cannot be declared {here}", kind.noun()),
        Origin::of(anchor),
        eco_format!("`{}` does not belong here", kind.word()),
    )
    .help(help)
}

const fn in_word(place: Enclosing) -> &'static str {
    match place {
        Enclosing::Top => "file",
        Enclosing::In(kind) => kind.word(),
    }
}

pub(super) fn device(db: &dyn Db, anchor: Anchor) -> Diagnostic {
    let name = anchor.name(db);
    Diagnostic::new(
        code::RESERVED,
        eco_format!("no file can be called `{name}` on Windows"),
        Origin::of(anchor),
        "names a file or a directory of the tree",
    )
    .note("Windows keeps the names of its devices (`con`, `prn`, `aux`, `nul`, `com1`, `lpt1` …): the repository could not be checked out there")
    .help(eco_format!("choose another name, such as `{name}-cluster` or `{name}-addon`"))
}

/// The catalogue whose name a made item has.
fn made_for(db: &dyn Db, anchor: Anchor) -> Option<Origin> {
    anchor.original(db).and_then(|_| anchor.parent(db)).map(Origin::of)
}

pub(super) fn bad_label(db: &dyn Db, anchor: Anchor) -> Diagnostic {
    let name = anchor.name(db);
    let fix: String = name.to_lowercase().chars().map(|it| if it.is_ascii_alphanumeric() { it } else { '-' }).collect();
    let fix = fix.trim_matches('-');
    let fix = fix.get(..fix.len().min(63)).unwrap_or_default().trim_end_matches('-').to_owned();
    let diagnostic = Diagnostic::new(
        code::BAD_LABEL,
        eco_format!("`{name}` cannot be the name of an object"),
        Origin::of(anchor),
        "not a DNS label",
    )
    .label_if(made_for(db, anchor), "made for this catalogue")
    .note("lower-case letters, digits and `-`, at most 63, beginning and ending with a letter or digit");
    if anchor.original(db).is_some() {
        return diagnostic.help("choose other names for the item and the catalogue");
    }
    if fix.is_empty() { diagnostic.help("choose another name") } else { diagnostic.help(eco_format!("write `{fix}`")) }
}

/// A name with `\(catalogue.name)` where no other catalogue gives it one.
fn bad_name(anchor: Anchor) -> Diagnostic {
    Diagnostic::new(
        code::INTERPOLATED_NAME,
        "a name must be known without evaluating anything",
        Origin::of(anchor),
        "this is no definition",
    )
    .note("in a catalogue that is a definition, `\\(catalogue.name)` in a name is the name of the catalogue that is declared from it")
    .help("write the name out, or make the catalogue a definition: `params { }`")
}

pub(super) fn reserved(db: &dyn Db, anchor: Anchor) -> Diagnostic {
    let name = anchor.name(db);
    Diagnostic::new(
        code::RESERVED,
        eco_format!("`{name}` means something in expressions already"),
        Origin::of(anchor),
        "a reserved name",
    )
    .help("choose another name")
}

/// No package has the name.
#[must_use]
pub fn unknown_package(at: Origin, path: &str, known: &BTreeMap<EcoString, EcoString>) -> Diagnostic {
    // `import std.addons.podinfo` means a name in a package.
    let inside = path.rsplit_once('.').filter(|(package, _)| *package != "std" && known.contains_key(*package));
    Diagnostic::new(code::UNKNOWN_PACKAGE, eco_format!("there is no package `{path}`"), at, "not declared")
        .did_you_mean(path, known.keys().map(EcoString::as_str))
        .help_if(inside.map(|(package, name)| {
            eco_format!("what a package has is named in braces: `import {package}.{{ {name} }}`")
        }))
        .or_help(|| Some(eco_format!("declare it in the fleet: `packages {{ {path} {{ path = \"…\" }} }}`")))
}

pub(super) fn unknown_import(
    db: &dyn Db,
    at: Origin,
    path: &str,
    name: &str,
    theirs: &Index,
    package: Project,
) -> Diagnostic {
    let known: Vec<&str> = theirs.exported(db, package).map(EcoString::as_str).collect();
    let all = || if known.is_empty() { EcoString::from("it declares none") } else { listed(&known) };
    Diagnostic::new(code::UNKNOWN_IMPORT, eco_format!("`{path}` declares no `{name}`"), at, "not declared there")
        .note("types, functions, `let`s, add-ons, definitions of catalogues, baselines and sources at the top level of a package can be imported")
        .did_you_mean(name, known.iter().copied())
        .or_help(|| Some(eco_format!("its names: {}", all())))
}

pub(super) fn renamed_source(at: Origin, name: &str) -> Diagnostic {
    Diagnostic::new(
        code::RENAMED_SOURCE,
        eco_format!("source `{name}` cannot have another name here"),
        at,
        "its object in the cluster is called so",
    )
    .help(eco_format!("import it as `{name}`"))
}

pub(super) fn imported_twice(at: Origin, name: &str, first: Anchor) -> Diagnostic {
    Diagnostic::new(code::DUPLICATE, eco_format!("`{name}` is declared twice"), at, "imported here")
        .label(Origin::of(first), "the other is declared here")
        .help(eco_format!("import it under another name: `{name} as …`"))
}

pub(super) fn second_fleet(first: Anchor, again: Anchor) -> Diagnostic {
    Diagnostic::new(code::SECOND_FLEET, "a project has one `fleet`", Origin::of(again), "a second one")
        .label(Origin::of(first), "the first is here")
        .help("move its entries into the first, or make it a project of its own")
}
