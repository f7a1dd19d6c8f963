//! Flux' own `SubstituteVariables`, built by `tests/oracles/build`.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::oracle;

/// Where the program is.
pub(crate) struct Substitute {
    program: PathBuf,
}

impl Substitute {
    /// The program, where it is built.
    pub(crate) fn find(test: &str) -> Option<Self> {
        oracle::find("substitute", test).map(|program| Self { program })
    }

    /// What Flux makes of each object: none where it leaves it alone.
    pub(crate) fn of(
        &self,
        objects: &[Value],
        variables: &BTreeMap<String, String>,
    ) -> Vec<Result<Option<Value>, String>> {
        let mut child = Command::new(&self.program)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut stdin = child.stdin.take().expect("its input");
        let lines: Vec<String> =
            objects.iter().map(|it| json!({ "object": it, "variables": variables }).to_string() + "\n").collect();
        let writer = std::thread::spawn(move || {
            for it in lines {
                stdin.write_all(it.as_bytes()).expect("it reads");
            }
        });
        let answers = BufReader::new(child.stdout.take().expect("its output")).lines();
        let read = |line: String| {
            let it: Value = serde_json::from_str(&line).expect("JSON");
            match it["error"].as_str() {
                Some(error) => Err(error.to_owned()),
                None => Ok(Some(it["object"].clone()).filter(|it| !it.is_null())),
            }
        };
        let found = answers.map(|it| read(it.expect("a line"))).collect();
        writer.join().expect("everything is written");
        child.wait().expect("it ends");
        found
    }
}
