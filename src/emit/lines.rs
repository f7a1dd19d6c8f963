//! What stands in a line of a generated file.

use ecow::EcoString;

use super::files::{Document, Draft, cluster_drafts, common_drafts};
use super::patch::{merged, raw_body};
use crate::fleet;
use crate::flux::{self, Unit};
use crate::kube::{Id, Identity, Object, Patch};
use crate::names;
use crate::source::{Anchor, Db, is_below};
use crate::value::yaml::{Line, Style, Writer};
use crate::value::{self, Node, Path, Step, Value};

/// What stands in the lines of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Lines {
    /// The cluster that the file is of; none in `common/`.
    pub cluster: Option<Anchor>,
    /// None for comments, and for what only lists files.
    pub spots: Vec<Option<Spot>>,
}

/// Values of an object.
#[derive(Clone, Debug, PartialEq)]
pub struct Spot {
    pub object: Id,
    pub what: SpotValues,
}

/// Which values of an object a line is about.
#[derive(Clone, Debug, PartialEq)]
pub enum SpotValues {
    /// What stands at a path.
    At(Path),
    /// What a patch sets or removes, each by itself.
    Each(Vec<Path>),
    /// None: the object is not there.
    Gone,
}

/// What stands in each line of a generated file; none if there is no such file.
#[must_use]
pub fn lines_of(db: &dyn Db, path: &str) -> Option<Lines> {
    let index = names::index(db, db.project());
    let bundles = index.catalogues.values().map(|it| &flux::bundle(db, *it).value);
    let shared = &flux::shared_sources(db, db.project()).value;
    for bundle in bundles.chain(std::iter::once(shared)) {
        if let Some(draft) = common_drafts(bundle).iter().find(|it| it.path == path) {
            return Some(Lines { cluster: None, spots: spots(db, draft) });
        }
    }
    fleet::clusters(db).filter(|it| is_below(path, &fleet::cluster(db, *it).value.path)).find_map(|anchor| {
        let drafts = cluster_drafts(db, &flux::exactly(db, anchor).value);
        let draft = drafts.iter().find(|it| it.path == path)?;
        Some(Lines { cluster: Some(anchor), spots: spots(db, draft) })
    })
}

fn spots(db: &dyn Db, draft: &Draft<'_>) -> Vec<Option<Spot>> {
    let mut writer = Writer::mapped(Style::File);
    draft.write(db, &mut writer);
    let (_, lines) = writer.finish_mapped();
    let mut last: Option<&Line> = None;
    // How many lines of the same value stand above.
    let mut above = 0;
    let mut spots = Vec::with_capacity(lines.len());
    for line in &lines {
        above = if last == Some(line) { above + 1 } else { 0 };
        last = Some(line);
        let document = draft.documents.get(line.document);
        spots.push(line.path.as_ref().zip(document).and_then(|(path, document)| {
            match document {
                Document::Index(_) => None,
                Document::Object(it) => Some(Spot { object: it.id.clone(), what: SpotValues::At(path.clone()) }),
                // The patches are of other objects.
                Document::Unit(unit, _)
                    if is_head(path) && unit.kustomization.body.at(&["spec", "patches"]).is_none() =>
                {
                    None
                }
                Document::Unit(unit, it) => patched(db, unit, it, path, above)
                    .or_else(|| Some(Spot { object: it.id.clone(), what: SpotValues::At(path.clone()) })),
            }
        }));
    }
    spots
}

fn is_head(path: &Path) -> bool {
    matches!(path.0.as_slice(), [Step::Key(spec), Step::Key(patches)] if spec == "spec" && patches == "patches")
}

/// What a line inside `spec.patches[N].patch` is about; the first of its lines is the key's.
fn patched(db: &dyn Db, unit: &Unit, object: &Object, within: &Path, line: usize) -> Option<Spot> {
    let [Step::Key(spec), Step::Key(patches), Step::Nth(nth), ..] = within.0.as_slice() else { return None };
    if spec != "spec" || patches != "patches" {
        return None;
    }
    let all = object.body.at(&["spec", "patches"]).and_then(Node::list)?.len();
    let made = unit.each_patch(db).count();
    let written = all.checked_sub(made + unit.raw_patches.len())?;
    let nth = nth.checked_sub(written)?;
    let line = line.checked_sub(1);
    if let Some(nth) = nth.checked_sub(made) {
        let (object, _) = unit.raw_patched().nth(nth)?;
        let body = raw_body(unit.raw_patches.get(nth)?);
        return Some(Spot { object, what: merge_line(&body, &body, line) });
    }
    let patch = unit.each_patch(db).nth(nth)?;
    let of = |object: &Identity, what: SpotValues| Some(Spot { object: object.id(), what });
    match patch {
        Patch::Delete { object } => of(object, SpotValues::Gone),
        Patch::Merge { object, body } => of(object, merge_line(&merged(object, body), body, line)),
        Patch::Json { object, operations } => {
            // The bracket opens in a line of its own.
            let operation = line.and_then(|it| operations.get(it.checked_sub(1)?));
            let wanted = unit.objects.iter().find(|it| it.id == object.id())?;
            let operations = operation.map_or(operations.as_slice(), std::slice::from_ref);
            of(object, SpotValues::Each(operations.iter().map(|it| steps(&it.path, &wanted.body)).collect()))
        }
    }
}

/// What a line of a merge is about: `body` is what it changes in the object.
fn merge_line(whole: &Node, body: &Node, line: Option<usize>) -> SpotValues {
    let mut writer = Writer::mapped(Style::Patch);
    writer.document(whole);
    let (_, lines) = writer.finish_mapped();
    let at = line.and_then(|it| lines.get(it)?.path.clone()).unwrap_or_default();
    let changed: Vec<Path> = changes(body).into_iter().filter(|it| it.0.starts_with(&at.0)).collect();
    // What only names the object is not changed by it.
    if changed.is_empty() { SpotValues::At(at) } else { SpotValues::Each(changed) }
}

/// The leaves of a patch, what it removes included.
fn changes(body: &Node) -> Vec<Path> {
    let mut found = Vec::new();
    let mut todo = vec![(Path::default(), body)];
    while let Some((path, node)) = todo.pop() {
        let inner: Vec<(Path, &Node)> = match &node.value {
            // A list replaces another as a whole.
            Value::Map(_) => value::path::children(node).map(|(step, it)| (path.below(step), it)).collect(),
            _ => Vec::new(),
        };
        if inner.is_empty() {
            found.push(path);
        }
        todo.extend(inner.into_iter().rev());
    }
    found
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
