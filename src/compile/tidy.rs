//! One mistake, one error: what is said several times, or only follows of something else.

use std::collections::BTreeMap;

use ecow::{EcoString, eco_format};

use super::library::{anchor_of, said_of_the_project};
use crate::diagnostic::{Code, Diagnostic, Place, Severity, Subject, code};
use crate::fleet;
use crate::names;
use crate::source::{Anchor, Db, Kind, Origin, SourceFile};
use crate::syntax;

/// How the note begins that names clusters.
const SEEN: &str = "seen on cluster ";

/// A diagnostic, the clusters that show it, and whether it also holds without any.
type Group = (Diagnostic, Vec<EcoString>, bool);

/// One mistake, one error: what several clusters show is said once, naming one
/// of them. In the order of the files.
#[must_use]
pub fn tidy(db: &dyn Db, found: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut found = said_of_the_project(db, found);
    // What another fleetc is needed for, this one may misread.
    if found.iter().any(|it| it.code == code::OTHER_FLEETC) {
        found.retain(|it| it.code == code::OTHER_FLEETC);
    }
    let twice: Vec<Anchor> = found.iter().filter(|it| it.code == code::SET_TWICE).filter_map(anchor_of).collect();
    found.retain(|it| it.code != code::CONFLICT || anchor_of(it).is_none_or(|it| !twice.contains(&it)));
    let mut groups: BTreeMap<(EcoString, usize, &'static str, EcoString), Group> = BTreeMap::new();
    for it in found {
        let (file, start) = position(db, &it.primary.place);
        // A file as a whole may have several mistakes of one kind, and so may what has no place.
        let what = if matches!(it.primary.place, Place::File(_)) || file.is_empty() {
            it.message.clone()
        } else {
            EcoString::new()
        };
        let key = (file, start, it.code.id, what);
        let cluster = it.cluster.clone();
        let (_, clusters, without) = groups.entry(key).or_insert_with(|| (it, Vec::new(), false));
        match cluster {
            Some(it) if !clusters.contains(&it) => clusters.push(it),
            Some(_) => {}
            None => *without = true,
        }
    }
    let mut tidied: Vec<((Severity, EcoString, usize), Diagnostic)> = groups
        .into_iter()
        .map(|((file, start, ..), (mut it, mut clusters, without))| {
            clusters.sort();
            if let (None, false, Some(first)) = (it.others, without, clusters.first()) {
                let others = clusters.len() - 1;
                it.others = Some(others);
                if others > 0 {
                    let s = if others == 1 { "" } else { "s" };
                    it = it.note(eco_format!("{SEEN}`{first}` and {others} other{s}"));
                } else if !it.message.contains(&format!("`{first}`")) {
                    it = it.note(eco_format!("{SEEN}`{first}`"));
                }
            }
            if let (Some(help), Some((path, line))) = (&it.help, it.help_at.take().and_then(|at| line_of(db, at))) {
                it.help = Some(eco_format!("{help} at {path}:{line}"));
            }
            ((it.code.severity, file, start), it)
        })
        .collect();
    tidied.sort_by(|a, b| a.0.cmp(&b.0));
    without_followers(db, tidied.into_iter().map(|(_, it)| it).collect())
}

/// Whether it stands in a declaration of that kind.
pub(super) fn is_about(db: &dyn Db, it: &Diagnostic, kind: Kind) -> bool {
    anchor_of(it).is_some_and(|it| it.kind(db) == kind)
}

/// What says nothing of its own where a package cannot be found: it declares nothing.
const OF_PACKAGES: [Code; 6] = [
    code::UNKNOWN_PACKAGE,
    code::UNKNOWN_TYPE,
    code::UNKNOWN_NAME,
    code::UNKNOWN_FUNCTION,
    code::UNKNOWN_TARGET,
    code::NO_VALUE,
];

/// What says nothing of its own where lines cannot be parsed: what does not exist may stand in these.
const OF_NAMES: [Code; 12] = [
    code::UNKNOWN_NAME,
    code::UNKNOWN_FUNCTION,
    code::UNKNOWN_TYPE,
    code::UNKNOWN_TARGET,
    code::NO_VALUE,
    code::NO_SOURCE,
    code::NO_VERSION,
    code::UNKNOWN_KIND,
    code::MISSING_NAMESPACE,
    code::MISSING_REFERENCE,
    code::DEAD,
    code::NO_OBJECT,
];

/// What only follows of something else that is wrong says nothing of its own.
fn without_followers(db: &dyn Db, mut found: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let has = |found: &[Diagnostic], is: &dyn Fn(&Diagnostic) -> bool| found.iter().any(is);
    let no_package = |it: &Diagnostic| {
        it.code == code::PACKAGE_SOURCE || (it.code == code::UNKNOWN_FIELD && is_about(db, it, Kind::Fleet))
    };
    if has(&found, &no_package) && has(&found, &|it| it.code == code::UNKNOWN_PACKAGE) {
        found.retain(|it| !OF_PACKAGES.contains(&it.code));
    }
    // What a release requires is wrong itself.
    let wrong: Vec<Anchor> =
        found.iter().filter(|it| it.is_error() && it.code != code::NOT_TAKEN).filter_map(anchor_of).collect();
    let requires_wrong = |it: &Diagnostic| {
        it.code == code::NOT_TAKEN
            && it.secondary.iter().any(|it| matches!(it.place, Place::Origin(at) if wrong.contains(&at.anchor)))
    };
    found.retain(|it| !requires_wrong(it));
    // A role has no ARN where the fact that it is made of has no value.
    let no_account = |it: &Diagnostic| match &it.subject {
        Some(Subject::Lacking(names)) => names.iter().any(|it| it == "account"),
        _ => false,
    };
    if has(&found, &no_account) {
        found.retain(|it| it.code != code::NO_ACCOUNT);
    }
    // Facts and params may be declared in lines that cannot be parsed.
    let may_follow = has(&found, &|it| matches!(it.subject, Some(Subject::Fact(_) | Subject::Param(_))));
    let mut bad_in = if may_follow { unreadable_kinds(db, &found) } else { Vec::new() };
    if has(&found, &|it| matches!(it.subject, Some(Subject::Facts))) {
        bad_in.push(Kind::Fleet);
    }
    found.retain(|it| match &it.subject {
        Some(Subject::Fact(_)) => !bad_in.contains(&Kind::Fleet),
        Some(Subject::Param(_)) => {
            !bad_in.iter().any(|it| matches!(*it, Kind::ADDON | Kind::Baseline | Kind::Catalogue))
        }
        _ => true,
    });
    // Without a fleet there are no facts: that is one mistake.
    let has_clusters = !names::index(db, db.project()).clusters.is_empty();
    if has_clusters && fleet::settings(db, db.project()).value.anchor.is_none() {
        let mut first = true;
        found.retain_mut(|it| match &it.subject {
            Some(Subject::Fact(name)) if std::mem::take(&mut first) => {
                it.help =
                    Some(eco_format!("declare the fleet and its facts: `fleet NAME {{ facts {{ {name}: Type }} }}`"));
                it.suggestion = None;
                true
            }
            Some(Subject::Fact(_)) => false,
            _ => true,
        });
    }
    // A row has no name where its inventory is wrong.
    let wrong: Vec<Anchor> = found
        .iter()
        .filter(|it| it.code == code::NO_MEMBER && is_about(db, it, Kind::Inventory))
        .filter_map(anchor_of)
        .collect();
    let is_of = |it: &Diagnostic| {
        let places = std::iter::once(&it.primary).chain(&it.secondary).map(|it| &it.place);
        places
            .filter_map(|it| if let Place::Origin(at) = it { Some(at.anchor) } else { None })
            .any(|it| wrong.contains(&it))
    };
    found.retain(|it| it.code != code::NO_CLUSTER_NAME || !is_of(it));
    if has(&found, &|it| it.is_error() && it.code.is_syntax()) {
        found.retain(|it| !OF_NAMES.contains(&it.code));
    }
    found
}

/// The file and the line in which something stands.
fn line_of(db: &dyn Db, at: Origin) -> Option<(EcoString, usize)> {
    let found = crate::data::locate(db, at)?;
    let line = found.text.get(..found.range.start).map_or(1, |it| it.matches('\n').count() + 1);
    Some((found.path, line))
}

/// The kinds of the declarations in whose blocks something cannot be parsed: of each the first such place counts.
fn unreadable_kinds(db: &dyn Db, found: &[Diagnostic]) -> Vec<Kind> {
    let mut places: BTreeMap<EcoString, (SourceFile, Vec<usize>)> = BTreeMap::new();
    for it in found.iter().filter(|it| it.code.is_syntax()) {
        if let Place::Span { file, start, .. } = it.primary.place {
            places.entry(file.path(db).clone()).or_insert_with(|| (file, Vec::new())).1.push(start);
        }
    }
    let mut kinds = Vec::new();
    for (file, mut at) in places.into_values() {
        at.sort_unstable();
        let begins = |it: &Anchor| Some((syntax::locate(db, Origin::new(*it, 0))?.1.start, it.kind(db)));
        let mut declared: Vec<(usize, Kind)> = syntax::anchors(db, file).iter().filter_map(begins).collect();
        declared.sort_by_key(|it| it.0);
        let mut looked_at = None;
        for at in at {
            let nth = declared.partition_point(|it| it.0 <= at).checked_sub(1);
            let Some((from, kind)) = nth.filter(|it| looked_at != Some(*it)).and_then(|it| declared.get(it)) else {
                continue;
            };
            looked_at = nth;
            // It is in the block where a bracket is open that was not before.
            let mut scanner = syntax::Scanner::new(file.text(db).get(*from..at).unwrap_or_default());
            while scanner.next().is_some() {}
            if !scanner.open().is_empty() {
                kinds.push(*kind);
            }
        }
    }
    kinds
}

/// Where a place is, for sorting.
fn position(db: &dyn Db, place: &Place) -> (EcoString, usize) {
    match place {
        Place::Origin(origin) => match crate::data::locate(db, *origin) {
            Some(it) => (it.path, it.range.start),
            None => (EcoString::new(), 0),
        },
        Place::Span { file, start, .. } => (file.path(db).clone(), *start),
        Place::File(path) => (path.clone(), 0),
    }
}
