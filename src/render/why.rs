//! An answer to `fleetc why`.

use std::fmt::Write;

use ecow::{EcoString, eco_format};
use serde_json::{Value as Json, json};

use super::place::{Spot, owner, spot};
use crate::fleet::{Condition, Read};
use crate::inspect::{Layer, Leaf, Subject, What, Why};
use crate::source::{Db, Origin};
use crate::value::{self, Node, Value};

/// For a person: a value alone with everything that is behind it, several a line each.
#[must_use]
pub fn why_text(db: &dyn Db, why: &Why) -> String {
    let mut out = String::new();
    for (nth, subject) in why.subjects.iter().enumerate() {
        if nth > 0 {
            out.push('\n');
        }
        head(db, &mut out, why, subject);
        match subject.leaves.as_slice() {
            [leaf] => alone(db, &mut out, leaf),
            leaves => table(db, &mut out, leaves),
        }
    }
    out
}

fn head(db: &dyn Db, out: &mut String, why: &Why, subject: &Subject) {
    let what = match &subject.what {
        What::Object(id) => eco_format!("{id}"),
        What::Item(it) => owner(db, *it),
    };
    let cluster = why.cluster.as_ref().map_or_else(|| "on every cluster".into(), |it| eco_format!("on `{it}`"));
    let unit = subject.unit.as_ref().map_or_else(EcoString::new, |it| eco_format!(", applied by `{it}`"));
    line(out, 0, &eco_format!("{what} {cluster}{unit}"));
    for it in &subject.taken {
        if let Some(spot) = spot(db, *it) {
            line(out, 2, &eco_format!("{}: {}", spot.short(), spot.whole));
        }
    }
}

/// One value: each layer with its conditions and what it reads.
fn alone(db: &dyn Db, out: &mut String, leaf: &Leaf) {
    let Some(winner) = leaf.layers.first() else { return };
    out.push('\n');
    line(out, 2, &eco_format!("{} = {}", leaf.path, whole(&winner.value)));
    for (nth, layer) in leaf.layers.iter().enumerate() {
        let verb = if nth == 0 { "set by" } else { "instead of" };
        let value = if nth == 0 { EcoString::new() } else { eco_format!(" {} of", whole(&layer.value)) };
        line(out, 4, &eco_format!("{verb}{value} {}", owner(db, layer.origin.anchor)));
        if let Some(it) = spot(db, layer.origin) {
            line(out, 6, &eco_format!("{}: {}", it.short(), it.whole));
        }
        for it in &layer.reason.conditions {
            condition(db, out, it);
        }
        reads(db, out, 6, &layer.reason.reads);
    }
}

fn condition(db: &dyn Db, out: &mut String, it: &Condition) {
    if let Some(spot) = spot(db, it.at) {
        line(out, 6, &eco_format!("when {} ({})", spot.text, spot.short()));
    }
    reads(db, out, 8, &it.reads);
}

fn reads(db: &dyn Db, out: &mut String, indent: usize, all: &[Read]) {
    for it in all {
        let Some(at) = spot(db, it.at) else { continue };
        let place = spot(db, it.node.origin).filter(|it| *it != at);
        let place = place.map_or_else(EcoString::new, |it| eco_format!(" ({})", it.short()));
        line(out, indent, &eco_format!("{} is {}{place}", at.text, it.node.value.show()));
    }
}

/// Several values: a line each, with its winner and what it overrode.
fn table(db: &dyn Db, out: &mut String, leaves: &[Leaf]) {
    out.push('\n');
    let place = |it: &Layer| spot(db, it.origin).map_or_else(|| owner(db, it.origin.anchor), |it| it.short());
    let rows: Vec<(EcoString, EcoString, Vec<EcoString>)> = leaves
        .iter()
        .filter_map(|leaf| {
            let (winner, others) = leaf.layers.split_first()?;
            let others = others.iter().map(|it| eco_format!("{} ({})", it.value.show(), place(it)));
            Some((eco_format!("{} = {}", leaf.path, winner.value.show()), place(winner), others.collect()))
        })
        .collect();
    let width = rows.iter().map(|(value, ..)| value.chars().count()).filter(|it| *it <= 72).max().unwrap_or(0);
    for (value, place, others) in rows {
        let over = if others.is_empty() { String::new() } else { format!(", instead of {}", others.join(", ")) };
        line(out, 2, &format!("{value:width$}  {place}{over}"));
    }
}

fn line(out: &mut String, indent: usize, text: &str) {
    // Writing to a String cannot fail.
    let _ = writeln!(out, "{:indent$}{}", "", text.trim_end());
}

/// A value as the language writes it, however long.
fn whole(value: &Value) -> EcoString {
    match value {
        Value::Text(it) => eco_format!("{}", Json::from(it.as_str())),
        it => it.show(),
    }
}

/// For a program.
#[must_use]
pub fn why_json(db: &dyn Db, why: &Why) -> Json {
    let subjects: Vec<Json> = why.subjects.iter().map(|it| subject_json(db, it)).collect();
    json!({ "cluster": why.cluster.as_deref(), "subjects": subjects })
}

fn subject_json(db: &dyn Db, it: &Subject) -> Json {
    let (object, item) = match &it.what {
        What::Object(id) => (
            json!({
                "group": id.group.as_str(), "kind": id.kind.as_str(),
                "namespace": id.namespace.as_str(), "name": id.name.as_str(),
            }),
            Json::Null,
        ),
        What::Item(item) => (Json::Null, owner_json(db, Origin::of(*item))),
    };
    json!({
        "object": object,
        "item": item,
        "kustomization": it.unit.as_deref(),
        "takenBy": it.taken.iter().map(|it| place_json(db, *it)).collect::<Vec<_>>(),
        "leaves": it.leaves.iter().map(|it| leaf_json(db, it)).collect::<Vec<_>>(),
    })
}

fn leaf_json(db: &dyn Db, leaf: &Leaf) -> Json {
    let layers: Vec<Json> = leaf
        .layers
        .iter()
        .map(|it| {
            let conditions: Vec<Json> = it
                .reason
                .conditions
                .iter()
                .map(|it| json!({ "at": place_json(db, it.at), "reads": reads_json(db, &it.reads) }))
                .collect();
            json!({
                "value": value_json(&it.value, it.origin),
                "by": owner_json(db, it.origin),
                "at": place_json(db, it.origin),
                "conditions": conditions,
                "reads": reads_json(db, &it.reason.reads),
            })
        })
        .collect();
    let value = leaf.layers.first().map_or(Json::Null, |it| value_json(&it.value, it.origin));
    json!({ "path": leaf.path.to_string(), "value": value, "layers": layers })
}

fn reads_json(db: &dyn Db, all: &[Read]) -> Vec<Json> {
    let one = |it: &Read| {
        let value = value::json(&it.node);
        json!({ "at": place_json(db, it.at), "value": value, "setAt": place_json(db, it.node.origin) })
    };
    all.iter().map(one).collect()
}

fn value_json(value: &Value, origin: Origin) -> Json {
    value::json(&Node::new(value.clone(), origin))
}

fn owner_json(db: &dyn Db, origin: Origin) -> Json {
    json!({ "kind": origin.anchor.kind(db).word(), "name": origin.anchor.name(db).as_str() })
}

/// A place; none for what the standard library says.
fn place_json(db: &dyn Db, origin: Origin) -> Json {
    spot(db, origin).map_or(Json::Null, |Spot { file, line, column, text, .. }| {
        json!({ "file": file.as_str(), "line": line, "column": column, "text": text.as_str() })
    })
}
