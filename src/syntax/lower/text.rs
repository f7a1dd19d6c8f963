//! Strings: escapes, interpolation, the indentation of text over several lines.

use ecow::EcoString;
use pest::iterators::Pair;

use super::super::ast::{Expr, ExprKind};
use super::super::grammar::Rule;
use super::super::problems::Problem;
use super::{Lowering, inner};
use crate::source::is_noncharacter;

enum Piece {
    /// Text as written, its escapes still to be read.
    Text(String),
    /// Text that an escape stands for: never an indentation.
    Escaped(String),
    Expr(Expr),
}

impl Lowering<'_> {
    /// A string: [`ExprKind::Text`], or [`ExprKind::Interpolation`] where it has `\(…)`.
    pub(super) fn string(&mut self, pair: Pair<'_, Rule>) -> Expr {
        let node = self.node(&pair);
        let range = self.range(&pair);
        let Some(form) = inner(pair).next() else { return Expr { node, kind: self.broken(ExprKind::Broken) } };
        let several_lines = form.as_rule() == Rule::text_string;
        let mut pieces: Vec<Piece> = inner(form).map(|it| self.piece(it)).collect();
        if several_lines && !strip_indentation(&mut pieces) {
            self.problems.push(Problem::Indentation(range));
        }
        let mut parts: Vec<Expr> = Vec::new();
        let mut text = String::new();
        for piece in pieces {
            match piece {
                Piece::Text(it) | Piece::Escaped(it) => text.push_str(&it),
                Piece::Expr(it) => {
                    if !text.is_empty() {
                        parts.push(Expr { node, kind: ExprKind::Text(std::mem::take(&mut text).into()) });
                    }
                    parts.push(it);
                }
            }
        }
        if parts.is_empty() {
            return Expr { node, kind: ExprKind::Text(EcoString::from(text)) };
        }
        if !text.is_empty() {
            parts.push(Expr { node, kind: ExprKind::Text(text.into()) });
        }
        Expr { node, kind: ExprKind::Interpolation(parts) }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "the rest is plain text")]
    fn piece(&mut self, pair: Pair<'_, Rule>) -> Piece {
        match pair.as_rule() {
            Rule::interpolation | Rule::raw_interpolation => match inner(pair.clone()).next() {
                Some(it) => Piece::Expr(self.expr(it)),
                None => self.broken(Piece::Text(String::new())),
            },
            Rule::escape => Piece::Escaped(match pair.as_str() {
                "\\n" => "\n".into(),
                "\\t" => "\t".into(),
                "\\r" => "\r".into(),
                "\\\"" => "\"".into(),
                "\\\\" => "\\".into(),
                code => {
                    let hex: String = code.chars().filter(char::is_ascii_hexdigit).collect();
                    let found = u32::from_str_radix(&hex, 16).ok().and_then(char::from_u32);
                    if let Some(it) = found.filter(|it| !is_noncharacter(*it)) {
                        it.to_string()
                    } else {
                        let range = self.range(&pair);
                        self.problems.push(Problem::NoCharacter(range));
                        String::new()
                    }
                }
            }),
            Rule::raw_text => {
                self.raw_escapes(&pair);
                Piece::Text(pair.as_str().into())
            }
            _ => Piece::Text(pair.as_str().replace("\r\n", "\n")),
        }
    }
}

impl Lowering<'_> {
    /// Reports what other languages take for an escape in a raw string.
    fn raw_escapes(&mut self, raw_text: &Pair<'_, Rule>) {
        const BEGINS: &str = "\\#";
        const ESCAPES: [char; 6] = ['n', 't', 'r', '"', '\\', 'u'];
        for (at, _) in raw_text.as_str().match_indices(BEGINS) {
            let behind = raw_text.as_str().get(at + BEGINS.len()..).and_then(|it| it.chars().next());
            if behind.is_some_and(|it| ESCAPES.contains(&it)) {
                let start = self.base + self.repairs.written(raw_text.as_span().start() + at);
                self.problems.push(Problem::RawEscape(start..start + BEGINS.len() + 1));
            }
        }
    }
}

/// Takes the closing line's indentation off every line, and the last newline.
/// False if a line is indented less.
fn strip_indentation(pieces: &mut [Piece]) -> bool {
    let closing = match pieces.last() {
        Some(Piece::Text(it)) => match it.rsplit_once('\n') {
            Some((_, last)) => last.to_owned(),
            None if pieces.len() == 1 => it.clone(),
            None => return false,
        },
        None => return true,
        Some(_) => return false,
    };
    if !closing.chars().all(|it| it == ' ' || it == '\t') {
        return false;
    }
    let mut at_line_start = true;
    let mut ok = true;
    for piece in pieces.iter_mut() {
        match piece {
            Piece::Text(text) => {
                let mut out = String::with_capacity(text.len());
                for (nth, line) in text.split('\n').enumerate() {
                    if nth > 0 {
                        out.push('\n');
                        at_line_start = true;
                    }
                    if at_line_start && !line.is_empty() {
                        if let Some(rest) = line.strip_prefix(closing.as_str()) {
                            out.push_str(rest);
                        } else {
                            ok &= line.trim().is_empty();
                            out.push_str(line.trim_start());
                        }
                        at_line_start = false;
                    } else {
                        out.push_str(line);
                    }
                }
                *text = out;
            }
            Piece::Escaped(_) | Piece::Expr(_) => {
                ok &= !at_line_start || closing.is_empty();
                at_line_start = false;
            }
        }
    }
    if let Some(Piece::Text(last)) = pieces.last_mut() {
        // The newline before the closing quotes is not part of the text.
        let keep = last.strip_suffix('\n').unwrap_or(last).to_owned();
        *last = keep;
    }
    ok
}
