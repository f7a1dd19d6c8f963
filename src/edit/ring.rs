//! Statements that hold for some rings: rules and overrides whose condition is a
//! comparison of the ring's fact.

use ecow::EcoString;

use crate::fleet::Rings;
use crate::source::{Anchor, Db, NodeId, Origin};
use crate::syntax::{
    self,
    ast::{Action, BinaryOp, Block, Element, Expr, ExprKind, Head, Key, Member, OverrideOf},
};

/// An override that sets a version, and its condition.
pub(super) struct Setter<'a> {
    /// The declaration that it stands in, or that it is.
    pub anchor: Anchor,
    /// The override's block.
    pub block: &'a Block,
    /// The override's node; none if it is the declaration itself.
    pub statement: Option<NodeId>,
    /// The rings that its condition names; none if it is something else.
    pub condition: Option<(&'a Expr, Vec<EcoString>)>,
    /// Whether the condition is that of a rule which says more than this override.
    pub is_shared: bool,
}

/// The override whose `version = …` holds a node.
pub(super) fn setter<'a>(db: &'a dyn Db, at: Origin, rings: &Rings) -> Option<Setter<'a>> {
    let declaration = syntax::declaration(db, at.anchor);
    let holds = |block: &Block| version_entry(block).is_some_and(|it| it.1.node == at.node);
    if let Head::Override { what: OverrideOf::Item, when, .. } = &declaration.head {
        let condition = when.as_ref().and_then(|it| Some((it, rings_of(it, rings)?)));
        return holds(&declaration.body).then_some(Setter {
            anchor: at.anchor,
            block: &declaration.body,
            statement: None,
            condition,
            is_shared: false,
        });
    }
    for member in &declaration.body.members {
        let Member::Override(it) = member else { continue };
        if !holds(&it.block) {
            continue;
        }
        let of_rule = match &declaration.head {
            Head::Rule { when, .. } => when.as_ref(),
            _ => None,
        };
        // A condition on the override itself is its own; that of a rule may be others' too.
        let (when, is_shared) = match (&it.when, of_rule) {
            (Some(own), None) => (Some(own), false),
            (None, Some(rule)) => (Some(rule), declaration.body.members.len() > 1),
            _ => (None, true),
        };
        let condition = when.and_then(|it| Some((it, rings_of(it, rings)?)));
        return Some(Setter { anchor: at.anchor, block: &it.block, statement: Some(it.node), condition, is_shared });
    }
    None
}

/// `version = "…"` of a block: the entry's node, and the value.
pub(super) fn version_entry(block: &Block) -> Option<(NodeId, &Expr)> {
    block.members.iter().find_map(|it| match it {
        Member::Entry(entry) => match (&entry.action, entry.path.segments.as_slice()) {
            (Action::Assign(value), [only]) if only.key == Key::Name("version".into()) => Some((entry.node, value)),
            _ => None,
        },
        _ => None,
    })
}

/// Whether an override says nothing but the version, and why.
pub(super) fn is_version_alone(block: &Block) -> bool {
    block.members.iter().all(|it| match it {
        Member::Entry(entry) => match entry.path.segments.first().map(|it| &it.key) {
            Some(Key::Name(name)) => ["version", "reason", "owner", "until"].contains(&name.as_str()),
            _ => false,
        },
        _ => false,
    })
}

/// `cluster.environment == "test"`, `cluster.environment in ["test", "staging"]`
fn rings_of(when: &Expr, rings: &Rings) -> Option<Vec<EcoString>> {
    let is_fact = |it: &Expr| {
        matches!(&it.kind, ExprKind::Member { of, name, .. }
            if *name == rings.fact && of.kind == ExprKind::Name("cluster".into()))
    };
    match &when.kind {
        ExprKind::Binary(BinaryOp::Eq, fact, value) if is_fact(fact) => match &value.kind {
            ExprKind::Text(it) => Some(vec![it.clone()]),
            _ => None,
        },
        ExprKind::Binary(BinaryOp::In, fact, list) if is_fact(fact) => match &list.kind {
            ExprKind::List(elements) => elements
                .iter()
                .map(|it| match &it.value.kind {
                    ExprKind::Text(text) if !it.spread => Some(text.clone()),
                    _ => None,
                })
                .collect(),
            _ => None,
        },
        _ => None,
    }
}

/// The last element of a condition's list that stands for an earlier ring.
pub(super) fn last_before(when: &Expr, rings: &Rings, ring: usize) -> Option<NodeId> {
    let ExprKind::Binary(BinaryOp::In, _, list) = &when.kind else { return None };
    let ExprKind::List(elements) = &list.kind else { return None };
    let is_earlier = |it: &&Element| match &it.value.kind {
        ExprKind::Text(name) => rings.order.iter().take(ring).any(|it| it == name),
        _ => false,
    };
    elements.iter().rfind(is_earlier).map(|it| it.value.node)
}

/// The condition that holds for exactly these rings.
pub(super) fn condition(rings: &Rings, names: &[EcoString]) -> String {
    let quoted: Vec<String> = names.iter().map(|it| format!("{:?}", it.as_str())).collect();
    match quoted.as_slice() {
        [only] => format!("cluster.{} == {only}", rings.fact),
        _ => format!("cluster.{} in [{}]", rings.fact, quoted.join(", ")),
    }
}
