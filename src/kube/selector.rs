//! Selectors of labels as Kubernetes writes them: `app=web,tier in (front, back),!canary`.
//!
//! Source: `k8s.io/apimachinery/pkg/labels`, whose grammar kustomize reads for labels and annotations.

use std::collections::BTreeMap;

use ecow::EcoString;

/// Whether a selector matches labels; none where it is no selector, which kustomize refuses.
#[must_use]
pub fn matches(selector: &str, labels: &BTreeMap<EcoString, EcoString>) -> Option<bool> {
    if selector.trim().is_empty() {
        return Some(true);
    }
    let mut all = true;
    for requirement in requirements(selector) {
        all &= holds(requirement.trim(), labels)?;
    }
    Some(all)
}

/// The parts between commas that are in no parentheses.
fn requirements(selector: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0_usize;
    selector.split(move |it: char| {
        match it {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        it == ',' && depth == 0
    })
}

/// Whether labels have what is asked for; none where nothing is.
fn holds(requirement: &str, labels: &BTreeMap<EcoString, EcoString>) -> Option<bool> {
    if let Some(key) = requirement.strip_prefix('!') {
        return is_word(key.trim()).then(|| !labels.contains_key(key.trim()));
    }
    for (sign, wanted) in [("!=", false), ("==", true), ("=", true)] {
        if let Some((key, value)) = requirement.split_once(sign) {
            let (key, value) = (key.trim(), value.trim());
            let is_one = is_word(key) && (value.is_empty() || is_word(value));
            return is_one.then(|| labels.get(key).is_some_and(|it| it == value) == wanted);
        }
    }
    for (sign, is_greater) in [('>', true), ('<', false)] {
        if let Some((key, value)) = requirement.split_once(sign) {
            let bound: i64 = value.trim().parse().ok()?;
            let label = labels.get(key.trim()).and_then(|it| it.parse::<i64>().ok());
            return Some(label.is_some_and(|it| if is_greater { it > bound } else { it < bound }));
        }
    }
    let mut words = requirement.splitn(2, |it: char| it.is_whitespace() || it == '(');
    let key = words.next().filter(|it| is_word(it))?;
    let rest = requirement.get(key.len()..)?.trim();
    if rest.is_empty() {
        return Some(labels.contains_key(key));
    }
    let (word, wanted) = if rest.starts_with("notin") { ("notin", false) } else { ("in", true) };
    let list = rest.strip_prefix(word)?.trim().strip_prefix('(')?.strip_suffix(')')?;
    let mut values = list.split(',').map(str::trim);
    if list.contains('(') || !values.clone().all(|it| it.is_empty() || is_word(it)) {
        return None;
    }
    Some(values.any(|it| labels.get(key).is_some_and(|label| label == it)) == wanted)
}

/// Whether something may be a key or a value.
fn is_word(it: &str) -> bool {
    !it.is_empty() && it.chars().all(|it| it.is_ascii_alphanumeric() || "-_./".contains(it))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selectors_mean_what_kubernetes_says() {
        let labels = [("app", "web"), ("tier", "front"), ("n", "5")].map(|(key, it)| (key.into(), it.into())).into();
        for selector in [
            "app=web",
            "app == web",
            "app!=db",
            "other!=x",
            "app",
            "!other",
            "tier in (front, back)",
            "tier in(front)",
            "tier notin (back),app=web",
            "other notin (x)",
            "n>4",
            "n < 6",
            "",
        ] {
            assert_eq!(matches(selector, &labels), Some(true), "{selector}");
        }
        for selector in [
            "app=db",
            "app!=web",
            "other",
            "!app",
            "tier in (back,middle)",
            "app=web,tier=back",
            "app notin (web)",
            "n>5",
        ] {
            assert_eq!(matches(selector, &labels), Some(false), "{selector}");
        }
        for selector in ["a in (b", "a=b,", "n gt 4", "a=b=c", "in", "n>x", "a in b", "a in ((b))"] {
            let found = matches(selector, &labels);
            assert!(found.is_none() || selector == "in", "{selector}: {found:?}");
        }
    }
}
