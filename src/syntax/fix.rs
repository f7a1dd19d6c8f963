//! What an author may have meant by what cannot be read: habits out of other languages, and the
//! form of what is begun.

use ecow::{EcoString, eco_format};

use super::chunk::DECLARATIONS;
use super::word;

/// Words that head a statement in a block.
pub(super) const STATEMENTS: [&str; 10] =
    ["use", "drop", "attach", "detach", "unset", "final", "optional", "patch", "rings", "moved"];

/// What other languages write, and what this one writes instead.
const HABITS: [(&str, &str); 12] = [
    ("#", "comments begin with `//`"),
    ("/*", "comments begin with `//`, on each of their lines"),
    ("'", "write strings in double quotes"),
    ("`", "write strings in double quotes"),
    ("<<", "write text of several lines between `\"\"\"` and `\"\"\"`"),
    ("&&", "write `and`"),
    ("||", "write `or`"),
    ("!", "write `not`"),
    (";", "entries end with their line, or with a comma"),
    ("?:", "what may be absent has a `?` behind its type: `name: Type?`"),
    ("?", CONDITION),
    ("\u{a0}", "this is a no-break space: write a plain one"),
];

const CONDITION: &str = "a choice is `if condition then value else value`";

/// Words that head a declaration in other languages, and here.
const FOREIGN: [(&str, &str); 16] = [
    ("assert", "check"),
    ("class", "type"),
    ("const", "let"),
    ("def", "fn"),
    ("from", "import"),
    ("func", "fn"),
    ("function", "fn"),
    ("include", "import"),
    ("interface", "type"),
    ("local", "let"),
    ("patch", "override"),
    ("record", "type"),
    ("schema", "type"),
    ("struct", "type"),
    ("val", "let"),
    ("var", "let"),
];

/// What this language writes for a word that heads nothing in it.
pub(super) fn foreign(word: &str) -> Option<EcoString> {
    if word == "enum" {
        return Some("here it is `type`: `type NAME = \"a\" | \"b\"`".into());
    }
    let (_, ours) = FOREIGN.into_iter().find(|(it, _)| *it == word)?;
    Some(eco_format!("here it is `{ours}`: {}", form(ours)?))
}

/// The smallest fix of a line or declaration that cannot be read from `stop` on.
pub(super) fn fix(slice: &str, stop: usize, word: &str, top: bool) -> EcoString {
    let (before, rest) = (slice.get(..stop).unwrap_or_default(), slice.get(stop..).unwrap_or_default());
    let is_map = before.trim_end().ends_with("for") && before.contains('{');
    if let Some(it) = of_statement(word).filter(|_| !top && !is_map).or_else(|| of_expression(before, rest)) {
        return it.into();
    }
    let here = rest.trim_start_matches([' ', '\t']);
    if let Some((_, help)) = HABITS.into_iter().find(|(it, _)| here.starts_with(it)) {
        return help.into();
    }
    let is_begun = top || DECLARATIONS.contains(&word) || STATEMENTS.contains(&word);
    match form(word).filter(|_| is_begun) {
        Some(it) => eco_format!("its form is {it}; see `fleetc explain {word}`"),
        None if top => "compare the line with the reference's page of this declaration".into(),
        None => "an entry is `key = value`, `key { … }` or `key += [ … ]`".into(),
    }
}

/// What a line in a block begins with that cannot begin one.
fn of_statement(word: &str) -> Option<&'static str> {
    Some(match word {
        "if" | "when" => {
            "a condition stands behind an entry, `key = value when condition`, or in the head of a rule: \
             `rule NAME when condition { … }`"
        }
        "for" => {
            "values are repeated in lists and maps, `[for x in list => value]`; clusters come out of an `inventory`"
        }
        _ => return None,
    })
}

/// What is meant inside of an expression or a type.
fn of_expression(before: &str, rest: &str) -> Option<&'static str> {
    if rest.starts_with("?:") && before.contains('=') {
        return Some("what may be absent is replaced by `value ?? other`");
    }
    if rest.starts_with('\\') {
        return Some(
            "escapes are `\\n`, `\\t`, `\\\"`, `\\\\`, `\\u{…}` and `\\(expression)`; write text without escapes in `#\"…\"#`",
        );
    }
    if before.rsplit_once("match ").is_some_and(|(_, it)| it.contains('{') && !it.contains('}')) {
        return Some("a choice among values is `match e { \"a\" => 1, _ => 2 }`");
    }
    let (line, here) = (before.lines().next_back().unwrap_or_default().trim_end(), rest.trim_start());
    let last = line.rsplit(|it: char| !(it.is_alphanumeric() || it == '_')).next().unwrap_or_default();
    let in_for = |open: &str| line.rfind(open).is_some_and(|at| line.get(at..).is_some_and(|it| !it.contains("=>")));
    let ends_in_if = line.rfind("if ").is_some_and(|at| line.get(at..).is_some_and(|it| !it.contains("then")));
    if ["helm", "oci", "git", "bucket"].contains(&last) && here.starts_with('"') && line.contains('=') {
        return Some("a source is declared, and then named: `source charts = helm \"…\"`, `source = charts`");
    }
    if here.starts_with("if ") && line.contains("[for ") && line.contains("=>") {
        return Some("write the condition before the arrow: `[for x in list if condition => value]`");
    }
    if in_for("[for ") || here.starts_with("for ") && line.contains('[') {
        return Some("a list is repeated as `[for x in list => value]`");
    }
    if line.rfind("{for ").is_some() || here.starts_with("for ") && line.contains('{') {
        return Some("a map is repeated as `{for x in list => \"\\(x)\" = value}`");
    }
    if here.starts_with('{') && ends_in_if || here.is_empty() && line.contains(" then ") {
        return Some(CONDITION);
    }
    if here.starts_with('=') && line.ends_with(':') {
        return Some("write `=`; the type goes before it: `name: Type = value`");
    }
    if here.starts_with('"') && line.ends_with("\"\"") {
        return Some("text between `\"\"\"` begins on the next line");
    }
    let is_name = here.starts_with(char::is_alphabetic);
    if is_name && line.ends_with('}') && line.matches('[').count() == line.matches(']').count() {
        return Some("write each entry on its own line, or separate them with commas");
    }
    let is_value = here.starts_with(|it: char| it.is_alphanumeric() || matches!(it, '"' | '[' | '{'));
    let opened = line.matches('[').count() > line.matches(']').count();
    (is_value && opened && !line.ends_with(['[', ',', '='])).then_some("elements are separated by commas")
}

/// The form of what a word heads, as the reference has it.
fn form(name: &str) -> Option<EcoString> {
    let text = word::word(name)?;
    let form = text.strip_prefix('`')?.split('`').next()?;
    Some(eco_format!("`{form}`"))
}
