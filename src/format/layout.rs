//! Which brackets have their insides on lines of their own.

use crate::source::IndexSet;
use crate::syntax::{Group, Role, Token};

/// What stands where, before it is written. Everything that is asked of a token is known
/// beforehand: a file takes as long as it has tokens, however they are nested.
pub(super) struct Layout {
    /// For each token, the one that opens the group around it.
    pub around: Vec<Option<usize>>,
    /// For each opening token, the one that closes it.
    pub close: Vec<usize>,
    /// For each token, the last before it that is no comment.
    pub before: Vec<Option<usize>>,
    /// For each token, the first behind it that is no comment.
    pub behind: Vec<Option<usize>>,
    /// Which opening tokens have their insides on lines of their own.
    is_wide: Vec<bool>,
    /// What has to be wide because it does not fit.
    forced: IndexSet<usize>,
}

/// A group that is not closed yet, and what is known of its inside.
struct Open {
    at: usize,
    group: Group,
    /// Whether something inside stands on several lines.
    has_lines: bool,
    /// Whether it stands on several lines itself, whatever its kind: it has a comment of its own, or
    /// a member that has to end its line.
    is_wide: bool,
    /// Whether a comma could not end its last member: behind `use a`, it would be followed by a
    /// name.
    is_named: bool,
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
        let before = neighbours(tokens.iter().enumerate());
        let mut behind = neighbours(tokens.iter().enumerate().rev());
        behind.reverse();
        let is_wide = vec![false; tokens.len()];
        let mut layout = Self { around, close, before, behind, is_wide, forced: IndexSet::default() };
        layout.decide(tokens);
        layout
    }

    /// Makes one more group wide for each line that does not fit, out of those that it opens; says
    /// whether there was one.
    pub(super) fn widen<'a>(&mut self, tokens: &[Token<'_>], lines: impl Iterator<Item = &'a [usize]>) -> bool {
        let known = self.forced.len();
        for opens in lines {
            if let Some(found) = self.narrow(tokens, opens) {
                self.forced.insert(found);
            }
        }
        let is_wider = self.forced.len() > known;
        if is_wider {
            self.decide(tokens);
        }
        is_wider
    }

    /// Which group of a line is made wide first.
    fn narrow(&self, tokens: &[Token<'_>], opens: &[usize]) -> Option<usize> {
        let group = |it: &usize| match tokens.get(*it).map(|it| it.role) {
            Some(Role::Open(group)) => Some(group),
            _ => None,
        };
        let is_narrow =
            |it: &&usize| !self.is_wide(**it) && self.close.get(**it).is_some_and(|close| *close > **it + 1);
        let mut narrow = opens.iter().filter(is_narrow);
        let is_list = |it: &&usize| matches!(group(it), Some(Group::List | Group::Call | Group::Import));
        let Some(block) = narrow.clone().find(|it| group(it) == Some(Group::Block)) else {
            return narrow.find(is_list).copied();
        };
        // One object in a list is opened with it: `[{`. Several have lines of their own first.
        let around = |it: &usize| self.around.get(*it).copied().flatten();
        let list = around(block).filter(|it| narrow.clone().any(|open| open == it) && is_list(&it));
        let is_shared = list.is_some()
            && narrow.clone().filter(|it| group(it) == Some(Group::Block) && around(it) == list).nth(1).is_some();
        list.filter(|_| is_shared).or(Some(*block))
    }

    pub(super) fn is_wide(&self, open: usize) -> bool {
        self.is_wide.get(open).copied().unwrap_or_default()
    }

    /// Whether an element of the group around it begins with a token.
    pub(super) fn starts_element(&self, tokens: &[Token<'_>], at: usize) -> bool {
        let Some(open) = self.around.get(at).copied().flatten() else { return false };
        self.before.get(at).copied().flatten().is_some_and(|it| {
            let is_separator = tokens.get(it).is_some_and(|it| it.role == Role::Separator);
            it == open || (is_separator && self.around.get(it).copied().flatten() == Some(open))
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
        let mut open: Vec<Open> = Vec::new();
        for (at, token) in tokens.iter().enumerate() {
            if let (Role::Close(_), Some(inner)) = (token.role, open.last()) {
                let is_wide = self.must_be_wide(tokens, inner, at);
                let has_lines = is_wide || inner.has_lines;
                if let Some(it) = self.is_wide.get_mut(inner.at) {
                    *it = is_wide;
                }
                open.pop();
                if let Some(outer) = open.last_mut() {
                    outer.has_lines |= has_lines;
                }
                continue;
            }
            if let Some(inner) = open.last_mut() {
                let is_comment = token.role == Role::Comment;
                inner.is_wide |= is_comment;
                inner.has_lines |=
                    is_comment || (token.role == Role::Text && token.text.contains('\n')) || self.continues(tokens, at);
                if token.starts {
                    inner.is_wide |= inner.is_named;
                    inner.is_named = matches!(token.text, "use" | "drop" | "attach" | "detach")
                        && tokens.get(at + 1).is_some_and(|it| it.role == Role::Word || it.role == Role::Text);
                }
            }
            if let Role::Open(group) = token.role {
                open.push(Open { at, group, has_lines: false, is_wide: false, is_named: false });
            }
        }
    }

    fn must_be_wide(&self, tokens: &[Token<'_>], open: &Open, close: usize) -> bool {
        let first = tokens.get(open.at + 1);
        let is_author = close > open.at + 1 && first.is_some_and(|it| it.breaks > 0);
        is_author || self.forced.contains(&open.at) || open.is_wide || (open.group == Group::Block && open.has_lines)
    }
}

/// For each token, in the order given, the last one before it that is no comment.
fn neighbours<'a>(tokens: impl Iterator<Item = (usize, &'a Token<'a>)>) -> Vec<Option<usize>> {
    let mut last = None;
    let known = tokens.map(|(at, token)| {
        let known = last;
        if token.role != Role::Comment {
            last = Some(at);
        }
        known
    });
    known.collect()
}
