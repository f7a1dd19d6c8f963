//! Each kind of declaration, its block held against the shape that it must have.

use super::checker::{Checker, without};
use super::{reserved, twice};
use crate::diagnostic::Diagnostic;
use crate::fleet;
use crate::names;
use crate::source::{Anchor, Db, Kind};
use crate::syntax::{
    self,
    ast::{Block, Declaration, Member},
};
use crate::types::Scope;

/// Checks one declaration.
pub(super) fn check(db: &dyn Db, anchor: Anchor) -> Vec<Diagnostic> {
    let index = names::index_of(db, anchor);
    let settings = &fleet::settings(db, db.project()).value;
    let declaration = syntax::declaration(db, anchor);
    let mut checker = Checker { db, index, settings, anchor, out: Vec::new() };
    checker.own_lets(&declaration.body);
    if declaration.body.lets().next().is_some() {
        let members = declaration.body.members.iter().filter(|it| !matches!(it, Member::Let(_))).cloned().collect();
        let body = Block { node: declaration.body.node, members };
        checker.declaration(&Declaration { body, ..Declaration::clone(declaration) });
    } else {
        checker.declaration(declaration);
    }
    twice::check(anchor, &declaration.body, &mut checker.out);
    checker.out
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
            Kind::Tenant => {
                reserved::tenant(self.anchor, &it.body, &mut self.out);
                self.shaped(it, "TenantBody", &Scope::default());
            }
            Kind::Cluster | Kind::Group => self.cluster(it),
            Kind::Rule => self.rule(it),
            Kind::Override if fleet::overridden_cluster(self.db, self.anchor).is_some() => self.cluster(it),
            Kind::Override => self.statements(&it.body, Some(it)),
            Kind::Inventory => self.inventory(it),
            Kind::Addon => self.addon(it),
            Kind::Source => self.source(it),
            Kind::Manifest => self.manifest(it),
            Kind::Namespace | Kind::Kustomize | Kind::Repository => {
                reserved::kustomization(self.anchor, &it.body, &mut self.out);
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
                self.shaped(&Declaration { body: rest, ..it.clone() }, "MovedBody", &Scope::default());
            }
            Kind::Import | Kind::Data => {}
        }
    }
}
