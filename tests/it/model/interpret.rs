//! What a fleet means, by chapters 2 and 5 of the reference alone: slow, and without a line of the compiler.
//!
//! Each value on each cluster is computed from the beginning. A layer is a tree of operations; a rank
//! joins the layers of its declarations; a value is what the ranks make of nothing, one after the other.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::fleet::{
    Action, Addon, Block, Cluster, Condition, Expr, Fleet, Layer, Member, Override, RANKS, Segment, Target, VERSION,
};

/// Why there is no value.
#[derive(Clone, Debug)]
pub(super) enum Stop {
    /// It is a mistake that has to be said.
    Mistake(String),
    /// The reference does not say.
    Unclear(String),
}

type Made<T> = Result<T, Stop>;

fn mistake<T>(what: impl Into<String>) -> Made<T> {
    Err(Stop::Mistake(what.into()))
}

fn unclear<T>(what: impl Into<String>) -> Made<T> {
    Err(Stop::Unclear(what.into()))
}

#[derive(Clone, Debug, PartialEq)]
enum Value {
    Leaf(Json),
    List(Vec<Value>),
    Map(BTreeMap<String, Value>),
    /// Two of one rank say different things.
    Conflict,
}

/// What a layer does at a key. In this order: it sets or removes it, amends it, amends elements, appends.
#[derive(Clone, Debug, Default, PartialEq)]
struct Slot {
    set: Option<Set>,
    amend: Option<Slots>,
    picks: BTreeMap<String, Slot>,
    append: Vec<Value>,
    is_final: bool,
}

#[derive(Clone, Debug, PartialEq)]
enum Set {
    To(Value),
    Removed,
}

type Slots = BTreeMap<String, Slot>;

/// What expressions may read.
#[derive(Clone, Default)]
struct Scope {
    facts: BTreeMap<String, Value>,
    params: BTreeMap<String, Value>,
    row: BTreeMap<String, Value>,
}

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

fn text(it: &str) -> Value {
    Value::Leaf(it.into())
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

// ------------------------------------------------------------ blocks

/// What a block does: its spreads first, then its own entries over them.
fn slots(block: &Block, scope: &Scope) -> Made<Slots> {
    let mut found = Slots::new();
    for it in &block.0 {
        let Member::Spread(it) = it else { continue };
        let Some(Value::Map(entries)) = eval(it, scope)? else { return unclear("a spread of what is no object") };
        for (key, value) in entries {
            let slot = found.entry(key).or_default();
            match &slot.set {
                Some(Set::To(known)) if *known != value => return mistake("two spreads differ"),
                _ => slot.set = Some(Set::To(value)),
            }
        }
    }
    for it in &block.0 {
        let (path, when) = match it {
            Member::Entry { path, when, .. } | Member::Unset { path, when } => (path, when),
            Member::Spread(_) => continue,
        };
        if !when.as_ref().map_or(Ok(true), |it| holds(it, scope))? {
            continue;
        }
        let mut slot = Slot::default();
        match it {
            Member::Entry { action: Action::Set(it), is_final, .. } => match eval(it, scope)? {
                Some(value) => {
                    slot.set = Some(Set::To(value));
                    slot.is_final = *is_final;
                }
                // What is absent makes no entry; but whether it may be there is asked where the cluster is unknown.
                None if path.len() > 1 || path.iter().any(|it| it.1.is_some()) => return unclear("absent, at a path"),
                None if *is_final => return unclear("final and absent"),
                None => continue,
            },
            Member::Entry { action: Action::Amend(it), .. } => slot.amend = Some(slots(it, scope)?),
            Member::Entry { action: Action::Append(list), .. } => {
                for it in list {
                    match eval(it, scope)? {
                        Some(it) => slot.append.push(it),
                        None => return unclear("an element that is absent"),
                    }
                }
            }
            Member::Unset { .. } => slot.set = Some(Set::Removed),
            Member::Spread(_) => {}
        }
        put(&mut found, path, slot);
    }
    Ok(found)
}

/// Puts what is done at a path where the path leads.
fn put(slots: &mut Slots, path: &[Segment], slot: Slot) {
    let Some((Segment(key, pick), rest)) = path.split_first() else { return };
    let mut here = slots.entry((*key).to_owned()).or_default();
    if let Some(name) = pick {
        here = here.picks.entry((*name).to_owned()).or_default();
    }
    if rest.is_empty() {
        let Slot { set, amend, picks: _, append, is_final } = slot;
        // A key that one block sets after it was spread is what the block says.
        here.set = set.or(here.set.take());
        if let Some(more) = amend {
            here.amend.get_or_insert_default().extend(more);
        }
        here.append.extend(append);
        here.is_final |= is_final;
    } else {
        put(here.amend.get_or_insert_default(), rest, slot);
    }
}

/// Two layers of one rank: neither is above the other.
fn join(a: Slots, b: Slots) -> Made<Slots> {
    let mut joined = a;
    for (key, theirs) in b {
        let slot = match joined.remove(&key) {
            Some(ours) => join_slot(ours, theirs)?,
            None => theirs,
        };
        joined.insert(key, slot);
    }
    Ok(joined)
}

fn join_slot(a: Slot, b: Slot) -> Made<Slot> {
    if a == b && a.append.is_empty() {
        return if a.picks.is_empty() { Ok(a) } else { unclear("the same elements twice") };
    }
    let only_sets = |it: &Slot| it.set.is_some() && it.amend.is_none() && it.picks.is_empty() && it.append.is_empty();
    if only_sets(&a) && only_sets(&b) {
        if a.set == b.set {
            return Ok(Slot { is_final: a.is_final | b.is_final, ..a });
        }
        return Ok(Slot { set: Some(Set::To(Value::Conflict)), ..Slot::default() });
    }
    if a.set.is_some() || b.set.is_some() {
        return unclear("one sets what another of the rank amends");
    }
    let amend = match (a.amend, b.amend) {
        (Some(a), Some(b)) => Some(join(a, b)?),
        (a, b) => a.or(b),
    };
    let mut append = a.append;
    append.extend(b.append);
    Ok(Slot { set: None, amend, picks: join(a.picks, b.picks)?, append, is_final: a.is_final | b.is_final })
}

// ------------------------------------------------------------ values

fn apply(map: &mut BTreeMap<String, Value>, slots: Slots) -> Made<()> {
    for (key, slot) in slots {
        let mut here = map.remove(&key);
        apply_slot(&mut here, slot, &key)?;
        if let Some(it) = here {
            map.insert(key, it);
        }
    }
    Ok(())
}

fn apply_slot(here: &mut Option<Value>, slot: Slot, key: &str) -> Made<()> {
    match slot.set {
        Some(Set::To(value)) => *here = Some(value),
        Some(Set::Removed) => *here = None,
        None => {}
    }
    if let Some(amend) = slot.amend {
        match here {
            // What only removes makes nothing.
            None if only_removes(&amend) => {}
            None => {
                let mut inner = BTreeMap::new();
                apply(&mut inner, amend)?;
                *here = Some(Value::Map(inner));
            }
            Some(Value::Map(inner)) => apply(inner, amend)?,
            Some(Value::Conflict) => return unclear("amends what two disagree about"),
            Some(_) => return mistake(format!("`{key}` is no object")),
        }
    }
    for (name, slot) in slot.picks {
        match here {
            Some(Value::List(list)) => {
                let is_it = |it: &Value| matches!(it, Value::Map(it) if it.get("name") == Some(&text(&name)));
                let hits: Vec<usize> = (0..list.len()).filter(|nth| is_it(&list[*nth])).collect();
                let [nth] = hits.as_slice() else { return mistake(format!("`{key}` has not one `{name}`")) };
                let mut element = Some(list[*nth].clone());
                apply_slot(&mut element, slot, key)?;
                match element {
                    Some(it) => list[*nth] = it,
                    None => {
                        list.remove(*nth);
                    }
                }
            }
            Some(Value::Conflict) => return unclear("an element of what two disagree about"),
            _ => return mistake(format!("`{key}` is no list")),
        }
    }
    if !slot.append.is_empty() {
        match here {
            Some(Value::List(list)) => list.extend(slot.append),
            Some(Value::Conflict) => return unclear("appends to what two disagree about"),
            _ => return mistake(format!("nothing to append to at `{key}`")),
        }
    }
    Ok(())
}

fn only_removes(slots: &Slots) -> bool {
    !slots.is_empty()
        && slots.values().all(|it| {
            let below = it.amend.as_ref().is_none_or(only_removes);
            let removes = it.set == Some(Set::Removed) || (it.set.is_none() && it.amend.is_some());
            removes && below && it.picks.is_empty() && it.append.is_empty()
        })
}

/// Whether something touches a path that a lower layer made final.
fn forbidden(slots: &Slots, path: &mut Vec<String>, finals: &[Vec<String>]) -> Made<()> {
    if finals.is_empty() {
        return Ok(());
    }
    for (key, slot) in slots {
        path.push(key.clone());
        let touches = |path: &[String]| finals.iter().any(|it| path.starts_with(it));
        let replaces = |path: &[String]| finals.iter().any(|it| it.starts_with(path));
        if slot.set.is_some() && (touches(path) || replaces(path)) {
            return mistake(format!("final: {}", path.join(".")));
        }
        if (!slot.append.is_empty() || !slot.picks.is_empty()) && touches(path) {
            return mistake(format!("final: {}", path.join(".")));
        }
        if let Some(amend) = &slot.amend {
            if touches(path) && amend.is_empty() {
                return unclear("an empty block where something is final");
            }
            forbidden(amend, path, finals)?;
        }
        path.pop();
    }
    Ok(())
}

fn note_finals(slots: &Slots, path: &mut Vec<String>, finals: &mut Vec<Vec<String>>) {
    for (key, slot) in slots {
        path.push(key.clone());
        if slot.is_final {
            finals.push(path.clone());
        }
        if let Some(amend) = &slot.amend {
            note_finals(amend, path, finals);
        }
        path.pop();
    }
}

fn json(value: &Value) -> Made<Json> {
    Ok(match value {
        Value::Leaf(it) => it.clone(),
        Value::List(list) => Json::Array(list.iter().map(json).collect::<Made<_>>()?),
        Value::Map(map) => {
            let entries: Made<Vec<_>> = map.iter().map(|(key, it)| Ok((key.clone(), json(it)?))).collect();
            Json::Object(entries?.into_iter().collect())
        }
        Value::Conflict => return mistake("two of one rank disagree"),
    })
}

// ------------------------------------------------------- expressions

/// None where what is read is absent.
fn eval(expr: &Expr, scope: &Scope) -> Made<Option<Value>> {
    Ok(Some(match expr {
        Expr::Null => Value::Leaf(Json::Null),
        Expr::Bool(it) => Value::Leaf((*it).into()),
        Expr::Int(it) => Value::Leaf((*it).into()),
        Expr::Text(it) => text(it),
        Expr::List(list) => {
            let mut found = Vec::new();
            for it in list {
                match eval(it, scope)? {
                    Some(it) => found.push(it),
                    None => return unclear("an element that is absent"),
                }
            }
            Value::List(found)
        }
        Expr::Object(block) => {
            let mut map = BTreeMap::new();
            apply(&mut map, slots(block, scope)?)?;
            Value::Map(map)
        }
        Expr::Fact(it) => return Ok(scope.facts.get(*it).cloned()),
        Expr::Param(it) => return Ok(scope.params.get(it).cloned()),
        Expr::Column(it) => return Ok(scope.row.get(*it).cloned()),
        Expr::Join(it, with) => match eval(it, scope)? {
            Some(it) => text(&format!("{}-{with}", shown(&it)?)),
            None => return unclear("a text of what is absent"),
        },
        Expr::If(it, then, other) => return eval(if holds(it, scope)? { then } else { other }, scope),
        Expr::Else(it, other) => match eval(it, scope)? {
            Some(it) if it != Value::Leaf(Json::Null) => it,
            _ => return eval(other, scope),
        },
        Expr::Each(list, not) => {
            Value::List(list.iter().filter(|it| *it != not).map(|it| text(&format!("{it}!"))).collect())
        }
    }))
}

fn shown(value: &Value) -> Made<String> {
    match value {
        Value::Leaf(Json::String(it)) => Ok(it.clone()),
        Value::Leaf(it) if !it.is_null() => Ok(it.to_string()),
        _ => unclear("a text of what is no text"),
    }
}

fn holds(it: &Condition, scope: &Scope) -> Made<bool> {
    Ok(match it {
        Condition::Is(fact, value) => scope.facts.get(*fact).cloned() == eval(value, scope)?,
        Condition::Not(it) => !holds(it, scope)?,
        Condition::Both(a, b) => holds(a, scope)? && holds(b, scope)?,
        Condition::Either(a, b) => holds(a, scope)? || holds(b, scope)?,
    })
}
