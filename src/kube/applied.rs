//! What Flux applies of hand-written directories: their objects, and those of the Kustomizations in them.

use ecow::EcoString;

use super::directory::{self, Applies, Broken, Directory, Listed};
use super::object::{Id, split_api_version};
use crate::schema::{self, Scope};
use crate::source::{Db, IndexSet, is_within};

/// The source that is the fleet's own repository, and what of it is generated.
pub struct OwnSource<'a> {
    pub kind: &'a EcoString,
    pub name: &'a EcoString,
    pub namespace: &'a EcoString,
    pub generated: [&'a EcoString; 3],
}

/// An object of a directory.
pub struct AppliedObject<'a> {
    pub listed: &'a Listed,
    /// What it is on the cluster; none where kustomize or Flux gives it another name.
    pub id: Option<Id>,
    /// Whether it is patched: what is missing may be added.
    pub is_patched: bool,
    /// Whether Flux replaces variables in it.
    pub is_substituted: bool,
}

/// What was found.
#[derive(Default)]
pub struct Applied<'a> {
    pub objects: Vec<AppliedObject<'a>>,
    /// Whether there may be more: something is applied that is not seen.
    pub may_be_more: bool,
    /// Other sources, of which nothing is seen: kind, namespace, name.
    pub others: IndexSet<(EcoString, EcoString, EcoString)>,
    /// Paths that are not there, each with the Kustomization that names it.
    pub missing: Vec<(Id, EcoString)>,
    /// What kustomize cannot read in a directory, each with the Kustomization that applies it.
    pub broken: Vec<(Id, &'a Broken)>,
    /// What is there no longer: it applies nothing.
    pub gone: IndexSet<Id>,
    /// Paths and namespaces that were looked into.
    seen: IndexSet<(EcoString, EcoString)>,
}

impl<'a> Applied<'a> {
    /// Looks into the directory of a Kustomization `by`, which is in a namespace.
    pub fn follow(&mut self, db: &'a dyn Db, own: &OwnSource<'_>, applies: &Applies, by: &Id) {
        let (kind, name, namespace) = &applies.source;
        let namespace = if namespace.is_empty() { &by.namespace } else { namespace };
        if applies.is_remote {
            return;
        }
        let path = cleaned(&applies.path);
        let is_own = (kind, name, namespace) == (own.kind, own.name, own.namespace);
        let is_generated = own.generated.iter().any(|it| is_within(&path, it));
        if !is_own {
            self.others.insert((kind.clone(), namespace.clone(), name.clone()));
            return;
        }
        if is_generated || path.is_empty() || path.contains('$') {
            self.may_be_more = true;
            return;
        }
        let Some(directory) = directory::of_flux(db, &path) else {
            self.missing.push((by.clone(), path));
            return;
        };
        self.look_into(db, own, applies, by, &path, directory);
    }

    /// Looks into a directory that has a `kustomization.yaml` and is part of what the Kustomization `by` builds.
    pub fn follow_part(&mut self, db: &'a dyn Db, own: &OwnSource<'_>, applies: &Applies, by: &Id, path: &str) {
        if let Some(directory) = directory::read(db, path) {
            self.look_into(db, own, applies, by, path, directory);
        }
    }

    fn look_into(
        &mut self,
        db: &'a dyn Db,
        own: &OwnSource<'_>,
        applies: &Applies,
        by: &Id,
        path: &str,
        directory: &'a Directory,
    ) {
        // One that leads to itself is looked into once.
        if !self.seen.insert((path.into(), applies.target_namespace.clone())) {
            return;
        }
        self.broken.extend(directory.broken.iter().map(|it| (by.clone(), it)));
        self.may_be_more |= !directory.complete || directory.remote.is_some() || directory.changes;
        for listed in &directory.objects {
            let id = id_of(listed, &applies.target_namespace);
            if self.gone.contains(&id) {
                continue;
            }
            // What a patch makes of a Kustomization is not known.
            let is_changed = directory.changes || applies.patches;
            self.may_be_more |= is_changed && listed.applies.is_some();
            if let Some(inner) = listed.applies.as_ref().filter(|_| !is_changed) {
                let mut by = id.clone();
                if by.namespace.is_empty() {
                    by.namespace = own.namespace.clone();
                }
                self.follow(db, own, inner, &by);
            }
            let is_substituted = applies.substitutes && listed.is_substituted;
            let is_open = is_substituted && [&id.name, &id.namespace].iter().any(|it| it.contains('$'));
            // A namespace is called as the one that its objects are moved to.
            let is_moved = !applies.target_namespace.is_empty() || listed.moved_to.is_some();
            let is_renamed = applies.renames || directory.renames || (is_moved && listed.kind == "Namespace");
            let is_named = !is_renamed && !is_changed && !is_open;
            self.objects.push(AppliedObject {
                listed,
                id: is_named.then_some(id),
                is_patched: is_changed || directory.adds,
                is_substituted,
            });
        }
    }
}

/// What an object is on the cluster.
fn id_of(listed: &Listed, target_namespace: &EcoString) -> Id {
    let (group, _) = split_api_version(&listed.api_version);
    let is_cluster_wide = schema::scope(&group, &listed.kind) == Some(Scope::Cluster);
    let namespace = match () {
        () if is_cluster_wide => EcoString::new(),
        () if target_namespace.is_empty() => listed.moved_to.as_ref().unwrap_or(&listed.namespace).clone(),
        () => target_namespace.clone(),
    };
    Id { group, kind: listed.kind.clone(), namespace, name: listed.name.clone() }
}

/// A path from the source's root, as Flux joins it: `..` does not lead out.
#[must_use]
pub fn cleaned(path: &str) -> EcoString {
    let mut parts: Vec<&str> = Vec::new();
    for it in path.split('/') {
        match it {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            it => parts.push(it),
        }
    }
    parts.join("/").into()
}
