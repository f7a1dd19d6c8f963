//! Nearest names.

use rapidfuzz::distance::osa;

/// What differs is not compared if it is longer, in letters: nobody reads that letter by letter, and comparing takes as
/// long as both lengths multiplied.
const LONGEST: usize = 64;

/// A name that somebody wrote, to be compared with those that there are.
pub struct Written<'a> {
    name: &'a str,
    /// Of letters.
    length: usize,
    letters: u64,
    /// What comparing letter by letter needs of the name: made once, for names of usual lengths.
    prepared: Option<osa::BatchComparator<char>>,
}

impl<'a> Written<'a> {
    #[must_use]
    pub fn new(name: &'a str) -> Self {
        let length = name.chars().count();
        let prepared = (length <= LONGEST).then(|| osa::BatchComparator::new(name.chars()));
        Self { name, length, letters: letters(name.chars()), prepared }
    }

    /// How many letters the names are apart (written, left out, put in, or swapped with the next), if that is
    /// `limit` at most. Most pairs are ruled out without comparing letter by letter.
    #[must_use]
    pub fn distance(&self, known: &str, limit: usize) -> Option<usize> {
        // Each letter has one to four bytes.
        if known.len() > 4 * (self.length + limit) || self.length > known.len() + limit {
            return None;
        }
        if self.length.abs_diff(known.chars().count()) > limit {
            return None;
        }
        let of_known = letters(known.chars());
        let only = |these: u64, those: u64| (these & !those).count_ones() as usize;
        if only(self.letters, of_known) > limit || only(of_known, self.letters) > limit {
            return None;
        }
        let limited = osa::Args::default().score_cutoff(limit);
        match &self.prepared {
            Some(it) => it.distance_with_args(known.chars(), &limited),
            None if self.name.is_ascii() && known.is_ascii() => {
                apart(self.name.as_bytes(), known.as_bytes(), &limited, |it| char::from(*it))
            }
            None => {
                let (a, b): (Vec<char>, Vec<char>) = (self.name.chars().collect(), known.chars().collect());
                apart(&a, &b, &limited, |it| *it)
            }
        }
    }

    /// How far a known name is from the written one, if it may have been meant: a few letters apart, or the same
    /// with something before or behind.
    fn nearness(&self, known: &str) -> Option<usize> {
        let is_part = self.name.len() > 3 && (known.starts_with(self.name) || known.ends_with(self.name));
        let apart = self.distance(known, (self.length / 3).clamp(1, 4));
        apart.or_else(|| is_part.then(|| known.chars().count() - self.length)).filter(|it| *it > 0)
    }
}

/// How many letters two long names are apart, if what differs is short.
fn apart<T: PartialEq>(a: &[T], b: &[T], limited: &Limited, letter: impl Fn(&T) -> char) -> Option<usize> {
    let (start, end) = in_common(a, b);
    let (a, b) = (a.get(start..a.len() - end)?, b.get(start..b.len() - end)?);
    let is_short = a.len().max(b.len()) <= LONGEST;
    is_short.then(|| osa::distance_with_args(a.iter().map(&letter), b.iter().map(&letter), limited)).flatten()
}

type Limited = osa::Args<usize, rapidfuzz::common::WithScoreCutoff<usize>>;

/// Which letters there are: each one a bit, several of them the same.
fn letters(of: impl Iterator<Item = char>) -> u64 {
    of.fold(0, |all, it| all | 1 << (u32::from(it) % 64))
}

/// How many letters two names have in common where they begin, and behind these where they end.
fn in_common<T: PartialEq>(a: &[T], b: &[T]) -> (usize, usize) {
    let start = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let most = a.len().min(b.len()) - start;
    let end = a.iter().rev().zip(b.iter().rev()).take(most).take_while(|(a, b)| a == b).count();
    (start, end)
}

/// How many names one is compared with letter by letter.
const MOST: usize = 300;

/// Among more names than that none is looked for: where as many are wrong, that would take their number multiplied.
const MANY: usize = 4000;

/// Names to look for another among: none, if they are too many. What is filtered or collected comes behind this, so
/// that it is not done for nothing.
pub fn few<I: ExactSizeIterator>(known: I) -> impl Iterator<Item = I::Item> {
    let most = if known.len() > MANY { 0 } else { MANY };
    known.take(most)
}

/// Those of `known` that somebody who wrote `name` may have meant, nearest first, each with what belongs to it. Of
/// many, only those are looked at that begin and end most like it: a letter that is wrong leaves all others.
pub fn near<'a, T>(name: &str, known: impl IntoIterator<Item = (&'a str, T)>) -> Vec<(&'a str, T)> {
    let alike = |a: &str, b: &str| {
        let (start, end) = in_common(a.as_bytes(), b.as_bytes());
        start + end
    };
    let known = known.into_iter();
    if known.size_hint().0 > MANY {
        return Vec::new();
    }
    let mut all: Vec<(&str, T)> = known.take(MANY + 1).collect();
    if all.len() > MANY {
        return Vec::new();
    }
    if all.len() > MOST {
        let mut ranked: Vec<(usize, &str, T)> = all.into_iter().map(|(it, what)| (alike(name, it), it, what)).collect();
        ranked.select_nth_unstable_by(MOST, |a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(b.1)));
        ranked.truncate(MOST);
        all = ranked.into_iter().map(|(_, it, what)| (it, what)).collect();
    }
    let written = Written::new(name);
    let mut close: Vec<(usize, &str, T)> =
        all.into_iter().filter_map(|(it, what)| Some((written.nearness(it)?, it, what))).collect();
    close.sort_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)));
    close.into_iter().map(|(_, it, what)| (it, what)).collect()
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_told_apart_quickly_is_apart(a in "[abxé]{0,9}", b in "[abxé]{0,9}", limit in 0_usize..5) {
            let whole = Some(strsim::osa_distance(&a, &b)).filter(|it| *it <= limit);
            prop_assert_eq!(super::Written::new(&a).distance(&b, limit), whole);
            // Behind what is too long to be compared, what differs still is.
            let (a, b) = (format!("{}{a}", "é".repeat(80)), format!("{}{b}", "é".repeat(80)));
            prop_assert_eq!(super::Written::new(&a).distance(&b, limit), whole);
        }
    }

    /// However many names there are, one that is a letter off is found.
    #[test]
    fn of_many_names_those_that_are_a_letter_off_are_found() {
        let known: Vec<String> = (0..4_000).map(|it| format!("prod-eu-{it:05}-blue")).collect();
        let known = || known.iter().map(String::as_str);
        for name in ["rpod-eu-01234-blue", "prod-eu-0x234-blue", "prod-eu-01234-blu", "xprod-eu-01234-blue"] {
            assert!(super::nearest(name, known()).contains(&"prod-eu-01234-blue"), "{name}");
        }
        assert!(super::nearest("staging-us-1", known()).is_empty());
        assert!(super::nearest("prod-eu-01234-blu", known().chain(["one more"])).is_empty());
    }
}
