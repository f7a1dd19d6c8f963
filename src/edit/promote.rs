//! `fleetc promote`: a version moves up one ring.
//!
//! The catalogue's version is the last ring's, and earlier rings override it. So a
//! promotion widens the condition of the override, or, at the last ring, writes the
//! version into the catalogue and takes the override away.

use ecow::EcoString;

use super::ring::{Setter, condition, is_version_alone, last_before, setter, version_entry};
use super::text::Change;
use crate::compile::diagnose;
use crate::diagnostic::{Diagnostic, Invariant, did_you_mean};
use crate::fleet::{self, Rings};
use crate::lint::{Running, is_ahead, outside_rings, versions};
use crate::names;
use crate::source::{Anchor, Db, FleetDatabase, Kind, Origin, SourceFile};
use crate::syntax::{self, ast::Head};

/// What a promotion does.
#[derive(Debug)]
pub struct Promotion {
    pub change: Change,
    pub addon: EcoString,
    pub from: EcoString,
    pub to: EcoString,
    pub version: EcoString,
    /// For each cluster that changes: its name, the version before and after.
    pub clusters: Vec<(EcoString, EcoString, EcoString)>,
}

/// Why nothing is promoted: what is the matter, and what to do.
pub(super) type Refusal = (String, Option<String>);

/// Moves an add-on's version from a ring (by default the first that is ahead of the
/// next) to the next one. The change is tried on `db`, which holds it afterwards.
///
/// # Errors
/// If there is nothing to promote, the sources say it in a way that cannot be
/// edited, or the edit would change anything else.
pub fn promote(db: &mut FleetDatabase, addon: &str, from: Option<&str>) -> Result<Promotion, Refusal> {
    let rings = fleet::settings(db, db.project()).value.rings.clone();
    let Some(rings) = rings else {
        return Err(("the fleet has no rings".into(), Some("write `rings environment = [ … ]` in the fleet".into())));
    };
    let anchor = find(db, addon)?;
    let before = versions(db);
    let outside = outside_rings(db, anchor);
    let by_ring = before.get(&anchor).cloned().unwrap_or_default();
    let (from, to) = step(&rings, &by_ring, addon, from)?;
    let version = only(&rings, &by_ring, from)?;
    only(&rings, &by_ring, to)?;
    let job = Job { db, rings: &rings, by_ring: &by_ring, addon: anchor, version: &version.version };
    let change = job.change(to, version)?;
    change.apply(db);
    verify(db, &before, anchor, (&rings, to), &version.version)?;
    let moved = by_ring.get(to).into_iter().flatten().map(|it| (it, version.version.clone()));
    let after = outside_rings(db, anchor);
    let others = outside.iter().zip(after).map(|(it, now)| (it, now.version));
    let clusters = moved
        .chain(others.filter(|(it, now)| it.version != *now))
        .map(|(it, now)| (it.cluster.name(db).clone(), it.version.clone(), now))
        .collect();
    let name = |nth: usize| rings.order.get(nth).cloned().unwrap_or_default();
    let addon = anchor.name(db).clone();
    Ok(Promotion { change, addon, from: name(from), to: name(to), version: version.version.clone(), clusters })
}

/// The add-on of a catalogue by its name, or `catalogue.name`.
fn find(db: &dyn Db, name: &str) -> Result<Anchor, Refusal> {
    let index = names::index(db, db.project());
    let (catalogue, item) = name.split_once('.').map_or((None, name), |(catalogue, item)| (Some(catalogue), item));
    let found: Vec<Anchor> = index
        .catalogues
        .iter()
        .filter(|(it, _)| catalogue.is_none_or(|catalogue| catalogue == it.as_str()))
        .filter_map(|(_, it)| index.items.get(it)?.get(item).copied())
        .filter(|it| it.kind(db) == Kind::ADDON)
        .collect();
    match found.as_slice() {
        [only] => Ok(*only),
        [] => {
            let addons = index.items.values().flatten().filter(|(_, it)| it.kind(db) == Kind::ADDON);
            let help = did_you_mean(item, addons.map(|(name, _)| name.as_str()));
            Err((format!("no catalogue has an add-on `{name}`"), help.map(Into::into)))
        }
        _ => Err((format!("several catalogues have an add-on `{name}`"), Some(format!("write `catalogue.{name}`")))),
    }
}

/// The ring that gives and the one that takes.
fn step(rings: &Rings, by_ring: &[Vec<Running>], addon: &str, from: Option<&str>) -> Result<(usize, usize), Refusal> {
    let with: Vec<usize> = by_ring.iter().enumerate().filter(|(_, it)| !it.is_empty()).map(|(nth, _)| nth).collect();
    let pairs: Vec<(usize, usize)> = with.iter().copied().zip(with.iter().copied().skip(1)).collect();
    let version = |nth: usize| by_ring.get(nth).and_then(|it| it.first()).map(|it| &it.version);
    let is_ahead =
        |(from, to): (usize, usize)| version(from).zip(version(to)).is_some_and(|(from, to)| is_ahead(from, to));
    if let Some(name) = from {
        let Some(nth) = rings.order.iter().position(|it| it == name) else {
            let help = did_you_mean(name, rings.order.iter().map(EcoString::as_str));
            return Err((format!("there is no ring `{name}`"), help.map(Into::into)));
        };
        let Some(pair) = pairs.iter().find(|(from, _)| *from == nth) else {
            return Err((format!("no later ring than `{name}` has `{addon}`"), None));
        };
        return if is_ahead(*pair) {
            Ok(*pair)
        } else {
            Err((format!("`{addon}` is not ahead in `{name}` of the ring after it"), None))
        };
    }
    pairs.into_iter().find(|it| is_ahead(*it)).ok_or_else(|| {
        let help = "override its version in the first ring: that is what is promoted";
        (format!("`{addon}` is ahead in no ring"), Some(help.into()))
    })
}

/// The one version of a ring.
fn only<'a>(rings: &Rings, by_ring: &'a [Vec<Running>], nth: usize) -> Result<&'a Running, Refusal> {
    let running = by_ring.get(nth).map(Vec::as_slice).unwrap_or_default();
    let ring = rings.order.get(nth).cloned().unwrap_or_default();
    let Some(first) = running.first() else { return Err((format!("no cluster of `{ring}` has it"), None)) };
    match running.iter().find(|it| it.version != first.version) {
        None => Ok(first),
        Some(other) => Err((
            format!("the clusters of `{ring}` have different versions: {} and {}", first.version, other.version),
            Some("make them one first: fleetc promotes a ring as a whole".into()),
        )),
    }
}

struct Job<'a> {
    db: &'a dyn Db,
    rings: &'a Rings,
    by_ring: &'a [Vec<Running>],
    addon: Anchor,
    version: &'a EcoString,
}

impl Job<'_> {
    fn change(&self, to: usize, version: &Running) -> Result<Change, Refusal> {
        let mut change = Change::default();
        let target = self.by_ring.get(to).and_then(|it| it.first()).map_or(version.origin, |it| it.origin);
        // Which rings have their version from the very place that the target has it from?
        let sharers: Vec<usize> = self
            .by_ring
            .iter()
            .enumerate()
            .filter(|(_, it)| it.iter().any(|it| it.origin == target))
            .map(|(nth, _)| nth)
            .collect();
        let is_last = self.by_ring.iter().skip(to + 1).all(Vec::is_empty);
        if sharers == [to] || is_last {
            self.rewrite(target, &mut change)?;
            if is_last {
                self.forget(to, &mut change);
            }
        } else {
            self.widen(version.origin, to, &mut change)?;
        }
        Ok(change)
    }

    /// Puts the new version in place of the text at a place.
    fn rewrite(&self, at: Origin, change: &mut Change) -> Result<(), Refusal> {
        let is_literal = self.is_literal(at);
        let done =
            is_literal.then(|| change.replace_node(self.db, at, format!("{:?}", self.version.as_str()))).flatten();
        done.ok_or_else(|| self.not_editable(at))
    }

    /// Whether a place is a string of the sources, and not data or computed.
    fn is_literal(&self, at: Origin) -> bool {
        at.anchor.kind(self.db) != Kind::Data
            && at.anchor.file(self.db).package(self.db).is_empty()
            && syntax::locate(self.db, at).is_some_and(|(file, range)| {
                file.text(self.db).get(range).is_some_and(|it| it.starts_with('"') && !it.contains("\\("))
            })
    }

    fn not_editable(&self, at: Origin) -> Refusal {
        let place = crate::data::locate(self.db, at).map_or_else(String::new, |it| {
            let line = it.text.get(..it.range.start).map_or(1, |it| it.matches('\n').count() + 1);
            format!(" ({}:{line})", it.path)
        });
        (
            format!("the version of `{}` is not a plain string of this project{place}", self.addon.name(self.db)),
            Some("change it there by hand".into()),
        )
    }

    /// Overrides of earlier rings that now say what the catalogue says.
    fn forget(&self, to: usize, change: &mut Change) {
        for running in self.by_ring.iter().take(to).flatten().filter(|it| it.version == *self.version) {
            if let Some(it) = setter(self.db, running.origin, self.rings) {
                self.remove(&it, change);
            }
        }
    }

    /// Takes the version out of an override, and the override with it if it says no more.
    fn remove(&self, it: &Setter<'_>, change: &mut Change) {
        let entry = version_entry(it.block).map(|(node, _)| Origin::new(it.anchor, node));
        let statement = it.statement.map(|node| Origin::new(it.anchor, node));
        let place = match (is_version_alone(it.block), statement, it.is_shared) {
            (false, ..) => entry.and_then(|it| syntax::locate(self.db, it)),
            (true, Some(at), true) => syntax::locate(self.db, at),
            // A rule that says nothing else, or a declaration of its own.
            (true, Some(at), false) if !matches!(syntax::declaration(self.db, it.anchor).head, Head::Rule { .. }) => {
                syntax::locate(self.db, at)
            }
            (true, ..) => self.whole(it.anchor),
        };
        if let Some((file, range)) = place {
            change.remove(self.db, file, range);
        }
    }

    /// A declaration at the top level, from its keyword to its closing brace. Comments
    /// above it may be about more than it: they stay.
    fn whole(&self, anchor: Anchor) -> Option<(SourceFile, std::ops::Range<usize>)> {
        let (file, name) = syntax::locate(self.db, Origin::of(anchor))?;
        let block = syntax::declaration(self.db, anchor).body.node;
        let (_, block) = syntax::locate(self.db, Origin::new(anchor, block))?;
        let text = file.text(self.db);
        let start = text.get(..name.start)?.rfind('\n').map_or(0, |it| it + 1);
        Some((file, start..block.end))
    }

    /// Lets the override that gives `from` its version hold for `to` as well.
    fn widen(&self, at: Origin, to: usize, change: &mut Change) -> Result<(), Refusal> {
        let ring = self.rings.order.get(to).invariant("a ring that follows another is one of them");
        let it = setter(self.db, at, self.rings);
        if let Some(it) = &it
            && let Some((when, names)) = &it.condition
            && is_version_alone(it.block)
            && !it.is_shared
        {
            let mut names = names.clone();
            names.push(ring.clone());
            names.sort_by_key(|name| self.rings.order.iter().position(|it| it == name));
            let before = last_before(when, self.rings, to)
                .and_then(|node| syntax::locate(self.db, Origin::new(it.anchor, node)));
            if let Some((file, range)) = before {
                // Into the list that is there, with its layout and comments.
                change.replace(self.db, file, range.end..range.end, format!(", {:?}", ring.as_str()));
            } else {
                let place = Origin::new(it.anchor, when.node);
                change.replace_node(self.db, place, condition(self.rings, &names));
            }
            return Ok(());
        }
        if it.is_none() || !self.is_literal(at) {
            return Err(self.not_editable(at));
        }
        // The override says more than the version: the next ring gets one of its own.
        let Some((file, range)) = self.whole(top_of(self.db, at.anchor)) else { return Err(self.not_editable(at)) };
        let addon = self.addon;
        let catalogue = addon.parent(self.db).invariant("an add-on stands in a catalogue").name(self.db).clone();
        let when = condition(self.rings, std::slice::from_ref(ring));
        let text = format!(
            "\n\noverride {catalogue}.{} when {when} {{ version = {:?} }}",
            addon.name(self.db),
            self.version.as_str()
        );
        let rest = file.text(self.db).get(range.end..).unwrap_or_default();
        let gap = if rest.trim().is_empty() || rest.starts_with("\n\n") { "" } else { "\n" };
        change.replace(self.db, file, range.end..range.end, text + gap);
        Ok(())
    }
}

fn top_of(db: &dyn Db, anchor: Anchor) -> Anchor {
    let mut at = anchor;
    while let Some(parent) = at.parent(db) {
        at = parent;
    }
    at
}

/// The changed project must be right, and differ in that ring's version alone.
fn verify(
    db: &FleetDatabase,
    before: &crate::source::IndexMap<Anchor, Vec<Vec<Running>>>,
    addon: Anchor,
    (rings, to): (&Rings, usize),
    version: &EcoString,
) -> Result<(), Refusal> {
    let wrong: Vec<Diagnostic> = diagnose(db).into_iter().filter(Diagnostic::is_error).collect();
    if let Some(first) = wrong.first() {
        return Err((
            format!("the promotion would be a mistake: {}", first.message),
            first.help.clone().map(Into::into),
        ));
    }
    let after = versions(db);
    for (it, by_ring) in before {
        for (nth, running) in by_ring.iter().enumerate() {
            let now = after.get(it).and_then(|it| it.get(nth)).map(Vec::as_slice).unwrap_or_default();
            let is_target = *it == addon && nth == to;
            let fits = running.len() == now.len()
                && running.iter().zip(now).all(|(before, now)| {
                    now.version == if is_target { version.clone() } else { before.version.clone() }
                });
            if !fits {
                let ring = rings.order.get(nth).cloned().unwrap_or_default();
                return Err((
                    format!("the promotion would also change `{}` in `{ring}`", it.name(db)),
                    Some("fleetc cannot edit this form of the sources: change them by hand".into()),
                ));
            }
        }
    }
    Ok(())
}
