//! Each kind of declaration, its block held against the shape that it must have.

use super::checker::{Checker, irsa_type, is_key, params_type, without};
use super::{problems, reserved, twice};
use crate::diagnostic::Diagnostic;
use crate::fleet;
use crate::flux::external;
use crate::names;
use crate::source::{Anchor, Db, ItemKind, Kind, Origin};
use crate::syntax::{
    self,
    ast::{Block, Declaration, Head, Member},
};
use crate::types::{self, Notes, Scope};

/// Checks one declaration.
pub(super) fn check(db: &dyn Db, anchor: Anchor) -> Vec<Diagnostic> {
    looked_at(db, anchor, None).out
}

/// What is found out on the way.
pub(super) fn notes(db: &dyn Db, anchor: Anchor) -> Notes {
    looked_at(db, anchor, Some(Notes::default())).notes.unwrap_or_default()
}

/// What an expression in a declaration may name.
pub(super) fn scope(db: &dyn Db, anchor: Anchor) -> Scope {
    let index = names::index_of(db, anchor);
    let settings = &fleet::settings(db, db.project()).value;
    let mut checker = Checker { db, index, settings, anchor, out: Vec::new(), notes: None };
    let declaration = syntax::declaration(db, anchor);
    if anchor.kind(db) == Kind::Check {
        return checker.check_scope();
    }
    let locals = match &declaration.head {
        Head::Fn { params, .. } => {
            let types = types::function_type(db, anchor).value.params.iter().map(|it| it.ty.clone());
            params.iter().map(|it| it.name.clone()).zip(types).collect()
        }
        _ => Vec::new(),
    };
    let mut scope = checker.cluster_scope();
    scope.locals.extend(locals);
    // A `let` of an add-on reads its params, too.
    let item = match &declaration.head {
        Head::Override { target, .. } => {
            let name = target.parts.last().and_then(Option::as_ref);
            name.and_then(|name| index.items.values().find_map(|it| it.get(name))).copied()
        }
        _ => Some(anchor),
    };
    let has_params = |it: &Anchor| it.kind(db).has_params();
    if let Some(it) = item.filter(has_params) {
        scope.params = Some(params_type(db, it));
        scope.irsa = irsa_type(db, it);
    }
    if matches!(anchor.kind(db), Kind::Fleet | Kind::Let | Kind::Fn | Kind::Type) {
        scope.cluster = None;
    }
    scope
}

/// What a check may read.
pub(super) fn scope_of_checks(db: &dyn Db, near: Anchor) -> Scope {
    let settings = &fleet::settings(db, db.project()).value;
    let index = names::index_of(db, near);
    Checker { db, index, settings, anchor: near, out: Vec::new(), notes: None }.check_scope()
}

fn looked_at(db: &dyn Db, anchor: Anchor, notes: Option<Notes>) -> Checker<'_> {
    let index = names::index_of(db, anchor);
    let settings = &fleet::settings(db, db.project()).value;
    let declaration = syntax::declaration(db, anchor);
    let mut checker = Checker { db, index, settings, anchor, out: Vec::new(), notes };
    checker.own_lets(&declaration.body);
    if declaration.body.lets().next().is_some() {
        let members = declaration.body.members.iter().filter(|it| !matches!(it, Member::Let(_))).cloned().collect();
        let body = Block::new(declaration.body.node, members);
        checker.declaration(&Declaration { body, ..Declaration::clone(declaration) });
    } else {
        checker.declaration(declaration);
    }
    twice::check(anchor, &declaration.body, &mut checker.out);
    checker
}

/// Kinds of `external` that define other kinds.
const CRDS: &[&str] = &["CRD", "CustomResourceDefinition"];

impl Checker<'_> {
    fn declaration(&mut self, it: &Declaration) {
        match it.kind {
            Kind::Fleet => self.fleet(it),
            Kind::Type => self.type_(it),
            Kind::Let => self.let_(it),
            Kind::Catalogue | Kind::Application => self.catalogue(it),
            Kind::External => {
                let kind = external::kind(self.db, self.anchor);
                if let Some(kind) = kind.filter(|it| !external::kinds().contains(&it.as_str())) {
                    self.out.push(problems::external_of_no_use(Origin::of(self.anchor), kind));
                }
                let kind = kind.map_or("", |it| it.as_str());
                for (key, kinds) in [
                    ("keys", &["Secret", "ConfigMap"][..]),
                    ("group", CRDS),
                    ("kind", CRDS),
                    ("scope", CRDS),
                    ("schema", CRDS),
                ] {
                    let named =
                        it.body.members.iter().find(|it| matches!(it, Member::Entry(entry) if is_key(entry, key)));
                    if let (Some(Member::Entry(entry)), false) = (named, kinds.contains(&kind)) {
                        let at = Origin::new(self.anchor, entry.path.node);
                        self.out.push(problems::of_other_externals(at, key, &kinds.join(" or ")));
                    }
                }
                self.shaped(it, "ExternalBody");
            }
            Kind::Tenant => {
                reserved::tenant(self.anchor, &it.body, &mut self.out);
                self.shaped(it, "TenantBody");
            }
            Kind::Cluster | Kind::Group => self.cluster(it),
            Kind::Rule => self.rule(it),
            Kind::Override if fleet::overridden_cluster(self.db, self.anchor).is_some() => self.cluster(it),
            Kind::Override => self.statements(&it.body, Some(it)),
            Kind::Inventory => self.inventory(it),
            Kind::Item(ItemKind::Addon) => self.addon(it),
            Kind::Source => self.source(it),
            Kind::Item(ItemKind::Manifest) => self.manifest(it),
            Kind::Item(ItemKind::Namespace | ItemKind::Kustomize) | Kind::Repository => {
                if it.kind == Kind::KUSTOMIZE {
                    reserved::directory(self.anchor, &it.body, &mut self.out);
                } else {
                    reserved::kustomization(self.anchor, &it.body, &mut self.out);
                }
                if it.kind == Kind::Repository {
                    reserved::repository(self.anchor, &it.body, &mut self.out);
                }
                if let Some(ty) = self.body_type(self.anchor, it) {
                    let scope = self.cluster_scope();
                    self.block(&it.body, &ty, scope);
                }
            }
            Kind::Fn => self.function(it),
            Kind::Check => self.assertion(it),
            Kind::Baseline => self.baseline(it),
            Kind::Moved => {
                let rest = without(&without(&it.body, "from"), "to");
                self.shaped(&Declaration { body: rest, ..it.clone() }, "MovedBody");
            }
            Kind::Import | Kind::Data => {}
        }
    }
}
