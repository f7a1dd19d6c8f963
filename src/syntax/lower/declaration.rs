//! Declarations: what stands at the top level and what has a name in a block.

use ecow::EcoString;
use pest::iterators::Pair;

use super::super::ast::{Block, Declaration, FieldDecl, Head, OverrideOf, SourceKind, TypeBody};
use super::super::grammar::Rule;
use super::super::problems::Problem;
use super::{Lowered, Lowering, inner};
use crate::source::Kind;

impl Lowering<'_> {
    /// Lowers a declaration, and those inside it.
    pub(super) fn item(&mut self, pair: Pair<'_, Rule>) {
        let start = pair.as_span().start() + self.base;
        let range = self.range(&pair);
        let doc = self.doc_above(start);
        let outer_nodes = std::mem::take(&mut self.nodes);
        let outer = self.current;
        let index = self.declarations.len();
        // The place is taken first, so that nested declarations can name their parent.
        self.declarations.push(Lowered {
            parent: outer,
            declaration: Declaration {
                kind: kind_of(&pair),
                name: EcoString::new(),
                head: Head::Later,
                body: Block::default(),
                doc: None,
            },
            nodes: Vec::new(),
        });
        self.current = Some(index);
        // Node 0 is the declaration's name; what has none points at its first line.
        let first_line = self.file.get(range.clone()).and_then(|it| it.lines().next()).map_or(0, str::len);
        self.node_at(range.start..range.start + first_line);
        let declaration = self.declaration(pair, doc);
        let nodes = std::mem::replace(&mut self.nodes, outer_nodes);
        self.current = outer;
        if let Some(slot) = self.declarations.get_mut(index) {
            slot.declaration = declaration;
            slot.nodes = nodes;
        }
    }

    /// Takes `pair` as the declaration's name, which is node 0.
    fn name(&mut self, pair: Pair<'_, Rule>) -> EcoString {
        let range = self.range(&pair);
        if let Some(first) = self.nodes.first_mut() {
            *first = range;
        }
        self.plain_text(pair)
    }

    /// A name or a quoted name without interpolation.
    pub(super) fn plain_text(&mut self, pair: Pair<'_, Rule>) -> EcoString {
        let pair = match pair.as_rule() {
            Rule::item_name | Rule::target_part => match inner(pair.clone()).next() {
                Some(it) => it,
                None => return pair.as_str().trim().into(),
            },
            _ => pair,
        };
        if pair.as_rule() != Rule::string {
            return pair.as_str().trim().into();
        }
        let range = self.range(&pair);
        if let super::super::ast::ExprKind::Text(it) = self.string(pair).kind {
            it
        } else {
            self.problems.push(Problem::InterpolatedName(range));
            EcoString::new()
        }
    }

    fn declaration(&mut self, pair: Pair<'_, Rule>, doc: Option<EcoString>) -> Declaration {
        let kind = kind_of(&pair);
        let rule = pair.as_rule();
        let range = self.range(&pair);
        let mut parts = inner(pair).peekable();
        let mut name = EcoString::new();
        let mut head = Head::Plain;
        let mut body = Block::default();
        match rule {
            Rule::plain_item => {
                parts.next();
                if let Some(it) = parts.next() {
                    name = self.name(it);
                }
                if matches!(kind, Kind::Baseline) {
                    head = Head::Later;
                }
            }
            Rule::addon => {
                let optional = parts.next_if(|it| it.as_rule() == Rule::kw_optional).is_some();
                if let Some(it) = parts.next() {
                    name = self.name(it);
                }
                let from = parts.next_if(|it| it.as_rule() == Rule::plain_path).map(|it| {
                    let node = self.node(&it);
                    (node, it.as_str().trim().into())
                });
                head = Head::Addon { optional, from };
            }
            Rule::source => {
                if let Some(it) = parts.next() {
                    name = self.name(it);
                }
                let provider = match parts.next().map(|it| it.as_str().trim().to_owned()).as_deref() {
                    Some("oci") => SourceKind::Oci,
                    Some("git") => SourceKind::Git,
                    Some("bucket") => SourceKind::Bucket,
                    _ => SourceKind::Helm,
                };
                let url = self.next_expr(&mut parts, range.clone());
                head = Head::Source { provider, url };
            }
            Rule::manifest => {
                if let Some(it) = parts.next() {
                    name = self.name(it);
                }
                let value = parts.next_if(|it| it.as_rule() == Rule::expr).map(|it| self.expr(it));
                head = Head::Manifest { value };
            }
            Rule::external => (head, name) = self.external(&mut parts),
            Rule::rule_item => {
                if let Some(it) = parts.next() {
                    name = self.name(it);
                }
                let layer = parts.next_if(|it| it.as_rule() == Rule::name).map(|it| {
                    let node = self.node(&it);
                    (node, it.as_str().trim().into())
                });
                let when = self.next_when(&mut parts);
                head = Head::Rule { layer, when };
            }
            Rule::override_ => {
                let what = match parts.next_if(|it| it.as_rule() == Rule::override_kw) {
                    Some(it) if it.as_str().trim() == "source" => OverrideOf::Source,
                    Some(_) => OverrideOf::Cluster,
                    None => OverrideOf::Item,
                };
                if let Some(it) = parts.next() {
                    name = it.as_str().trim().into();
                    if let Some(first) = self.nodes.first_mut() {
                        *first = self.base + it.as_span().start()..self.base + it.as_span().end();
                    }
                    let target = self.target(it);
                    let when = self.next_when(&mut parts);
                    head = Head::Override { what, target, when };
                }
            }
            Rule::let_ => {
                if let Some(it) = parts.next() {
                    name = self.name(it);
                }
                let ty = parts.next_if(|it| it.as_rule() == Rule::type_).map(|it| self.type_expr(it));
                let value = self.next_expr(&mut parts, range.clone());
                head = Head::Let { ty, value };
            }
            Rule::type_item => {
                if let Some(it) = parts.next() {
                    name = self.name(it);
                }
                if let Some(it) = parts.next() {
                    head = Head::Type(self.type_body(it));
                }
            }
            Rule::check => {
                if let Some(it) = parts.next() {
                    name = self.plain_text(it);
                }
                head = Head::Later;
                parts.by_ref().for_each(drop);
            }
            _ => {
                if let Some(it) = parts.next() {
                    name = self.name(it);
                }
                head = Head::Later;
                parts.by_ref().for_each(drop);
            }
        }
        if let Some(block) = parts.find(|it| it.as_rule() == Rule::block) {
            body = if matches!(head, Head::Later) { Block::default() } else { self.block(block) };
        }
        Declaration { kind, name, head, body, doc }
    }

    /// `Secret shop.deploy-key`: the kind, then the name with its namespace.
    fn external<'i>(&mut self, parts: &mut impl Iterator<Item = Pair<'i, Rule>>) -> (Head, EcoString) {
        let object = parts.next().map(|it| it.as_str().trim().into()).unwrap_or_default();
        let mut namespace = None;
        let mut name = EcoString::new();
        if let Some(it) = parts.next() {
            let full = self.range(&it);
            let mut names: Vec<EcoString> = inner(it).map(|it| self.plain_text(it)).collect();
            if let Some(first) = self.nodes.first_mut() {
                *first = full;
            }
            name = names.pop().unwrap_or_default();
            namespace = names.pop();
        }
        (Head::External { object, namespace }, name)
    }

    fn type_body(&mut self, pair: Pair<'_, Rule>) -> TypeBody {
        if pair.as_rule() != Rule::record {
            return TypeBody::Alias(self.type_expr(pair));
        }
        let mut fields = Vec::new();
        let mut open = false;
        let whole = self.range(&pair);
        for it in inner(pair) {
            match it.as_rule() {
                Rule::open => open = true,
                Rule::field => {
                    let doc_range = self.range(&it);
                    let mut parts = inner(it);
                    let (Some(name), Some(ty)) = (parts.next(), parts.next()) else { continue };
                    let node = self.node(&name);
                    let name = self.plain_text(name);
                    let ty = self.type_expr(ty);
                    let default = parts.next().map(|it| self.expr(it));
                    if fields.iter().any(|it: &FieldDecl| it.name == name) {
                        self.problems.push(Problem::DuplicateField(doc_range));
                    }
                    fields.push(FieldDecl { node, name, ty, default });
                }
                Rule::missing_close => self.problems.push(Problem::MissingClose(whole.clone())),
                _ => {
                    let range = self.range(&it);
                    self.problems.push(Problem::BadMember(range));
                }
            }
        }
        TypeBody::Record { fields, open }
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the rest of the rules are no declarations")]
fn kind_of(pair: &Pair<'_, Rule>) -> Kind {
    match pair.as_rule() {
        Rule::plain_item => match inner(pair.clone()).next().map(|it| it.as_str().trim()) {
            Some("catalogue") => Kind::Catalogue,
            Some("application") => Kind::Application,
            Some("group") => Kind::Group,
            Some("cluster") => Kind::Cluster,
            Some("tenant") => Kind::Tenant,
            Some("repository") => Kind::Repository,
            Some("baseline") => Kind::Baseline,
            Some("namespace") => Kind::Namespace,
            Some("kustomize") => Kind::Kustomize,
            _ => Kind::Fleet,
        },
        Rule::addon => Kind::Addon,
        Rule::source => Kind::Source,
        Rule::manifest => Kind::Manifest,
        Rule::external => Kind::External,
        Rule::rule_item => Kind::Rule,
        Rule::override_ => Kind::Override,
        Rule::let_ => Kind::Let,
        Rule::type_item => Kind::Type,
        Rule::fn_item => Kind::Fn,
        Rule::check => Kind::Check,
        Rule::inventory => Kind::Inventory,
        _ => Kind::Import,
    }
}
