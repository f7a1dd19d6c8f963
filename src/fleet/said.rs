//! What no cluster and no group says, so that no cluster has to be read to know it.

use crate::names;
use crate::source::{Anchor, Db, Project};
use crate::syntax::{
    self,
    ast::{Head, Key, Member},
};

/// Whether a declaration's block has an entry, or may have it by a spread.
pub(super) fn says(db: &dyn Db, anchor: Anchor, key: &str) -> bool {
    syntax::declaration(db, anchor).body.members.iter().any(|it| match it {
        Member::Entry(entry) => entry.path.segments.first().is_some_and(|it| it.key == Key::Name(key.into())),
        Member::Spread(_) => true,
        _ => false,
    })
}

/// Whether any cluster may be reached through a hub.
#[salsa::tracked(returns(copy))]
pub(super) fn may_have_hubs(db: &dyn Db, project: Project) -> bool {
    any_says(db, project, "via")
}

/// Whether all clusters have the fleet's Flux.
#[salsa::tracked(returns(copy))]
pub fn has_one_flux(db: &dyn Db, project: Project) -> bool {
    let of_another_project = |it: &Anchor| matches!(syntax::declaration(db, *it).head, Head::From { .. });
    !any_says(db, project, "flux") && !names::index(db, project).clusters.values().any(of_another_project)
}

/// Whether a cluster, a group, an inventory or what amends clusters of one has an entry.
fn any_says(db: &dyn Db, project: Project, key: &str) -> bool {
    let index = names::index(db, project);
    let declared = index.clusters.values().chain(index.groups.values()).chain(index.inventories.values());
    declared.chain(&index.overrides).any(|it| says(db, *it, key))
}
