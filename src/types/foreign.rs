//! Words of other languages, and what this one writes.

/// What other languages call the types of this one.
pub(super) fn type_of(name: &str) -> Option<&'static str> {
    Some(match name.to_ascii_lowercase().as_str() {
        "str" | "text" | "varchar" => "String",
        "number" | "integer" | "long" | "uint" | "i32" | "i64" => "Int",
        "double" | "decimal" => "Float",
        "boolean" => "Bool",
        "list" | "array" | "set" | "vec" => "[Type]",
        "map" | "dict" | "object" | "record" | "hash" => "{String: Type}",
        "any" | "dynamic" => "Any",
        _ => return None,
    })
}

/// What other languages call `true`, `false` and `null`.
pub(super) fn literal(name: &str) -> Option<&'static str> {
    Some(match name.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" => "true",
        "false" | "no" | "off" => "false",
        "null" | "none" | "nil" | "undefined" => "null",
        _ => return None,
    })
}
