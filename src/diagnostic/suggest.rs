//! Nearest names.

use ecow::EcoString;

/// Up to three of `known` that somebody who wrote `name` may have meant, nearest
/// first.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let limit = (name.chars().count() / 3).clamp(1, 4);
    let mut close: Vec<(usize, &str)> = known
        .into_iter()
        .filter(|it| *it != name)
        .filter_map(|it| {
            let distance = strsim::damerau_levenshtein(name, it);
            let related = distance <= limit || (name.len() > 3 && (it.starts_with(name) || it.ends_with(name)));
            related.then_some((distance, it))
        })
        .collect();
    close.sort_unstable();
    close.dedup();
    close.into_iter().take(3).map(|(_, it)| it).collect()
}

/// "did you mean `a`, `b` or `c`?", if there is anything near.
pub fn did_you_mean<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<EcoString> {
    let close: Vec<String> = nearest(name, known).into_iter().map(|it| format!("`{it}`")).collect();
    let (last, rest) = close.split_last()?;
    Some(if rest.is_empty() {
        ecow::eco_format!("did you mean {last}?")
    } else {
        ecow::eco_format!("did you mean {} or {last}?", rest.join(", "))
    })
}

/// The names that [`did_you_mean`] put into a help, the nearest first.
#[must_use]
pub fn suggested(help: &str) -> Vec<EcoString> {
    let Some(names) = help.strip_prefix("did you mean ").and_then(|it| it.split_once('?')).map(|(it, _)| it) else {
        return Vec::new();
    };
    names.split('`').skip(1).step_by(2).map(EcoString::from).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_is_suggested_is_found_again() {
        let known = ["zones", "zone-a", "names"];
        for (name, wanted) in [("zonse", vec!["zones"]), ("zone", vec!["zones", "zone-a"]), ("x", vec![])] {
            let help = super::did_you_mean(name, known).unwrap_or_default();
            assert_eq!(super::suggested(&help), wanted, "{help}");
        }
    }
}
