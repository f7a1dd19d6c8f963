//! What evaluation may cost. Every expression ends; the budget is for those that end
//! too late.

use super::env::Env;
use super::problems;
use crate::diagnostic::code;
use crate::source::Origin;
use crate::value::{Node, Value};

/// Most steps that one declaration may take for one cluster.
const STEPS: u64 = 1_000_000;

/// Most calls of functions inside each other.
const CALLS: u32 = 200;

/// Most facts, params or `let`s in a row of which each refers to the next.
const LINKS: usize = 200;

/// So many are computed inside each other; more would not fit on the stack.
const MOST_LINKS: usize = 10 * LINKS;

/// Most lists and objects inside each other: a line of YAML is as long as it is deep.
const DEPTH: usize = 200;

/// How many nodes of a value are looked at in one step.
const NODES: u64 = 16;

impl Env<'_> {
    /// Takes `count` steps of the budget; false once it is used up, which is reported once.
    pub(crate) fn spend(&mut self, count: u64, at: Origin) -> bool {
        let before = self.budget.steps;
        self.budget.steps = before.saturating_add(count);
        if before <= STEPS && self.budget.steps > STEPS {
            self.report(problems::budget(at, STEPS));
        }
        self.budget.steps <= STEPS
    }

    /// Runs something whose problems are reported elsewhere; whether it has none. That the budget
    /// is spent is reported once, here or nowhere: what follows is unknown.
    pub fn without_words(&mut self, run: impl FnOnce(&mut Self)) -> bool {
        let mut outer = std::mem::take(&mut self.out);
        self.unheard += 1;
        run(self);
        self.unheard -= 1;
        let is_clean = self.out.is_empty();
        outer.extend(std::mem::take(&mut self.out).into_iter().filter(|it| it.code == code::BUDGET));
        self.out = outer;
        is_clean
    }

    /// Steps for a text that is about to be made, in bytes.
    pub(super) fn spend_text(&mut self, bytes: u64, at: Origin) -> bool {
        self.spend(bytes / 8, at)
    }

    /// Steps taken so far.
    pub(crate) const fn steps(&self) -> u64 {
        self.budget.steps
    }

    /// Takes the steps for a value's size, whose parts may be shared: a few calls can
    /// make what no disk holds.
    pub(crate) fn weigh(&mut self, value: &Value, at: Origin) -> bool {
        self.look(value, at).is_some()
    }

    /// Whether all of a value is known. To look at it takes steps.
    pub(super) fn knows(&mut self, value: &Value, at: Origin) -> bool {
        self.look(value, at) == Some(true)
    }

    /// Whether a value has too much inside each other, which is reported. Takes no steps: whoever made
    /// the value has taken them.
    pub(crate) fn is_too_deep(&mut self, value: &Value, at: Origin) -> bool {
        let mut look = Look { left: STEPS.saturating_mul(NODES), is_too_deep: false };
        look.is_known(value, 0);
        if look.is_too_deep {
            self.report(problems::value_too_deep(at, DEPTH));
        }
        look.is_too_deep
    }

    fn look(&mut self, value: &Value, at: Origin) -> Option<bool> {
        let most = STEPS.saturating_sub(self.budget.steps).saturating_add(1).saturating_mul(NODES);
        let mut look = Look { left: most, is_too_deep: false };
        let known = look.is_known(value, 0);
        if look.is_too_deep {
            self.report(problems::value_too_deep(at, DEPTH));
            return None;
        }
        self.spend((most - look.left) / NODES, at).then_some(known)
    }

    /// Runs the body of a function, unless too many are around it.
    pub(super) fn called<T>(&mut self, at: Origin, run: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.budget.calls >= CALLS {
            self.report(problems::too_deep(at, CALLS));
            return None;
        }
        self.budget.calls += 1;
        let result = run(self);
        self.budget.calls -= 1;
        Some(result)
    }

    /// Computes what a fact, a param or a `let` stands for: its value, and how many others it leads to in a row.
    /// That more than [`LINKS`] are too many does not depend on which of them is asked for first.
    pub(crate) fn linked(&mut self, at: Origin, run: impl FnOnce(&mut Self) -> Node) -> (Node, usize) {
        if self.links.len() >= MOST_LINKS {
            self.report(problems::too_many_links(at, LINKS));
            // Said here, and by none of those that are around it.
            self.leads_to(LINKS + 1);
            return (Node::new(Value::Unknown, at), LINKS + 1);
        }
        self.links.push(0);
        let node = run(self);
        let depth = self.links.pop().unwrap_or_default() + 1;
        if depth == LINKS + 1 {
            self.report(problems::too_many_links(at, LINKS));
        }
        self.leads_to(depth);
        (node, depth)
    }

    /// Notes that what is computed asks for something that leads to so many others.
    pub(crate) fn leads_to(&mut self, depth: usize) {
        if let Some(last) = self.links.last_mut() {
            *last = depth.max(*last);
        }
    }
}

/// A look at a value: how much of it there is.
struct Look {
    /// How many nodes it may still have.
    left: u64,
    is_too_deep: bool,
}

impl Look {
    /// Whether all of a value is known; false too where it is more than may be looked at.
    fn is_known(&mut self, value: &Value, depth: usize) -> bool {
        let Some(rest) = self.left.checked_sub(1) else { return false };
        self.left = rest;
        self.is_too_deep |= depth > DEPTH;
        match value {
            Value::Unknown | Value::Conflict(_) => false,
            Value::List(_) | Value::Map(_) if self.is_too_deep => false,
            Value::List(it) => it.iter().all(|it| self.is_known(&it.value, depth + 1)),
            Value::Map(it) => it.entries.values().all(|it| self.is_known(&it.value, depth + 1)),
            _ => true,
        }
    }
}
