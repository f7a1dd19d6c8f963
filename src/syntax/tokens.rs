//! The words of a file, one after the other, each with the part that it has in the grammar:
//! for those who lay text out.

use crate::diagnostic::Invariant;
use std::ops::Range;

use pest::iterators::Pair;

use super::chunk;
use super::grammar::{self, Rule};

/// A word, a sign, a string or a comment.
#[derive(Clone, Copy, Debug)]
pub struct Token<'a> {
    pub text: &'a str,
    /// Where it begins in the file, in bytes.
    pub start: usize,
    pub role: Role,
    /// How many lines end between it and what stands before.
    pub breaks: usize,
    /// Whether a member of a block, or a declaration, begins with it.
    pub starts: bool,
}

/// What a token is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// A name, a keyword, a number, an operator: with a space around it.
    Word,
    /// A string as a whole, whatever stands in it.
    Text,
    /// To the end of its line.
    Comment,
    Open(Group),
    Close(Group),
    /// A comma between members or elements of the group around it.
    Separator,
    /// A comma inside a member: `use a, b`.
    Comma,
    /// `=` and `+=` of an entry in a block, and `=` of a source.
    Equals,
    /// `:` before the type of an entry in a block.
    Colon,
    /// Nothing stands before it: `?`, `:`.
    Suffix,
    /// Nothing stands after it: a sign, `...`.
    Prefix,
    /// Nothing stands around it: `.`, `?.`.
    Tight,
}

/// What stands between two brackets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Members that may each have a line of their own.
    Block,
    /// Elements after which a comma may stand, the last one included: a list.
    List,
    /// The same of arguments and parameters: no space before it.
    Call,
    /// The same of what is imported.
    Import,
    /// `[name = "x"]`, `[0]` behind a name.
    Index,
    /// Braces in a type: `{String: Int}`.
    MapType,
    /// A comprehension, parentheses, brackets in a type.
    Other,
}

/// A declaration with the comments around it, or several.
pub struct Chunk<'a> {
    /// In bytes.
    pub range: Range<usize>,
    /// None where something in it cannot be read.
    pub tokens: Option<Vec<Token<'a>>>,
}

/// Cuts a file into the words of its declarations; together they cover the file.
#[must_use]
pub fn tokens(text: &str) -> Vec<Chunk<'_>> {
    if text.len() > chunk::SIZE_LIMIT {
        return vec![Chunk { range: 0..text.len(), tokens: None }];
    }
    let chunks = chunk::split(text);
    let read = |range: Range<usize>| {
        let is_too_deep = chunks.too_deep.is_some_and(|it| range.contains(&it));
        let slice = text.get(range.clone()).filter(|_| !is_too_deep);
        let pair = slice.and_then(grammar::chunk);
        let tokens = pair.and_then(|pair| {
            let mut reading = Reading { text, base: range.start, is_broken: false, found: Vec::new() };
            reading.pair(pair, false);
            (!reading.is_broken).then_some(reading.found)
        });
        Chunk { range, tokens }
    };
    chunks.ranges.iter().cloned().map(read).collect()
}

struct Reading<'a> {
    /// The whole file.
    text: &'a str,
    /// Where the chunk begins in it.
    base: usize,
    is_broken: bool,
    found: Vec<Token<'a>>,
}

impl<'a> Reading<'a> {
    fn pair(&mut self, pair: Pair<'a, Rule>, mut starts: bool) {
        let rule = pair.as_rule();
        if matches!(rule, Rule::bad | Rule::bad_top | Rule::missing_close) {
            self.is_broken = true;
        }
        let span = pair.as_span();
        let mut children = pair.into_inner().peekable();
        let whole = match rule {
            Rule::EOI => return,
            Rule::comment => Some(Role::Comment),
            Rule::string | Rule::plain_value => Some(Role::Text),
            Rule::close => Some(Role::Close(Group::Block)),
            Rule::neg | Rule::minus => Some(Role::Prefix),
            Rule::question => Some(Role::Suffix),
            // They may have nothing in them.
            Rule::block | Rule::conditions | Rule::record | Rule::list | Rule::call => None,
            _ => children.peek().is_none().then_some(Role::Word),
        };
        if let Some(role) = whole {
            self.push(span.start(), span.as_str(), role, starts);
            return;
        }
        let mut at = span.start();
        for child in children {
            let inner = child.as_span();
            self.between(rule, span.start(), span.as_str(), at..inner.start(), &mut starts);
            at = inner.end();
            let is_comment = child.as_rule() == Rule::comment;
            let is_member = !is_comment && is_member(rule, child.as_rule());
            self.pair(child, is_member || (starts && !is_comment));
            starts &= is_comment;
        }
        self.between(rule, span.start(), span.as_str(), at..span.end(), &mut starts);
    }

    fn between(&mut self, rule: Rule, from: usize, text: &'a str, range: Range<usize>, starts: &mut bool) {
        let slice = text.get(range.start - from..range.end - from).invariant("a gap is a part of its rule");
        self.gap(rule, range.start, slice, starts);
    }

    /// What of a rule is no rule of its own: signs and brackets.
    fn gap(&mut self, rule: Rule, mut at: usize, mut rest: &'a str, starts: &mut bool) {
        loop {
            let trimmed = rest.trim_start();
            at += rest.len() - trimmed.len();
            let Some(first) = trimmed.chars().next() else { return };
            let long = ["...", "?.", "=>", "+="].into_iter().find(|it| trimmed.starts_with(it));
            let (token, after) = trimmed.split_at(long.map_or(first.len_utf8(), str::len));
            self.push(at, token, role(rule, token), *starts);
            *starts = false;
            at += token.len();
            rest = after;
        }
    }

    fn push(&mut self, start: usize, text: &'a str, role: Role, starts: bool) {
        let start = self.base + start;
        let before = self.text.get(..start).unwrap_or_default();
        let space = before.get(before.trim_end().len()..).unwrap_or_default();
        let breaks = space.matches('\n').count();
        self.found.push(Token { text: text.trim_end(), start, role, breaks, starts });
    }
}

/// Whether a rule is a member of what is written line by line.
fn is_member(parent: Rule, child: Rule) -> bool {
    match parent {
        Rule::chunk => child != Rule::EOI,
        Rule::block | Rule::conditions | Rule::record => !matches!(child, Rule::close | Rule::missing_close),
        Rule::match_ => child == Rule::arm,
        _ => false,
    }
}

/// What a sign of a rule is for.
fn role(rule: Rule, text: &str) -> Role {
    let group = match rule {
        Rule::block | Rule::conditions | Rule::record | Rule::match_ => Group::Block,
        Rule::list => Group::List,
        Rule::call | Rule::fn_item => Group::Call,
        Rule::import => Group::Import,
        Rule::selector | Rule::index => Group::Index,
        Rule::map_type => Group::MapType,
        _ => Group::Other,
    };
    match text {
        "{" | "[" | "(" => Role::Open(group),
        "}" | "]" | ")" => Role::Close(group),
        "," if matches!(group, Group::Other | Group::MapType) => Role::Comma,
        "," => Role::Separator,
        "=" if matches!(rule, Rule::assign | Rule::plain_entry | Rule::source) => Role::Equals,
        "+=" => Role::Equals,
        ":" if matches!(rule, Rule::typed | Rule::field) => Role::Colon,
        ":" => Role::Suffix,
        "." | "?." => Role::Tight,
        "..." if rule != Rule::open => Role::Prefix,
        _ => Role::Word,
    }
}
