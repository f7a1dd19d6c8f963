//! An independent model of the layers: fleets that are drawn, what each means by the reference alone,
//! and whether the compiler and the real kustomize say the same.
//!
//! `FLEETC_MODEL=5000 cargo test --test it -- model` draws so many; `FLEETC_SEED` begins elsewhere.

mod draw;
mod fleet;
mod interpret;
mod layers;
mod smaller;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use fleetc::compile::Compilation;
use fleetc::fleet::clusters;
use fleetc::flux;
use fleetc::source::FleetDatabase;
use fleetc::value::json;
use serde_json::Value as Json;

use crate::support::{Kustomize, compiled, summary};
use interpret::{Meaning, meaning};
use layers::Stop;

/// What the compiler makes of a fleet, as the model says it.
enum Compiled {
    Refused(Vec<String>),
    Made(BTreeMap<String, Meaning>),
}

fn compile(text: &str) -> Compiled {
    let (db, compilation) = compiled(text);
    if !compilation.is_clean() {
        return Compiled::Refused(summary(&compilation).into_iter().filter(|it| it.starts_with('E')).collect());
    }
    let mut found = BTreeMap::new();
    for cluster in clusters(&db) {
        let deployed = &flux::exactly(&db, cluster).value;
        let mut meaning = Meaning::default();
        for it in deployed.units.iter().flat_map(|it| &it.objects).map(|it| json(&it.body)) {
            if it["kind"] == "HelmRelease" {
                let name = it["metadata"]["name"].as_str().expect("a name").to_owned();
                let version = it["spec"]["chart"]["spec"]["version"].clone();
                meaning.values.insert(name, (version, it["spec"]["values"].clone()));
            }
        }
        for it in fleet::TENANTS {
            if deployed
                .root
                .iter()
                .any(|object| object.id.kind == "GitRepository" && object.id.name == format!("{it}-apps"))
            {
                meaning.tenants.insert(it.to_owned());
            }
        }
        found.insert(deployed.cluster.to_string(), meaning);
    }
    Compiled::Made(found)
}

/// No values are as none at all.
fn is_none(it: &Json) -> bool {
    it.is_null() || it.as_object().is_some_and(serde_json::Map::is_empty)
}

/// Whether some item is on no cluster.
fn has_untaken(fleet: &fleet::Fleet, model: &BTreeMap<String, Meaning>) -> bool {
    let mut items = fleet.catalogues.iter().flat_map(|(_, it)| it);
    items.any(|item| model.values().all(|it| !it.values.contains_key(item.name)))
}

/// How the compiler and the model differ, if they do.
fn difference(fleet: &fleet::Fleet) -> Option<String> {
    let text = fleet.text();
    match (meaning(fleet), compile(&text)) {
        (Err(Stop::Unclear(_)), _) | (Err(Stop::Mistake(_)), Compiled::Refused(_)) => None,
        // What no cluster has is looked at without any: whether a list is there that a condition gives, nobody says.
        (Ok(model), Compiled::Refused(said))
            if has_untaken(fleet, &model)
                && said.iter().all(|it| ["E0306", "E0310", "E0407", "E0408"].contains(&&it[..5])) =>
        {
            None
        }
        (Ok(_), Compiled::Refused(said)) => Some(format!("the model builds, the compiler says {said:?}")),
        (Err(Stop::Mistake(it)), Compiled::Made(_)) => Some(format!("the compiler builds, the model says: {it}")),
        (Ok(model), Compiled::Made(made)) => {
            let names = |it: &BTreeMap<String, Meaning>| it.keys().cloned().collect::<BTreeSet<_>>();
            if names(&model) != names(&made) {
                return Some(format!("clusters: {:?} and {:?}", names(&model), names(&made)));
            }
            model.iter().find_map(|(cluster, wanted)| {
                let found = &made[cluster];
                if wanted.tenants != found.tenants {
                    return Some(format!("{cluster}: tenants {:?}, compiled {:?}", wanted.tenants, found.tenants));
                }
                let names = wanted.values.keys().chain(found.values.keys()).collect::<BTreeSet<_>>();
                names.into_iter().find_map(|name| match (wanted.values.get(name), found.values.get(name)) {
                    (Some(a), Some(b)) if a.0 == b.0 && (a.1 == b.1 || (is_none(&a.1) && is_none(&b.1))) => None,
                    (a, b) => Some(format!("{cluster}: {name}\nmodel    {a:?}\ncompiled {b:?}")),
                })
            })
        }
    }
}

/// Whatever stands for something inside the compiler stays there.
fn no_noncharacter(compilation: &Compilation) {
    let is_one = |it: char| matches!(u32::from(it), 0xfdd0..=0xfdef) || u32::from(it) & 0xfffe == 0xfffe;
    for (path, file) in &compilation.tree.files {
        assert!(!file.text().contains(is_one), "{path}");
    }
}

fn from_environment(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|it| it.parse().ok()).unwrap_or(otherwise)
}

/// 200 fleets that mean something, and those in between that do not.
#[test]
fn the_compiler_says_what_the_reference_says() {
    let kustomize = Kustomize::find("fleets against a model");
    let wanted = from_environment("FLEETC_MODEL", 200);
    let seed = from_environment("FLEETC_SEED", 1);
    let (mut built, mut refused, mut unclear) = (0_u64, 0, 0);
    let mut reasons: BTreeMap<String, u64> = BTreeMap::new();
    let mut before: Option<(FleetDatabase, Rc<Compilation>)> = None;
    let mut nth = 0;
    while built < wanted {
        let drawn = draw::Random::new(seed.wrapping_mul(1_000_003).wrapping_add(nth)).fleet();
        nth += 1;
        if let Some(found) = difference(&drawn) {
            let (least, found) = smaller::smallest(drawn, found, &difference);
            panic!("{found}\n(fleet {nth} of the seed {seed})\n{}", least.text());
        }
        match meaning(&drawn) {
            Ok(_) => {
                built += 1;
                // Trees are slow to make: each tenth.
                if built % 10 == 0 {
                    let (db, compilation) = compiled(&drawn.text());
                    let compilation = Rc::new(compilation);
                    if let Some(kustomize) = &kustomize {
                        kustomize.check(&db, &compilation);
                    }
                    crate::compile::classes::assert_alike(&db, &compilation, &drawn.text());
                    no_noncharacter(&compilation);
                    if let Some((before, before_tree)) = before.replace((db.clone(), Rc::clone(&compilation))) {
                        let what = drawn.text();
                        crate::inspect::diff::assert_applies(&before, &db, &what);
                        crate::inspect::diff::assert_told_as_written(
                            (&before, &before_tree),
                            (&db, &compilation),
                            &what,
                        );
                    }
                }
            }
            Err(Stop::Mistake(_)) => refused += 1,
            Err(Stop::Unclear(why)) => {
                unclear += 1;
                *reasons.entry(why).or_default() += 1;
            }
        }
    }
    assert!(
        refused < built * 2 && unclear < built,
        "{built} fleets built, {refused} refused, {unclear} unclear: {reasons:#?}"
    );
    assert!(refused > built / 20, "mistakes are part of it: {refused} of {built}");
}
