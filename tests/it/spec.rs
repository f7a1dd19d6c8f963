//! The reference is run: each block of source in `docs/reference/` compiles
//! without a word, or gives the one code that its heading names; a block of YAML
//! behind it stands so in the file that it names.

use std::path::Path;

use fleetc::compile::{Compilation, compile};

use crate::support::{Kustomize, database, files_of, summary};

/// The fenced blocks of a page: what stands behind the fence, and the text.
fn blocks(page: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    let mut inside = false;
    for line in page.lines() {
        match line.strip_prefix("```") {
            Some(_) if inside => inside = false,
            Some(info) => {
                inside = true;
                found.push((info.to_owned(), String::new()));
            }
            None if inside => {
                let text = &mut found.last_mut().expect("a block").1;
                text.push_str(line);
                text.push('\n');
            }
            None => {}
        }
    }
    found
}

#[test]
fn every_example_of_the_reference_does_what_it_says() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/reference");
    let kustomize = Kustomize::find("the reference");
    let mut count = 0;
    for entry in std::fs::read_dir(dir).expect("the reference") {
        let path = entry.expect("an entry").path();
        let page = std::fs::read_to_string(&path).expect("a page");
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        let mut last: Option<Compilation> = None;
        for (info, text) in blocks(&page) {
            let words: Vec<&str> = info.split(' ').collect();
            match words.as_slice() {
                ["fleet"] => {
                    let db = database(&files_of(&text));
                    let compilation = compile(&db);
                    assert_eq!(summary(&compilation), Vec::<String>::new(), "{name}\n{text}");
                    if let Some(kustomize) = &kustomize {
                        kustomize.check(&db, &compilation);
                    }
                    last = Some(compilation);
                    count += 1;
                }
                ["fleet", "error", code] => {
                    let found = summary(&compile(&database(&files_of(&text))));
                    assert!(found.len() == 1 && found[0].starts_with(code), "{name}: {found:?}\n{text}");
                    count += 1;
                }
                ["yaml", path] => {
                    let tree = &last.as_ref().expect("a block of source before it").tree;
                    let file = tree.files.get(*path).unwrap_or_else(|| panic!("{name}: {path} is not written"));
                    assert!(file.text.contains(&text), "{name}: {path} has not\n{text}\nbut\n{}", file.text);
                    count += 1;
                }
                _ => {}
            }
        }
    }
    assert!(count >= 18, "the reference has lost its examples");
}
