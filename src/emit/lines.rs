//! What stands in a line of a generated file.

use ecow::EcoString;

use super::files::{Document, Draft, cluster_drafts, common_drafts};
use super::patch::merged;
use crate::flux::{self, Deployed, Id, Identity, Object, Patch, Unit};
use crate::names;
use crate::source::{Anchor, Db};
use crate::value::yaml::{Line, Style, Writer};
use crate::value::{self, Node, Path, Step};

/// Whose a line of a file is.
#[derive(Clone, Debug, PartialEq)]
pub struct Stands {
    /// The cluster that the file is of; none in `common/`.
    pub cluster: Option<Anchor>,
    /// None in comments, and in what only lists files.
    pub spot: Option<Spot>,
}

/// A value of an object.
#[derive(Clone, Debug, PartialEq)]
pub struct Spot {
    pub object: Id,
    /// Empty: the object as a whole.
    pub path: Path,
}

/// What stands in a line, counted from 1, of a generated file; none if there is no such file.
#[must_use]
pub fn stands_in(db: &dyn Db, path: &str, line: usize) -> Option<Stands> {
    let nth = line.checked_sub(1)?;
    let index = names::index(db, db.project());
    let bundles = index.catalogues.values().map(|it| &flux::bundle(db, *it).value);
    let shared = &flux::shared_sources(db, db.project()).value;
    for bundle in bundles.chain(std::iter::once(shared)) {
        if let Some(draft) = common_drafts(bundle).iter().find(|it| it.path == path) {
            return Some(Stands { cluster: None, spot: spot(db, draft, nth) });
        }
    }
    // The longest directory is the nearest.
    let mut clusters: Vec<&Deployed> = crate::fleet::clusters(db)
        .filter(|it| is_of(path, &crate::fleet::cluster(db, *it).value.path))
        .map(|it| &flux::exactly(db, it).value)
        .collect();
    clusters.sort_by_key(|it| std::cmp::Reverse(it.path.len()));
    clusters.into_iter().find_map(|deployed| {
        let drafts = cluster_drafts(db, deployed);
        let draft = drafts.iter().find(|it| it.path == path)?;
        Some(Stands { cluster: Some(deployed.anchor), spot: spot(db, draft, nth) })
    })
}

fn is_of(path: &str, dir: &str) -> bool {
    path.strip_prefix(dir).is_some_and(|it| it.starts_with('/'))
}

fn spot(db: &dyn Db, draft: &Draft<'_>, nth: usize) -> Option<Spot> {
    let mut writer = Writer::mapped(Style::File);
    draft.write(db, &mut writer);
    let (_, lines) = writer.finish_mapped();
    let Line { document, path } = lines.get(nth)?;
    let path = path.as_ref()?;
    match draft.documents.get(*document)? {
        Document::Index(_) => None,
        Document::Object(object) => Some(Spot { object: object.id.clone(), path: path.clone() }),
        Document::Unit(unit, object) => {
            let own = || Spot { object: object.id.clone(), path: path.clone() };
            // How many lines of the same text stand above it.
            let above = lines.iter().take(nth).rev().take_while(|it| it.path.as_ref() == Some(path)).count();
            Some(patched(db, unit, object, path, above).unwrap_or_else(own))
        }
    }
}

/// What a line inside `spec.patches[N].patch` is about; the first of its lines is the key's.
fn patched(db: &dyn Db, unit: &Unit, object: &Object, path: &Path, line: usize) -> Option<Spot> {
    let [Step::Key(spec), Step::Key(patches), Step::Nth(nth), ..] = path.0.as_slice() else { return None };
    if spec != "spec" || patches != "patches" {
        return None;
    }
    let all = object.body.at(&["spec", "patches"]).and_then(Node::list)?.len();
    let made = unit.patches.len();
    let written = all.checked_sub(made + unit.raw_patches.len())?;
    let patch = unit.patches.get(nth.checked_sub(written)?)?.get(db)?;
    let line = line.checked_sub(1);
    let of = |object: &Identity, path: Option<Path>| Some(Spot { object: object.id(), path: path.unwrap_or_default() });
    match patch {
        Patch::Delete { object } => of(object, None),
        Patch::Merge { object, body } => {
            let mut writer = Writer::mapped(Style::Patch);
            writer.document(&merged(object, body));
            let (_, lines) = writer.finish_mapped();
            of(object, line.and_then(|it| lines.get(it)?.path.clone()))
        }
        Patch::Json { object, operations } => {
            // The bracket opens in a line of its own.
            let operation = line.and_then(|it| operations.get(it.checked_sub(1)?));
            let wanted = unit.objects.iter().find(|it| it.id == object.id())?;
            of(object, operation.map(|it| steps(&it.path, &wanted.body)))
        }
    }
}

/// The steps of a JSON pointer, which writes positions as it writes keys.
fn steps(keys: &[EcoString], root: &Node) -> Path {
    let mut path = Path::default();
    let mut at = Some(root);
    for key in keys {
        let step = match at.and_then(Node::list).and_then(|_| key.parse().ok()) {
            Some(nth) => Step::Nth(nth),
            None => Step::Key(key.clone()),
        };
        at = at.and_then(|it| value::path::children(it).find(|(found, _)| *found == step)).map(|(_, it)| it);
        path.0.push(step);
    }
    path
}
