//! What a fleet means, by `entries.md` and `layers.md` of the reference alone: slow, and without a line of the compiler.
//!
//! Each value on each cluster is computed from the beginning. A layer is a tree of operations; a rank
//! joins the layers of its declarations; a value is what the ranks make of nothing, one after the other.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::fleet::{Addon, Block, Cluster, Expr, Fleet, Layer, Override, RANKS, Target, VERSION};
use super::layers::{
    Made, Scope, Slots, Stop, Value, apply, eval, forbidden, holds, join, json, mistake, note_finals, shown, slots,
    text, unclear,
};

/// What a cluster has.
#[derive(Clone, Debug, Default)]
pub(super) struct Meaning {
    /// The version and the values of each add-on that the cluster has.
    pub values: BTreeMap<String, (Json, Json)>,
    pub tenants: BTreeSet<String>,
}

/// One declaration of a rank that says something of an item.
struct Says<'a> {
    specificity: u8,
    /// Of a rule; empty for all else.
    name: &'a str,
    params: &'a [(String, Expr)],
    values: &'a Block,
    row: &'a BTreeMap<String, Value>,
}

/// A cluster and all that is around it.
struct Place<'a> {
    name: String,
    /// The layers of the groups, outermost first, then its own; each with the row that it reads.
    layers: Vec<(&'a Layer, BTreeMap<String, Value>)>,
    own: &'a [Addon],
}

/// What each cluster has, by its name.
pub(super) fn meaning(fleet: &Fleet) -> Made<BTreeMap<String, Meaning>> {
    let mut found = BTreeMap::new();
    let places = places(fleet);
    if places.is_empty() {
        return unclear("no cluster");
    }
    for place in places {
        found.insert(place.name.clone(), cluster(fleet, &place)?);
    }
    Ok(found)
}

fn places(fleet: &Fleet) -> Vec<Place<'_>> {
    let mut found = Vec::new();
    for it in &fleet.groups {
        group(fleet, it, &[], &mut found);
    }
    found
}

fn group<'a>(fleet: &'a Fleet, it: &'a super::fleet::Group, around: &[&'a Layer], found: &mut Vec<Place<'a>>) {
    let mut around = around.to_vec();
    around.push(&it.layer);
    for it in &it.groups {
        group(fleet, it, &around, found);
    }
    let mut add = |name: &str, layer: &'a Layer, own: &'a [Addon], row: BTreeMap<String, Value>| {
        let mut layers: Vec<_> = around.iter().map(|it| (*it, BTreeMap::new())).collect();
        layers.push((layer, row));
        layers.extend(fleet.amended.iter().filter(|(it, _)| it == name).map(|(_, it)| (it, BTreeMap::new())));
        found.push(Place { name: name.to_owned(), layers, own });
    };
    for Cluster { name, layer, own } in &it.clusters {
        add(name, layer, own, BTreeMap::new());
    }
    if let Some(it) = &it.inventory {
        for (name, zones) in &it.rows {
            let row = [("name".to_owned(), text(name)), ("zones".to_owned(), Value::Leaf((*zones).into()))];
            add(name, &it.layer, &[], row.into());
        }
    }
}

fn cluster(fleet: &Fleet, place: &Place<'_>) -> Made<Meaning> {
    let facts = facts(place)?;
    let scope = Scope { facts, ..Scope::default() };
    let ranks = ranks(fleet, place, &scope)?;
    let mut meaning = Meaning { tenants: tenants(&ranks)?, ..Meaning::default() };
    for (catalogue, items) in &fleet.catalogues {
        for it in items {
            let target = Target::Item(catalogue, it.name);
            let has = takes(&ranks, catalogue, it)?;
            match addon(fleet, it, &target, &ranks, &scope) {
                Ok(values) if has => {
                    meaning.values.insert(it.name.to_owned(), values);
                }
                Ok(_) => {}
                // Whether a mistake is said that no cluster has is another question.
                Err(Stop::Mistake(it)) if !has => return unclear(format!("not taken: {it}")),
                Err(it) => return Err(it),
            }
        }
    }
    for it in place.own {
        let values = addon(fleet, it, &Target::Own(it.name), &ranks, &scope)?;
        meaning.values.insert(it.name.to_owned(), values);
    }
    Ok(meaning)
}

/// Facts are set by groups and the cluster, the innermost last; the others have their defaults.
fn facts(place: &Place<'_>) -> Made<BTreeMap<String, Value>> {
    let mut facts: BTreeMap<String, Value> = [
        ("name".to_owned(), text(&place.name)),
        ("stage".to_owned(), text("test")),
        ("zones".to_owned(), Value::Leaf(3.into())),
    ]
    .into();
    for (layer, row) in &place.layers {
        for (name, value) in &layer.facts {
            let scope = Scope { row: row.clone(), ..Scope::default() };
            if let Some(value) = eval(value, &scope)? {
                facts.insert((*name).to_owned(), value);
            }
        }
    }
    if !facts.contains_key("label") {
        let label = format!("{}-{}", shown(&facts["stage"])?, shown(&facts["zones"])?);
        facts.insert("label".to_owned(), text(&label));
    }
    Ok(facts)
}

/// What stands above an add-on's own declaration: the layers of each rank, lowest first.
struct Rank<'a> {
    layers: Vec<(&'a str, &'a Layer, &'a BTreeMap<String, Value>)>,
    /// Overrides at the top level, which have no name.
    bare: Vec<&'a Override>,
}

fn ranks<'a>(fleet: &'a Fleet, place: &'a Place<'a>, scope: &Scope) -> Made<Vec<Rank<'a>>> {
    static NO_ROW: BTreeMap<String, Value> = BTreeMap::new();
    let mut found = Vec::new();
    for rank in std::iter::once(None).chain(RANKS.iter().map(Some)) {
        let mut layers = Vec::new();
        for rule in fleet.rules.iter().filter(|it| it.rank == rank.copied()) {
            if rule.when.as_ref().map_or(Ok(true), |it| holds(it, scope))? {
                layers.push((rule.name, &rule.layer, &NO_ROW));
            }
        }
        layers.sort_by_key(|(name, ..)| *name);
        let bare = if rank.is_none() { fleet.overrides.iter().collect() } else { Vec::new() };
        found.push(Rank { layers, bare });
    }
    for (layer, row) in &place.layers {
        found.push(Rank { layers: vec![("", *layer, row)], bare: Vec::new() });
    }
    Ok(found)
}

/// Whether a cluster has an item: the highest layer decides that names it, else the highest that names its catalogue.
fn takes(ranks: &[Rank<'_>], catalogue: &'static str, item: &Addon) -> Made<bool> {
    for target in [Target::Item(catalogue, item.name), Target::Catalogue(catalogue)] {
        for rank in ranks.iter().rev() {
            let says = |of: fn(&Layer) -> &Vec<Target>| rank.layers.iter().any(|(_, it, _)| of(it).contains(&target));
            match (says(|it| &it.uses), says(|it| &it.drops)) {
                (true, true) => return mistake("used and dropped in one rank"),
                (true, false) => return Ok(matches!(target, Target::Item(..)) || !item.is_optional),
                (false, true) => return Ok(false),
                (false, false) => {}
            }
        }
    }
    Ok(false)
}

fn tenants(ranks: &[Rank<'_>]) -> Made<BTreeSet<String>> {
    let mut found = BTreeSet::new();
    for name in super::fleet::TENANTS {
        for rank in ranks.iter().rev() {
            let says =
                |of: fn(&Layer) -> &Vec<&'static str>| rank.layers.iter().any(|(_, it, _)| of(it).contains(&name));
            match (says(|it| &it.attaches), says(|it| &it.detaches)) {
                (true, true) => return mistake("attached and detached in one rank"),
                (false, false) => continue,
                (attached, _) => {
                    if attached {
                        found.insert(name.to_owned());
                    }
                }
            }
            break;
        }
    }
    Ok(found)
}

/// The values of an add-on: its definitions, its declaration, then the ranks.
fn addon(fleet: &Fleet, item: &Addon, target: &Target, ranks: &[Rank<'_>], scope: &Scope) -> Made<(Json, Json)> {
    static NO_ROW: BTreeMap<String, Value> = BTreeMap::new();
    let mut levels = vec![item];
    while let Some(from) = levels.last().and_then(|it| it.from) {
        levels.push(fleet.definitions.iter().find(|it| it.name == from).expect("a definition"));
    }
    levels.reverse();
    let mut all: Vec<Vec<Says<'_>>> = Vec::new();
    for it in &levels {
        all.push(vec![Says { specificity: 2, name: "", params: &it.sets, values: &it.values, row: &NO_ROW }]);
    }
    for rank in ranks {
        let mut says = Vec::new();
        let bare = rank.bare.iter().map(|it| ("", *it, &NO_ROW));
        let named = rank.layers.iter().flat_map(|(name, it, row)| it.overrides.iter().map(move |it| (*name, it, *row)));
        for (name, it, row) in bare.chain(named) {
            let Some(specificity) = reach(&it.target, target) else { continue };
            let scope = Scope { row: row.clone(), ..scope.clone() };
            if it.when.as_ref().map_or(Ok(true), |it| holds(it, &scope))? {
                says.push(Says { specificity, name, params: &it.params, values: &it.values, row });
            }
        }
        says.sort_by(|a, b| a.name.cmp(b.name));
        all.push(says);
    }
    let params = params(&levels, &all, scope)?;
    let scope = Scope { params, ..scope.clone() };
    let mut value = BTreeMap::new();
    let mut finals: Vec<Vec<String>> = Vec::new();
    for rank in &all {
        let mut of_rank: Vec<Vec<String>> = Vec::new();
        for specificity in 0..=2 {
            let mut joined = Slots::new();
            for it in rank.iter().filter(|it| it.specificity == specificity) {
                let scope = Scope { row: it.row.clone(), ..scope.clone() };
                joined = join(joined, slots(it.values, &scope)?)?;
            }
            forbidden(&joined, &mut Vec::new(), &finals)?;
            if let Err(Stop::Mistake(it)) = forbidden(&joined, &mut Vec::new(), &of_rank) {
                return unclear(format!("in one rank: {it}"));
            }
            note_finals(&joined, &mut Vec::new(), &mut of_rank);
            apply(&mut value, joined)?;
        }
        finals.append(&mut of_rank);
    }
    Ok((json(&scope.params[VERSION])?, json(&Value::Map(value))?))
}

/// How exactly an override names an item, if it does.
fn reach(by: &Target, item: &Target) -> Option<u8> {
    match (by, item) {
        (Target::Everything, _) => Some(0),
        (Target::Catalogue(it), Target::Item(catalogue, _)) if it == catalogue => Some(1),
        (by, item) if by == item => Some(2),
        _ => None,
    }
}

/// Params have the value of the highest rank that sets them, else their default.
fn params(levels: &[&Addon], all: &[Vec<Says<'_>>], scope: &Scope) -> Made<BTreeMap<String, Value>> {
    let mut found = BTreeMap::new();
    let version = (VERSION.to_owned(), Expr::Text("1.0.0".to_owned()));
    for (name, default) in levels.iter().flat_map(|it| &it.params).chain([&version]) {
        let mut value = eval(default, scope)?.unwrap_or(Value::Conflict);
        for rank in all {
            for specificity in 0..=2 {
                let mut here: Vec<Value> = Vec::new();
                for says in rank.iter().filter(|it| it.specificity == specificity) {
                    let scope = Scope { row: says.row.clone(), ..scope.clone() };
                    for (_, set) in says.params.iter().filter(|(it, _)| it == name) {
                        here.extend(eval(set, &scope)?);
                    }
                }
                here.dedup();
                match here.as_slice() {
                    [] => {}
                    [only] => value = only.clone(),
                    _ => value = Value::Conflict,
                }
            }
        }
        if value == Value::Conflict {
            return mistake(format!("the param {name}"));
        }
        found.insert(name.clone(), value);
    }
    Ok(found)
}
