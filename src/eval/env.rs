//! What an expression is evaluated in: what it may name, what it may cost, and what is wrong.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use ecow::EcoString;

use super::promise::Promise;
use crate::diagnostic::{Diagnostic, keep};
use crate::names::Index;
use crate::source::{Anchor, Db, IndexMap, IndexSet, NodeId, Origin};
use crate::syntax::ast::BlockLet;
use crate::value::{Map, Node, Value};

/// What an expression is evaluated in.
pub struct Env<'a> {
    pub db: &'a dyn Db,
    pub index: &'a Index,
    /// The declaration that the expression stands in.
    pub anchor: Anchor,
    pub cluster: Given<'a>,
    pub params: Given<'a>,
    pub irsa: Given<'a>,
    pub catalogue: Option<Catalogue<'a>>,
    pub fleet: Value,
    pub locals: Vec<(EcoString, Local)>,
    /// The row that a cluster was made of, as its inventory calls it.
    pub row: Option<Arc<Row>>,
    pub out: Vec<Diagnostic>,
    /// The cluster that is looked at, for messages.
    pub cluster_name: Option<EcoString>,
    /// Facts that are not known here and that something depends on otherwise than by
    /// passing them on.
    pub needed_facts: IndexSet<EcoString>,
    /// Whether some of the cluster's facts are placeholders.
    pub has_placeholders: bool,
    /// What texts with placeholders must be on each cluster.
    pub promises: Vec<Promise>,
    /// Whether a bare reference has the place where it is written, not that of what it
    /// refers to: for those who ask which entry set a value.
    pub traces: bool,
    pub(super) budget: Budget,
    /// How many are around that do not listen to problems.
    pub(super) unheard: usize,
    /// For each fact, param or `let` that is being computed, how many others it leads to in a row.
    pub(super) links: Vec<usize>,
    /// Regular expressions that steps were taken for.
    pub(super) patterns: IndexSet<EcoString>,
    /// By declaration: the `let`s around it that were asked for.
    pub(super) heads: IndexMap<Anchor, Rc<Heads>>,
}

/// Names that are computed when they are first asked for: facts and params refer
/// to each other.
pub trait Lazy {
    /// The value of a name; `None` if there is no such name.
    fn get(&self, env: &mut Env<'_>, name: &str, at: Origin) -> Option<Node>;
    /// All names, in order.
    fn names(&self) -> Vec<EcoString>;
}

/// What `cluster` or `params` stands for.
#[derive(Clone, Default)]
pub enum Given<'a> {
    /// Cannot be read here.
    #[default]
    No,
    /// There is one, and it is not known which.
    Unknown,
    Known(Arc<Map>),
    Lazy(&'a dyn Lazy),
    Shared(Rc<dyn Lazy + 'a>),
}

/// What `catalogue` stands for: the catalogue around an item, and the params that it gives to its definition.
#[derive(Clone)]
pub struct Catalogue<'a> {
    pub name: Node,
    pub params: Given<'a>,
}

/// What a name in scope stands for.
#[derive(Clone)]
pub enum Local {
    Value(Node),
    /// Computed when it is first asked for.
    Let(Rc<Bound>),
    /// The fields of an object, each under its own name.
    Fields(Rc<IndexMap<EcoString, Node>>),
}

/// A `let` of a block that is being evaluated.
pub struct Bound {
    pub(super) anchor: Anchor,
    pub(super) written: Arc<BlockLet>,
    /// How many names were in scope above it.
    pub(super) depth: usize,
    /// The value, the steps that it took, and how many others it leads to in a row.
    pub(super) known: RefCell<Option<(Node, u64, usize)>>,
}

/// The `let`s at the heads of a declaration and of those around it.
pub(super) struct Heads {
    pub(super) all: Vec<(EcoString, Local)>,
    pub(super) by_name: IndexMap<EcoString, usize>,
}

/// The row of data that a cluster was made of.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The inventory, in whose text the names mean something.
    pub inventory: Anchor,
    /// `row`, or `key` and `row`.
    pub names: Vec<(EcoString, Node)>,
    /// Its place in the data.
    pub origin: Origin,
}

/// What a declaration has taken so far.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Budget {
    pub(super) steps: u64,
    pub(super) calls: u32,
}

impl<'a> Env<'a> {
    /// Without a cluster, params or locals.
    pub fn new(db: &'a dyn Db, index: &'a Index, anchor: Anchor) -> Self {
        Self {
            db,
            index,
            anchor,
            cluster: Given::No,
            params: Given::No,
            irsa: Given::No,
            catalogue: None,
            row: None,
            fleet: Value::Unknown,
            locals: Vec::new(),
            out: Vec::new(),
            cluster_name: None,
            needed_facts: IndexSet::default(),
            has_placeholders: false,
            promises: Vec::new(),
            traces: false,
            budget: Budget::default(),
            unheard: 0,
            links: Vec::new(),
            patterns: IndexSet::default(),
            heads: IndexMap::default(),
        }
    }

    /// A place in the declaration.
    #[must_use]
    pub const fn at(&self, node: NodeId) -> Origin {
        Origin::new(self.anchor, node)
    }

    /// Reports a problem, naming the cluster that shows it.
    pub fn report(&mut self, problem: Diagnostic) -> Value {
        let problem = problem.on(self.cluster_name.as_ref());
        keep(&mut self.out, problem);
        Value::Unknown
    }

    /// Evaluates in another declaration's text.
    pub fn within<T>(&mut self, anchor: Anchor, run: impl FnOnce(&mut Self) -> T) -> T {
        let outer = std::mem::replace(&mut self.anchor, anchor);
        let result = run(self);
        self.anchor = outer;
        result
    }

    /// Evaluates with one more name in scope.
    pub fn with_local<T>(&mut self, name: &str, value: Node, run: impl FnOnce(&mut Self) -> T) -> T {
        self.locals.push((name.into(), Local::Value(value)));
        let result = run(self);
        self.locals.pop();
        result
    }

    /// A node that somebody looks at: what has placeholders in it is not known, and the facts
    /// that belong in them are needed.
    pub fn forced(&mut self, mut node: Node) -> Node {
        if self.has_placeholders {
            let needed_facts = self.needed_facts.len();
            let mut found = false;
            node.value.each_template(&mut |it| {
                found = true;
                self.needed_facts.extend(it.facts().cloned());
            });
            debug_assert!(found || needed_facts == self.needed_facts.len(), "a template has placeholders");
            if found {
                node.value = Value::Unknown;
            }
        }
        node
    }
}
