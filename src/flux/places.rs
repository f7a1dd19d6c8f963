//! The namespaces that Flux Kustomizations live in, beside that of Flux, and those of catalogues in which shared sources are.
//!
//! Such a namespace has to be there before the cluster's root is applied, which holds the Kustomizations, or before the
//! catalogue that reads the source: so it stands in the root itself, whichever catalogue declares it or needs it.

use std::collections::BTreeSet;

use ecow::EcoString;

use crate::eval::{Env, Fold, Only, build_some};
use crate::fleet;
use crate::names;
use crate::source::{Anchor, Db, Kind, Origin, Project};
use crate::syntax::{
    self,
    ast::{Block, Key, Member},
};
use crate::value::{Node, Value};

/// All of them: what the fleet, catalogues, kustomize items, groups, clusters and each `use` say, whatever the cluster, and
/// what sources at the top level say, where a catalogue declares it.
#[salsa::tracked(returns(ref))]
pub fn kustomization_namespaces(db: &dyn Db, project: Project) -> BTreeSet<EcoString> {
    let index = names::index(db, project);
    let settings = &fleet::settings(db, project).value;
    let kustomized = index.items.values().flat_map(|it| it.values()).filter(|it| it.kind(db) == Kind::KUSTOMIZE);
    let layers = [&index.catalogues, &index.groups, &index.clusters, &index.rules, &index.inventories];
    let overrides = index.overrides.iter();
    let all = settings.anchor.iter().chain(layers.into_iter().flat_map(|it| it.values())).chain(kustomized);
    let all = all.chain(overrides);
    let mut found: BTreeSet<EcoString> =
        all.filter(|it| may_say(db, **it)).flat_map(|it| said_by(db, *it)).cloned().collect();
    let of_sources =
        index.sources.values().filter_map(|it| fleet::base(db, *it).value.node.get("namespace")?.text().cloned());
    found.extend(of_sources.filter(|name| index.items.keys().any(|it| index.namespace_of(db, *it, name).is_some())));
    found.remove(&settings.sync.namespace);
    found
}

/// What a catalogue calls its Kustomization, as far as that does not depend on the cluster.
pub fn called(db: &dyn Db, catalogue: Anchor) -> Option<EcoString> {
    said_of_own(db, catalogue, "name")
}

const BLOCK: &str = "kustomization";

fn env(db: &dyn Db, anchor: Anchor) -> Env<'_> {
    Env::new(db, names::index_of(db, anchor), anchor)
}

/// Whether a declaration says anything of Kustomizations: few clusters do.
fn may_say(db: &dyn Db, anchor: Anchor) -> bool {
    let body = &syntax::declaration(db, anchor).body;
    let says = |it: &Member| match it {
        Member::Use(it) => it.block.is_some(),
        Member::Override(it) => has_key(&it.block, BLOCK),
        _ => false,
    };
    says_of_own(db, anchor) || body.members.iter().any(says)
}

/// The declaration, with the definitions that a catalogue is taken from, those first.
fn levels(db: &dyn Db, anchor: Anchor) -> Vec<Anchor> {
    if anchor.kind(db).is_catalogue() { fleet::levels(db, anchor).value.clone() } else { vec![anchor] }
}

fn says_of_own(db: &dyn Db, anchor: Anchor) -> bool {
    levels(db, anchor).iter().any(|it| has_key(&syntax::declaration(db, *it).body, BLOCK))
}

/// A text that the declaration's own `kustomization` block says, as far as that does not depend on the cluster.
fn said_of_own(db: &dyn Db, anchor: Anchor, key: &str) -> Option<EcoString> {
    if !says_of_own(db, anchor) {
        return None;
    }
    let mut env = env(db, anchor);
    env.catalogue = anchor.kind(db).is_catalogue().then(|| fleet::catalogue_of(db, anchor, false));
    let mut fold = Fold::new();
    let path = [BLOCK, key];
    for level in levels(db, anchor) {
        let only = Only { path: &path, ..Only::default() };
        let layer = env.within(level, |env| build_some(env, &syntax::declaration(db, level).body, &only));
        fold.apply(&mut env, layer);
    }
    fold.into_node(Origin::of(anchor)).at(&path)?.text().cloned()
}

#[salsa::tracked(returns(ref))]
fn said_by(db: &dyn Db, anchor: Anchor) -> Vec<EcoString> {
    let body = &syntax::declaration(db, anchor).body;
    let mut found = Vec::new();
    found.extend(said_of_own(db, anchor, "namespace"));
    if body.members.iter().any(|it| matches!(it, Member::Use(_))) {
        let blocks = fleet::statements(db, anchor).value.uses.iter().filter_map(|it| it.block.as_ref());
        found.extend(blocks.filter_map(|it| text_at(&mut env(db, anchor), it, &["namespace"])));
    }
    for member in &body.members {
        if let Member::Override(it) = member {
            found.extend(text_at(&mut env(db, anchor), &it.block, &[BLOCK, "namespace"]));
        }
    }
    found
}

fn has_key(body: &Block, key: &str) -> bool {
    let is_it =
        |it: &Member| it.path().and_then(|it| it.segments.first()).is_some_and(|it| it.key == Key::Name(key.into()));
    body.members.iter().any(is_it)
}

/// The text at a path of a block, where no cluster is known.
fn text_at(env: &mut Env<'_>, block: &Block, path: &[&str]) -> Option<EcoString> {
    let layer = build_some(env, block, &Only { path, ..Only::default() });
    let mut fold = Fold::new();
    fold.apply(env, layer);
    let node: Node = fold.into_node(Origin::of(env.anchor));
    match &node.at(path)?.value {
        Value::Text(it) => Some(it.clone()),
        _ => None,
    }
}
