//! An answer to `fleetc compare`.

use std::fmt::Write;

use ecow::{EcoString, eco_format};
use serde_json::{Value as Json, json};

use super::place::{owner, spot};
use super::why::{absence_json, id_json, leaf_json, reads_of, reasons, subject, what_json};
use crate::fleet::Read;
use crate::inspect::{Absence, Comparison, Layer, Leaf};
use crate::source::Db;
use crate::value::Value;

/// For a person.
#[must_use]
pub fn compare_text(db: &dyn Db, it: &Comparison) -> String {
    let [a, b] = &it.clusters;
    let mut blocks: Vec<String> = Vec::new();
    for (on, name, other) in [(0, a, b), (1, b, a)] {
        let mut block = format!("on `{name}` alone\n");
        let only: Vec<_> = it.only.iter().filter(|it| it.on == on).collect();
        for it in &only {
            let why = it.absence.as_ref().map_or_else(EcoString::new, |it| absence(db, it, other));
            // Writing to a String cannot fail.
            let _ = writeln!(block, "  {}{why}", it.object);
        }
        if !only.is_empty() {
            blocks.push(block);
        }
    }
    let width = a.chars().count().max(b.chars().count());
    for it in &it.differing {
        let mut block = format!("{}\n", subject(db, &it.what));
        for (path, leaves) in &it.leaves {
            let [one, other] = leaves.each_ref().map(|it| it.as_ref().and_then(|it| it.layers.first()));
            // One entry that comes to two values: what it reads makes the difference.
            let shared = one.filter(|it| other.is_some_and(|other| other.origin == it.origin));
            let by = shared.map_or_else(EcoString::new, |it| eco_format!(", {}", by(db, it)));
            let _ = writeln!(block, "  {path}{by}");
            for (name, layer, other) in [(a, one, other), (b, other, one)] {
                let set = match (shared, layer, other) {
                    (Some(_), Some(it), Some(other)) => eco_format!("{}{}", it.value.show(), differing(db, it, other)),
                    _ => set(db, layer),
                };
                let _ = writeln!(block, "    {name:width$}  {set}");
            }
        }
        blocks.push(block);
    }
    if blocks.is_empty() {
        return format!("`{a}` and `{b}` have the same\n");
    }
    blocks.join("\n")
}

/// A value, who set it, and what had to hold.
fn set(db: &dyn Db, layer: Option<&Layer>) -> EcoString {
    let Some(layer) = layer else { return "is not set".into() };
    match &layer.value {
        Value::Absent => eco_format!("unset {}", by(db, layer)),
        it => eco_format!("{}, {}", it.show(), by(db, layer)),
    }
}

/// What an entry reads that is something else on the other cluster.
fn differing(db: &dyn Db, layer: &Layer, other: &Layer) -> EcoString {
    let is_same = |it: &Read| other.reason.reads.iter().any(|other| other.at == it.at && other.node == it.node);
    let reads = reads_of(db, layer, &is_same);
    reads.iter().fold(EcoString::new(), |text, it| eco_format!("{text}, {it}"))
}

fn by(db: &dyn Db, layer: &Layer) -> EcoString {
    let place = spot(db, layer.origin).map_or_else(EcoString::new, |it| eco_format!(" ({})", it.short()));
    let reasons = reasons(db, &layer.reason);
    let reasons = if reasons.is_empty() { reasons } else { eco_format!(": {reasons}") };
    eco_format!("by {}{place}{reasons}", owner(db, layer.origin.anchor))
}

fn absence(db: &dyn Db, it: &Absence, other: &str) -> EcoString {
    match it {
        Absence::Dropped(layer) => eco_format!(": dropped on `{other}` {}", by(db, layer)),
        Absence::NotTaken => eco_format!(": no `use` on `{other}` names it or its catalogue"),
        Absence::Optional => eco_format!(": it is optional, and no `use` on `{other}` names it"),
        Absence::NotNeeded => eco_format!(": nothing that `{other}` uses needs it"),
    }
}

/// For a program.
#[must_use]
pub fn compare_json(db: &dyn Db, it: &Comparison) -> Json {
    let name = |nth: usize| it.clusters.get(nth).map(EcoString::as_str);
    let leaf = |it: &Option<Leaf>| it.as_ref().map(|it| leaf_json(db, it));
    let only: Vec<Json> = it
        .only
        .iter()
        .map(|it| {
            let absence = it.absence.as_ref().map(|it| absence_json(db, it));
            json!({ "on": name(it.on), "object": id_json(&it.object), "absence": absence })
        })
        .collect();
    let differing: Vec<Json> = it
        .differing
        .iter()
        .map(|it| {
            let leaves: Vec<Json> = it
                .leaves
                .iter()
                .map(|(path, [a, b])| json!({ "path": path.to_string(), "first": leaf(a), "second": leaf(b) }))
                .collect();
            let (object, item) = what_json(db, &it.what);
            json!({ "object": object, "item": item, "leaves": leaves })
        })
        .collect();
    json!({ "clusters": [name(0), name(1)], "only": only, "differing": differing })
}
