//! What the item or the cluster at a place comes to, as YAML, and where each line of it is from.

use ecow::EcoString;

use super::effective::{made_of, users};
use super::hover::{entry_at, overridden_at};
use super::place::{FileRange, declaration_at, place_of};
use crate::emit::{documents, with_patches};
use crate::fleet;
use crate::flux;
use crate::kube::Object;
use crate::source::{Anchor, Db, Kind, SourceFile};
use crate::value::yaml::{Style, Writer};

/// Generated YAML.
#[derive(Clone, Debug)]
pub struct Preview {
    /// What it is of.
    pub title: EcoString,
    pub cluster: EcoString,
    /// Every cluster that it could be shown for.
    pub clusters: Vec<EcoString>,
    pub text: String,
    /// For each line, where its value was written.
    pub lines: Vec<Option<FileRange>>,
}

/// What stands at a place, on a cluster; on the first that has it if none is named.
#[must_use]
pub fn preview(db: &dyn Db, file: SourceFile, offset: usize, cluster: Option<&str>) -> Option<Preview> {
    let subject = subject(db, file, offset)?;
    let clusters = if subject.kind(db) == Kind::Cluster { vec![subject.name(db).clone()] } else { users(db, subject) };
    // An override in a cluster is looked at there.
    let around = declaration_at(db, file, offset).filter(|it| it.kind(db) == Kind::Cluster).map(|it| it.name(db));
    let wanted = |name: Option<&str>| clusters.iter().find(|it| Some(it.as_str()) == name);
    let name = wanted(cluster).or_else(|| wanted(around.map(EcoString::as_str))).or_else(|| clusters.first())?.clone();
    let anchor = *fleet::all_clusters(db, db.project()).value.get(&name)?;
    let objects = objects(db, anchor, subject);
    let mut writer = Writer::mapped(Style::File);
    documents(&mut writer, &objects);
    let (text, lines) = writer.finish_mapped();
    let place = |it: &crate::value::yaml::Line| {
        let object = objects.get(it.document)?;
        let (_, node) = it.path.as_ref()?.find(&object.body).into_iter().next()?;
        place_of(db, node.origin)
    };
    let lines = lines.iter().map(place).collect();
    Some(Preview { title: subject.name(db).clone(), cluster: name, clusters, text, lines })
}

/// The item or cluster that a place is about: of an override, what it overrides.
fn subject(db: &dyn Db, file: SourceFile, offset: usize) -> Option<Anchor> {
    let item = entry_at(db, file, offset).map(|(item, _)| item).or_else(|| overridden_at(db, file, offset));
    if item.is_some() {
        return item;
    }
    let mut at = declaration_at(db, file, offset);
    while let Some(anchor) = at {
        if matches!(anchor.kind(db), Kind::Item(_) | Kind::Catalogue | Kind::Cluster) {
            return Some(anchor);
        }
        at = anchor.parent(db);
    }
    None
}

/// The objects of a cluster that come of a declaration, each with what its cluster says of it.
fn objects(db: &dyn Db, cluster: Anchor, subject: Anchor) -> Vec<Object> {
    let deployed = &flux::exactly(db, cluster).value;
    let items = made_of(db, subject);
    let is_it = |it: &Object| {
        let own = it.origin.anchor;
        subject == cluster || items.contains(&own) || own.parent(db).is_some_and(|it| items.contains(&it))
    };
    let units = deployed.units.iter().map(|it| with_patches(db, it));
    let applied = deployed.units.iter().flat_map(|unit| {
        let object = |it| unit.substitution.as_ref().map_or_else(|| Object::clone(it), |known| known.applied(it));
        unit.objects.iter().map(move |it| object(it))
    });
    deployed.root.iter().cloned().chain(units).chain(applied).filter(is_it).collect()
}
