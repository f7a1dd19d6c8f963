//! Names that files may have on every system that a repository is checked out on.

/// Names of devices of Windows, with whatever extension (Microsoft, "Naming Files, Paths, and
/// Namespaces"; `CONIN$` and `CONOUT$` are those of the console).
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "conin$", "conout$"];

/// Whether Windows keeps a file's or directory's name for itself.
#[must_use]
pub fn is_device(name: &str) -> bool {
    let stem = name.split(['.', ':']).next().unwrap_or(name).trim_end().to_lowercase();
    let is_port = |prefix: &str| {
        let digit = stem.strip_prefix(prefix);
        digit.is_some_and(|it| matches!(it.as_bytes(), [b'0'..=b'9']) || matches!(it, "¹" | "²" | "³"))
    };
    DEVICES.contains(&stem.as_str()) || is_port("com") || is_port("lpt")
}

/// Whether Windows cannot have a file or directory of that name.
#[must_use]
pub fn is_impossible(name: &str) -> bool {
    is_device(name) || name.ends_with(['.', ' ']) || name.contains(|it: char| "<>:\"|?*\\".contains(it) || it < ' ')
}

#[cfg(test)]
mod tests {
    use super::{is_device, is_impossible};

    #[test]
    fn devices_are_known_with_any_extension() {
        for name in ["con", "NUL", "aux.yaml", "com1", "LPT9.tar.gz", "com¹", "prn ", "conin$"] {
            assert!(is_device(name), "{name}");
        }
        for name in ["console", "com", "com10", "null", "my-con", "lpt"] {
            assert!(!is_device(name), "{name}");
        }
        assert!(is_impossible("a.") && is_impossible("a:b") && !is_impossible("a.b"));
    }
}
