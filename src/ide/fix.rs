//! What fixes a diagnostic at once.

use ecow::{EcoString, eco_format};

use super::change::{Edit, Fix, beginning};
use super::declare::declaration;
use super::key::quoted;
use super::place::{FileRange, place_of};
use crate::check;
use crate::diagnostic::{self, Diagnostic, Subject, code, listed};
use crate::fleet;
use crate::names;
use crate::source::{Anchor, Db, Kind, Origin};
use crate::syntax::{self, ast::Literal};
use crate::types::{self, Type};
use crate::value::Value;

/// The fixes of a diagnostic.
#[must_use]
pub fn fixes(db: &dyn Db, it: &Diagnostic) -> Vec<Fix> {
    let at = match &it.primary.place {
        diagnostic::Place::Origin(at) => *at,
        // What is no declaration has a place, and no more.
        diagnostic::Place::Span { file, start, end } => {
            return misspelt(db, it, &FileRange { file: *file, range: *start..*end });
        }
        diagnostic::Place::File(_) => return Vec::new(),
    };
    let Some(place) = place_of(db, at) else { return Vec::new() };
    match (&it.subject, it.code) {
        (Some(Subject::Lacking(names)), _) => facts(db, names, at),
        (_, code::NO_VALUE) => params(db, it, at, &place),
        (Some(Subject::Cases(missing)), _) => arms(db, missing, at, &place),
        _ => {
            let mut found = misspelt(db, it, &place);
            found.extend(declaration(db, it, at, &place));
            found
        }
    }
}

/// The names that it suggests, in place of the one that is wrong.
fn misspelt(db: &dyn Db, it: &Diagnostic, place: &FileRange) -> Vec<Fix> {
    let Some(suggestion) = &it.suggestion else { return Vec::new() };
    let names = &suggestion.names;
    let text = place.file.text(db).get(place.range.clone()).unwrap_or_default();
    // A path may stand around what is wrong, or only its end may be written.
    let written = suggestion.written.as_str();
    let last = written.rsplit('.').next().unwrap_or(written);
    let wrong =
        [written, last].into_iter().filter(|it| !it.is_empty()).find_map(|it| Some((text.rfind(it)?, it.len())));
    let Some((from, length)) = wrong else {
        // A text that is none of those that a type lists.
        let is_text = text.starts_with('"') && text.len() > 1 && text.ends_with('"');
        let fix = |name: &EcoString| Fix {
            title: eco_format!("Write \"{name}\""),
            edits: vec![Edit { file: place.file, range: place.range.clone(), text: eco_format!("\"{name}\"") }],
            is_preferred: names.len() == 1,
        };
        return if is_text { names.iter().map(fix).collect() } else { Vec::new() };
    };
    let range = place.range.start + from..place.range.start + from + length;
    let is_preferred = names.len() == 1;
    let fix = |name: &EcoString| Fix {
        title: eco_format!("Write `{name}`"),
        edits: vec![Edit { file: place.file, range: range.clone(), text: name.clone() }],
        is_preferred,
    };
    names.iter().map(fix).collect()
}

/// Facts that a cluster gives no value: all of them, in it or in each cluster that lacks them, or a default.
fn facts(db: &dyn Db, names: &[EcoString], at: Origin) -> Vec<Fix> {
    let declared = &fleet::settings(db, db.project()).value.facts;
    let lacking: Vec<_> = names.iter().filter_map(|it| declared.get(it)).collect();
    let entries: Vec<String> = lacking.iter().map(|it| format!("{} = {}", it.name, sample(&it.ty))).collect();
    let line = entries.join(", ");
    let mut found = Vec::new();
    if at.anchor.kind(db) == Kind::Cluster {
        let title = eco_format!("Write `{line}` in cluster `{}`", at.anchor.name(db));
        found.extend(beginning(db, at.anchor, &line).map(|edit| Fix { title, edits: vec![edit], is_preferred: true }));
    }
    let lacks = |it: &Anchor| {
        let is_written = it.kind(db) == Kind::Cluster && it.file(db).package(db).is_empty();
        let values = &fleet::cluster(db, *it).value.facts.entries;
        is_written && names.iter().all(|it| values.get(it).is_none_or(|it| matches!(it.value, Value::Unknown)))
    };
    let all: Vec<Edit> = fleet::clusters(db).filter(lacks).filter_map(|it| beginning(db, it, &line)).collect();
    if all.len() > 1 {
        let title = eco_format!("Write `{line}` in each of the {} clusters without it", all.len());
        found.push(Fix { title, edits: all, is_preferred: false });
    }
    for it in lacking {
        let place = place_of(db, it.origin);
        found.extend(place.and_then(|place| default(db, it.origin, &place, &sample(&it.ty))));
    }
    found
}

/// A param without a value: one for the cluster that shows it, or a default.
fn params(db: &dyn Db, it: &Diagnostic, at: Origin, place: &FileRange) -> Vec<Fix> {
    let Some(name) = place.file.text(db).get(place.range.clone()) else { return Vec::new() };
    let ty = fleet::params_of(db, at.anchor).get(name).map(|it| it.ty.clone());
    let value = ty.as_ref().map_or_else(|| "\"\"".into(), sample);
    let mut found = Vec::new();
    let shown = it.cluster.as_ref().and_then(|it| fleet::all_clusters(db, db.project()).value.get(it)).copied();
    // Those of a catalogue, no override sets.
    if let Some(cluster) = shown.filter(|_| at.anchor.kind(db).has_params()) {
        let reads = |it: &Anchor| fleet::levels(db, *it).value.contains(&at.anchor);
        let item = fleet::addons_of(db, &fleet::cluster(db, cluster).value).find(reads).unwrap_or(at.anchor);
        let line = eco_format!("override {} {{ params {{ {name} = {value} }} }}", target(db, item));
        let title = eco_format!("Write `{line}` in cluster `{}`", cluster.name(db));
        found.extend(beginning(db, cluster, &line).map(|edit| Fix { title, edits: vec![edit], is_preferred: true }));
    }
    found.extend(default(db, at, place, &value));
    found
}

/// A default for the fact or the param that is declared at a place; what a package declares is not ours to change.
fn default(db: &dyn Db, at: Origin, place: &FileRange, value: &str) -> Option<Fix> {
    let name = place.file.text(db).get(place.range.clone())?;
    let end = declared_until(db, at, place).filter(|_| at.anchor.file(db).package(db).is_empty())?;
    let edit = Edit { file: place.file, range: end..end, text: eco_format!(" = {value}") };
    Some(Fix { title: eco_format!("Give `{name}` the default {value}"), edits: vec![edit], is_preferred: false })
}

/// A `match` that lacks values: a line for all others.
fn arms(db: &dyn Db, missing: &[EcoString], at: Origin, place: &FileRange) -> Vec<Fix> {
    let text = place.file.text(db);
    let Some(close) = text.get(place.range.clone()).and_then(|it| it.rfind('}')) else { return Vec::new() };
    let end =
        place.range.start + text.get(place.range.start..place.range.start + close).map_or(0, |it| it.trim_end().len());
    let value =
        check::notes(db, at.anchor).types.get(&at.node).map_or_else(|| "null".into(), |it| sample(&types::widen(it)));
    // Each on a line of its own, where those before are.
    let before = text.get(..end).unwrap_or_default();
    let last = before.rsplit('\n').next().unwrap_or_default();
    let is_wide = text.get(place.range.clone()).is_some_and(|it| it.contains('\n'));
    let indent = last.get(..last.len() - last.trim_start().len()).unwrap_or_default();
    let between = if is_wide { eco_format!("\n{indent}") } else { ", ".into() };
    let line = |pattern: &str| eco_format!("{between}{pattern} => {value}");
    let fix = |title: EcoString, text: EcoString, is_preferred: bool| Fix {
        title,
        edits: vec![Edit { file: place.file, range: end..end, text }],
        is_preferred,
    };
    let mut found = Vec::new();
    if !missing.is_empty() {
        let lines: EcoString = missing.iter().map(|it| line(it)).collect::<Vec<_>>().concat().into();
        let named: Vec<String> = missing.iter().map(|it| format!("`{it}`")).collect();
        found.push(fix(eco_format!("Say what it is for {}", listed(&named)), lines, true));
    }
    found.push(fix(eco_format!("Say what it is for all others: `_ => {value}`"), line("_"), missing.is_empty()));
    found
}

/// What an override calls an item: with its catalogue, where another one has the name, too.
pub(super) fn target(db: &dyn Db, item: Anchor) -> EcoString {
    let name = item.name(db);
    let index = names::index_of(db, item);
    let is_alone = index.items.values().filter(|it| it.contains_key(name)).count() <= 1;
    match item.parent(db) {
        Some(parent) if !is_alone => eco_format!("{}.{name}", parent.name(db)),
        _ => name.clone(),
    }
}

/// Where `name: Type` ends.
fn declared_until(db: &dyn Db, at: Origin, name: &FileRange) -> Option<usize> {
    let nodes = syntax::parse(db, name.file).nodes.get(&at.anchor)?;
    let begin_there = nodes.iter().filter(|it| it.start == name.range.start && it.end > name.range.end);
    begin_there.map(|it| it.end).min()
}

/// What fits the library's checked strings.
const SAMPLES: [(&str, &str); 10] = [
    ("AwsAccountId", "\"111122223333\""),
    ("AwsRegion", "\"eu-west-1\""),
    ("Cidr", "\"10.0.0.0/16\""),
    ("DnsLabel", "\"name\""),
    ("DnsName", "\"example.com\""),
    ("Duration", "\"10m\""),
    ("HttpsUrl", "\"https://example.com\""),
    ("Port", "80"),
    ("Quantity", "\"1Gi\""),
    ("Url", "\"https://example.com\""),
];

/// A value of a type, for an author to change.
pub(super) fn sample(ty: &Type) -> EcoString {
    if let Type::Refined(it) = ty.present() {
        let known = it.name.as_deref().and_then(|name| SAMPLES.iter().find(|(of, _)| *of == name));
        if let Some((_, text)) = known {
            return (*text).into();
        }
        if *ty.present().base() == Type::Int {
            return "1".into();
        }
    }
    let first = ty.present().literals().and_then(|it| it.into_iter().find(|it| *it != Literal::Null));
    match (first, ty.present().base()) {
        (Some(it), _) => it.to_string().into(),
        (_, Type::Int) => "0".into(),
        (_, Type::Float) => "0.0".into(),
        (_, Type::Bool) => "false".into(),
        (_, Type::List(_)) => "[]".into(),
        (_, Type::Record(record)) => {
            let needed = record.fields.iter().filter(|(_, it)| it.required && it.default.is_none());
            let entries: Vec<EcoString> =
                needed.map(|(name, it)| eco_format!("{} = {}", quoted(name), sample(&it.ty))).collect();
            if entries.is_empty() { "{ }".into() } else { eco_format!("{{ {} }}", entries.join(", ")) }
        }
        (_, Type::Map(_)) => "{ }".into(),
        _ => "\"\"".into(),
    }
}
