//! Which brackets have their insides on lines of their own.

use crate::source::IndexSet;
use crate::syntax::{Group, Role, Token};

/// What stands where, before it is written.
pub(super) struct Layout {
    /// For each token, the one that opens the group around it.
    pub around: Vec<Option<usize>>,
    /// For each opening token, the one that closes it.
    pub close: Vec<usize>,
    /// Which opening tokens have their insides on lines of their own.
    pub is_wide: Vec<bool>,
    /// What has to be wide because it does not fit.
    forced: IndexSet<usize>,
}

impl Layout {
    /// As the author would have it.
    pub(super) fn of(tokens: &[Token<'_>]) -> Self {
        let mut around = Vec::with_capacity(tokens.len());
        let mut close = vec![0; tokens.len()];
        let mut open: Vec<usize> = Vec::new();
        for (at, token) in tokens.iter().enumerate() {
            if let (Role::Close(_), Some(start)) = (token.role, open.last().copied()) {
                open.pop();
                if let Some(it) = close.get_mut(start) {
                    *it = at;
                }
            }
            around.push(open.last().copied());
            if matches!(token.role, Role::Open(_)) {
                open.push(at);
            }
        }
        let mut layout = Self { around, close, is_wide: vec![false; tokens.len()], forced: IndexSet::default() };
        layout.decide(tokens);
        layout
    }

    /// Makes one more group wide, out of those that a line opens; says whether there was one.
    pub(super) fn widen(&mut self, tokens: &[Token<'_>], opens: &[usize]) -> bool {
        let group = |it: &usize| match tokens.get(*it).map(|it| it.role) {
            Some(Role::Open(group)) => Some(group),
            _ => None,
        };
        let is_narrow =
            |it: &&usize| !self.is_wide(**it) && self.close.get(**it).is_some_and(|close| *close > **it + 1);
        let mut narrow = opens.iter().filter(is_narrow);
        let is_list = |it: &&usize| matches!(group(it), Some(Group::List | Group::Call | Group::Import));
        let found = narrow.clone().find(|it| group(it) == Some(Group::Block)).or_else(|| narrow.find(is_list)).copied();
        let Some(found) = found else { return false };
        self.forced.insert(found);
        self.decide(tokens);
        true
    }

    pub(super) fn is_wide(&self, open: usize) -> bool {
        self.is_wide.get(open).copied().unwrap_or_default()
    }

    /// Whether an element of the group around it begins with a token.
    pub(super) fn starts_element(&self, tokens: &[Token<'_>], at: usize) -> bool {
        let Some(open) = self.around.get(at).copied().flatten() else { return false };
        let mut before = (open..at).rev().filter_map(|it| Some((it, tokens.get(it)?)));
        before.find(|(_, it)| it.role != Role::Comment).is_some_and(|(it, token)| {
            it == open || (token.role == Role::Separator && self.around.get(it).copied().flatten() == Some(open))
        })
    }

    /// Whether an author's line break before a token is kept, though nothing begins there.
    pub(super) fn continues(&self, tokens: &[Token<'_>], at: usize) -> bool {
        let Some(token) = tokens.get(at).filter(|it| it.breaks > 0) else { return false };
        let Some(before) = at.checked_sub(1).and_then(|it| tokens.get(it)) else { return false };
        let is_joined = matches!(token.role, Role::Close(_) | Role::Separator | Role::Comma | Role::Suffix)
            || matches!(before.role, Role::Open(_))
            // `= {` begins where its name stands.
            || (before.role == Role::Equals && matches!(token.role, Role::Open(_)));
        !token.starts && !is_joined && !self.starts_element(tokens, at)
    }

    /// Inner brackets first: what has several lines inside of a block makes that wide, too.
    fn decide(&mut self, tokens: &[Token<'_>]) {
        self.is_wide.fill(false);
        for open in (0..tokens.len()).rev() {
            let Some(Role::Open(group)) = tokens.get(open).map(|it| it.role) else { continue };
            let close = self.close.get(open).copied().unwrap_or(open);
            let first = tokens.get(open + 1);
            let is_author = close > open + 1 && first.is_some_and(|it| it.breaks > 0);
            let is_of_it = |at: usize| self.around.get(at).copied().flatten() == Some(open);
            let has_lines = |at: usize| {
                let Some(token) = tokens.get(at) else { return false };
                match token.role {
                    Role::Comment => group == Group::Block || is_of_it(at),
                    _ if group != Group::Block => false,
                    Role::Text if token.text.contains('\n') => true,
                    _ => self.is_wide(at) || self.continues(tokens, at),
                }
            };
            let is_wide = is_author
                || self.forced.contains(&open)
                || (open + 1..close).any(has_lines)
                || self.needs_lines(tokens, open, close);
            if let Some(it) = self.is_wide.get_mut(open) {
                *it = is_wide;
            }
        }
    }

    /// Whether a comma could not end a member: behind `use a`, it would be followed by a name.
    fn needs_lines(&self, tokens: &[Token<'_>], open: usize, close: usize) -> bool {
        let is_of_it = |it: &usize| self.around.get(*it).copied().flatten() == Some(open);
        let starts = |it: &usize| is_of_it(it) && tokens.get(*it).is_some_and(|it| it.starts);
        let mut members = (open + 1..close).filter(starts).peekable();
        while let Some(at) = members.next() {
            let names = tokens.get(at).is_some_and(|it| matches!(it.text, "use" | "drop" | "attach" | "detach"))
                && tokens.get(at + 1).is_some_and(|it| it.role == Role::Word || it.role == Role::Text);
            if names && members.peek().is_some() {
                return true;
            }
        }
        false
    }
}
