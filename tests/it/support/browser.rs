//! A real browser, driven over its own protocol.

use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::{Value as Json, json};
use tungstenite::stream::MaybeTlsStream;
use tungstenite::{Message, WebSocket};

/// Chromium with one page open.
pub(crate) struct Browser {
    process: Child,
    socket: WebSocket<MaybeTlsStream<TcpStream>>,
    session: String,
    next: u64,
    _profile: tempfile::TempDir,
}

impl Browser {
    /// Opens a file; none where there is no Chromium, which is an error in CI.
    pub(crate) fn open(page: &Path) -> Option<Self> {
        let profile = tempfile::tempdir().expect("a directory");
        let spawned = ["chromium", "chromium-browser", "google-chrome"].iter().find_map(|name| {
            Command::new(name)
                .args(["--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0"])
                .args(["--window-size=1280,800", "--disable-extensions", "--no-first-run", "about:blank"])
                .arg(format!("--user-data-dir={}", profile.path().display()))
                .stderr(Stdio::piped())
                .stdout(Stdio::null())
                .spawn()
                .ok()
        });
        let Some(mut process) = spawned else {
            assert!(std::env::var_os("CI").is_none(), "Chromium is not installed");
            eprintln!("Chromium is not installed: the report was not looked at");
            return None;
        };
        let mut said = BufReader::new(process.stderr.take().expect("what it says")).lines().map_while(Result::ok);
        let url = said.find_map(|it| Some(it.strip_prefix("DevTools listening on ")?.to_owned())).expect("its address");
        // It goes on talking.
        std::thread::spawn(move || said.for_each(drop));
        let (socket, _) = tungstenite::connect(url).expect("a connection");
        let mut it = Self { process, socket, session: String::new(), next: 0, _profile: profile };
        let target = it.call("Target.createTarget", json!({ "url": "about:blank" }));
        let attach = json!({ "targetId": target["targetId"], "flatten": true });
        let attached = it.call("Target.attachToTarget", attach);
        it.session.push_str(attached["sessionId"].as_str().expect("a session"));
        it.call("Page.enable", json!({}));
        it.call("Network.enable", json!({}));
        it.call("Page.navigate", json!({ "url": format!("file://{}", page.display()) }));
        it.wait_for("document.readyState === 'complete' && !!document.querySelector('.row, #none')");
        Some(it)
    }

    /// The screen of a phone: so wide and so high, touched.
    pub(crate) fn phone(&mut self, width: u32, height: u32) {
        let screen = json!({ "width": width, "height": height, "deviceScaleFactor": 2, "mobile": true });
        self.call("Emulation.setDeviceMetricsOverride", screen);
        self.call("Emulation.setTouchEmulationEnabled", json!({ "enabled": true }));
    }

    fn call(&mut self, method: &str, params: Json) -> Json {
        self.next += 1;
        let id = self.next;
        let mut message = json!({ "id": id, "method": method, "params": params });
        if !self.session.is_empty() {
            message["sessionId"] = self.session.as_str().into();
        }
        self.socket.send(Message::text(message.to_string())).expect("a browser that listens");
        loop {
            let Message::Text(text) = self.socket.read().expect("an answer") else { continue };
            let answer: Json = serde_json::from_str(&text).expect("JSON");
            // Nothing may come from outside of the page.
            if answer["method"] == "Network.requestWillBeSent" {
                let url = answer["params"]["request"]["url"].as_str().unwrap_or_default();
                assert!(url.starts_with("file:") || url == "about:blank", "the page asks for {url}");
            }
            if answer["id"] == id {
                assert!(answer["error"].is_null(), "{method}: {}", answer["error"]);
                return answer["result"].clone();
            }
        }
    }

    /// What an expression comes to in the page.
    pub(crate) fn eval(&mut self, expression: &str) -> Json {
        let params = json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        let result = self.call("Runtime.evaluate", params);
        assert!(result["exceptionDetails"].is_null(), "{expression}: {}", result["exceptionDetails"]);
        result["result"]["value"].clone()
    }

    /// Waits until an expression is true.
    pub(crate) fn wait_for(&mut self, expression: &str) {
        for _ in 0..400 {
            if self.eval(expression) == true {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(25));
        }
        panic!("`{expression}` never holds");
    }

    /// Presses a key, as a person does.
    pub(crate) fn press(&mut self, key: &str) {
        let text = match key {
            "Enter" => "\r",
            it if it.chars().count() == 1 => it,
            _ => "",
        };
        let code = match key {
            "Enter" => 13,
            "Tab" => 9,
            "Escape" => 27,
            "PageDown" => 34,
            "End" => 35,
            "Home" => 36,
            "ArrowLeft" => 37,
            "ArrowUp" => 38,
            "ArrowRight" => 39,
            "ArrowDown" => 40,
            _ => 0,
        };
        let event = |kind: &str| json!({ "type": kind, "key": key, "text": text, "windowsVirtualKeyCode": code });
        self.call("Input.dispatchKeyEvent", event(if text.is_empty() { "rawKeyDown" } else { "keyDown" }));
        self.call("Input.dispatchKeyEvent", json!({ "type": "keyUp", "key": key, "windowsVirtualKeyCode": code }));
    }

    /// Types a text.
    pub(crate) fn write(&mut self, text: &str) {
        text.chars().for_each(|it| self.press(&it.to_string()));
    }

    /// Clicks in the middle of what a selector finds.
    pub(crate) fn click(&mut self, selector: &str) {
        let place = self.eval(&format!(
            "(() => {{ const it = document.querySelector({}).getBoundingClientRect(); return [it.x + it.width / 2, it.y + it.height / 2]; }})()",
            json!(selector)
        ));
        for kind in ["mousePressed", "mouseReleased"] {
            let params = json!({ "type": kind, "x": place[0], "y": place[1], "button": "left", "clickCount": 1 });
            self.call("Input.dispatchMouseEvent", params);
        }
    }

    /// Puts a picture of the page where `FLEETC_SCREENSHOTS` names a directory.
    pub(crate) fn look(&mut self, name: &str) {
        let Some(dir) = std::env::var_os("FLEETC_SCREENSHOTS") else { return };
        let shot = self.call("Page.captureScreenshot", json!({ "format": "png" }));
        let text = shot["data"].as_str().expect("a picture");
        let path = Path::new(&dir).join(format!("{name}.base64"));
        std::fs::write(path, text).expect("a place for pictures");
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
