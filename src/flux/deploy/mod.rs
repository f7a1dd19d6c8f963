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

use std::sync::Arc;

use ecow::EcoString;

use super::attach::attached;
use super::context::{Context, Memo, Range};
use super::release::Release;
use super::shared_item::{SharedItem, made};
use crate::diagnostic::{Checked, Diagnostic, Invariant};
use crate::fleet::{Class, Cluster, Evaluated};
use crate::kube::Patch;
use crate::kube::Substitution;
use crate::kube::object::{Id, Object, split_api_version};
use crate::source::{Anchor, Db, IndexSet, Origin};
use crate::syntax::ast;
use crate::value::Node;

/// What a cluster ends up with.
#[derive(Clone, Debug, PartialEq)]
pub struct Deployed {
    pub cluster: EcoString,
    /// Its directory, from the project's root.
    pub path: EcoString,
    pub anchor: Anchor,
    pub units: Arc<Vec<Unit>>,
    /// Objects that stand in the cluster's root themselves.
    pub root: Arc<Vec<Object>>,
    /// The items that it takes: what overrides did to them is known here.
    pub items: Arc<Vec<(Anchor, Arc<Checked<Evaluated>>)>>,
    /// What its items are made from, where that is shared with clusters of other classes.
    pub shared_items: Arc<Vec<SharedItem>>,
    /// The class of clusters that share it: then texts have marks where their facts
    /// belong, and what the cluster writes itself is told by [`Cluster`].
    pub class: Option<Class>,
    /// Whether nothing was left out because it is not known: else there is an error somewhere, or
    /// nothing of it may be written.
    pub is_whole: bool,
}

/// A patch of a unit: made for the cluster, or for all that have the item so.
#[derive(Clone, Debug, PartialEq)]
pub enum UnitPatch {
    Own(Patch),
    Made { shared_item: SharedItem, object: usize, patch: usize },
}

impl UnitPatch {
    /// The patch.
    pub fn get<'a>(&'a self, db: &'a dyn Db) -> &'a Patch {
        match self {
            Self::Own(it) => it,
            Self::Made { shared_item, object, patch } => made(db, *shared_item)
                .objects
                .get(*object)
                .and_then(|it| it.patches.get(*patch))
                .invariant("a patch of a unit is one of those that were made"),
        }
    }
}

/// A Flux Kustomization and what it applies.
#[derive(Clone, Debug, PartialEq)]
pub struct Unit {
    pub name: EcoString,
    /// The Flux Kustomization, without its patches.
    pub kustomization: Object,
    pub patches: Vec<UnitPatch>,
    /// Raw patches of a kustomize item: the object and what is merged into it.
    pub raw_patches: Vec<(ast::Patch, Node)>,
    /// What is built, patches made, before Flux substitutes.
    pub objects: Vec<Arc<Object>>,
    /// What Flux replaces in it, where the author asked for `postBuild`.
    pub substitution: Option<Substitution>,
    pub releases: Vec<Arc<Release>>,
    /// The directory that it points at, from the source's root.
    pub path: EcoString,
    pub place: UnitPlace,
    pub origin: Origin,
    /// The catalogue that it is made from.
    pub catalogue: Option<Anchor>,
    /// Components of the bundle that it takes.
    pub components: Vec<EcoString>,
}

impl Unit {
    /// The objects of somebody else's that it patches, each with what is merged into it.
    pub fn raw_patched(&self) -> impl Iterator<Item = (Id, &Node)> {
        self.raw_patches.iter().map(|(patch, node)| {
            let api_version = node.get("apiVersion").and_then(Node::text).map_or("", EcoString::as_str);
            let (group, _) = split_api_version(api_version);
            let namespace = patch.namespace.clone().unwrap_or_default();
            (Id { group, kind: patch.object.clone(), namespace, name: patch.name.clone() }, node)
        })
    }
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

/// What a cluster ends up with, or a representative: then also the facts that have to be
/// known first, and whether it is so for all that it stands for.
pub(in crate::flux) struct Outcome {
    pub deployed: Checked<Deployed>,
    pub needed_facts: IndexSet<EcoString>,
    pub is_certain: bool,
    /// What clusters that differ in a few items need not find out again.
    pub memo: Memo,
}

/// Compiles a cluster. What another one found out of items, as `memo` has it, holds for it, too.
pub(in crate::flux) fn deploy(db: &dyn Db, cluster: &Cluster, memo: Memo) -> Outcome {
    let mut ctx = Context::new(db, Some(cluster), None, Range::one(cluster.flux, &cluster.name));
    ctx.memo = memo;
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
    let used = ctx.memo.known.iter().filter(|(_, it)| it.is_used);
    let items = used.map(|(item, it)| (*item, Arc::clone(&it.evaluated))).collect();
    let deployed = Deployed {
        cluster: cluster.name.clone(),
        path: cluster.path.clone(),
        anchor: cluster.anchor,
        units: Arc::new(units),
        root: Arc::new(root),
        items: Arc::new(items),
        shared_items: Arc::new(ctx.shared_items.iter().copied().collect()),
        class: None,
        is_whole: ctx.is_whole,
    };
    let named = |it: Diagnostic| if it.cluster.is_some() { it } else { it.on(Some(&cluster.name)) };
    let out = ctx.out.into_iter().map(named).collect();
    let (needed_facts, is_certain, memo) = (ctx.needed_facts, ctx.is_certain && ctx.is_whole, ctx.memo);
    Outcome { deployed: Checked::new(deployed, out), needed_facts, is_certain, memo }
}

impl Deployed {
    /// Every object of the cluster with the unit that applies it; none for the root's own.
    pub fn objects(&self) -> impl Iterator<Item = (Option<&Unit>, &Object)> {
        let of_units = self.units.iter().flat_map(|unit| unit.objects.iter().map(move |it| (Some(unit), &**it)));
        let kustomizations = self.units.iter().map(|it| (None, &it.kustomization));
        self.root.iter().map(|it| (None, it)).chain(kustomizations).chain(of_units)
    }

    /// Every release of the cluster.
    pub fn releases(&self) -> impl Iterator<Item = (&Unit, &Release)> {
        self.units.iter().flat_map(|unit| unit.releases.iter().map(move |it| (unit, &**it)))
    }
}
