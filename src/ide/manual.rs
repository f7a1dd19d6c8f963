//! Pages on what a package has: an add-on with its params, values and roles, a function, a type.
//!
//! In: a path such as `std.addons.velero`, or `std.addons` for everything in it. Out: Markdown, the same for the
//! command line and the documentation's site.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use ecow::{EcoString, eco_format};

use super::hover::documentation;
use super::occurrence::Symbol;
use crate::diagnostic::did_you_mean;
use crate::fleet;
use crate::names::{self, Index};
use crate::schema;
use crate::source::{Anchor, Db, Kind, Origin};
use crate::syntax::ast::{ExprKind, Head};
use crate::syntax::{self};
use crate::types::{self, FieldType, RecordType, Type};
use crate::value::Node;

/// The packages of the standard library that are imported from, and what each is for.
const PACKAGES: [(&str, &str); 5] = [
    ("std.addons", "definitions of the add-ons that most clusters on Amazon EKS run"),
    ("std.eks", "baselines, names in AWS, and objects that clusters on EKS have"),
    ("std.flux", "objects of Flux: alerts, image automation"),
    ("std.kubernetes", "types that the values of many charts share"),
    ("std.sources", "well-known chart repositories and registries"),
];

/// The page of a path that begins with `std`.
///
/// # Errors
/// If nothing has that name: the nearest one, as a question.
pub fn manual(db: &dyn Db, path: &str) -> Result<String, Option<EcoString>> {
    if path == "std" {
        let rows = PACKAGES.iter().map(|(name, what)| format!("| `{name}` | {what} |\n"));
        let table: String = rows.collect();
        return Ok(format!("# std\n\nThe standard library.\n\n| package | holds |\n| --- | --- |\n{table}"));
    }
    let package = |name: &str| {
        PACKAGES.iter().any(|(it, _)| *it == name).then(|| db.package(name)).flatten().map(|it| names::declared(db, it))
    };
    if let Some(index) = package(path) {
        return Ok(contents(db, path, index));
    }
    let unknown = || did_you_mean(path, PACKAGES.iter().map(|(it, _)| *it));
    let (of, name) = path.rsplit_once('.').ok_or_else(unknown)?;
    let index = package(of).ok_or_else(unknown)?;
    let found = all(index).find(|(it, _)| *it == name).map(|(_, it)| it);
    let anchor = found.ok_or_else(|| {
        let known: Vec<EcoString> = all(index).map(|(it, _)| eco_format!("{of}.{it}")).collect();
        did_you_mean(path, known.iter().map(EcoString::as_str))
    })?;
    Ok(page(db, of, anchor))
}

/// The paths of what is worth a page of its own: everything but types, which are many and are linked to by name.
#[must_use]
pub fn manual_paths(db: &dyn Db) -> Vec<EcoString> {
    let mut paths = vec!["std".into()];
    for (name, _) in PACKAGES {
        paths.push(name.into());
        let index = db.package(name).map(|it| names::declared(db, it));
        let own = index.iter().flat_map(|it| all(it)).filter(|(_, it)| it.kind(db) != Kind::Type);
        paths.extend(own.map(|(it, _)| eco_format!("{name}.{it}")));
    }
    paths
}

/// What a package declares, by kind.
fn all(index: &Index) -> impl Iterator<Item = (&EcoString, Anchor)> {
    let tables = [&index.definitions, &index.baselines, &index.lets, &index.types, &index.sources];
    tables.into_iter().flatten().map(|(name, anchor)| (name, *anchor))
}

fn contents(db: &dyn Db, path: &str, index: &Index) -> String {
    let what = PACKAGES.iter().find(|(it, _)| *it == path).map(|it| it.1).unwrap_or_default();
    let mut page = format!("# {path}\n\nThe package holds {what}.\n\n| name | is | for |\n| --- | --- | --- |\n");
    for (name, anchor) in all(index) {
        let doc = doc_of(db, anchor);
        let first = doc.split("\n\n").next().unwrap_or_default();
        let _ = writeln!(page, "| `{name}` | {} | {} |", kind_of(db, anchor), cell(first));
    }
    page
}

fn kind_of(db: &dyn Db, anchor: Anchor) -> &'static str {
    match anchor.kind(db) {
        Kind::Fn => "function",
        Kind::Type => "type",
        Kind::Baseline => "baseline",
        Kind::Source => "source",
        Kind::Let => "value",
        _ => "add-on",
    }
}

fn doc_of(db: &dyn Db, anchor: Anchor) -> EcoString {
    documentation(db, &Symbol::At(Origin::of(anchor))).unwrap_or_default()
}

fn page(db: &dyn Db, package: &str, anchor: Anchor) -> String {
    let name = anchor.name(db);
    let doc = doc_of(db, anchor);
    let mut page = format!("# {package}.{name}\n");
    if !doc.is_empty() {
        let _ = writeln!(page, "\n{doc}");
    }
    // Writing to a String cannot fail.
    match anchor.kind(db) {
        Kind::ADDON => addon(db, package, anchor, &mut page),
        Kind::Baseline => {
            let _ = writeln!(page, "\n```fleet\nbaseline own from {package}.{name} {{ }}\n```");
            params(db, anchor, &mut page);
        }
        Kind::Fn => {
            let ty = &types::function_type(db, anchor).value;
            let params: Vec<String> = ty.params.iter().map(|it| format!("{}: {}", it.name, it.ty)).collect();
            let _ = writeln!(page, "\n```fleet\nfn {name}({}): {}\n```", params.join(", "), ty.result);
        }
        Kind::Type => {
            if let Some(record) = types::type_of(db, anchor).value.record() {
                let _ = write!(page, "\n## Fields\n\n{}", fields(db, record));
            } else {
                let _ = writeln!(page, "\n```fleet\n{}\n```", source_of(db, anchor));
            }
        }
        _ => {
            let _ = writeln!(page, "\n```fleet\n{}\n```", source_of(db, anchor));
        }
    }
    page
}

/// A declaration as it is written, without what is documented above it.
fn source_of(db: &dyn Db, anchor: Anchor) -> String {
    let file = anchor.file(db);
    let Some((_, name)) = syntax::locate(db, Origin::of(anchor)) else { return String::new() };
    let text = file.text(db);
    let start = text.get(..name.start).and_then(|it| it.rfind('\n')).map_or(0, |it| it + 1);
    let rest = text.get(start..).unwrap_or_default();
    // It ends before the next line that is not indented, and closes nothing.
    let ends = |line: &str| !line.is_empty() && !line.starts_with([' ', '}', ')', ']']);
    let more = rest.lines().skip(1).take_while(|it| !it.is_empty() && !ends(it)).count();
    rest.lines().take(1 + more).collect::<Vec<_>>().join("\n")
}

fn addon(db: &dyn Db, package: &str, anchor: Anchor, page: &mut String) {
    let name = anchor.name(db);
    let _ = writeln!(page, "\n```fleet\naddon {name} from {package}.{name} {{ }}\n```\n");
    let body = &fleet::base(db, anchor).value.node;
    let text = |key: &str| body.get(key).and_then(Node::text);
    let _ = writeln!(page, "| | |\n| --- | --- |");
    let chart = text("chart").unwrap_or(name);
    let _ = writeln!(page, "| chart | `{chart}` {} |", text("version").map_or("", EcoString::as_str));
    if let Some(source) = body.get("source").and_then(Node::text) {
        let index = names::index_of(db, anchor);
        let url = index.source_named(source).and_then(|it| match &syntax::declaration(db, it).head {
            Head::Source { url, .. } => match &url.kind {
                ExprKind::Text(it) => Some(it.clone()),
                _ => None,
            },
            _ => None,
        });
        let _ = writeln!(page, "| source | `{source}`{} |", url.map_or_else(String::new, |it| format!(": <{it}>")));
    }
    let _ = writeln!(page, "| namespace | `{}` |", text("namespace").unwrap_or(name));
    let requires: Vec<String> = body
        .get("requires")
        .and_then(Node::list)
        .unwrap_or_default()
        .iter()
        .filter_map(|it| it.text().map(|it| format!("`{it}`")))
        .collect();
    if !requires.is_empty() {
        let _ = writeln!(page, "| requires | {} |", requires.join(", "));
    }
    if fleet::has_irsa(db, anchor) {
        let _ =
            writeln!(page, "| role | an IAM role for its service account; needs the facts `account` and `region` |");
    }
    let declared = body.get("crds").and_then(Node::map).into_iter().flat_map(|it| it.entries.keys().cloned());
    let known = schema::custom_kinds_of(chart).into_iter().map(|(group, kind, _)| eco_format!("{group}/{kind}"));
    let crds: BTreeSet<EcoString> = declared.chain(known).collect();
    if !crds.is_empty() {
        let _ = writeln!(
            page,
            "| own kinds | {} |",
            crds.iter().map(|it| format!("`{it}`")).collect::<Vec<_>>().join(", ")
        );
    }
    params(db, anchor, page);
    let declaration = syntax::declaration(db, anchor);
    let shape = fleet::body_type(db, anchor, declaration, &mut Vec::new());
    let values = shape.as_ref().and_then(Type::record).and_then(|it| it.fields.get("values")).map(|it| it.ty.clone());
    let _ = writeln!(page, "\n## Values\n");
    match values.as_ref().and_then(Type::record).filter(|it| !it.fields.is_empty()) {
        Some(record) => {
            let open =
                if record.open { "Other keys are passed to the chart as they are." } else { "Other keys are errors." };
            let _ = write!(page, "{open}\n\n{}", fields(db, record));
        }
        None => page.push_str("They are not typed: every key is passed to the chart as it is.\n"),
    }
}

/// The params of a definition.
fn params(db: &dyn Db, anchor: Anchor, page: &mut String) {
    let params = fleet::params_of(db, anchor);
    if params.is_empty() {
        return;
    }
    page.push_str("\n## Params\n\n| param | type | default | |\n| --- | --- | --- | --- |\n");
    for it in params.values() {
        let default = it.default.as_ref().map(|it| written(db, it.origin())).unwrap_or_default();
        let doc = documentation(db, &Symbol::At(it.origin)).unwrap_or_default();
        let _ = writeln!(page, "| `{}` | {} | {default} | {} |", it.name, code(&it.ty.to_string()), cell(&doc));
    }
}

fn fields(db: &dyn Db, record: &RecordType) -> String {
    let row = |(name, it): (&EcoString, &FieldType)| {
        let doc = it.origin.and_then(|it| documentation(db, &Symbol::At(it))).unwrap_or_default();
        let default = it.default.as_ref().map(|it| written(db, it.origin())).unwrap_or_default();
        format!("| `{name}` | {} | {default} | {} |\n", code(&it.ty.to_string()), cell(&doc))
    };
    format!(
        "| key | type | default | |\n| --- | --- | --- | --- |\n{}",
        record.fields.iter().map(row).collect::<String>()
    )
}

/// An expression as it is written.
fn written(db: &dyn Db, at: Origin) -> String {
    let text = syntax::locate(db, at).and_then(|(file, range)| file.text(db).get(range).map(str::to_owned));
    text.map(|it| code(&it)).unwrap_or_default()
}

/// Code in a cell of a table.
fn code(text: &str) -> String {
    format!("`{}`", cell(text))
}

/// A text in a cell of a table.
fn cell(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|")
}
