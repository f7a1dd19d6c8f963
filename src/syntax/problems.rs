//! What can be wrong with the text itself.

use std::ops::Range;

use ecow::{EcoString, eco_format};

use super::chunk::{self, DECLARATIONS, MODIFIERS};
use super::fix::{STATEMENTS, fix, foreign};
use super::grammar;
use crate::diagnostic::{Diagnostic, Invariant, Place, code};
use crate::source::{SourceFile, is_bidi_control};

/// What holds of each place that is given here.
const IN_TEXT: &str = "a mistake is in its file";

/// A place that cannot be read, in bytes of its file.
pub(super) enum Problem {
    /// A line at the top level that is no declaration.
    BadTop(Range<usize>),
    /// A line in a block that is no entry.
    BadMember(Range<usize>),
    /// A block that nothing closes; the range is the block's.
    MissingClose(Range<usize>),
    NumberTooLarge(Range<usize>),
    Indentation(Range<usize>),
    NoCharacter(Range<usize>),
    /// A character that may not be in a source, and how many of them the file has.
    Forbidden {
        at: usize,
        found: char,
        count: usize,
    },
    InterpolatedName(Range<usize>),
    DuplicateField(Range<usize>),
    /// A `let` behind other members of its block.
    LateLet(Range<usize>),
    /// `from` behind a declaration that is taken from nothing.
    FromHere(Range<usize>, &'static str),
    TooDeep(usize),
    TooLarge,
}

impl Problem {
    /// The problem in words.
    pub(super) fn diagnostic(self, file: SourceFile, text: &str) -> Diagnostic {
        let at = |range: Range<usize>| Place::Span { file, start: range.start, end: range.end };
        match self {
            Self::BadTop(range) => unreadable(file, text, range, true),
            Self::BadMember(range) => unreadable(file, text, range, false),
            Self::MissingClose(range) => {
                let head = head_of(text, range.start);
                Diagnostic::new(
                    code::MISSING_CLOSE,
                    eco_format!("the block of `{head}` is never closed"),
                    at(range.start..range.start + 1),
                    "this brace has no partner",
                )
                .help("write `}` where the block ends")
            }
            Self::NumberTooLarge(range) => {
                Diagnostic::new(code::NUMBER_TOO_LARGE, "this number does not fit into 64 bits", at(range), "too large")
                    .help("write it as a string, between quotes")
            }
            Self::Indentation(range) => Diagnostic::new(
                code::INDENTATION,
                "a line of this text is indented less than its closing quotes",
                at(range),
                "the indentation of the closing line is removed from every line",
            )
            .help("move the closing `\"\"\"` to the left, onto a line of its own"),
            Self::NoCharacter(range) => Diagnostic::new(
                code::NO_CHARACTER,
                "this escape is not a character",
                at(range),
                "not a character",
            )
            .note(
                "surrogates are halves of characters, and noncharacters (`\\u{fdd0}`, `\\u{ffff}`) are never exchanged",
            )
            .help("write a code point between `\\u{0}` and `\\u{10FFFF}` that Unicode assigns to text"),
            Self::Forbidden { at: start, found, count } => forbidden(at(start..start + found.len_utf8()), found, count),
            Self::InterpolatedName(range) => Diagnostic::new(
                code::INTERPOLATED_NAME,
                "a name must be known without evaluating anything",
                at(range),
                "`\\(…)` is not allowed in a name",
            )
            .help("write the name out"),
            Self::DuplicateField(range) => {
                Diagnostic::new(code::DUPLICATE_FIELD, "this field is declared twice", at(range), "declared again")
                    .help("remove one of the two")
            }
            Self::LateLet(range) => Diagnostic::new(
                code::LATE_LET,
                "a `let` must come first in its block",
                at(range),
                "other entries come before it",
            )
            .help("move it up, behind the opening brace"),
            Self::FromHere(range, word) => Diagnostic::new(
                code::FROM_HERE,
                eco_format!("a `{word}` cannot have `from`"),
                at(range),
                "no meaning here",
            )
            .help("only add-ons, baselines and clusters can be declared `from` others"),
            Self::TooDeep(start) => Diagnostic::new(
                code::TOO_DEEP,
                eco_format!("this is nested more than {} levels deep", chunk::NESTING_LIMIT),
                at(start..start + 1),
                "one level too many",
            )
            .help("give an inner part a name of its own with `let`"),
            Self::TooLarge => Diagnostic::new(
                code::TOO_LARGE,
                eco_format!("this file is larger than {} MiB", chunk::SIZE_LIMIT / 1024 / 1024),
                at(0..0),
                "not read",
            )
            .help("split it: files of a project share one namespace, so declarations may move freely"),
        }
    }
}

fn forbidden(at: Place, found: char, count: usize) -> Diagnostic {
    let code = found as u32;
    let (what, reason) = if is_bidi_control(found) {
        ("changes the direction of text", "a line with it can read otherwise than it is compiled")
    } else {
        ("is a noncharacter", "Unicode reserves it for a program's own use: no file exchanges it")
    };
    let message = eco_format!("U+{code:04X} {what}, and may not be in a source");
    let others = (count > 1).then(|| eco_format!("this file has {} more", count - 1));
    let help = if is_bidi_control(found) {
        eco_format!("remove it; in a string, write the escape `\\u{{{code:x}}}`")
    } else {
        "remove it".into()
    };
    let it = Diagnostic::new(code::FORBIDDEN_CHARACTER, message, at, "this character").note(reason).help(help);
    others.into_iter().fold(it, Diagnostic::note)
}

/// The first words of the line that holds `at`.
fn head_of(text: &str, at: usize) -> EcoString {
    let before = text.get(..at).invariant(IN_TEXT);
    let line = before.get(before.rfind('\n').map_or(0, |it| it + 1)..).unwrap_or_default().trim();
    if line.is_empty() { "{".into() } else { line.into() }
}

fn unreadable(file: SourceFile, text: &str, range: Range<usize>, top: bool) -> Diagnostic {
    let slice = text.get(range.clone()).invariant(IN_TEXT);
    let (offset, expected) = grammar::expected(slice, top).unwrap_or((0, Vec::new()));
    let stop = range.start + offset.min(slice.len());
    let rest = text.get(stop..range.end).invariant(IN_TEXT);
    let found_len = token_len(rest);
    let at = |start: usize, end: usize| Place::Span { file, start, end };
    if let Some(quote) = open_string(slice) {
        let line = slice.get(quote..).and_then(|it| it.lines().next()).map_or(1, str::len);
        return Diagnostic::new(
            code::OPEN_STRING,
            "this string is not closed",
            at(range.start + quote, range.start + quote + line),
            "the line ends before the string does",
        )
        .help("close it with `\"`, or write `\"\"\"` for text over several lines");
    }
    if let Some(unit) = number_with_unit(text, stop) {
        let (start, end) = unit;
        let word = text.get(start..end).unwrap_or_default();
        return Diagnostic::new(
            code::NUMBER_WITH_UNIT,
            eco_format!("`{word}` is not a number"),
            at(start, end),
            "a number with letters",
        )
        .help(eco_format!("durations, quantities and versions are strings: write `\"{word}\"`"));
    }
    let word: String = slice.chars().take_while(|it| it.is_ascii_alphanumeric() || "-_".contains(*it)).collect();
    if top && !word.is_empty() && !DECLARATIONS.contains(&word.as_str()) && !MODIFIERS.contains(&word.as_str()) {
        return Diagnostic::new(
            code::UNKNOWN_DECLARATION,
            eco_format!("`{word}` is not a declaration"),
            at(range.start, range.start + word.len()),
            "no such declaration",
        )
        .did_you_mean(&word, DECLARATIONS)
        .help_if(foreign(&word))
        .or_help(|| {
            Some("declarations are `fleet`, `catalogue`, `cluster`, `rule`, `let` and others: see `fleetc explain fleet`".into())
        });
    }
    if !top && may_be_keyword(slice, &word) {
        let misspelt = Diagnostic::new(
            code::UNKNOWN_DECLARATION,
            eco_format!("`{word}` is not a statement"),
            at(range.start, range.start + word.len()),
            "not a keyword here",
        )
        .did_you_mean(&word, DECLARATIONS.into_iter().chain(STATEMENTS));
        if misspelt.suggestion.is_some() {
            return misspelt;
        }
    }
    let found: EcoString = match rest.get(..found_len).map(str::trim) {
        None | Some("") => "the end of the line".into(),
        Some(it) => eco_format!("`{it}`"),
    };
    let wanted = join_or(&expected);
    let message = if wanted.is_empty() {
        eco_format!("this cannot be read from {found} on")
    } else {
        eco_format!("expected {wanted}, found {found}")
    };
    let label = if wanted.is_empty() { "not understood".into() } else { eco_format!("expected {wanted}") };
    let mut diagnostic =
        Diagnostic::new(code::UNREADABLE, message, at(stop, (stop + found_len).min(range.end.max(stop))), label);
    if let Some(close) = slice.strip_prefix(['}', ']', ')']).map(|_| slice.chars().next().unwrap_or('}')) {
        diagnostic.message = eco_format!("this `{close}` closes nothing");
        diagnostic.primary.text = "no block is open here".into();
        diagnostic = diagnostic.help("remove it");
    } else {
        diagnostic = diagnostic.help(fix(slice, offset.min(slice.len()), &word, top));
    }
    diagnostic
}

/// A word of the language that a line in a block may have been meant to begin with:
/// only where a name follows it, as it would follow the keyword.
fn may_be_keyword(slice: &str, word: &str) -> bool {
    let rest = slice.get(word.len()..).unwrap_or_default().trim_start_matches([' ', '\t']);
    let name_follows = rest.starts_with(|it: char| it.is_ascii_alphabetic() || it == '"' || it == '*');
    name_follows && word.len() >= 3 && !DECLARATIONS.contains(&word) && !STATEMENTS.contains(&word)
}

fn token_len(rest: &str) -> usize {
    let word = rest.find(|it: char| !(it.is_alphanumeric() || "-_".contains(it))).unwrap_or(rest.len());
    if word > 0 { word } else { rest.chars().next().filter(|it| *it != '\n').map_or(0, char::len_utf8) }
}

/// Offset of a quote that its line does not close.
fn open_string(slice: &str) -> Option<usize> {
    let line = slice.lines().next()?;
    let mut open = None;
    let mut chars = line.char_indices().peekable();
    while let Some((at, it)) = chars.next() {
        match it {
            '\\' if open.is_some() => {
                chars.next();
            }
            '"' => open = if open.is_some() { None } else { Some(at) },
            '/' if open.is_none() && line.get(at..)?.starts_with("//") => break,
            _ => {}
        }
    }
    open.filter(|at| line.get(*at..).is_some_and(|it| !it.starts_with("\"\"\"")))
}

/// The word around `at`, where it is a number with letters behind it.
fn number_with_unit(text: &str, at: usize) -> Option<(usize, usize)> {
    let is_word = |it: char| it.is_ascii_alphanumeric() || it == '.' || it == '_';
    let start = text.get(..at)?.rfind(|it| !is_word(it)).map_or(0, |it| it + 1);
    let word: &str = text.get(start..)?;
    let end = start + word.find(|it| !is_word(it)).unwrap_or(word.len());
    let word = text.get(start..end)?;
    (word.starts_with(|it: char| it.is_ascii_digit()) && word.contains(|it: char| it.is_ascii_alphabetic()))
        .then_some((start, end))
}

fn join_or(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [init @ .., last] if words.len() <= 4 => format!("{} or {last}", init.join(", ")),
        _ => String::new(),
    }
}
