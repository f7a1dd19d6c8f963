//! Add-ons, sources, manifests.

use std::sync::Arc;

use ecow::EcoString;

use super::checker::{Checker, block_entries, irsa_type, is_key, params_type, without};
use super::{problems, reserved};
use crate::diagnostic::Diagnostic;
use crate::fleet::{self, Declared};
use crate::names::is_reserved;
use crate::source::{IndexMap, Origin};
use crate::syntax::ast::{Action, Declaration, Entry, Head, Key, Member};
use crate::types::{self, Type, fits};

impl Checker<'_> {
    pub(super) fn addon(&mut self, it: &Declaration) {
        reserved::release(self.anchor, &it.body, &mut self.out);
        self.out.extend(fleet::levels(self.db, self.anchor).diagnostics.iter().cloned());
        self.params(it);
        let mut scope = self.cluster_scope();
        scope.params = Some(params_type(self.db, self.anchor));
        scope.irsa = irsa_type(self.db, self.anchor);
        if let Some(ty) = self.body_type(self.anchor, it) {
            let rest = without(&it.body, "params");
            self.block(&rest, &ty, scope);
        }
        for member in &it.body.members {
            // Params are declared in a block; a value for all of them declares none.
            if let Member::Entry(entry) = member
                && is_key(entry, "params")
                && !(entry.path.segments.len() == 1 && matches!(entry.action, Action::Amend(_)))
            {
                self.out.push(problems::not_a_param(Origin::new(self.anchor, entry.node)));
            }
        }
    }

    pub(super) fn baseline(&mut self, it: &Declaration) {
        self.out.extend(fleet::levels(self.db, self.anchor).diagnostics.iter().cloned());
        self.params(it);
        let mut scope = self.cluster_scope();
        scope.params = Some(params_type(self.db, self.anchor));
        if let Some(ty) = self.body_type(self.anchor, it) {
            self.block(&without(&it.body, "params"), &ty, scope);
        }
    }

    /// The param of a definition that an entry of `params { … }` means.
    fn inherited_param(&self, entry: &Entry) -> Option<Declared> {
        let [segment] = entry.path.segments.as_slice() else { return None };
        let Key::Name(name) = &segment.key else { return None };
        fleet::params_of(self.db, self.anchor)
            .into_iter()
            .find(|it| it.name == *name && it.origin.anchor != self.anchor)
    }

    /// An entry that declares no param and sets none of a definition's.
    fn unknown_param(&self, entry: &Entry) -> Diagnostic {
        let at = Origin::new(self.anchor, entry.node);
        let known: Vec<EcoString> =
            fleet::params_of(self.db, self.anchor).into_iter().map(|it| it.name).filter(|it| !it.is_empty()).collect();
        match (entry.path.segments.first().map(|it| &it.key), &entry.action) {
            (Some(Key::Name(name)), Action::Assign(_)) if !known.is_empty() => {
                problems::unknown_param(at, name, &known)
            }
            _ => problems::not_a_param(at),
        }
    }

    /// `params { name: Type = default }`
    pub(super) fn params(&mut self, it: &Declaration) {
        let mut seen: IndexMap<EcoString, Origin> = IndexMap::default();
        let params = params_type(self.db, self.anchor);
        for entry in block_entries(&it.body, "params") {
            if let (Action::Assign(value), Some(known)) = (&entry.action, self.inherited_param(entry)) {
                let mut scope = self.cluster_scope();
                scope.params = Some(params.clone());
                self.infer(scope, |infer| infer.check(value, &known.ty, Some(known.origin)));
                continue;
            }
            let (Action::Declare { ty, default }, [segment]) = (&entry.action, entry.path.segments.as_slice()) else {
                self.out.push(self.unknown_param(entry));
                continue;
            };
            let Key::Name(name) = &segment.key else { continue };
            let name_at = Origin::new(self.anchor, segment.node);
            if let Some(known) = self.inherited_param(entry) {
                self.out.push(problems::param_twice(name_at, name, known.origin));
            }
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

    pub(super) fn source(&mut self, it: &Declaration) {
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

    pub(super) fn manifest(&mut self, it: &Declaration) {
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
