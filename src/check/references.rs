//! Names of declarations where a declaration is meant: `source = eks-charts`.

use ecow::EcoString;

use super::problems;
use crate::diagnostic::Diagnostic;
use crate::fleet::{self, Settings};
use crate::flux::{external, find_addon, find_source};
use crate::names::{Index, unknown};
use crate::source::{Anchor, Db, Kind, Origin};
use crate::types::Reference;

/// Whether the declaration that a name means is there, and of the right kind.
pub(super) fn resolve(
    db: &dyn Db,
    index: &Index,
    settings: &Settings,
    from: Anchor,
    kind: Reference,
    name: &str,
    at: Origin,
) -> Result<(), Diagnostic> {
    match kind {
        Reference::Source => {
            // An override stands outside the catalogue: any catalogue's source may be meant.
            let in_override = matches!(from.kind(db), Kind::Rule | Kind::Group | Kind::Cluster | Kind::Override);
            let anywhere = in_override && index.local_sources.values().any(|it| it.contains_key(name));
            if anywhere || index.is_lost(name) || find_source(db, index, Some(from), name).is_some() {
                return Ok(());
            }
            Err(unknown::source(db, at, name, from.parent(db), index))
        }
        Reference::Addon => {
            let in_override = !matches!(from.kind(db), Kind::ADDON);
            let anywhere =
                in_override && index.items.values().any(|it| it.contains_key(name.rsplit('.').next().unwrap_or(name)));
            // A definition does not know the catalogue that it will stand in.
            let is_definition = from.kind(db) == Kind::ADDON && from.parent(db).is_none();
            if anywhere || is_definition || find_addon(db, index, from, name).is_some() {
                return Ok(());
            }
            let outside: Vec<Anchor> = external::named(db, index, "HelmRelease", name).collect();
            if !outside.is_empty() {
                return one_of(db, &outside, name, at);
            }
            Err(problems::unknown_addon(db, at, name, from, index))
        }
        Reference::CatalogueOrItem => {
            let (catalogue, item) = match name.split_once('.') {
                Some((catalogue, item)) => (catalogue, Some(item)),
                None => (name, None),
            };
            let outside = external::awaited(db, index, name);
            if !outside.is_empty() {
                return one_of(db, &outside, name, at);
            }
            let Some(anchor) = index.catalogues.get(catalogue) else {
                return Err(problems::unknown_awaited(db, at, catalogue, index));
            };
            if let Some(item) = item
                && !index.items.get(anchor).is_some_and(|it| it.contains_key(item))
            {
                return Err(unknown::item(db, at, *anchor, item, index));
            }
            Ok(())
        }
        Reference::Repository => match index.repositories.get(name) {
            Some(_) => Ok(()),
            None => Err(problems::unknown_repository(at, name, index)),
        },
        Reference::Baseline => match index.baselines.get(name) {
            Some(_) => Ok(()),
            None => Err(problems::unknown_baseline(at, name, index)),
        },
        Reference::Cluster => {
            let clusters = &fleet::all_clusters(db, db.project()).value;
            match clusters.get(name) {
                Some(_) => Ok(()),
                None => Err(problems::unknown_cluster(at, name, clusters.keys().map(EcoString::as_str))),
            }
        }
        Reference::Fact if settings.facts.contains_key(name) => Ok(()),
        Reference::Fact => Err(problems::unknown_fact(at, name, settings)),
        // The list declares the layers.
        Reference::Layer => Ok(()),
    }
}

/// What is declared `external` is meant by its name alone only if it is in one namespace.
fn one_of(db: &dyn Db, outside: &[Anchor], name: &str, at: Origin) -> Result<(), Diagnostic> {
    let mut names: Vec<EcoString> = outside.iter().map(|it| external::name(db, *it)).collect();
    names.sort();
    names.dedup();
    if names.len() < 2 { Ok(()) } else { Err(problems::ambiguous_external(at, name, outside, &names)) }
}
