//! A cluster: its Flux Kustomizations, their patches, and what comes of them.
//!
//! In comes a cluster with what it takes; out go its units in order of name, each
//! with the objects that it applies. Drafts are made first, because what one waits
//! for is known only when all are there. It never writes YAML.

mod catalogue;
mod draft;
mod kustomized;
mod order;
mod own;
mod problems;
mod shared;
mod units;

use ecow::EcoString;
use indexmap::IndexMap;

use super::attach::attached;
use super::context::{Context, Range};
use super::diff::Patch;
use super::object::Object;
use super::policy;
use super::release::Release;
use super::substitution::Substitution;
use crate::diagnostic::Checked;
use crate::eval::Effect;
use crate::fleet;
use crate::names;
use crate::source::{Anchor, Db, Origin};
use crate::syntax::ast;
use crate::value::Node;

/// What a cluster ends up with.
#[derive(Clone, Debug, PartialEq)]
pub struct Deployed {
    pub cluster: EcoString,
    /// Its directory, from the project's root.
    pub path: EcoString,
    pub anchor: Anchor,
    pub units: Vec<Unit>,
    /// Objects that stand in the cluster's root themselves.
    pub root: Vec<Object>,
    /// What the entries of overrides did to the items that it takes.
    pub effects: Vec<(Anchor, Effect)>,
}

/// A Flux Kustomization and what it applies.
#[derive(Clone, Debug, PartialEq)]
pub struct Unit {
    pub name: EcoString,
    /// The Flux Kustomization, without its patches.
    pub kustomization: Object,
    pub patches: Vec<Patch>,
    /// Raw patches of a kustomize item: the object and what is merged into it.
    pub raw_patches: Vec<(ast::Patch, Node)>,
    /// What is built, patches made, before Flux substitutes.
    pub objects: Vec<Object>,
    /// What Flux replaces in it, where the author asked for `postBuild`.
    pub substitution: Option<Substitution>,
    pub releases: Vec<Release>,
    /// The directory that it points at, from the source's root.
    pub path: EcoString,
    pub place: UnitPlace,
    pub origin: Origin,
    /// The catalogue that it is made from.
    pub catalogue: Option<Anchor>,
    /// Components of the bundle that it takes.
    pub components: Vec<EcoString>,
}

/// Where a unit's Flux Kustomization is written, and whether its objects are too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnitPlace {
    /// In the cluster's root; the objects are in `common/`.
    Root,
    /// Behind the gate of the cluster's own directory, which holds the objects.
    Gate,
    /// In the cluster's root; the objects are in a directory or repository of somebody else's.
    Foreign,
}

/// Compiles a cluster.
pub(in crate::flux) fn deploy(db: &dyn Db, anchor: Anchor) -> Checked<Deployed> {
    let index = names::index(db, db.project());
    let settings = &fleet::settings(db, db.project()).value;
    let cluster = &fleet::cluster(db, anchor).value;
    let mut ctx = Context {
        db,
        index,
        settings,
        range: Range::one(cluster.flux, &cluster.name),
        cluster: Some(cluster),
        scope: None,
        out: Vec::new(),
        known: IndexMap::new(),
    };
    let mut drafts = Vec::new();
    for taken in &cluster.taken {
        catalogue::of_catalogue(&mut ctx, cluster, taken, &mut drafts);
    }
    own::own_items(&mut ctx, cluster, &mut drafts);
    shared::shared(&mut ctx, cluster, &mut drafts);
    ctx.scope = None;
    ctx.range = Range::one(cluster.flux, &cluster.name);
    let root = attached(&mut ctx, cluster);
    order::infer_order(&mut ctx, cluster, &mut drafts);
    let units = units::finish(&mut ctx, cluster, drafts);
    let mut effects: Vec<(Anchor, Effect)> = Vec::new();
    for (item, (checked, _)) in &ctx.known {
        effects.extend(checked.value.effects.iter().map(|it| (*item, it.clone())));
    }
    let (name, path) = (cluster.name.clone(), cluster.path.clone());
    let deployed = Deployed { cluster: name, path, anchor, units, root, effects };
    policy::cluster(&mut ctx, cluster, &deployed);
    let out =
        ctx.out.into_iter().map(|it| if it.cluster.is_some() { it } else { it.on(Some(&cluster.name)) }).collect();
    Checked::new(deployed, out)
}

impl Deployed {
    /// Every object of the cluster with the unit that applies it; none for the root's own.
    pub fn objects(&self) -> impl Iterator<Item = (Option<&Unit>, &Object)> {
        let of_units = self.units.iter().flat_map(|unit| unit.objects.iter().map(move |it| (Some(unit), it)));
        let kustomizations = self.units.iter().map(|it| (None, &it.kustomization));
        self.root.iter().map(|it| (None, it)).chain(kustomizations).chain(of_units)
    }

    /// Every release of the cluster.
    pub fn releases(&self) -> impl Iterator<Item = (&Unit, &Release)> {
        self.units.iter().flat_map(|unit| unit.releases.iter().map(move |it| (unit, it)))
    }
}
