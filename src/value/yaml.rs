//! The one YAML writer.
//!
//! Kubernetes reads YAML by the rules of version 1.1, kustomize nearly by those
//! of 1.2, and both must read what was meant. A string is written plain only
//! where no reader takes it for anything else; else as a literal block if it has
//! several lines and needs no escape; else between double quotes. Never folded,
//! never with anchors or tags.

use super::node::{Node, Value, is_written};
use super::path::{Path, Step};
use super::template::{Quotes, Template, TemplatePart};
use crate::diagnostic::{Invariant, bug};

/// How strings are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// As plain as is safe: files are read by people.
    File,
    /// Every string between double quotes: a patch's text is read by other readers than files are.
    Patch,
}

/// A text under construction.
pub struct Writer {
    text: String,
    /// Where in the text a placeholder stands, in order, and for which fact.
    placeholders: Vec<(usize, TemplatePart)>,
    style: Style,
    map: Option<Map>,
}

/// What stands in each line.
#[derive(Debug, Default)]
struct Map {
    /// The way to what is being written.
    path: Vec<Step>,
    lines: Vec<Line>,
    documents: usize,
}

/// What stands in a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Which document of the file, counted from 0.
    pub document: usize,
    /// The value that begins in it or goes on; none in a comment.
    pub path: Option<Path>,
}

impl Writer {
    /// Nothing yet.
    #[must_use]
    pub const fn new(style: Style) -> Self {
        Self { text: String::new(), placeholders: Vec::new(), style, map: None }
    }

    /// Nothing yet; what stands in each line is remembered.
    #[must_use]
    pub fn mapped(style: Style) -> Self {
        Self { map: Some(Map::default()), ..Self::new(style) }
    }

    /// Writes a comment line.
    pub fn comment(&mut self, text: &str) {
        self.outside();
        self.text.push('#');
        if !text.is_empty() {
            self.text.push(' ');
            // A line separator would end the comment for some readers.
            self.text.extend(text.chars().map(|it| if is_graphic(it) { it } else { ' ' }));
        }
        self.text.push('\n');
    }

    /// Begins another document.
    pub fn separator(&mut self) {
        if let Some(map) = &mut self.map {
            map.documents += 1;
        }
        self.outside();
        self.text.push_str("---\n");
    }

    /// Writes text that is YAML already.
    pub fn verbatim(&mut self, text: &str) {
        for line in text.lines() {
            self.outside();
            self.text.push_str(line);
            self.text.push('\n');
        }
    }

    /// Writes a document.
    pub fn document(&mut self, node: &Node) {
        match &node.value {
            Value::Map(map) if map.entries.values().any(|it| is_written(&it.value)) => self.map(map, 0),
            _ => {
                self.line();
                self.scalar_or_empty(node, 0);
            }
        }
    }

    /// The text, which has no placeholders.
    #[must_use]
    pub fn finish(self) -> String {
        if let Some((_, it)) = self.placeholders.first() {
            bug(&format!("a file that is one cluster's has a placeholder for a fact: {it:?}"));
        }
        self.text
    }

    /// The text with its placeholders.
    #[must_use]
    pub fn finish_template(self) -> Template {
        let mut parts = Vec::with_capacity(2 * self.placeholders.len() + 1);
        let mut rest = self.text.as_str();
        let mut from = 0;
        for (at, fact) in self.placeholders {
            let (before, after) = rest.split_at(at - from);
            parts.push(TemplatePart::Text(before.into()));
            parts.push(fact);
            (rest, from) = (after, at);
        }
        parts.push(TemplatePart::Text(rest.into()));
        Template::joined(parts)
    }

    /// The text, and what stands in each of its lines if that was to be remembered.
    #[must_use]
    pub fn finish_mapped(self) -> (String, Vec<Line>) {
        (self.text, self.map.invariant("the writer remembers its lines").lines)
    }

    /// Begins a line of what is being written.
    fn line(&mut self) {
        if let Some(map) = &mut self.map {
            map.lines.push(Line { document: map.documents, path: Some(Path(map.path.clone())) });
        }
    }

    /// Begins a line of nothing that has a value.
    fn outside(&mut self) {
        if let Some(map) = &mut self.map {
            map.lines.push(Line { document: map.documents, path: None });
        }
    }

    fn enter(&mut self, step: impl FnOnce() -> Step) {
        if let Some(map) = &mut self.map {
            map.path.push(step());
        }
    }

    fn leave(&mut self) {
        if let Some(map) = &mut self.map {
            map.path.pop();
        }
    }

    fn indent(&mut self, depth: usize) {
        for _ in 0..depth {
            self.text.push_str("  ");
        }
    }

    fn map(&mut self, map: &super::Map, depth: usize) {
        for (key, inner) in &map.entries {
            if !self.is_shown(&inner.value) {
                continue;
            }
            self.enter(|| Step::Key(key.clone()));
            self.line();
            self.indent(depth);
            self.entry(key, inner, depth);
            self.leave();
        }
    }

    fn is_shown(&self, value: &Value) -> bool {
        if let Value::Template(it) = value {
            unfinished(it);
        }
        // In a patch, what is absent is deleted: it is written as null.
        is_written(value) || (self.style == Style::Patch && *value == Value::Absent)
    }

    /// `key: value`, the key's indentation already written.
    fn entry(&mut self, key: &str, node: &Node, depth: usize) {
        let start = self.text.len();
        self.key(key);
        // A simple key has at most 1024 characters as it is written, escapes included.
        if self.text.len() - start > 1000 {
            let written = self.text.split_off(start);
            self.text.push_str("? ");
            self.text.push_str(&written);
            self.text.push('\n');
            self.line();
            self.indent(depth);
        }
        self.text.push(':');
        match &node.value {
            Value::Map(map) if map.entries.values().any(|it| self.is_shown(&it.value)) => {
                self.text.push('\n');
                self.map(map, depth + 1);
            }
            Value::List(list) if !list.is_empty() => {
                self.text.push('\n');
                self.list(list, depth);
            }
            _ => {
                self.text.push(' ');
                self.scalar_or_empty(node, depth + 1);
            }
        }
    }

    fn key(&mut self, key: &str) {
        if is_plain(key) {
            self.text.push_str(key);
        } else {
            quoted(&mut self.text, key);
        }
    }

    /// Elements stand at the indentation of the key that holds them, as kubectl writes them.
    fn list(&mut self, list: &[Node], depth: usize) {
        for (nth, element) in list.iter().enumerate() {
            self.enter(|| Step::Nth(nth));
            // The line of the first entry of a map says that it is that.
            self.begin(element);
            self.indent(depth);
            self.text.push('-');
            self.element(element, depth);
            self.leave();
        }
    }

    /// Begins the line of an element: if it is a map or a list, that of the first thing in it.
    fn begin(&mut self, node: &Node) {
        if self.map.is_none() {
            return;
        }
        let (mut steps, mut node) = (0, node);
        while let Value::List(list) = &node.value
            && let Some(first) = list.first()
        {
            self.enter(|| Step::Nth(0));
            (steps, node) = (steps + 1, first);
        }
        if let Value::Map(map) = &node.value
            && let Some((key, _)) = map.entries.iter().find(|(_, it)| self.is_shown(&it.value))
        {
            self.enter(|| Step::Key(key.clone()));
            steps += 1;
        }
        self.line();
        for _ in 0..steps {
            self.leave();
        }
    }

    fn element(&mut self, node: &Node, depth: usize) {
        match &node.value {
            Value::Map(map) => {
                let mut first = true;
                for (key, inner) in &map.entries {
                    if !self.is_shown(&inner.value) {
                        continue;
                    }
                    self.enter(|| Step::Key(key.clone()));
                    if first {
                        self.text.push(' ');
                    } else {
                        self.line();
                        self.indent(depth + 1);
                    }
                    first = false;
                    self.entry(key, inner, depth + 1);
                    self.leave();
                }
                if first {
                    self.text.push_str(" {}\n");
                }
            }
            Value::List(list) if !list.is_empty() => {
                for (nth, inner) in list.iter().enumerate() {
                    self.enter(|| Step::Nth(nth));
                    if nth > 0 {
                        self.begin(inner);
                        self.indent(depth + 1);
                    } else {
                        self.text.push(' ');
                    }
                    self.text.push('-');
                    self.element(inner, depth + 1);
                    self.leave();
                }
            }
            _ => {
                self.text.push(' ');
                self.scalar_or_empty(node, depth + 1);
            }
        }
    }

    /// Anything that fits behind a key, and the newline.
    fn scalar_or_empty(&mut self, node: &Node, depth: usize) {
        match &node.value {
            Value::Null | Value::Absent | Value::Unknown | Value::Conflict(_) => self.text.push_str("null"),
            Value::Template(it) => unfinished(it),
            Value::Bool(it) => self.text.push_str(if *it { "true" } else { "false" }),
            Value::Int(it) => self.text.push_str(&it.to_string()),
            Value::Float(it) => self.text.push_str(&float(*it)),
            Value::Map(_) => self.text.push_str("{}"),
            Value::List(_) => self.text.push_str("[]"),
            Value::Text(it) => return self.string(it, depth),
            Value::PerCluster(it) => return self.template(it, depth),
        }
        self.text.push('\n');
    }

    /// A text with placeholders. The facts that are put in have nothing that cannot be read in a file, as every class of
    /// clusters has them: in a block they are written as they are, and between quotes with what has to be escaped.
    fn template(&mut self, template: &Template, depth: usize) {
        let sketch: String = template
            .parts()
            .iter()
            .map(|it| match it {
                TemplatePart::Text(it) => it.as_str(),
                TemplatePart::Fact(_) | TemplatePart::Quoted(..) | TemplatePart::Scalar(_) => "x",
            })
            .collect();
        let is_block = self.style == Style::File && is_block(&sketch);
        if self.style == Style::File && !is_block {
            // Whether it needs quotes depends on the facts.
            self.placeholders.push((self.text.len(), TemplatePart::Scalar(template.parts().into())));
            self.text.push('\n');
            return;
        }
        if is_block {
            self.block_head(&sketch);
            self.line();
            self.indent(depth);
        } else {
            self.text.push('"');
        }
        let last = template.parts().len().saturating_sub(1);
        for (nth, part) in template.parts().iter().enumerate() {
            match part {
                TemplatePart::Fact(_) | TemplatePart::Quoted(..) | TemplatePart::Scalar(_) if is_block => {
                    self.placeholders.push((self.text.len(), part.clone()));
                }
                TemplatePart::Fact(name) => {
                    let quoted = TemplatePart::Quoted(name.clone(), Quotes::Yaml);
                    self.placeholders.push((self.text.len(), quoted));
                }
                TemplatePart::Quoted(..) | TemplatePart::Scalar(_) => bug("a fact is put into quotes once"),
                TemplatePart::Text(text) if is_block => {
                    let body = if nth == last { text.strip_suffix('\n').unwrap_or(text) } else { text };
                    let mut lines = body.split('\n').peekable();
                    self.text.push_str(lines.next().unwrap_or_default());
                    while let Some(line) = lines.next() {
                        self.text.push('\n');
                        self.line();
                        let is_continued = lines.peek().is_none() && nth < last;
                        if !line.is_empty() || is_continued {
                            self.indent(depth);
                        }
                        self.text.push_str(line);
                    }
                }
                TemplatePart::Text(text) => escaped(&mut self.text, text),
            }
        }
        if !is_block {
            self.text.push('"');
        }
        self.text.push('\n');
    }

    fn string(&mut self, text: &str, depth: usize) {
        if self.style == Style::File && is_plain(text) {
            self.text.push_str(text);
        } else if self.style == Style::File && is_block(text) {
            self.block(text, depth);
            return;
        } else {
            quoted(&mut self.text, text);
        }
        self.text.push('\n');
    }

    fn block_head(&mut self, text: &str) {
        let trimmed = text.trim_end_matches('\n');
        let chomping = match text.len() - trimmed.len() {
            0 => "|-",
            1 => "|",
            _ => "|+",
        };
        self.text.push_str(chomping);
        self.text.push('\n');
    }

    fn block(&mut self, text: &str, depth: usize) {
        self.block_head(text);
        let body = text.strip_suffix('\n').unwrap_or(text);
        for line in body.split('\n') {
            self.line();
            if !line.is_empty() {
                self.indent(depth);
                self.text.push_str(line);
            }
            self.text.push('\n');
        }
    }
}

/// Writes a text of one line as it stands in a file: without quotes where no reader takes it for anything else.
pub fn scalar(out: &mut String, text: &str) {
    if is_plain(text) { out.push_str(text) } else { quoted(out, text) }
}

/// A partially evaluated value that reached the writer would be left out, silently.
fn unfinished(it: &Template) -> ! {
    bug(&format!("{} is written before its facts are known", it.show()))
}

/// A float that every reader takes for one.
fn float(it: f64) -> String {
    let text = format!("{it:?}");
    match text.split_once('e') {
        Some((digits, exponent)) => {
            let digits = if digits.contains('.') { digits.to_owned() } else { format!("{digits}.0") };
            let sign = if exponent.starts_with('-') { "" } else { "+" };
            format!("{digits}e{sign}{exponent}")
        }
        None => text,
    }
}

/// Whether all readers take the bare text for that string.
fn is_plain(text: &str) -> bool {
    let mut chars = text.chars();
    let Some(first) = chars.next() else { return false };
    let safe_start =
        first.is_ascii_alphabetic() || matches!(first, '/' | '_') || (first >= '\u{a0}' && is_graphic(first));
    let is_path = text.starts_with("./") || text.starts_with("../") || text == "$patch";
    if !(safe_start || is_path || (first.is_ascii_digit() && is_wordy(text))) {
        return false;
    }
    if text.ends_with([' ', ':']) || text.len() > 900 {
        return false;
    }
    let pairs = text.bytes().zip(text.bytes().skip(1));
    if pairs.into_iter().any(|it| matches!(it, (b':', b' ') | (b' ', b'#'))) || !is_readable(text) {
        return false;
    }
    let words = ["y", "n", "yes", "no", "on", "off", "true", "false", "null", "nil", "nan", "inf", "infinity"];
    text.len() > 8 || !words.iter().any(|it| it.eq_ignore_ascii_case(text))
}

/// Whether every character of a text may be in a file as it is.
#[must_use]
pub fn is_readable(text: &str) -> bool {
    if text.is_ascii() { text.bytes().all(|it| matches!(it, b' '..=b'~')) } else { text.chars().all(is_graphic) }
}

/// A token that begins with a digit and is no number, date or time to any
/// reader: `6.7.1`, `100Mi`, `10.0.0.0/16`.
fn is_wordy(text: &str) -> bool {
    if text.contains([':', '_', '+', ' ', ',']) {
        return false;
    }
    let lower = text.to_ascii_lowercase();
    if lower.starts_with("0x") || lower.starts_with("0b") || lower.starts_with("0o") {
        return false;
    }
    let digits = text.chars().take_while(char::is_ascii_digit).count();
    if digits == 4 && text.get(4..5) == Some("-") {
        return false;
    }
    let has_letter = text.chars().any(|it| it.is_alphabetic() && !matches!(it, 'e' | 'E'));
    has_letter || text.matches('.').count() >= 2 || text.contains('/')
}

/// What may stand in a file as it is: no control characters, nothing invisible,
/// nothing that turns the direction of the text.
fn is_graphic(it: char) -> bool {
    let code = it as u32;
    !(it.is_control()
        || matches!(code, 0xa0 | 0xad | 0x2028 | 0x2029 | 0xfeff | 0xfffe | 0xffff)
        || (0x200b..=0x200f).contains(&code)
        || (0x202a..=0x202e).contains(&code)
        || (0x2060..=0x206f).contains(&code)
        || (0xd800..=0xf8ff).contains(&code)
        || (0xfff0..=0xffff).contains(&code)
        || code >= 0xe0000)
}

/// Whether a text can be a literal block.
fn is_block(text: &str) -> bool {
    text.contains('\n')
        && !text.starts_with([' ', '\t', '\n'])
        && text.split('\n').all(is_readable)
        && text.lines().all(|it| !it.ends_with([' ', '\t']) && !it.starts_with('\t'))
        && !text.trim_end_matches('\n').is_empty()
}

/// A text between double quotes.
pub fn quoted(out: &mut String, text: &str) {
    out.push('"');
    escaped(out, text);
    out.push('"');
}

/// A text as it stands between double quotes.
pub fn escaped(out: &mut String, text: &str) {
    use std::fmt::Write;
    for it in text.chars() {
        match it {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            it if is_graphic(it) => out.push(it),
            it => {
                let code = it as u32;
                // Writing to a String cannot fail.
                let _ = match code {
                    0..=0xff => write!(out, "\\x{code:02x}"),
                    0x100..=0xffff => write!(out, "\\u{code:04x}"),
                    _ => write!(out, "\\U{code:08x}"),
                };
            }
        }
    }
}
