//! The functions that are built in: their types. What they do is in `eval`.

use std::sync::{Arc, LazyLock};

use super::ty::Type;
use crate::diagnostic::Invariant;
use crate::source::IndexMap;

/// A built-in function.
pub struct Builtin {
    pub name: &'static str,
    pub params: Vec<BuiltinParam>,
    pub result: Type,
    /// As authors read it: `split(text: String, by: String): [String]`.
    pub signature: &'static str,
    /// The reference's line about it.
    pub doc: &'static str,
}

/// A parameter of one.
pub struct BuiltinParam {
    pub name: &'static str,
    pub ty: Type,
    pub optional: bool,
}

/// Signature and one line for each, by subject. `T` is any one type, the same
/// wherever it stands in a signature; `{T}` is a map.
const TABLE: &[(&str, &str)] = &[
    // Text.
    ("captures(text: String, pattern: String): [String]", "the groups of the first match; empty if nothing matches"),
    ("ends-with(text: String, suffix: String): Bool", "whether the text ends so"),
    ("indent(text: String, by: Int): String", "every line that is not empty with so many spaces before it"),
    ("join(parts: [String], by: String): String", "the parts with a text between them"),
    ("length(of: Any): Int", "characters of a string, elements of a list, entries of a map"),
    ("lines(text: String): [String]", "the lines, without their ends"),
    ("lower(text: String): String", "in lower case"),
    (
        "matches(text: String, pattern: String): Bool",
        "whether the whole text matches a regular expression (RE2 syntax)",
    ),
    ("pad-left(text: String, width: Int, with?: String): String", "at least so many characters, filled on the left"),
    ("pad-right(text: String, width: Int, with?: String): String", "at least so many characters, filled on the right"),
    ("repeat(text: String, times: Int): String", "the text so many times"),
    ("replace(text: String, old: String, new: String): String", "every `old` replaced"),
    (
        "replace-pattern(text: String, pattern: String, new: String): String",
        "every match replaced; `$1` is its first group",
    ),
    ("sha256(text: String): String", "the SHA-256 of the text's UTF-8, in hexadecimal"),
    (
        "shorten(text: String, to: Int): String",
        "at most so many characters; what is cut is replaced by a hash of the whole",
    ),
    ("slug(text: String): String", "a DNS label made of the text: lower case, `-` for all else, at most 63"),
    ("split(text: String, by: String): [String]", "the parts between the separators"),
    ("starts-with(text: String, prefix: String): Bool", "whether the text begins so"),
    ("substring(text: String, from: Int, to?: Int): String", "the characters from one position up to another"),
    ("trim(text: String): String", "without white space at both ends"),
    ("trim-prefix(text: String, prefix: String): String", "without the prefix, if it has it"),
    ("trim-suffix(text: String, suffix: String): String", "without the suffix, if it has it"),
    ("upper(text: String): String", "in upper case"),
    // Lists.
    ("all(of: [Bool]): Bool", "whether every element is true"),
    ("all-distinct(of: [T]): Bool", "whether no two elements are equal"),
    ("any(of: [Bool]): Bool", "whether an element is true"),
    ("chunks(of: [T], size: Int): [[T]]", "lists of so many elements, the last perhaps shorter"),
    ("first(of: [T]): T?", "the first element; absent if there is none"),
    ("flatten(of: [[T]]): [T]", "the elements of all lists in one"),
    ("group-by(of: [T], key: String): {[T]}", "the elements by the text at a key of each"),
    ("index-by(of: [T], key: String): {T}", "each element under the text at a key of it; two of one key are an error"),
    ("index-of(of: [T], value: T): Int?", "where the first such element stands; absent if there is none"),
    ("last(of: [T]): T?", "the last element; absent if there is none"),
    ("max(of: [T]): T", "the greatest number or text; of an empty list there is none, which is an error"),
    ("min(of: [T]): T", "the least number or text; of an empty list there is none, which is an error"),
    ("range(from: Int, to: Int): [Int]", "the numbers from one up to another, which is not among them"),
    ("reverse(of: [T]): [T]", "the elements from the last to the first"),
    ("slice(of: [T], from: Int, to?: Int): [T]", "the elements from one position up to another"),
    ("sort(of: [T]): [T]", "numbers or texts in order; numbers in texts are not understood"),
    ("sort-by(of: [T], key: String): [T]", "objects, sorted by the value of a key"),
    ("sum(of: [T]): T", "the numbers added up; 0 for none"),
    ("unique(of: [T]): [T]", "each element once, where it first stands"),
    // Maps.
    ("entries(of: {T}): [Any]", "a list of `{ key = …, value = … }`, in order"),
    ("keys(of: {T}): [String]", "the keys of a map or object, in order"),
    ("merge(a: Any, b: Any): Any", "both objects, `b` before `a`, objects inside them merged likewise"),
    ("omit(of: {T}, keys: [String]): {T}", "the map without these keys"),
    ("pick(of: {T}, keys: [String]): {T}", "these keys of the map, as far as it has them"),
    ("values(of: {T}): [T]", "the values of a map or object, in order"),
    // Numbers and kinds.
    ("abs(n: T): T", "without its sign"),
    ("bool(of: Any): Bool", "the text `true` or `false` as a Bool"),
    ("ceil(n: Float): Int", "the next whole number upwards"),
    ("clamp(n: T, low: T, high: T): T", "the number, or the bound that it passes"),
    ("float(of: Any): Float", "a number, or the number that a text writes"),
    ("floor(n: Float): Int", "the next whole number downwards"),
    ("int(of: Any): Int", "a whole number, or the one that a text writes"),
    ("round(n: Float): Int", "the nearest whole number, halves away from zero"),
    ("string(of: Any): String", "a number, Bool or text as text"),
    // Versions.
    ("compare-versions(a: String, b: String): Int", "-1, 0 or 1: by semver.org's order, a `v` before them allowed"),
    ("is-version-range(text: String): Bool", "whether Helm reads it as a version or a range of versions"),
    (
        "parse-version(text: String): Any",
        "`{ major, minor, patch, pre }`; `pre` is the text behind `-`, empty if there is none",
    ),
    (
        "satisfies(version: String, range: String): Bool",
        "whether a version lies in a range, as Helm and Flux decide it",
    ),
    // Networks.
    ("cidr-contains(cidr: String, other: String): Bool", "whether an address or a whole range lies in a range"),
    ("cidr-host(cidr: String, nth: Int): String", "the nth address of a range; negative counts from the end"),
    ("cidr-netmask(cidr: String): String", "the netmask of an IPv4 range"),
    ("cidr-overlaps(a: String, b: String): Bool", "whether two ranges have an address in common"),
    ("cidr-subnet(cidr: String, bits: Int, nth: Int): String", "the nth of the subnets that `bits` more bits make"),
    ("cidrs-disjoint(of: [String]): Bool", "whether no two of the ranges have an address in common"),
    ("is-cidr(text: String): Bool", "whether it is an IPv4 or IPv6 range, such as `10.0.0.0/16`"),
    // Encodings.
    ("base64(text: String): String", "the text's UTF-8 in base64"),
    ("base64-decode(text: String): String", "the text that base64 encodes"),
    ("from-json(text: String): Any", "the value of a JSON text"),
    ("from-yaml(text: String): Any", "the value of a YAML text; a list if it has several documents"),
    ("to-json(of: Any): String", "the value as JSON on one line"),
    ("to-yaml(of: Any): String", "the value as YAML, formatted as in generated files"),
    ("url-encode(text: String): String", "percent-encoded, for a query or a path"),
    // Files.
    ("csv(path: String): [Any]", "the rows of a CSV file below the project's root, by the names in its first line"),
    ("file(path: String): String", "the text of a file below the project's root"),
    ("json(path: String): Any", "the value in a JSON file below the project's root"),
    ("secret(name: String): String", "the name of a Secret, for `auth`"),
    (
        "yaml(path: String): Any",
        "the value in a YAML file below the project's root; a list if it holds several documents",
    ),
];

static ALL: LazyLock<Vec<Builtin>> = LazyLock::new(|| {
    TABLE.iter().map(|(signature, doc)| read(signature, doc).invariant("a signature is one")).collect()
});

/// All of them, by subject.
#[must_use]
pub fn all() -> &'static [Builtin] {
    &ALL
}

/// The function of that name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Builtin> {
    static BY_NAME: LazyLock<IndexMap<&str, usize>> =
        LazyLock::new(|| ALL.iter().enumerate().map(|(nth, it)| (it.name, nth)).collect());
    ALL.get(*BY_NAME.get(name)?)
}

/// The name that stands for any type in a signature.
pub(super) const ANY_ONE: &str = "T";

fn read(signature: &'static str, doc: &'static str) -> Option<Builtin> {
    let (name, rest) = signature.split_once('(')?;
    let (params, result) = rest.rsplit_once("): ")?;
    let params = params
        .split(", ")
        .filter(|it| !it.is_empty())
        .map(|it| {
            let (name, ty) = it.split_once(": ")?;
            let bare = name.trim_end_matches('?');
            Some(BuiltinParam { name: bare, ty: read_type(ty), optional: bare != name })
        })
        .collect::<Option<_>>()?;
    Some(Builtin { name, params, result: read_type(result), signature, doc })
}

fn read_type(text: &str) -> Type {
    if let Some(inner) = text.strip_suffix('?') {
        return read_type(inner).optional();
    }
    if let Some(inner) = text.strip_prefix('[').and_then(|it| it.strip_suffix(']')) {
        return Type::List(Arc::new(read_type(inner)));
    }
    if let Some(inner) = text.strip_prefix('{').and_then(|it| it.strip_suffix('}')) {
        return Type::Map(Arc::new(read_type(inner)));
    }
    match text {
        "String" => Type::Text,
        "Int" => Type::Int,
        "Float" => Type::Float,
        "Bool" => Type::Bool,
        ANY_ONE => Type::Variable,
        _ => Type::Any,
    }
}
