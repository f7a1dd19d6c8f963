//! Versions and ranges as Helm and Flux read them (Masterminds' semver): `v`
//! before a version, `x` and `*`, `~`, `^`, hyphen ranges, `||`, spaces or commas
//! for "and".

/// Whether Helm accepts the text as a version or a range of versions.
#[must_use]
pub fn is_range(text: &str) -> bool {
    !text.trim().is_empty() && text.split("||").all(|it| is_conjunction(it.trim()))
}

/// Whether the text names exactly one version.
#[must_use]
pub fn is_exact(text: &str) -> bool {
    let bare = text.strip_prefix('v').unwrap_or(text);
    let numbers = bare.split(['-', '+']).next().unwrap_or_default().split('.').count();
    numbers == 3 && is_version(text, false)
}

fn is_conjunction(text: &str) -> bool {
    if let Some((low, high)) = text.split_once(" - ") {
        return is_version(low.trim(), false) && is_version(high.trim(), false);
    }
    let mut words = text.split([',', ' ']).filter(|it| !it.is_empty()).peekable();
    if words.peek().is_none() {
        return false;
    }
    while let Some(word) = words.next() {
        let operators = ["=>", "=<", ">=", "<=", "!=", "==", "~>", ">", "<", "=", "~", "^"];
        let operator = operators.into_iter().find(|it| word.starts_with(it));
        let mut rest = word.strip_prefix(operator.unwrap_or_default()).unwrap_or(word);
        if operator == Some("==") {
            return false;
        }
        if rest.is_empty() {
            // `>= 1.2.3`: the version is the next word.
            match words.next() {
                Some(next) if operator.is_some() => rest = next,
                _ => return false,
            }
        }
        if !is_version(rest, true) {
            return false;
        }
    }
    true
}

/// One to three numbers, then `-prerelease` and `+build`.
fn is_version(text: &str, wildcards: bool) -> bool {
    let text = text.strip_prefix('v').unwrap_or(text);
    let (text, build) = match text.split_once('+') {
        Some((text, build)) => (text, Some(build)),
        None => (text, None),
    };
    let (numbers, pre) = match text.split_once('-') {
        Some((numbers, pre)) => (numbers, Some(pre)),
        None => (text, None),
    };
    let is_number = |it: &str| {
        let is_wild = wildcards && matches!(it, "x" | "X" | "*");
        is_wild || (!it.is_empty() && it.bytes().all(|it| it.is_ascii_digit()) && (it == "0" || !it.starts_with('0')))
    };
    let numbers: Vec<&str> = numbers.split('.').collect();
    let is_label = |label: &str| {
        label.split('.').all(|it| !it.is_empty() && it.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'-'))
    };
    numbers.len() <= 3
        && numbers.iter().all(|it| is_number(it))
        && pre.is_none_or(is_label)
        && build.is_none_or(is_label)
}
