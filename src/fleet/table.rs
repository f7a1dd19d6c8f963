//! Facts and params: declared names whose values may refer to each other.

use std::cell::RefCell;
use std::collections::BTreeMap;

use ecow::EcoString;

use super::declarations::{Declarations, Declared, PARAM};
use super::{fact_problems, problems};
use crate::eval::{Conform, Contribution, Effect, Env, Fold, Layer, Lazy, Only, Op, build_some, complete};
use crate::source::{Anchor, IndexMap, Origin};
use crate::syntax::ast::{Block, Expr, ExprKind};
use crate::types::Type;
use crate::value::{Map, Node, Value};

/// A block that may set declared names.
pub(super) struct Setter<'a> {
    pub anchor: Anchor,
    pub block: &'a Block,
    pub specificity: u8,
    pub name: EcoString,
}

/// Declared names and the layers that set them, lowest rank first.
pub(super) struct Table<'a> {
    pub declared: &'a Declarations,
    pub ranks: Vec<Vec<Setter<'a>>>,
    /// The block in which they are set: `params`, or none for facts.
    pub block: Option<&'static str>,
    /// `fact`, [`PARAM`] or [`CATALOGUE_PARAM`].
    pub what: &'static str,
    /// Whether a name without a value is an error: not where no cluster is given.
    pub complete: bool,
    /// Values from elsewhere, below every layer and above the defaults.
    pub given: Option<&'a Map>,
    /// Whether a cycle is reported: where it is not, whoever asks for all names reports it.
    pub says_cycles: bool,
    /// Whether a bare reference has the place where it is written: for those who ask where a value is from.
    pub traces: bool,
    pub state: RefCell<State>,
}

/// What is known of the names so far.
#[derive(Default)]
pub(super) struct State {
    /// Values, and how many others each leads to in a row.
    done: BTreeMap<EcoString, (Node, usize)>,
    /// Being computed, outermost first.
    active: Vec<EcoString>,
    effects: Vec<Effect>,
}

impl State {
    /// What the entries that set names did.
    pub(super) fn effects(&self) -> Vec<Effect> {
        self.effects.clone()
    }
}

impl Lazy for Table<'_> {
    fn get(&self, env: &mut Env<'_>, name: &str, at: Origin) -> Option<Node> {
        let declared = self.declared.get(name)?;
        if let Some((node, depth)) = self.state.borrow().done.get(name) {
            env.leads_to(*depth);
            return Some(node.clone());
        }
        let cycle = {
            let state = self.state.borrow();
            state.active.iter().position(|it| it == name).map(|from| {
                let path: Vec<&str> =
                    state.active.iter().skip(from).map(EcoString::as_str).chain(std::iter::once(name)).collect();
                path.join(" → ")
            })
        };
        if let Some(path) = cycle {
            if self.says_cycles {
                env.report(problems::cycle(at, self.what, &path));
            }
            return Some(Node::new(Value::Unknown, at));
        }
        self.state.borrow_mut().active.push(name.into());
        let outer = env.traces;
        env.traces |= self.traces;
        let (node, depth) = env.linked(declared.origin, |env| self.compute(env, declared));
        env.traces = outer;
        let mut state = self.state.borrow_mut();
        state.active.pop();
        state.done.insert(name.into(), (node.clone(), depth));
        Some(node)
    }

    fn names(&self) -> Vec<EcoString> {
        self.declared.keys().cloned().collect()
    }
}

impl<'a> Table<'a> {
    /// Params, and the blocks that set them.
    pub(super) fn of_params(declared: &'a Declarations, ranks: Vec<Vec<Setter<'a>>>, complete: bool) -> Self {
        Self {
            declared,
            ranks,
            block: Some("params"),
            what: PARAM,
            complete,
            given: None,
            says_cycles: true,
            traces: false,
            state: RefCell::default(),
        }
    }
}

impl Table<'_> {
    fn compute(&self, env: &mut Env<'_>, declared: &Declared) -> Node {
        let path: Vec<&str> = self.block.into_iter().chain(std::iter::once(declared.name.as_str())).collect();
        let only = Only { path: &path, ..Only::default() };
        let locals = std::mem::take(&mut env.locals);
        let mut ranks: Vec<Vec<Contribution>> = Vec::new();
        for rank in &self.ranks {
            let contributions: Vec<Contribution> = rank
                .iter()
                .map(|it| Contribution {
                    specificity: it.specificity,
                    name: it.name.clone(),
                    layer: env.within(it.anchor, |env| build_some(env, it.block, &only)),
                })
                .filter(|it| !is_empty(&it.layer))
                .collect();
            if !contributions.is_empty() {
                ranks.push(contributions);
            }
        }
        if let (Some(at), Some(first)) = (declared.is_final, ranks.iter().flatten().next()) {
            let by = first.layer.edits.values().next().map_or(declared.origin, |it| it.origin);
            env.report(problems::final_declaration(by, self.what, &declared.name, at));
            ranks.clear();
        }
        // The declaration is the lowest layer; its value is computed only where a higher one builds on it.
        let is_settled = ranks.iter().flatten().any(|it| it.layer.settles(&path));
        let given = self.given.and_then(|it| it.entries.get(&declared.name));
        let mut fold = match (&declared.default, given) {
            (_, Some(given)) if !is_settled => Fold::over(&nested(&path, given.clone())),
            (Some(default), _) if !is_settled || is_literal(&default.expr) => {
                let mut value = env.within(default.anchor, |env| env.passed(&default.expr));
                if !ranks.is_empty() {
                    // Higher layers append to what its type fills in; what is wrong is said of the whole.
                    env.without_words(|env| {
                        complete(env, &mut value, &declared.ty, Conform::Partial, Some(declared.origin));
                    });
                }
                Fold::over(&nested(&path, value))
            }
            _ => Fold::new(),
        };
        for rank in ranks {
            fold.apply_rank(env, rank);
        }
        self.state.borrow_mut().effects.append(&mut fold.take_effects());
        let set = fold.into_node(declared.origin).at(&path).cloned();
        let mut node = match set {
            Some(node) => node,
            None if matches!(declared.ty, Type::Optional(_)) => Node::new(Value::Absent, declared.origin),
            None => {
                if self.complete {
                    env.report(fact_problems::no_value(declared, self.what));
                }
                Node::new(Value::Unknown, declared.origin)
            }
        };
        env.locals = locals;
        if let Value::Conflict(conflict) = &node.value {
            let what = ecow::eco_format!("{} `{}`", self.what, declared.name);
            env.report(crate::eval::conflict(conflict, &what));
            node.value = Value::Unknown;
        }
        complete(env, &mut node, &declared.ty, Conform::Final, Some(declared.origin));
        // Twenty names, each twice the one before, are a million values to whoever looks at them.
        if !env.weigh(&node.value, declared.origin) {
            node.value = Value::Unknown;
        }
        node
    }

    /// The values of all names.
    pub(super) fn all(&self, env: &mut Env<'_>) -> Vec<(EcoString, Node)> {
        self.declared
            .values()
            .filter_map(|it| self.get(env, &it.name, it.origin).map(|node| (it.name.clone(), node)))
            .collect()
    }
}

/// What needs no evaluation to be compared with.
const fn is_literal(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::Text(_) | ExprKind::Int(_) | ExprKind::Float(_) | ExprKind::Bool(_))
}

/// A value at the end of a path, as maps; what is absent makes none.
fn nested(path: &[&str], value: Node) -> Node {
    path.iter().rev().fold(value, |inner, key| {
        let origin = inner.origin;
        let entries = match inner.value {
            Value::Absent => IndexMap::default(),
            _ => std::iter::once((EcoString::from(*key), inner)).collect(),
        };
        Node::new(Value::of_map(entries), origin)
    })
}

/// Whether a layer does nothing: blocks that say nothing may be in it.
fn is_empty(layer: &Layer) -> bool {
    let does_nothing = |it: &Op| matches!(it, Op::Amend(inner) if is_empty(inner));
    layer.edits.values().flat_map(|it| &it.ops).all(does_nothing)
}
