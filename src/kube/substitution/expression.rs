//! Variables in a text, as Flux' envsubst reads and evaluates them: `${name}`, and what may stand behind the name.
//!
//! Source: `github.com/fluxcd/pkg/envsubst` 1.8 (`parse/parse.go`, `parse/scan.go`, `template.go`), which is no shell:
//! what it cannot read makes the whole object fail. Held against it in `tests/it/flux/substitution.rs`.

use std::iter::Peekable;
use std::str::CharIndices;

use super::operator::{self, Malformed};

/// A part of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// As it is.
    Text(String),
    Variable(Variable),
}

/// `${name}`, `${name:-default}`, `${name/from/to}` …
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Variable {
    /// As it is written, `${` and `}` included.
    pub source: String,
    pub name: String,
    /// `:-`, `/`, `^^` …; empty for a name alone.
    pub operator: String,
    pub arguments: Vec<Piece>,
}

/// What is known of a variable.
pub(super) enum Known {
    Value(String),
    /// It has a value that is not known here.
    Elsewhere,
    /// Nothing defines it.
    Missing,
}

/// Why a text cannot be read or evaluated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// `${…}` that Flux cannot read.
    Malformed,
    /// A variable that nothing defines and that has no default.
    Missing(String),
    /// A part of a character is no text.
    NotText,
}

impl Variable {
    /// Whether it says itself what holds where there is no value.
    pub(super) fn has_default(&self) -> bool {
        matches!(self.operator.as_str(), "=" | ":-" | ":=" | ":?" | ":+")
    }

    /// Itself and those in its arguments.
    pub(super) fn all(&self) -> Vec<&Self> {
        let inner = self.arguments.iter().filter_map(|it| match it {
            Piece::Variable(it) => Some(it.all()),
            Piece::Text(_) => None,
        });
        std::iter::once(self).chain(inner.flatten()).collect()
    }

    /// What replaces it; its source where that is not known.
    fn evaluated(&self, known: &dyn Fn(&str) -> Known) -> Result<String, Failure> {
        let mut arguments = Vec::with_capacity(self.arguments.len());
        let mut is_known = true;
        for it in &self.arguments {
            if let Piece::Variable(inner) = it {
                is_known &= !inner.all().iter().any(|it| matches!(known(&it.name), Known::Elsewhere));
            }
            arguments.push(evaluated(std::slice::from_ref(it), known)?);
        }
        let value = match known(&self.name) {
            Known::Value(it) => it,
            Known::Elsewhere => return Ok(self.source.clone()),
            Known::Missing if self.has_default() => String::new(),
            Known::Missing => return Err(Failure::Missing(self.name.clone())),
        };
        if !is_known {
            return Ok(self.source.clone());
        }
        operator::apply(&self.operator, &value, &arguments).map_err(|_: Malformed| Failure::NotText)
    }
}

/// The text that pieces come to; what is not known stays as it is written.
pub(super) fn evaluated(pieces: &[Piece], known: &dyn Fn(&str) -> Known) -> Result<String, Failure> {
    let mut text = String::new();
    for it in pieces {
        match it {
            Piece::Text(it) => text.push_str(it),
            Piece::Variable(it) => text.push_str(&it.evaluated(known)?),
        }
    }
    Ok(text)
}

/// Reads a text: two `$` are one, `${…}` is a variable, any other `$` is itself.
pub(super) fn pieces(text: &str) -> Result<Vec<Piece>, Failure> {
    let mut found = Vec::new();
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, tail)) = rest.split_once('$') {
        plain.push_str(before);
        if tail.starts_with('{') {
            let from = rest.get(before.len()..).unwrap_or_default();
            let variable = variable(from)?;
            rest = from.get(variable.source.len()..).unwrap_or_default();
            found.push(Piece::Text(std::mem::take(&mut plain)));
            found.push(Piece::Variable(variable));
        } else {
            plain.push('$');
            rest = tail.strip_prefix('$').unwrap_or(tail);
        }
    }
    plain.push_str(rest);
    found.push(Piece::Text(plain));
    Ok(found)
}

/// Reads the variable that a text begins with.
pub(super) fn variable(text: &str) -> Result<Variable, Failure> {
    let mut reader = Reader { text, chars: text.char_indices().peekable() };
    reader.expect('$')?;
    reader.expect('{')?;
    reader.variable(0)
}

struct Reader<'a> {
    text: &'a str,
    chars: Peekable<CharIndices<'a>>,
}

fn is_of_name(it: char) -> bool {
    it.is_alphabetic() || it.is_numeric() || it == '_'
}

impl Reader<'_> {
    fn position(&mut self) -> usize {
        self.chars.peek().map_or(self.text.len(), |it| it.0)
    }

    fn peek(&mut self) -> Option<char> {
        self.chars.peek().map(|it| it.1)
    }

    fn rest(&mut self) -> &str {
        let at = self.position();
        self.text.get(at..).unwrap_or_default()
    }

    fn expect(&mut self, wanted: char) -> Result<(), Failure> {
        self.chars.next_if(|it| it.1 == wanted).map(|_| ()).ok_or(Failure::Malformed)
    }

    /// At most so many characters of some kind; at least one.
    fn some(&mut self, most: usize, is_one: impl Fn(char) -> bool) -> Result<String, Failure> {
        let mut found = String::new();
        for _ in 0..most {
            match self.chars.next_if(|it| is_one(it.1)) {
                Some((_, it)) => found.push(it),
                None => break,
            }
        }
        if found.is_empty() { Err(Failure::Malformed) } else { Ok(found) }
    }

    /// After its `${`, which stands at a byte of the text.
    fn variable(&mut self, start: usize) -> Result<Variable, Failure> {
        let (name, operator, arguments) = if self.peek() == Some('#') {
            self.expect('#')?;
            (self.some(usize::MAX, is_of_name)?, "#".to_owned(), Vec::new())
        } else {
            let name = self.some(usize::MAX, is_of_name)?;
            let (operator, arguments) = self.operation()?;
            (name, operator, arguments)
        };
        self.expect('}')?;
        let end = self.position();
        let source = self.text.get(start..end).unwrap_or_default().to_owned();
        Ok(Variable { source, name, operator, arguments })
    }

    /// What stands behind the name, up to the `}`.
    fn operation(&mut self) -> Result<(String, Vec<Piece>), Failure> {
        let is_closing = |it: char| it == '}';
        match self.peek() {
            Some(':') if self.rest().chars().nth(1).is_some_and(|it| "=-?+".contains(it)) => {
                let operator = self.some(2, |_| true)?;
                Ok((operator, self.all_until_closing()?))
            }
            Some(':') => {
                self.expect(':')?;
                let mut arguments = vec![self.argument(|it| it == ':' || it == '}', false)?];
                if self.peek() == Some(':') {
                    self.some(usize::MAX, |it| it == ':')?;
                    arguments.push(self.argument(is_closing, false)?);
                }
                Ok((":".into(), arguments))
            }
            Some('=') => {
                self.expect('=')?;
                Ok(("=".into(), self.all_until_closing()?))
            }
            Some(',' | '^') => Ok((self.some(2, |it| it == ',' || it == '^')?, Vec::new())),
            Some(it @ ('#' | '%')) => {
                let operator = self.some(2, |other| other == it)?;
                Ok((operator, vec![self.argument(is_closing, false)?]))
            }
            Some('/') => {
                self.expect('/')?;
                let mut operator = "/".to_owned();
                operator.extend(self.chars.next_if(|it| "/#%".contains(it.1)).map(|it| it.1));
                let mut arguments = vec![self.argument(|it| it == '/', true)?];
                self.some(usize::MAX, |it| it == '/')?;
                if self.peek() != Some('}') {
                    arguments.push(self.argument(is_closing, true)?);
                }
                Ok((operator, arguments))
            }
            _ => Ok((String::new(), Vec::new())),
        }
    }

    fn all_until_closing(&mut self) -> Result<Vec<Piece>, Failure> {
        let mut found = Vec::new();
        while self.peek() != Some('}') {
            found.push(self.argument(|it| it == '}', false)?);
        }
        Ok(found)
    }

    /// A variable, or the text before the next one: one of the two, and not nothing. Where escapes count, `$$`, `\/` and
    /// `\\` are their second character.
    fn argument(&mut self, ends: impl Fn(char) -> bool, escapes: bool) -> Result<Piece, Failure> {
        if self.rest().starts_with("${") {
            let start = self.position();
            self.expect('$')?;
            self.expect('{')?;
            return Ok(Piece::Variable(self.variable(start)?));
        }
        let mut found = String::new();
        while let Some(next) = self.peek() {
            let rest = self.rest();
            if rest.starts_with("${") {
                break;
            }
            if escapes && ["$$", "\\/", "\\\\"].iter().any(|it| rest.starts_with(it)) {
                self.chars.next();
                found.extend(self.chars.next().map(|it| it.1));
                continue;
            }
            if ends(next) {
                break;
            }
            found.push(next);
            self.chars.next();
        }
        if found.is_empty() { Err(Failure::Malformed) } else { Ok(Piece::Text(found)) }
    }
}
