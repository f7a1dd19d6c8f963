//! `requires`: the releases that an add-on's release waits for, those of this project and what else clusters have.

use ecow::EcoString;

use super::context::Context;
use super::{external, layout, problems};
use crate::fleet::{self, ReleaseIn};
use crate::kube::object::{Tree, text};
use crate::names::Index;
use crate::source::{Anchor, Db, Kind, Origin};
use crate::value::Node;

/// What an add-on requires, in the order of names.
pub(super) struct Requirements<'a>(Vec<Requirement<'a>>);

struct Requirement<'a> {
    name: EcoString,
    what: What,
    at: Origin,
    /// When it is ready, if the author says so.
    ready_when: Option<&'a Node>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    /// An add-on of this project.
    Addon(Anchor),
    /// `external HelmRelease`
    Outside(Anchor),
}

impl What {
    const fn anchor(self) -> Anchor {
        let (Self::Addon(it) | Self::Outside(it)) = self;
        it
    }
}

impl<'a> Requirements<'a> {
    /// What an add-on's block names in `requires`, as far as the cluster has it, with the conditions of `ready-when`.
    pub(super) fn of(ctx: &mut Context<'_>, addon: Anchor, node: &'a Node) -> Self {
        let mut found: Vec<Requirement<'a>> = Vec::new();
        for it in node.get("requires").and_then(Node::list).unwrap_or_default() {
            let Some(name) = it.text() else { continue };
            let meant = meant(ctx, addon, name);
            if meant.is_empty() {
                ctx.state.out.push(problems::unknown_requirement(ctx.db, it.origin, name, addon));
            }
            let there = meant.into_iter().filter(|it| is_there(ctx, *it)).collect::<Vec<What>>();
            let named = |what: What| Requirement {
                name: what.anchor().name(ctx.db).clone(),
                what,
                at: it.origin,
                ready_when: None,
            };
            found.extend(there.into_iter().map(named));
        }
        found.sort_by(|a, b| a.name.cmp(&b.name));
        found.dedup_by_key(|it| it.what);
        let mut it = Self(found);
        it.conditions(ctx, addon, node);
        it
    }

    fn conditions(&mut self, ctx: &mut Context<'_>, addon: Anchor, node: &'a Node) {
        let Some(conditions) = node.get("ready-when").and_then(Node::map) else { return };
        // Also what another cluster has.
        let names = || node.get("requires").and_then(Node::list).unwrap_or_default().iter().filter_map(Node::text);
        let required: Vec<What> = names().flat_map(|it| meant(ctx, addon, it)).collect();
        for (name, condition) in &conditions.entries {
            let meant = meant(ctx, addon, name);
            if !meant.iter().any(|it| required.contains(it)) {
                let known = names().map(EcoString::as_str);
                ctx.state.out.push(problems::not_awaited(condition.origin, name, "requires", known));
            }
            for it in self.0.iter_mut().filter(|it| meant.contains(&it.what)) {
                it.ready_when = Some(condition);
            }
        }
    }

    /// The add-ons of this project among them, each with the place where it is required.
    pub(super) fn addons(&self) -> Vec<(Anchor, Origin)> {
        let addon = |it: &Requirement<'_>| match it.what {
            What::Addon(anchor) => Some((anchor, it.at)),
            What::Outside(_) => None,
        };
        self.0.iter().filter_map(addon).collect()
    }

    /// `dependsOn` of a HelmRelease that lives in a namespace; none where it waits for nothing.
    pub(super) fn depends_on(&self, ctx: &mut Context<'_>, from: &EcoString) -> Option<Vec<Node>> {
        let nodes: Vec<Node> = self.0.iter().map(|it| it.dependency(ctx, from)).collect();
        (!nodes.is_empty()).then_some(nodes)
    }
}

impl Requirement<'_> {
    fn dependency(&self, ctx: &mut Context<'_>, from: &EcoString) -> Node {
        let namespace = match self.what {
            What::Addon(it) => namespace_of(ctx, it),
            What::Outside(it) => external::namespace(ctx.db, it).unwrap_or_else(|| ctx.flux_namespace().clone()),
        };
        let namespace = (namespace != *from).then(|| text(namespace, self.at));
        let tree = Tree::new(self.at).text("name", self.name.clone()).maybe("namespace", namespace);
        tree.maybe("readyExpr", self.ready_when.cloned()).build()
    }
}

/// What a name means for an add-on: an add-on, or what is declared `external`, perhaps for some clusters alone.
fn meant(ctx: &Context<'_>, addon: Anchor, name: &str) -> Vec<What> {
    match find_addon(ctx.db, ctx.index, addon, name) {
        Some(it) => vec![What::Addon(it)],
        None => external::named(ctx.db, ctx.index, "HelmRelease", name).map(What::Outside).collect(),
    }
}

/// Whether it is there for what is made: what only some clusters have is not in `common/`.
fn is_there(ctx: &mut Context<'_>, what: What) -> bool {
    let What::Outside(it) = what else { return true };
    if it.parent(ctx.db).is_none() {
        return true;
    }
    // What many clusters share is made without their groups.
    ctx.state.is_certain &= !ctx.target.is_shared();
    ctx.target.cluster().is_some_and(|cluster| external::is_visible(ctx.db, it, cluster))
}

/// `requires = [cert-manager]`, `[cluster-addons.cert-manager]`: an add-on beside
/// this one, or in another catalogue.
pub fn find_addon(db: &dyn Db, index: &Index, from: Anchor, name: &str) -> Option<Anchor> {
    let parent = from.parent(db)?;
    let of = |parent: &Anchor, name: &str| {
        index.held_by(*parent).and_then(|it| it.get(name)).copied().filter(|it| it.kind(db) == Kind::ADDON)
    };
    let beside = of(&parent, name);
    if let (None, Some((catalogue, name))) = (beside, name.split_once('.')) {
        return index.catalogues.get(catalogue).and_then(|it| of(it, name));
    }
    beside.or_else(|| {
        let found: Vec<Anchor> = index.catalogues.values().filter_map(|it| of(it, name)).collect();
        match found.as_slice() {
            [only] => Some(*only),
            _ => None,
        }
    })
}

/// The namespace of an add-on's release.
pub(super) fn namespace_of(ctx: &mut Context<'_>, addon: Anchor) -> EcoString {
    if let Some((_, namespace)) = ctx.required.iter().find(|(it, _)| *it == addon) {
        return namespace.clone();
    }
    let evaluated = ctx.evaluated(addon);
    let node = &evaluated.value.node;
    match ctx.release_in(addon.parent(ctx.db), node) {
        ReleaseIn::FluxSystem => ctx.flux_namespace().clone(),
        ReleaseIn::Namespace(it) => it,
        ReleaseIn::Target => {
            let place = || layout::namespace_of(ctx.db, fleet::holder(ctx.db, addon));
            let own = node.get("namespace").and_then(Node::text).cloned();
            own.or_else(place).unwrap_or_else(|| addon.name(ctx.db).clone())
        }
    }
}
