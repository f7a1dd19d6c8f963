//! Layers, lowest first → one value.
//!
//! Within a rank, contributions are joined before they are applied, so that two
//! that disagree are seen as such; a more specific target outranks a pattern.

use std::collections::BTreeMap;
use std::sync::Arc;

use ecow::EcoString;

use super::effect::{Effect, Effects, Outcome};
use super::env::Env;
use super::layer::{Edit, Layer, Op, combine, join};
use super::problems;
use super::select::{Elements, Pins, has_pins, selector_text};
use crate::diagnostic::{Diagnostic, Invariant, Written, bug};
use crate::source::{IndexMap, Origin};
use crate::types::Type;
use crate::value::{Map, Node, Overridden, Value, same};

/// How many pairs of keys are compared in search of misspelt ones. Nobody reads a thousand warnings.
const MOST_LOOKS: usize = 20_000;

/// What one declaration contributes to a rank.
pub struct Contribution {
    /// 2 for an exact target, 1 for `C.*`, 0 for `*.*`.
    pub specificity: u8,
    /// The name of the rule, for the order of keys.
    pub name: EcoString,
    pub layer: Layer,
}

/// The value so far.
#[derive(Clone)]
pub struct Fold {
    root: Map,
    origin: Option<Origin>,
    /// Paths that a lower layer made final.
    finals: BTreeMap<Vec<EcoString>, Origin>,
    /// Finals of the rank that is being applied.
    new_finals: Vec<(Vec<EcoString>, Origin)>,
    /// The selectors of paths, by their texts.
    selectors: IndexMap<EcoString, Pins>,
    path: Vec<EcoString>,
    /// What is known of the object, where misspelt keys are looked out for.
    watch: Option<Type>,
    ranks: usize,
    /// How many pairs of keys are still compared for that.
    looks: usize,
    /// Warnings about keys that look misspelt.
    pub near_misses: Vec<Diagnostic>,
    /// What each entry did, in the order in which they were applied.
    effects: Effects,
}

impl Default for Fold {
    fn default() -> Self {
        Self::new()
    }
}

impl Fold {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            root: Map::default(),
            origin: None,
            finals: BTreeMap::new(),
            new_finals: Vec::new(),
            selectors: IndexMap::default(),
            path: Vec::new(),
            watch: None,
            ranks: 0,
            looks: MOST_LOOKS,
            near_misses: Vec::new(),
            effects: Effects::default(),
        }
    }

    /// Begins with an object that an expression came to.
    #[must_use]
    pub fn over(node: &Node) -> Self {
        let mut fold = Self::new();
        if let Value::Map(map) = &node.value {
            fold.root = map.as_ref().clone();
            fold.origin = Some(node.origin);
            fold.ranks = 1;
        }
        fold
    }

    /// What it begins with is no layer of an author's.
    #[must_use]
    pub const fn lowest(mut self) -> Self {
        self.ranks = 0;
        self.origin = None;
        self
    }

    /// Looks out for keys below `values` that no lower layer has, that the type does not know, and
    /// that are nearly those of a sibling.
    #[must_use]
    pub fn watching(mut self, ty: Type) -> Self {
        self.watch = Some(ty);
        self
    }

    /// Applies a rank to which one declaration contributes.
    pub fn apply(&mut self, env: &mut Env<'_>, layer: Layer) {
        self.origin = self.origin.or(layer.origin);
        let mut root = std::mem::take(&mut self.root);
        self.layer(env, &mut root, layer);
        self.root = root;
        for (path, origin) in self.new_finals.drain(..) {
            self.finals.entry(path).or_insert(origin);
        }
        self.ranks += 1;
    }

    /// Applies a rank to which several declarations contribute.
    pub fn apply_rank(&mut self, env: &mut Env<'_>, mut rank: Vec<Contribution>) {
        let first_level = rank.first().map(|it| it.specificity);
        rank.sort_by(|a, b| (&a.name, a.specificity).cmp(&(&b.name, b.specificity)));
        let one_level = rank.iter().all(|it| Some(it.specificity) == first_level);
        if !one_level {
            // Keys keep the order of rules, though values are decided by specificity.
            for it in &rank {
                reserve(&mut self.root, &it.layer);
            }
        }
        for level in 0..=2 {
            let mut joined: Option<Layer> = None;
            for it in &mut rank {
                if it.specificity != level {
                    continue;
                }
                let layer = std::mem::take(&mut it.layer);
                match &mut joined {
                    None => joined = Some(layer),
                    Some(mine) => join(mine, layer, &mut Vec::new(), false),
                }
            }
            if let Some(layer) = joined {
                self.origin = self.origin.or(layer.origin);
                let mut root = std::mem::take(&mut self.root);
                self.layer(env, &mut root, layer);
                self.root = root;
            }
        }
        if !one_level {
            release(&mut self.root);
        }
        for (path, origin) in self.new_finals.drain(..) {
            self.finals.entry(path).or_insert(origin);
        }
        self.ranks += 1;
    }

    /// What each entry did, in the order in which they were applied.
    pub fn take_effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects).all
    }

    /// Of what the entries did, keeps only which of them did nothing.
    pub fn forget_changes(&mut self) {
        let mut all = self.take_effects();
        all.retain(|it| it.outcome == Outcome::Same);
        self.effects = Effects::from(all);
    }

    /// The value that the layers come to.
    #[must_use]
    pub fn into_node(self, origin: Origin) -> Node {
        Node::new(Value::Map(Arc::new(self.root)), self.origin.unwrap_or(origin))
    }

    fn layer(&mut self, env: &mut Env<'_>, map: &mut Map, layer: Layer) {
        for (key, edit) in layer.edits {
            self.path.push(key);
            self.edit(env, map, edit);
            self.path.pop();
        }
    }

    fn edit(&mut self, env: &mut Env<'_>, map: &mut Map, edit: Edit) {
        let key = self.path.last().cloned().invariant("an edit has a path");
        if let Some(problem) = self.forbidden(&edit) {
            env.report(problem);
            return;
        }
        if self.watch.is_some()
            && self.ranks > 0
            && self.path.first().is_some_and(|it| it == "values")
            && self.path.len() > 1
        {
            self.watch_key(map, &key, edit.origin);
        }
        if edit.is_final {
            self.new_finals.push((self.path.clone(), edit.origin));
        }
        let mut selected: Vec<(Pins, Edit)> = Vec::new();
        let mut appended = Vec::new();
        let before = self.effects.all.len();
        for op in edit.ops {
            match op {
                Op::Select(all) => selected.extend(all.into_values().map(|(pins, inner)| (pins, *inner))),
                Op::Append(list) => appended.extend(list),
                op => self.op(env, map, &key, op, edit.origin),
            }
        }
        if edit.is_final {
            // Guarding a path is of use whatever stands there.
            self.effects.truncate(before);
        }
        if !selected.is_empty() {
            self.select(env, map, &key, selected, edit.origin);
        }
        if !appended.is_empty() {
            let (origin, path) = (edit.origin, self.path.clone());
            self.effects.push(Effect { origin, path, outcome: Outcome::Changed, removed: None });
            self.append(env, map, &key, appended, edit.origin);
        }
    }

    fn watch_key(&mut self, map: &Map, key: &EcoString, origin: Origin) {
        let is_new = map.entries.get(key).is_none_or(|it| it.value == Value::Absent);
        let Some(left) = self.looks.checked_sub(map.entries.len()) else { return };
        if !is_new || key.len() < 4 || self.is_known(key) {
            return;
        }
        self.looks = left;
        let written = Written::new(key);
        // Who writes two keys in one declaration means two.
        let near = map
            .entries
            .iter()
            .filter(|(_, it)| it.value != Value::Absent && it.origin.anchor != origin.anchor)
            .filter_map(|(it, node)| Some((written.distance(it, 2)?, it, node.origin)))
            .filter(|(distance, ..)| *distance > 0)
            .min_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)));
        if let Some((_, sibling, declared)) = near {
            self.near_misses.push(problems::near_miss(origin, key, sibling, declared));
        }
    }

    /// Whether the type of what stands around has a key.
    fn is_known(&self, key: &EcoString) -> bool {
        let (_, around) = self.path.split_last().invariant("an edit has a path");
        let inside = |ty: Type, name: &EcoString| match ty.record() {
            Some(it) => it.fields.get(name).map(|it| it.ty.clone()),
            None => match ty.present() {
                Type::Map(of) => Some(Type::clone(of)),
                _ => None,
            },
        };
        let ty = self.watch.clone().and_then(|ty| around.iter().try_fold(ty, inside));
        ty.is_some_and(|it| it.record().is_some_and(|it| it.fields.contains_key(key)))
    }

    /// Whether a lower layer's `final` stands in the way.
    fn forbidden(&self, edit: &Edit) -> Option<Diagnostic> {
        let settles = edit.ops.iter().any(|it| matches!(it, Op::Set(_) | Op::Unset));
        let around = (0..=self.path.len()).find_map(|it| self.finals.get_key_value(self.path.get(..it)?));
        let inside = || self.finals.range(self.path.clone()..).next().filter(|(it, _)| it.starts_with(&self.path));
        let found = around.or_else(|| inside().filter(|_| settles));
        found.map(|(path, origin)| problems::is_final(edit.origin, path, *origin))
    }

    /// Notes what an entry does at the path.
    fn note(&mut self, env: &Env<'_>, old: Option<&Node>, new: Option<&Value>, origin: Origin) {
        let is_same = match (old.map(|it| &it.value), new) {
            (Some(Value::Template(old)), Some(Value::Template(new))) => old == new,
            (Some(old), Some(new)) => !old.has_unknown() && !new.has_unknown() && same(old, new) && !is_null(old, new),
            (None | Some(Value::Absent), None) => true,
            _ => false,
        };
        if !is_same {
            self.effects.shadow(&self.path, origin);
        }
        let outcome = if is_same { Outcome::Same } else { Outcome::Changed };
        let is_gone = |it: &&Node| env.traces && (new.is_none() || matches!(it.value, Value::Map(_)));
        let removed = old.filter(is_gone).cloned().map(Box::new);
        self.effects.push(Effect { origin, path: self.path.clone(), outcome, removed });
    }

    fn op(&mut self, env: &mut Env<'_>, map: &mut Map, key: &EcoString, op: Op, origin: Origin) {
        match op {
            Op::Unset => {
                self.note(env, map.entries.get(key), None, origin);
                map.entries.shift_remove(key);
            }
            Op::Set(mut node) => {
                if let Some(old) = map.entries.get(key) {
                    asked(env, &old.value, &node.value);
                }
                self.note(env, map.entries.get(key), Some(&node.value), origin);
                if let Some(old) = map.entries.get(key) {
                    inherit(&mut node, old);
                }
                map.entries.insert(key.clone(), node);
            }
            Op::Amend(layer) => self.amend(env, map, key, layer, origin),
            // Both wait until the value below them stands.
            Op::Append(_) | Op::Select(..) => {}
        }
    }

    fn amend(&mut self, env: &mut Env<'_>, map: &mut Map, key: &EcoString, layer: Layer, origin: Origin) {
        if map.entries.get(key).is_none_or(|it| it.value == Value::Absent) && layer.only_unsets() {
            self.unset_nothing(env, layer);
            return;
        }
        let node = map.entries.entry(key.clone()).or_insert_with(|| Node::new(Value::Absent, origin));
        if node.value == Value::Absent {
            *node = Node::new(Value::Map(Arc::default()), layer.origin.unwrap_or(origin));
        }
        match &mut node.value {
            Value::Map(inner) => {
                let mut inner_map = std::mem::take(Arc::make_mut(inner));
                self.layer(env, &mut inner_map, layer);
                let Some(Node { value: Value::Map(slot), .. }) = map.entries.get_mut(key) else {
                    bug("what is edited inside of a map stays there")
                };
                *slot = Arc::new(inner_map);
            }
            Value::Unknown | Value::Conflict(_) => {}
            other => {
                let problem = problems::amend_scalar(origin, key, other, node.origin);
                env.report(problem);
            }
        }
    }

    /// Notes that there is nothing to take away.
    fn unset_nothing(&mut self, env: &Env<'_>, layer: Layer) {
        for (key, edit) in layer.edits {
            self.path.push(key);
            for op in edit.ops {
                match op {
                    Op::Amend(inner) => self.unset_nothing(env, inner),
                    _ => self.note(env, None, None, edit.origin),
                }
            }
            self.path.pop();
        }
    }

    fn append(&self, env: &mut Env<'_>, map: &mut Map, key: &EcoString, list: Vec<Node>, origin: Origin) {
        match map.entries.get_mut(key) {
            Some(node) => match &mut node.value {
                Value::List(old) => {
                    let (origin_of_old, value) = (node.origin, Value::List(Arc::clone(old)));
                    let over = node.over.take();
                    let over = Overridden { origin: origin_of_old, value, over, is_written: false };
                    Arc::make_mut(old).extend(list);
                    node.over = Some(Arc::new(over));
                    node.origin = origin;
                }
                Value::Unknown | Value::Conflict(_) => {}
                Value::Absent => {
                    env.report(problems::append_to_nothing(origin, key));
                }
                other => {
                    let problem = problems::append_to(origin, key, other, node.origin);
                    env.report(problem);
                }
            },
            None => {
                env.report(problems::append_to_nothing(origin, &self.path.join(".")));
            }
        }
    }

    /// The selector by which something in an element of the list at the path was made final:
    /// whichever selector means the element, it is that.
    fn guarded(&self, element: &Node) -> Option<EcoString> {
        let finals =
            self.finals.range(self.path.clone()..).map(|(path, _)| path).take_while(|it| it.starts_with(&self.path));
        let finals = finals.filter_map(|path| path.get(self.path.len()));
        let mut selectors = finals.filter(|it| self.selectors.get(*it).is_some_and(|pins| has_pins(element, pins)));
        selectors.next().cloned()
    }

    /// Edits elements of a list. All selectors of a rank look at the list below the
    /// rank, so that two which mean one element are seen as such.
    fn select(
        &mut self,
        env: &mut Env<'_>,
        map: &mut Map,
        key: &EcoString,
        selected: Vec<(Pins, Edit)>,
        origin: Origin,
    ) {
        let Some(node) = map.entries.get_mut(key) else {
            env.report(problems::select_in_nothing(origin, key));
            return;
        };
        let below = node.origin;
        let list = match &mut node.value {
            Value::List(list) => list,
            Value::Unknown | Value::Conflict(_) => return,
            other => {
                let problem = problems::select_in(origin, key, other, below);
                env.report(problem);
                return;
            }
        };
        let pins = || selected.iter().map(|(pins, _)| pins);
        let meant = Elements::of(list, pins()).map(|it| pins().map(|pins| it.meant(pins)).collect::<Vec<_>>());
        let Some(meant) = meant else {
            node.value = Value::Unknown;
            return;
        };
        let mut by_element: BTreeMap<usize, (EcoString, Edit)> = BTreeMap::new();
        for ((pins, edit), hits) in selected.into_iter().zip(meant) {
            let [hit] = hits.as_slice() else {
                let problem = problems::selects(edit.origin, key, &pins, hits.len(), list, below);
                env.report(problem);
                continue;
            };
            let name = list.get(*hit).and_then(|it| self.guarded(it)).unwrap_or_else(|| selector_text(&pins));
            self.selectors.entry(name.clone()).or_insert(pins);
            match by_element.get_mut(hit) {
                None => {
                    by_element.insert(*hit, (name, edit));
                }
                Some((_, first)) => {
                    let mut path = self.path.clone();
                    path.push(name);
                    combine(first, edit, &mut path, false);
                }
            }
        }
        // From the back, so that a removed element does not shift the others.
        let list = Arc::make_mut(list);
        for (hit, (name, edit)) in by_element.into_iter().rev() {
            let element = list.get(hit).cloned().invariant("a selected element is in its list");
            // The element is edited as the only entry of a map, under its selector's text.
            let mut holder = Map::default();
            holder.entries.insert(name.clone(), element);
            self.path.push(name.clone());
            self.edit(env, &mut holder, edit);
            self.path.pop();
            match holder.entries.shift_remove(&name) {
                Some(element) => {
                    *list.get_mut(hit).invariant("a selected element is in its list") = element;
                }
                None => {
                    list.remove(hit);
                }
            }
        }
    }
}

/// A new value remembers what it overrides, leaf by leaf where both are maps.
fn inherit(new: &mut Node, old: &Node) {
    if old.value == Value::Absent {
        return;
    }
    new.overrides(Overridden::of(old));
    if let (Value::Map(new), Value::Map(old)) = (&mut new.value, &old.value)
        && !Arc::ptr_eq(new, old)
    {
        for (key, node) in &mut Arc::make_mut(new).entries {
            if let Some(old) = old.entries.get(key) {
                inherit(node, old);
            }
        }
    }
}

/// Asks for the facts that decide whether two values are the same.
fn asked(env: &mut Env<'_>, old: &Value, new: &Value) {
    if !env.has_placeholders || old == new {
        return;
    }
    let is_open = match (old, new) {
        (Value::Template(it), Value::Text(text)) | (Value::Text(text), Value::Template(it)) => it.may_be(text),
        (Value::Template(_), Value::Absent | Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_))
        | (Value::Absent | Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_), Value::Template(_)) => false,
        _ => true,
    };
    if is_open {
        for it in [old, new] {
            it.each_template(&mut |it| env.needed_facts.extend(it.facts().cloned()));
        }
    }
}

/// Null and absent are the same to `==`, and not to Helm.
fn is_null(old: &Value, new: &Value) -> bool {
    (*old == Value::Null) != (*new == Value::Null)
}

/// Keeps places for the keys that a layer writes.
fn reserve(map: &mut Map, layer: &Layer) {
    for (key, edit) in &layer.edits {
        for op in &edit.ops {
            match op {
                // What only takes keys away makes no map.
                Op::Amend(inner) if inner.only_unsets() => {}
                Op::Amend(inner) => {
                    let node = map.entries.entry(key.clone()).or_insert_with(|| {
                        Node::new(Value::Map(Arc::new(Map { entries: IndexMap::default() })), edit.origin)
                    });
                    if let Value::Map(inner_map) = &mut node.value {
                        reserve(Arc::make_mut(inner_map), inner);
                    }
                }
                Op::Set(_) => {
                    map.entries.entry(key.clone()).or_insert_with(|| Node::new(Value::Absent, edit.origin));
                }
                Op::Unset | Op::Append(_) | Op::Select(..) => {}
            }
        }
    }
}

/// Gives up places that nothing came to stand in.
fn release(map: &mut Map) {
    map.entries.retain(|_, node| {
        if let Value::Map(inner) = &mut node.value {
            release(Arc::make_mut(inner));
        }
        node.value != Value::Absent
    });
}
