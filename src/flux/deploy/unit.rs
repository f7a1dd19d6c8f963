//! Kustomizations of a cluster, with what they apply.

use std::sync::Arc;

use ecow::EcoString;

use crate::diagnostic::{Checked, Invariant};
use crate::fleet::{Class, Evaluated};
use crate::flux::item::made;
use crate::flux::release::Release;
use crate::flux::shared_item::SharedItem;
use crate::kube::object::split_api_version;
use crate::kube::{Id, Object, Patch, Substitution};
use crate::source::{Anchor, Db, IndexMap, Origin};
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
    /// What its hub has of it, where another cluster's Flux applies it.
    pub on_hub: Option<Arc<OnHub>>,
    /// The items that it takes: what overrides did to them is known here.
    pub items: Arc<Vec<(Anchor, Arc<Checked<Evaluated>>)>>,
    /// What its items are made from, where that is shared with clusters of other classes.
    pub shared_items: Arc<Vec<SharedItem>>,
    /// The class of clusters that share it: then texts have placeholders where their facts
    /// belong, and what the cluster writes itself is in [`Cluster`].
    pub class: Option<Class>,
    /// Whether nothing was left out because it is not known: else there is an error somewhere, or
    /// nothing of it may be written.
    pub is_whole: bool,
}

/// What a hub has of a cluster whose objects its Flux applies.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OnHub {
    /// The sources that are the hub's, once for all that use them.
    pub sources: Vec<Arc<Object>>,
    /// What the cluster's own objects would be called with a Flux of its own, by what they are called on the hub.
    pub own_names: IndexMap<Id, Id>,
}

/// Patches of one object of a unit: made for the cluster, or for all that have the item so.
#[derive(Clone, Debug, PartialEq)]
pub enum UnitPatches {
    Own(Vec<Patch>),
    /// Those of one of the item's objects, by its position; there may be none.
    Made {
        shared_item: SharedItem,
        object: usize,
    },
}

impl UnitPatches {
    /// The patches.
    fn get<'a>(&'a self, db: &'a dyn Db) -> &'a [Patch] {
        match self {
            Self::Own(it) => it,
            Self::Made { shared_item, object } => {
                let made = made(db, *shared_item).objects.get(*object);
                &made.invariant("what a unit patches is one of the objects that were made").patches
            }
        }
    }
}

/// A Flux Kustomization and what it applies.
#[derive(Clone, Debug, PartialEq)]
pub struct Unit {
    /// The name of the Flux Kustomization, which no other of the cluster has: with its namespace, where several have that.
    pub name: EcoString,
    /// Its file, where it stands in the cluster's root.
    pub file: EcoString,
    /// The Flux Kustomization, without its patches.
    pub kustomization: Object,
    /// In the order of what stands in `common/`.
    pub patches: Vec<UnitPatches>,
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
    /// What it comes after that its author does not say.
    pub inferred: Vec<Inferred>,
}

impl Unit {
    /// Whether its objects go to another cluster than the one that its Flux runs on.
    #[must_use]
    pub fn is_sent(&self) -> bool {
        self.kustomization.spec().is_some_and(|it| it.get("kubeConfig").is_some())
    }

    /// Its patches, in order.
    pub fn each_patch<'a>(&'a self, db: &'a dyn Db) -> impl Iterator<Item = &'a Patch> {
        self.patches.iter().flat_map(|it| it.get(db))
    }

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

/// Why a unit comes after another though nobody says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inferred {
    /// The name of the other's Flux Kustomization.
    pub unit: EcoString,
    /// Where the object is declared that causes it.
    pub origin: Origin,
    pub why: Cause,
}

/// What an object needs of another unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The add-on brings its kind.
    KindOf(EcoString, Anchor),
    /// The definition of its kind is applied there.
    Definition(EcoString),
    /// It goes into this namespace, which is made there.
    Namespace(EcoString),
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

impl Deployed {
    /// Every object of the cluster with the unit that applies it; none for the root's own.
    pub fn objects(&self) -> impl Iterator<Item = (Option<&Unit>, &Object)> {
        let of_units = self.units.iter().flat_map(|unit| unit.objects.iter().map(move |it| (Some(unit), &**it)));
        let kustomizations = self.units.iter().map(|it| (None, &it.kustomization));
        self.root.iter().map(|it| (None, it)).chain(kustomizations).chain(of_units)
    }

    /// What an object would be called on a cluster with a Flux of its own.
    pub fn own_name<'a>(&'a self, id: &'a Id) -> &'a Id {
        self.on_hub.as_ref().and_then(|it| it.own_names.get(id)).unwrap_or(id)
    }

    /// The sources that its hub has for it; none on a cluster with a Flux of its own.
    pub fn hub_sources(&self) -> &[Arc<Object>] {
        self.on_hub.as_ref().map_or(&[], |it| &it.sources)
    }

    /// Every release of the cluster.
    pub fn releases(&self) -> impl Iterator<Item = (&Unit, &Release)> {
        self.units.iter().flat_map(|unit| unit.releases.iter().map(move |it| (unit, &**it)))
    }
}
