//! Fields of Flux objects that the language sets itself (`semantics.md` rule 21).

use std::borrow::Cow;

use super::problems;
use crate::diagnostic::Diagnostic;
use crate::source::{Anchor, Origin};
use crate::syntax::ast::{Action, Block, Entry, Key, Member, Segment};

/// In `release { … }`: the field, and what to write instead.
const RELEASE: [(&str, &str); 5] = [
    ("chartRef", "write `source`, `chart` and `version` in the add-on"),
    ("values", "write `values { … }` in the add-on"),
    ("targetNamespace", "write `namespace` in the add-on"),
    ("releaseName", "write `release-name` in the add-on"),
    ("dependsOn", "write `requires = [ … ]` in the add-on"),
];

/// In the block of `use` and in `kustomization { … }`.
const KUSTOMIZATION: [(&str, &str); 5] = [
    ("path", "set `path` in the catalogue instead"),
    ("sourceRef", "write `sync { … }` in the fleet, a group or the cluster"),
    ("patches", "write `override`; the patches follow"),
    ("dependsOn", "write `after = [ … ]` in the catalogue"),
    ("targetNamespace", "write `namespace = …` in the catalogue: this field would rename Namespaces"),
];

/// What would change or rename objects behind the back of everything that is checked here.
const REWRITING: [(&str, &str); 4] = [
    ("namePrefix", "name the items so: references to them would keep the old name"),
    ("nameSuffix", "name the items so: references to them would keep the old name"),
    ("images", "write `override` and set the image in `values`"),
    ("components", "declare an `optional addon`; the language lists its component"),
];

/// Whether the language sets a field of a block itself: of `release`, `kustomization` or `use`, before whose brace
/// `head` stands. More of them, where the objects are its own.
pub(super) fn is_set_elsewhere(head: &str, field: &str, is_own: bool) -> bool {
    let has = |all: &[(&str, &str)]| all.iter().any(|(it, _)| *it == field);
    match head.split_whitespace().next() {
        Some("release") => has(&RELEASE),
        Some("use") => has(&KUSTOMIZATION) || has(&REWRITING),
        Some("kustomization") => has(&KUSTOMIZATION) || (is_own && has(&REWRITING)),
        _ => false,
    }
}

/// Checks `release { … }` of an add-on or an override.
pub(super) fn release(anchor: Anchor, block: &Block, out: &mut Vec<Diagnostic>) {
    below(anchor, block, "release", &RELEASE, out);
}

/// What would be the same for many Kustomizations.
const SHARED: [(&str, &str); 1] =
    [("name", "write it in a catalogue, or behind `use`: each Kustomization has its own")];

/// Checks `kustomization { … }` of a fleet, a group or a cluster, which is about many Kustomizations.
pub(super) fn shared_kustomization(anchor: Anchor, block: &Block, out: &mut Vec<Diagnostic>) {
    own_kustomization(anchor, block, out);
    below(anchor, block, "kustomization", &SHARED, out);
}

/// Checks the block of a `use` that is about what a catalogue includes, too.
pub(super) fn use_of_several(anchor: Anchor, block: &Block, out: &mut Vec<Diagnostic>) {
    fields(anchor, block, &SHARED, out);
}

/// Checks `kustomization { … }` over objects that the language makes.
pub(super) fn own_kustomization(anchor: Anchor, block: &Block, out: &mut Vec<Diagnostic>) {
    kustomization(anchor, block, out);
    below(anchor, block, "kustomization", &REWRITING, out);
}

/// Checks `kustomization { … }` over somebody else's objects.
pub(super) fn kustomization(anchor: Anchor, block: &Block, out: &mut Vec<Diagnostic>) {
    below(anchor, block, "kustomization", &KUSTOMIZATION, out);
}

/// Checks `kustomization { … }` of a hand-written directory, which the language does not look through.
pub(super) fn directory(anchor: Anchor, block: &Block, out: &mut Vec<Diagnostic>) {
    let reserved = [
        ("path", "set `path` in the item"),
        ("sourceRef", "write `source = …` in the item"),
        ("dependsOn", "write `after = [ … ]` in the catalogue"),
    ];
    below(anchor, block, "kustomization", &reserved, out);
}

/// Checks `kustomization { … }` of a repository: its tenant says as whom.
pub(super) fn repository(anchor: Anchor, block: &Block, out: &mut Vec<Diagnostic>) {
    let reserved = [("serviceAccountName", "write `service-account` in the tenant")];
    below(anchor, block, "kustomization", &reserved, out);
}

/// Checks the Kustomizations of a tenant: what bounds them is not theirs to say.
pub(super) fn tenant(anchor: Anchor, block: &Block, out: &mut Vec<Diagnostic>) {
    let reserved = [
        ("path", "write `path` beside `repository`"),
        ("sourceRef", "write `repository = …`"),
        ("targetNamespace", "write `namespace = …`, one of the tenant's"),
        ("dependsOn", "write `after = [ … ]`"),
        ("serviceAccountName", "write `service-account` in the tenant"),
    ];
    nested(anchor, block, &[Some("kustomizations"), None, Some("kustomization")], &reserved, out);
    let label = [("toolkit.fluxcd.io/tenant", "it names the tenant: isolation goes by it")];
    nested(anchor, block, &[Some("labels")], &label, out);
    nested(anchor, block, &[Some("namespaces"), None, Some("labels")], &label, out);
    unsets(anchor, block, out);
}

/// What a block unsets that no layer is below.
fn unsets(anchor: Anchor, block: &Block, out: &mut Vec<Diagnostic>) {
    for member in &block.members {
        match member {
            Member::Unset(it) => out.push(problems::unsets_nothing(Origin::new(anchor, it.node), "a tenant")),
            Member::Entry(Entry { action: Action::Amend(inner), .. }) => unsets(anchor, inner, out),
            _ => {}
        }
    }
}

/// Checks the block of a `use`.
pub(super) fn use_block(anchor: Anchor, block: &Block, out: &mut Vec<Diagnostic>) {
    fields(anchor, block, &KUSTOMIZATION, out);
    fields(anchor, block, &REWRITING, out);
}

fn below(anchor: Anchor, block: &Block, key: &str, reserved: &[(&str, &str)], out: &mut Vec<Diagnostic>) {
    nested(anchor, block, &[Some(key)], reserved, out);
}

/// Below keys that are written in one path or in blocks inside each other; `None` is any key.
fn nested(anchor: Anchor, block: &Block, keys: &[Option<&str>], reserved: &[(&str, &str)], out: &mut Vec<Diagnostic>) {
    for member in &block.members {
        let Member::Entry(entry) = member else { continue };
        let is_it = |(segment, key): (&Segment, Option<&str>)| key.is_none_or(|it| segment.key == Key::Name(it.into()));
        if !entry.path.segments.iter().zip(keys.iter().copied()).all(is_it) {
            continue;
        }
        if let Some(segment) = entry.path.segments.get(keys.len()) {
            field(anchor, &segment.key, segment.node, reserved, out);
        } else if let Action::Amend(inner) = &entry.action {
            match keys.get(entry.path.segments.len()..) {
                Some([]) | None => fields(anchor, inner, reserved, out),
                Some(rest) => nested(anchor, inner, rest, reserved, out),
            }
        }
    }
}

fn fields(anchor: Anchor, block: &Block, reserved: &[(&str, &str)], out: &mut Vec<Diagnostic>) {
    for member in &block.members {
        if let Member::Entry(entry) = member
            && let Some(first) = entry.path.segments.first()
        {
            field(anchor, &first.key, first.node, reserved, out);
        }
    }
}

fn field(anchor: Anchor, key: &Key, node: u32, reserved: &[(&str, &str)], out: &mut Vec<Diagnostic>) {
    let Key::Name(name) = key else { return };
    if let Some((_, help)) = reserved.iter().find(|(it, _)| it == name) {
        out.push(problems::reserved_field(Origin::new(anchor, node), name, help));
    }
}

/// The block without what is reserved below `release` and `kustomization`: it is
/// reported already.
pub(super) fn stripped(block: &Block) -> Cow<'_, Block> {
    if !block.members.iter().any(|it| reserved_in(it).is_some()) {
        return Cow::Borrowed(block);
    }
    let members = block.members.iter().filter_map(|member| {
        let (Member::Entry(entry), Some(reserved)) = (member, reserved_in(member)) else { return Some(member.clone()) };
        if let Some(second) = entry.path.segments.get(1) {
            return (!is_reserved(&second.key, reserved)).then(|| member.clone());
        }
        let mut entry = entry.clone();
        if let Action::Amend(inner) = &mut entry.action {
            *inner = without(inner, reserved);
        }
        Some(Member::Entry(entry))
    });
    Cow::Owned(Block::new(block.node, members.collect()))
}

/// What is reserved in the block that a member opens.
fn reserved_in(member: &Member) -> Option<&'static [(&'static str, &'static str)]> {
    let Member::Entry(entry) = member else { return None };
    match &entry.path.segments.first()?.key {
        Key::Name(name) if name == "release" => Some(&RELEASE),
        Key::Name(name) if name == "kustomization" => Some(&KUSTOMIZATION),
        _ => None,
    }
}

/// The block of a `use` without what is reserved in it.
pub(super) fn stripped_use(block: &Block) -> Block {
    without(block, &KUSTOMIZATION)
}

fn without(block: &Block, reserved: &[(&str, &str)]) -> Block {
    let keeps = |member: &&Member| match member {
        Member::Entry(entry) => entry.path.segments.first().is_none_or(|it| !is_reserved(&it.key, reserved)),
        _ => true,
    };
    Block::new(block.node, block.members.iter().filter(keeps).cloned().collect())
}

fn is_reserved(key: &Key, reserved: &[(&str, &str)]) -> bool {
    matches!(key, Key::Name(name) if reserved.iter().any(|(it, _)| it == name))
}
