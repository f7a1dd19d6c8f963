//! The functions that are built in: their types. What they do is in `eval`.

use std::sync::Arc;

use super::ty::Type;

/// A built-in function.
pub struct Builtin {
    pub name: &'static str,
    pub params: Vec<(&'static str, Type)>,
    pub result: Type,
    /// The reference's line about it.
    pub doc: &'static str,
}

/// All of them, in order of name.
#[must_use]
pub fn all() -> Vec<Builtin> {
    let entry =
        |name, params: &[(&'static str, Type)], result, doc| Builtin { name, params: params.to_vec(), result, doc };
    vec![
        entry("file", &[("path", Type::Text)], Type::Text, "the text of a file below the project's root"),
        entry(
            "is-cidr",
            &[("text", Type::Text)],
            Type::Bool,
            "whether it is an IPv4 or IPv6 range, such as `10.0.0.0/16`",
        ),
        entry(
            "is-version-range",
            &[("text", Type::Text)],
            Type::Bool,
            "whether Helm reads it as a version or a range of versions",
        ),
        entry("json", &[("path", Type::Text)], Type::Any, "the value in a JSON file below the project's root"),
        entry(
            "length",
            &[("of", Type::Any)],
            Type::Int,
            "characters of a string, elements of a list, entries of a map",
        ),
        entry(
            "matches",
            &[("text", Type::Text), ("pattern", Type::Text)],
            Type::Bool,
            "whether the whole text matches a regular expression (RE2 syntax)",
        ),
        entry("secret", &[("name", Type::Text)], Type::Text, "the name of a Secret, for `auth`"),
        entry(
            "yaml",
            &[("path", Type::Text)],
            Type::Any,
            "the value in a YAML file below the project's root; a list if it holds several documents",
        ),
        entry(
            "keys",
            &[("of", Type::Map(Arc::new(Type::Any)))],
            Type::List(Arc::new(Type::Text)),
            "the keys of a map or object, in order",
        ),
    ]
}

/// The function of that name.
#[must_use]
pub fn find(name: &str) -> Option<Builtin> {
    all().into_iter().find(|it| it.name == name)
}
