//! Shards: which instance of a controller looks after an object, by a label.
//!
//! helm-controller makes a HelmChart of each HelmRelease, and only the source-controller whose shard that object is of
//! looks after it. It finds the chart's source where that is of the same shard: so the HelmChart gets the label of
//! the source, whatever the release has.
//!
//! Source: <https://fluxcd.io/flux/installation/configuration/sharding/>, `HelmRelease.spec.chart.metadata`.

use std::sync::Arc;

use ecow::EcoString;

use super::draft::Draft;
use super::problems;
use crate::flux::context::Context;
use crate::kube::object::{set, text};
use crate::source::IndexMap;
use crate::value::Node;

/// The label whose value is the shard.
const KEY: &str = "sharding.fluxcd.io/key";

/// Kind, namespace and name of a source.
type Source = (EcoString, EcoString, EcoString);

/// Gives the charts of releases the shard of their sources.
pub(super) fn label_charts(ctx: &mut Context<'_>, drafts: &mut [Draft]) {
    let mut shards: IndexMap<Source, EcoString> = IndexMap::default();
    for draft in drafts.iter() {
        let of_unit = of_labels(draft.fields.at(&["commonMetadata", "labels"]));
        for object in draft.objects.iter().map(|it| &it.object).filter(|it| it.id.is_source()) {
            if let Some(shard) = of_unit.clone().or_else(|| of_labels(object.body.at(&["metadata", "labels"]))) {
                let id = &object.id;
                shards.insert((id.kind.clone(), id.namespace.clone(), id.name.clone()), shard);
            }
        }
    }
    for piece in drafts.iter_mut().flat_map(|it| &mut it.objects) {
        let object = &piece.object;
        if object.id.kind != "HelmRelease" {
            continue;
        }
        let Some(chart) = object.body.at(&["spec", "chart"]) else { continue };
        let written = chart.at(&["metadata", "labels", KEY]);
        if shards.is_empty() && written.is_none() {
            continue;
        }
        let Some(reference) = chart.at(&["spec", "sourceRef"]) else { continue };
        let named = |key: &str| reference.get(key).and_then(Node::text).cloned();
        let (Some(kind), Some(name)) = (named("kind"), named("name")) else { continue };
        let namespace = named("namespace").unwrap_or_else(|| object.id.namespace.clone());
        let of_source = shards.get(&(kind, namespace, name.clone())).cloned();
        match (of_source, written) {
            (None, None) => {}
            (Some(shard), None) => {
                let origin = reference.origin;
                let object = Arc::make_mut(&mut piece.object);
                set(&mut object.body, &["spec", "chart", "metadata", "labels", KEY], text(shard, origin));
                object.is_checked = false;
                piece.made = None;
            }
            (of_source, Some(written)) => {
                if written.text() != of_source.as_ref() {
                    let problem = problems::other_shard(&object.id, &name, of_source.as_ref(), written);
                    ctx.state.out.push(problem);
                }
            }
        }
    }
}

fn of_labels(labels: Option<&Node>) -> Option<EcoString> {
    labels?.get(KEY)?.text().cloned()
}
