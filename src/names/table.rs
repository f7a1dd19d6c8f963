//! The table of names.

use std::collections::{BTreeMap, BTreeSet};

use ecow::{EcoString, eco_format};

use super::place::{Enclosing, carries_label, is_dns_label, may_stand};
use super::reserved::is_reserved;
use super::template::{is_of_template, is_template};
use crate::diagnostic::Diagnostic;
use crate::schema;
use crate::source::{Anchor, Db, IndexMap, Kind, Project};
use crate::syntax::ast::CATALOGUE_NAME;

/// Every declaration, by what it declares. All orders are orders of names.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Index {
    pub fleets: Vec<Anchor>,
    /// Types of the project and of the standard library.
    pub types: BTreeMap<EcoString, Anchor>,
    /// `let`s and functions share one name space.
    pub lets: BTreeMap<EcoString, Anchor>,
    /// Catalogues and applications share one name space.
    pub catalogues: BTreeMap<EcoString, Anchor>,
    pub clusters: BTreeMap<EcoString, Anchor>,
    pub groups: BTreeMap<EcoString, Anchor>,
    pub rules: BTreeMap<EcoString, Anchor>,
    /// Overrides at the top level, in the order of their targets.
    pub overrides: Vec<Anchor>,
    pub repositories: BTreeMap<EcoString, Anchor>,
    pub tenants: BTreeMap<EcoString, Anchor>,
    /// Add-ons at the top level: definitions, which others are taken `from`.
    pub definitions: BTreeMap<EcoString, Anchor>,
    pub baselines: BTreeMap<EcoString, Anchor>,
    pub inventories: BTreeMap<EcoString, Anchor>,
    /// In order of their text.
    pub checks: Vec<Anchor>,
    pub imports: Vec<Anchor>,
    pub moves: Vec<Anchor>,
    /// Sources at the top level.
    pub sources: BTreeMap<EcoString, Anchor>,
    /// Things that clusters have, wherever they are declared.
    pub externals: Vec<Anchor>,
    /// Items of catalogues, clusters and groups by name: add-ons, manifests,
    /// kustomize items, namespaces. A namespace of the same name as another item is under
    /// [`Index::namespace_key`].
    pub items: IndexMap<Anchor, BTreeMap<EcoString, Anchor>>,
    /// Catalogues that are definitions, which others are taken `from`; no cluster uses them.
    pub templates: BTreeMap<EcoString, Anchor>,
    /// The items of those, by name.
    pub template_items: IndexMap<Anchor, BTreeMap<EcoString, Anchor>>,
    /// Sources of catalogues, clusters and groups by name.
    pub local_sources: IndexMap<Anchor, BTreeMap<EcoString, Anchor>>,
    /// Declared again under a taken name: first, again.
    pub(super) duplicates: Vec<(Anchor, Anchor)>,
    pub(super) misplaced: Vec<(Anchor, Enclosing)>,
    pub(super) bad_labels: Vec<Anchor>,
    /// Named after a catalogue, and in none that is a definition.
    pub(super) bad_names: Vec<Anchor>,
    /// Names that no file may have on Windows.
    pub(super) devices: Vec<Anchor>,
    pub(super) reserved: Vec<Anchor>,
    /// Names that an import was to bring and does not: that is said there, and once.
    pub(super) lost: BTreeSet<EcoString>,
    /// What is wrong with imports.
    pub(super) bad_imports: Vec<Diagnostic>,
}

impl Index {
    /// A source of that name, wherever it is declared.
    #[must_use]
    pub fn source_named(&self, name: &str) -> Option<Anchor> {
        let local = || self.local_sources.values().find_map(|it| it.get(name));
        self.sources.get(name).or_else(local).copied()
    }

    /// Sorts the declarations of a project into the table.
    pub(super) fn new(db: &dyn Db, anchors: &[Anchor]) -> Self {
        let mut sorted: Vec<Anchor> = anchors.to_vec();
        sorted.sort_by_key(|it| {
            (
                it.kind(db),
                it.name(db).clone(),
                it.file(db).path(db).clone(),
                it.parent(db).map(|it| it.name(db).clone()),
                it.nth(db),
            )
        });
        let mut index = Self::default();
        for anchor in sorted {
            index.add(db, anchor);
        }
        index
    }

    fn add(&mut self, db: &dyn Db, anchor: Anchor) {
        let kind = anchor.kind(db);
        let place = anchor.parent(db).map_or(Enclosing::Top, |it| Enclosing::In(it.kind(db)));
        if !may_stand(kind, place) {
            self.misplaced.push((anchor, place));
            return;
        }
        let name = anchor.name(db);
        if matches!(kind, Kind::Let | Kind::Fn) && is_reserved(name) {
            self.reserved.push(anchor);
        }
        match kind {
            Kind::Source if anchor.parent(db).is_some() => {}
            Kind::Item(_) if anchor.parent(db).is_some() => {}
            _ => self.look_at_name(db, anchor),
        }
        let table = match kind {
            Kind::Fleet => return self.fleets.push(anchor),
            Kind::Override => return self.overrides.push(anchor),
            Kind::External => return self.externals.push(anchor),
            Kind::Check => return self.checks.push(anchor),
            Kind::Import => return self.imports.push(anchor),
            Kind::Moved => return self.moves.push(anchor),
            Kind::Data => return,
            Kind::Type => &mut self.types,
            Kind::Let | Kind::Fn => &mut self.lets,
            Kind::Baseline => &mut self.baselines,
            Kind::Inventory => &mut self.inventories,
            Kind::Catalogue | Kind::Application => {
                let (table, others) = if is_template(db, anchor) {
                    (&mut self.templates, &self.catalogues)
                } else {
                    (&mut self.catalogues, &self.templates)
                };
                if let Some(first) = others.get(name) {
                    return self.duplicates.push((*first, anchor));
                }
                table
            }
            Kind::Cluster => &mut self.clusters,
            Kind::Group => &mut self.groups,
            Kind::Rule => &mut self.rules,
            Kind::Repository => &mut self.repositories,
            Kind::Tenant => &mut self.tenants,
            Kind::Source => match anchor.parent(db) {
                None => &mut self.sources,
                Some(parent) => return self.add_source(db, anchor, parent),
            },
            Kind::ADDON if anchor.parent(db).is_none() => &mut self.definitions,
            Kind::Item(_) => match anchor.parent(db) {
                None => return,
                Some(parent) => return self.add_item(db, anchor, parent),
            },
        };
        put(table, &mut self.duplicates, db, anchor);
    }

    /// Adds an item of a catalogue, a cluster or a group.
    pub(super) fn add_item(&mut self, db: &dyn Db, anchor: Anchor, parent: Anchor) {
        self.look_at_name(db, anchor);
        let of_template = is_of_template(db, anchor);
        let table = if of_template { &mut self.template_items } else { &mut self.items };
        let table = table.entry(parent).or_default();
        let name = anchor.name(db);
        // Namespaces have names of their own; `web` alone means another item of that name.
        let is_namespace = |it: Anchor| it.kind(db) == Kind::NAMESPACE;
        if let Some(first) = table.get(name).copied().filter(|it| is_namespace(*it) != is_namespace(anchor)) {
            let (item, namespace) = if is_namespace(anchor) { (first, anchor) } else { (anchor, first) };
            table.insert(name.clone(), item);
            if let Some(other) = table.insert(Self::namespace_key(name), namespace).filter(|it| *it != namespace) {
                self.duplicates.push((other, namespace));
            }
            return;
        }
        put(table, &mut self.duplicates, db, anchor);
    }

    /// Adds a source of a catalogue, a cluster, a group or an add-on.
    pub(super) fn add_source(&mut self, db: &dyn Db, anchor: Anchor, parent: Anchor) {
        self.look_at_name(db, anchor);
        put(self.local_sources.entry(parent).or_default(), &mut self.duplicates, db, anchor);
    }

    /// Notes what is wrong with a name itself.
    fn look_at_name(&mut self, db: &dyn Db, anchor: Anchor) {
        let (kind, name) = (anchor.kind(db), anchor.name(db));
        if name.contains(CATALOGUE_NAME) {
            if !is_of_template(db, anchor) {
                self.bad_names.push(anchor);
            }
            return;
        }
        // A name that cannot be read is said where it is read; a made one that is written is looked at there.
        if name.is_empty() || !carries_label(kind) || anchor.original(db).is_some_and(|it| it.name(db) == name) {
            return;
        }
        if schema::is_device(name) {
            self.devices.push(anchor);
        }
        if !is_dns_label(name) {
            self.bad_labels.push(anchor);
        }
    }

    /// Whether an import was to bring a name, and does not: that is said already.
    #[must_use]
    pub fn is_lost(&self, name: &str) -> bool {
        self.lost.contains(name)
    }

    /// Every name that others may import, in order.
    pub(super) fn exported<'a>(&'a self, db: &'a dyn Db, package: Project) -> impl Iterator<Item = &'a EcoString> {
        [&self.types, &self.lets, &self.definitions, &self.templates, &self.baselines, &self.sources]
            .into_iter()
            .flatten()
            .filter(move |(_, it)| it.file(db).package(db) == package.name(db))
            .map(|(name, _)| name)
    }

    /// The items of a catalogue, be it a definition, of a cluster or a group.
    #[must_use]
    pub fn held_by(&self, parent: Anchor) -> Option<&BTreeMap<EcoString, Anchor>> {
        self.items.get(&parent).or_else(|| self.template_items.get(&parent))
    }

    /// The item that a bare name means in a declaration: its own, or that of a catalogue.
    #[must_use]
    pub fn item_named(&self, from: Anchor, name: &str) -> Option<Anchor> {
        let in_holder = |it: &Anchor| self.items.get(it).and_then(|it| it.get(name)).copied();
        self.held_by(from).and_then(|it| it.get(name)).copied().or_else(|| self.catalogues.values().find_map(in_holder))
    }

    /// The key of a namespace that another item shares its name with: no name looks so.
    #[must_use]
    pub fn namespace_key(name: &str) -> EcoString {
        eco_format!("namespace {name}")
    }

    /// The namespace that a catalogue, cluster or group declares under a name.
    #[must_use]
    pub fn namespace_of(&self, db: &dyn Db, holder: Anchor, name: &str) -> Option<Anchor> {
        let items = self.held_by(holder)?;
        let found = items.get(&Self::namespace_key(name)).or_else(|| items.get(name))?;
        (found.kind(db) == Kind::NAMESPACE).then_some(*found)
    }

    /// The items of a catalogue, cluster or group.
    pub fn items_of(&self, parent: Anchor) -> impl Iterator<Item = (&EcoString, Anchor)> {
        self.items.get(&parent).into_iter().flatten().map(|(name, anchor)| (name, *anchor))
    }
}

/// Enters a declaration under its name, or as one that is declared again.
fn put(table: &mut BTreeMap<EcoString, Anchor>, duplicates: &mut Vec<(Anchor, Anchor)>, db: &dyn Db, anchor: Anchor) {
    let name = anchor.name(db);
    match table.get(name) {
        // A name that cannot be read is that of nothing.
        Some(_) if name.is_empty() => {}
        // What is made is there first: the author's own can be renamed.
        Some(own) if anchor.original(db).is_some() && own.original(db).is_none() => {
            duplicates.push((anchor, *own));
        }
        Some(first) if first.is_standard(db) == anchor.is_standard(db) => duplicates.push((*first, anchor)),
        // A project's own name hides what the standard library calls so.
        Some(_) if anchor.is_standard(db) => {}
        _ => {
            table.insert(name.clone(), anchor);
        }
    }
}
