//! What can be wrong with types.

use ecow::{EcoString, eco_format};

use super::builtin::{self, Builtin};
use super::foreign;
use super::ty::{FieldsAre, FunctionType, RecordType, Reference, Type};
use crate::diagnostic::{Diagnostic, Subject, Suggestion, code, listed_up_to};
use crate::names::Index;
use crate::source::{Anchor, Db, Origin};
use crate::syntax::ast::{BinaryOp, Key, Literal, Path, TypeExpr, TypeKind};

/// Types that the language cannot say itself.
const NATIVE: [&str; 6] = ["String", "Int", "Float", "Bool", "Null", "Any"];

/// Every name that may stand for a type.
fn known_names(index: &Index) -> impl Iterator<Item = &str> {
    NATIVE.into_iter().chain(index.types.keys().map(EcoString::as_str))
}

pub(super) fn unknown_type(at: Origin, name: &str, index: &Index) -> Diagnostic {
    Diagnostic::new(code::UNKNOWN_TYPE, eco_format!("there is no type `{name}`"), at, "not declared anywhere")
        .did_you_mean(name, known_names(index))
        .or_help(|| foreign::type_of(name).map(|ours| eco_format!("write `{ours}`")))
        .or_help(|| Some(eco_format!("declare it: `type {name} = …`")))
}

/// `test | production`
pub(super) fn unquoted(at: Origin, texts: &[&EcoString]) -> Diagnostic {
    let each: Vec<EcoString> = texts.iter().map(|it| eco_format!("`{it}`")).collect();
    let message = match each.as_slice() {
        [one] => eco_format!("there is no type {one}"),
        several => eco_format!("there are no types {}", several.join(", ")),
    };
    let quoted: Vec<String> = texts.iter().map(|it| format!("\"{it}\"")).collect();
    Diagnostic::new(code::UNKNOWN_TYPE, message, at, "not declared anywhere")
        .help(eco_format!("texts are written between quotes: `{}`", quoted.join(" | ")))
}

/// `{ port: Int }` where a type stands.
pub(super) fn fields_here(at: Origin, name: &str, ty: &Type) -> Diagnostic {
    Diagnostic::new(
        code::UNKNOWN_TYPE,
        eco_format!("there is no type `{name}`"),
        at,
        "expected the type of a map's keys",
    )
    .note("a map's type is `{String: Type}`")
    .help(eco_format!("fields are declared by a type with a name: `type NAME {{ {name}: {ty} }}`"))
}

pub(super) fn map_key(at: Origin, found: &Type) -> Diagnostic {
    Diagnostic::new(code::MAP_KEY, "the keys of a map are strings", at, eco_format!("this is {found}"))
        .help("write `{String: …}`")
}

pub(super) fn type_cycle(at: Origin, name: &str) -> Diagnostic {
    Diagnostic::new(code::TYPE_CYCLE, eco_format!("the type `{name}` is defined by itself"), at, "part of a cycle")
        .help("break the cycle, with `Any` where the depth is not known")
}

/// A declaration with which a chain of references becomes too long.
#[must_use]
pub fn too_long(at: Origin, name: &str) -> Diagnostic {
    let most = super::cycle::LINKS;
    Diagnostic::new(
        code::BUDGET,
        eco_format!("`{name}` begins a chain of more than {most} declarations, each of which refers to the next"),
        at,
        "one too many",
    )
    .help("write the value or the type of some of them out")
}

pub(super) fn let_cycle(at: Origin, name: &str) -> Diagnostic {
    Diagnostic::new(code::LET_CYCLE, eco_format!("`{name}` is computed from itself"), at, "part of a cycle")
        .help("break the cycle: write one of its values out")
}

pub(super) fn no_reference(at: Origin, kind: Reference) -> Diagnostic {
    Diagnostic::new(code::NO_REFERENCE, eco_format!("expected the name of {}", noun(kind)), at, "not a name")
        .help("write the declaration's name, without quotes and without computing it")
}

const fn noun(kind: Reference) -> &'static str {
    kind.noun()
}

pub(super) fn append_to(at: Origin, found: &Type) -> Diagnostic {
    Diagnostic::new(code::APPEND, "`+=` appends to a list", at, eco_format!("this is {found}")).help("write `=`")
}

pub(super) fn amend_scalar(at: Origin, found: &Type, asked: Option<Origin>) -> Diagnostic {
    Diagnostic::new(code::AMEND_SCALAR, eco_format!("{found} has nothing inside to amend"), at, "a block")
        .label_if(asked, "declared here")
        .help("write `key = value`")
}

/// Keys whose value is the name of a declaration.
const NAMES: [&str; 4] = ["source", "baseline", "via", "group"];

pub(super) fn declaration_here(at: Origin, path: &Path, ty: &TypeExpr) -> Diagnostic {
    let value = match &ty.kind {
        TypeKind::Literal(literal) => Some(eco_format!("{literal}")),
        // Types begin with a capital letter.
        TypeKind::Name(name) if name.starts_with(|it: char| it.is_ascii_lowercase()) => Some(name.clone()),
        _ => None,
    };
    if let Some(value) = value {
        let is_name = |it: &Key| matches!(it, Key::Name(it) if NAMES.contains(&it.as_str()));
        let is_text = matches!(ty.kind, TypeKind::Name(_)) && !path.segments.last().is_some_and(|it| is_name(&it.key));
        let value = if is_text { eco_format!("\"{value}\"") } else { value };
        let keys: Vec<&str> = path
            .segments
            .iter()
            .filter_map(|it| match &it.key {
                Key::Name(name) => Some(name.as_str()),
                Key::Interpolated(_) => None,
            })
            .collect();
        return Diagnostic::new(code::DECLARATION_HERE, "values are set with `=`", at, "`:` declares a type")
            .help(eco_format!("write `{} = {value}`", keys.join(".")));
    }
    Diagnostic::new(
        code::DECLARATION_HERE,
        "a `name: Type` declares a fact or a param",
        at,
        "nothing can be declared here",
    )
    .help("write `name = value`, or move it into `facts { … }` of the fleet or `params { … }` of an add-on")
}

pub(super) fn statement_here(at: Origin) -> Diagnostic {
    Diagnostic::new(code::STATEMENT_HERE, "this statement has no meaning here", at, "this block may contain only entries")
        .help("write `use`, `drop`, `attach` and `override` in clusters, groups and rules, and `patch` in the override of a kustomize item")
}

pub(super) fn spread_of(at: Origin, found: &Type) -> Diagnostic {
    Diagnostic::new(code::SPREAD, "`...` spreads the entries of an object here", at, eco_format!("this is {found}"))
        .help("spread an object or a map")
}

pub(super) fn spread_in_list(at: Origin, found: &Type) -> Diagnostic {
    Diagnostic::new(code::SPREAD, "`...` spreads the elements of a list here", at, eco_format!("this is {found}"))
        .help("spread a list")
}

pub(super) fn unknown_field(at: Origin, record: &RecordType, key: &str) -> Diagnostic {
    let message = eco_format!("{} has no field `{key}`", record.noun());
    let known = record.fields.keys().map(EcoString::as_str);
    Diagnostic::new(code::UNKNOWN_FIELD, message, at, "no such field")
        .about(record.subject(key))
        .label_if(record.declared_at(), declared_here(record))
        .did_you_mean(key, known)
        .or_help(|| match key {
            "use" | "drop" | "attach" | "detach" => {
                Some(eco_format!("it is a statement, and no field: write `{key} NAME`"))
            }
            _ => all_fields(record),
        })
}

/// What is said of the place at which the fields of a record are declared.
fn declared_here(record: &RecordType) -> EcoString {
    match record.fields_are {
        FieldsAre::Facts => "the facts are declared here".into(),
        FieldsAre::Params => "the params are declared here".into(),
        FieldsAre::Own => eco_format!("{} is declared here", record.noun()),
    }
}

pub(super) fn near_field(at: Origin, record: &RecordType, key: &str, near: &str) -> Diagnostic {
    let message = eco_format!("{} has no field `{key}`, but `{near}`", record.noun());
    Diagnostic::new(code::NEAR_MISS, message, at, "passed on as it is")
        .label_if(record.declared_at(), declared_here(record))
        .help(eco_format!("did you mean `{near}`?"))
        .instead_of(key, near)
}

fn all_fields(record: &RecordType) -> Option<EcoString> {
    let count = record.fields.len();
    (1..=24).contains(&count).then(|| {
        eco_format!("its fields are {}", listed_up_to(count, record.fields.keys().map(|it| format!("`{it}`"))))
    })
}

pub(super) fn computed_key(at: Origin, record: &RecordType) -> Diagnostic {
    Diagnostic::new(
        code::COMPUTED_KEY,
        eco_format!("the keys of {} are fixed", record.noun()),
        at,
        "this key is computed",
    )
    .help("write the key out; keys may be computed in maps and where the type is open")
}

pub(super) fn key_of_scalar(at: Origin, found: &Type) -> Diagnostic {
    Diagnostic::new(code::AMEND_SCALAR, eco_format!("{found} has no keys"), at, "nothing is inside")
        .help("end the path before this key")
}

pub(super) fn select_in(at: Origin, found: &Type) -> Diagnostic {
    Diagnostic::new(code::SELECT, "`[name = …]` selects an element of a list", at, eco_format!("this is {found}"))
        .help("remove the brackets")
}

pub(super) fn condition(at: Origin, found: &Type) -> Diagnostic {
    Diagnostic::new(code::CONDITION, "a condition is true or false", at, eco_format!("this is {found}"))
        .help("compare it with something: `… == …`")
}

pub(super) fn interpolated(at: Origin, found: &Type) -> Diagnostic {
    let diagnostic = Diagnostic::new(
        code::INTERPOLATED,
        "only strings, numbers and booleans can be interpolated",
        at,
        eco_format!("this is {found}"),
    );
    if matches!(found, Type::Optional(_)) {
        diagnostic.help("give a value for when it is absent: `\\(… ?? \"…\")`")
    } else {
        diagnostic.help("take one value out of it")
    }
}

pub(super) fn not_here(at: Origin, name: &str, why: &'static str) -> Diagnostic {
    let diagnostic = Diagnostic::new(
        code::NOT_HERE,
        eco_format!("`{name}` cannot be read here"),
        at,
        eco_format!("no `{name}` here"),
    );
    if why.is_empty() { diagnostic.help("pass what it holds in another way") } else { diagnostic.help(why) }
}

/// `member_of` is what has a member of that name: `cluster`, `params`.
pub(super) fn unknown_name<'a>(
    at: Origin,
    name: &str,
    known: impl Iterator<Item = &'a str>,
    member_of: Option<&str>,
    index: &Index,
) -> Diagnostic {
    let diagnostic = Diagnostic::new(code::UNKNOWN_NAME, eco_format!("there is no `{name}`"), at, "not known here");
    if let Some(ours) = foreign::literal(name) {
        return diagnostic.help(eco_format!("write `{ours}`"));
    }
    if let Some(of) = member_of {
        return diagnostic.help(eco_format!("write `{of}.{name}`"));
    }
    let diagnostic = diagnostic.did_you_mean(name, known);
    if diagnostic.help.is_some() {
        return diagnostic;
    }
    let declared = [
        (index.clusters.contains_key(name), "a cluster"),
        (index.catalogues.contains_key(name), "a catalogue"),
        (index.groups.contains_key(name), "a group"),
        (index.types.contains_key(name), "a type"),
    ];
    match declared.iter().find(|(is, _)| *is) {
        Some((_, what)) => {
            diagnostic.note(eco_format!("`{name}` is {what}, which has no value")).help("facts are read as `cluster.…`")
        }
        None if name.contains('-') => diagnostic
            .note("minus between two names needs spaces around it")
            .help("write a string between quotes, or `let` it at the top level"),
        None => diagnostic.help("write a string between quotes, or `let` it at the top level"),
    }
}

/// `"${cluster.name}"`
pub(super) fn no_interpolation(at: Origin, name: &str) -> Diagnostic {
    let message = eco_format!("`${{{name}}}` is text, and no value");
    Diagnostic::new(code::NO_INTERPOLATION, message, at, "written as it is").help(eco_format!("write `\\({name})`"))
}

pub(super) fn may_be_absent(at: Origin, found: &Type) -> Diagnostic {
    Diagnostic::new(code::MAY_BE_ABSENT, "this may be absent", at, eco_format!("its type is {found}"))
        .help("give a default: `… ?? value`, read on with `?.`, or test `… != null` first")
}

pub(super) fn no_member(at: Origin, record: &RecordType, name: &str) -> Diagnostic {
    let known = record.fields.keys().map(EcoString::as_str);
    Diagnostic::new(code::NO_MEMBER, eco_format!("{} has no `{name}`", record.noun()), at, "no such member")
        .about(record.subject(name))
        .label_if(record.declared_at(), "declared here")
        .did_you_mean(name, known)
        .or_help(|| all_fields(record))
}

pub(super) fn member_of(at: Origin, found: &Type, name: &str) -> Diagnostic {
    Diagnostic::new(code::NO_MEMBER, eco_format!("{found} has no `{name}`"), at, eco_format!("read from {found}"))
        .help("only objects and maps have members")
}

pub(super) fn index_of(at: Origin, found: &Type) -> Diagnostic {
    Diagnostic::new(code::INDEX, eco_format!("{found} has no elements"), at, "cannot be indexed")
        .help("index a list by number or a map by key")
}

pub(super) fn not_callable(at: Origin) -> Diagnostic {
    Diagnostic::new(code::UNKNOWN_FUNCTION, "this is not a function", at, "called here")
        .help("functions are called by their name")
}

pub(super) fn unknown_function<'a>(at: Origin, name: &str, declared: impl Iterator<Item = &'a str>) -> Diagnostic {
    let known: Vec<&str> = builtin::all().iter().map(|it| it.name).chain(declared).collect();
    Diagnostic::new(code::UNKNOWN_FUNCTION, eco_format!("there is no function `{name}`"), at, "not known")
        .help_if(foreign_function(name))
        .or_help(|| Suggestion::of(name, known).map(|it| it.question()))
        .or_help(|| Some(eco_format!("declare it: `fn {name}(…): Type = …`; the reference lists those built in")))
}

/// What is written here for a function of other tools.
fn foreign_function(name: &str) -> Option<EcoString> {
    Some(match name {
        "env" | "getenv" | "environ" | "ENV" => {
            "a build reads nothing from its environment: declare a fact, `facts { name: String }`, and read `cluster.name`"
        }
        "lookup" | "read" | "readFile" | "include" | "load" => "files are read with `yaml(\"FILE\")`, `json`, `csv` and `file`",
        "printf" | "format" | "sprintf" | "concat" => "texts are put together as `\"\\(a)-\\(b)\"`",
        "toYaml" | "to_yaml" | "yamlencode" => "values are written as YAML by themselves; a text of YAML is `to-yaml(value)`",
        "len" | "size" | "count" => "write `length(…)`",
        "default" => "what may be absent is replaced by `value ?? other`",
        "ternary" => "a choice is `if condition then value else value`",
        "random" | "now" | "timestamp" | "uuid" => "the same sources give the same tree: declare a fact, or write the value",
        _ => return None,
    }.into())
}

pub(super) fn arity(at: Origin, function: &Builtin, found: usize) -> Diagnostic {
    let needed = function.params.iter().filter(|it| !it.optional).count();
    wrong_arity(at, function.name, (needed, function.params.len()), found)
        .help(eco_format!("its signature is `{}`", function.signature))
}

pub(super) fn arity_of(at: Origin, db: &dyn Db, function: Anchor, ty: &FunctionType, found: usize) -> Diagnostic {
    let needed = ty.params.iter().rposition(|it| !it.may_be_left_out()).map_or(0, |it| it + 1);
    let params: Vec<String> = ty.params.iter().map(|it| format!("{}: {}", it.name, it.ty)).collect();
    let name = function.name(db);
    wrong_arity(at, name, (needed, ty.params.len()), found)
        .label(Origin::of(function), "declared here")
        .help(eco_format!("its signature is `{name}({}): {}`", params.join(", "), ty.result))
}

fn wrong_arity(at: Origin, name: &str, (least, most): (usize, usize), found: usize) -> Diagnostic {
    let wanted = if least == most { eco_format!("{most}") } else { eco_format!("{least} to {most}") };
    let s = if most == 1 { "" } else { "s" };
    Diagnostic::new(code::ARITY, eco_format!("`{name}` takes {wanted} value{s}, found {found}"), at, "called here")
}

pub(super) fn function_as_value(at: Origin, name: &str, function: Anchor) -> Diagnostic {
    Diagnostic::new(code::FUNCTION_AS_VALUE, eco_format!("`{name}` is a function, which is no value"), at, "not called")
        .label(Origin::of(function), "declared here")
        .help(eco_format!("call it: `{name}(…)`"))
}

pub(super) fn no_irsa(at: Origin) -> Diagnostic {
    Diagnostic::new(code::NOT_HERE, "`irsa` cannot be read here", at, "no `irsa` here")
        .help("it is the ARN of the role of an add-on: write `irsa { policies = [ … ] }` in the add-on")
}

pub(super) fn params_of_catalogue(at: Origin) -> Diagnostic {
    Diagnostic::new(code::NOT_HERE, "`params` cannot be read here", at, "only add-ons and baselines have it")
        .help("write `catalogue.params`: what the catalogue gives to its definition")
}

pub(super) fn no_catalogue(at: Origin) -> Diagnostic {
    Diagnostic::new(code::NOT_HERE, "`catalogue` cannot be read here", at, "not inside a catalogue")
        .help("it is the catalogue around an item: `catalogue.name`, and `catalogue.params` of its definition")
}

pub(super) fn rings_here(at: Origin) -> Diagnostic {
    Diagnostic::new(code::STATEMENT_HERE, "`rings` has no meaning here", at, "not inside the fleet")
        .help("write it in the `fleet`, beside `facts`")
}

pub(super) fn unary(at: Origin, sign: &str, found: &Type) -> Diagnostic {
    let wanted = if sign == "not" { "a Bool" } else { "a number" };
    Diagnostic::new(
        code::OPERATOR,
        eco_format!("`{sign}` takes {wanted}, found {found}"),
        at,
        eco_format!("this is {found}"),
    )
    .help(eco_format!("give it {wanted}"))
}

pub(super) fn binary(at: Origin, op: BinaryOp, a: &Type, b: &Type, sides: (Origin, Origin)) -> Diagnostic {
    let sign = op.sign();
    let diagnostic = Diagnostic::new(
        code::OPERATOR,
        eco_format!("`{sign}` cannot join {a} and {b}"),
        at,
        "these do not go together",
    )
    .label(sides.0, eco_format!("this is {a}"))
    .label(sides.1, eco_format!("this is {b}"));
    match op {
        BinaryOp::Add => diagnostic.help("numbers go into a string by interpolation: `\"…\\(value)\"`"),
        BinaryOp::In => diagnostic.help("`in` looks for an element in a list, a key in a map, or text in a string"),
        BinaryOp::And | BinaryOp::Or => diagnostic.help("both sides must be true or false"),
        BinaryOp::Sub
        | BinaryOp::Mul
        | BinaryOp::Div
        | BinaryOp::Rem
        | BinaryOp::Lt
        | BinaryOp::Le
        | BinaryOp::Gt
        | BinaryOp::Ge
        | BinaryOp::Eq
        | BinaryOp::Ne
        | BinaryOp::Coalesce => diagnostic.help("give both sides the same type: nothing is converted silently"),
    }
}

pub(super) fn never_equal(at: Origin, a: &Type, b: &Type) -> Diagnostic {
    Diagnostic::new(code::NEVER_EQUAL, eco_format!("{a} and {b} are never equal"), at, "compared here")
        .help("compare values of one type")
}

/// `environment == "prod"` where the fact can only be `"production"`.
pub(super) fn impossible_literal(at: Origin, a: &Type, b: &Type) -> Option<Diagnostic> {
    let Type::Literal(wanted) = b else { return None };
    if *wanted == Literal::Null || a.literals()?.contains(wanted) {
        return None;
    }
    let Literal::Text(text) = wanted else { return None };
    Some(
        Diagnostic::new(code::NEVER_EQUAL, eco_format!("this is never {wanted}"), at, eco_format!("it is one of {a}"))
            .did_you_mean(text, a.choices())
            .or_help(|| Some("compare with one of those".into())),
    )
}

pub(super) fn pattern(at: Origin, pattern: &Literal, subject: &Type) -> Diagnostic {
    Diagnostic::new(
        code::NEVER_EQUAL,
        eco_format!("this is never {pattern}"),
        at,
        eco_format!("the value is {subject}"),
    )
    .help("remove this line, or fix its value")
}

pub(super) fn not_exhaustive(at: Origin, subject: &Type, missing: Vec<Literal>) -> Diagnostic {
    let names: Vec<String> = missing.iter().take(3).map(|it| format!("`{it}`")).collect();
    let what = if names.is_empty() {
        eco_format!("{subject} has more values than those listed")
    } else {
        eco_format!("no line matches {}", names.join(", "))
    };
    let cases = missing.iter().map(|it| eco_format!("{it}")).collect();
    Diagnostic::new(code::NOT_EXHAUSTIVE, "this `match` does not cover every value", at, what)
        .about(Subject::Cases(cases))
        .help("add a line for each, or `_ => …` for all others")
}

pub(super) fn iterate(at: Origin, found: &Type) -> Diagnostic {
    Diagnostic::new(code::ITERATE, eco_format!("{found} has nothing to go through"), at, "not a list or map")
        .help("go through a list, a map or an object")
}

pub(super) fn shadows(at: Origin, name: &str) -> Diagnostic {
    Diagnostic::new(code::RESERVED, eco_format!("`{name}` means something here already"), at, "hides another name")
        .help("choose another name")
}
