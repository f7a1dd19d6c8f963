//! Every name in a declaration, and what it means.

use std::sync::Arc;

use ecow::EcoString;

use super::place::{FileRange, nodes_at};
use super::scope;
use crate::check;
use crate::fleet;
use crate::flux::{external, find_addon, find_source};
use crate::names::{self, Index};
use crate::source::{Anchor, Db, IndexMap, IndexSet, Kind, NodeId, Origin, SourceFile};
use crate::syntax;
use crate::syntax::ast::{
    Action, Block, Declaration, ExprKind, Head, Key, Member, OverrideOf, Target, TypeBody, TypeExpr, TypeKind,
};
use crate::syntax::walk::{self, Visited};
use crate::types::{self, Meaning, Reference, Type};

/// What a name means.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Symbol {
    /// A declaration, or a place inside of one: a fact, a param, a field, a variable.
    At(Origin),
    /// A function of the language.
    Builtin(EcoString),
    /// A field that no author declares.
    Field(EcoString),
}

/// A name that stands somewhere.
#[derive(Clone, Debug, PartialEq)]
pub struct Occurrence {
    pub anchor: Anchor,
    pub node: NodeId,
    /// Which part of the node: of `cluster-addons.karpenter`, 0 or 1.
    pub part: usize,
    /// The name as it is written.
    pub name: EcoString,
    pub symbol: Symbol,
    /// What it is, if it is a value.
    pub ty: Option<Type>,
    /// Whether it declares what it names.
    pub defines: bool,
}

/// The names in a declaration.
#[salsa::tracked]
pub fn occurrences_in(db: &dyn Db, anchor: Anchor) -> Arc<[Occurrence]> {
    let declaration = syntax::declaration(db, anchor);
    let mut finder = Finder { db, anchor, index: names::index_of(db, anchor), found: Vec::new() };
    finder.own_name(declaration);
    finder.noted();
    finder.head(declaration);
    finder.block(&declaration.body);
    finder.types_of_variables();
    finder.found.into()
}

/// The name at a place, and where it stands.
#[must_use]
pub fn occurrence_at(db: &dyn Db, file: SourceFile, offset: usize) -> Option<(Occurrence, FileRange)> {
    let mut seen = Vec::new();
    let mut found: Vec<(Occurrence, FileRange)> = Vec::new();
    for (anchor, ..) in nodes_at(db, file, offset) {
        if seen.contains(&anchor) {
            continue;
        }
        seen.push(anchor);
        let names = occurrences_in(db, anchor).iter().filter_map(|it| Some((it.clone(), it.place(db)?)));
        found.extend(names.filter(|(_, it)| it.file == file && it.range.start <= offset && offset <= it.range.end));
    }
    found.into_iter().min_by_key(|(_, it)| it.range.len())
}

/// Every place of the project that names something, in the order of files and texts.
#[must_use]
pub fn references(db: &dyn Db, symbol: &Symbol) -> Vec<(Occurrence, FileRange)> {
    references_to(db, std::slice::from_ref(symbol)).swap_remove(0)
}

/// The same of several things, each in its turn.
pub(super) fn references_to(db: &dyn Db, symbols: &[Symbol]) -> Vec<Vec<(Occurrence, FileRange)>> {
    let wanted: IndexMap<&Symbol, usize> = symbols.iter().zip(0..).collect();
    let mut found: Vec<Vec<(Occurrence, FileRange)>> = vec![Vec::new(); symbols.len()];
    let files = std::iter::once(db.project()).chain(db.packages()).flat_map(|it| it.files(db).iter().copied());
    let mut seen = IndexSet::default();
    for file in files.filter(|it| seen.insert(*it)) {
        for anchor in &**syntax::anchors(db, file) {
            for it in &**occurrences_in(db, *anchor) {
                let of_it = wanted.get(&it.symbol).and_then(|nth| found.get_mut(*nth));
                if let (Some(of_it), Some(place)) = (of_it, it.place(db)) {
                    of_it.push((it.clone(), place));
                }
            }
        }
    }
    for of_it in &mut found {
        of_it.sort_by(|(_, a), (_, b)| (a.file.path(db), a.range.start).cmp(&(b.file.path(db), b.range.start)));
        of_it.dedup_by(|(_, a), (_, b)| a == b);
    }
    found
}

impl Occurrence {
    /// Where the name alone stands.
    #[must_use]
    pub fn place(&self, db: &dyn Db) -> Option<FileRange> {
        let (file, names) = syntax::locate_names(db, Origin::new(self.anchor, self.node))?;
        let range = names.get(self.part).or_else(|| names.last())?.clone();
        // What is escaped in a string stands there otherwise than it is called.
        (file.text(db).get(range.clone())? == self.name).then_some(FileRange { file, range })
    }
}

/// The last part of a node, however many it has: `c` of `a.b.c`.
const LAST: usize = usize::MAX;

struct Finder<'a> {
    db: &'a dyn Db,
    anchor: Anchor,
    index: &'a Index,
    found: Vec<Occurrence>,
}

impl Finder<'_> {
    fn push(&mut self, node: NodeId, part: usize, name: &EcoString, symbol: Symbol, ty: Option<Type>) {
        let at = Origin::new(self.anchor, node);
        let defines = symbol == Symbol::At(at);
        self.found.push(Occurrence { anchor: self.anchor, node, part, name: name.clone(), symbol, ty, defines });
    }

    fn names(&mut self, node: NodeId, part: usize, name: &EcoString, target: Option<Anchor>) {
        if let Some(it) = target {
            // Of what is made of a definition, the place where that writes it.
            self.push(node, part, name, Symbol::At(Origin::of(it.written(self.db))), None);
        }
    }

    /// A variable is of the type that its readers know.
    fn types_of_variables(&mut self) {
        let read: Vec<(Symbol, Type)> =
            self.found.iter().filter_map(|it| Some((it.symbol.clone(), it.ty.clone()?))).collect();
        for it in self.found.iter_mut().filter(|it| it.defines && it.ty.is_none()) {
            it.ty = read.iter().find(|(symbol, _)| *symbol == it.symbol).map(|(_, ty)| ty.clone());
        }
    }

    fn own_name(&mut self, it: &Declaration) {
        let has_name = !matches!(it.kind, Kind::Override | Kind::Check | Kind::Import | Kind::Moved | Kind::Data);
        if has_name && !it.name.is_empty() {
            self.push(0, 0, &it.name, Symbol::At(Origin::of(self.anchor)), None);
        }
    }

    /// What the checker has found out.
    fn noted(&mut self) {
        let notes = check::notes(self.db, self.anchor);
        for (node, meaning) in &notes.names {
            match meaning {
                Meaning::At(at, ty) => {
                    if let Some(name) = self.written(*node) {
                        self.push(*node, LAST, &name, Symbol::At(*at), Some(ty.clone()));
                    }
                }
                Meaning::Local(name, ty) => {
                    if let Some(at) = scope::binding(self.db, self.anchor, *node, name) {
                        self.push(*node, LAST, name, Symbol::At(at), Some(ty.clone()));
                    }
                }
                Meaning::Builtin(name) => self.push(*node, LAST, name, Symbol::Builtin(name.clone()), None),
                Meaning::Field(name, ty) => {
                    self.push(*node, LAST, name, Symbol::Field(name.clone()), Some(ty.clone()));
                }
                Meaning::Reference(kind, name) => self.reference(*node, *kind, name),
            }
        }
    }

    /// The last name in a node: that of a member, of a key.
    fn written(&self, node: NodeId) -> Option<EcoString> {
        let (file, names) = syntax::locate_names(self.db, Origin::new(self.anchor, node))?;
        let name = file.text(self.db).get(names.last()?.clone())?;
        (!name.is_empty()).then(|| name.into())
    }

    fn reference(&mut self, node: NodeId, kind: Reference, name: &EcoString) {
        let (db, index, from) = (self.db, self.index, self.anchor);
        let last = EcoString::from(name.rsplit('.').next().unwrap_or(name));
        let any_item = || index.item_named(from, &last);
        match kind {
            Reference::Source => {
                let anywhere = || index.local_sources.values().find_map(|it| it.get(name)).copied();
                self.names(node, LAST, name, find_source(db, index, Some(from), name).or_else(anywhere));
            }
            Reference::Addon => {
                let outside = || external::named(db, index, "HelmRelease", name).next();
                let found = find_addon(db, index, from, name).or_else(any_item).or_else(outside);
                self.names(node, LAST, &last, found);
            }
            Reference::CatalogueOrItem => {
                let parts: Vec<Option<EcoString>> = name.split('.').map(|it| Some(it.into())).collect();
                match external::awaited(db, index, name).first() {
                    Some(it) => self.names(node, LAST, &last, Some(*it)),
                    None => self.item(node, &parts),
                }
            }
            Reference::Repository => self.names(node, LAST, name, index.repositories.get(name).copied()),
            Reference::Baseline => self.names(node, LAST, name, index.baselines.get(name).copied()),
            Reference::Cluster => self.names(node, LAST, name, index.clusters.get(name).copied()),
            Reference::Fact => {
                let facts = &fleet::settings(db, db.project()).value.facts;
                if let Some(it) = facts.get(name) {
                    self.push(node, LAST, name, Symbol::At(it.origin), None);
                }
            }
            Reference::Layer => {}
        }
    }

    /// `catalogue`, `catalogue.item`.
    fn item(&mut self, node: NodeId, parts: &[Option<EcoString>]) {
        let [first, rest @ ..] = parts else { return };
        let catalogue = first.as_ref().and_then(|it| self.index.catalogues.get(it)).copied();
        if let Some(name) = first {
            self.names(node, 0, name, catalogue);
        }
        if let [Some(name), ..] = rest {
            let of = |it: Anchor| self.index.items.get(&it).and_then(|it| it.get(name)).copied();
            let any = || self.index.item_named(self.anchor, name);
            let found = if first.is_some() { catalogue.and_then(of) } else { any() };
            self.names(node, 1, name, found);
        }
    }

    fn head(&mut self, it: &Declaration) {
        match &it.head {
            Head::Addon { from: Some((node, path)), .. } => self.definition(*node, path, Kind::ADDON),
            Head::From { node, path } => self.definition(*node, path, it.kind),
            Head::Override { what, target, .. } => self.overridden(*what, target),
            Head::Import { names, .. } => {
                for it in names {
                    self.names(it.node, 0, &it.name, scope::declared(self.index, &it.local));
                }
            }
            Head::Let { ty, value } => {
                if let Some(ty) = ty {
                    self.type_(ty);
                }
                self.bindings(value);
            }
            Head::Type(TypeBody::Alias(ty)) => self.type_(ty),
            Head::Type(TypeBody::Record { fields, .. }) => {
                for field in fields {
                    self.push(field.node, 0, &field.name, Symbol::At(Origin::new(self.anchor, field.node)), None);
                    self.type_(&field.ty);
                }
            }
            Head::Fn { params, result, body } => {
                for param in params {
                    self.push(param.node, 0, &param.name, Symbol::At(Origin::new(self.anchor, param.node)), None);
                    self.type_(&param.ty);
                }
                self.type_(result);
                self.bindings(body);
            }
            Head::Check { conditions, .. } => conditions.iter().for_each(|it| self.bindings(it)),
            Head::Inventory { names, ty, .. } => {
                for (node, name) in names {
                    self.push(*node, 0, name, Symbol::At(Origin::new(self.anchor, *node)), None);
                }
                if let Some(ty) = ty {
                    self.type_(ty);
                }
            }
            _ => {}
        }
    }

    fn definition(&mut self, node: NodeId, path: &EcoString, kind: Kind) {
        let last = EcoString::from(path.rsplit('.').next().unwrap_or(path));
        let table = |it: &Index| match kind {
            Kind::Baseline => it.baselines.get(&last).copied(),
            Kind::Cluster => it.clusters.get(&last).copied(),
            Kind::Catalogue | Kind::Application => it.templates.get(&last).copied(),
            _ => it.definitions.get(&last).copied(),
        };
        let beside = || {
            let parent = self.anchor.parent(self.db)?;
            self.index.held_by(parent)?.get(&last).copied()
        };
        let in_package = || {
            let (alias, _) = path.rsplit_once('.')?;
            let known = self.db.project().packages(self.db);
            let package = known.get(alias).and_then(|it| self.db.package(it)).or_else(|| self.db.package(alias))?;
            table(names::index(self.db, package))
        };
        let found = if path.contains('.') { in_package() } else { beside().or_else(|| table(self.index)) };
        self.names(node, LAST, &last, found);
    }

    fn overridden(&mut self, what: OverrideOf, target: &Target) {
        match (what, target.parts.as_slice()) {
            (OverrideOf::Item, [Some(name)]) => {
                let found = self.index.item_named(self.anchor, name);
                self.names(target.node, 0, name, found);
            }
            (OverrideOf::Item, parts) => self.item(target.node, parts),
            (OverrideOf::Source, [.., Some(name)]) => {
                let anywhere = || self.index.local_sources.values().find_map(|it| it.get(name)).copied();
                let found = self.index.sources.get(name).copied().or_else(anywhere);
                self.names(target.node, LAST, name, found);
            }
            (OverrideOf::Namespace, [.., Some(name)]) => {
                let mut holders = std::iter::once(&self.anchor).chain(self.index.catalogues.values());
                let found = holders.find_map(|it| self.index.namespace_of(self.db, *it, name));
                self.names(target.node, LAST, name, found);
            }
            (OverrideOf::Cluster, [Some(name)]) => {
                let found = fleet::all_clusters(self.db, self.db.project()).value.get(name).copied();
                self.names(target.node, 0, name, found);
            }
            (OverrideOf::Baseline, [Some(name)]) => {
                self.names(target.node, 0, name, self.index.baselines.get(name).copied());
            }
            _ => {}
        }
    }

    fn block(&mut self, block: &Block) {
        for member in &block.members {
            match member {
                Member::Use(it) => {
                    for target in &it.targets {
                        self.item(target.node, &target.parts);
                    }
                }
                Member::Drop(targets) => {
                    for target in targets {
                        self.item(target.node, &target.parts);
                    }
                }
                Member::Attach(targets) | Member::Detach(targets) => {
                    for target in targets {
                        let Some(Some(name)) = target.parts.first() else { continue };
                        let tenant = self.index.tenants.get(name).or_else(|| self.index.repositories.get(name));
                        self.names(target.node, 0, name, tenant.copied());
                    }
                }
                Member::Override(it) => {
                    self.overridden(it.what, &it.target);
                    self.block(&it.block);
                }
                Member::Let(it) => {
                    let ty = check::notes(self.db, self.anchor).types.get(&it.value.node).map(types::widen);
                    self.push(it.node, 0, &it.name, Symbol::At(Origin::new(self.anchor, it.node)), ty);
                    if let Some(ty) = &it.ty {
                        self.type_(ty);
                    }
                    self.bindings(&it.value);
                }
                Member::Entry(entry) => match &entry.action {
                    Action::Declare { ty, default } => {
                        if let [segment] = entry.path.segments.as_slice()
                            && let Key::Name(name) = &segment.key
                        {
                            let declared = scope::declared_in(self.db, self.anchor, name);
                            let at = declared.unwrap_or(Origin::new(self.anchor, segment.node));
                            self.push(at.node, 0, name, Symbol::At(at), None);
                        }
                        self.type_(ty);
                        if let Some(it) = default {
                            self.bindings(it);
                        }
                    }
                    Action::AmendTyped { ty, block } => {
                        self.type_(ty);
                        self.block(block);
                    }
                    Action::Amend(block) => self.block(block),
                    Action::Assign(it) | Action::Append(it) => {
                        if self.anchor.kind(self.db) == Kind::Moved {
                            self.moved(it);
                        }
                        self.bindings(it);
                    }
                },
                Member::Spread(it) => self.bindings(&it.value),
                Member::Patch(it) => self.block(&it.block),
                Member::Rings(it) => {
                    let facts = &fleet::settings(self.db, self.db.project()).value.facts;
                    if let Some(fact) = facts.get(&it.fact) {
                        self.push(it.node, 0, &it.fact, Symbol::At(fact.origin), None);
                    }
                }
                Member::Unset(_) => {}
            }
        }
    }

    /// `catalogue.item` of a `moved`.
    fn moved(&mut self, expr: &crate::syntax::ast::Expr) {
        match &expr.kind {
            ExprKind::Name(name) => self.item(expr.node, &[Some(name.clone())]),
            ExprKind::Member { of, name, .. } => {
                if let ExprKind::Name(first) = &of.kind {
                    self.item(expr.node, &[Some(first.clone()), Some(name.clone())]);
                }
            }
            _ => {}
        }
    }

    /// The variables that an expression binds, and the types that it names.
    fn bindings(&mut self, expr: &crate::syntax::ast::Expr) {
        let mut types: Vec<&TypeExpr> = Vec::new();
        let mut bound = Vec::new();
        walk::parts(expr, &mut |part, _| match part {
            Visited::Type(it) => types.push(it),
            Visited::Expr(it) => bound.extend(scope::bound_by(it)),
        });
        for (node, name) in bound {
            self.push(node, 0, &name, Symbol::At(Origin::new(self.anchor, node)), None);
        }
        for it in types {
            self.type_name(it);
        }
    }

    fn type_(&mut self, ty: &TypeExpr) {
        let mut found = Vec::new();
        walk::types(ty, &mut |part, _| {
            if let Visited::Type(it) = part {
                found.push(it);
            }
        });
        for it in found {
            self.type_name(it);
        }
    }

    fn type_name(&mut self, ty: &TypeExpr) {
        if let TypeKind::Name(name) = &ty.kind {
            let last = EcoString::from(name.rsplit('.').next().unwrap_or(name));
            self.names(ty.node, LAST, &last, self.index.types.get(name).copied());
        }
    }
}
