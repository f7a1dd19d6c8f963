//! A name that nothing has: what is said, and which name is nearest.

use ecow::{EcoString, eco_format};

use super::table::Index;
use crate::diagnostic::{Diagnostic, code, few, listed};
use crate::source::{Anchor, Db, Origin};

/// No catalogue has the name.
#[must_use]
pub fn catalogue(db: &dyn Db, at: Origin, name: &str, index: &Index) -> Diagnostic {
    if let Some(it) = index.templates.get(name) {
        return Diagnostic::new(code::UNKNOWN_TARGET, eco_format!("`{name}` is a definition"), at, "named here")
            .label(Origin::of(*it), "it declares what it is to be given")
            .help(eco_format!("take a catalogue from it, and name that: `catalogue NAME from {name} {{ … }}`"));
    }
    let diagnostic = Diagnostic::new(
        code::UNKNOWN_TARGET,
        eco_format!("there is no catalogue `{name}`"),
        at,
        "not declared anywhere",
    )
    .did_you_mean(name, index.catalogues.keys().map(EcoString::as_str));
    if diagnostic.help.is_some() {
        return diagnostic;
    }
    let holders: Vec<String> = few(index.catalogues.values())
        .filter(|it| index.items.get(*it).is_some_and(|it| it.contains_key(name)))
        .map(|it| format!("`{}.{name}`", it.name(db)))
        .collect();
    if holders.is_empty() {
        diagnostic.help("declare it: `catalogue NAME { … }`")
    } else {
        diagnostic.help(eco_format!("an item is named with its catalogue: {}", holders.join(" or ")))
    }
}

/// A catalogue has no item of the name.
#[must_use]
pub fn item(db: &dyn Db, at: Origin, catalogue: Anchor, name: &str, index: &Index) -> Diagnostic {
    let known: Vec<&str> =
        index.items.get(&catalogue).into_iter().flat_map(|it| few(it.keys())).map(EcoString::as_str).collect();
    let catalogue_name = catalogue.name(db);
    Diagnostic::new(
        code::UNKNOWN_TARGET,
        eco_format!("`{catalogue_name}` has no item `{name}`"),
        at,
        "not declared there",
    )
    .label(Origin::of(catalogue), "the catalogue is declared here")
    .did_you_mean(name, known.iter().copied())
    .or_help(|| (!known.is_empty()).then(|| eco_format!("its items are {}", listed(&known))))
}

/// No source of the name is visible from `scope`, the catalogue or cluster around.
#[must_use]
pub fn source(db: &dyn Db, at: Origin, name: &str, scope: Option<Anchor>, index: &Index) -> Diagnostic {
    let visible: Vec<&str> = index
        .sources
        .keys()
        .chain(scope.and_then(|it| index.local_sources.get(&it)).into_iter().flat_map(|it| it.keys()))
        .map(EcoString::as_str)
        .collect();
    let diagnostic =
        Diagnostic::new(code::UNKNOWN_TARGET, eco_format!("there is no source `{name}` here"), at, "not visible here");
    let elsewhere = index.local_sources.iter().find_map(|(parent, it)| it.get(name).map(|it| (*parent, *it)));
    if let Some((parent, it)) = elsewhere {
        return diagnostic
            .label(Origin::of(it), eco_format!("one of that name belongs to `{}` alone", parent.name(db)))
            .help("move it to the top level to share it");
    }
    if name.contains("://") {
        return diagnostic.help(eco_format!(
            "declare it, and write its name here: `source NAME = helm \"{name}\"`, `source = NAME`"
        ));
    }
    let last = name.rsplit('.').next().unwrap_or(name);
    if last != name && (visible.contains(&last) || index.local_sources.values().any(|it| it.contains_key(last))) {
        return diagnostic.help(eco_format!("a source is named without its catalogue: `{last}`"));
    }
    let declare = || Some(eco_format!("declare it: `source {last} = helm \"https://…\"`"));
    diagnostic.did_you_mean(last, visible).or_help(declare)
}
