//! What mends a diagnostic at once.

use ecow::{EcoString, eco_format};

use super::place::{Place, place_of};
use super::rename::Edit;
use crate::diagnostic::{self, Diagnostic, code, suggested};
use crate::fleet;
use crate::source::{Db, Kind, Origin};
use crate::syntax::{self, ast::Literal};
use crate::types::Type;

/// A mend, and what it is called.
#[derive(Clone, Debug)]
pub struct Fix {
    pub title: EcoString,
    pub edits: Vec<Edit>,
    /// Whether it is the one to take, if one is to be taken unseen.
    pub is_preferred: bool,
}

/// The mends of a diagnostic.
#[must_use]
pub fn fixes(db: &dyn Db, it: &Diagnostic) -> Vec<Fix> {
    let diagnostic::Place::Origin(at) = &it.primary.place else { return Vec::new() };
    let Some(place) = place_of(db, *at) else { return Vec::new() };
    if it.code.id == code::NO_VALUE.id { values(db, it, *at, &place) } else { misspelt(db, it, &place) }
}

/// The names that it suggests, in place of the one that is wrong.
fn misspelt(db: &dyn Db, it: &Diagnostic, place: &Place) -> Vec<Fix> {
    let Some(help) = &it.help else { return Vec::new() };
    let text = place.file.text(db).get(place.range.clone()).unwrap_or_default();
    // The message names what is wrong; a path may stand around it.
    let wrong = it.message.split('`').skip(1).step_by(2).filter_map(|name| {
        let last = name.rsplit('.').next().unwrap_or(name);
        [name, last].into_iter().find_map(|it| Some((text.rfind(it)?, it.len())))
    });
    let names = suggested(help);
    let Some((from, length)) = wrong.min_by_key(|(_, length)| *length) else {
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
    let fix = |name: EcoString| Fix {
        title: eco_format!("Write `{name}`"),
        edits: vec![Edit { file: place.file, range: range.clone(), text: name }],
        is_preferred,
    };
    names.into_iter().map(fix).collect()
}

/// A fact or a param without a value: one for the cluster that shows it, or a default.
fn values(db: &dyn Db, it: &Diagnostic, at: Origin, place: &Place) -> Vec<Fix> {
    let Some(name) = place.file.text(db).get(place.range.clone()) else { return Vec::new() };
    let settings = &fleet::settings(db, db.project()).value;
    let ty = match at.anchor.kind(db) {
        Kind::Fleet => settings.cluster_type.record().and_then(|it| it.fields.get(name)).map(|it| it.ty.clone()),
        _ => fleet::params_of(db, at.anchor).into_iter().find(|it| it.name == name).map(|it| it.ty),
    };
    let value = ty.as_ref().map_or_else(|| "\"\"".into(), sample);
    let mut found = Vec::new();
    if let Some(cluster) = &it.cluster {
        let line = if at.anchor.kind(db) == Kind::Fleet {
            eco_format!("{name} = {value}")
        } else {
            eco_format!("override {} {{ params {{ {name} = {value} }} }}", at.anchor.name(db))
        };
        let edit = fleet::all_clusters(db, db.project()).value.get(cluster).and_then(|it| beginning(db, *it, &line));
        let title = eco_format!("Write `{line}` in cluster `{cluster}`");
        found.extend(edit.map(|edit| Fix { title, edits: vec![edit], is_preferred: true }));
    }
    if let Some(end) = declared_until(db, at, place) {
        let edit = Edit { file: place.file, range: end..end, text: eco_format!(" = {value}") };
        found.push(Fix {
            title: eco_format!("Give `{name}` the default {value}"),
            edits: vec![edit],
            is_preferred: false,
        });
    }
    found
}

/// Where `name: Type` ends.
fn declared_until(db: &dyn Db, at: Origin, name: &Place) -> Option<usize> {
    let nodes = syntax::parse(db, name.file).nodes.get(&at.anchor)?;
    let begin_there = nodes.iter().filter(|it| it.start == name.range.start && it.end > name.range.end);
    begin_there.map(|it| it.end).min()
}

/// A line at the beginning of a cluster's block.
pub(super) fn beginning(db: &dyn Db, cluster: crate::source::Anchor, line: &str) -> Option<Edit> {
    let declaration = syntax::declaration(db, cluster);
    let block = place_of(db, Origin::new(cluster, declaration.body.node))?;
    let text = block.file.text(db);
    let body = text.get(block.range.clone())?;
    let open = block.range.start + body.find('{')? + 1;
    let before = text.get(..block.range.start)?;
    let own = before.get(before.rfind('\n').map_or(0, |it| it + 1)..)?;
    let indent = " ".repeat(own.len() - own.trim_start().len());
    // What stood behind the brace on its line goes on below.
    let is_wide = text.get(open..)?.lines().next().is_some_and(|it| it.trim().is_empty());
    let rest = if is_wide { EcoString::new() } else { eco_format!("\n{indent} ") };
    Some(Edit { file: block.file, range: open..open, text: eco_format!("\n{indent}  {line}{rest}") })
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
        (_, Type::Map(_) | Type::Record(_)) => "{ }".into(),
        _ => "\"\"".into(),
    }
}
