//! Comprehensions: `[for x in xs => …]` and `{for k, v in m => k = …}`.

use std::sync::Arc;

use ecow::EcoString;

use super::env::Env;
use super::env::Local;
use super::problems;
use crate::source::IndexMap;
use crate::syntax::ast::{Expr, ForHead};
use crate::value::{Node, Value};

impl Env<'_> {
    /// Runs `each` for every element, with the loop's variables in scope. False
    /// if what is gone through is not known.
    pub fn each(&mut self, head: &ForHead, mut each: impl FnMut(&mut Self)) -> bool {
        let mut over = self.passed(&head.over);
        if !matches!(over.value, Value::List(_) | Value::Map(_)) {
            over = self.forced(over);
        }
        let origin = self.at(head.over.node);
        let pairs: Vec<(Node, Node)> = match &over.value {
            Value::List(list) => list
                .iter()
                .enumerate()
                .map(|(nth, it)| (Node::new(Value::Int(i64::try_from(nth).unwrap_or(i64::MAX)), it.origin), it.clone()))
                .collect(),
            Value::Map(map) => map
                .entries
                .iter()
                .map(|(key, it)| (Node::new(Value::Text(key.clone()), it.origin), it.clone()))
                .collect(),
            Value::Absent | Value::Null => Vec::new(),
            Value::Unknown | Value::Conflict(_) => return false,
            other => {
                let problem = problems::iterate(origin, other);
                self.report(problem);
                return false;
            }
        };
        let mut known = true;
        for (key, value) in pairs {
            if !self.spend(1, origin) {
                return false;
            }
            let mark = self.locals.len();
            match head.names.as_slice() {
                [(_, only)] => self.locals.push((only.clone(), Local::Value(value))),
                [(_, first), (_, second), ..] => {
                    self.locals.push((first.clone(), Local::Value(key)));
                    self.locals.push((second.clone(), Local::Value(value)));
                }
                [] => {}
            }
            match head.condition.as_ref().map(|it| self.holds(it)) {
                None | Some(Some(true)) => each(self),
                Some(Some(false)) => {}
                Some(None) => known = false,
            }
            self.locals.truncate(mark);
        }
        known
    }

    pub(super) fn list_for(&mut self, head: &ForHead, body: &Expr) -> Value {
        let mut list = Vec::new();
        let known = self.each(head, |env| {
            let node = env.passed(body);
            if node.value != Value::Absent {
                list.push(node);
            }
        });
        self.weighed(known, Value::List(Arc::new(list)), &head.over)
    }

    pub(super) fn map_for(&mut self, head: &ForHead, key: &Expr, body: &Expr) -> Value {
        let mut entries: IndexMap<EcoString, Node> = IndexMap::default();
        let mut keys_known = true;
        let known = self.each(head, |env| {
            let name = env.eval(key);
            match &name.value {
                Value::Text(name) => {
                    let node = env.passed(body);
                    if let Some(first) = entries.get(name).map(|it| it.origin) {
                        let problem = problems::twice(env.at(key.node), name, first);
                        env.report(problem);
                    } else if node.value != Value::Absent {
                        entries.insert(name.clone(), node);
                    }
                }
                Value::Unknown | Value::Conflict(_) => keys_known = false,
                other => {
                    let problem = problems::not_a_key(env.at(key.node), other);
                    env.report(problem);
                }
            }
        });
        self.weighed(known && keys_known, Value::of_map(entries), &head.over)
    }

    /// Elements may share what is in them: what is made is paid for by its size.
    fn weighed(&mut self, known: bool, made: Value, over: &Expr) -> Value {
        let at = self.at(over.node);
        if known && self.weigh(&made, at) { made } else { Value::Unknown }
    }
}
