//! A cluster's facts: set by groups and the cluster alone, so that a rule's
//! condition is decided before any rule applies.

use std::cell::RefCell;
use std::sync::Arc;

use ecow::EcoString;

use super::settings_data::Settings;
use super::table::{Setter, State, Table};
use crate::diagnostic::Diagnostic;
use crate::eval::{Env, Given, Row};
use crate::names;
use crate::source::{Anchor, Db, IndexMap, Origin};
use crate::syntax;
use crate::value::{Map, Node, Value};

/// What is known of a cluster before its facts.
pub(super) struct ClusterHead {
    pub anchor: Anchor,
    pub origin: Origin,
    /// The ranks that are its own, lowest first.
    pub own: Vec<Vec<Anchor>>,
    pub row: Option<Arc<Row>>,
    pub name: EcoString,
    pub path: EcoString,
    /// Outermost first.
    pub groups: Vec<Anchor>,
    /// The facts of the other project's cluster that it is taken `from`.
    pub imported: Option<Arc<Map>>,
}

/// The map that `cluster` stands for.
pub(super) fn facts(db: &dyn Db, settings: &Settings, it: &ClusterHead, out: &mut Vec<Diagnostic>) -> Arc<Map> {
    let index = names::index_of(db, it.anchor);
    let setter = |anchor: &Anchor| {
        let block = &syntax::declaration(db, *anchor).body;
        Setter { anchor: *anchor, block, specificity: 2, name: EcoString::new() }
    };
    let of_groups = it.groups.iter().map(|it| vec![setter(it)]);
    let ranks: Vec<Vec<Setter<'_>>> =
        of_groups.chain(it.own.iter().map(|rank| rank.iter().map(setter).collect())).collect();
    let fixed = fixed(db, it);
    let table = Table {
        declared: &settings.facts,
        ranks,
        block: None,
        what: "fact",
        complete: true,
        given: it.imported.as_deref(),
        says_cycles: true,
        traces: false,
        state: RefCell::new(State::default()),
    };
    let lookup = WithFixed { fixed: &fixed, table: &table };
    let mut env = Env::new(db, index, it.anchor);
    env.cluster = Given::Lazy(&lookup);
    env.fleet = settings.value.clone();
    env.cluster_name = Some(it.name.clone());
    env.row.clone_from(&it.row);
    let mut entries = fixed.clone();
    entries.extend(table.all(&mut env));
    out.append(&mut env.out);
    entries.retain(|_, node| node.value != Value::Absent);
    Arc::new(Map { entries })
}

fn fixed(db: &dyn Db, it: &ClusterHead) -> IndexMap<EcoString, Node> {
    let at = it.origin;
    let mut entries = IndexMap::default();
    entries.insert("name".into(), Node::new(Value::Text(it.name.clone()), at));
    entries.insert("path".into(), Node::new(Value::Text(it.path.clone()), at));
    if let Some(group) = it.groups.last() {
        entries.insert("group".into(), Node::new(Value::Text(group.name(db).clone()), at));
    }
    let groups = it.groups.iter().map(|it| Node::new(Value::Text(it.name(db).clone()), at)).collect();
    entries.insert("groups".into(), Node::new(Value::List(Arc::new(groups)), at));
    entries
}

/// `cluster.name` and its like, then the facts.
struct WithFixed<'a> {
    fixed: &'a IndexMap<EcoString, Node>,
    table: &'a Table<'a>,
}

impl crate::eval::Lazy for WithFixed<'_> {
    fn get(&self, env: &mut Env<'_>, name: &str, at: Origin) -> Option<Node> {
        match self.fixed.get(name) {
            Some(node) => Some(node.clone()),
            None => self.table.get(env, name, at),
        }
    }

    fn names(&self) -> Vec<EcoString> {
        self.fixed.keys().cloned().chain(self.table.names()).collect()
    }
}
