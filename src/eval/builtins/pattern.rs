//! Regular expressions, each compiled once.

use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use ecow::EcoString;
use regex::{Regex, RegexBuilder};

use crate::source::IndexMap;

/// How large a regular expression may become, in bytes: `\\w` is 40 kB, and a line can repeat it a
/// thousand times.
const LARGEST_REGEX: usize = 1 << 20;

/// So many are kept: more than any project has, unless it makes them in a loop.
const MOST_PATTERNS: usize = 1000;

/// A regular expression that was compiled, and steps that it takes to be: what it weighs.
#[derive(Clone)]
pub(in crate::eval) struct Pattern {
    pub regex: Arc<Regex>,
    pub steps: u64,
}

/// Sizes within which an expression is compiled, the smallest first, in bytes: the one that it needs is its
/// weight.
const SIZES: [usize; 4] = [1 << 14, 1 << 16, 1 << 18, LARGEST_REGEX];

/// Bytes of an expression that take as long as a step.
const BYTES_A_STEP: u64 = 32;

/// Steps of an expression that cannot be compiled: it may have been as large as any.
pub(in crate::eval) const REFUSED: u64 = LARGEST_REGEX as u64 / BYTES_A_STEP;

/// Regular expressions that were compiled.
type Patterns = Mutex<IndexMap<EcoString, Pattern>>;

/// The regular expression, compiled once.
pub(in crate::eval) fn regex(pattern: &str) -> Result<Pattern, String> {
    static KNOWN: LazyLock<Patterns> = LazyLock::new(Patterns::default);
    compiled(&KNOWN, pattern, pattern)
}

/// The same, for texts that it describes as a whole.
pub(in crate::eval) fn whole_regex(pattern: &str) -> Result<Pattern, String> {
    static KNOWN: LazyLock<Patterns> = LazyLock::new(Patterns::default);
    compiled(&KNOWN, pattern, &format!("^(?:{pattern})$"))
}

fn compiled(known: &Patterns, pattern: &str, whole: &str) -> Result<Pattern, String> {
    let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(it) = known.get(pattern) {
        return Ok(it.clone());
    }
    let build = |size: usize| RegexBuilder::new(whole).size_limit(size).dfa_size_limit(LARGEST_REGEX).build();
    let mut made = Err(String::new());
    for size in SIZES {
        made = build(size)
            .map(|it| Pattern { regex: Arc::new(it), steps: size as u64 / BYTES_A_STEP })
            .map_err(|it| it.to_string());
        if made.is_ok() {
            break;
        }
    }
    let made = made?;
    if known.len() >= MOST_PATTERNS {
        known.clear();
    }
    known.insert(pattern.into(), made.clone());
    Ok(made)
}
