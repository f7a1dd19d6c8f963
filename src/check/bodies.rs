//! Each kind of declaration, its block held against the shape that it must have.

use std::sync::Arc;

use ecow::EcoString;
use indexmap::IndexMap;

use super::{problems, references, reserved, twice};
use crate::diagnostic::Diagnostic;
use crate::eval::{self, Env};
use crate::fleet::{self, OverrideTarget, Settings};
use crate::names::{self, Index, is_reserved, not_yet};
use crate::source::{Anchor, Db, Kind, Origin};
use crate::syntax::{
    self,
    ast::{Action, Block, Declaration, Entry, Expr, Head, Key, Member, TypeBody},
};
use crate::types::{self, Constraint, FieldType, Infer, RecordType, Scope, Type, fits};

/// Checks one declaration.
pub(super) fn check(db: &dyn Db, anchor: Anchor) -> Vec<Diagnostic> {
    let index = names::index(db, db.project());
    let settings = &fleet::settings(db, db.project()).value;
    let declaration = syntax::declaration(db, anchor);
    let mut checker = Checker { db, index, settings, anchor, out: Vec::new() };
    checker.declaration(declaration);
    twice::check(anchor, &declaration.body, &mut checker.out);
    checker.out
}

/// What a cluster or group says of itself, which cannot depend on its facts.
const SETTINGS: [&str; 5] = ["path", "directory", "flux", "lockdown", "sync"];

struct Checker<'a> {
    db: &'a dyn Db,
    index: &'a Index,
    settings: &'a Settings,
    anchor: Anchor,
    out: Vec<Diagnostic>,
}

impl Checker<'_> {
    fn declaration(&mut self, it: &Declaration) {
        match it.kind {
            Kind::Fleet => self.fleet(it),
            Kind::Type => self.type_(it),
            Kind::Let => self.let_(),
            Kind::Catalogue | Kind::Application => {
                reserved::own_kustomization(self.anchor, &it.body, &mut self.out);
                self.shaped(it, "CatalogueBody", &Scope::default());
            }
            Kind::External => self.shaped(it, "ExternalBody", &Scope::default()),
            Kind::Tenant => self.shaped(it, "TenantBody", &Scope::default()),
            Kind::Cluster | Kind::Group => self.cluster(it),
            Kind::Rule => self.rule(it),
            Kind::Override => self.statements(&it.body, Some(it)),
            Kind::Addon => self.addon(it),
            Kind::Source => self.source(it),
            Kind::Manifest => self.manifest(it),
            Kind::Namespace | Kind::Kustomize | Kind::Repository => {
                reserved::kustomization(self.anchor, &it.body, &mut self.out);
                if it.kind == Kind::Repository {
                    reserved::repository(self.anchor, &it.body, &mut self.out);
                }
                if let Some(ty) = self.body_type(self.anchor, it) {
                    self.block(&it.body, &ty, self.cluster_scope());
                }
            }
            Kind::Fn | Kind::Inventory | Kind::Baseline | Kind::Check | Kind::Import => {}
        }
    }

    /// `cluster` and `fleet` can be read.
    fn cluster_scope(&self) -> Scope {
        Scope {
            cluster: Some(self.settings.cluster_type.clone()),
            fleet: Some(fleet_type()),
            why_no_cluster: "params are declared by add-ons, and read in them and in overrides of them",
            ..Scope::default()
        }
    }

    fn infer<T>(&mut self, scope: Scope, run: impl FnOnce(&mut Infer<'_>) -> T) -> T {
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
        };
        run(&mut infer)
    }

    fn block(&mut self, block: &Block, ty: &Type, scope: Scope) {
        let block = reserved::stripped(block);
        self.infer(scope, |infer| infer.block(&block, ty, None));
    }

    fn condition(&mut self, when: &Expr) {
        let scope = self.cluster_scope();
        self.infer(scope, |infer| infer.check(when, &Type::Bool, None));
    }

    fn named(&self, name: &str) -> Type {
        types::named(self.db, self.index, name).unwrap_or(Type::Any)
    }

    fn body_type(&mut self, item: Anchor, declaration: &Declaration) -> Option<Type> {
        fleet::body_type(self.db, self.index, item, declaration, &mut self.out)
    }

    /// A block that reads no cluster, held against a type of the standard library.
    fn shaped(&mut self, it: &Declaration, shape: &str, scope: &Scope) {
        let mut scope = scope.clone();
        scope.why_no_cluster = "this is the same for every cluster";
        let ty = self.named(shape);
        self.block(&it.body, &ty, scope);
    }

    fn fleet(&mut self, it: &Declaration) {
        reserved::own_kustomization(self.anchor, &it.body, &mut self.out);
        let rest = without(&it.body, "facts");
        let ty = self.named("FleetBody");
        let scope = Scope { why_no_cluster: "this is the same for every cluster", ..Scope::default() };
        self.block(&rest, &ty, scope);
        for fact in &self.settings.facts {
            if let Some(default) = &fact.default {
                let mut scope = self.cluster_scope();
                scope.params = None;
                self.infer(scope, |infer| infer.check(&default.expr, &fact.ty, Some(fact.origin)));
            }
            self.wheres(&fact.ty);
        }
    }

    /// The conditions of a type that is written where it is used.
    fn wheres(&mut self, ty: &Type) {
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

    fn type_(&mut self, it: &Declaration) {
        let checked = types::type_of(self.db, self.anchor);
        self.out.extend(checked.diagnostics.iter().cloned());
        let Head::Type(body) = &it.head else { return };
        match (body, &checked.value) {
            (TypeBody::Alias(_), Type::Refined(refined)) => {
                for constraint in &refined.constraints {
                    if let Constraint::Where(condition) = constraint {
                        let scope = Scope { locals: vec![("it".into(), refined.base.clone())], ..Scope::default() };
                        self.infer(scope, |infer| infer.check(&condition.expr, &Type::Bool, None));
                    }
                }
            }
            (TypeBody::Record { .. }, Type::Record(record)) => self.record(record),
            _ => {}
        }
    }

    fn record(&mut self, record: &Arc<RecordType>) {
        for field in record.fields.values() {
            let mut locals: Vec<(EcoString, Type)> =
                record.fields.iter().map(|(name, field)| (name.clone(), field.ty.clone())).collect();
            if let Some(default) = &field.default {
                let scope = Scope { locals: locals.clone(), ..Scope::default() };
                self.infer(scope, |infer| infer.check(&default.expr, &field.ty, field.origin));
            }
            locals.push(("it".into(), field.ty.present().clone()));
            for condition in &field.wheres {
                let scope = Scope { locals: locals.clone(), ..Scope::default() };
                self.infer(scope, |infer| infer.check(&condition.expr, &Type::Bool, None));
            }
        }
    }

    fn let_(&mut self) {
        self.out.extend(types::let_type(self.db, self.anchor).diagnostics.iter().cloned());
        if self.out.is_empty() {
            self.out.extend(eval::let_value(self.db, self.anchor).diagnostics.iter().cloned());
        }
    }

    /// Facts and settings; statements are checked on their own.
    fn cluster(&mut self, it: &Declaration) {
        reserved::own_kustomization(self.anchor, &it.body, &mut self.out);
        let mut fields: IndexMap<EcoString, FieldType> = IndexMap::new();
        if let Type::Record(record) = &self.settings.cluster_type {
            for fact in &self.settings.facts {
                if let Some(field) = record.fields.get(&fact.name) {
                    fields.insert(fact.name.clone(), field.clone());
                }
            }
        }
        if let Some(record) = self.named("ClusterBody").record() {
            let has_it = |name: &EcoString| it.kind == Kind::Cluster || name != "path";
            let settings = record.fields.iter().filter(|(name, _)| has_it(name));
            fields.extend(settings.map(|(name, field)| (name.clone(), field.clone())));
        }
        let name = if it.kind == Kind::Cluster { "a cluster" } else { "a group" };
        let ty = Type::Record(Arc::new(RecordType {
            name: name.into(),
            fields,
            open: false,
            origin: self.settings.anchor.map(Origin::of),
        }));
        self.statements(&it.body, None);
        let entries = entries_only(&it.body);
        let is_setting =
            |member: &Member| matches!(member, Member::Entry(entry) if SETTINGS.iter().any(|it| is_key(entry, it)));
        let (settings, facts): (Vec<Member>, Vec<Member>) = entries.members.into_iter().partition(is_setting);
        let scope = self.cluster_scope();
        self.block(&Block { node: entries.node, members: facts }, &ty, scope);
        let scope = Scope {
            fleet: Some(fleet_type()),
            why_no_cluster: "this is decided before the cluster's facts are",
            ..Scope::default()
        };
        self.block(&Block { node: entries.node, members: settings }, &ty, scope);
    }

    fn rule(&mut self, it: &Declaration) {
        if let Head::Rule { layer, when } = &it.head {
            if let Some((node, name)) = layer
                && !self.settings.layers.contains(name)
            {
                self.out.push(problems::unknown_layer(Origin::new(self.anchor, *node), name, self.settings));
            }
            if let Some(when) = when {
                self.condition(when);
            }
        }
        self.statements(&it.body, None);
        for member in &it.body.members {
            if let Member::Entry(Entry { node, .. }) = member {
                self.out.push(problems::entry_in_rule(Origin::new(self.anchor, *node)));
            }
        }
    }

    /// `use`, `drop`, `attach`, `override` of a block; or the one override that a
    /// top-level declaration is.
    fn statements(&mut self, body: &Block, top_level: Option<&Declaration>) {
        let checked = fleet::statements(self.db, self.anchor);
        self.out.extend(checked.diagnostics.iter().cloned());
        for it in &checked.value.uses {
            if let Some(block) = &it.block {
                reserved::use_block(self.anchor, block, &mut self.out);
                let ty = self.named("KustomizationSpec");
                let scope = self.cluster_scope();
                self.block(&reserved::stripped_use(block), &ty, scope);
            }
        }
        for it in &checked.value.overrides {
            if let Some(when) = &it.when {
                self.condition(when);
            }
            self.override_(it.target, &it.block);
            if top_level.is_none() {
                twice::check(self.anchor, &it.block, &mut self.out);
            }
        }
        for member in &body.members {
            match member {
                Member::Later { node, what } => self.out.push(not_yet(Origin::new(self.anchor, *node), what)),
                Member::Patch(it) if top_level.is_none() => {
                    self.out.push(problems::patch_here(Origin::new(self.anchor, it.node)));
                }
                _ => {}
            }
        }
    }

    fn override_(&mut self, target: OverrideTarget, block: &Arc<Block>) {
        let mut scope = self.cluster_scope();
        let ty = match target {
            OverrideTarget::One(item) => {
                let declaration = syntax::declaration(self.db, item);
                if item.kind(self.db) == Kind::Addon {
                    self.no_patches(block);
                    reserved::release(self.anchor, block, &mut self.out);
                    scope.params = Some(params_type(self.db, self.index, item, declaration));
                    let ty = self.quiet_body_type(item, declaration);
                    with_params(&ty.unwrap_or(Type::Any), scope.params.clone())
                } else {
                    let outer = self.out.len();
                    let ty = self.body_type(item, declaration).unwrap_or(Type::Any);
                    self.out.truncate(outer);
                    if item.kind(self.db) == Kind::Kustomize {
                        self.patches(block);
                    } else {
                        self.no_patches(block);
                    }
                    ty
                }
            }
            OverrideTarget::AddonsOf(_) | OverrideTarget::EveryAddon => {
                self.no_patches(block);
                reserved::release(self.anchor, block, &mut self.out);
                scope.params = Some(Type::Any);
                self.named("AddonBody")
            }
        };
        let entries = without_patches(block);
        self.block(&entries, &ty, scope);
    }

    fn quiet_body_type(&mut self, item: Anchor, declaration: &Declaration) -> Option<Type> {
        let mark = self.out.len();
        let ty = self.body_type(item, declaration);
        self.out.truncate(mark);
        ty
    }

    fn no_patches(&mut self, block: &Arc<Block>) {
        for member in &block.members {
            if let Member::Patch(it) = member {
                self.out.push(problems::patch_here(Origin::new(self.anchor, it.node)));
            }
        }
    }

    fn patches(&mut self, block: &Arc<Block>) {
        for member in &block.members {
            if let Member::Patch(it) = member {
                let scope = self.cluster_scope();
                self.block(&it.block, &Type::Any, scope);
            }
        }
    }

    fn addon(&mut self, it: &Declaration) {
        reserved::release(self.anchor, &it.body, &mut self.out);
        if let Head::Addon { from: Some((node, _)), .. } = &it.head {
            self.out.push(not_yet(Origin::new(self.anchor, *node), "`from`"));
        }
        self.params(it);
        let mut scope = self.cluster_scope();
        scope.params = Some(params_type(self.db, self.index, self.anchor, it));
        if let Some(ty) = self.body_type(self.anchor, it) {
            let rest = without(&without(&it.body, "params"), "irsa");
            self.block(&rest, &ty, scope);
        }
        for member in &it.body.members {
            if let Member::Entry(entry) = member
                && is_key(entry, "irsa")
            {
                self.out.push(not_yet(Origin::new(self.anchor, entry.node), "`irsa`"));
            }
            // Params are declared in a block; a value for all of them declares none.
            if let Member::Entry(entry) = member
                && is_key(entry, "params")
                && !(entry.path.segments.len() == 1 && matches!(entry.action, Action::Amend(_)))
            {
                self.out.push(problems::not_a_param(Origin::new(self.anchor, entry.node)));
            }
        }
    }

    /// `params { name: Type = default }`
    fn params(&mut self, it: &Declaration) {
        let mut seen: IndexMap<EcoString, Origin> = IndexMap::new();
        let params = params_type(self.db, self.index, self.anchor, it);
        for entry in block_entries(&it.body, "params") {
            let at = Origin::new(self.anchor, entry.node);
            let (Action::Declare { ty, default }, [segment]) = (&entry.action, entry.path.segments.as_slice()) else {
                self.out.push(problems::not_a_param(at));
                continue;
            };
            let Key::Name(name) = &segment.key else { continue };
            let name_at = Origin::new(self.anchor, segment.node);
            if is_reserved(name) {
                self.out.push(problems::reserved_param(name_at, name));
            }
            if let Some(first) = seen.insert(name.clone(), name_at) {
                self.out.push(problems::param_twice(name_at, name, first));
            }
            let mark = self.out.len();
            let lowered = types::lower(self.db, self.index, self.anchor, ty, &mut self.out);
            if self.out.len() == mark {
                self.wheres(&lowered);
            }
            if let Some(default) = default {
                let mut scope = self.cluster_scope();
                scope.params = Some(params.clone());
                self.infer(scope, |infer| infer.check(default, &lowered, Some(name_at)));
            }
        }
    }

    fn source(&mut self, it: &Declaration) {
        if let Head::Source { url, .. } = &it.head {
            let scope = self.cluster_scope();
            let ty = Type::Text;
            self.infer(scope, |infer| infer.check(url, &ty, None));
        }
        if let Some(ty) = self.body_type(self.anchor, it) {
            let scope = self.cluster_scope();
            self.block(&it.body, &ty, scope);
        }
    }

    fn manifest(&mut self, it: &Declaration) {
        let scope = self.cluster_scope();
        match &it.head {
            Head::Manifest { value: Some(value) } => {
                let ty = self.infer(scope, |infer| infer.infer(value));
                let object = Type::Map(Arc::new(Type::Any));
                if !fits(&ty, &object) && !fits(&ty, &Type::List(Arc::new(object))) {
                    self.out.push(problems::not_an_object(Origin::new(self.anchor, value.node), &ty));
                }
            }
            _ => self.block(&it.body, &Type::Any, scope),
        }
    }
}

/// The type of `params` in an add-on.
pub(super) fn params_type(db: &dyn Db, index: &Index, addon: Anchor, declaration: &Declaration) -> Type {
    let mut ignored = Vec::new();
    let mut fields = IndexMap::new();
    for entry in block_entries(&declaration.body, "params") {
        if let (Action::Declare { ty, .. }, [segment]) = (&entry.action, entry.path.segments.as_slice())
            && let Key::Name(name) = &segment.key
        {
            let mut field = FieldType::optional(types::lower(db, index, addon, ty, &mut ignored));
            field.origin = Some(Origin::new(addon, segment.node));
            fields.insert(name.clone(), field);
        }
    }
    let name = ecow::eco_format!("params of {}", addon.name(db));
    Type::Record(Arc::new(RecordType { name, fields, open: false, origin: Some(Origin::of(addon)) }))
}

/// An add-on's block where its params are set, not declared.
fn with_params(ty: &Type, params: Option<Type>) -> Type {
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

fn fleet_type() -> Type {
    let mut fields = IndexMap::new();
    fields.insert("name".into(), FieldType::optional(Type::Text));
    fields.insert("branch".into(), FieldType::optional(Type::Text));
    fields.insert("repository".into(), FieldType::optional(Type::Text.optional()));
    Type::Record(Arc::new(RecordType { name: "fleet".into(), fields, open: false, origin: None }))
}

fn is_key(entry: &Entry, key: &str) -> bool {
    entry.path.segments.first().is_some_and(|it| it.key == Key::Name(key.into()))
}

/// The block without the entries below a key.
fn without(block: &Block, key: &str) -> Block {
    let keep = |it: &&Member| !matches!(it, Member::Entry(entry) if is_key(entry, key));
    Block { node: block.node, members: block.members.iter().filter(keep).cloned().collect() }
}

fn without_patches(block: &Block) -> Block {
    let keep = |it: &&Member| !matches!(it, Member::Patch(_));
    Block { node: block.node, members: block.members.iter().filter(keep).cloned().collect() }
}

fn entries_only(block: &Block) -> Block {
    let keep = |it: &&Member| matches!(it, Member::Entry(_) | Member::Unset(_) | Member::Spread(_));
    Block { node: block.node, members: block.members.iter().filter(keep).cloned().collect() }
}

/// The entries of the block `key { … }`.
fn block_entries<'a>(body: &'a Block, key: &'a str) -> impl Iterator<Item = &'a Entry> {
    body.members
        .iter()
        .filter_map(move |it| match it {
            Member::Entry(Entry { path, action: Action::Amend(block), .. })
                if path.segments.len() == 1
                    && path.segments.first().is_some_and(|it| it.key == Key::Name(key.into())) =>
            {
                Some(block)
            }
            _ => None,
        })
        .flat_map(|block| &block.members)
        .filter_map(|it| match it {
            Member::Entry(entry) => Some(entry),
            _ => None,
        })
}
