//! An editor of our own: a client of the language server over the wire.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::{Value as Json, json};

/// A client, and the server that it started.
pub(crate) struct Editor {
    child: Child,
    input: Option<ChildStdin>,
    messages: Receiver<Json>,
    next: i64,
    /// What came and was not asked for.
    pub notifications: Vec<Json>,
}

/// How long something may take before it counts as never: not a measurement.
const NEVER: Duration = Duration::from_secs(60);

impl Editor {
    /// Starts a server, with what the client can do.
    pub(crate) fn start(capabilities: &Json) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_fleetc"))
            .arg("lsp")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .expect("fleetc");
        let output = child.stdout.take().expect("a pipe");
        let (send, messages) = channel();
        std::thread::spawn(move || {
            let mut output = BufReader::new(output);
            while let Some(it) = read(&mut output) {
                if send.send(it).is_err() {
                    return;
                }
            }
        });
        let input = child.stdin.take();
        let mut it = Self { child, input, messages, next: 0, notifications: Vec::new() };
        let answer = it.ask("initialize", json!({ "processId": null, "rootUri": null, "capabilities": capabilities }));
        assert!(answer["capabilities"].is_object(), "{answer}");
        it.tell("initialized", json!({}));
        it
    }

    /// Sends bytes as they are.
    pub(crate) fn raw(&mut self, bytes: &[u8]) {
        let input = self.input.as_mut().expect("an open pipe");
        input.write_all(bytes).expect("a server");
        input.flush().expect("a server");
    }

    fn send(&mut self, message: &Json) {
        let text = message.to_string();
        self.raw(format!("Content-Length: {}\r\n\r\n{text}", text.len()).as_bytes());
    }

    pub(crate) fn tell(&mut self, method: &str, params: Json) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    /// Asks, and does not wait; returns the number of the question.
    pub(crate) fn begin(&mut self, method: &str, params: Json) -> i64 {
        self.next += 1;
        let id = self.next;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        id
    }

    /// The whole answer to a question.
    pub(crate) fn end(&mut self, id: i64) -> Json {
        loop {
            let it = self.messages.recv_timeout(NEVER).expect("an answer");
            if it["id"] == id {
                return it;
            }
            self.notifications.push(it);
        }
    }

    pub(crate) fn ask(&mut self, method: &str, params: Json) -> Json {
        let id = self.begin(method, params);
        let it = self.end(id);
        assert!(it["error"].is_null(), "{method}: {it}");
        it["result"].clone()
    }

    pub(crate) fn open(&mut self, path: &Path, text: &str) {
        self.tell(
            "textDocument/didOpen",
            json!({ "textDocument": { "uri": uri(path), "languageId": "fleet", "version": 1, "text": text } }),
        );
    }

    /// The next diagnostics of a file that are so.
    pub(crate) fn diagnostics(&mut self, path: &Path, is_it: impl Fn(&[Json]) -> bool) -> Vec<Json> {
        let wanted = uri(path);
        loop {
            let mut found = None;
            self.notifications.retain(|it| {
                let is_of_file =
                    it["method"] == "textDocument/publishDiagnostics" && it["params"]["uri"] == wanted.as_str();
                if is_of_file {
                    found = it["params"]["diagnostics"].as_array().cloned();
                }
                !is_of_file
            });
            if let Some(it) = found.filter(|it| is_it(it)) {
                return it;
            }
            let it = self.messages.recv_timeout(NEVER).expect("diagnostics");
            self.notifications.push(it);
        }
    }

    /// Leaves as the protocol says; the status of the server.
    pub(crate) fn leave(mut self) -> Option<i32> {
        self.ask("shutdown", Json::Null);
        self.tell("exit", Json::Null);
        self.ended()
    }

    /// The status of a server that ends.
    pub(crate) fn ended(mut self) -> Option<i32> {
        self.child.wait().expect("an end").code()
    }

    /// Is gone without a word.
    pub(crate) fn die(mut self) -> Option<i32> {
        self.input = None;
        self.child.wait().expect("an end").code()
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read(output: &mut impl BufRead) -> Option<Json> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if output.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        if let Some(it) = line.strip_prefix("Content-Length: ") {
            length = it.parse().ok()?;
        }
    }
    let mut text = vec![0; length];
    output.read_exact(&mut text).ok()?;
    serde_json::from_slice(&text).ok()
}

pub(crate) fn uri(path: &Path) -> String {
    format!("file://{}", path.display())
}
