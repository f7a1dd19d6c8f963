//! `build --watch`: a real process, and everything that happens to files.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use crate::support::Fleet;

const FLEET: &str = r#"
fleet f { facts { zones: Int = 1 } }
catalogue addons {
  source charts = helm "https://example.com/charts"
  addon web { source = charts, version = "1.0.0", values { zones = cluster.zones, sizes = yaml("sizes.yaml") } }
}
--- clusters-a.fleet ---
cluster a { use addons }
--- clusters-b.fleet ---
cluster b { use addons }
"#;

/// A program that watches; it ends with this.
struct Watching {
    child: Child,
    lines: Receiver<String>,
    said: Vec<String>,
}

impl Watching {
    fn start(fleet: &Fleet, args: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_fleetc"))
            .args(["build", "--watch"])
            .args(args)
            .current_dir(fleet.path())
            .env("NO_COLOR", "1")
            .stderr(Stdio::piped())
            .spawn()
            .expect("fleetc runs");
        let err = BufReader::new(child.stderr.take().expect("a pipe"));
        let (send, lines) = channel();
        std::thread::spawn(move || err.lines().map_while(Result::ok).try_for_each(|it| send.send(it)));
        let mut it = Self { child, lines, said: Vec::new() };
        it.until("Watching");
        it
    }

    /// Waits for a line that says so; what was said since the last time.
    fn until(&mut self, word: &str) -> String {
        let deadline = Instant::now() + Duration::from_secs(60);
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let line = self.lines.recv_timeout(left);
            let line = line.unwrap_or_else(|_| panic!("`{word}` was never said:\n{}", self.said.join("\n")));
            self.said.push(line.clone());
            if line.contains(word) {
                return std::mem::take(&mut self.said).join("\n");
            }
        }
    }

    /// Waits until a condition holds, whatever is said meanwhile.
    fn wait(&mut self, what: &str, holds: impl Fn() -> bool) {
        let deadline = Instant::now() + Duration::from_secs(60);
        while !holds() {
            assert!(Instant::now() < deadline, "{what}\n{}", self.said.join("\n"));
            if let Ok(line) = self.lines.recv_timeout(Duration::from_millis(10)) {
                self.said.push(line);
            }
        }
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn fleet() -> Fleet {
    let fleet = Fleet::new(FLEET);
    fleet.write("sizes.yaml", "small: 1\n");
    fleet
}

const A: &str = "clusters/a/addons.yaml";

fn has(fleet: &Fleet, path: &str, text: &str) -> bool {
    std::fs::read_to_string(fleet.join(path)).is_ok_and(|it| it.contains(text))
}

#[test]
fn files_that_change_appear_and_go_are_built() {
    let fleet = fleet();
    let mut watching = Watching::start(&fleet, &[]);
    assert!(has(&fleet, A, "zones: 1"));
    fleet.write("clusters-a.fleet", "cluster a { zones = 2, use addons }\n");
    watching.wait("a file that is written anew", || has(&fleet, A, "zones: 2"));
    // Many editors write beside the file and rename.
    fleet.write(".clusters-a.fleet.swp", "cluster a { zones = 3, use addons }\n");
    std::fs::rename(fleet.join(".clusters-a.fleet.swp"), fleet.join("clusters-a.fleet")).expect("renamed");
    watching.wait("a file that is renamed into its place", || has(&fleet, A, "zones: 3"));
    fleet.write("more/deep/c.fleet", "cluster c { use addons }\n");
    watching.wait("a file in a directory that is new", || fleet.exists("clusters/c/addons.yaml"));
    fleet.write("more/deep/c.fleet", "cluster c { zones = 4, use addons }\n");
    watching.wait("a file in a directory that was new", || has(&fleet, "clusters/c/addons.yaml", "zones: 4"));
    std::fs::rename(fleet.join("more"), fleet.join("other")).expect("renamed");
    watching.until("Watching");
    assert!(fleet.exists("clusters/c/addons.yaml"));
    fleet.write("sizes.yaml", "small: 9\n");
    watching.wait("a file of data", || has(&fleet, "common/addons/add-ons/web.yaml", "small: 9"));
    // As a branch does that is switched to.
    std::fs::remove_dir_all(fleet.join("other")).expect("removed");
    fleet.write("other/deep/c.fleet", "cluster c { zones = 5, use addons }\n");
    watching.wait("a directory that was made anew", || has(&fleet, "clusters/c/addons.yaml", "zones: 5"));
    fleet.write("other/deep/c.fleet", "cluster c { zones = 6, use addons }\n");
    watching.wait("a file in it", || has(&fleet, "clusters/c/addons.yaml", "zones: 6"));
}

/// What cannot be read is said once, and what changed meanwhile is built once it can.
#[cfg(unix)]
#[test]
fn nothing_is_lost_while_the_project_cannot_be_read() {
    let fleet = fleet();
    let mut watching = Watching::start(&fleet, &[]);
    fleet.write("../outside.fleet", "let x = 1\n");
    std::os::unix::fs::symlink(fleet.join("../outside.fleet"), fleet.join("x.fleet")).expect("a link");
    fleet.write("clusters-a.fleet", "cluster a { zones = 8, use addons }\n");
    fleet.write("sizes.yaml", "small: 7\n");
    watching.until("leads out of the project");
    std::fs::remove_file(fleet.join("x.fleet")).expect("removed");
    watching.wait("the source", || has(&fleet, A, "zones: 8"));
    watching.wait("the data", || has(&fleet, "common/addons/add-ons/web.yaml", "small: 7"));
    watching.until("Watching");
    drop(watching);
    let run = fleet.run(&["build", "--check"]);
    assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
    std::fs::remove_dir_all(fleet.join(".fleetc")).expect("removed");
    let run = fleet.run(&["build", "--check"]);
    assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
}

/// A build that is thrown away because the project cannot be read is begun again.
#[test]
fn nothing_is_lost_while_a_build_runs_and_the_project_is_away() {
    let fleet = fleet();
    // A quote in a fact keeps clusters apart, so that the build takes its time.
    let cluster = |nth: usize| format!("cluster c{nth} {{ zones = 1, team = \"a\\\"b\", use addons }}\n");
    let facts = fleet.read("fleet.fleet").replace("zones: Int = 1", "zones: Int = 1, team: String = \"none\"");
    fleet.write("fleet.fleet", &facts.replace("values { zones", "values { team = cluster.team, zones"));
    fleet.write("many.fleet", &(0..2000).map(cluster).collect::<String>());
    let mut watching = Watching::start(&fleet, &[]);
    fleet.write("fleet.fleet", &fleet.read("fleet.fleet").replace("1.0.0", "2.0.0"));
    std::thread::sleep(Duration::from_millis(500));
    let here = fleet.path().to_path_buf();
    let away = here.with_file_name("away");
    std::fs::rename(&here, &away).expect("moved away");
    std::thread::sleep(Duration::from_millis(500));
    std::fs::rename(&away, &here).expect("moved back");
    watching.wait("the version", || has(&fleet, "common/addons/add-ons/web.yaml", "2.0.0"));
}

#[test]
fn what_is_wrong_is_said_and_the_last_good_tree_stays() {
    let fleet = fleet();
    let mut watching = Watching::start(&fleet, &[]);
    let before = fleet.read(A);
    fleet.write("clusters-a.fleet", "cluster a { zones = \"two\", use addons }\n");
    let said = watching.until("nothing was written");
    assert!(said.contains("E0305") || said.contains("error["), "{said}");
    watching.until("Watching");
    fleet.write("clusters-a.fleet", "cluster a { zones = 2, use addon }\n");
    watching.until("did you mean `addons`?");
    watching.until("Watching");
    assert_eq!(fleet.read(A), before);
    // A cluster that goes needs a word, which nobody can say here.
    std::fs::remove_file(fleet.join("clusters-a.fleet")).expect("removed");
    watching.until("nothing was written");
    assert_eq!(fleet.read(A), before);
    fleet.write("clusters-a.fleet", "cluster a { zones = 2, use addons }\n");
    watching.wait("the fixed file", || has(&fleet, A, "zones: 2"));
    // The project's own settings: packages and directories may be others now.
    let settings = fleet.read("fleet.fleet");
    fleet.write("fleet.fleet", &settings.replace("zones: Int = 1", "zones: Int = 7"));
    watching.wait("a default of the fleet", || has(&fleet, "clusters/b/addons.yaml", "zones: 7"));
}

#[test]
fn a_branch_that_changes_hundreds_of_files_is_one_or_two_builds() {
    let fleet = fleet();
    for nth in 0..300 {
        fleet.write(&format!("fleet/c{nth}.fleet"), &format!("cluster c{nth} {{ zones = 1, use addons }}\n"));
    }
    let mut watching = Watching::start(&fleet, &["--remove", "never"]);
    for nth in 0..300 {
        fleet.write(&format!("fleet/c{nth}.fleet"), &format!("cluster c{nth} {{ zones = 5, use addons }}\n"));
    }
    let last = "clusters/c299/addons.yaml";
    watching.wait("the last of many files", || {
        has(&fleet, last, "zones: 5") && has(&fleet, "clusters/c0/addons.yaml", "zones: 5")
    });
    watching.until("Watching");
    let builds = watching.said.iter().filter(|it| it.contains("Finished")).count();
    assert!(builds < 100, "{builds} builds for 300 files");
    // What was built while files changed is what a build from nothing makes.
    drop(watching);
    let run = fleet.run(&["build", "--check"]);
    assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
}
