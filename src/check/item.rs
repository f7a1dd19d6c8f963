//! Add-ons, sources, manifests.

use std::borrow::Cow;
use std::sync::Arc;

use ecow::EcoString;

use super::checker::{Checker, irsa_type, is_key, params_type, without};
use super::{problems, reserved};
use crate::diagnostic::Diagnostic;
use crate::fleet::{self, Declared};
use crate::names::is_reserved;
use crate::source::{IndexMap, Origin};
use crate::syntax::ast::{Action, Block, Declaration, Entry, Head, Key, Member, Path};
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

    /// The param of a definition below that has a name.
    fn inherited_param(&self, name: &str) -> Option<&Declared> {
        fleet::params_of(self.db, self.anchor).get(name).filter(|it| it.origin.anchor != self.anchor)
    }

    /// An entry that declares no param and sets none of a definition's.
    fn unknown_param(&self, entry: &Entry) -> Diagnostic {
        let at = Origin::new(self.anchor, entry.node);
        let known: Vec<EcoString> =
            fleet::params_of(self.db, self.anchor).keys().filter(|it| !it.is_empty()).cloned().collect();
        match first_name(entry) {
            Some(name)
                if (!known.is_empty() || fleet::levels(self.db, self.anchor).value.len() > 1)
                    && !matches!(entry.action, Action::Declare { .. }) =>
            {
                problems::unknown_param(at, name, &known)
            }
            _ => problems::not_a_param(at, entry),
        }
    }

    /// `params { name: Type = default }`, and what sets those of a definition: `params { name = value }`,
    /// `params.name = value`.
    pub(super) fn params(&mut self, it: &Declaration) {
        let mut seen: IndexMap<EcoString, Origin> = IndexMap::default();
        let params = params_type(self.db, self.anchor);
        // Those of a catalogue are `catalogue.params`, which its items read, too.
        let readable = (!it.kind.is_catalogue()).then(|| params.clone());
        let mut set = Vec::new();
        for (entry, is_in_block) in params_of_body(&it.body) {
            let (Action::Declare { ty, default }, [segment], true) =
                (&entry.action, entry.path.segments.as_slice(), is_in_block)
            else {
                let is_known = first_name(&entry).is_some_and(|it| self.inherited_param(it).is_some());
                if is_known && !matches!(entry.action, Action::Declare { .. }) {
                    set.push(Member::Entry(entry.into_owned()));
                } else if fleet::is_from_known(self.db, self.anchor) {
                    self.out.push(self.unknown_param(&entry));
                }
                continue;
            };
            let Key::Name(name) = &segment.key else { continue };
            let name_at = Origin::new(self.anchor, segment.node);
            if let Some(known) = self.inherited_param(name) {
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
                scope.params.clone_from(&readable);
                self.infer(scope, |infer| infer.check(default, &lowered, Some(name_at)));
            }
        }
        for member in others_of_params(&it.body) {
            match member {
                Member::Spread(spread) => {
                    set.push(member.clone());
                    let scope = self.cluster_scope();
                    let mark = self.out.len();
                    let ty = self.infer(scope, |infer| infer.infer(&spread.value));
                    self.out.truncate(mark);
                    let params = fleet::params_of(self.db, self.anchor);
                    let fields = ty.record().into_iter().flat_map(|it| it.fields.keys());
                    for name in fields.filter(|it| !params.contains_key(*it)) {
                        let known: Vec<EcoString> = params.keys().cloned().collect();
                        self.out.push(problems::unknown_param(Origin::new(self.anchor, spread.node), name, &known));
                    }
                }
                Member::Unset(unset) => {
                    let name = unset.path.segments.first().map(|it| &it.key);
                    let Some(Key::Name(name)) = name else { continue };
                    let known = fleet::params_of(self.db, self.anchor);
                    if !known.contains_key(name) && fleet::is_from_known(self.db, self.anchor) {
                        let at = Origin::new(self.anchor, unset.path.node);
                        let known: Vec<EcoString> = known.keys().cloned().collect();
                        self.out.push(problems::unknown_param(at, name, &known));
                    }
                }
                _ => {}
            }
        }
        if !set.is_empty() {
            let mut scope = self.cluster_scope();
            scope.params.clone_from(&readable);
            self.block(&Block::new(it.body.node, set), &params, scope);
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

/// The entries about params: those of `params { … }`, which may declare, and what `params.` heads,
/// which may not.
fn params_of_body(body: &Block) -> impl Iterator<Item = (Cow<'_, Entry>, bool)> {
    let about = body.members.iter().filter_map(|it| match it {
        Member::Entry(entry) if is_key(entry, "params") => Some(entry),
        _ => None,
    });
    about.flat_map(|entry| match (entry.path.segments.as_slice(), &entry.action) {
        ([_], Action::Amend(block)) => block
            .members
            .iter()
            .filter_map(|it| match it {
                Member::Entry(entry) => Some((Cow::Borrowed(entry), true)),
                _ => None,
            })
            .collect::<Vec<_>>(),
        ([_, rest @ ..], _) => {
            let mut below = entry.clone();
            below.path.segments = rest.to_vec();
            vec![(Cow::Owned(below), false)]
        }
        ([], _) => Vec::new(),
    })
}

/// What `params { … }` has beside entries.
fn others_of_params(body: &Block) -> impl Iterator<Item = &Member> {
    let blocks = body.members.iter().filter_map(|it| match it {
        Member::Entry(Entry { path, action: Action::Amend(block), .. }) if is_params(path) => Some(block),
        _ => None,
    });
    blocks.flat_map(|it| &it.members).filter(|it| !matches!(it, Member::Entry(_)))
}

fn is_params(path: &Path) -> bool {
    matches!(path.segments.as_slice(), [only] if only.key == Key::Name("params".into()))
}

fn first_name(entry: &Entry) -> Option<&EcoString> {
    match entry.path.segments.first().map(|it| &it.key) {
        Some(Key::Name(name)) => Some(name),
        _ => None,
    }
}
