//! A unit on its way: what it applies and waits for, before its Kustomization is made.

use std::sync::Arc;

use ecow::EcoString;

use super::unit::{Inferred, UnitPlace};
use crate::fleet::Sync;
use crate::flux::release::Release;
use crate::flux::shared_item::Piece;
use crate::flux::source::SourceRef;
use crate::kube::object::{Object, text};
use crate::source::{Anchor, Origin};
use crate::syntax::ast::Patch;
use crate::value::{Node, Value};

/// A unit whose Kustomization is not made yet.
pub(super) struct Draft {
    /// What it is called in the project, and its file.
    pub name: EcoString,
    /// What its Kustomization is called, if its author says so.
    pub called: Option<Node>,
    pub path: EcoString,
    /// What the cluster wants.
    pub objects: Vec<Piece>,
    /// What stands in `common/` at the path.
    pub base: Vec<Arc<Object>>,
    pub releases: Vec<Arc<Release>>,
    pub components: Vec<EcoString>,
    pub place: UnitPlace,
    pub catalogue: Option<Anchor>,
    pub origin: Origin,
    /// The source, where it is not the fleet's own.
    pub source: Option<SourceRef>,
    pub raw_patches: Vec<(Patch, Node)>,
    /// Units to come after, beside what is inferred.
    pub after: Vec<After>,
    /// Why it comes after units that its author does not name; those are called as in the project.
    pub inferred: Vec<Inferred>,
    /// The unit whose objects come before these, unless it waits for something: it may wait for these.
    pub beside: Option<EcoString>,
    /// When those are ready, where the author says so.
    pub ready_when: ReadyWhen,
    /// Fields that the author gave for the Kustomization.
    pub fields: Node,
}

impl Draft {
    /// A draft that applies nothing and waits for nothing yet.
    pub(super) fn new(name: EcoString, path: EcoString, place: UnitPlace, origin: Origin, fields: Node) -> Self {
        Self {
            name,
            called: None,
            path,
            objects: Vec::new(),
            base: Vec::new(),
            releases: Vec::new(),
            components: Vec::new(),
            place,
            catalogue: None,
            origin,
            source: None,
            raw_patches: Vec::new(),
            after: Vec::new(),
            inferred: Vec::new(),
            beside: None,
            ready_when: ReadyWhen::default(),
            fields,
        }
    }

    /// Whether there is anything to apply.
    pub(super) fn is_made(&self) -> bool {
        !self.objects.is_empty() || self.place == UnitPlace::Foreign
    }

    /// The name of its Flux Kustomization.
    pub(super) fn flux_name(&self) -> &EcoString {
        self.called.as_ref().and_then(Node::text).unwrap_or(&self.name)
    }

    /// Where its Kustomization gets its name.
    pub(super) fn called_at(&self) -> Origin {
        self.called.as_ref().map_or(self.origin, |it| it.origin)
    }

    /// The namespace of its Flux Kustomization.
    pub(super) fn namespace<'a>(&'a self, sync: &'a Sync) -> &'a EcoString {
        self.fields.get("namespace").and_then(Node::text).unwrap_or(&sync.namespace)
    }

    /// When it is ready, as its author says.
    pub(super) fn readiness(&self) -> Readiness {
        let wait = self.fields.get("wait").map(|it| &it.value);
        match (wait, self.fields.get("healthChecks")) {
            (None, None) => Readiness::Unsaid,
            (Some(Value::Bool(true)), _) | (_, Some(_)) => Readiness::Checked,
            (Some(_), None) => Readiness::Applied,
        }
    }

    /// Whether Flux leaves it as it is for the time being.
    pub(super) fn is_suspended(&self) -> bool {
        self.fields.get("suspend").is_some_and(|it| it.value == Value::Bool(true))
    }
}

/// When a unit is ready, as far as its author says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Readiness {
    /// When what others wait for is.
    Unsaid,
    /// Once it is applied: `wait = false`.
    Applied,
    /// When everything in it is, or what `healthChecks` lists.
    Checked,
}

/// What a unit comes after.
#[derive(Clone)]
pub(super) enum After {
    /// Everything in a unit is ready.
    Ready(EcoString),
    /// One release of a unit is ready.
    Release(EcoString, Anchor),
    /// A unit is applied.
    Applied(EcoString),
    /// A Kustomization that this project does not make is ready: `namespace/name`, which no unit is called.
    Outside(EcoString),
}

impl After {
    /// What is outside of the project, by its namespace and its name.
    pub(super) fn outside(&self) -> Option<(&str, &str)> {
        if let Self::Outside(it) = self { it.split_once('/') } else { None }
    }

    /// The unit's name.
    pub(super) const fn unit(&self) -> &EcoString {
        let (Self::Ready(unit) | Self::Release(unit, _) | Self::Applied(unit) | Self::Outside(unit)) = self;
        unit
    }
}

/// When a Kustomization that is waited for is ready, by its name.
#[derive(Clone, Debug, Default)]
pub(super) struct ReadyWhen(pub Vec<(EcoString, Node)>);

impl ReadyWhen {
    /// The condition for a unit: of several, all have to hold.
    pub(super) fn condition(&self, unit: &EcoString) -> Option<Node> {
        let mut of_unit: Vec<&Node> = self.0.iter().filter(|(it, _)| it == unit).map(|(_, it)| it).collect();
        of_unit.dedup();
        match of_unit.as_slice() {
            [] => None,
            [only] => Some((*only).clone()),
            [first, ..] => {
                let all: Vec<String> = of_unit.iter().filter_map(|it| it.text()).map(|it| format!("({it})")).collect();
                Some(text(all.join(" && "), first.origin))
            }
        }
    }

    /// The same for units of other names.
    pub(super) fn renamed(&self, names: impl Fn(&EcoString) -> Vec<EcoString>) -> Self {
        let all = self.0.iter().flat_map(|(unit, it)| names(unit).into_iter().map(move |name| (name, it.clone())));
        Self(all.collect())
    }
}
