//! What can be wrong with a declaration before anything is evaluated.

use ecow::{EcoString, eco_format};

use crate::diagnostic::{Diagnostic, Subject, Suggestion, code, few, listed};
use crate::fleet::{self, Declared, Settings};
use crate::flux::external;
use crate::names::{Index, unknown};
use crate::source::{Anchor, Db, Kind, Origin};
use crate::syntax::ast::Entry;
use crate::types::Type;

pub(super) fn unknown_layer(at: Origin, name: &str, settings: &Settings) -> Diagnostic {
    let known = settings.layers.iter().map(EcoString::as_str);
    let diagnostic =
        Diagnostic::new(code::UNKNOWN_TARGET, eco_format!("there is no layer `{name}`"), at, "not listed in `layers`")
            .label_if(settings.anchor.map(Origin::of), "the fleet lists the layers");
    diagnostic.did_you_mean(name, known).or_help(|| Some(eco_format!("add it: `layers = [ …, {name}]`")))
}

pub(super) fn entry_in_rule(at: Origin) -> Diagnostic {
    Diagnostic::new(code::STATEMENT_HERE, "a rule sets no facts", at, "an entry")
        .note(
            "facts are set by groups and clusters alone, so that a rule's condition is decided before any rule applies",
        )
        .help("write `override ITEM { … }`, `use`, `drop` or `attach`")
}

pub(super) fn patch_here(at: Origin) -> Diagnostic {
    Diagnostic::new(code::STATEMENT_HERE, "`patch` has no meaning here", at, "not inside an override")
        .help("write it inside `override ITEM { … }` of a kustomize item")
}

pub(super) fn not_a_param(at: Origin, entry: &Entry) -> Diagnostic {
    if let Some(problem) = fleet::without_type(at, "param", entry) {
        return problem;
    }
    Diagnostic::new(code::NOT_A_FACT, "this declares no param", at, "expected `name: Type`")
        .help("write `name: Type` or `name: Type = default`; overrides set it with `params { name = … }`")
}

pub(super) fn unknown_param(at: Origin, name: &str, known: &[EcoString]) -> Diagnostic {
    let params = listed(known.iter().map(|it| format!("`{it}`")));
    Diagnostic::new(code::UNKNOWN_FIELD, eco_format!("the definition has no param `{name}`"), at, "no such param")
        .did_you_mean(name, known.iter().map(EcoString::as_str))
        .or_help(|| {
            let has = if known.is_empty() { "it has none".into() } else { eco_format!("its params are {params}") };
            Some(eco_format!("{has}; to declare another, write its type: `{name}: Type`"))
        })
}

pub(super) fn reserved_param(at: Origin, name: &str) -> Diagnostic {
    Diagnostic::new(
        code::RESERVED,
        eco_format!("`{name}` means something in expressions already"),
        at,
        "a reserved name",
    )
    .help("choose another name")
}

pub(super) fn param_twice(at: Origin, name: &str, first: Origin) -> Diagnostic {
    Diagnostic::new(code::DUPLICATE, eco_format!("the param `{name}` is declared twice"), at, "declared again")
        .label(first, "first declared here")
        .help("remove one of the two")
}

pub(super) fn not_an_object(at: Origin, found: &Type) -> Diagnostic {
    Diagnostic::new(code::NO_OBJECT, "a manifest is an object or a list of objects", at, eco_format!("this is {found}"))
        .help("write `manifest NAME { … }`, or read a file: `= yaml(\"path.yaml\")`")
}

pub(super) fn twice(at: Origin, path: &str, first: Origin) -> Diagnostic {
    Diagnostic::new(code::SET_TWICE, eco_format!("`{path}` is set twice in one block"), at, "set again")
        .label(first, "first set here")
        .help("remove one, or give both a condition: `… when …`")
}

pub(super) fn reserved_field(at: Origin, name: &str, help: &str) -> Diagnostic {
    Diagnostic::new(code::RESERVED_FIELD, eco_format!("the language sets `{name}` itself"), at, "cannot be set here")
        .help(help)
}

pub(super) fn unknown_addon(db: &dyn Db, at: Origin, name: &str, from: Anchor, index: &Index) -> Diagnostic {
    let known: Vec<&str> = from
        .parent(db)
        .into_iter()
        .filter_map(|it| index.items.get(&it))
        .flat_map(|it| few(it.iter()))
        .filter(|(_, it)| it.kind(db) == Kind::ADDON)
        .map(|(it, _)| it.as_str())
        .collect();
    Diagnostic::new(code::UNKNOWN_TARGET, eco_format!("there is no add-on `{name}` here"), at, "not declared")
        .did_you_mean(name, known)
        .or_help(|| Some("write `catalogue.add-on` for one of another catalogue".into()))
}

pub(super) fn unknown_repository(at: Origin, name: &str, index: &Index) -> Diagnostic {
    Diagnostic::new(code::UNKNOWN_TARGET, eco_format!("there is no repository `{name}`"), at, "not declared anywhere")
        .did_you_mean(name, index.repositories.keys().map(EcoString::as_str))
        .or_help(|| Some(eco_format!("declare it: `repository {name} {{ url = \"…\" }}`")))
}

pub(super) fn unknown_baseline(at: Origin, name: &str, index: &Index) -> Diagnostic {
    Diagnostic::new(code::UNKNOWN_TARGET, eco_format!("there is no baseline `{name}`"), at, "not declared anywhere")
        .did_you_mean(name, index.baselines.keys().map(EcoString::as_str))
        .or_help(|| Some(eco_format!("declare it: `baseline {name} {{ kubernetes = \"…\" }}`")))
}

pub(super) fn unknown_cluster<'a>(at: Origin, name: &str, known: impl Iterator<Item = &'a str>) -> Diagnostic {
    Diagnostic::new(code::UNKNOWN_TARGET, eco_format!("there is no cluster `{name}`"), at, "not declared anywhere")
        .did_you_mean(name, known)
        .or_help(|| Some(eco_format!("declare it: `cluster {name} {{ }}`")))
}

pub(super) fn unknown_fact(at: Origin, name: &str, settings: &Settings) -> Diagnostic {
    Diagnostic::new(code::UNKNOWN_TARGET, eco_format!("there is no fact `{name}`"), at, "not declared")
        .did_you_mean(name, settings.facts.keys().map(EcoString::as_str))
        .or_help(|| Some(eco_format!("declare it in the fleet: `facts {{ {name}: … }}`")))
}

pub(super) fn taken_param(at: Origin, name: &str) -> Diagnostic {
    Diagnostic::new(code::RESERVED, eco_format!("`{name}` means something here already"), at, "hides another name")
        .help("choose another name")
}

/// Neither a catalogue nor a Kustomization outside has the name.
pub(super) fn unknown_awaited(db: &dyn Db, at: Origin, name: &str, index: &Index) -> Diagnostic {
    let of_kind = |it: &&Anchor| external::kind(db, **it).is_some_and(|it| it == "Kustomization");
    let outside = index.externals.iter().filter(of_kind).map(|it| it.name(db));
    let known = index.catalogues.keys().chain(outside).map(EcoString::as_str);
    unknown::catalogue(db, at, name, index).suggest(Suggestion::of(name, known))
}

/// How many functions of a cycle are named.
const SHOWN: usize = 8;

pub(super) fn function_cycle(db: &dyn Db, cycle: &[Anchor]) -> Diagnostic {
    let mut names: Vec<&str> = cycle.iter().map(|it| it.name(db).as_str()).collect();
    if names.len() > SHOWN + 2 {
        names.splice(SHOWN..names.len() - 2, ["…"]);
    }
    let others = cycle.iter().skip(1);
    let first = cycle.first().copied();
    let name = names.first().copied().unwrap_or_default();
    let mut diagnostic = Diagnostic::new(
        code::FUNCTION_CYCLE,
        eco_format!("`{name}` calls itself: {}", names.join(" → ")),
        first.map_or_else(|| crate::diagnostic::Place::File("".into()), |it| Origin::of(it).into()),
        "comes back here",
    );
    for it in others.take(cycle.len().saturating_sub(2).min(SHOWN)) {
        diagnostic = diagnostic.label(Origin::of(*it), "part of the cycle");
    }
    diagnostic
        .note("functions may not recurse, so that evaluation always ends")
        .help("go through a list with a comprehension: `[for x in … => …]`")
}

pub(super) fn unnamed_clusters(at: Origin) -> Diagnostic {
    Diagnostic::new(code::NO_CLUSTER_NAME, "this inventory does not name its clusters", at, "no `name`")
        .help("write `name = row.…`, the column that holds the names")
}

pub(super) fn not_about(at: Origin) -> Diagnostic {
    Diagnostic::new(
        code::MISMATCH,
        "the `reason` and the like of an override are plain strings",
        at,
        "not a plain string",
    )
    .note("`reason`, `owner` and `until` are for people; they change nothing on a cluster")
    .help("write it between quotes, without computing it")
}

pub(super) fn no_date(at: Origin, found: &str) -> Diagnostic {
    Diagnostic::new(code::NO_DATE, eco_format!("{found:?} is no day"), at, "no date")
        .help("write it as `2026-12-31`: year, month, day")
}

/// `facts = { … }`
pub(super) fn facts_set(at: Origin) -> Diagnostic {
    Diagnostic::new(code::MISMATCH, "`facts` declares types, and has no value", at, "set like a value")
        .help("write `facts { environment: \"test\" | \"production\" }`: each name with its type")
        .about(Subject::Facts)
}

/// `external StorageClass gp3`
pub(super) fn external_of_no_use(at: Origin, kind: &str) -> Diagnostic {
    Diagnostic::new(code::EXTERNAL_OF_NO_USE, eco_format!("nothing here can name a {kind}"), at, "has no meaning")
        .note(eco_format!(
            "an `external` is one of {}",
            listed(external::kinds().into_iter().map(|it| eco_format!("`{it}`")))
        ))
        .did_you_mean(kind, external::kinds())
        .or_help(|| {
            Some("remove it. To declare the kind itself, write `external CRD \"…\" { kind = …, scope = … }`".into())
        })
}

pub(super) fn ambiguous_external(at: Origin, name: &str, all: &[Anchor], names: &[EcoString]) -> Diagnostic {
    let problem = Diagnostic::new(
        code::AMBIGUOUS_TARGET,
        eco_format!("several declarations are named `{name}`"),
        at,
        "which one?",
    );
    let labelled = all.iter().fold(problem, |it, anchor| it.label(Origin::of(*anchor), "one is here"));
    let choices: Vec<String> = names.iter().map(|it| format!("`{it}`")).collect();
    labelled.help(eco_format!("write {}", choices.join(" or ")))
}

pub(super) fn of_other_externals(at: Origin, key: &str, kinds: &str) -> Diagnostic {
    Diagnostic::new(code::UNKNOWN_FIELD, eco_format!("`{key}` is for an `external` {kinds}"), at, "has no meaning here")
        .help("remove it")
}

pub(super) fn of_a_set(at: Origin, name: &str) -> Diagnostic {
    Diagnostic::new(
        code::INEFFECTIVE,
        eco_format!("`{name}` holds nothing itself, and this is not for what it includes"),
        at,
        "has no effect",
    )
    .help("write it in the catalogues that it includes, or behind `use`")
}

/// What a definition asks for and a catalogue that is taken from it does not say.
pub(super) fn missing_params(at: Origin, catalogue: &str, missing: &[&Declared]) -> Diagnostic {
    let names: Vec<String> = missing.iter().map(|it| format!("`{}`", it.name)).collect();
    let (what, have) = if names.len() == 1 { ("the param", "has") } else { ("the params", "have") };
    let set: Vec<String> = missing.iter().map(|it| format!("{} = …", it.name)).collect();
    let mut diagnostic = Diagnostic::new(
        code::NO_VALUE,
        eco_format!("{what} {} {have} no value in `{catalogue}`", listed(&names)),
        at,
        "its definition asks for more",
    );
    for it in missing {
        diagnostic = diagnostic.label(it.origin, eco_format!("`{}` has no default", it.name));
    }
    diagnostic.help(eco_format!("write `params {{ {} }}` in it", set.join(", ")))
}

/// An `unset` of what no layer below says.
pub(super) fn unsets_nothing(at: Origin, of: &str) -> Diagnostic {
    let message = eco_format!("nothing sets this of {of}");
    Diagnostic::new(code::REDUNDANT, message, at, "there is nothing to remove")
        .help("remove it, or write the value that is wanted")
}
