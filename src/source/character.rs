//! Characters that are no text: refused where text enters, so that nothing behind has to
//! think of them.

/// Whether Unicode reserves a code point for a program's own use, never for exchange
/// (Unicode 16, 23.7 "Noncharacters").
#[must_use]
pub const fn is_noncharacter(it: char) -> bool {
    let code = it as u32;
    (code >= 0xfdd0 && code <= 0xfdef) || code & 0xfffe == 0xfffe
}

/// Whether a character changes the direction in which the text around it is shown (Unicode's
/// property `Bidi_Control`): a line with one may read otherwise than it is compiled.
#[must_use]
pub const fn is_bidi_control(it: char) -> bool {
    matches!(it, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The first noncharacter of a text.
#[must_use]
pub fn noncharacter(text: &str) -> Option<char> {
    // Every noncharacter begins with a byte from 0xef on.
    if text.bytes().all(|it| it < 0xef) {
        return None;
    }
    text.chars().find(|it| is_noncharacter(*it))
}

/// A text as it may be shown in a terminal or a log: control characters, and what changes the
/// direction of text, as escapes of the language. Line breaks and tabs stay.
#[must_use]
pub fn shown(text: &str) -> std::borrow::Cow<'_, str> {
    use std::fmt::Write;
    let is_raw = |it: char| {
        (it.is_control() && !matches!(it, '\n' | '\t'))
            || is_bidi_control(it)
            || is_noncharacter(it)
            || it == '\u{feff}'
    };
    let is_crlf = |at: usize| text.get(at..).is_some_and(|it| it.starts_with("\r\n"));
    if !text.char_indices().any(|(at, it)| is_raw(it) && !is_crlf(at)) {
        return text.into();
    }
    let mut out = String::with_capacity(text.len() + 16);
    for (at, it) in text.char_indices() {
        if is_raw(it) && !is_crlf(at) {
            // Writing to a string cannot fail.
            let _ = write!(out, "\\u{{{:x}}}", it as u32);
        } else {
            out.push(it);
        }
    }
    out.into()
}

/// How many bytes of [`shown`] stand for the bytes of a text before `at`.
#[must_use]
pub fn shown_length(text: &str, at: usize) -> usize {
    let Some(before) = text.get(..at) else { return at };
    let length = shown(before).len();
    // A line break that is cut in two is not shown as an escape.
    let is_cut = before.ends_with('\r') && text.get(at..).is_some_and(|it| it.starts_with('\n'));
    if is_cut { length - "\\u{d}".len() + 1 } else { length }
}

#[cfg(test)]
mod tests {
    use super::{is_noncharacter, noncharacter, shown, shown_length};

    #[test]
    fn there_are_66_noncharacters() {
        let all = (0..=0x10_ffff).filter_map(char::from_u32).filter(|it| is_noncharacter(*it)).count();
        // The last two of each of 17 planes, and 32 of the first.
        assert_eq!(all, 34 + 32);
        for it in (0..=0x10_ffff).filter_map(char::from_u32) {
            assert_eq!(noncharacter(&it.to_string()).is_some(), is_noncharacter(it), "{:x}", it as u32);
        }
    }

    #[test]
    fn what_moves_a_terminal_is_shown_as_an_escape() {
        assert_eq!(shown("a\u{1b}[2Jb\r\nc\rd\u{202e}"), "a\\u{1b}[2Jb\r\nc\\u{d}d\\u{202e}");
        for text in ["a\u{1b}[2Jb\r\nc\rd\u{202e}", "é\r\n\u{7}x"] {
            for (at, _) in text.char_indices() {
                let whole = shown(text);
                assert!(whole.is_char_boundary(shown_length(text, at)), "{text:?} {at}");
            }
            assert_eq!(shown_length(text, text.len()), shown(text).len());
        }
        assert!(matches!(shown("plain é\t\n"), std::borrow::Cow::Borrowed(_)));
    }
}
