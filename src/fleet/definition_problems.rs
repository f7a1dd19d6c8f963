//! What can be wrong with `from`.

use ecow::{EcoString, eco_format};

use crate::diagnostic::{Diagnostic, Suggestion, code};
use crate::source::{Anchor, Db, Kind, Origin};

pub(super) fn unknown_definition(at: Origin, kind: Kind, path: &str, known: &[EcoString]) -> Diagnostic {
    let what = if kind == Kind::Baseline { "baseline" } else { "definition" };
    let last = path.rsplit('.').next().unwrap_or(path);
    // One of that name in another package, before all that are only alike.
    let same_name = known.iter().find(|it| it.rsplit('.').next() == Some(last));
    let meant = match same_name {
        Some(it) => Some(Suggestion { written: path.into(), names: vec![it.clone()] }),
        None => Suggestion::of(path, known.iter().map(EcoString::as_str)),
    };
    no_definition(at, what, path).suggest(meant).or_help(|| {
        Some(match kind {
            Kind::Baseline => eco_format!("declare it: `baseline {last} {{ … }}`"),
            Kind::Catalogue | Kind::Application => eco_format!("declare it: `catalogue {last} {{ params {{ … }} … }}`"),
            _ => eco_format!("declare it at the top level: `addon {last} {{ … }}`"),
        })
    })
}

fn no_definition(at: Origin, what: &str, path: &str) -> Diagnostic {
    Diagnostic::new(code::UNKNOWN_TARGET, eco_format!("there is no {what} `{path}`"), at, "not declared anywhere")
}

/// A catalogue that is to be declared `from` one that clusters use.
pub(super) fn from_own_catalogue(at: Origin, path: &str, own: Anchor) -> Diagnostic {
    Diagnostic::new(code::UNKNOWN_TARGET, eco_format!("`{path}` is no definition"), at, "behind `from` here")
        .label(Origin::of(own), "this is a catalogue of its own, which clusters use")
        .help("write `params { }` in it, or what it is to be given: then it is a definition, and clusters use the catalogues that are declared `from` it")
}

/// What a catalogue says of itself, by a param that depends on the cluster.
pub(super) fn cluster_in_catalogue(catalogue: &str, key: &str, at: Origin) -> Diagnostic {
    Diagnostic::new(
        code::UNKNOWN_IDENTITY,
        eco_format!("{key} of `{catalogue}` must have a value that does not depend on the cluster"),
        at,
        "this depends on the cluster",
    )
    .note("what a catalogue says of itself is the same for every cluster that has it")
    .help("write a plain value, or a param that reads no `cluster`")
}

pub(super) fn definition_cycle(db: &dyn Db, at: Origin, levels: &[Anchor], base: Anchor) -> Diagnostic {
    let names: Vec<&str> = levels.iter().chain(std::iter::once(&base)).map(|it| it.name(db).as_str()).collect();
    Diagnostic::new(
        code::FROM_CYCLE,
        eco_format!("this is declared from itself: {}", names.join(" → ")),
        at,
        "comes back to itself",
    )
    .label(Origin::of(base), "declared here")
    .help("take one of them from another definition, or write its block out")
}
