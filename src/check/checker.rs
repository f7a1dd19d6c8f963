//! One declaration under the eye: what its expressions see, and what is wrong with them.

use std::sync::Arc;

use ecow::EcoString;

use super::{references, reserved};
use crate::diagnostic::Diagnostic;
use crate::eval::{self, Env};
use crate::fleet::{self, Settings};
use crate::names::Index;
use crate::source::{Anchor, Db, IndexMap, Kind, Origin};
use crate::syntax::{
    self,
    ast::{Block, CATALOGUE_NAME, Declaration, Entry, Expr, Head, Key, Member},
};
use crate::types::{self, Constraint, FieldType, FieldsAre, Infer, Notes, RecordType, Scope, Type};

pub(super) struct Checker<'a> {
    pub db: &'a dyn Db,
    pub index: &'a Index,
    pub settings: &'a Settings,
    pub anchor: Anchor,
    pub out: Vec<Diagnostic>,
    /// What is found out, where somebody wants to know.
    pub notes: Option<Notes>,
}

impl Checker<'_> {
    /// `cluster` and `fleet` can be read, and what the blocks around bind.
    pub(super) fn cluster_scope(&mut self) -> Scope {
        let locals = self.around();
        Scope { locals, ..self.cluster_alone() }
    }

    fn cluster_alone(&self) -> Scope {
        Scope {
            cluster: Some(self.settings.cluster_type.clone()),
            fleet: Some(fleet_type()),
            catalogue: self.catalogue_type(),
            why_no_cluster: "params are declared by add-ons, and read in them and in overrides of them",
            ..Scope::default()
        }
    }

    /// What a `let` at the head of the declaration sees, but for other `let`s.
    fn free_scope(&self) -> Scope {
        match self.anchor.kind(self.db) {
            Kind::Fleet | Kind::External | Kind::Tenant => {
                Scope { why_no_cluster: "this is the same for every cluster", ..Scope::default() }
            }
            Kind::ADDON | Kind::Baseline => Scope {
                params: Some(params_type(self.db, self.anchor)),
                irsa: irsa_type(self.db, self.anchor),
                ..self.cluster_alone()
            },
            _ => self.cluster_alone(),
        }
    }

    /// The type of `catalogue`, inside one.
    fn catalogue_type(&self) -> Option<Type> {
        let mut around = std::iter::successors(Some(self.anchor), |it| it.parent(self.db));
        let catalogue = around.find(|it| it.kind(self.db).is_catalogue())?;
        let mut fields: IndexMap<EcoString, FieldType> = IndexMap::default();
        fields.insert("name".into(), FieldType::optional(Type::Text));
        if !fleet::params_of(self.db, catalogue).is_empty() {
            fields.insert("params".into(), FieldType::optional(params_type(self.db, catalogue)));
        }
        let name = ecow::eco_format!("catalogue {}", catalogue.name(self.db));
        Some(Type::Record(Arc::new(RecordType { name, fields, open: false, ..RecordType::default() })))
    }

    pub(super) fn infer<T>(&mut self, scope: Scope, run: impl FnOnce(&mut Infer<'_>) -> T) -> T {
        let (db, index, anchor, settings) = (self.db, self.index, self.anchor, self.settings);
        let resolver = |kind, name: &str, at| references::resolve(db, index, settings, anchor, kind, name, at);
        let literals = |expr: &Expr, ty: &Type, asked: Option<Origin>| {
            let mut env = Env::new(db, index, anchor);
            eval::literal_problems(&mut env, expr, ty, asked);
            env.out
        };
        let mut infer = Infer {
            db,
            index,
            anchor,
            scope,
            resolver: &resolver,
            literals: &literals,
            out: &mut self.out,
            narrowed: Vec::new(),
            notes: self.notes.as_mut(),
        };
        run(&mut infer)
    }

    /// The same, for one expression of many in a scope; gives the scope back.
    pub(super) fn infer_in(&mut self, scope: Scope, run: impl FnOnce(&mut Infer<'_>)) -> Scope {
        self.infer(scope, |infer| {
            run(infer);
            std::mem::take(&mut infer.scope)
        })
    }

    pub(super) fn block(&mut self, block: &Block, ty: &Type, scope: Scope) {
        let block = reserved::stripped(block);
        self.infer(scope, |infer| infer.block(&block, ty, None));
    }

    pub(super) fn condition(&mut self, when: &Expr) {
        let scope = self.cluster_scope();
        self.infer(scope, |infer| infer.check(when, &Type::Bool, None));
    }

    pub(super) fn shape(&self, name: &str) -> Type {
        types::shape(self.db, name)
    }

    pub(super) fn body_type(&mut self, item: Anchor, declaration: &Declaration) -> Option<Type> {
        fleet::body_type(self.db, item, declaration, &mut self.out)
    }

    pub(super) fn quiet_body_type(&mut self, item: Anchor, declaration: &Declaration) -> Option<Type> {
        let mark = self.out.len();
        let ty = self.body_type(item, declaration);
        self.out.truncate(mark);
        ty
    }

    /// A block that reads no cluster, held against a type of the standard library.
    pub(super) fn shaped(&mut self, it: &Declaration, shape: &str) {
        let ty = self.shape(shape);
        let scope = self.scope_of_all();
        self.block(&it.body, &ty, scope);
    }

    /// What the blocks around bind, without a cluster.
    pub(super) fn scope_of_all(&mut self) -> Scope {
        let locals = self.around();
        let catalogue = self.catalogue_type();
        Scope { locals, catalogue, why_no_cluster: "this is the same for every cluster", ..Scope::default() }
    }

    /// The conditions of a type that is written where it is used.
    pub(super) fn wheres(&mut self, ty: &Type) {
        match ty {
            Type::Refined(it) if it.name.is_none() => {
                for constraint in &it.constraints {
                    if let Constraint::Where(condition) = constraint {
                        let scope = Scope { locals: vec![("it".into(), it.base.clone())], ..Scope::default() };
                        let expr = Arc::clone(&condition.expr);
                        self.infer(scope, |infer| infer.check(&expr, &Type::Bool, None));
                    }
                }
                self.wheres(&it.base);
            }
            Type::Optional(it) | Type::List(it) | Type::Map(it) => self.wheres(it),
            _ => {}
        }
    }

    /// The names that the blocks around an expression bind, outermost first.
    fn around(&mut self) -> Vec<(EcoString, Type)> {
        self.above(Some(self.anchor))
    }

    /// Those that a declaration and those around it bind.
    fn above(&mut self, innermost: Option<Anchor>) -> Vec<(EcoString, Type)> {
        let mut chain = Vec::new();
        let mut at = innermost;
        while let Some(anchor) = at {
            chain.push(anchor);
            at = anchor.parent(self.db);
        }
        let mut locals = Vec::new();
        for anchor in chain.into_iter().rev() {
            locals.extend(self.row(anchor));
            let body = &syntax::declaration(self.db, anchor).body;
            if body.lets().next().is_some() {
                let scope = Scope { locals, ..self.free_scope() };
                locals = self.infer(scope, |infer| {
                    infer.lets(body, false);
                    std::mem::take(&mut infer.scope.locals)
                });
            }
        }
        locals
    }

    /// The names that an inventory gives its row.
    fn row(&self, anchor: Anchor) -> Vec<(EcoString, Type)> {
        let Head::Inventory { names, .. } = &syntax::declaration(self.db, anchor).head else { return Vec::new() };
        let row = fleet::rows(self.db, anchor).value.ty.clone().unwrap_or(Type::Broken);
        match names.as_slice() {
            [(_, only)] => vec![(only.clone(), row)],
            [(_, first), (_, second), ..] => vec![(first.clone(), Type::Any), (second.clone(), row)],
            [] => Vec::new(),
        }
    }

    /// The names that the declaration's own block binds, each looked at once.
    pub(super) fn own_lets(&mut self, block: &Block) {
        if block.lets().next().is_some() {
            let mut scope = self.free_scope();
            scope.locals = self.above(self.anchor.parent(self.db));
            scope.locals.extend(self.row(self.anchor));
            let only = Block::new(block.node, block.lets().cloned().map(Member::Let).collect());
            self.infer(scope, |infer| infer.block(&only, &Type::Any, None));
        }
    }
}

/// The type of `params` in an add-on or a baseline.
pub(super) fn params_type(db: &dyn Db, addon: Anchor) -> Type {
    let mut fields = IndexMap::default();
    for it in fleet::params_of(db, addon).values() {
        let mut field = FieldType::optional(it.ty.clone());
        field.origin = Some(it.origin);
        fields.insert(it.name.clone(), field);
    }
    let own = addon.name(db);
    let name = if own.contains(CATALOGUE_NAME) { "params of it".into() } else { ecow::eco_format!("params of {own}") };
    Type::Record(Arc::new(RecordType {
        name,
        fields,
        open: false,
        origin: Some(Origin::of(addon)),
        fields_are: FieldsAre::Params,
    }))
}

/// The type of `irsa` in an add-on that has a role.
pub(super) fn irsa_type(db: &dyn Db, addon: Anchor) -> Option<Type> {
    let field = |name: &str, ty: Type| (EcoString::from(name), FieldType::optional(ty));
    let fields = [
        field("role-name", Type::Text),
        field("role-arn", Type::Text),
        field("service-account", Type::Text),
        field("annotations", Type::Map(Arc::new(Type::Text))),
    ];
    fleet::has_irsa(db, addon).then(|| {
        let fields = fields.into_iter().collect();
        Type::Record(Arc::new(RecordType { name: "irsa".into(), fields, open: false, ..RecordType::default() }))
    })
}

/// An add-on's block where its params are set, not declared.
pub(super) fn with_params(ty: &Type, params: Option<Type>) -> Type {
    match (ty, params) {
        (Type::Record(record), Some(params)) => {
            let mut record = RecordType::clone(record);
            if let Some(field) = record.fields.get_mut("params") {
                field.ty = params;
            }
            Type::Record(Arc::new(record))
        }
        _ => ty.clone(),
    }
}

pub(super) fn fleet_type() -> Type {
    let mut fields = IndexMap::default();
    fields.insert("name".into(), FieldType::optional(Type::Text));
    fields.insert("branch".into(), FieldType::optional(Type::Text));
    fields.insert("repository".into(), FieldType::optional(Type::Text.optional()));
    Type::Record(Arc::new(RecordType { name: "fleet".into(), fields, open: false, ..RecordType::default() }))
}

pub(super) fn is_key(entry: &Entry, key: &str) -> bool {
    entry.path.segments.first().is_some_and(|it| it.key == Key::Name(key.into()))
}

/// The block without the entries below a key.
pub(super) fn without(block: &Block, key: &str) -> Block {
    let keep = |it: &&Member| !matches!(it, Member::Entry(entry) if is_key(entry, key));
    Block::new(block.node, block.members.iter().filter(keep).cloned().collect())
}

pub(super) fn without_patches(block: &Block) -> Block {
    let keep = |it: &&Member| !matches!(it, Member::Patch(_));
    Block::new(block.node, block.members.iter().filter(keep).cloned().collect())
}

pub(super) fn entries_only(block: &Block) -> Block {
    let keep = |it: &&Member| matches!(it, Member::Entry(_) | Member::Unset(_) | Member::Spread(_));
    Block::new(block.node, block.members.iter().filter(keep).cloned().collect())
}
