//! What the block of one layer does, what the layers of a rank do together, and what that makes of a value:
//! `entries.md` of the reference.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::fleet::{Action, Block, Condition, Expr, Member, Segment};

/// Why there is no value.
#[derive(Clone, Debug)]
pub(super) enum Stop {
    /// It is a mistake that has to be said.
    Mistake(String),
    /// The reference does not say.
    Unclear(String),
}

pub(super) type Made<T> = Result<T, Stop>;

pub(super) fn mistake<T>(what: impl Into<String>) -> Made<T> {
    Err(Stop::Mistake(what.into()))
}

pub(super) fn unclear<T>(what: impl Into<String>) -> Made<T> {
    Err(Stop::Unclear(what.into()))
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Leaf(Json),
    List(Vec<Value>),
    Map(BTreeMap<String, Value>),
    /// Two of one rank say different things.
    Conflict,
}

/// What a layer does at a key. In this order: it sets or removes it, amends it, amends elements, appends.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Slot {
    set: Option<Set>,
    amend: Option<Slots>,
    picks: BTreeMap<String, Slot>,
    append: Vec<Value>,
    is_final: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Set {
    To(Value),
    Removed,
}

pub(super) type Slots = BTreeMap<String, Slot>;

/// What expressions may read.
#[derive(Clone, Default)]
pub(super) struct Scope {
    pub facts: BTreeMap<String, Value>,
    pub params: BTreeMap<String, Value>,
    pub row: BTreeMap<String, Value>,
}

pub(super) fn text(it: &str) -> Value {
    Value::Leaf(it.into())
}

/// What a block does: its spreads first, then its own entries over them.
pub(super) fn slots(block: &Block, scope: &Scope) -> Made<Slots> {
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
pub(super) fn join(a: Slots, b: Slots) -> Made<Slots> {
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

pub(super) fn apply(map: &mut BTreeMap<String, Value>, slots: Slots) -> Made<()> {
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
pub(super) fn forbidden(slots: &Slots, path: &mut Vec<String>, finals: &[Vec<String>]) -> Made<()> {
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

pub(super) fn note_finals(slots: &Slots, path: &mut Vec<String>, finals: &mut Vec<Vec<String>>) {
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

pub(super) fn json(value: &Value) -> Made<Json> {
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
pub(super) fn eval(expr: &Expr, scope: &Scope) -> Made<Option<Value>> {
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

pub(super) fn shown(value: &Value) -> Made<String> {
    match value {
        Value::Leaf(Json::String(it)) => Ok(it.clone()),
        Value::Leaf(it) if !it.is_null() => Ok(it.to_string()),
        _ => unclear("a text of what is no text"),
    }
}

pub(super) fn holds(it: &Condition, scope: &Scope) -> Made<bool> {
    Ok(match it {
        Condition::Is(fact, value) => scope.facts.get(*fact).cloned() == eval(value, scope)?,
        Condition::Not(it) => !holds(it, scope)?,
        Condition::Both(a, b) => holds(a, scope)? && holds(b, scope)?,
        Condition::Either(a, b) => holds(a, scope)? || holds(b, scope)?,
    })
}
