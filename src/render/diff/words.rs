//! The words that every form of the answer shares.

use ecow::{EcoString, eco_format};
use serde_json::Value as Json;

use super::states::States;
use crate::fleet;
use crate::inspect::{
    Absence, Because, Cause, Change, ClusterFate, Danger, Difference, FilesChange, Layer, LeafChange, Side, Touched,
    Trait, Verb, Whom,
};
use crate::render::place::{owner, spot};
use crate::render::why::reasons;
use crate::source::{Db, Origin};
use crate::value::{self, Node, Value};

/// Said of what goes and is not pruned.
pub(super) const STAYS: &str = "it stays on the cluster: nothing prunes it";

/// "3 clusters", "1 cluster".
pub(super) fn number(count: usize, what: &str) -> EcoString {
    if count == 1 { eco_format!("1 {what}") } else { eco_format!("{count} {what}s") }
}

/// `a`, `b` and 10 others.
pub(super) fn names<'a>(all: impl ExactSizeIterator<Item = &'a EcoString>) -> EcoString {
    let count = all.len();
    // Four are as short as three and "1 other".
    let shown = if count <= 4 { count } else { 3 };
    let quoted: Vec<EcoString> = all.take(shown).map(|it| eco_format!("`{it}`")).collect();
    match quoted.as_slice() {
        all if count > shown => eco_format!("{} and {} others", all.join(", "), count - shown),
        [rest @ .., last] if !rest.is_empty() => eco_format!("{} and {last}", rest.join(", ")),
        all => all.join(", ").into(),
    }
}

/// "every cluster", "the 12 clusters of group `production`".
pub(super) fn whom(change: &Change) -> EcoString {
    those(&change.whom, &change.clusters)
}

fn those(whom: &Whom, clusters: &[Touched]) -> EcoString {
    let count = clusters.len();
    match whom {
        Whom::Every => eco_format!("every cluster ({count})"),
        Whom::Those { have, but } => {
            let mut which = have.iter().map(|it| match it {
                Trait::Group(name) => eco_format!(" of group `{name}`"),
                Trait::Fact { name, value } => eco_format!(" whose {name} is {value}"),
            });
            let which = [which.next(), which.next()].into_iter().flatten().collect::<Vec<_>>().join(" and");
            match (but.as_slice(), have.is_empty()) {
                ([], _) => eco_format!("the {count} clusters{which}"),
                (but, true) => eco_format!("all clusters but {} ({count})", names(but.iter())),
                (but, false) => eco_format!("the clusters{which} but {} ({count})", names(but.iter())),
            }
        }
        Whom::Named => names(clusters.iter().map(|it| &it.name)),
    }
}

/// Clusters that move and are told one by one: where the others go is seen by these.
const MOST_MOVED: usize = 10;

/// What becomes of clusters as a whole, a sentence each, the dangerous ones first, and whether
/// it is dangerous.
pub(super) fn whole(it: &Difference) -> Vec<(bool, EcoString)> {
    let mut found: Vec<(bool, EcoString)> = Vec::new();
    for (fate, one, several, then) in [
        (ClusterFate::Gone { of_hub: false }, "is removed", "are removed", ": what Flux applied there stays"),
        (
            ClusterFate::Gone { of_hub: true },
            "is removed",
            "are removed",
            ": its hub's Flux deletes what it applied there",
        ),
        (ClusterFate::New, "is new", "are new", ""),
    ] {
        let all: Vec<&EcoString> = it.whole.iter().filter(|it| it.fate == fate).map(|it| &it.name).collect();
        let (s, verb) = if all.len() == 1 { ("", one) } else { ("s", several) };
        if !all.is_empty() {
            found.push((fate.is_danger(), eco_format!("cluster{s} {} {verb}{then}", names(all.into_iter()))));
        }
    }
    let moved = it.whole.iter().filter_map(|it| match &it.fate {
        ClusterFate::Moved { old, new } => Some((it, old, new)),
        _ => None,
    });
    for (it, old, new) in moved.clone().take(MOST_MOVED) {
        let name = &it.name;
        found.push((
            true,
            eco_format!(
                "cluster `{name}` moves from `{old}` to `{new}`: Flux there reads `{old}`, whatever is in it now, until its \
                 own Kustomization names the other"
            ),
        ));
    }
    let others: Vec<&EcoString> = moved.skip(MOST_MOVED).map(|(it, ..)| &it.name).collect();
    if !others.is_empty() {
        found
            .push((true, eco_format!("so do {} more: {}", number(others.len(), "cluster"), names(others.into_iter()))));
    }
    for it in &it.whole {
        if let ClusterFate::Renamed { old } = &it.fate {
            found.push((false, eco_format!("cluster `{old}` is called `{}` now", it.name)));
        }
    }
    found.sort_by_key(|(is_danger, _)| !is_danger);
    found
}

/// "the files below `deploy/x`, which Kustomization `x` applies, differ on every cluster (3)"
pub(super) fn files(it: &FilesChange) -> EcoString {
    let (unit, directory) = (&it.unit, &it.directory);
    eco_format!("files of `{directory}` differ, which {unit} applies on {}", those(&it.whom, &it.clusters))
}

/// A value as the language would write it, with placeholders for what each cluster has there.
pub(super) fn shown(node: &Node) -> EcoString {
    match &node.value {
        Value::Text(it) => Json::from(it.as_str()).to_string().into(),
        Value::PerCluster(it) => it.show(),
        Value::List(list) => {
            let parts: Vec<EcoString> = list.iter().map(shown).collect();
            eco_format!("[{}]", parts.join(", "))
        }
        Value::Map(map) if map.entries.is_empty() => "{ }".into(),
        Value::Map(map) => {
            let part = |(key, it): (&EcoString, &Node)| {
                eco_format!("{} = {}", value::Path(vec![value::Step::Key(key.clone())]), shown(it))
            };
            let parts: Vec<EcoString> = map.entries.iter().map(part).collect();
            eco_format!("{{ {} }}", parts.join(", "))
        }
        other => other.show(),
    }
}

/// "cluster.account", where a text is the same and a fact in it is not.
pub(super) fn other_facts(leaf: &LeafChange) -> Option<EcoString> {
    let names: Vec<EcoString> = leaf.facts.iter().map(|it| eco_format!("cluster.{it}")).collect();
    let is_same = leaf.old.as_ref().zip(leaf.new.as_ref()).is_some_and(|(old, new)| shown(old) == shown(new));
    (is_same && !names.is_empty()).then(|| names.join(", ").into())
}

/// At most so many characters of a text.
pub(super) fn capped(text: &str, most: usize) -> EcoString {
    if text.chars().count() <= most {
        return text.into();
    }
    text.chars().take(most - 1).chain(std::iter::once('…')).collect()
}

/// A value and what it became, at most so many characters of each: where they are long, what
/// both begin with is left out, so that the difference is in sight.
pub(super) fn capped_both(old: &str, new: &str, most: usize) -> [EcoString; 2] {
    const BEFORE: usize = 20;
    let same = old.chars().zip(new.chars()).take_while(|(a, b)| a == b).count();
    let is_in_sight = [old, new].iter().all(|it| it.chars().count() <= most) || same + BEFORE <= most;
    [old, new].map(|it| {
        if is_in_sight {
            return capped(it, most);
        }
        let rest: EcoString = it.chars().skip(same.saturating_sub(BEFORE)).collect();
        capped(&eco_format!("…{rest}"), most)
    })
}

/// Where something stands: `fleet.fleet:12`, `fleet.fleet:12 at HEAD`.
fn place(states: &States<'_>, side: Side, origin: Origin) -> Option<EcoString> {
    match side {
        Side::Old => Some(eco_format!("{} at {}", spot(states.old, origin)?.short(), states.old_name)),
        Side::New => Some(spot(states.new, origin)?.short()),
    }
}

fn db<'a>(states: &States<'a>, side: Side) -> &'a dyn Db {
    match side {
        Side::Old => states.old,
        Side::New => states.new,
    }
}

/// rule `production` (rules.fleet:12): when …
fn by(states: &States<'_>, side: Side, layer: &Layer) -> EcoString {
    let db = db(states, side);
    let place = place(states, side, layer.origin).map_or_else(EcoString::new, |it| eco_format!(" ({it})"));
    let reasons = reasons(db, &layer.reason);
    let reasons = if reasons.is_empty() { reasons } else { eco_format!(": {reasons}") };
    eco_format!("{}{place}{reasons}", owner(db, layer.origin.anchor))
}

/// Who made a leaf change.
pub(super) fn cause(states: &States<'_>, change: &Change, it: &Cause) -> EcoString {
    let by = by(states, it.side, &it.layer);
    match &it.verb {
        Verb::Sets => eco_format!("by {by}"),
        Verb::Unsets => eco_format!("unset by {by}"),
        Verb::NoLonger(reads) if reads.is_empty() => eco_format!("no longer by {by}"),
        Verb::NoLonger(reads) => eco_format!("no longer by {by}: {}", self::reads(states, change, it, reads)),
        Verb::Reads(reads) => eco_format!("by {by}: {}", self::reads(states, change, it, reads)),
    }
}

/// "cluster.zones is 3 (one.fleet:4), was 1", of one of the clusters.
fn reads(states: &States<'_>, change: &Change, it: &Cause, reads: &[(fleet::Read, Option<Node>)]) -> EcoString {
    let on = if change.clusters.len() > 1 { eco_format!("on `{}` ", it.on) } else { EcoString::new() };
    eco_format!("{on}{}", read_now(states, reads))
}

fn read_now(states: &States<'_>, reads: &[(fleet::Read, Option<Node>)]) -> EcoString {
    let read = |(read, was): &(fleet::Read, Option<Node>)| {
        let at = spot(states.new, read.at)?;
        let place = spot(states.new, read.node.origin).filter(|it| *it != at);
        let place = place.map_or_else(EcoString::new, |it| eco_format!(" ({})", it.short()));
        let was = was.as_ref().map_or_else(|| "was nothing".into(), |it| eco_format!("was {}", shown(it)));
        let called = read.called.as_ref().unwrap_or(&at.text);
        Some(eco_format!("{called} is {}{place}, {was}", shown(&read.node)))
    };
    let reads: Vec<EcoString> = reads.iter().filter_map(read).collect();
    reads.join("; ").into()
}

/// Why an object came or went.
pub(super) fn because(states: &States<'_>, it: &Because) -> EcoString {
    let at = |side: Side, origin: Origin| {
        let place = place(states, side, origin).map_or_else(EcoString::new, |it| eco_format!(" ({it})"));
        eco_format!("{}{place}", owner(db(states, side), origin.anchor))
    };
    match it {
        Because::Used(layer) => eco_format!("used by {}", by(states, Side::New, layer)),
        Because::Attached(layer) => eco_format!("attached by {}", by(states, Side::New, layer)),
        Because::Detached => "no `attach` names it now".into(),
        Because::Declared(origin) => eco_format!("declared by {}", at(Side::New, *origin)),
        Because::Follows(origin) => eco_format!("it comes of {}", at(Side::New, *origin)),
        Because::NoLonger(origin) => eco_format!("it no longer comes of {}", at(Side::New, *origin)),
        Because::NotDropped(it) => {
            let by = by(states, it.side, &it.layer);
            match &it.verb {
                Verb::NoLonger(read) if !read.is_empty() => {
                    eco_format!("no longer dropped by {by}: on `{}` {}", it.on, read_now(states, read))
                }
                _ => eco_format!("no longer dropped by {by}"),
            }
        }
        Because::Switched(it) => {
            let said = |side: Side, node: &Option<Node>| match node {
                Some(it) => {
                    let place = place(states, side, it.origin).map_or_else(EcoString::new, |it| eco_format!(" ({it})"));
                    eco_format!("{}{place}", shown(it))
                }
                None => "not set".into(),
            };
            let key = it.key;
            eco_format!("`{key}` is {}, and was {}", said(Side::New, &it.new), said(Side::Old, &it.old))
        }
        Because::Undeclared(origin) => eco_format!("no longer declared by {}", at(Side::Old, *origin)),
        Because::Absent(absence) => match &**absence {
            Absence::Dropped(layer) => eco_format!("dropped by {}", by(states, Side::New, layer)),
            Absence::Optional => "it is optional, and no `use` names it now".into(),
            Absence::NotTaken => "no `use` names it or its catalogue now".into(),
            Absence::NotNeeded => "nothing that is used needs it now".into(),
        },
    }
}

/// A danger, in a sentence.
pub(super) fn danger(it: &Danger) -> EcoString {
    match it {
        Danger::Uninstall => "the release is uninstalled".into(),
        Danger::Reinstall { what, old, new } => {
            eco_format!("the release is uninstalled and installed again: its {what} was `{old}`, and is `{new}`")
        }
        Danger::DeletesNamespace => "the namespace is deleted, with everything in it".into(),
        Danger::DeletesCrd => "the definition is deleted, with every object of its kind".into(),
        Danger::Deletes => "it is deleted".into(),
        Danger::DeletesContents => "everything that it applied is deleted".into(),
        Danger::OtherContents => "objects that it applied and that are not in the new directory are deleted".into(),
        Danger::SourceInUse { release } => {
            eco_format!("HelmRelease `{release}` still uses it for its chart until another Kustomization is applied")
        }
        Danger::Moves { old, new } => {
            let named =
                |it: &EcoString| if it.is_empty() { "the cluster's root".into() } else { eco_format!("`{it}`") };
            eco_format!("it moves from {} to {}: the one may delete it after the other has it", named(old), named(new))
        }
        Danger::Crd => "the definition of a kind changes".into(),
        Danger::Immutable { path } => eco_format!("`{path}` cannot be changed: the API server refuses it"),
        Danger::Shrinks { path } => eco_format!("`{path}` cannot shrink: the API server refuses it"),
        Danger::Recreated { path } => {
            eco_format!("`{path}` cannot be changed: the object is deleted and made anew (`force`)")
        }
        Danger::Major { old, new } => eco_format!("a major step: {old} → {new}"),
        Danger::Downgrade { old, new } => eco_format!("an older version: {old} → {new}"),
    }
}

/// "uninstalls 3 releases: `debug` on `one` and `two`"; none where nothing is.
pub(super) fn uninstalls(it: &Difference) -> Option<EcoString> {
    let all: Vec<&Change> = it.changes.iter().filter(|it| it.dangers.iter().any(Danger::uninstalls)).collect();
    let count: usize = all.iter().map(|it| it.clusters.len()).sum();
    let named = |it: &&Change| eco_format!("`{}` on {}", it.object.name, whom(it));
    let mut parts: Vec<EcoString> = all.iter().take(5).map(named).collect();
    if all.len() > parts.len() {
        parts.push(number(all.len() - parts.len(), "more change"));
    }
    (count > 0).then(|| eco_format!("uninstalls {}: {}", number(count, "release"), parts.join("; ")))
}

/// "12 of 38 clusters change: 24 objects changed, 1 added".
pub(super) fn verdict(it: &Difference) -> EcoString {
    let count =
        |is_gone: bool| it.whole.iter().filter(|it| it.fate.is_one_sided() && it.fate.is_gone() == is_gone).count();
    let come_and_go: Vec<EcoString> = [(count(true), "removed"), (count(false), "new")]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| {
            eco_format!("{} {} {what}", number(count, "cluster"), if count == 1 { "is" } else { "are" })
        })
        .collect();
    let come_and_go = come_and_go.join(", ");
    if it.touched.is_empty() {
        return if come_and_go.is_empty() {
            "nothing changes on any cluster".into()
        } else {
            eco_format!(
                "{come_and_go}; nothing changes on the {} that there were and are",
                number(it.clusters, "cluster")
            )
        };
    }
    let come_and_go = if come_and_go.is_empty() { come_and_go } else { format!("{come_and_go}; ") };
    let all = it.objects;
    let counts = [(all.changed, "changed"), (all.added, "added"), (all.removed, "removed")];
    let mut parts: Vec<EcoString> = Vec::new();
    for (count, what) in counts.into_iter().filter(|(count, _)| *count > 0) {
        parts.push(if parts.is_empty() {
            eco_format!("{} {what}", number(count, "object"))
        } else {
            eco_format!("{count} {what}")
        });
    }
    let verb = if it.touched.len() == 1 { "changes" } else { "change" };
    let counts = if parts.is_empty() { EcoString::new() } else { eco_format!(": {}", parts.join(", ")) };
    eco_format!("{come_and_go}{} of {} {verb}{counts}", it.touched.len(), number(it.clusters, "cluster"))
}

/// A change as a heading.
pub(super) fn heading(change: &Change) -> EcoString {
    let patched = if change.is_patched { ", as it is patched," } else { "" };
    eco_format!("{}{patched} on {}", change.object, whom(change))
}
