//! A block → the operations that it stands for.
//!
//! A layer is a set of operations on paths (`semantics.md` rule 3). Nothing is
//! applied here: two layers of one rank are first compared with each other.

use std::sync::Arc;

use ecow::EcoString;

use super::env::Env;
use super::problems;
use super::select::Pins;
use crate::source::{IndexMap, Origin};
use crate::syntax::ast::{Action, Block, CATALOGUE_NAME, Entry, Key, Member, Segment, Selector};
use crate::value::{Conflict, Node, Overridden, Value, same};

/// Blocks up to so many members are looked through for a key.
const SHORT: usize = 16;

/// What one block does, by key.
#[derive(Clone, Debug, Default)]
pub struct Layer {
    pub edits: IndexMap<EcoString, Edit>,
    /// The block, for the maps that it makes.
    pub origin: Option<Origin>,
}

/// What one block does at one key.
#[derive(Clone, Debug)]
pub struct Edit {
    pub origin: Origin,
    pub is_final: bool,
    /// In the order in which they are applied: `=`, blocks, selectors, `+=`.
    pub ops: Vec<Op>,
}

/// An operation at a path.
#[derive(Clone, Debug)]
pub enum Op {
    Set(Node),
    Unset,
    Amend(Layer),
    /// By what the selectors ask for.
    Select(IndexMap<EcoString, (Pins, Box<Edit>)>),
    Append(Vec<Node>),
}

impl Op {
    fn select(pins: Pins, edit: Edit) -> Self {
        // What is asked for, with the kinds of the values.
        let asked = ecow::eco_format!("{pins:?}");
        Self::Select(std::iter::once((asked, (pins, Box::new(edit)))).collect())
    }

    const fn stage(&self) -> u8 {
        match self {
            Self::Set(_) | Self::Unset => 0,
            Self::Amend(_) => 1,
            Self::Select(..) => 2,
            Self::Append(_) => 3,
        }
    }
}

/// The operations of a block. Entries whose condition does not hold are not
/// among them; nor are those whose condition is not known.
pub fn build(env: &mut Env<'_>, block: &Block) -> Layer {
    build_some(env, block, &Only::default())
}

/// Which entries of a block are looked at, and which of them name declarations.
#[derive(Clone, Copy, Default)]
pub struct Only<'a> {
    /// Only what lies at, above or below this path.
    pub path: &'a [&'a str],
    /// Not what lies below these keys where the path ends.
    pub except: &'a [&'a str],
    /// Keys whose values are names of declarations, not expressions.
    pub references: &'a [&'a str],
    /// Whether those keys name declarations in the blocks inside, too.
    pub deep: bool,
}

/// The operations of some entries of a block.
pub fn build_some(env: &mut Env<'_>, block: &Block, only: &Only<'_>) -> Layer {
    if !only.members_of(block).iter().any(|it| only.concerns(it)) {
        return Layer { edits: IndexMap::default(), origin: Some(env.at(block.node)) };
    }
    let mark = env.bind(block);
    let layer = build_members(env, block, only);
    env.locals.truncate(mark);
    layer
}

fn build_members(env: &mut Env<'_>, block: &Block, only: &Only<'_>) -> Layer {
    let mut own = Layer { edits: IndexMap::default(), origin: Some(env.at(block.node)) };
    let mut spread = Layer::default();
    let mut differ = Vec::new();
    for member in only.members_of(block) {
        match member {
            Member::Entry(entry) => add_entry(env, &mut own, entry, only),
            Member::Unset(unset) => {
                if only.below(&unset.path.segments).is_some()
                    && unset.when.as_ref().is_none_or(|it| env.holds(it) == Some(true))
                {
                    let origin = env.at(unset.node);
                    let edit = Edit { origin, is_final: false, ops: vec![Op::Unset] };
                    insert(env, &mut own, &unset.path.segments, edit);
                }
            }
            Member::Spread(it) => {
                if it.when.as_ref().is_none_or(|it| env.holds(it) == Some(true)) {
                    add_spread(env, &mut spread, &it.value, &mut differ);
                }
            }
            Member::Use(_)
            | Member::Drop(_)
            | Member::Attach(_)
            | Member::Detach(_)
            | Member::Override(_)
            | Member::Patch(_)
            | Member::Let(_)
            | Member::Rings(_) => {}
        }
    }
    spread.edits.retain(|key, _| match only.path.first() {
        Some(it) => it == key,
        None => !only.except.contains(&key.as_str()),
    });
    for (key, problem) in differ {
        if !own.edits.contains_key(&key) {
            env.report(problem);
        }
    }
    // A block's own entries beat its spreads wherever they stand.
    for (key, edit) in spread.edits {
        match own.edits.get_mut(&key) {
            None => {
                own.edits.insert(key, edit);
            }
            Some(mine) if mine.ops.iter().all(|it| it.stage() > 0) => {
                mine.ops.splice(0..0, edit.ops);
            }
            Some(mine) => {
                if env.traces
                    && let ([Op::Set(new)], [Op::Set(old)]) = (mine.ops.as_mut_slice(), edit.ops.as_slice())
                {
                    new.overrides(Overridden::of(old));
                }
            }
        }
    }
    own
}

impl Only<'_> {
    /// What to look at below a path of an entry; `None` if it is to be left out.
    fn below(&self, segments: &[Segment]) -> Option<Self> {
        let mut wanted = self.path.iter();
        for (nth, segment) in segments.iter().enumerate() {
            let wanted = wanted.next();
            // What stands there when a cluster is known may be any key.
            let Key::Name(name) = &segment.key else { continue };
            let is_left_out = nth == self.path.len() && self.except.contains(&name.as_str());
            if is_left_out || wanted.is_some_and(|it| it != name) {
                return None;
            }
        }
        let references = if self.deep { self.references } else { &[] };
        let except = if segments.len() > self.path.len() { &[] } else { self.except };
        Some(Self { path: wanted.as_slice(), except, references, deep: self.deep })
    }

    /// The members of a block among which are those that have to do with what is looked for.
    fn members_of<'b>(&self, block: &'b Block) -> Vec<&'b Member> {
        match self.path.first() {
            Some(key) if block.members.len() > SHORT => block.about(key),
            _ => block.members.iter().collect(),
        }
    }

    /// Whether a member may have to do with what is looked for.
    fn concerns(&self, member: &Member) -> bool {
        matches!(member, Member::Spread(_)) || member.path().is_some_and(|it| self.below(&it.segments).is_some())
    }

    fn is_reference(&self, segments: &[Segment]) -> bool {
        matches!(segments, [Segment { key: Key::Name(name), .. }] if self.references.contains(&name.as_str()))
    }
}

fn add_entry(env: &mut Env<'_>, layer: &mut Layer, entry: &Entry, only: &Only<'_>) {
    let Some(below) = only.below(&entry.path.segments) else { return };
    if let Some(when) = &entry.when
        && env.holds(when) != Some(true)
    {
        return;
    }
    let origin = env.at(entry.node);
    let op = match &entry.action {
        Action::Assign(value) => {
            let is_reference = only.is_reference(&entry.path.segments);
            let node = if is_reference { reference(env, value) } else { env.passed(value) };
            if node.value == Value::Absent {
                return;
            }
            Op::Set(node)
        }
        Action::Append(value) => {
            let is_reference = only.is_reference(&entry.path.segments);
            let mut node = if is_reference { reference(env, value) } else { env.passed(value) };
            if !matches!(node.value, Value::List(_)) {
                node = env.forced(node);
            }
            match node.value {
                Value::List(list) => Op::Append(list.to_vec()),
                Value::Absent => return,
                Value::Unknown | Value::Conflict(_) => Op::Append(vec![Node::new(Value::Unknown, node.origin)]),
                other => {
                    let at = env.at(value.node);
                    env.report(problems::append_what(at, &other));
                    return;
                }
            }
        }
        Action::Amend(block) | Action::AmendTyped { block, .. } => Op::Amend(build_some(env, block, &below)),
        Action::Declare { .. } => return,
    };
    insert(env, layer, &entry.path.segments, Edit { origin, is_final: entry.is_final, ops: vec![op] });
}

/// The name of a declaration, or a list of such, as text.
fn reference(env: &Env<'_>, expr: &crate::syntax::ast::Expr) -> Node {
    use crate::syntax::ast::ExprKind;
    let origin = env.at(expr.node);
    let value = match &expr.kind {
        ExprKind::List(elements) => {
            Value::List(Arc::new(elements.iter().map(|it| reference(env, &it.value)).collect()))
        }
        _ => crate::types::dotted(expr).map_or(Value::Unknown, |it| Value::Text(of_catalogue(env, it.into()))),
    };
    Node::new(value, origin)
}

/// A name with that of the catalogue around in it.
fn of_catalogue(env: &Env<'_>, name: EcoString) -> EcoString {
    let catalogue = env.catalogue.as_ref().and_then(|it| it.name.text());
    match catalogue.filter(|_| name.contains(CATALOGUE_NAME)) {
        Some(it) => name.replace(CATALOGUE_NAME, it),
        None => name,
    }
}

fn add_spread(
    env: &mut Env<'_>,
    spread: &mut Layer,
    value: &crate::syntax::ast::Expr,
    differ: &mut Vec<(EcoString, crate::diagnostic::Diagnostic)>,
) {
    let mut node = env.passed(value);
    if !matches!(node.value, Value::Map(_)) {
        node = env.forced(node);
    }
    match &node.value {
        Value::Map(map) => {
            for (key, node) in &map.entries {
                if let Some(first) = spread.edits.get(key) {
                    if let [Op::Set(other)] = first.ops.as_slice()
                        && !same(&other.value, &node.value)
                    {
                        let problem = problems::spreads_differ(env.at(value.node), key, first.origin);
                        differ.push((key.clone(), problem));
                    }
                } else {
                    let origin = env.at(value.node);
                    let edit = Edit { origin, is_final: false, ops: vec![Op::Set(node.clone())] };
                    spread.edits.insert(key.clone(), edit);
                }
            }
        }
        Value::Absent | Value::Null | Value::Unknown | Value::Conflict(_) => {}
        other => {
            let problem = problems::spread_what(env.at(value.node), other);
            env.report(problem);
        }
    }
}

/// Puts an edit at the end of a path, as blocks in blocks.
fn insert(env: &mut Env<'_>, layer: &mut Layer, segments: &[Segment], edit: Edit) {
    let Some((first, rest)) = segments.split_first() else { return };
    let Some(key) = key_of(env, &first.key) else { return };
    let origin = edit.origin;
    let mut inner = if rest.is_empty() {
        edit
    } else {
        let mut below = Layer { edits: IndexMap::default(), origin: Some(origin) };
        insert(env, &mut below, rest, edit);
        Edit { origin, is_final: false, ops: vec![Op::Amend(below)] }
    };
    for selector in first.selectors.iter().rev() {
        let Some(pins) = pins_of(env, selector) else { return };
        inner = Edit { origin, is_final: false, ops: vec![Op::select(pins, inner)] };
    }
    let mut path = vec![key.clone()];
    match layer.edits.get_mut(&key) {
        None => {
            layer.edits.insert(key, inner);
        }
        Some(existing) => combine(existing, inner, &mut path, true),
    }
}

fn key_of(env: &mut Env<'_>, key: &Key) -> Option<EcoString> {
    match key {
        Key::Name(it) => Some(it.clone()),
        Key::Interpolated(text) => match env.eval(text).value {
            Value::Text(it) => Some(it),
            _ => None,
        },
    }
}

fn pins_of(env: &mut Env<'_>, selector: &Selector) -> Option<Pins> {
    selector
        .pins
        .iter()
        .map(|(path, value)| {
            let value = env.eval(value).value;
            (!value.has_unknown()).then(|| (path.clone(), value))
        })
        .collect()
}

/// Joins two edits of one rank at one key. Where they disagree, the result is a
/// [`Value::Conflict`], which a higher layer may settle.
pub(super) fn combine(mine: &mut Edit, other: Edit, path: &mut Vec<EcoString>, same_block: bool) {
    mine.is_final |= other.is_final;
    let other_origin = other.origin;
    for op in other.ops {
        combine_op(mine, op, other_origin, path, same_block);
    }
    mine.ops.sort_by_key(Op::stage);
}

fn combine_op(mine: &mut Edit, op: Op, origin: Origin, path: &mut Vec<EcoString>, same_block: bool) {
    let settled = mine.ops.iter().position(|it| it.stage() == 0);
    match (op, settled) {
        (Op::Amend(layer), None) => {
            for existing in &mut mine.ops {
                if let Op::Amend(mine) = existing {
                    join(mine, layer, path, same_block);
                    return;
                }
            }
            mine.ops.push(Op::Amend(layer));
        }
        (Op::Append(list), Some(_)) if same_block => mine.ops.push(Op::Append(list)),
        (Op::Append(list), None) => {
            for existing in &mut mine.ops {
                if let Op::Append(mine) = existing {
                    mine.extend(list);
                    return;
                }
            }
            mine.ops.push(Op::Append(list));
        }
        (Op::Select(all), None) => {
            let existing = mine.ops.iter_mut().find_map(|it| if let Op::Select(mine) = it { Some(mine) } else { None });
            let Some(mine) = existing else {
                mine.ops.push(Op::Select(all));
                return;
            };
            for (asked, (pins, edit)) in all {
                match mine.get_mut(&asked) {
                    Some((_, mine)) => combine(mine, *edit, path, same_block),
                    None => {
                        mine.insert(asked, (pins, edit));
                    }
                }
            }
        }
        (Op::Select(all), Some(_)) if same_block => mine.ops.push(Op::Select(all)),
        (op, settled) => settle(mine, op, origin, settled, path, same_block),
    }
}

/// At least one of the two replaces the whole path.
fn settle(mine: &mut Edit, op: Op, origin: Origin, settled: Option<usize>, path: &[EcoString], same_block: bool) {
    let my_op = settled.and_then(|it| mine.ops.get(it)).or_else(|| mine.ops.first());
    let (my_value, their_value) = (my_op.and_then(outcome), outcome(&op));
    if matches!(my_value, Some(Value::Conflict(_))) {
        return;
    }
    if let (Some(my_value), Some(their_value)) = (&my_value, &their_value) {
        if my_value.has_unknown() || their_value.has_unknown() {
            mine.ops = vec![Op::Set(Node::new(Value::Unknown, origin))];
            return;
        }
        let both_unset = (my_value == &Value::Absent) && (their_value == &Value::Absent);
        let one_unset = (my_value == &Value::Absent) != (their_value == &Value::Absent);
        if both_unset || (!one_unset && same(my_value, their_value)) {
            if settled.is_none() {
                mine.ops = vec![op];
            }
            return;
        }
    }
    let conflict = Conflict {
        path: path.to_vec(),
        a: (mine.origin, my_value.unwrap_or(Value::Unknown)),
        b: (origin, their_value.unwrap_or(Value::Unknown)),
        same_block,
    };
    mine.ops = vec![Op::Set(Node::new(Value::Conflict(Arc::new(conflict)), origin))];
}

/// What an operation leaves at its path, whatever was there; `None` if that
/// depends on what was there.
fn outcome(op: &Op) -> Option<Value> {
    match op {
        Op::Set(node) => Some(node.value.clone()),
        Op::Unset => Some(Value::Absent),
        Op::Amend(layer) => layer.as_value(),
        Op::Append(_) | Op::Select(..) => None,
    }
}

impl Layer {
    /// The layer that amends `key` by another.
    #[must_use]
    pub fn below(key: &str, inner: Self, origin: Origin) -> Self {
        let edit = Edit { origin, is_final: false, ops: vec![Op::Amend(inner)] };
        Self { edits: std::iter::once((EcoString::from(key), edit)).collect(), origin: Some(origin) }
    }

    /// Whether it only takes keys away: then it makes no map where there is none.
    #[must_use]
    pub fn only_unsets(&self) -> bool {
        !self.edits.is_empty()
            && self.edits.values().flat_map(|it| &it.ops).all(|op| match op {
                Op::Unset => true,
                Op::Amend(inner) => inner.only_unsets(),
                Op::Set(_) | Op::Select(..) | Op::Append(_) => false,
            })
    }

    /// Whether it settles the value at a path, whatever lies below.
    #[must_use]
    pub fn settles(&self, path: &[&str]) -> bool {
        let Some((first, rest)) = path.split_first() else { return false };
        self.edits.get(*first).is_some_and(|edit| {
            edit.ops.iter().any(|op| match op {
                Op::Set(_) | Op::Unset => true,
                Op::Amend(inner) => inner.settles(rest),
                Op::Select(..) | Op::Append(_) => false,
            })
        })
    }

    /// The map that the block makes where nothing is below it; `None` if it
    /// selects, appends or unsets.
    fn as_value(&self) -> Option<Value> {
        let mut entries = IndexMap::default();
        for (key, edit) in &self.edits {
            let value = match edit.ops.as_slice() {
                [Op::Set(node)] => node.clone(),
                [Op::Amend(layer)] => Node::new(layer.as_value()?, edit.origin),
                _ => return None,
            };
            entries.insert(key.clone(), value);
        }
        Some(Value::of_map(entries))
    }
}

/// Joins two layers of one rank.
pub(super) fn join(mine: &mut Layer, other: Layer, path: &mut Vec<EcoString>, same_block: bool) {
    mine.origin = mine.origin.or(other.origin);
    for (key, edit) in other.edits {
        path.push(key.clone());
        match mine.edits.get_mut(&key) {
            None => {
                mine.edits.insert(key, edit);
            }
            Some(existing) => combine(existing, edit, path, same_block),
        }
        path.pop();
    }
}
