//! What stands before a cursor, as text: a line that is half typed cannot be read otherwise.

/// The text of a declaration as far as it is typed, and what is still open in it.
pub(super) struct Cursor<'a> {
    text: &'a str,
    /// The outermost first.
    open: Vec<Open>,
    /// Where a string began that is not closed.
    quoted: Option<usize>,
    is_comment: bool,
}

/// A bracket that is not closed.
#[derive(Clone, Copy)]
struct Open {
    at: usize,
    bracket: char,
    /// Behind the last comma or line break in it.
    member: usize,
    /// Behind the last line break in it.
    line: usize,
    commas: usize,
}

impl<'a> Cursor<'a> {
    /// Reads from the last line on that begins a declaration.
    pub(super) fn new(before: &'a str) -> Self {
        let begins =
            |at: &usize| before.get(*at..).is_some_and(|it| it.starts_with(|it: char| it.is_ascii_lowercase()));
        let starts = before.rmatch_indices('\n').map(|(at, _)| at + 1).chain([0]);
        let start = starts.into_iter().find(begins).unwrap_or_default();
        Self::read(before.get(start..).unwrap_or_default())
    }

    fn read(text: &'a str) -> Self {
        let top = Open { at: 0, bracket: ' ', member: 0, line: 0, commas: 0 };
        let mut open = vec![top];
        // Where each string began, with as many quotes and hashes as close it.
        let mut quoted: Option<(usize, String)> = None;
        // Strings around an interpolation.
        let mut around: Vec<(usize, (usize, String))> = Vec::new();
        let mut at = 0;
        while let Some(rest) = text.get(at..).filter(|it| !it.is_empty()) {
            let next = rest.chars().next().map_or(1, char::len_utf8);
            if let Some((_, end)) = &quoted {
                let is_raw = end.contains('#');
                if rest.starts_with(end.as_str()) {
                    at += end.len();
                    quoted = None;
                } else if !is_raw && rest.starts_with("\\(") {
                    around.extend(quoted.take().map(|it| (open.len(), it)));
                    open.push(Open { at: at + 1, bracket: '(', member: at + 2, line: at + 2, commas: 0 });
                    at += 2;
                } else if !is_raw && rest.starts_with('\\') {
                    at += 1 + rest.chars().nth(1).map_or(0, char::len_utf8);
                } else {
                    at += next;
                }
                continue;
            }
            if rest.starts_with("//") {
                let Some(end) = rest.find('\n') else { return Self { text, open, quoted: None, is_comment: true } };
                at += end;
                continue;
            }
            let end = ["\"\"\"", "#\"", "\""].into_iter().find(|it| rest.starts_with(it));
            if let Some(it) = end {
                quoted = Some((at, if it == "#\"" { "\"#".into() } else { it.into() }));
                at += it.len();
                continue;
            }
            match rest.chars().next() {
                Some(bracket @ ('{' | '[' | '(')) => {
                    open.push(Open { at, bracket, member: at + 1, line: at + 1, commas: 0 });
                }
                Some('}' | ']' | ')') if open.len() > 1 => {
                    open.pop();
                    if around.last().is_some_and(|(depth, _)| *depth == open.len()) {
                        quoted = around.pop().map(|(_, it)| it);
                    }
                }
                Some(it @ (',' | '\n' | ';')) => {
                    if let Some(last) = open.last_mut() {
                        last.member = at + 1;
                        last.commas += usize::from(it == ',');
                        if it == '\n' {
                            last.line = at + 1;
                        }
                    }
                }
                _ => {}
            }
            at += next;
        }
        Self { text, open, quoted: quoted.map(|(at, _)| at), is_comment: false }
    }

    pub(super) const fn is_comment(&self) -> bool {
        self.is_comment
    }

    /// Whether a string is being written, and no interpolation in it.
    pub(super) const fn is_quoted(&self) -> bool {
        self.quoted.is_some()
    }

    /// Everything up to the word, or the string, that is being written.
    pub(super) fn stem(&self) -> &'a str {
        let end = self.quoted.unwrap_or_else(|| {
            self.text.trim_end_matches(|it: char| it.is_alphanumeric() || matches!(it, '_' | '-')).len()
        });
        self.text.get(..end).unwrap_or_default()
    }

    /// The block around, or the whole text: lists and arguments are part of a member.
    fn block(&self) -> Option<&Open> {
        self.open.iter().rev().find(|it| matches!(it.bracket, '{' | ' ') || self.is_interpolation(it))
    }

    fn is_interpolation(&self, it: &Open) -> bool {
        it.bracket == '(' && it.at > 0 && self.text.get(..it.at).is_some_and(|it| it.ends_with('\\'))
    }

    /// What is written of the member that is being written; of an interpolation, that from its `(` on.
    pub(super) fn member(&self) -> &'a str {
        let Some(block) = self.block() else { return "" };
        let from = if self.is_interpolation(block) { block.at } else { block.member };
        self.stem().get(from..).unwrap_or_default().trim_start()
    }

    /// What is written since the last line break of the block around.
    pub(super) fn line(&self) -> &'a str {
        let from = self.block().map_or(0, |it| it.line);
        self.stem().get(from..).unwrap_or_default().trim_start()
    }

    /// What stands before each block that is open, the innermost first: `override web`, `values`, `match x`.
    pub(super) fn heads(&self) -> impl Iterator<Item = &'a str> {
        self.open.iter().rev().filter(|it| it.bracket == '{').filter_map(|it| {
            let before = self.text.get(..it.at)?;
            let from = before.rfind(['\n', '{', ',', ';']).map_or(0, |it| it + 1);
            Some(before.get(from..)?.trim())
        })
    }

    /// What stands in each bracket that is open, the innermost first.
    pub(super) fn inside(&self) -> impl Iterator<Item = &'a str> {
        self.open.iter().rev().filter(|it| it.bracket != ' ').filter_map(|it| self.text.get(it.at + 1..))
    }

    /// The name of the innermost call, and how many arguments are written.
    pub(super) fn call(&self) -> Option<(&'a str, usize)> {
        let is_call = |it: &&Open| it.bracket == '(';
        let (name, call) = self.open.iter().rev().filter(is_call).find_map(|it| {
            let before = self.text.get(..it.at)?;
            let from = before.trim_end_matches(|it: char| it.is_alphanumeric() || matches!(it, '_' | '-')).len();
            before.get(from..).filter(|it| !it.is_empty()).map(|name| (name, it))
        })?;
        Some((name, call.commas))
    }
}

/// The key and what is written of its value, if a value is being written.
pub(super) fn value_part(member: &str) -> Option<(&str, &str)> {
    let at = member.match_indices('=').map(|(at, _)| at).find(|at| {
        let before = member.get(..*at).unwrap_or_default();
        let after = member.get(at + 1..).unwrap_or_default();
        !before.ends_with(['=', '!', '<', '>']) && !after.starts_with(['=', '>'])
    });
    if let Some(at) = at {
        return Some((member.get(..at)?, member.get(at + 1..)?));
    }
    let when = member.rfind(" when ").map(|at| at + 6).or_else(|| member.starts_with("when ").then_some(5));
    when.and_then(|at| Some(("", member.get(at..)?)))
        // An argument, an operand on a line of its own.
        .or_else(|| member.contains(['(', '[', '+', '*', '?']).then_some(("", member)))
}

/// `cluster.` at the end of a text: its names.
pub(super) fn chain(text: &str) -> Option<Vec<&str>> {
    let text = text.strip_suffix('.')?;
    let text = text.strip_suffix('?').unwrap_or(text);
    path(text)
}

/// `cluster.zones` at the end of a text: its names.
pub(super) fn path(text: &str) -> Option<Vec<&str>> {
    let is_of_chain = |it: char| it.is_alphanumeric() || matches!(it, '_' | '-' | '.' | '?');
    let from = text.rfind(|it: char| !is_of_chain(it)).map_or(0, |it| it + 1);
    let names: Vec<&str> = text.get(from..)?.split('.').map(|it| it.trim_end_matches('?')).collect();
    names.iter().all(|it| !it.is_empty()).then_some(names)
}

/// What the value at the end of a text is held against: `cluster.zones` of `cluster.zones == `.
pub(super) fn compared(text: &str) -> Option<Vec<&str>> {
    let text = text.trim_end();
    let text = ["==", "!="].iter().find_map(|it| text.strip_suffix(it))?;
    path(text.trim_end())
}
