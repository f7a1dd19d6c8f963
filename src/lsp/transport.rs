//! Messages over standard input and output.
//!
//! What is no message is answered with an error, and the next message is looked for: an editor
//! with a bug, or a lone half of a character in a text, ends nothing.

use std::io::{BufRead, Read, Write};
use std::thread::{JoinHandle, spawn};

use crossbeam_channel::{Sender, bounded};
use lsp_server::{Connection, Message};
use serde_json::{Value as Json, json};

/// Longest message, in bytes: several times the largest source, as JSON writes it.
const LONGEST: usize = 128 * 1024 * 1024;

/// Longest line of a header.
const HEADER: u64 = 8 * 1024;

/// Before the length of a message.
const LENGTH: &[u8] = b"Content-Length:";

/// Error codes of JSON-RPC 2.0.
const PARSE_ERROR: i32 = -32700;
const INVALID_REQUEST: i32 = -32600;

/// The threads that read and write.
pub(super) struct Threads {
    writer: JoinHandle<std::io::Result<()>>,
}

impl Threads {
    /// Waits until everything is written.
    pub(super) fn join(self) -> std::io::Result<()> {
        self.writer.join().unwrap_or_else(|it| std::panic::resume_unwind(it))
    }
}

/// The editor at the other end of standard input and output.
pub(super) fn stdio() -> (Connection, Threads) {
    let (sender, outgoing) = bounded::<Message>(0);
    let (incoming, receiver) = bounded::<Message>(0);
    let writer = spawn(move || {
        for it in outgoing {
            it.write(&mut std::io::stdout().lock())?;
        }
        Ok(())
    });
    // It ends with the process, if the editor neither leaves nor closes the pipe.
    spawn(move || read(&mut std::io::stdin().lock(), &incoming, &mut |it| refuse(&it)));
    (Connection { sender, receiver }, Threads { writer })
}

/// What is wrong with a message.
struct Refusal {
    code: i32,
    text: String,
    /// Of the request, if it has one that can be read.
    id: Json,
}

impl Refusal {
    fn new(code: i32, text: impl Into<String>) -> Self {
        Self { code, text: text.into(), id: Json::Null }
    }
}

fn refuse(it: &Refusal) {
    let answer = json!({ "jsonrpc": "2.0", "id": it.id, "error": { "code": it.code, "message": it.text } });
    let text = answer.to_string();
    let mut out = std::io::stdout().lock();
    // Whoever does not listen any more is not told.
    let _ = write!(out, "Content-Length: {}\r\n\r\n{text}", text.len()).and_then(|()| out.flush());
}

fn read(input: &mut dyn BufRead, incoming: &Sender<Message>, refuse: &mut dyn FnMut(Refusal)) {
    let mut is_begun = false;
    loop {
        match message(input, std::mem::take(&mut is_begun)) {
            Ok(None) => return,
            Ok(Some(it)) => {
                let is_exit = matches!(&it, Message::Notification(it) if it.method == "exit");
                if incoming.send(it).is_err() || is_exit {
                    return;
                }
            }
            Err((refusal, is_lost)) => {
                refuse(refusal);
                if is_lost {
                    if !next_header(input) {
                        return;
                    }
                    is_begun = true;
                }
            }
        }
    }
}

/// The next message, none at the end; or why it is none, and whether it is unknown where it ends.
/// With `is_begun`, [`LENGTH`] was read already.
fn message(input: &mut dyn BufRead, is_begun: bool) -> Result<Option<Message>, (Refusal, bool)> {
    let lost = |text: &str| (Refusal::new(INVALID_REQUEST, text), true);
    let mut length: Option<usize> = None;
    let mut lines = 0;
    loop {
        let mut line = if is_begun && lines == 0 { LENGTH.to_vec() } else { Vec::new() };
        let read = Read::take(&mut *input, HEADER).read_until(b'\n', &mut line);
        match read {
            Ok(0) | Err(_) => return Ok(None),
            Ok(_) => {}
        }
        let Ok(line) = String::from_utf8(line) else { return Err(lost("a header is not text")) };
        let Some(line) = line.strip_suffix('\n').map(|it| it.trim_end_matches('\r')) else {
            return Err(lost("a header does not end"));
        };
        if line.is_empty() {
            if lines == 0 {
                continue;
            }
            break;
        }
        lines += 1;
        let Some((name, value)) = line.split_once(':') else { return Err(lost("a header has no colon")) };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().ok();
            if length.is_none_or(|it| it > LONGEST) {
                let text = format!("a message of {} bytes is refused: the most is {LONGEST}", value.trim());
                return Err((Refusal::new(INVALID_REQUEST, text), true));
            }
        }
    }
    let Some(length) = length else { return Err(lost("a message has no Content-Length")) };
    let mut body = Vec::new();
    match Read::take(&mut *input, length as u64).read_to_end(&mut body) {
        Ok(it) if it == length => {}
        _ => return Ok(None),
    }
    let parsed = String::from_utf8(body).map_err(|it| (it.to_string(), String::new()));
    let parsed = parsed.and_then(|text| serde_json::from_str(&text).map_err(|it| (it.to_string(), text)));
    parsed.map(Some).map_err(|(reason, text)| {
        let id = id_of(&text);
        let text = format!("a message is not JSON-RPC: {reason}");
        (Refusal { id, ..Refusal::new(PARSE_ERROR, text) }, false)
    })
}

/// The number of a request whose text has halves of characters, which JSON's readers refuse.
fn id_of(text: &str) -> Json {
    let mut whole = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("\\u") {
        let (before, escape) = rest.split_at(at);
        let is_half = escape.get(2..4).is_some_and(|it| {
            it.starts_with(['d', 'D']) && it.get(1..).is_some_and(|it| "89abcdefABCDEF".contains(it))
        });
        whole.push_str(before);
        whole.push_str(if is_half { "\\ufffd" } else { escape.get(..2).unwrap_or_default() });
        rest = escape.get(if is_half { 6 } else { 2 }..).unwrap_or_default();
    }
    whole.push_str(rest);
    let parsed: Result<Json, _> = serde_json::from_str(&whole);
    parsed.ok().and_then(|mut it| it.get_mut("id").map(Json::take)).unwrap_or_default()
}

/// Passes over what comes until a message begins again, whose first words are then read; false
/// at the end.
fn next_header(input: &mut dyn BufRead) -> bool {
    let mut matched = 0;
    loop {
        let Ok(buffer) = input.fill_buf() else { return false };
        if buffer.is_empty() {
            return false;
        }
        let mut used = 0;
        for byte in buffer {
            used += 1;
            matched = match LENGTH.get(matched) {
                Some(it) if it == byte => matched + 1,
                _ => usize::from(LENGTH.first() == Some(byte)),
            };
            if matched == LENGTH.len() {
                break;
            }
        }
        input.consume(used);
        if matched == LENGTH.len() {
            return true;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use crossbeam_channel::unbounded;
    use lsp_server::Message;

    use super::read;

    /// The methods of the messages, and the codes of the refusals.
    fn heard(bytes: &[u8]) -> (Vec<String>, Vec<i32>) {
        let (send, receive) = unbounded();
        let mut refused = Vec::new();
        read(&mut BufReader::with_capacity(16, bytes), &send, &mut |it| refused.push(it.code));
        drop(send);
        let method = |it: Message| match it {
            Message::Request(it) => it.method,
            Message::Notification(it) => it.method,
            Message::Response(_) => "response".into(),
        };
        (receive.into_iter().map(method).collect(), refused)
    }

    #[test]
    fn what_is_no_message_ends_nothing() {
        let good = "Content-Length: 33\r\n\r\n{\"jsonrpc\":\"2.0\",\"method\":\"good\"}";
        for bad in [
            "nonsense\r\n\r\n",
            "Content-Length: x\r\n\r\n",
            "Content-Length: 99999999999999\r\n\r\n{\"jsonrpc\"",
            "Content-Length: -5\r\n\r\n",
            "Content-Type: x\r\n\r\n",
            "Content-Length: 4\r\n\r\nnull",
            "Content-Length: 3\r\n\r\n{x}",
            "Content-Length: 47\r\n\r\n{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"\\ud800 half\"}",
            "\u{0}\u{1}\u{2}Content-Le\r\n\r\n",
        ] {
            let (methods, refused) = heard(format!("{good}{bad}{good}{good}").as_bytes());
            assert_eq!(methods, ["good", "good", "good"], "{bad:?}");
            assert_eq!(refused.len(), 1, "{bad:?}: {refused:?}");
        }
    }
}
