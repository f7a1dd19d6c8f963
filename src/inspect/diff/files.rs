//! Files that somebody wrote by hand: the directories of this repository that Kustomizations
//! apply as they are. They are not compiled; that they differ is seen.

use std::collections::BTreeSet;
use std::rc::Rc;

use ecow::EcoString;

use crate::fleet;
use crate::flux::{self, Unit, UnitPlace};
use crate::kube::Id;
use crate::source::{Anchor, Db, IndexMap};
use crate::value::Node;

/// A Kustomization, and the directory that it applies.
pub(super) type Applied = (Id, EcoString);

/// What was found out of directories, each once for all clusters.
pub(super) struct Directories<'a> {
    old: &'a dyn Db,
    new: &'a dyn Db,
    differing: IndexMap<EcoString, Rc<[EcoString]>>,
}

impl<'a> Directories<'a> {
    pub(super) fn new(old: &'a dyn Db, new: &'a dyn Db) -> Self {
        Self { old, new, differing: IndexMap::default() }
    }

    /// The directories that a cluster applies before and after, whose files differ. One that it
    /// applies only now, or no more, is told by its Kustomization.
    pub(super) fn of_cluster(&mut self, was: Anchor, is: Anchor) -> Vec<(Applied, Rc<[EcoString]>)> {
        let before = applied(self.old, was);
        let both = applied(self.new, is).into_iter().filter(|it| before.contains(it));
        both.map(|it| (self.differing(&it.1), it)).filter(|(files, _)| !files.is_empty()).map(|(a, b)| (b, a)).collect()
    }

    fn differing(&mut self, directory: &EcoString) -> Rc<[EcoString]> {
        let (old, new) = (self.old, self.new);
        let find = || {
            let [before, after] = [old, new].map(|db| crate::kube::directory::files_of_directory(db, directory));
            let all: BTreeSet<&EcoString> = before.iter().chain(&after).collect();
            let text = |db: &dyn Db, path: &str| db.data_file(path).text(db).clone();
            all.into_iter().filter(|it| text(old, it) != text(new, it)).cloned().collect()
        };
        Rc::clone(self.differing.entry(directory.clone()).or_insert_with(find))
    }
}

/// The directories of this repository that a cluster's Kustomizations apply as they are.
fn applied(db: &dyn Db, cluster: Anchor) -> Vec<Applied> {
    let (deployed, cluster) = (&flux::deployed(db, cluster).value, &fleet::cluster(db, cluster).value);
    let is_own = |unit: &&Unit| {
        let reference = |key| unit.kustomization.body.at(&["spec", "sourceRef", key]).and_then(Node::text);
        unit.place == UnitPlace::Foreign
            && reference("kind") == Some(&cluster.sync.kind)
            && reference("name") == Some(&cluster.sync.name)
    };
    deployed.units.iter().filter(is_own).map(|it| (it.kustomization.id.clone(), it.path.clone())).collect()
}
