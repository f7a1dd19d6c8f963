//! Tokens become lines.

use super::layout::Layout;
use super::line::{BLANK, Column, ColumnKind, INDENT, Line};
use crate::diagnostic::Invariant;
use crate::syntax::{Group, Role, Token};

/// Sets what has several lines apart from what stands before and behind it.
pub(super) fn set_apart(lines: &mut [Line]) {
    let tops: Vec<usize> = (0..lines.len()).filter(|it| lines.get(*it).is_some_and(|it| it.is_top)).collect();
    let mut was_long = false;
    for (nth, top) in tops.iter().enumerate() {
        let end = tops.get(nth + 1).copied().unwrap_or(lines.len());
        // A comment right below it, before a blank line, still belongs to it.
        let own = lines.get(*top..end).invariant("a declaration has its lines");
        let is_code = |it: &&Line| !it.is_comment;
        let is_long = own.iter().filter(is_code).count() > 1;
        let mut lead = *top;
        while lead > 0
            && lines.get(lead).is_some_and(|it| !it.is_after_blank)
            && lines.get(lead - 1).is_some_and(|it| it.is_comment)
        {
            lead -= 1;
        }
        if (is_long || was_long)
            && let Some(line) = lines.get_mut(lead)
        {
            line.is_after_blank = true;
        }
        was_long = is_long;
    }
}

/// The lines as a text.
pub(super) fn text(lines: &[Line], end: &str) -> String {
    let mut out = String::new();
    for (nth, line) in lines.iter().enumerate() {
        if line.is_after_blank && nth > 0 {
            out.push_str(end);
        }
        if !line.text.is_empty() {
            out.extend(std::iter::repeat_n(' ', line.indent));
        }
        out.push_str(&line.text);
        // What a string holds keeps its own ends of lines.
        out.push_str(if line.text.ends_with('\r') { "\n" } else { end });
    }
    out
}

/// Writes tokens.
pub(super) struct Printer<'a> {
    tokens: &'a [Token<'a>],
    layout: &'a Layout,
    lines: Vec<Line>,
    line: Line,
    /// The indent of the line that the current one goes on: behind a string of several lines
    /// that is not its own.
    base: usize,
    /// For each bracket that is open, its token and the indent of its line.
    open: Vec<(usize, usize)>,
}

impl<'a> Printer<'a> {
    pub(super) fn new(tokens: &'a [Token<'a>], layout: &'a Layout) -> Self {
        Self { tokens, layout, lines: Vec::new(), line: Line::default(), base: 0, open: Vec::new() }
    }

    pub(super) fn lines(mut self) -> Vec<Line> {
        for at in 0..self.tokens.len() {
            self.token(at);
        }
        self.end_line();
        self.lines
    }

    fn token(&mut self, at: usize) {
        let token = self.tokens.get(at).copied().invariant("each token is printed once");
        if token.role == Role::Separator {
            return;
        }
        let closed = if matches!(token.role, Role::Close(_)) { self.open.pop() } else { None };
        self.lead(at, token, closed);
        if matches!(token.role, Role::Open(_)) {
            self.open.push((at, self.base));
            self.line.opens.push(at);
        }
        if token.role == Role::Text && token.text.contains('\n') {
            self.text(token.text);
        } else {
            self.mark(at, token);
            self.line.text.push_str(token.text);
            if token.role == Role::Colon {
                self.mark_type(at);
            }
        }
        if self.ends_element(at) {
            self.line.text.push(',');
        }
    }

    /// What stands before a token: a new line, a space, a comma.
    fn lead(&mut self, at: usize, token: Token<'_>, closed: Option<(usize, usize)>) {
        let Some(before) = at.checked_sub(1).and_then(|it| self.tokens.get(it)).copied() else {
            self.line.is_after_blank = token.breaks > 1;
            self.line.is_comment = token.role == Role::Comment;
            self.line.is_top = token.starts;
            return;
        };
        let around = self.open.last().copied();
        let is_wide = around.is_none_or(|(open, _)| self.layout.is_wide(open));
        let inner = around.map_or(0, |(_, indent)| indent + INDENT);
        let starts = token.starts || self.layout.starts_element(self.tokens, at);
        if let Some((open, indent)) = closed {
            if self.layout.is_wide(open) {
                self.new_line(indent);
                return;
            }
        } else if token.role == Role::Comment {
            let is_behind = token.breaks == 0;
            if !is_behind {
                let is_of_member = self.stands_alone(at);
                self.new_line(if is_of_member { inner } else { inner + INDENT });
                self.line.is_comment = true;
                self.line.is_after_blank = token.breaks > 1 && is_of_member && !matches!(before.role, Role::Open(_));
                return;
            }
        } else if starts && is_wide {
            self.new_line(inner);
            self.line.is_top = around.is_none();
            self.line.is_after_blank = token.breaks > 1 && !matches!(before.role, Role::Open(_));
            return;
        } else if before.role == Role::Comment || self.layout.continues(self.tokens, at) {
            self.line.column = None;
            self.new_line(inner + INDENT);
            return;
        } else if starts && self.is_further(at) {
            self.line.text.push_str(", ");
            return;
        }
        if is_spaced(before, token) {
            self.line.text.push(' ');
        }
    }

    /// Whether a comment stands where a member or an element could.
    fn stands_alone(&self, at: usize) -> bool {
        let is_comment = self.tokens.get(at).is_some_and(|it| it.role == Role::Comment);
        let next = if is_comment { self.layout.behind.get(at).copied().flatten() } else { Some(at) };
        let Some((at, token)) = next.and_then(|it| Some((it, self.tokens.get(it)?))) else { return true };
        token.starts
            || matches!(token.role, Role::Close(_) | Role::Separator)
            || self.layout.starts_element(self.tokens, at)
    }

    /// Whether a member or element is not the first of its group.
    fn is_further(&self, at: usize) -> bool {
        let before = self.layout.before.get(at).copied().flatten().and_then(|it| self.tokens.get(it));
        before.is_some_and(|it| !matches!(it.role, Role::Open(_)))
    }

    /// Whether an element ends with a token, in a group that has a line for each.
    fn ends_element(&self, at: usize) -> bool {
        let Some((open, _)) = self.open.last().copied().filter(|(open, _)| *open != at) else { return false };
        let group = self.tokens.get(open).map(|it| it.role);
        let has_commas =
            matches!(group, Some(Role::Open(Group::List | Group::Call | Group::Import))) && self.layout.is_wide(open);
        let is_comment = self.tokens.get(at).is_some_and(|it| it.role == Role::Comment);
        let behind = self.layout.behind.get(at).copied().flatten().and_then(|it| self.tokens.get(it));
        has_commas && !is_comment && behind.is_some_and(|it| matches!(it.role, Role::Separator | Role::Close(_)))
    }

    fn new_line(&mut self, indent: usize) {
        self.end_line();
        self.base = indent;
        self.line.indent = indent;
    }

    fn end_line(&mut self) {
        let mut line = std::mem::take(&mut self.line);
        line.text.truncate(line.text.trim_end_matches(BLANK).len());
        if !line.text.is_empty() {
            self.lines.push(line);
        }
    }

    /// Notes where a line may be pulled apart: at the first `=` of a member that is all of it.
    fn mark(&mut self, at: usize, token: Token<'_>) {
        if token.role != Role::Equals || self.line.column.is_some() || !self.is_in_line(at) {
            return;
        }
        let starts = |back: usize| at.checked_sub(back).and_then(|it| self.tokens.get(it)).filter(|it| it.starts);
        let kind = match (starts(1), starts(2)) {
            (Some(_), _) => ColumnKind::Entry,
            (_, Some(it)) if it.text == "source" => ColumnKind::Source,
            // A path of several names would push all others to the right.
            _ => return,
        };
        self.line.column = Some(Column { at: self.line.text.len(), kind });
    }

    fn mark_type(&mut self, at: usize) {
        if self.line.column.is_none() && self.is_in_line(at) {
            // Behind the space that follows.
            self.line.column = Some(Column { at: self.line.text.len() + 1, kind: ColumnKind::Type });
        }
    }

    /// Whether the member that a token is in stands on one line of its own.
    fn is_in_line(&self, at: usize) -> bool {
        let open = self.open.last().map(|(open, _)| *open);
        let is_member = |it: usize| matches!(self.tokens.get(it).map(|it| it.role), Some(Role::Open(Group::Block)));
        if open.is_some_and(|it| !is_member(it) || !self.layout.is_wide(it)) {
            return false;
        }
        let close = open.and_then(|it| self.layout.close.get(it)).copied();
        let mut rest = (at + 1..self.tokens.len()).take_while(|it| {
            let ends = self.layout.around.get(*it).copied().flatten() == open
                && self.tokens.get(*it).is_some_and(|it| it.starts || matches!(it.role, Role::Separator));
            !ends && close != Some(*it)
        });
        // A comment behind a member, or before the next one, is not of it.
        rest.all(|it| {
            let Some(token) = self.tokens.get(it) else { return true };
            let has_lines = self.layout.is_wide(it)
                || (token.role == Role::Text && token.text.contains('\n'))
                || self.layout.continues(self.tokens, it);
            !has_lines || (token.role == Role::Comment && self.stands_alone(it))
        })
    }

    /// A string of several lines: moved to where its member stands, if that changes nothing of
    /// what it holds.
    fn text(&mut self, text: &str) {
        let mut parts = text.split('\n');
        self.line.text.push_str(parts.next().unwrap_or_default());
        let parts: Vec<&str> = parts.collect();
        let last = parts.last().copied().unwrap_or_default();
        let margin = last.get(..last.len() - last.trim_start_matches([' ', '\t']).len()).unwrap_or_default();
        let is_empty = |it: &str| it.trim_end_matches('\r').is_empty();
        // Another string may stand inside of it, with a margin of its own.
        let can_move = last.trim_start() == "\"\"\""
            && text.matches("\"\"\"").count() == 2
            && parts.iter().all(|it| it.starts_with(margin) || is_empty(it));
        let indent = self.base + INDENT;
        for part in parts {
            let moved = if can_move { part.strip_prefix(margin) } else { None };
            let line = match moved {
                // Space at the end of a line is of the string, too.
                Some(rest) if !is_empty(rest) => format!("{}{rest}", " ".repeat(indent)),
                Some(rest) => rest.to_owned(),
                None => part.to_owned(),
            };
            let ended = std::mem::replace(&mut self.line, Line::raw(&line));
            self.lines.push(ended);
        }
    }
}

/// Whether a space stands between two tokens of a line.
fn is_spaced(before: Token<'_>, token: Token<'_>) -> bool {
    let is_open = |it: Token<'_>, groups: &[Group]| matches!(it.role, Role::Open(group) if groups.contains(&group));
    if token.role == Role::Comment {
        return true;
    }
    match (before.role, token.role) {
        (Role::Prefix | Role::Tight, _) | (_, Role::Suffix | Role::Colon | Role::Tight | Role::Comma) => false,
        (Role::Open(Group::Block), Role::Close(_)) => true,
        (Role::Open(Group::Block | Group::Import), _) | (_, Role::Close(Group::Block | Group::Import)) => true,
        (Role::Open(_), _) => before.text == "{" && !is_open(before, &[Group::MapType]),
        (_, Role::Close(group)) => token.text == "}" && group != Group::MapType,
        (_, Role::Open(Group::Index | Group::Call)) => false,
        _ => true,
    }
}
