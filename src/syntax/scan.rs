//! Strings, comments and brackets of a text in one pass, whatever else is in it: for what cannot be parsed yet,
//! because it is not cut into declarations, or half typed.
//!
//! A string that its line does not close ends with the line, and what was left open in it, too.

/// A part of a text that began and has not ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Open {
    /// Where it begins, in bytes.
    pub at: usize,
    pub delimiter: Delimiter,
}

/// What begins at one place of a text and ends at another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delimiter {
    /// `{ … }`
    Brace,
    /// `[ … ]`
    Bracket,
    /// `( … )`
    Parenthesis,
    /// `\( … )` in a string.
    Interpolation,
    /// `"…"`, or `"""…"""`, which may run over several lines.
    Text { lines: bool },
    /// `#"…"#`
    Raw,
    /// `// …`
    Comment,
}

impl Delimiter {
    /// What closes a bracket.
    #[must_use]
    pub const fn closing(self) -> char {
        match self {
            Self::Bracket => ']',
            Self::Parenthesis | Self::Interpolation => ')',
            _ => '}',
        }
    }
}

/// What the scanner came upon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// A part begins.
    Begin(Open),
    /// A part ends; what was left open in it ends with it.
    End { open: Open, at: usize },
    /// A line begins outside of strings, at a byte.
    Line(usize),
    /// `,` outside of strings.
    Comma(usize),
    /// `;` outside of strings.
    Semicolon(usize),
}

/// Reads a text from its beginning.
pub struct Scanner<'a> {
    bytes: &'a [u8],
    at: usize,
    open: Vec<Open>,
}

impl<'a> Scanner<'a> {
    /// At the beginning of a text.
    #[must_use]
    pub const fn new(text: &'a str) -> Self {
        Self { bytes: text.as_bytes(), at: 0, open: Vec::new() }
    }

    /// What is open here, the outermost first.
    #[must_use]
    pub fn open(&self) -> &[Open] {
        &self.open
    }

    /// How far it has read, in bytes.
    #[must_use]
    pub const fn position(&self) -> usize {
        self.at
    }

    fn sees(&self, text: &[u8]) -> bool {
        self.bytes.get(self.at..).is_some_and(|it| it.starts_with(text))
    }

    fn begin(&mut self, delimiter: Delimiter, length: usize) -> Event {
        let open = Open { at: self.at, delimiter };
        self.open.push(open);
        self.at += length;
        Event::Begin(open)
    }

    /// Ends the innermost part, which is `open`.
    fn end(&mut self, open: Open, length: usize) -> Event {
        self.open.pop();
        let at = self.at;
        self.at += length;
        Event::End { open, at }
    }

    /// Ends everything that a string holds which its line does not close.
    fn unwind(&mut self) {
        let is_of_line =
            |it: &Open| matches!(it.delimiter, Delimiter::Text { lines: false } | Delimiter::Interpolation);
        while self.open.pop_if(|it| is_of_line(it)).is_some() {}
    }

    fn in_text(&mut self, open: Open, byte: u8, lines: bool) -> Option<Event> {
        match byte {
            b'\\' if self.sees(b"\\(") => return Some(self.begin(Delimiter::Interpolation, 2)),
            b'\\' if self.sees(b"\\\n") => self.at += 1,
            b'\\' => self.at += 2,
            b'"' if !lines => return Some(self.end(open, 1)),
            b'"' if self.sees(b"\"\"\"") => return Some(self.end(open, 3)),
            b'\n' if !lines => self.unwind(),
            _ => self.at += 1,
        }
        None
    }

    fn in_raw(&mut self, open: Open, byte: u8) -> Option<Event> {
        match byte {
            b'\n' => return Some(self.end(open, 0)),
            b'"' if self.sees(b"\"#") => return Some(self.end(open, 2)),
            _ => self.at += 1,
        }
        None
    }

    fn in_code(&mut self, byte: u8) -> Option<Event> {
        match byte {
            b'/' if self.sees(b"//") => return Some(self.begin(Delimiter::Comment, 2)),
            b'"' if self.sees(b"\"\"\"") => return Some(self.begin(Delimiter::Text { lines: true }, 3)),
            b'"' => return Some(self.begin(Delimiter::Text { lines: false }, 1)),
            b'#' if self.sees(b"#\"") => return Some(self.begin(Delimiter::Raw, 2)),
            b'{' => return Some(self.begin(Delimiter::Brace, 1)),
            b'[' => return Some(self.begin(Delimiter::Bracket, 1)),
            b'(' => return Some(self.begin(Delimiter::Parenthesis, 1)),
            b'}' => {
                // Brackets that were left open inside of braces go with the braces.
                while self
                    .open
                    .pop_if(|it| matches!(it.delimiter, Delimiter::Bracket | Delimiter::Parenthesis))
                    .is_some()
                {}
                if let Some(open) = self.open.last().copied().filter(|it| it.delimiter == Delimiter::Brace) {
                    return Some(self.end(open, 1));
                }
            }
            b']' | b')' => {
                let is_closed = |it: &Open| {
                    matches!(it.delimiter, Delimiter::Bracket | Delimiter::Parenthesis | Delimiter::Interpolation)
                };
                if let Some(open) = self.open.last().copied().filter(is_closed) {
                    return Some(self.end(open, 1));
                }
            }
            b',' => {
                self.at += 1;
                return Some(Event::Comma(self.at - 1));
            }
            b';' => {
                self.at += 1;
                return Some(Event::Semicolon(self.at - 1));
            }
            b'\n' => {
                self.at += 1;
                return Some(Event::Line(self.at));
            }
            _ => {}
        }
        self.at += 1;
        None
    }
}

impl Iterator for Scanner<'_> {
    type Item = Event;

    fn next(&mut self) -> Option<Event> {
        while let Some(&byte) = self.bytes.get(self.at) {
            let event = match self.open.last().copied() {
                Some(open @ Open { delimiter: Delimiter::Text { lines }, .. }) => self.in_text(open, byte, lines),
                Some(open @ Open { delimiter: Delimiter::Raw, .. }) => self.in_raw(open, byte),
                Some(open @ Open { delimiter: Delimiter::Comment, .. }) => {
                    let line = self.bytes.iter().skip(self.at).position(|it| *it == b'\n');
                    self.at += line.unwrap_or(self.bytes.len() - self.at);
                    line.map(|_| self.end(open, 0))
                }
                _ => self.in_code(byte),
            };
            if event.is_some() {
                return event;
            }
        }
        None
    }
}
