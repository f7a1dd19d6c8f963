//! What can be wrong with the text itself.

use std::ops::Range;

use ecow::{EcoString, eco_format};

use super::chunk::{self, DECLARATIONS};
use super::fix::STATEMENTS;
use super::grammar::Line;
use super::scan::Delimiter;
use super::unreadable::{token_len, unreadable};
use crate::diagnostic::{Diagnostic, Invariant, Place, code};
use crate::source::{SourceFile, is_bidi_control};

/// What holds of each place that is given here.
const IN_TEXT: &str = "a mistake is in its file";

/// What is written in YAML.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// `values:`, and lines that are indented deeper.
    Mapping,
    /// `args:`, and elements with dashes.
    Sequence,
    /// `config: |`, and lines of text.
    Text,
    /// `- "a"`
    List,
    /// `apiVersion: v1`, outside of any block.
    Document,
}

/// A place that cannot be read, in bytes of its file.
pub(super) enum Problem {
    /// A line at the top level that is no declaration.
    BadTop(Range<usize>),
    /// A line in a block that is no entry.
    BadMember(Range<usize>),
    /// A line in a check that is no condition.
    BadCondition(Range<usize>),
    /// A block that nothing closes, and whose indentation does not show where it ends; the range is the block's.
    MissingClose(Range<usize>),
    /// A bracket that nothing closes, and the line before which it should be.
    Unclosed {
        open: usize,
        delimiter: Delimiter,
        before: usize,
    },
    /// An opening brace on a line of its own, and how many such there are.
    BraceAlone(usize, usize),
    /// A `=` between a declaration and its block.
    BlockSet(usize),
    /// An element of a list on a line of its own, without a comma before it, and how many such there are.
    MissingComma(Range<usize>, usize),
    /// Lines in YAML.
    Yaml {
        range: Range<usize>,
        shape: Shape,
    },
    NumberTooLarge(Range<usize>),
    Indentation(Range<usize>),
    NoCharacter(Range<usize>),
    /// What would be an escape in another string.
    RawEscape(Range<usize>),
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
            Self::BadTop(range) => unreadable(file, text, range, Line::Top),
            Self::BadMember(range) => unreadable(file, text, range, Line::Member),
            Self::BadCondition(range) => unreadable(file, text, range, Line::Condition),
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
            Self::Unclosed { open, delimiter, before } => unclosed(file, text, open, delimiter, before),
            Self::BraceAlone(brace, count) => {
                let head =
                    text.get(..brace).and_then(|it| it.trim_end().lines().next_back()).unwrap_or_default().trim();
                Diagnostic::new(
                    code::UNREADABLE,
                    eco_format!("the `{{` of `{head}` is on another line"),
                    at(brace..brace + 1),
                    "belongs to the line above",
                )
                .help(if count == 1 {
                    eco_format!("write `{head} {{`")
                } else {
                    eco_format!("write `{head} {{`, and each other `{{` at the end of the line above it")
                })
            }
            Self::BlockSet(sign) => {
                let head = text.get(..sign).and_then(|it| it.trim_end().lines().next_back()).unwrap_or_default().trim();
                Diagnostic::new(
                    code::UNREADABLE,
                    eco_format!("`{head}` is a declaration, and has no value"),
                    at(sign..sign + 1),
                    "set like a value",
                )
                .help(eco_format!("write `{head} {{`"))
            }
            Self::MissingComma(range, count) => Diagnostic::new(
                code::UNREADABLE,
                "a comma is missing between two elements of a list",
                at(range),
                "a comma belongs before this",
            )
            .help(if count == 1 {
                "write a comma behind the element on the line above"
            } else {
                "write a comma behind each element"
            }),
            Self::Yaml { range, shape } => yaml(file, text, range, shape),
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
            Self::RawEscape(range) => {
                Diagnostic::new(code::RAW_ESCAPE, "a raw string has no escapes", at(range), "written as it is")
                    .note("in `#\"…\"#`, `\\#(…)` is a value, and everything else is the text itself")
                    .help("write the character itself, or a string in plain quotes: `\"\\n\"`")
            }
            Self::Forbidden { at: start, found, count } => forbidden(at(start..start + found.len_utf8()), found, count),
            Self::InterpolatedName(range) => Diagnostic::new(
                code::INTERPOLATED_NAME,
                "a name must be known without evaluating anything",
                at(range),
                "`\\(…)` is not allowed in a name",
            )
            .help("write the name out; in a definition of a catalogue, items may be named after what is made: `\\(catalogue.name)`"),
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
            .help("only add-ons, catalogues, baselines and clusters can be declared `from` others"),
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

/// Says which bracket is not closed before which line.
fn unclosed(file: SourceFile, text: &str, open: usize, delimiter: Delimiter, before: usize) -> Diagnostic {
    let at = |start: usize, end: usize| Place::Span { file, start, end };
    let head = head_of(text, open);
    let closing = delimiter.closing();
    let rest = text.get(before..).unwrap_or_default();
    let bracket = match delimiter {
        Delimiter::Brace => "brace",
        Delimiter::Bracket => "bracket",
        _ => "parenthesis",
    };
    let label = eco_format!("this {bracket} is not closed");
    if rest.trim().is_empty() {
        return Diagnostic::new(
            code::MISSING_CLOSE,
            eco_format!("`{head}` is not closed before the end of the file"),
            at(open, open + 1),
            label,
        )
        .help(eco_format!("write `{closing}` on the last line"));
    }
    let indent = rest.len() - rest.trim_start().len();
    let line = text.get(..before + indent).map_or(1, |it| it.matches('\n').count() + 1);
    let end = rest.get(indent..).map_or(0, token_len).max(1);
    Diagnostic::new(
        code::MISSING_CLOSE,
        eco_format!("`{head}` is not closed before line {line}"),
        at(open, open + 1),
        label,
    )
    .label(at(before + indent, before + indent + end), "its indentation shows that the block has ended")
    .help(eco_format!("write `{closing}` before line {line}"))
}

/// Says what is written instead of YAML.
fn yaml(file: SourceFile, text: &str, range: Range<usize>, shape: Shape) -> Diagnostic {
    let whole = text.get(range.clone()).unwrap_or_default();
    let first = whole.lines().next().unwrap_or_default().trim_end();
    let place = Place::Span { file, start: range.start, end: range.start + first.len() };
    let rest = first.trim_start_matches("- ");
    let key = rest.split(':').next().unwrap_or_default();
    let is_begun = |it: &str| {
        let word = it.split_whitespace().next().unwrap_or_default();
        DECLARATIONS.contains(&word) || STATEMENTS.contains(&word)
    };
    let (message, help) = match shape {
        Shape::Mapping => (
            eco_format!("`{first}` begins a YAML mapping"),
            eco_format!("write `{key} {{ … }}`, and `key = value` for each entry in it"),
        ),
        Shape::Sequence => (
            eco_format!("`{first}` begins a YAML list"),
            eco_format!("write `{key} = [ … ]`, with commas between the elements"),
        ),
        Shape::Text => (
            eco_format!("`{first}` begins a YAML text"),
            eco_format!("write `{key} = \"\"\"`, the text on lines of its own, and `\"\"\"` behind it"),
        ),
        Shape::List if is_begun(rest) => ("this is a YAML list".into(), eco_format!("write it without `- `: `{rest}`")),
        Shape::List => ("this is a YAML list".into(), "write `[ … ]`, with commas between the elements".into()),
        Shape::Document if whole.trim() == "---" => {
            ("`---` separates YAML documents".into(), "remove it: nothing separates declarations".into())
        }
        Shape::Document => (
            "this is YAML".into(),
            "to apply objects of a YAML file as they are, declare `manifest NAME = yaml(\"FILE\")` in a catalogue"
                .into(),
        ),
    };
    Diagnostic::new(code::YAML_SYNTAX, message, place, "YAML syntax").help(help)
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
    let line = before.get(before.rfind('\n').map_or(0, |it| it + 1)..).unwrap_or_default();
    let line = line.trim().trim_end_matches(['=', '(']).trim_end();
    let line = if line.contains('{') { line.rsplit('{').next().unwrap_or_default().trim() } else { line };
    if line.is_empty() { "{".into() } else { line.into() }
}
