//! Lines that cannot be parsed, in words: what was found, and what was probably meant.

use std::ops::Range;

use ecow::{EcoString, eco_format};

use super::chunk::{DECLARATIONS, MODIFIERS};
use super::fix::{STATEMENTS, fix, foreign};
use super::grammar::{self, Line};
use super::scan::{Delimiter, Event, Open, Scanner};
use crate::diagnostic::{Diagnostic, Invariant, Place, code};
use crate::source::SourceFile;

/// What holds of each place that is given here.
const IN_TEXT: &str = "a mistake is in its file";

/// A line that cannot be parsed.
struct Stuck<'a> {
    file: SourceFile,
    text: &'a str,
    /// The line, in bytes of the file.
    range: Range<usize>,
    /// How far it can be parsed, in bytes of the file.
    stop: usize,
    /// What could stand there.
    expected: Vec<&'static str>,
    /// The word that it begins with.
    word: &'a str,
    line: Line,
}

impl<'a> Stuck<'a> {
    fn between(&self, range: Range<usize>) -> &'a str {
        self.text.get(range).invariant(IN_TEXT)
    }

    fn slice(&self) -> &'a str {
        self.between(self.range.clone())
    }

    /// What was parsed.
    fn before(&self) -> &'a str {
        self.between(self.range.start..self.stop)
    }

    /// What was not.
    fn rest(&self) -> &'a str {
        self.between(self.stop..self.range.end)
    }

    /// The rest of the text line.
    fn rest_of_line(&self) -> &'a str {
        self.rest().lines().next().unwrap_or_default()
    }

    fn at(&self, range: Range<usize>) -> Place {
        Place::Span { file: self.file, start: range.start, end: range.end }
    }

    fn diagnostic(&self, message: impl Into<EcoString>, range: Range<usize>, label: &str) -> Diagnostic {
        Diagnostic::new(code::UNREADABLE, message, self.at(range), label)
    }

    /// The token at which parsing stops.
    fn token(&self) -> Range<usize> {
        self.stop..(self.stop + token_len(self.rest())).min(self.range.end.max(self.stop))
    }
}

/// Habits that are recognised as such, each with a message of its own: the first one counts.
const RECOGNISED: [fn(&Stuck<'_>) -> Option<Diagnostic>; 17] = [
    conflict,
    quotes,
    open_string,
    mismatched,
    not_a_number,
    colon,
    comparison,
    compared,
    prefixed,
    type_elsewhere,
    alone,
    without_sign,
    missing_comma,
    conditional,
    unknown_declaration,
    unknown_statement,
    closes_nothing,
];

/// Says what is wrong with a line that cannot be parsed.
pub(super) fn unreadable(file: SourceFile, text: &str, range: Range<usize>, line: Line) -> Diagnostic {
    let slice = text.get(range.clone()).invariant(IN_TEXT);
    let (offset, expected) = grammar::expected(slice, line).unwrap_or((0, Vec::new()));
    let word_end = slice.find(|it: char| !(it.is_ascii_alphanumeric() || "-_".contains(it))).unwrap_or(slice.len());
    let stop = range.start + offset.min(slice.len());
    let word = slice.get(..word_end).unwrap_or_default();
    let it = Stuck { file, text, range, stop, expected, word, line };
    RECOGNISED.iter().find_map(|recognise| recognise(&it)).unwrap_or_else(|| unexpected(&it))
}

/// What could stand where something else does.
fn unexpected(it: &Stuck<'_>) -> Diagnostic {
    let token = it.token();
    let found: EcoString = match it.between(token.clone()).trim() {
        "" => "the end of the line".into(),
        found => eco_format!("`{found}`"),
    };
    let wanted = join_or(&it.expected);
    let help = fix(it.slice(), it.stop - it.range.start, it.word, it.line == Line::Top);
    if wanted.is_empty() {
        return it.diagnostic(eco_format!("this cannot be read from {found} on"), token, "not understood").help(help);
    }
    it.diagnostic(eco_format!("expected {wanted}, found {found}"), token, &format!("expected {wanted}")).help(help)
}

/// What Git writes where two branches changed the same lines.
fn conflict(it: &Stuck<'_>) -> Option<Diagnostic> {
    let mark = ["<<<<<<<", "=======", ">>>>>>>", "|||||||"].into_iter().find(|mark| it.slice().starts_with(mark))?;
    let place = it.range.start..it.range.start + mark.len();
    Some(
        it.diagnostic("a merge conflict is not resolved", place, "a mark of Git")
            .help("choose what stays, and remove the marks"),
    )
}

/// Quotation marks of a text processor.
fn quotes(it: &Stuck<'_>) -> Option<Diagnostic> {
    let found = it.rest().chars().next().filter(|it| "“”„‟‘’‚«»".contains(*it))?;
    let is_mark = |it: char| "“”„‟‘’‚«»".contains(it);
    let inner = it.rest_of_line().trim_start_matches(is_mark);
    let inner = inner.find(is_mark).and_then(|end| inner.get(..end));
    let length = inner.map_or(found.len_utf8(), |inner| inner.len() + 2 * found.len_utf8());
    let end = (it.stop + length).min(it.stop + it.rest_of_line().len());
    let it = it.diagnostic("strings are written between `\"`", it.stop..end, "typographic quotation marks");
    Some(match inner {
        Some(inner) => it.help(eco_format!("write `\"{inner}\"`")),
        None => it.help("write `\"` in its place"),
    })
}

fn open_string(it: &Stuck<'_>) -> Option<Diagnostic> {
    let slice = it.slice();
    let quote = open_quote(slice)?;
    let line = slice.get(quote..).and_then(|it| it.lines().next()).map_or(1, str::len);
    let start = it.range.start + quote;
    Some(
        Diagnostic::new(
            code::OPEN_STRING,
            "this string is not closed",
            it.at(start..start + line),
            "the line ends before the string does",
        )
        .help("close it with `\"`, or write `\"\"\"` for text over several lines"),
    )
}

/// `[1, 2)`: a bracket that another kind of bracket closes.
fn mismatched(it: &Stuck<'_>) -> Option<Diagnostic> {
    let is_list = |open: &Open| matches!(open.delimiter, Delimiter::Bracket | Delimiter::Parenthesis);
    let mut scanner = Scanner::new(it.slice());
    for event in scanner.by_ref() {
        if let Event::End { open, at } = event
            && is_list(&open)
            && !it.slice().get(at..)?.starts_with(open.delimiter.closing())
        {
            return Some(closed_by(it, open, it.range.start + at, "instead"));
        }
    }
    // What cannot be parsed ends before the brace of its block.
    let open = scanner.open().iter().rev().copied().find(is_list)?;
    let rest = it.text.get(it.range.end..)?;
    let blanks = rest.len() - rest.trim_start_matches([' ', '\t']).len();
    rest.get(blanks..)?.starts_with('}').then(|| closed_by(it, open, it.range.end + blanks, "before it"))
}

fn closed_by(it: &Stuck<'_>, open: Open, at: usize, place: &str) -> Diagnostic {
    let begins = it.range.start + open.at;
    let (opening, found) = (it.between(begins..begins + 1), it.between(at..at + 1));
    it.diagnostic(eco_format!("`{opening}` is closed by `{found}`"), at..at + 1, "not its partner")
        .label(it.at(begins..begins + 1), "opened here")
        .help(eco_format!("write `{}` {place}", open.delimiter.closing()))
}

/// `10m`, `1.2.3`, `v1.2.3`: what looks like a number, or ends like one, and is a text.
fn not_a_number(it: &Stuck<'_>) -> Option<Diagnostic> {
    let is_word = |it: char| it.is_ascii_alphanumeric() || ".-+_".contains(it);
    let before = it.text.get(..it.stop)?;
    let start = before.rfind(|it| !is_word(it)).map_or(0, |it| it + 1);
    let rest = it.text.get(start..)?;
    let length = rest.find(|it| !is_word(it)).unwrap_or(rest.len());
    let word = rest.get(..length)?.trim_end_matches(['.', '-', '+']);
    let digits = word.strip_prefix('v').unwrap_or(word);
    let is_version = digits.matches('.').count() >= 2;
    let has_letters = word.contains(|it: char| it.is_ascii_alphabetic());
    let is_meant = digits.starts_with(|it: char| it.is_ascii_digit()) && (is_version || has_letters && digits == word);
    if !is_meant || start < it.range.start {
        return None;
    }
    let place = it.at(start..start + word.len());
    let what = if is_version { "a version is a string" } else { "a number with letters" };
    Some(
        Diagnostic::new(code::NUMBER_WITH_UNIT, eco_format!("`{word}` is not a number"), place, what)
            .help(eco_format!("durations, quantities and versions are strings: write `\"{word}\"`")),
    )
}

/// `=` between the two sides of a condition.
fn comparison(it: &Stuck<'_>) -> Option<Diagnostic> {
    let rest = it.rest();
    if !rest.starts_with('=') || rest.starts_with("==") {
        return None;
    }
    let line = it.before().lines().next_back().unwrap_or_default();
    let words = ["when ", "if ", "where "];
    let start = words.iter().filter_map(|word| line.rfind(word).map(|at| at + word.len())).max();
    let start = if it.line == Line::Condition { start.or(Some(0)) } else { start };
    let left = line.get(start?..)?.trim_end_matches('=').trim();
    let right = rest.get(1..)?.lines().next()?;
    let end = ["{", " then ", "=>", "//", " and ", " or "].iter().filter_map(|it| right.find(it)).min();
    let right = right.get(..end.unwrap_or(right.len()))?.trim();
    Some(
        it.diagnostic("a comparison is written `==`", it.stop..it.stop + 1, "`=` sets a value")
            .help(eco_format!("write `{left} == {right}`")),
    )
}

/// `key == value`, where a value is set.
fn compared(it: &Stuck<'_>) -> Option<Diagnostic> {
    let key = it.before().trim_end();
    let is_key = !key.is_empty() && key.chars().all(|it| it.is_ascii_alphanumeric() || "-_.".contains(it));
    if it.line != Line::Member || !is_key || !it.rest().starts_with("==") {
        return None;
    }
    Some(
        it.diagnostic(eco_format!("`==` compares, and does not set `{key}`"), it.stop..it.stop + 2, "a comparison")
            .help(eco_format!("write `{key} = …`")),
    )
}

/// `f"…"`
fn prefixed(it: &Stuck<'_>) -> Option<Diagnostic> {
    let mut before = it.before().chars().rev();
    let letter = before.next().filter(char::is_ascii_alphabetic)?;
    let is_alone = before.next().is_none_or(|it| !(it.is_alphanumeric() || "-_".contains(it)));
    if !is_alone || !it.rest().starts_with('"') {
        return None;
    }
    let place = it.stop - 1..it.stop + 1;
    Some(
        it.diagnostic("strings have no prefix", place, eco_format!("`{letter}` before a string").as_str())
            .help("remove it; a value in a string is `\"\\(cluster.name)\"`, text without escapes is `#\"…\"#`"),
    )
}

/// `list(string)`, `String[]`, `"a" or "b"`: types as other languages write them.
fn type_elsewhere(it: &Stuck<'_>) -> Option<Diagnostic> {
    let line = it.before().lines().next_back().unwrap_or_default();
    let before = line.rsplit(['{', ',']).next().unwrap_or_default();
    let (_, ty) = before.split_once(':')?;
    let (ty, rest) = (ty.trim(), it.rest());
    let is_name = !ty.is_empty() && ty.chars().all(|it| it.is_ascii_alphanumeric());
    let is_of = rest.starts_with(['(', '[', '<']);
    let help = match ty.to_ascii_lowercase().as_str() {
        "list" | "set" | "array" | "seq" if is_name && is_of => "a list is `[Type]`".into(),
        "map" | "dict" | "object" if is_name && is_of => "a map is `{String: Type}`".into(),
        "enum" | "oneof" | "choice" | "literal" if is_name && (is_of || rest.starts_with('{')) => {
            "a choice is written `\"a\" | \"b\"`".into()
        }
        "optional" if is_name && is_of => "what may be absent is `Type?`".into(),
        _ if is_name && rest.starts_with("[]") => eco_format!("a list is `[{ty}]`"),
        _ if rest.starts_with("or ") => "a choice is written with `|`".into(),
        _ => return None,
    };
    let found = it.between(it.token());
    Some(it.diagnostic(eco_format!("a type cannot be read from `{found}` on"), it.token(), "not understood").help(help))
}

/// A name, and nothing else in its line.
fn alone(it: &Stuck<'_>) -> Option<Diagnostic> {
    let name = it.slice().trim();
    let is_name = name.len() == it.word.len() && name.starts_with(|it: char| it.is_ascii_alphabetic());
    if it.line != Line::Member || !is_name || STATEMENTS.contains(&name) || DECLARATIONS.contains(&name) {
        return None;
    }
    let place = it.range.start..it.range.start + name.len();
    Some(
        it.diagnostic(eco_format!("`{name}` has no value"), place, "a name alone")
            .help(eco_format!("write `{name} = …`; in `facts` and `params`, declare it: `{name}: Type`")),
    )
}

/// `replicas 2`
fn without_sign(it: &Stuck<'_>) -> Option<Diagnostic> {
    let (name, line) = (it.word, it.slice().lines().next()?);
    let value = line.get(name.len()..)?.trim();
    let is_value = value.starts_with(|it: char| it.is_ascii_digit() || matches!(it, '"' | '['))
        || ["true", "false", "null"].contains(&value);
    let is_key = name.starts_with(|it: char| it.is_ascii_alphabetic()) && !STATEMENTS.contains(&name);
    if it.line != Line::Member || !is_key || !is_value || DECLARATIONS.contains(&name) || value.contains(['=', '{']) {
        return None;
    }
    let place = it.range.start..it.range.start + name.len();
    Some(
        it.diagnostic(eco_format!("`=` is missing between `{name}` and its value"), place, "a key without `=`")
            .help(eco_format!("write `{name} = {value}`")),
    )
}

/// `values: { … }`, `name: = value`
fn colon(it: &Stuck<'_>) -> Option<Diagnostic> {
    let line = it.slice().lines().next()?;
    let (key, rest) = line.split_once(':')?;
    let is_key = !key.is_empty() && key.chars().all(|it| it.is_ascii_alphanumeric() || "-_.".contains(it));
    let rest = rest.trim();
    if !is_key || it.line != Line::Member || !rest.starts_with(['{', '[', '=']) {
        return None;
    }
    let colon = it.range.start + key.len();
    let found = it.diagnostic(
        eco_format!("`:` declares a type, and does not set `{key}`"),
        colon..colon + 1,
        "not before a value",
    );
    Some(match rest.chars().next() {
        Some('{') => found.help(eco_format!("write `{key} {rest}`")),
        Some('[') => {
            let choice = texts(rest).map(|it| eco_format!("; a choice of these is `{key}: {it}`")).unwrap_or_default();
            found.help(eco_format!("write `{key} = {rest}`{choice}"))
        }
        _ => found.help(eco_format!("write `{key} {rest}`; a type goes before it: `{key}: Type {rest}`")),
    })
}

/// The texts of a list as a choice: `"a" | "b"`.
fn texts(list: &str) -> Option<String> {
    let inner = list.strip_prefix('[')?.strip_suffix(']')?;
    let each: Vec<&str> = inner.split(',').map(str::trim).collect();
    let is_text = |it: &&str| it.len() > 2 && it.starts_with('"') && it.ends_with('"');
    each.iter().all(is_text).then(|| each.join(" | "))
}

/// Two entries or two elements in one line, without a comma.
fn missing_comma(it: &Stuck<'_>) -> Option<Diagnostic> {
    let before = it.before().lines().next_back().unwrap_or_default().trim_end();
    let rest = it.rest_of_line().trim_end();
    let last = before.chars().next_back()?;
    let is_complete = last.is_alphanumeric() || matches!(last, '"' | ']' | '}' | ')' | '_');
    if !is_complete || rest.is_empty() {
        return None;
    }
    let (opened, closed) = (before.matches('[').count(), before.matches(']').count());
    if opened > closed {
        let is_value = rest.starts_with(|it: char| it.is_alphanumeric() || matches!(it, '"' | '[' | '{'));
        let in_list = before
            .rfind('[')
            .and_then(|at| before.get(..at))
            .is_some_and(|it| it.trim_end().ends_with(['=', '(', ',', '[']));
        return (is_value && in_list && !rest.starts_with("if ") && !rest.starts_with("for ")).then(|| {
            it.diagnostic(
                "a comma is missing between two elements of a list",
                it.token(),
                "a comma belongs before this",
            )
            .help(eco_format!("write `, {}`", element(rest)))
        });
    }
    let name_end = rest.find(|it: char| !(it.is_ascii_alphanumeric() || "-_.\"".contains(it)))?;
    let (name, after) = rest.split_at(name_end);
    let after = after.trim_start();
    let is_entry =
        !name.is_empty() && (after.starts_with(['=', '{']) || after.starts_with("+=")) && !after.starts_with("==");
    let has_entry = before.contains('=') || before.ends_with('}');
    if !is_entry
        || !has_entry
        || ["in", "and", "or", "not", "if", "then", "else", "when", "match", "for"].contains(&name)
    {
        return None;
    }
    let sign = if after.starts_with('{') { "{ … }" } else { "= …" };
    Some(
        it.diagnostic(
            "a comma is missing between two entries",
            it.stop..it.stop + name.len(),
            "a comma belongs before this",
        )
        .help(eco_format!("write `, {name} {sign}`, or put it on a line of its own")),
    )
}

/// The element that a text begins with: a string whole.
fn element(rest: &str) -> &str {
    let end = match rest.strip_prefix('"').and_then(|it| it.find('"')) {
        Some(end) => end + 2,
        None => token_len(rest),
    };
    rest.get(..end).unwrap_or(rest)
}

/// `use a, b when condition`
fn conditional(it: &Stuck<'_>) -> Option<Diagnostic> {
    let start = it.text.get(..it.range.start)?.rfind('\n').map_or(0, |it| it + 1);
    let line = it.text.get(start..)?.lines().next()?;
    let when = line.find(" when ")?;
    let statement = line.get(..when)?.rsplit('{').next()?;
    let word = statement.split_whitespace().next().filter(|it| matches!(*it, "use" | "drop"))?;
    let at = start + when + 1;
    let help = eco_format!("write what holds for some clusters in a rule: `rule NAME when condition {{ {word} … }}`");
    Some(it.diagnostic(eco_format!("`{word}` cannot have a condition"), at..at + 4, "no meaning here").help(help))
}

fn unknown_declaration(it: &Stuck<'_>) -> Option<Diagnostic> {
    let word = it.word;
    if it.line != Line::Top || word.is_empty() || DECLARATIONS.contains(&word) || MODIFIERS.contains(&word) {
        return None;
    }
    Some(
        Diagnostic::new(
            code::UNKNOWN_DECLARATION,
            eco_format!("`{word}` is not a declaration"),
            it.at(it.range.start..it.range.start + word.len()),
            "no such declaration",
        )
        .did_you_mean(word, DECLARATIONS)
        .help_if(foreign(word))
        .or_help(|| {
            Some("declarations are `fleet`, `catalogue`, `cluster`, `rule`, `let` and others: see `fleetc explain fleet`".into())
        }),
    )
}

/// A word that is like one that could begin the line: only where a name follows it, as it would follow the keyword.
fn unknown_statement(it: &Stuck<'_>) -> Option<Diagnostic> {
    let (word, line) = (it.word, it.slice());
    let rest = line.get(word.len()..).unwrap_or_default().trim_start_matches([' ', '\t']);
    let name_follows = rest.starts_with(|it: char| it.is_ascii_alphabetic() || it == '"' || it == '*');
    let may_be = name_follows && word.len() >= 3 && !DECLARATIONS.contains(&word) && !STATEMENTS.contains(&word);
    if it.line != Line::Member || !may_be {
        return None;
    }
    let place = it.at(it.range.start..it.range.start + word.len());
    let message = eco_format!("`{word}` is not a statement");
    let found = Diagnostic::new(code::UNKNOWN_DECLARATION, message, place, "not a keyword here")
        .did_you_mean(word, DECLARATIONS.into_iter().chain(STATEMENTS));
    found.suggestion.is_some().then_some(found)
}

fn closes_nothing(it: &Stuck<'_>) -> Option<Diagnostic> {
    let close = it.slice().chars().next().filter(|it| "}])".contains(*it))?;
    let start = it.range.start;
    Some(
        it.diagnostic(eco_format!("this `{close}` closes nothing"), start..start + 1, "nothing is open here")
            .help("remove it"),
    )
}

/// How long the token is that a text begins with, in bytes.
pub(super) fn token_len(rest: &str) -> usize {
    let word = rest.find(|it: char| !(it.is_alphanumeric() || "-_".contains(it))).unwrap_or(rest.len());
    if word > 0 { word } else { rest.chars().next().filter(|it| *it != '\n').map_or(0, char::len_utf8) }
}
/// Offset of a quote that its line does not close.
fn open_quote(slice: &str) -> Option<usize> {
    let line = slice.lines().next()?;
    let mut open = None;
    let mut chars = line.char_indices().peekable();
    while let Some((at, it)) = chars.next() {
        // Text over several lines ends elsewhere.
        if open.is_none() && line.get(at..)?.starts_with("\"\"\"") {
            return None;
        }
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

fn join_or(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [init @ .., last] if words.len() <= 4 => format!("{} or {last}", init.join(", ")),
        _ => String::new(),
    }
}
