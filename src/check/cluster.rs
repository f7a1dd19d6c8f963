//! The fleet, clusters, groups and rules, and the statements in them.

use std::sync::Arc;

use ecow::EcoString;

use super::checker::{
    Checker, entries_only, fleet_type, irsa_type, is_key, params_type, with_params, without, without_patches,
};
use super::{problems, reserved, twice};
use crate::diagnostic::Invariant;
use crate::fleet::{self, OverrideTarget};
use crate::names;
use crate::source::{Db, IndexMap, Kind, NodeId, Origin, Project};
use crate::syntax::{
    self,
    ast::{Action, Block, Declaration, Entry, Head, Member},
};
use crate::types::{self, FieldType, FieldsAre, RecordType, Scope, Type};

/// What a cluster or group says of itself, which cannot depend on its facts.
const SETTINGS: [&str; 10] =
    ["name", "group", "path", "directory", "flux", "lockdown", "identity", "baseline", "sync", "via"];

/// The type of what a cluster, a group or an inventory says of clusters.
#[salsa::tracked]
fn cluster_type(db: &dyn Db, _project: Project, kind: Kind) -> Type {
    let settings = &fleet::settings(db, db.project()).value;
    let mut fields: IndexMap<EcoString, FieldType> = IndexMap::default();
    if let Type::Record(record) = &settings.cluster_type {
        let declared = settings.facts.keys().filter_map(|it| record.fields.get_key_value(it));
        fields.extend(declared.map(|(name, field)| (name.clone(), field.clone())));
    }
    let body = types::shape(db, "ClusterBody");
    if let Some(record) = body.record() {
        let has_it = |name: &EcoString| match name.as_str() {
            "path" => kind != Kind::Group,
            "group" => kind == Kind::Inventory,
            _ => true,
        };
        let settings = record.fields.iter().filter(|(name, _)| has_it(name));
        fields.extend(settings.map(|(name, field)| (name.clone(), field.clone())));
    }
    if kind == Kind::Inventory {
        fields.insert("name".into(), FieldType::optional(Type::Text));
    }
    let name = match kind {
        Kind::Group => "a group",
        Kind::Inventory => "an inventory",
        _ => "a cluster",
    };
    let origin = settings.anchor.map(Origin::of);
    Type::Record(Arc::new(RecordType { name: name.into(), fields, open: false, origin, fields_are: FieldsAre::Facts }))
}

/// The blocks of a fleet and of a catalogue that are evaluated for each cluster, and so may read it.
const PER_CLUSTER: [&str; 2] = ["kustomization", "release"];

impl Checker<'_> {
    pub(super) fn fleet(&mut self, it: &Declaration) {
        reserved::shared_kustomization(self.anchor, &it.body, &mut self.out);
        reserved::release(self.anchor, &it.body, &mut self.out);
        for member in &it.body.members {
            if let Member::Entry(entry) = member
                && is_key(entry, "facts")
                && !matches!(entry.action, Action::Amend(_))
            {
                self.out.push(problems::facts_set(Origin::new(self.anchor, entry.path.node)));
            }
        }
        let mut rest = without(&it.body, "facts");
        rest.members.retain(|it| !matches!(it, Member::Rings(_)));
        self.of_many_clusters(&rest, "FleetBody");
        for fact in self.settings.facts.values() {
            if let Some(default) = &fact.default {
                let mut scope = self.cluster_scope();
                scope.params = None;
                self.infer(scope, |infer| infer.check(&default.expr, &fact.ty, Some(fact.origin)));
            }
            self.wheres(&fact.ty);
        }
    }

    /// What is said of many clusters at once: fields of Flux' objects, which are made for each, and what is the same for all.
    pub(super) fn of_many_clusters(&mut self, body: &Block, shape: &str) {
        let ty = self.shape(shape);
        let is_made = |it: &Member| matches!(it, Member::Entry(it) if PER_CLUSTER.iter().any(|key| is_key(it, key)));
        let (made, rest): (Vec<Member>, Vec<Member>) = body.members.iter().cloned().partition(is_made);
        let scope = self.scope_of_all();
        self.block(&Block::new(body.node, rest), &ty, scope);
        let scope = self.cluster_scope();
        self.block(&Block::new(body.node, made), &ty, scope);
    }

    /// Facts and settings; statements are checked on their own.
    pub(super) fn cluster(&mut self, it: &Declaration) {
        reserved::shared_kustomization(self.anchor, &it.body, &mut self.out);
        let ty = cluster_type(self.db, fleet::project_of(self.db, self.anchor), it.kind);
        self.statements(&it.body, None);
        let entries = entries_only(&it.body);
        let is_setting =
            |member: &Member| matches!(member, Member::Entry(entry) if SETTINGS.iter().any(|it| is_key(entry, it)));
        let (settings, facts): (Vec<Member>, Vec<Member>) = entries.members.into_iter().partition(is_setting);
        let scope = self.cluster_scope();
        self.block(&Block::new(entries.node, facts), ty, scope.clone());
        if settings.is_empty() {
            return;
        }
        let scope = Scope {
            fleet: Some(fleet_type()),
            locals: scope.locals.clone(),
            why_no_cluster: "this is decided before the cluster's facts are",
            ..Scope::default()
        };
        self.block(&Block::new(entries.node, settings), ty, scope);
    }

    /// The rows and their type, then what holds for each cluster.
    pub(super) fn inventory(&mut self, it: &Declaration) {
        let Head::Inventory { rows, names, ty } = &it.head else { return };
        let scope = Scope { why_no_cluster: "an inventory makes the clusters", ..Scope::default() };
        self.infer(scope, |infer| infer.infer(rows));
        if let Some(ty) = ty {
            let lowered = types::lower(self.db, self.index, self.anchor, ty, &mut self.out);
            self.wheres(&lowered);
        }
        for (node, name) in names {
            if names::is_reserved(name) || self.index.lets.contains_key(name) {
                self.out.push(problems::taken_param(Origin::new(self.anchor, *node), name));
            }
        }
        let names_clusters =
            it.body.members.iter().any(|it| matches!(it, Member::Entry(entry) if is_key(entry, "name")));
        if !names_clusters {
            self.out.push(problems::unnamed_clusters(Origin::of(self.anchor)));
        }
        self.cluster(it);
    }

    pub(super) fn rule(&mut self, it: &Declaration) {
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
    pub(super) fn statements(&mut self, body: &Block, top_level: Option<&Declaration>) {
        let checked = fleet::statements(self.db, self.anchor);
        self.out.extend(checked.diagnostics.iter().cloned());
        // A block is one, however many its `use` names.
        let mut seen: Vec<NodeId> = Vec::new();
        for it in &checked.value.uses {
            if let Some(block) = it.block.as_ref().filter(|it| !seen.contains(&it.node)) {
                seen.push(block.node);
                if checked.value.uses.iter().any(|other| other.node == it.node && !other.by_name) {
                    reserved::use_of_several(self.anchor, block, &mut self.out);
                }
                reserved::use_block(self.anchor, block, &mut self.out);
                let ty = self.shape("UseBody");
                let scope = self.cluster_scope();
                self.block(&reserved::stripped_use(block), &ty, scope);
            }
        }
        for it in &checked.value.overrides {
            if let Some(when) = &it.when {
                self.condition(when);
            }
            for node in &it.about.wrong {
                self.out.push(problems::not_about(Origin::new(self.anchor, *node)));
            }
            if let Some((node, text)) = it.about.until.as_ref().filter(|(_, text)| !fleet::is_date(text)) {
                self.out.push(problems::no_date(Origin::new(self.anchor, *node), text));
            }
            self.override_(it.target, &it.block);
            if top_level.is_none() {
                twice::check(self.anchor, &it.block, &mut self.out);
            }
        }
        for member in &body.members {
            match member {
                Member::Patch(it) if top_level.is_none() => {
                    self.out.push(problems::patch_here(Origin::new(self.anchor, it.node)));
                }
                _ => {}
            }
        }
    }

    pub(super) fn override_(&mut self, target: OverrideTarget, block: &Arc<Block>) {
        let mut scope = self.cluster_scope();
        let ty = match target {
            OverrideTarget::One(item) => {
                let declaration = syntax::declaration(self.db, item);
                if item.kind(self.db).has_params() {
                    self.no_patches(block);
                    reserved::release(self.anchor, block, &mut self.out);
                    scope.params = Some(params_type(self.db, item));
                    scope.irsa = irsa_type(self.db, item);
                    let ty = self.quiet_body_type(item, declaration);
                    with_params(
                        &ty.invariant("add-ons and baselines have a type for their bodies"),
                        scope.params.clone(),
                    )
                } else {
                    let outer = self.out.len();
                    // The body of a manifest is an object of any kind.
                    let ty = self.body_type(item, declaration).unwrap_or(Type::Any);
                    self.out.truncate(outer);
                    if item.kind(self.db) == Kind::KUSTOMIZE {
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
                with_params(&self.shape("AddonBody"), Some(self.params_of_several(target)))
            }
        };
        let entries = without_patches(block);
        self.block(&entries, &ty, scope);
    }

    /// The params that any of the add-ons has which a pattern reaches: where they differ, anything fits.
    fn params_of_several(&self, target: OverrideTarget) -> Type {
        let items = self.index.items.values().flat_map(|it| it.values()).copied();
        let mut fields: IndexMap<EcoString, FieldType> = IndexMap::default();
        for item in items.filter(|it| target.reaches(self.db, *it)) {
            for it in fleet::params_of(self.db, item).values() {
                let mut field = FieldType::optional(it.ty.clone());
                field.origin = Some(it.origin);
                match fields.get_mut(&it.name) {
                    Some(known) => {
                        if known.ty != field.ty {
                            known.ty = Type::Any;
                        }
                        known.origin = known.origin.filter(|at| *at == it.origin);
                    }
                    None => {
                        fields.insert(it.name.clone(), field);
                    }
                }
            }
        }
        let name = match target {
            OverrideTarget::AddonsOf(catalogue) => ecow::eco_format!("params of {}.*", catalogue.name(self.db)),
            _ => "params of *.*".into(),
        };
        Type::Record(Arc::new(RecordType { name, fields, open: false, origin: None, fields_are: FieldsAre::Params }))
    }

    pub(super) fn no_patches(&mut self, block: &Arc<Block>) {
        for member in &block.members {
            if let Member::Patch(it) = member {
                self.out.push(problems::patch_here(Origin::new(self.anchor, it.node)));
            }
        }
    }

    pub(super) fn patches(&mut self, block: &Arc<Block>) {
        for member in &block.members {
            if let Member::Patch(it) = member {
                let scope = self.cluster_scope();
                self.block(&it.block, &Type::Any, scope);
            }
        }
    }
}
