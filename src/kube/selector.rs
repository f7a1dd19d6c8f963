//! Selectors of labels as Kubernetes writes them: `app=web,tier in (front, back),!canary`.
//!
//! Source: the documentation of Kubernetes, "Labels and Selectors"; kustomize matches annotations with the same.

use std::collections::BTreeMap;

use ecow::EcoString;

/// Whether a selector may match labels; what is no selector as it is described matches.
#[must_use]
pub fn may_match(selector: &str, labels: &BTreeMap<EcoString, EcoString>) -> bool {
    requirements(selector).all(|it| holds(it, labels).unwrap_or(true))
}

/// The parts between commas that are in no parentheses.
fn requirements(selector: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0_usize;
    let parts = selector.split(move |it: char| {
        match it {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        it == ',' && depth == 0
    });
    parts.map(str::trim).filter(|it| !it.is_empty())
}

/// Whether labels have what is asked for; none where that is not known.
fn holds(requirement: &str, labels: &BTreeMap<EcoString, EcoString>) -> Option<bool> {
    if let Some(key) = requirement.strip_prefix('!') {
        return Some(!labels.contains_key(key.trim()));
    }
    for (sign, wanted) in [("!=", false), ("==", true), ("=", true)] {
        if let Some((key, value)) = requirement.split_once(sign) {
            return Some(labels.get(key.trim()).is_some_and(|it| it == value.trim()) == wanted);
        }
    }
    let mut words = requirement.splitn(2, char::is_whitespace);
    let (key, rest) = (words.next()?, words.next());
    let Some(rest) = rest.map(str::trim) else { return Some(labels.contains_key(key)) };
    let (word, wanted) = if rest.starts_with("notin") { ("notin", false) } else { ("in", true) };
    let list = rest.strip_prefix(word)?.trim().strip_prefix('(')?.strip_suffix(')')?;
    Some(list.split(',').any(|it| labels.get(key).is_some_and(|label| label == it.trim())) == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selectors_mean_what_kubernetes_says() {
        let labels = [("app", "web"), ("tier", "front")].map(|(key, it)| (key.into(), it.into())).into();
        for selector in [
            "app=web",
            "app == web",
            "app!=db",
            "other!=x",
            "app",
            "!other",
            "tier in (front, back)",
            "tier notin (back),app=web",
            "other notin (x)",
            "",
        ] {
            assert!(may_match(selector, &labels), "{selector}");
        }
        for selector in
            ["app=db", "app!=web", "other", "!app", "tier in (back,middle)", "app=web,tier=back", "app notin (web)"]
        {
            assert!(!may_match(selector, &labels), "{selector}");
        }
        assert!(may_match("replicas > 3", &labels), "what is not read may match");
    }
}
