//! Types, `let`s and functions.

use std::sync::Arc;

use ecow::EcoString;

use super::checker::{Checker, fleet_type, params_type};
use super::problems;
use crate::eval;
use crate::fleet;
use crate::source::{Anchor, IndexMap, Kind, Origin};
use crate::syntax::{
    self,
    ast::{Declaration, Head, TypeBody},
};
use crate::types::{self, Constraint, FieldType, FieldsAre, RecordType, Scope, Type};

impl Checker<'_> {
    pub(super) fn type_(&mut self, it: &Declaration) {
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

    pub(super) fn record(&mut self, record: &Arc<RecordType>) {
        let locals = record.fields.iter().map(|(name, field)| (name.clone(), field.ty.clone())).collect();
        let mut scope = Scope { locals, ..Scope::default() };
        for field in record.fields.values() {
            if let Some(default) = &field.default {
                scope = self.infer_in(scope, |infer| infer.check(&default.expr, &field.ty, field.origin));
            }
            scope.locals.push(("it".into(), field.ty.present().clone()));
            for condition in &field.wheres {
                scope = self.infer_in(scope, |infer| infer.check(&condition.expr, &Type::Bool, None));
            }
            scope.locals.pop();
        }
    }

    pub(super) fn let_(&mut self, it: &Declaration) {
        self.out.extend(types::let_type(self.db, self.anchor).diagnostics.iter().cloned());
        if self.out.is_empty() {
            self.out.extend(eval::let_value(self.db, self.anchor).diagnostics.iter().cloned());
        }
        if let (Some(_), Head::Let { value, .. }) = (&self.notes, &it.head) {
            let mark = self.out.len();
            let ty = types::let_type(self.db, self.anchor).value.clone();
            self.infer(Scope::default(), |infer| infer.check(value, &ty, None));
            self.out.truncate(mark);
        }
    }

    pub(super) fn function(&mut self, it: &Declaration) {
        let checked = types::function_type(self.db, self.anchor);
        self.out.extend(checked.diagnostics.iter().cloned());
        let Head::Fn { params, body, .. } = &it.head else { return };
        if types::builtin::find(&it.name).is_some() {
            self.out.push(problems::taken_param(Origin::of(self.anchor), &it.name));
        }
        if types::link(self.db, self.anchor).is_one_too_many() {
            self.out.push(types::too_long(Origin::of(self.anchor), &it.name));
        }
        if types::is_circular(self.db, self.anchor) {
            let Some(cycle) = types::function_cycle(self.db, self.anchor) else { return };
            let name = self.anchor.name(self.db);
            // One cycle, one error: at the first of its names.
            if cycle.iter().filter(|it| it.kind(self.db) == Kind::Fn).all(|it| it.name(self.db) >= name) {
                self.out.push(problems::function_cycle(self.db, cycle));
            }
            return;
        }
        let mut scope = Scope { why_no_cluster: NO_CLUSTER, ..Scope::default() };
        for (param, written) in checked.value.params.iter().zip(params) {
            if crate::names::is_reserved(&param.name) || self.index.lets.contains_key(&param.name) {
                self.out.push(problems::taken_param(param.origin, &param.name));
            }
            self.wheres(&param.ty);
            if let Some(default) = &written.default {
                scope = self.infer_in(scope, |infer| infer.check(default, &param.ty, Some(param.origin)));
            }
            scope.locals.push((param.name.clone(), param.ty.clone()));
        }
        let result = &checked.value.result;
        self.wheres(result);
        let asked =
            if let Head::Fn { result, .. } = &it.head { Some(Origin::new(self.anchor, result.node)) } else { None };
        self.infer(scope, |infer| infer.check(body, result, asked));
    }
}

impl Checker<'_> {
    /// The conditions of a `check`, which also reads what every layer came to.
    pub(super) fn assertion(&mut self, it: &Declaration) {
        let Head::Check { when, conditions } = &it.head else { return };
        let scope = self.check_scope();
        for condition in when.iter().chain(conditions) {
            self.infer(scope.clone(), |infer| infer.check(condition, &Type::Bool, None));
        }
    }

    /// What a check may read: a cluster with its add-ons, and all clusters.
    pub(super) fn check_scope(&self) -> Scope {
        let cluster = self.cluster_with_addons();
        let clusters = FieldType::optional(Type::List(Arc::new(cluster.clone())));
        let mut fields = fleet_type().record().map(|it| it.fields.clone()).unwrap_or_default();
        fields.insert("clusters".into(), clusters);
        let fleet = RecordType { name: "fleet".into(), fields, open: false, ..RecordType::default() };
        Scope {
            cluster: Some(cluster),
            fleet: Some(Type::Record(Arc::new(fleet))),
            absent_fails: true,
            why_no_cluster: "a check reads `cluster` and `fleet`",
            ..Scope::default()
        }
    }

    /// `cluster` with `addons`, each as it ends up.
    fn cluster_with_addons(&self) -> Type {
        let mut addons: IndexMap<EcoString, FieldType> = IndexMap::default();
        for (_, items) in &self.index.items {
            for (name, item) in items.iter().filter(|(_, it)| it.kind(self.db) == Kind::ADDON) {
                let record = self.addon_record(*item);
                let known = addons.get(name).and_then(|it| it.ty.record());
                // Where several catalogues have one, it may be any of them.
                let it = known.map_or(record.clone(), |known| {
                    let mut both = RecordType::clone(known);
                    both.join(&record);
                    both
                });
                let mut field = FieldType::optional(Type::Record(Arc::new(it)));
                // Of several with one name none is the one that is meant.
                field.origin = (!addons.contains_key(name)).then(|| Origin::of(*item));
                addons.insert(name.clone(), field);
                // With its catalogue, each is one.
                if let Some(holder) = item.parent(self.db) {
                    let mut field = FieldType::optional(Type::Record(Arc::new(record)));
                    field.origin = Some(Origin::of(*item));
                    addons.insert(ecow::eco_format!("{}.{name}", holder.name(self.db)), field);
                }
            }
        }
        let record = |name: &str, fields, fields_are| {
            Type::Record(Arc::new(RecordType { name: name.into(), fields, open: false, origin: None, fields_are }))
        };
        let mut fields = self.settings.cluster_type.record().map(|it| it.fields.clone()).unwrap_or_default();
        fields.insert("addons".into(), FieldType::optional(record("cluster.addons", addons, FieldsAre::Own)));
        record("cluster", fields, FieldsAre::Facts)
    }

    fn addon_record(&self, item: Anchor) -> RecordType {
        let mut ignored = Vec::new();
        let body = fleet::body_type(self.db, item, syntax::declaration(self.db, item), &mut ignored);
        let mut fields: IndexMap<EcoString, FieldType> = IndexMap::default();
        for name in ["name", "catalogue", "chart", "namespace", "release-name", "version", "source"] {
            fields.insert(name.into(), FieldType::optional(Type::Text));
        }
        let values = body.as_ref().and_then(|it| it.record()?.fields.get("values").cloned());
        let is_typed = values.as_ref().is_some_and(|it| it.ty.record().is_some());
        fields.insert("values".into(), values.filter(|_| is_typed).unwrap_or_else(|| FieldType::optional(Type::Any)));
        fields.insert("release".into(), FieldType::optional(Type::Any));
        fields.insert("params".into(), FieldType::optional(params_type(self.db, item)));
        let name = ecow::eco_format!("the add-on {}", item.name(self.db));
        RecordType { name, fields, open: false, origin: Some(Origin::of(item)), ..RecordType::default() }
    }
}

const NO_CLUSTER: &str = "a function sees its parameters alone: pass what it needs";
