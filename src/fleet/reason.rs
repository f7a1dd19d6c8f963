//! Why an entry counts on a cluster, and what its value is made of.

use std::sync::Arc;

use ecow::EcoString;

use super::cluster_data::Cluster;
use super::evaluated::Evaluated;
use super::finder;
use super::parameters::traced_catalogue;
use super::statement::About;
use crate::eval::{Env, Given};
use crate::names;
use crate::source::{Anchor, Db, Kind, NodeId, Origin};
use crate::syntax::{
    self,
    ast::{Action, Expr, ExprKind, Member},
};
use crate::value::{Node, Value};

/// What stands behind a place in the sources, on one cluster.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reason {
    /// What had to hold, outermost first: a rule's condition, an override's, an entry's.
    pub conditions: Vec<Condition>,
    /// What the value at the place is computed from.
    pub reads: Vec<Read>,
    /// What the override around the place says of itself.
    pub about: About,
}

/// A condition that holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    pub at: Origin,
    pub reads: Vec<Read>,
}

/// A value that an expression reads: its own layers are those of its node.
#[derive(Clone, Debug, PartialEq)]
pub struct Read {
    pub at: Origin,
    /// What it is called, if not as it is written there: a variable of Flux'.
    pub called: Option<EcoString>,
    /// The names that it is written with: `cluster`, `region`.
    pub names: Vec<EcoString>,
    pub node: Node,
    /// Whether it is a credential: then nobody shows the text of its place either.
    pub is_hidden: bool,
}

/// What stands behind a place. `item` is the add-on whose params are meant, `inside` what was made where a definition of a
/// catalogue says it.
#[must_use]
pub fn reason(db: &dyn Db, cluster: &Cluster, item: Option<&Evaluated>, inside: Option<Anchor>, at: Origin) -> Reason {
    if at.anchor.kind(db) == Kind::Data {
        return Reason::default();
    }
    let declaration = syntax::declaration(db, at.anchor);
    let trail = syntax::trail(declaration, at.node);
    let mut env = cluster.env(db);
    env.index = names::index_of(db, at.anchor);
    env.anchor = at.anchor;
    let around = |of: Anchor| std::iter::successors(Some(of), |it| it.parent(db)).find(|it| it.kind(db).is_catalogue());
    let mut catalogues = [Some(at.anchor), inside].into_iter().flatten().filter_map(around);
    env.catalogue = catalogues.find(|it| !names::is_template(db, *it)).map(|it| traced_catalogue(db, it));
    if let Some(it) = item {
        env.params = Given::Known(Arc::clone(&it.params));
    }
    let conditions = trail
        .conditions
        .iter()
        .map(|it| Condition { at: Origin::new(at.anchor, it.node), reads: reads(&mut env, it) })
        .collect();
    for block in &trail.blocks {
        env.bind(block);
    }
    let around = |node: NodeId| trail.blocks.iter().any(|it| it.node == node);
    let overrides = &finder::statements(db, at.anchor).value.overrides;
    let about = overrides.iter().find(|it| around(it.block.node)).map(|it| it.about.clone());
    let reads = trail.expression.map(|it| reads(&mut env, it));
    Reason { conditions, reads: reads.unwrap_or_default(), about: about.unwrap_or_default() }
}

/// What an expression reads, each once.
fn reads(env: &mut Env<'_>, expr: &Expr) -> Vec<Read> {
    let mut names: Vec<&Expr> = Vec::new();
    read_by(expr, &mut names);
    let before = env.out.len();
    let mut found: Vec<Read> = Vec::new();
    for it in names {
        let node = env.passed(it);
        let is_shown = !matches!(node.value, Value::Unknown | Value::Conflict(_) | Value::Template(_));
        if is_shown && !found.iter().any(|known| known.node == node) {
            found.push(Read { at: env.at(it.node), called: None, names: names_of(it), node, is_hidden: false });
        }
    }
    env.out.truncate(before);
    found
}

/// The names of a path: `cluster.region` has two.
fn names_of(expr: &Expr) -> Vec<EcoString> {
    match &expr.kind {
        ExprKind::Name(it) => vec![it.clone()],
        ExprKind::Member { of, name, .. } => [names_of(of), vec![name.clone()]].concat(),
        ExprKind::Index { of, .. } => names_of(of),
        _ => Vec::new(),
    }
}

/// The names in an expression, with what is asked of each: `cluster.region` is one.
fn read_by<'a>(expr: &'a Expr, found: &mut Vec<&'a Expr>) {
    match &expr.kind {
        ExprKind::Name(_) | ExprKind::Member { .. } | ExprKind::Index { .. } => found.push(expr),
        ExprKind::Interpolation(parts) => parts.iter().for_each(|it| read_by(it, found)),
        ExprKind::Call { args, .. } => args.iter().for_each(|it| read_by(it, found)),
        ExprKind::Unary(_, of) => read_by(of, found),
        ExprKind::Binary(_, a, b) => {
            read_by(a, found);
            read_by(b, found);
        }
        ExprKind::If { condition, then, otherwise } => {
            for it in [condition, then, otherwise] {
                read_by(it, found);
            }
        }
        ExprKind::Match { subject, arms } => {
            read_by(subject, found);
            for it in arms {
                read_by(&it.body, found);
            }
        }
        ExprKind::List(elements) => elements.iter().for_each(|it| read_by(&it.value, found)),
        ExprKind::ListFor { head, .. } | ExprKind::MapFor { head, .. } => read_by(&head.over, found),
        // Its entries have places of their own.
        ExprKind::Object(block) => {
            for member in &block.members {
                if let Member::Entry(entry) = member
                    && let Action::Assign(value) = &entry.action
                {
                    read_by(value, found);
                }
            }
        }
        ExprKind::Null
        | ExprKind::Bool(_)
        | ExprKind::Int(_)
        | ExprKind::Float(_)
        | ExprKind::Text(_)
        | ExprKind::Broken => {}
    }
}
