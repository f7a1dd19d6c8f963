//! Flux' own `SubstituteVariables`, built by `tests/oracles/build`.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value, json};

/// Where the program is.
pub(crate) struct Substitute {
    program: PathBuf,
}

impl Substitute {
    /// The program; without it the test says that it did not run, and with `CI=true` that is a failure.
    pub(crate) fn find(test: &str) -> Option<Self> {
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/oracles/substitute");
        if program.is_file() {
            return Some(Self { program });
        }
        assert!(std::env::var("CI").as_deref() != Ok("true"), "{test} needs what tests/oracles/build makes");
        eprintln!("{test} did not run: tests/oracles/build makes what it compares with");
        None
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
