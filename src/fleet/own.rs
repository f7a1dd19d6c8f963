//! The texts that a cluster alone says, told apart from what it says them of.
//!
//! A cluster that pins a version has an override of its own, and so may each of a thousand. What becomes of one differs from
//! what becomes of another in one text. So that text is taken out: the [`Shape`] of an override has placeholders in the
//! place of its texts, and clusters whose overrides have the same shapes share what is made of them. Their texts are put in
//! where their files are written, as their facts are.
//!
//! ```text
//! override web { version = "1.4.2" }      shape: override web { version = <0> }      text 0: "1.4.2"
//! ```
//!
//! The cells of the row that a cluster is made of are such texts, too. Only a text that nothing is decided by is taken out:
//! a value or an exact version, not what the add-on has there itself, of plain characters, and nothing that
//! rules look into: no credential and no ARN.

use std::sync::Arc;

use ecow::EcoString;

use super::applied_override::{AppliedOverride, Written};
use super::cluster_data::Cluster;
use super::clusters::cluster;
use super::definition;
use super::item::base;
use super::row::{cells, may_be_any, reads_row};
use super::shape::{Shape, Shaped, ShapedEntry};
use super::statement::OverrideTarget;
use crate::eval::versions;
use crate::schema;
use crate::source::{Anchor, Db, IndexMap, IndexSet, Kind, Origin};
use crate::syntax::ast::{Action, Block, Element, Entry, Expr, ExprKind, Key, Member};
use crate::value::{Map, Node, Value};

/// Most letters of a text that is taken out.
const LONGEST: usize = 200;

/// What a cluster has, its own texts taken out.
#[derive(Debug, PartialEq)]
pub struct Own {
    /// The overrides that apply to it.
    pub applied: Arc<[AppliedOverride]>,
    /// What stands for the placeholders of its files: its facts, and its own texts.
    pub texts: Arc<Map>,
    /// Whether texts were taken out.
    pub has_texts: bool,
}

impl Own {
    /// The overrides, those that have one of some texts as their cluster writes them.
    #[must_use]
    pub fn applied_with(&self, db: &dyn Db, cluster: &Cluster, texts: &IndexSet<EcoString>) -> Arc<[AppliedOverride]> {
        let has = |it: &AppliedOverride| match it.written {
            Written::Like(shape) => shape.names(db).any(|it| texts.contains(&it)),
            Written::In { .. } => false,
        };
        let pairs = self.applied.iter().zip(cluster.applied.iter());
        pairs.map(|(it, whole)| if has(it) { *whole } else { *it }).collect()
    }

    /// Whether a name is that of a text that an override says, and of no fact or cell of a row.
    pub fn is_of_override(&self, db: &dyn Db, name: &EcoString) -> bool {
        self.applied.iter().any(|it| match it.written {
            Written::Like(shape) => shape.names(db).any(|it| it == *name),
            Written::In { .. } => false,
        })
    }
}

/// What a cluster has, its own texts taken out.
#[salsa::tracked]
pub fn own_of(db: &dyn Db, anchor: Anchor) -> Arc<Own> {
    let it = &cluster(db, anchor).value;
    let mut texts: IndexMap<EcoString, Node> = IndexMap::default();
    let mut applied: Vec<AppliedOverride> = Vec::with_capacity(it.applied.len());
    for whole in it.applied.iter() {
        applied.push(shaped(db, *whole, &applied, &mut texts));
    }
    if let Some(row) = it.row.as_ref().filter(|row| applied.iter().any(|it| reads_row(db, it)) && may_be_any(db, row)) {
        texts.extend(cells(row));
    }
    if texts.is_empty() {
        let (applied, texts) = (Arc::clone(&it.applied), Arc::clone(&it.facts));
        return Arc::new(Own { applied, texts, has_texts: false });
    }
    texts.extend(it.facts.entries.iter().map(|(name, it)| (name.clone(), it.clone())));
    Arc::new(Own { applied: applied.into(), texts: Arc::new(Map { entries: texts }), has_texts: true })
}

/// The override as a shape where it has one, after others; its texts go to `texts`.
fn shaped(
    db: &dyn Db,
    applied: AppliedOverride,
    before: &[AppliedOverride],
    texts: &mut IndexMap<EcoString, Node>,
) -> AppliedOverride {
    let Written::In { anchor, .. } = applied.written else { return applied };
    let statement = applied.statement(db);
    let OverrideTarget::One(item) = statement.target else { return applied };
    if anchor.kind(db) != Kind::Cluster || item.kind(db) != Kind::ADDON {
        return applied;
    }
    let chart = definition::levels(db, item).value.first().map_or(item.name(db), |it| it.name(db));
    let base = &base(db, item).value.node;
    let mut reading = Reading { anchor, base, chart, entries: Vec::new(), texts: Vec::new() };
    if reading.block(&statement.block, &mut Vec::new()).is_none() || reading.texts.is_empty() {
        return applied;
    }
    let of_item = |it: &&AppliedOverride| matches!(it.written, Written::Like(shape) if shape.item(db) == item);
    let shape = Shape::new(db, item, before.iter().filter(of_item).count(), reading.entries);
    texts.extend(shape.names(db).zip(reading.texts));
    AppliedOverride { written: Written::Like(shape), ..applied }
}

/// An override that is being read.
struct Reading<'a> {
    anchor: Anchor,
    base: &'a Node,
    /// The name of its chart, where it does not say.
    chart: &'a EcoString,
    entries: Vec<ShapedEntry>,
    texts: Vec<Node>,
}

impl Reading<'_> {
    /// None where something is no literal.
    fn block(&mut self, block: &Block, path: &mut Vec<EcoString>) -> Option<()> {
        if block.members.is_empty() {
            return None;
        }
        block.members.iter().try_for_each(|member| match member {
            Member::Entry(it) => self.entry(it, path),
            _ => None,
        })
    }

    fn entry(&mut self, entry: &Entry, path: &mut Vec<EcoString>) -> Option<()> {
        let depth = path.len();
        if entry.is_final || entry.when.is_some() {
            return None;
        }
        for segment in &entry.path.segments {
            let Key::Name(name) = &segment.key else { return None };
            segment.selectors.is_empty().then_some(())?;
            path.push(name.clone());
        }
        // Params and the role are read by what the add-on says itself.
        matches!(path.first()?.as_str(), "values" | "version" | "release").then_some(())?;
        match &entry.action {
            Action::Assign(expr) => {
                let value = match &expr.kind {
                    ExprKind::Text(text) if self.may_go(path, text) => {
                        let at = Origin::new(self.anchor, expr.node);
                        self.texts.push(Node::new(Value::Text(text.clone()), at));
                        Shaped::Placeholder
                    }
                    // Where a version is set, that is looked for.
                    _ if path.as_slice() == ["version"] => return None,
                    _ => literal(expr)?,
                };
                self.entries.push(ShapedEntry { path: path.clone(), value });
            }
            Action::Amend(block) => self.block(block, path)?,
            Action::Append(_) | Action::Declare { .. } | Action::AmendTyped { .. } => return None,
        }
        path.truncate(depth);
        Some(())
    }

    /// Whether nothing is decided by a text.
    fn may_go(&self, path: &[EcoString], text: &str) -> bool {
        let is_plain = |it: u8| it.is_ascii_alphanumeric() || b"._:/@+-".contains(&it);
        let is_value = match path {
            [only] => only == "version" && versions::is_exact(text) && !text.contains('+') && self.is_free(),
            [first, rest @ ..] => first == "values" && !rest.iter().any(|it| schema::is_credential(it)),
            [] => false,
        };
        let there = path.iter().try_fold(self.base, |node, key| node.get(key)).and_then(Node::text);
        is_value
            && (1..=LONGEST).contains(&text.len())
            && text.bytes().all(is_plain)
            && !text.starts_with("arn:")
            && there.is_none_or(|it| it != text)
    }

    /// Whether nothing of the add-on depends on its version: where its chart brings the definition of a kind, what objects
    /// of that kind may hold does.
    fn is_free(&self) -> bool {
        let chart = self.base.get("chart").and_then(Node::text).unwrap_or(self.chart);
        self.base.get("crds").is_none() && schema::custom_kinds_of(chart).is_empty()
    }
}

fn literal(expr: &Expr) -> Option<Shaped> {
    Some(match &expr.kind {
        ExprKind::Null => Shaped::Null,
        ExprKind::Bool(it) => Shaped::Bool(*it),
        ExprKind::Int(it) => Shaped::Int(*it),
        ExprKind::Text(it) => Shaped::Text(it.clone()),
        ExprKind::List(elements) => Shaped::List(elements.iter().map(element).collect::<Option<_>>()?),
        _ => return None,
    })
}

fn element(it: &Element) -> Option<Shaped> {
    if it.spread { None } else { literal(&it.value) }
}
