//! Text for a person's terminal, or for the log of a CI job.

use crate::source::shown;

/// A text as it may be printed: control characters and what changes the direction of text as
/// escapes, and no line that a CI system takes for a command (`::error`, `##[group]`): GitHub
/// looks for these behind blanks, too.
#[must_use]
pub fn human(text: &str) -> String {
    let text = shown(text);
    if !text.contains("::") && !text.contains("##[") {
        return text.into_owned();
    }
    let line = |it: &str| {
        let rest = it.trim_start();
        let indent = it.get(..it.len() - rest.len()).unwrap_or_default();
        match rest.strip_prefix(':').filter(|it| it.starts_with(':')).map(|it| ("\\u{3a}", it)) {
            Some((escape, rest)) => format!("{indent}{escape}{rest}"),
            None => match rest.strip_prefix("##[") {
                Some(rest) => format!("{indent}\\u{{23}}#[{rest}"),
                None => it.to_owned(),
            },
        }
    };
    text.split_inclusive('\n').map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::human;

    #[test]
    fn no_line_is_a_command() {
        assert_eq!(
            human("a\n::error::x\n  ::set-output\n##[group]y\nb::c"),
            "a\n\\u{3a}:error::x\n  \\u{3a}:set-output\n\\u{23}#[group]y\nb::c"
        );
        assert_eq!(human("plain\u{1b}[31m"), "plain\\u{1b}[31m");
    }
}
