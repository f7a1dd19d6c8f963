//! A line that is half typed, as text.

/// What of a line is code: none in a comment. In a string it is what stands before it; inside
/// of `\(…)`, what stands in there.
pub(super) fn code(line: &str) -> Option<(&str, bool)> {
    let mut open: Vec<usize> = Vec::new();
    let mut inside = None;
    let mut chars = line.char_indices().peekable();
    while let Some((at, it)) = chars.next() {
        match (inside, it) {
            (None, '/') if line.get(at..).is_some_and(|it| it.starts_with("//")) => return None,
            (None, '"') => inside = Some(at),
            (None, ')') if !open.is_empty() => inside = open.pop(),
            (Some(_), '"') => inside = None,
            (Some(from), '\\') => {
                if let Some((_, '(')) = chars.next() {
                    open.push(from);
                    inside = None;
                }
            }
            _ => {}
        }
    }
    match (inside, open.last()) {
        (Some(from), _) => Some((line.get(..from)?, true)),
        (None, Some(from)) => {
            // As if what stands in there was a value of its own.
            let inner = line.get(*from..)?.rsplit("\\(").next()?;
            let start = line.len() - inner.len();
            Some((line.get(start.saturating_sub(1)..)?, false))
        }
        (None, None) => Some((line, false)),
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
    let is_of_chain = |it: char| it.is_alphanumeric() || matches!(it, '_' | '-' | '.' | '?');
    let from = text.rfind(|it: char| !is_of_chain(it)).map_or(0, |it| it + 1);
    Some(text.get(from..)?.split('.').map(|it| it.trim_end_matches('?')).collect())
}
