//! The library's face: what the program writes and says, as plain data.

use std::path::Path;

use fleetc::Project;

use crate::support::Fleet;

#[test]
fn a_project_on_disk_is_what_the_program_builds() {
    let it = Fleet::new("fleet f { }\nlet x = yaml(\"x.yaml\")\ncluster one { manifest m = x }\n");
    it.write("x.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m, namespace: default}\n");
    it.build();
    let compiled = Project::open(it.path()).expect("a project").compile();
    assert!(compiled.is_clean() && compiled.messages.is_empty(), "{:?}", compiled.messages);
    assert!(compiled.files.len() > 2);
    for (path, text) in &compiled.files {
        assert_eq!(*text, it.read(path), "{path}");
    }
}

#[test]
fn a_mistake_is_data_with_its_place() {
    let compiled = Project::from_files([("fleet.fleet", "fleet f { }\ncluster one { use addns }\n")]).compile();
    assert!(compiled.files.is_empty() && !compiled.is_clean());
    let [it] = compiled.messages.as_slice() else { panic!("{:?}", compiled.messages) };
    assert_eq!((it.code.as_str(), it.path.as_deref(), it.line), ("E0211", Some("fleet.fleet"), Some(2)));
    assert!(it.text.contains("2 │ cluster one { use addns }"), "{}", it.text);
    let error = Project::open(Path::new("/")).err().expect("no project").to_string();
    assert!(error.contains("fleet.fleet"), "{error}");
}
