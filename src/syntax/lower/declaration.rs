//! Declarations: what stands at the top level and what has a name in a block.

use std::iter::Peekable;
use std::ops::Range;

use ecow::EcoString;
use pest::iterators::Pair;

use super::super::ast::{
    Block, CATALOGUE_NAME, Declaration, Expr, ExprKind, FieldDecl, FnParam, Head, ImportName, SourceKind, TypeBody,
    TypeExpr, TypeKind,
};
use super::super::grammar::Rule;
use super::super::problems::Problem;
use super::{Lowered, Lowering, dotted, inner};
use crate::diagnostic::bug;
use crate::source::{IndexSet, Kind};

impl Lowering<'_> {
    /// Lowers a declaration, and those inside it.
    pub(super) fn item(&mut self, pair: Pair<'_, Rule>) {
        let start = pair.as_span().start() + self.base;
        let range = self.range(&pair);
        let doc = self.doc_above(start);
        let outer_nodes = std::mem::take(&mut self.nodes);
        let outer_names = std::mem::take(&mut self.names);
        let outer = self.current;
        let index = self.declarations.len();
        // The place is taken first, so that nested declarations can name their parent.
        self.declarations.push(Lowered {
            parent: outer,
            declaration: Declaration {
                kind: kind_of(&pair),
                name: EcoString::new(),
                head: Head::Broken,
                body: Block::default(),
                doc: None,
            },
            nodes: Vec::new(),
            names: Vec::new(),
        });
        self.current = Some(index);
        // Node 0 is the declaration's name; what has none points at its first line.
        let first_line = self.file.get(range.clone()).and_then(|it| it.lines().next()).map_or(0, str::len);
        self.node_at(range.start..range.start + first_line);
        let mut declaration = self.declaration(pair, doc);
        if declaration.name.contains(CATALOGUE_NAME) && !matches!(declaration.kind, Kind::Item(_) | Kind::Source) {
            let at = self.nodes.first().cloned().unwrap_or_default();
            self.problems.push(Problem::InterpolatedName(at));
            declaration.name = EcoString::new();
        }
        let nodes = std::mem::replace(&mut self.nodes, outer_nodes);
        let names = std::mem::replace(&mut self.names, outer_names);
        self.current = outer;
        if let Some(slot) = self.declarations.get_mut(index) {
            slot.declaration = declaration;
            slot.nodes = nodes;
            slot.names = names;
        }
    }

    /// Takes `pair` as the declaration's name, which is node 0.
    fn name(&mut self, pair: Pair<'_, Rule>) -> EcoString {
        let range = self.range(&pair);
        if let Some(first) = self.nodes.first_mut() {
            *first = range;
        }
        match inner(pair.clone()).next() {
            Some(it) if pair.as_rule() == Rule::item_name && it.as_rule() == Rule::string => {
                let range = self.range(&it);
                self.string(it).written_name().unwrap_or_else(|| {
                    self.problems.push(Problem::InterpolatedName(range));
                    EcoString::new()
                })
            }
            _ => self.plain_text(pair),
        }
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
        if let ExprKind::Text(it) = self.string(pair).kind {
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
                if let Some(it) = parts.next_if(|it| it.as_rule() == Rule::plain_path) {
                    let node = self.node(&it);
                    self.names_in(node, &it);
                    let path = dotted(&it);
                    if !matches!(kind, Kind::Cluster | Kind::Baseline | Kind::Catalogue | Kind::Application) {
                        let range = self.range(&it);
                        self.problems.push(Problem::FromHere(range, kind.word()));
                    }
                    head = Head::From { node, path };
                }
            }
            Rule::addon => {
                let optional = parts.next_if(|it| it.as_rule() == Rule::kw_optional).is_some();
                if let Some(it) = parts.next() {
                    name = self.name(it);
                }
                let from = parts.next_if(|it| it.as_rule() == Rule::plain_path).map(|it| {
                    let node = self.node(&it);
                    self.names_in(node, &it);
                    (node, dotted(&it))
                });
                head = Head::Addon { optional, from };
            }
            Rule::source => {
                if let Some(it) = parts.next() {
                    name = self.name(it);
                }
                head = self.source(&mut parts, range);
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
                let what = Self::overridden(&mut parts);
                if let Some(it) = parts.next() {
                    name = dotted(&it);
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
                    name = self.name(it);
                }
                let when = self.next_when(&mut parts);
                let conditions = match parts.next() {
                    Some(it) => self.conditions(it),
                    None => self.broken(Vec::new()),
                };
                head = Head::Check { when, conditions };
            }
            Rule::fn_item => {
                if let Some(it) = parts.next() {
                    name = self.name(it);
                }
                head = self.function(&mut parts, range);
            }
            Rule::inventory => {
                if let Some(it) = parts.next() {
                    name = self.name(it);
                }
                head = self.inventory(&mut parts, range);
            }
            Rule::moved => {}
            _ => (head, name) = self.import(&mut parts),
        }
        if let Some(block) = parts.find(|it| it.as_rule() == Rule::block) {
            body = self.block(block);
        }
        Declaration { kind, name, head, body, doc }
    }

    /// After the name of a `source`.
    fn source<'i>(&mut self, parts: &mut Peekable<impl Iterator<Item = Pair<'i, Rule>>>, range: Range<usize>) -> Head {
        let provider = match parts.next().map(|it| it.as_str().trim().to_owned()).as_deref() {
            Some("oci") => SourceKind::Oci,
            Some("git") => SourceKind::Git,
            Some("bucket") => SourceKind::Bucket,
            Some("external") => SourceKind::External,
            Some("helm") => SourceKind::Helm,
            _ => self.broken(SourceKind::Helm),
        };
        let url = self.next_expr(parts, range);
        Head::Source { provider, url }
    }

    /// After the name of an `inventory`.
    fn inventory<'i>(
        &mut self,
        parts: &mut Peekable<impl Iterator<Item = Pair<'i, Rule>>>,
        range: Range<usize>,
    ) -> Head {
        let rows = self.next_expr(parts, range);
        let mut names = Vec::new();
        while let Some(it) = parts.next_if(|it| it.as_rule() == Rule::name) {
            names.push((self.node(&it), it.as_str().trim().into()));
        }
        let ty = parts.next_if(|it| it.as_rule() == Rule::type_).map(|it| self.type_expr(it));
        Head::Inventory { rows, names, ty }
    }

    /// `Secret shop.deploy-key`: the kind, then the name with its namespace.
    fn external<'i>(&mut self, parts: &mut impl Iterator<Item = Pair<'i, Rule>>) -> (Head, EcoString) {
        let object = match parts.next() {
            Some(it) => it.as_str().trim().into(),
            None => self.broken(EcoString::new()),
        };
        let mut namespace = None;
        let mut name = EcoString::new();
        if let Some(it) = parts.next() {
            let full = self.range(&it);
            if let Some(last) = inner(it.clone()).last() {
                self.name_in(0, &last);
            }
            let names: Vec<EcoString> = inner(it).map(|it| self.plain_text(it)).collect();
            if let Some(first) = self.nodes.first_mut() {
                *first = full;
            }
            // A name may have dots of its own: `nodepools.karpenter.sh`.
            (namespace, name) = match names.as_slice() {
                [] => (None, self.broken(name)),
                [one] => (None, one.clone()),
                [first, rest @ ..] => (Some(first.clone()), rest.join(".").into()),
            };
        }
        (Head::External { object, namespace }, name)
    }

    fn conditions(&mut self, pair: Pair<'_, Rule>) -> Vec<Expr> {
        let whole = self.range(&pair);
        let mut conditions = Vec::new();
        for it in inner(pair) {
            match it.as_rule() {
                Rule::expr => conditions.push(self.expr(it)),
                Rule::missing_close => self.problems.push(Problem::MissingClose(whole.clone())),
                _ => {
                    let range = self.range(&it);
                    self.problems.push(Problem::BadCondition(range));
                }
            }
        }
        conditions
    }

    /// Parameters, result and body of a function.
    fn function<'i>(
        &mut self,
        parts: &mut Peekable<impl Iterator<Item = Pair<'i, Rule>>>,
        range: Range<usize>,
    ) -> Head {
        let mut params: Vec<FnParam> = Vec::new();
        let mut names: IndexSet<EcoString> = IndexSet::default();
        while let Some(it) = parts.next_if(|it| it.as_rule() == Rule::fn_param) {
            let param_range = self.range(&it);
            let mut inner_parts = inner(it);
            let (Some(name), Some(ty)) = (inner_parts.next(), inner_parts.next()) else {
                self.broken(());
                continue;
            };
            let node = self.node(&name);
            let name: EcoString = name.as_str().trim().into();
            let ty = self.type_expr(ty);
            let default = inner_parts.next().map(|it| self.expr(it));
            if !names.insert(name.clone()) {
                self.problems.push(Problem::DuplicateField(param_range));
            }
            params.push(FnParam { node, name, ty, default });
        }
        let result = match parts.next_if(|it| it.as_rule() == Rule::type_) {
            Some(it) => self.type_expr(it),
            None => TypeExpr { node: self.node_at(range.clone()), kind: self.broken(TypeKind::Broken) },
        };
        let body = self.next_expr(parts, range);
        Head::Fn { params, result, body }
    }

    fn import<'i>(&mut self, parts: &mut impl Iterator<Item = Pair<'i, Rule>>) -> (Head, EcoString) {
        let Some(path) = parts.next() else { return (self.broken(Head::Broken), EcoString::new()) };
        let node = self.node(&path);
        if let Some(first) = self.nodes.first_mut() {
            *first = self.base + path.as_span().start()..self.base + path.as_span().end();
        }
        let text: EcoString = dotted(&path);
        let names = parts
            .filter(|it| it.as_rule() == Rule::import_name)
            .filter_map(|it| {
                let mut words = inner(it);
                let Some(name) = words.next() else { return self.broken(None) };
                let node = self.node(&name);
                let name: EcoString = name.as_str().trim().into();
                let local = words.next().map_or_else(|| name.clone(), |it| it.as_str().trim().into());
                Some(ImportName { node, name, local })
            })
            .collect();
        (Head::Import { node, path: text.clone(), names }, text)
    }

    fn type_body(&mut self, pair: Pair<'_, Rule>) -> TypeBody {
        if pair.as_rule() != Rule::record {
            return TypeBody::Alias(self.type_expr(pair));
        }
        let mut fields = Vec::new();
        let mut names: IndexSet<EcoString> = IndexSet::default();
        let mut open = false;
        let whole = self.range(&pair);
        for it in inner(pair) {
            match it.as_rule() {
                Rule::open => open = true,
                Rule::field => {
                    let doc_range = self.range(&it);
                    let mut parts = inner(it);
                    let (Some(name), Some(ty)) = (parts.next(), parts.next()) else {
                        self.broken(());
                        continue;
                    };
                    let node = self.node(&name);
                    let name = self.plain_text(name);
                    let ty = self.type_expr(ty);
                    let default = parts.next().map(|it| self.expr(it));
                    if !names.insert(name.clone()) {
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
            Some("namespace") => Kind::NAMESPACE,
            Some("kustomize") => Kind::KUSTOMIZE,
            Some("fleet") => Kind::Fleet,
            it => bug(&format!("{it:?} begins no declaration")),
        },
        Rule::addon => Kind::ADDON,
        Rule::source => Kind::Source,
        Rule::manifest => Kind::MANIFEST,
        Rule::external => Kind::External,
        Rule::rule_item => Kind::Rule,
        Rule::override_ => Kind::Override,
        Rule::let_ => Kind::Let,
        Rule::type_item => Kind::Type,
        Rule::fn_item => Kind::Fn,
        Rule::check => Kind::Check,
        Rule::inventory => Kind::Inventory,
        Rule::moved => Kind::Moved,
        Rule::import => Kind::Import,
        it => bug(&format!("{it:?} is no declaration")),
    }
}
