//! On a hub stands what its Flux applies to other clusters, too: nothing of two of them, or of the hub itself, may have
//! one name there.
//!
//! Reports E0612.

use ecow::eco_format;

use super::context::Lint;
use crate::diagnostic::{Diagnostic, code};
use crate::fleet::{self, Cluster};
use crate::flux::{self, Deployed};
use crate::kube::object::{Id, Object};
use crate::source::IndexMap;

pub(super) fn check(lint: &mut Lint<'_>, cluster: &Cluster, deployed: &Deployed) {
    let spokes = fleet::spokes(lint.db, cluster.anchor);
    if spokes.is_empty() {
        return;
    }
    let mut owners: IndexMap<&Id, &Object> = deployed.objects().map(|(_, it)| (&it.id, it)).collect();
    for spoke in spokes {
        let of_spoke = &flux::exactly(lint.db, *spoke).value;
        for object in on_hub(of_spoke) {
            let Some(first) = owners.insert(&object.id, object) else { continue };
            let problem = Diagnostic::new(
                code::TWO_OWNERS,
                eco_format!("{} of `{}` has another owner on its hub, `{}`", object.id, of_spoke.cluster, cluster.name),
                object.origin,
                eco_format!("of `{}`", of_spoke.cluster),
            );
            lint.out.push(
                problem
                    .label(first.origin, "the other")
                    .note("what a hub's Flux applies to a cluster is named after it: the cluster's name, and `-`")
                    .help("rename one of the two, or the cluster"),
            );
        }
    }
}

/// What a spoke has on its hub: its Kustomizations, what stands in its root, and what those apply that say nothing of
/// another cluster.
fn on_hub(deployed: &Deployed) -> impl Iterator<Item = &Object> {
    deployed.objects().filter_map(|(unit, it)| {
        let is_sent = unit.is_some_and(|it| it.kustomization.spec().is_some_and(|it| it.get("kubeConfig").is_some()));
        (!is_sent).then_some(it)
    })
}
