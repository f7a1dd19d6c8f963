//! Nearest names.

use ecow::EcoString;
use rapidfuzz::distance::osa;

/// Parts that differ are not compared if they are longer, in bytes: nobody reads them letter by
/// letter, and comparing takes as long as their lengths multiplied.
const LONGEST: usize = 64;

/// How many letters two names are apart (written, left out, put in, or swapped with the next), if
/// that is `limit` at most. Most pairs are ruled out without comparing letter by
/// letter, so that a name can be compared with thousands.
#[must_use]
pub fn distance(a: &str, b: &str, limit: usize) -> Option<usize> {
    if !a.is_ascii() || !b.is_ascii() {
        let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
        return apart(&a, &b, limit, |it| u32::from(*it));
    }
    apart(a.as_bytes(), b.as_bytes(), limit, |it| u32::from(*it))
}

/// [`distance`] of letters, each of which has a number.
fn apart<T: Eq>(a: &[T], b: &[T], limit: usize, number: impl Fn(&T) -> u32) -> Option<usize> {
    if a.len().abs_diff(b.len()) > limit {
        return None;
    }
    let start = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let (a, b) = (a.get(start..)?, b.get(start..)?);
    let end = a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count();
    let (a, b) = (a.get(..a.len() - end)?, b.get(..b.len() - end)?);
    if a.len() > LONGEST || b.len() > LONGEST {
        return None;
    }
    // Which letters there are: each one a bit, several of them the same.
    let letters = |of: &[T]| of.iter().fold(0_u64, |all, it| all | 1 << (number(it) % 64));
    let (of_a, of_b) = (letters(a), letters(b));
    let only = |these: u64, those: u64| (these & !those).count_ones() as usize;
    if only(of_a, of_b) > limit || only(of_b, of_a) > limit {
        return None;
    }
    osa::distance_with_args(a.iter().map(&number), b.iter().map(&number), &osa::Args::default().score_cutoff(limit))
}

/// How far a known name is from one that may have been meant for it, if it is near at all: a few
/// letters apart, or the same with something before or behind.
#[must_use]
fn how_near(name: &str, known: &str) -> Option<usize> {
    let length = name.chars().count();
    let is_part = name.len() > 3 && (known.starts_with(name) || known.ends_with(name));
    let apart = distance(name, known, (length / 3).clamp(1, 4));
    apart.or_else(|| is_part.then(|| known.chars().count() - length)).filter(|it| *it > 0)
}

/// How many names one is compared with letter by letter.
const MOST: usize = 300;

/// Those of `known` that somebody who wrote `name` may have meant, nearest first, each with what belongs to it. Of
/// many, only those are looked at that begin and end most like it: a letter that is wrong leaves all others.
pub fn near<'a, T>(name: &str, known: impl IntoIterator<Item = (&'a str, T)>) -> Vec<(&'a str, T)> {
    let mut all: Vec<(&str, T)> = known.into_iter().collect();
    if all.len() > MOST {
        let mut ranked: Vec<(usize, &str, T)> =
            all.into_iter().map(|(it, what)| (in_common(name.as_bytes(), it.as_bytes()), it, what)).collect();
        ranked.select_nth_unstable_by(MOST, |a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(b.1)));
        ranked.truncate(MOST);
        all = ranked.into_iter().map(|(_, it, what)| (it, what)).collect();
    }
    let mut close: Vec<(usize, &str, T)> =
        all.into_iter().filter_map(|(it, what)| Some((how_near(name, it)?, it, what))).collect();
    close.sort_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)));
    close.into_iter().map(|(_, it, what)| (it, what)).collect()
}

/// How many bytes two names have in common where they begin and where they end.
fn in_common(a: &[u8], b: &[u8]) -> usize {
    let start = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let rest = |of: &[u8]| of.len() - start;
    let end = a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count();
    start + end.min(rest(a)).min(rest(b))
}

/// Up to three of `known` that somebody who wrote `name` may have meant, nearest
/// first.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let mut close: Vec<&str> =
        near(name, known.into_iter().map(|it| (it, ()))).into_iter().map(|(it, ())| it).collect();
    close.dedup();
    close.truncate(3);
    close
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
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_told_apart_quickly_is_apart(a in "[abxé]{0,9}", b in "[abxé]{0,9}", limit in 0_usize..5) {
            let whole = Some(strsim::osa_distance(&a, &b)).filter(|it| *it <= limit);
            prop_assert_eq!(super::distance(&a, &b, limit), whole);
        }
    }

    /// However many names there are, one that is a letter off is found.
    #[test]
    fn of_many_names_those_that_are_a_letter_off_are_found() {
        let known: Vec<String> = (0..20_000).map(|it| format!("prod-eu-{it:05}-blue")).collect();
        let known = || known.iter().map(String::as_str);
        for name in ["rpod-eu-01234-blue", "prod-eu-0x234-blue", "prod-eu-01234-blu", "xprod-eu-01234-blue"] {
            assert!(super::nearest(name, known()).contains(&"prod-eu-01234-blue"), "{name}");
        }
        assert!(super::nearest("staging-us-1", known()).is_empty());
    }

    #[test]
    fn what_is_suggested_is_found_again() {
        let known = ["zones", "zone-a", "names"];
        for (name, wanted) in [("zonse", vec!["zones"]), ("zone", vec!["zones", "zone-a"]), ("x", vec![])] {
            let help = super::did_you_mean(name, known).unwrap_or_default();
            assert_eq!(super::suggested(&help), wanted, "{help}");
        }
    }
}
