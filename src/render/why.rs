//! An answer to `fleetc why`.

use std::fmt::Write;

use ecow::{EcoString, eco_format};
use serde_json::{Value as Json, json};

use super::place::{Spot, owner, spot};
use crate::fleet::{About, Condition, Read, Reason};
use crate::inspect::{Absence, Layer, Leaf, Subject, What, Why};
use crate::kube::Id;
use crate::source::{Db, Kind, Origin};
use crate::value::{self, Node, Value};

/// For a person: a value alone with everything that is behind it, several a line each.
#[must_use]
pub fn why_text(db: &dyn Db, why: &Why) -> String {
    let mut out = String::new();
    if why.subjects.len() > 1 && why.subjects.iter().all(|it| it.leaves.len() == 1) {
        return one_of_each(db, why);
    }
    for (nth, subject) in why.subjects.iter().enumerate() {
        if nth > 0 {
            out.push('\n');
        }
        head(db, &mut out, why, subject);
        if let Some(it) = &subject.absence {
            absence(db, &mut out, it);
            continue;
        }
        match subject.leaves.as_slice() {
            [leaf] => alone(db, &mut out, leaf),
            leaves => table(db, &mut out, leaves),
        }
    }
    out
}

/// What a question or a difference is about.
pub(super) fn subject(db: &dyn Db, what: &What) -> EcoString {
    match what {
        What::Object(id) => eco_format!("{id}"),
        What::Item(it) => owner(db, *it),
        What::Fact(it) => eco_format!("the fact `{it}`"),
    }
}

fn head(db: &dyn Db, out: &mut String, why: &Why, subject: &Subject) {
    let what = self::subject(db, &subject.what);
    let is = if subject.absence.is_some() { "is not " } else { "" };
    let cluster = why.cluster.as_ref().map_or_else(|| "on every cluster".into(), |it| eco_format!("{is}on `{it}`"));
    let verb = if subject.is_patched { "patched" } else { "applied" };
    let unit = subject.unit.as_ref().map_or_else(EcoString::new, |it| eco_format!(", {verb} by `{it}`"));
    line(out, 0, &eco_format!("{what} {cluster}{unit}"));
    for it in &subject.taken {
        if let Some(spot) = spot(db, *it) {
            line(out, 2, &eco_format!("{}: {}", spot.short(), spot.whole));
        }
    }
}

fn absence(db: &dyn Db, out: &mut String, it: &Absence) {
    out.push('\n');
    match it {
        Absence::Dropped(layer) => {
            line(out, 2, &eco_format!("dropped by {}", owner(db, layer.origin.anchor)));
            behind(db, out, layer);
        }
        Absence::Optional => line(out, 2, "it is optional, and no `use` names it"),
        Absence::NotTaken => line(out, 2, "no `use` names it or its catalogue"),
        Absence::NotNeeded => line(out, 2, "nothing that is used needs it"),
    }
}

/// One value: each layer with its conditions and what it reads.
fn alone(db: &dyn Db, out: &mut String, leaf: &Leaf) {
    let Some(winner) = leaf.layers.first() else { return };
    out.push('\n');
    match &winner.value {
        Value::Absent => line(out, 2, &eco_format!("{} is not set", leaf.path)),
        it => line(out, 2, &eco_format!("{} = {}", leaf.path, whole(it))),
    }
    for (nth, layer) in leaf.layers.iter().enumerate() {
        let verb = match (nth, &layer.value) {
            (0, Value::Absent) => "unset by".into(),
            (0, _) => "set by".into(),
            (_, it) => eco_format!("instead of {} of", whole(it)),
        };
        line(out, 4, &eco_format!("{verb} {}", owner(db, layer.origin.anchor)));
        behind(db, out, layer);
    }
}

/// What stands behind a layer: its text, its conditions, what it reads.
fn behind(db: &dyn Db, out: &mut String, layer: &Layer) {
    if let Some(it) = spot(db, layer.origin) {
        let text = if layer.is_hidden { it.short() } else { eco_format!("{}: {}", it.short(), it.whole) };
        line(out, 6, &text);
    }
    for it in layer.written.iter().filter_map(|it| spot(db, *it)) {
        line(out, 6, &eco_format!("written in {}: {}", it.short(), it.whole));
    }
    let About { reason, owner, until, .. } = &layer.reason.about;
    for (what, it) in [("reason", reason), ("owner", owner), ("until", until)] {
        if let Some((_, it)) = it {
            line(out, 6, &eco_format!("{what}: {it}"));
        }
    }
    for it in &layer.reason.conditions {
        condition(db, out, it);
    }
    for it in reads_of(db, layer, &|_| false) {
        line(out, 6, &it);
    }
}

/// What an entry reads, but for what it passes on: that tells itself where it is written.
pub(super) fn reads_of(db: &dyn Db, layer: &Layer, is_left_out: &dyn Fn(&Read) -> bool) -> Vec<EcoString> {
    let is_passed_on = |it: &Read| !layer.written.is_empty() && matches!(it.node.value, Value::Map(_) | Value::List(_));
    let reads = layer.reason.reads.iter().filter(|it| !is_left_out(it) && !is_passed_on(it));
    reads.filter_map(|it| read(db, it)).collect()
}

/// The conditions behind a place, in a line.
pub(super) fn reasons(db: &dyn Db, reason: &Reason) -> EcoString {
    let texts: Vec<EcoString> = reason.conditions.iter().filter_map(|it| Some(spot(db, it.at)?.text)).collect();
    if texts.is_empty() { EcoString::new() } else { eco_format!("when {}", texts.join(", and ")) }
}

fn condition(db: &dyn Db, out: &mut String, it: &Condition) {
    if let Some(spot) = spot(db, it.at) {
        line(out, 6, &eco_format!("when {} ({})", spot.text, spot.short()));
    }
    reads(db, out, 8, &it.reads);
}

fn reads(db: &dyn Db, out: &mut String, indent: usize, all: &[Read]) {
    for it in all.iter().filter_map(|it| read(db, it)) {
        line(out, indent, &it);
    }
}

/// `cluster.region is "eu-west-1" (fleet.fleet:12)`, and what it is instead of.
fn read(db: &dyn Db, it: &Read) -> Option<EcoString> {
    let at = spot(db, it.at)?;
    let by = it.node.origin.anchor;
    let by = match by.kind(db) {
        Kind::Rule | Kind::Override => eco_format!("{}, ", owner(db, by)),
        _ => EcoString::new(),
    };
    let place = spot(db, it.node.origin).filter(|it| *it != at);
    let place = place.map_or_else(EcoString::new, |it| eco_format!(" ({by}{})", it.short()));
    let called = it.called.as_ref().unwrap_or(&at.text);
    let mut text = eco_format!("{called} is {}{place}", it.node.value.show());
    let mut over = it.node.over.as_deref();
    while let Some(it) = over.filter(|it| !it.is_written) {
        let place = spot(db, it.origin).map_or_else(|| owner(db, it.origin.anchor), |it| it.short());
        text = eco_format!("{text}, instead of {} ({place})", it.value.show());
        over = it.over.as_deref();
    }
    Some(text)
}

/// The same value of several objects.
fn one_of_each(db: &dyn Db, why: &Why) -> String {
    let mut out = String::new();
    let named = |it: &Subject| match &it.what {
        What::Object(id) if id.namespace.is_empty() => eco_format!("{}/{}", id.kind, id.name),
        What::Object(id) => eco_format!("{}/{}/{}", id.kind, id.namespace, id.name),
        What::Item(it) => it.name(db).clone(),
        What::Fact(it) => it.clone(),
    };
    if let Some(cluster) = &why.cluster {
        line(&mut out, 0, &eco_format!("on `{cluster}`\n"));
    }
    let rows = why.subjects.iter().filter_map(|it| Some((named(it), it.leaves.first()?)));
    rows_of(db, &mut out, rows);
    out
}

/// Several values: a line each, with its winner and what it overrode.
fn table(db: &dyn Db, out: &mut String, leaves: &[Leaf]) {
    out.push('\n');
    rows_of(db, out, leaves.iter().map(|it| (EcoString::new(), it)));
}

fn rows_of<'a>(db: &dyn Db, out: &mut String, rows: impl Iterator<Item = (EcoString, &'a Leaf)>) {
    let place = |it: &Layer| spot(db, it.origin).map_or_else(|| owner(db, it.origin.anchor), |it| it.short());
    let rows: Vec<(EcoString, &Leaf)> = rows.collect();
    let names = rows.iter().map(|(name, _)| name.chars().count()).filter(|it| *it <= 60).max().unwrap_or(0);
    let rows: Vec<(EcoString, EcoString, Vec<EcoString>)> = rows
        .into_iter()
        .filter_map(|(name, leaf)| {
            let name = if name.is_empty() { name } else { eco_format!("{name:names$}  ") };
            let (winner, others) = leaf.layers.split_first()?;
            let others = others.iter().map(|it| eco_format!("{} ({})", it.value.show(), place(it)));
            let value = match &winner.value {
                Value::Absent => eco_format!("{name}{} is not set", leaf.path),
                it => eco_format!("{name}{} = {}", leaf.path, it.show()),
            };
            Some((value, place(winner), others.collect()))
        })
        .collect();
    let width = rows.iter().map(|(value, ..)| value.chars().count()).filter(|it| *it <= names + 72).max().unwrap_or(0);
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

pub(super) fn id_json(id: &Id) -> Json {
    json!({
        "group": id.group.as_str(), "kind": id.kind.as_str(),
        "namespace": id.namespace.as_str(), "name": id.name.as_str(),
    })
}

/// The object that something is about, or the item.
pub(super) fn what_json(db: &dyn Db, what: &What) -> (Json, Json) {
    match what {
        What::Object(id) => (id_json(id), Json::Null),
        What::Item(item) => (Json::Null, owner_json(db, Origin::of(*item))),
        What::Fact(it) => (Json::Null, json!({ "kind": "fact", "name": it.as_str() })),
    }
}

fn subject_json(db: &dyn Db, it: &Subject) -> Json {
    let (object, item) = what_json(db, &it.what);
    json!({
        "object": object,
        "item": item,
        "kustomization": it.unit.as_deref(),
        "patchOnly": it.is_patched,
        "takenBy": it.taken.iter().map(|it| place_json(db, *it)).collect::<Vec<_>>(),
        "absence": it.absence.as_ref().map(|it| absence_json(db, it)),
        "leaves": it.leaves.iter().map(|it| leaf_json(db, it)).collect::<Vec<_>>(),
    })
}

pub(super) fn absence_json(db: &dyn Db, it: &Absence) -> Json {
    match it {
        Absence::Dropped(layer) => json!({ "because": "dropped", "layer": layer_json(db, layer) }),
        Absence::Optional => json!({ "because": "optional" }),
        Absence::NotTaken => json!({ "because": "not-taken" }),
        Absence::NotNeeded => json!({ "because": "not-needed" }),
    }
}

pub(super) fn leaf_json(db: &dyn Db, leaf: &Leaf) -> Json {
    let value = leaf.layers.first().map_or(Json::Null, |it| value_json(&it.value, it.origin));
    let layers: Vec<Json> = leaf.layers.iter().map(|it| layer_json(db, it)).collect();
    json!({ "path": leaf.path.to_string(), "value": value, "layers": layers })
}

fn layer_json(db: &dyn Db, it: &Layer) -> Json {
    let condition = |it: &Condition| json!({ "at": place_json(db, it.at), "reads": reads_json(db, &it.reads) });
    let about = &it.reason.about;
    json!({
        "value": value_json(&it.value, it.origin),
        "unset": it.value == Value::Absent,
        "by": owner_json(db, it.origin),
        "at": if it.is_hidden { place_without_text(db, it.origin) } else { place_json(db, it.origin) },
        "written": it.written.iter().map(|it| place_json(db, *it)).collect::<Vec<_>>(),
        "conditions": it.reason.conditions.iter().map(condition).collect::<Vec<_>>(),
        "reads": reads_json(db, &it.reason.reads),
        "reason": about.reason.as_ref().map(|it| it.1.as_str()),
        "owner": about.owner.as_ref().map(|it| it.1.as_str()),
        "until": about.until.as_ref().map(|it| it.1.as_str()),
    })
}

fn reads_json(db: &dyn Db, all: &[Read]) -> Vec<Json> {
    let one = |it: &Read| {
        let value = value::json(&it.node);
        let name = it.called.clone().or_else(|| Some(spot(db, it.at)?.text)).unwrap_or_default();
        let place = if it.is_hidden { place_without_text } else { place_json };
        let (at, set_at) = (place(db, it.at), place(db, it.node.origin));
        json!({ "name": name.as_str(), "at": at, "value": value, "setAt": set_at })
    };
    all.iter().map(one).collect()
}

fn value_json(value: &Value, origin: Origin) -> Json {
    value::json(&Node::new(value.clone(), origin))
}

fn owner_json(db: &dyn Db, origin: Origin) -> Json {
    json!({ "kind": origin.anchor.kind(db).word(), "name": origin.anchor.name(db).as_str() })
}

fn place_without_text(db: &dyn Db, origin: Origin) -> Json {
    spot(db, origin).map_or(
        Json::Null,
        |Spot { file, line, column, .. }| json!({ "file": file.as_str(), "line": line, "column": column }),
    )
}

/// A place; none for what the standard library says.
fn place_json(db: &dyn Db, origin: Origin) -> Json {
    spot(db, origin).map_or(Json::Null, |Spot { file, line, column, text, .. }| {
        json!({ "file": file.as_str(), "line": line, "column": column, "text": text.as_str() })
    })
}
