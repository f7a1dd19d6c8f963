//! For a program: every leaf of every object, exactly.

use ecow::EcoString;
use serde_json::{Map as Object, Value as Json, json};

use super::states::States;
use super::words::{because, cause, danger};
use crate::fleet;
use crate::inspect::{Change, ClusterFate, Difference, Explained, Fate, Layer, Side};
use crate::render::place::spot;
use crate::render::why::id_json;
use crate::value::{Node, json as written};

/// The answer.
#[must_use]
pub fn diff_json(states: &States<'_>, it: &Difference) -> Json {
    let one_sided = |is_gone: bool| {
        let all = it.whole.iter().filter(|it| it.fate.is_one_sided() && it.fate.is_gone() == is_gone);
        all.map(|it| {
            let objects: Vec<Json> = it.objects.iter().map(id_json).collect();
            json!({ "cluster": it.name.as_str(), "ring": it.ring.as_deref(), "objects": objects })
        })
        .collect::<Vec<_>>()
    };
    let renamed = it.whole.iter().filter_map(|it| match &it.fate {
        ClusterFate::Renamed { old } => Some(json!({ "cluster": it.name.as_str(), "old": old.as_str() })),
        _ => None,
    });
    let moved = it.whole.iter().filter_map(|it| match &it.fate {
        ClusterFate::Moved { old, new } => {
            Some(json!({ "cluster": it.name.as_str(), "old": old.as_str(), "new": new.as_str() }))
        }
        _ => None,
    });
    let files = it.files.iter().map(|it| {
        json!({
            "kustomization": id_json(&it.unit),
            "directory": it.directory.as_str(),
            "files": it.files.iter().map(EcoString::as_str).collect::<Vec<_>>(),
            "clusters": it.clusters.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(),
        })
    });
    let uninstalls: usize = it
        .changes
        .iter()
        .filter(|it| it.dangers.iter().any(crate::inspect::Danger::uninstalls))
        .map(|it| it.clusters.len())
        .sum();
    let touched = it.touched.iter().map(|it| json!({ "name": it.name.as_str(), "ring": it.ring.as_deref() }));
    json!({
        "old": states.old_name,
        "new": states.new_name,
        "clusters": it.clusters,
        "clustersAdded": one_sided(false),
        "clustersRemoved": one_sided(true),
        "clustersRenamed": renamed.collect::<Vec<_>>(),
        "clustersMoved": moved.collect::<Vec<_>>(),
        "clustersChanged": touched.collect::<Vec<_>>(),
        "objects": { "added": it.objects.added, "removed": it.objects.removed, "changed": it.objects.changed },
        "uninstalls": uninstalls,
        "files": files.collect::<Vec<_>>(),
        "changes": it.changes.iter().map(|it| change(states, it)).collect::<Vec<_>>(),
    })
}

fn change(states: &States<'_>, it: &Change) -> Json {
    let fate = match it.fate {
        Fate::Added => "added",
        Fate::Removed => "removed",
        Fate::Changed => "changed",
    };
    let dangers = it.dangers.iter().map(|it| json!({ "kind": it.word(), "text": danger(it).as_str() }));
    let [old, new] = it.units.each_ref().map(Option::as_deref);
    json!({
        "object": id_json(&it.object),
        "change": fate,
        "patchOnly": it.is_patched,
        "kustomization": { "old": old, "new": new },
        "version": it.bump.as_ref().map(|it| json!({ "old": it.old.as_str(), "new": it.new.as_str() })),
        "clusters": it.clusters.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(),
        "stays": it.stays,
        "dangers": dangers.collect::<Vec<_>>(),
        "because": it.because.iter().map(|it| because(states, it).to_string()).collect::<Vec<_>>(),
        "leaves": it.leaves.iter().map(|leaf| self::leaf(states, it, leaf)).collect::<Vec<_>>(),
    })
}

fn leaf(states: &States<'_>, change: &Change, it: &Explained) -> Json {
    let causes = it
        .causes
        .iter()
        .map(|it| json!({ "text": cause(states, change, it).as_str(), "at": place(states, it.side, &it.layer) }));
    let mut found = Object::new();
    found.insert("path".into(), it.leaf.path.to_string().into());
    let value = |node: &Option<Node>| node.as_ref().map_or(Json::Null, written);
    let is_per_cluster = |node: &Option<Node>| node.as_ref().is_some_and(|it| it.value.is_per_cluster());
    if is_per_cluster(&it.leaf.old) || is_per_cluster(&it.leaf.new) {
        // Facts stand in it: each cluster has its own.
        let each = change.clusters.iter().map(|cluster| {
            let facts = |db, anchor| &fleet::cluster(db, anchor).value.facts;
            let leaf = it.leaf.filled(facts(states.old, cluster.old), facts(states.new, cluster.new));
            (cluster.name.to_string(), json!({ "old": value(&leaf.old), "new": value(&leaf.new) }))
        });
        found.insert("of".into(), Json::Object(each.collect()));
    } else {
        found.insert("old".into(), value(&it.leaf.old));
        found.insert("new".into(), value(&it.leaf.new));
    }
    found.insert("isAdded".into(), it.leaf.old.is_none().into());
    found.insert("isRemoved".into(), it.leaf.new.is_none().into());
    found.insert("causes".into(), causes.collect());
    Json::Object(found)
}

fn place(states: &States<'_>, side: Side, layer: &Layer) -> Json {
    let (db, name) = match side {
        Side::Old => (states.old, states.old_name),
        Side::New => (states.new, states.new_name),
    };
    spot(db, layer.origin).map_or(Json::Null, |it| {
        let text = (!layer.is_hidden).then_some(it.text.as_str());
        json!({ "state": name, "file": it.file.as_str(), "line": it.line, "column": it.column, "text": text })
    })
}
