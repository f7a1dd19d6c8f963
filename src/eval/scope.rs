//! Names that an expression sees beside `cluster` and its like: variables of
//! comprehensions, `let`s of the blocks around it, an inventory's row, the
//! parameters of a function.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use ecow::EcoString;

use super::conform::{Conform, complete};
use super::env::Given;
use super::env::{Bound, Env, Heads, Local};
use crate::names;
use crate::source::{Anchor, IndexMap, Kind, Origin};
use crate::syntax::ast::{Block, Head};
use crate::syntax::{self};
use crate::types;
use crate::value::{Node, Value};

impl Env<'_> {
    /// The value of a variable of a comprehension, or of another name in scope.
    pub fn local(&mut self, name: &str) -> Option<Node> {
        self.bound(name)
    }

    /// What a name in scope stands for.
    pub(super) fn bound(&mut self, name: &str) -> Option<Node> {
        let known = self.locals.iter().rev().find_map(|(it, local)| match local {
            Local::Fields(fields) => fields.get(name).cloned().map(Local::Value),
            local => (it == name).then(|| local.clone()),
        });
        match known {
            Some(Local::Value(node)) => return Some(node),
            Some(Local::Let(bound)) => return Some(self.value_of(&bound)),
            Some(Local::Fields(_)) | None => {}
        }
        if let Some(row) = &self.row
            && row.inventory == self.anchor
            && let Some((_, node)) = row.names.iter().find(|(it, _)| it == name)
        {
            return Some(node.clone());
        }
        self.around(name)
    }

    /// Brings the names that a block binds into scope; returns the mark to go back to.
    pub fn bind(&mut self, block: &Block) -> usize {
        let mark = self.locals.len();
        for it in block.lets() {
            let bound = Bound {
                anchor: self.anchor,
                written: Arc::clone(it),
                depth: self.locals.len(),
                known: RefCell::default(),
            };
            self.locals.push((it.name.clone(), Local::Let(Rc::new(bound))));
        }
        mark
    }

    /// Evaluates with the fields of an object in scope.
    pub(super) fn with_fields<T>(
        &mut self,
        fields: &mut IndexMap<EcoString, Node>,
        run: impl FnOnce(&mut Self) -> T,
    ) -> T {
        let shared = Rc::new(std::mem::take(fields));
        self.locals.push((EcoString::new(), Local::Fields(Rc::clone(&shared))));
        let result = run(self);
        self.locals.pop();
        *fields = Rc::unwrap_or_clone(shared);
        result
    }

    /// The value that a `let` had when somebody asked before.
    fn known(&mut self, bound: &Bound) -> Option<Node> {
        let (node, steps, depth) = bound.known.borrow().clone()?;
        let origin = node.origin;
        self.leads_to(depth);
        Some(if self.spend(steps, origin) { node } else { Node::new(Value::Unknown, origin) })
    }

    fn value_of(&mut self, bound: &Bound) -> Node {
        if let Some(node) = self.known(bound) {
            return node;
        }
        let hidden = self.locals.split_off(bound.depth.min(self.locals.len()));
        let (before, reported) = (self.steps(), self.out.len());
        let written = Origin::new(bound.anchor, bound.written.node);
        let (node, depth) = self.linked(written, |env| {
            env.within(bound.anchor, |env| {
                let mut node = env.passed(&bound.written.value);
                if let Some(ty) = &bound.written.ty {
                    // What is wrong with the type itself is reported by `types`.
                    let mut ignored = Vec::new();
                    let ty = types::lower(env.db, names::index_of(env.db, env.anchor), env.anchor, ty, &mut ignored);
                    complete(env, &mut node, &ty, Conform::Final, None);
                }
                node
            })
        });
        self.locals.extend(hidden);
        // A problem that nobody listens to is said by whoever computes the value again.
        if self.unheard == 0 || self.out.len() == reported {
            *bound.known.borrow_mut() = Some((node.clone(), self.steps() - before, depth));
        }
        node
    }

    /// A `let` at the head of a declaration around the expression.
    fn around(&mut self, name: &str) -> Option<Node> {
        let known = self.heads.get(&self.anchor).cloned();
        let around = known.unwrap_or_else(|| {
            let heads = Rc::new(self.heads_around());
            self.heads.insert(self.anchor, Rc::clone(&heads));
            heads
        });
        let (_, Local::Let(bound)) = around.all.get(*around.by_name.get(name)?)? else { return None };
        if let Some(node) = self.known(bound) {
            return Some(node);
        }
        let hidden = std::mem::replace(&mut self.locals, around.all.get(..bound.depth)?.to_vec());
        let node = self.value_of(bound);
        self.locals = hidden;
        Some(node)
    }

    /// What the declaration and those around it bind at their heads, the outermost first.
    fn heads_around(&mut self) -> Heads {
        let mut chain = Vec::new();
        // What a definition binds, it binds where it is written.
        let mut at = Some(self.anchor.written(self.db));
        while let Some(anchor) = at {
            chain.push(anchor);
            at = anchor.parent(self.db);
        }
        let hidden = std::mem::take(&mut self.locals);
        for anchor in chain.into_iter().rev() {
            let block = body(self, anchor);
            self.within(anchor, |env| env.bind(block));
        }
        let all = std::mem::replace(&mut self.locals, hidden);
        let by_name = all.iter().enumerate().map(|(nth, (name, _))| (name.clone(), nth)).collect();
        Heads { all, by_name }
    }

    /// What `let`s came to is computed again: they may read what was not known before.
    pub fn forget_lets(&mut self) {
        self.heads.clear();
    }

    /// A declared function of some values. A function of an absent value is absent,
    /// unless its parameter may be.
    pub(super) fn apply(&mut self, function: Anchor, args: Vec<Node>, origin: Origin) -> Value {
        let Head::Fn { body, result, .. } = &syntax::declaration(self.db, function).head else { return Value::Unknown };
        if types::is_circular(self.db, function) {
            return Value::Unknown;
        }
        let ty = &types::function_type(self.db, function).value;
        let hidden = std::mem::take(&mut self.locals);
        let given = [&mut self.cluster, &mut self.params, &mut self.irsa].map(|it| std::mem::replace(it, Given::No));
        let catalogue = self.catalogue.take();
        let mut args = args.into_iter();
        let mut is_absent = false;
        for param in &ty.params {
            let passed = args.next().filter(|it| it.value != Value::Absent || param.default.is_none());
            let mut node = match (passed, &param.default) {
                (Some(it), _) => it,
                (None, Some(default)) => self.within(function, |env| env.passed(&default.expr)),
                (None, None) => Node::new(Value::Absent, origin),
            };
            is_absent |= node.value == Value::Absent && !param.may_be_left_out();
            complete(self, &mut node, &param.ty, Conform::Final, Some(param.origin));
            self.locals.push((param.name.clone(), Local::Value(node)));
        }
        let mut node = Node::new(Value::Absent, origin);
        if !is_absent {
            let made = self.called(origin, |env| env.within(function, |env| env.passed(body)));
            node = made.unwrap_or_else(|| Node::new(Value::Unknown, origin));
            if self.weigh(&node.value, origin) {
                complete(self, &mut node, &ty.result, Conform::Final, Some(Origin::new(function, result.node)));
            } else {
                node.value = Value::Unknown;
            }
        }
        self.locals = hidden;
        [self.cluster, self.params, self.irsa] = given;
        self.catalogue = catalogue;
        node.value
    }
}

fn body<'a>(env: &Env<'a>, anchor: Anchor) -> &'a Block {
    static EMPTY: Block = Block::new(0, Vec::new());
    // A row of an inventory has no text of its own, data no declaration.
    if anchor.kind(env.db) == Kind::Data { &EMPTY } else { &syntax::declaration(env.db, anchor).body }
}
