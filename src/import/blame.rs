//! Which part of the sources an error or a difference is about.

use ecow::{EcoString, eco_format};

use super::items::{Item, ItemKind};
use super::levels::Levels;
use super::model::{Catalogue, Model};
use super::prove::{Class, Difference};
use super::world::{UnitId, World};
use crate::diagnostic::{Diagnostic, Place, code};
use crate::edit::key;
use crate::kube::object::split_api_version;
use crate::source::FleetDatabase;
use crate::syntax;

/// Lowers what is at fault for errors, and declares what their help asks for.
pub(super) fn errors(db: &FleetDatabase, model: &Model<'_>, all: &[Diagnostic], levels: &mut Levels) {
    levels.parted_now.clear();
    let known = levels.externals.clone();
    // One Kustomization had both the kind and its objects before, and none waited in a circle.
    if !levels.order_is_written && all.iter().any(|it| [code::CRD_BESIDE, code::CYCLE].contains(&it.code)) {
        levels.order_is_written = true;
        return;
    }
    for it in all.iter().filter(|it| it.is_error()) {
        let of_kind = || (it.code == code::UNKNOWN_KIND).then(|| kind(model, &it.message)).flatten();
        let missing = || (it.code == code::MISSING_REFERENCE).then(|| reference(&it.message)).flatten();
        if let Some(external) = it.help.as_deref().and_then(declaration).or_else(missing).or_else(of_kind)
            && !known.contains(&external)
        {
            levels.externals.insert(external);
            continue;
        }
        let places = std::iter::once(&it.primary).chain(&it.secondary).map(|it| &it.place);
        for place in places {
            if blamed(db, model, place, &it.message, levels) {
                break;
            }
        }
    }
}

/// The declaration that a help proposes: "declare it: `external Secret default.x`".
fn declaration(help: &str) -> Option<EcoString> {
    let from = help.find("`external ")? + 1;
    let text = help.get(from..)?;
    let text = text.get(..text.find('`')?)?;
    (!text.contains('…')).then(|| text.into())
}

/// What is missing where a like name is proposed: "there is no Secret `x` in namespace `y`".
fn reference(message: &str) -> Option<EcoString> {
    let kind = message.strip_prefix("there is no ")?.split(' ').next()?;
    let mut quoted = message.split('`').skip(1).step_by(2);
    let (name, namespace) = (quoted.next()?, quoted.next()?);
    Some(eco_format!("external {kind} {}.{}", key(namespace), key(name)))
}

/// The CRD of a kind that nothing of the repository defines: "defines the kind `K` of `group/version`".
fn kind(model: &Model<'_>, message: &str) -> Option<EcoString> {
    let mut quoted = message.split('`').skip(1).step_by(2);
    let (kind, (group, _)) = (quoted.next()?, split_api_version(quoted.next()?));
    let mut all = model.worlds.iter().flat_map(World::objects).map(|it| it.1);
    let is_namespaced = all.any(|it| it.kind() == kind && it.api_version().0 == group && !it.id().namespace.is_empty());
    let scope = if is_namespaced { "Namespaced" } else { "Cluster" };
    let lower = kind.to_lowercase();
    let plural = match lower.as_str() {
        it if it.ends_with('y') && !it.ends_with("ay") && !it.ends_with("ey") => {
            format!("{}ies", it.trim_end_matches('y'))
        }
        it if ["s", "x", "ch", "sh"].iter().any(|end| it.ends_with(end)) => format!("{it}es"),
        it => format!("{it}s"),
    };
    Some(eco_format!("external CRD \"{plural}.{group}\" {{ kind = \"{kind}\", scope = \"{scope}\" }}"))
}

fn blamed(db: &FleetDatabase, model: &Model<'_>, place: &Place, why: &str, levels: &mut Levels) -> bool {
    let (file, start) = match place {
        Place::Origin(it) => match syntax::locate(db, *it) {
            Some((file, range)) => (file, range.start),
            None => return data(db, model, *it, why, levels),
        },
        Place::Span { file, start, .. } => (*file, *start),
        Place::File(path) => return of_file(model, path, why, levels),
    };
    let Some(before) = file.text(db).get(..start) else { return false };
    // The entry of a declaration that it stands in, and the declaration.
    let rest = file.text(db).get(start..).and_then(|it| it.lines().next()).unwrap_or_default();
    let line = format!("{}{rest}", before.rsplit('\n').next().unwrap_or_default());
    let above = before.lines().rev().skip(usize::from(!before.ends_with('\n') && !before.is_empty()));
    let is_head = |it: &&str| it.starts_with("  ") && !it.starts_with("   ") && it.trim() != "}";
    let head = std::iter::once(line.as_str()).chain(above).find(is_head).unwrap_or_default().trim();
    let Some(name) = file.path(db).strip_prefix("catalogues/").and_then(|it| it.strip_suffix(".fleet")) else {
        return of_cluster(model, head, why, levels);
    };
    let Some(catalogue) = model.catalogues.iter().find(|it| it.name == name) else { return false };
    item(catalogue, head, why, levels)
}

/// What stands in a data file.
fn data(db: &FleetDatabase, model: &Model<'_>, at: crate::source::Origin, why: &str, levels: &mut Levels) -> bool {
    crate::data::locate(db, at).is_some_and(|it| of_file(model, &it.path, why, levels))
}

fn of_file(model: &Model<'_>, path: &str, why: &str, levels: &mut Levels) -> bool {
    let mut found = false;
    for catalogue in &model.catalogues {
        for it in catalogue.items.iter().filter(|it| it.kind == ItemKind::File && it.file == path) {
            for id in &it.ids {
                levels.lower(&catalogue.unit, id, why);
            }
            found = true;
        }
    }
    found
}

/// `addon web {` in a catalogue.
fn item(catalogue: &Catalogue, head: &str, why: &str, levels: &mut Levels) -> bool {
    let mut words = head.split([' ', '{', '=']).filter(|it| !it.is_empty());
    let (kind, name) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let kinds: &[ItemKind] = match kind {
        "addon" => &[ItemKind::Addon],
        "namespace" => &[ItemKind::Namespace],
        "manifest" => &[ItemKind::File, ItemKind::Manifest],
        "source" => &[ItemKind::Source],
        _ => {
            levels.part(&catalogue.unit, why);
            return true;
        }
    };
    lowered(catalogue, kinds, name.trim_matches('"'), why, levels)
}

fn lowered(catalogue: &Catalogue, kinds: &[ItemKind], name: &str, why: &str, levels: &mut Levels) -> bool {
    let Some(it) = catalogue.items.iter().find(|it| kinds.contains(&it.kind) && it.name == name) else { return false };
    if it.kind == ItemKind::Source {
        // Those that take it are what can be described otherwise.
        let takes = |addon: &&Item| {
            addon.kind == ItemKind::Addon
                && addon.shapes.values().any(|shape| shape.get("source").and_then(|it| it.as_str()) == Some(name))
        };
        let ids: Vec<_> = catalogue.items.iter().filter(takes).flat_map(|it| it.ids.clone()).collect();
        for id in &ids {
            levels.lower(&catalogue.unit, id, why);
        }
        return !ids.is_empty();
    }
    for id in &it.ids {
        levels.lower(&catalogue.unit, id, why);
    }
    true
}

/// `override catalogue.item {`, `use catalogue {`, `drop catalogue.item` of a cluster.
fn of_cluster(model: &Model<'_>, head: &str, why: &str, levels: &mut Levels) -> bool {
    let mut words = head.split([' ', '{', ',']).filter(|it| !it.is_empty());
    let (kind, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let (of, name) = target.split_once('.').unwrap_or((target, ""));
    let (of, name) = (of.trim_matches('"'), name.trim_matches('"'));
    match kind {
        "override" if ["source", "namespace"].contains(&of) => {
            let name = words.next().unwrap_or_default().trim_matches('"');
            let kinds: &[ItemKind] = if of == "source" { &[ItemKind::Source] } else { &[ItemKind::Namespace] };
            {
                // Each that has one of that name.
                let found: Vec<bool> =
                    model.catalogues.iter().map(|it| lowered(it, kinds, name, why, levels)).collect();
                found.contains(&true)
            }
        }
        "override" | "use" | "drop" => {
            let Some(catalogue) = model.catalogues.iter().find(|it| it.name == of) else { return false };
            let kinds = [ItemKind::Addon, ItemKind::Namespace, ItemKind::File, ItemKind::Manifest];
            if !lowered(catalogue, &kinds, name, why, levels) {
                levels.part(&catalogue.unit, why);
            }
            true
        }
        // A fact, or the condition of a rule.
        _ => std::mem::replace(&mut levels.has_facts, false),
    }
}

/// Lowers what did not come out as it was.
pub(super) fn differences(model: &Model<'_>, all: &[Difference], levels: &mut Levels) {
    levels.parted_now.clear();
    for it in all.iter().filter(|it| it.class > Class::Allowed) {
        if it.path.as_deref() == Some("spec.dependsOn") && it.id.kind == "Kustomization" {
            levels.order_is_written = true;
        }
        let why = eco_format!("{} {}", it.id, it.what);
        let on = model.worlds.iter().position(|world| world.cluster.name == it.cluster);
        let own =
            |id: &UnitId| model.catalogues.iter().find(|it| it.unit == *id && on.is_some_and(|on| it.on.contains(&on)));
        let Some(catalogue) = it.unit.as_ref().and_then(own) else {
            // The Kustomization itself, or what a catalogue brings beside what it had.
            let of_unit = (it.id.namespace.clone(), it.id.name.clone());
            if it.class == Class::Fatal && it.id.kind == "Kustomization" && own(&of_unit).is_some() {
                levels.part(&of_unit, &why);
            }
            continue;
        };
        let holds: Vec<_> = catalogue.items.iter().filter(|item| item.ids.contains(&it.id)).collect();
        // A new object is listed, no more; unless another cluster has it, and it was to be dropped here.
        if it.class == Class::Listed && it.path.is_none() {
            let is_dropped = holds.iter().any(|item| on.is_some_and(|on| !item.shapes.contains_key(&on)));
            if is_dropped {
                levels.part(&catalogue.unit, &why);
            }
            continue;
        }
        if holds.is_empty() && it.class == Class::Fatal {
            levels.part(&catalogue.unit, &why);
        }
        for item in holds {
            lowered(catalogue, &[item.kind], &item.name, &why, levels);
        }
    }
}
