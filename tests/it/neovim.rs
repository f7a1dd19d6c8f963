//! The language server in a real editor: Neovim, without a screen.

use std::process::Command;

use serde_json::Value as Json;

use crate::support::Fleet;

const FLEET: &str = r#"fleet f { facts { zones: Int = 1 } }
catalogue addons {
  source charts = helm "https://charts.example.com"
  /// Serves pages.
  addon web { source = charts, version = "1.0.0" }
}
"#;

#[test]
fn neovim_is_served() {
    let it = Fleet::new(FLEET);
    it.write("one.fleet", "cluster one {\n  zones = 3\n  use addons\n  override web { values.log = \"debug\" }\n}\n");
    let root = it.path().canonicalize().expect("a directory");
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/data/neovim.lua");
    let out = root.join("seen.json");
    let run = Command::new("nvim")
        .args(["--headless", "--clean", "-n", "-c", &format!("luafile {script}")])
        .env("FLEETC", env!("CARGO_BIN_EXE_fleetc"))
        .env("FLEET_FILE", root.join("one.fleet"))
        .env("FLEET_OUT", &out)
        .output();
    let Ok(run) = run else {
        assert!(std::env::var_os("CI").is_none(), "Neovim is not installed");
        eprintln!("Neovim is not installed: no editor was tried");
        return;
    };
    let said = String::from_utf8_lossy(&run.stderr);
    let text = std::fs::read_to_string(&out).unwrap_or_else(|_| panic!("nothing was seen: {said}"));
    let seen: Json = serde_json::from_str(&text).expect("JSON");
    assert!(seen["problem"].is_null(), "{seen}\n{said}");
    let says = |key: &str, part: &str| {
        assert!(seen[key].as_str().is_some_and(|it| it.contains(part)), "{key} is not {part}: {seen}");
    };
    says("hover", "Serves pages.");
    says("diagnostic", "did you mean `addons`?");
    says("mended", "  use addons");
    says("formatted", "  use addons");
    says("renamed", "override site {");
    says("completed", "web");
    says("symbol", "one");
    assert_eq!((&seen["definition"], &seen["references"]), (&4.into(), &2.into()), "{seen}");
}
