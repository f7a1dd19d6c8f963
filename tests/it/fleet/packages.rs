//! Packages: by path, out of Git repositories, locked and vendored; clusters of
//! other projects.

use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::{Fleet, git, read_tree};

const TOOLS: &str = r#"
fleet tools { }
fn zone-count(region: String): Int = if region == "us-east-1" then 6 else 3
type Size = "small" | "large"
let defaults = yaml("defaults.yaml")
addon web {
  source charts = helm "https://charts.example.com"
  source = charts
  params { size: Size = "small" }
  values { size = params.size, team = defaults.team }
}
--- defaults.yaml ---
team: platform
"#;

const USES: &str = r#"
catalogue addons {
  addon web from web { version = "1.0.0", params { size = "large" } }
  addon other from tools.web { version = "2.0.0" }
}
import tools.{ web, zone-count, Size as WebSize }
let zones = zone-count("us-east-1")
let size: WebSize = "large"
cluster one {
  use addons
  override other { values.zones = zones }
}
"#;

fn fleet_with(packages: &str) -> String {
    format!("fleet f {{ packages {{ {packages} }} }}\n{USES}")
}

/// A repository with the tools at `v1.0.0`; its bare clone stands in `bare.git`.
fn repository() -> Option<Fleet> {
    let it = Fleet::new(TOOLS);
    it.write("common/generated/big.yaml", "a: 1\n");
    git(it.path(), &["init", "-q", "-b", "main"])?;
    git(it.path(), &["add", "-A"])?;
    git(it.path(), &["commit", "-q", "-m", "one"])?;
    git(it.path(), &["tag", "-a", "v1.0.0", "-m", "one"])?;
    git(it.path(), &["clone", "-q", "--bare", ".", "bare.git"])?;
    Some(it)
}

#[test]
fn a_package_by_path_brings_definitions_functions_types_and_its_files() {
    let fleet = Fleet::new(&fleet_with(r#"tools { path = "packages/tools" }"#));
    for (path, text) in crate::support::files_of(TOOLS) {
        fleet.write(&format!("packages/tools/{path}"), &text);
    }
    fleet.build();
    let web = fleet.read("common/addons/add-ons/web.yaml");
    assert!(web.contains("size: large") && web.contains("team: platform"), "{web}");
    // The source comes with the definition, under the add-on's name.
    assert!(fleet.read("common/addons/sources/other.yaml").contains("https://charts.example.com"));
    assert!(fleet.read("clusters/one/addons.yaml").contains("zones: 6"));

    fleet.write("packages/tools/fleet.fleet", "fleet tools { }\ntype Size = \"small\"\n");
    let run = fleet.run(&["build"]);
    assert_eq!(run.status, 1);
    assert!(run.stderr.contains("E0216") && run.stderr.contains("`tools` declares no `web`"), "{}", run.stderr);
    fleet.write("packages/tools/fleet.fleet", &TOOLS.replace("size: Size", "size: Sise"));
    let run = fleet.run(&["build"]);
    assert!(run.stderr.contains("packages/tools/fleet.fleet:"), "{}", run.stderr);
}

#[test]
fn a_package_from_git_is_vendored_locked_and_read_without_the_network() {
    let Some(repository) = repository() else { return };
    let url = repository.join("bare.git").to_string_lossy().into_owned();
    let package = |rev: &str| fleet_with(&format!("tools {{ git = \"file://{url}\", rev = \"{rev}\" }}"));
    let fleet = Fleet::new(&package("v1.0.0"));
    let run = fleet.run(&["build"]);
    assert_eq!(run.status, 1, "{}", run.stderr);
    assert!(run.stderr.contains("E0711") && run.stderr.contains("fleetc vendor"), "{}", run.stderr);

    let run = fleet.run(&["vendor"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(!fleet.exists("vendor/tools/common"), "what a package generates is not vendored");
    let lock = fleet.read("fleet.lock");
    let commit = git(repository.path(), &["rev-parse", "HEAD"]).expect("a commit");
    assert!(lock.contains(&commit), "{lock}");
    // The tree is Git's own hash of the vendored files.
    git(repository.path(), &["rm", "-q", "-r", "common"]);
    git(repository.path(), &["commit", "-q", "-m", "two"]);
    let tree = git(repository.path(), &["rev-parse", "HEAD^{tree}"]).expect("a tree");
    assert!(lock.contains(&tree), "{lock} has not {tree}");

    // The repository is gone: builds do not need it.
    std::fs::rename(repository.join("bare.git"), repository.join("moved.git")).expect("a rename");
    fleet.build();
    assert!(fleet.read("common/addons/add-ons/web.yaml").contains("team: platform"));
    std::fs::rename(repository.join("moved.git"), repository.join("bare.git")).expect("a rename");

    fleet.write("vendor/tools/defaults.yaml", "team: mallory\n");
    let run = fleet.run(&["build"]);
    assert_eq!(run.status, 1);
    assert!(run.stderr.contains("E0712"), "{}", run.stderr);
    assert_eq!(fleet.run(&["vendor"]).status, 0);
    fleet.build();

    // A tag that moved is not taken silently.
    git(repository.path(), &["tag", "-f", "-a", "v1.0.0", "-m", "moved"]);
    git(repository.path(), &["commit", "-q", "--allow-empty", "-m", "three"]);
    repository.write("defaults.yaml", "team: others\n");
    git(repository.path(), &["commit", "-q", "-a", "-m", "four"]);
    git(repository.path(), &["tag", "-f", "v1.0.0"]);
    git(repository.path(), &["push", "-q", "-f", "bare.git", "v1.0.0", "main"]);
    let before = read_tree(&fleet.join("vendor"));
    let run = fleet.run(&["vendor"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert_eq!(read_tree(&fleet.join("vendor")), before, "what is locked is fetched again");
    assert_eq!(fleet.read("fleet.lock"), lock);
    assert_eq!(fleet.run(&["vendor", "--update"]).status, 0);
    fleet.build();
    assert!(fleet.read("common/addons/add-ons/web.yaml").contains("team: others"));

    // Another revision needs another lock.
    fleet.write("fleet.fleet", &package(&commit));
    assert!(fleet.run(&["build"]).stderr.contains("E0711"));
    assert_eq!(fleet.run(&["vendor"]).status, 0);
    fleet.build();
    assert!(fleet.read("common/addons/add-ons/web.yaml").contains("team: platform"));
    fleet.write("fleet.fleet", &package("v9"));
    let run = fleet.run(&["vendor"]);
    assert!(run.status == 2 && run.stderr.contains("no branch `v9`"), "{}", run.stderr);
}

/// `git daemon` on a free port of the loopback interface.
struct Daemon(Child, u16);

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn daemon(dir: &Path) -> Option<Daemon> {
    let port = TcpListener::bind("127.0.0.1:0").ok()?.local_addr().ok()?.port();
    let child = Command::new("git")
        .args(["daemon", "--reuseaddr", "--export-all", "--listen=127.0.0.1"])
        .arg(format!("--port={port}"))
        .arg(format!("--base-path={}", dir.display()))
        .arg(dir)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let daemon = Daemon(child, port);
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(20) {
        if TcpStream::connect(("127.0.0.1", port)).is_ok() {
            return Some(daemon);
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    None
}

#[test]
fn a_package_is_fetched_over_the_network_by_tag_branch_and_commit() {
    let Some(repository) = repository() else { return };
    let Some(daemon) = daemon(repository.path()) else { return };
    let commit = git(repository.path(), &["rev-parse", "HEAD"]).expect("a commit");
    for rev in ["v1.0.0", "main", &commit] {
        let url = format!("git://127.0.0.1:{}/bare.git", daemon.1);
        let fleet = Fleet::new(&fleet_with(&format!("tools {{ git = \"{url}\", rev = \"{rev}\" }}")));
        let run = fleet.run(&["vendor"]);
        assert_eq!(run.status, 0, "{rev}: {}", run.stderr);
        assert!(fleet.read("fleet.lock").contains(&commit));
        fleet.build();
    }
}

/// A package from Git is the same for everybody: it names nothing on the builder's machine.
#[test]
fn a_package_from_git_stays_in_its_repository() {
    for (rest, is_refused) in [
        ("packages { more { path = \"../../outside\" } }", true),
        ("packages { more { path = \"/etc\" } }", true),
        ("packages { more { path = \"sub/../../..\" } }", true),
        ("packages { more { git = \"file:///srv/platform.git\", rev = \"main\" } }", true),
        ("packages { more { git = \"../platform\", rev = \"main\" } }", true),
        // A directory of its own is no way out.
        ("packages { more { path = \"sub\" } }", false),
        ("packages { more { path = \"sub/../sub\" } }", false),
    ] {
        let tools =
            Fleet::new(&format!("fleet tools {{ {rest} }}\nlet here = 1\n--- sub/more.fleet ---\nlet more = 2\n"));
        let made = ["init -q -b main", "add -A", "commit -q -m one", "clone -q --bare . bare.git"];
        let done = made.iter().all(|it| git(tools.path(), &it.split(' ').collect::<Vec<_>>()).is_some());
        let Some(daemon) = Some(()).filter(|()| done).and_then(|()| daemon(tools.path())) else { return };
        let url = format!("git://127.0.0.1:{}/bare.git", daemon.1);
        let fleet = Fleet::new(&format!(
            "fleet f {{ packages {{ tools {{ git = \"{url}\", rev = \"main\" }} }} }}\ncluster one {{ }}\n"
        ));
        fleet.write("outside/fleet.fleet.txt", "precious\n");
        let run = fleet.run(&["vendor"]);
        assert_eq!(run.status, if is_refused { 2 } else { 0 }, "{rest}: {}", run.stderr);
        assert_eq!(run.stderr.contains("comes from Git, and declares `more` at"), is_refused, "{rest}: {}", run.stderr);
    }
}

#[test]
fn a_cluster_of_another_project_brings_its_facts_and_its_place() {
    let platform = r#"
fleet platform { facts { environment: "test" | "production", region: String = "eu" } }
group eu {
  cluster one { environment = "test" }
  inventory edge from csv("edge.csv") as row { name = row.name, environment = "production", region = row.region }
}
--- edge.csv ---
name,region
two,us
"#;
    let apps = |cluster: &str| {
        format!(
            r#"
fleet apps {{
  packages {{ platform {{ path = "../platform" }} }}
  facts {{ environment: "test" | "production", region: String }}
}}
catalogue shop {{
  manifest settings {{
    apiVersion = "v1"
    kind       = "ConfigMap"
    metadata.namespace = "default"
    data {{ where = "\(cluster.environment) in \(cluster.region)" }}
  }}
}}
{cluster}
"#
        )
    };
    let base = Fleet::new("");
    for (path, text) in crate::support::files_of(platform) {
        base.write(&format!("platform/{path}"), &text);
    }
    base.write(
        "apps/fleet.fleet",
        &apps(
            "cluster one from platform.one { use shop }\ncluster two from platform.two { use shop\n region = \"ap\" }",
        ),
    );
    let run = base.run(&["-C", "apps", "build"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(base.read("apps/clusters/eu/one/shop.yaml").contains("test in eu"));
    assert!(base.read("apps/clusters/eu/two/shop.yaml").contains("production in ap"));

    // The cluster is gone.
    base.write("platform/edge.csv", "name,region\nthree,us\n");
    let run = base.run(&["-C", "apps", "build", "--check"]);
    assert_eq!(run.status, 1);
    assert!(run.stderr.contains("E0211") && run.stderr.contains("`platform` has no cluster `two`"), "{}", run.stderr);
}

#[test]
fn packages_of_packages_are_read_and_cycles_are_errors() {
    let base = Fleet::new("");
    base.write("a/fleet.fleet", "fleet a { packages { b { path = \"../b\" } } }\nimport b.{ two }\nlet four = two + two\ncatalogue c { manifest m { apiVersion = \"v1\", kind = \"ConfigMap\", metadata.namespace = \"default\", data.four = string(four) } }\ncluster one { use c }\n");
    base.write(
        "b/fleet.fleet",
        "fleet b { packages { c { path = \"../c\" } } }\nimport c.{ one }\nlet two = one + one\n",
    );
    base.write("c/fleet.fleet", "fleet c { }\nlet one = 1\n");
    let run = base.run(&["-C", "a", "build"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(base.read("a/common/c/manifests/m.yaml").contains("four: \"4\""));
    base.write("c/fleet.fleet", "fleet c { packages { b { path = \"../b\" } } }\nlet one = 1\n");
    let run = base.run(&["-C", "a", "build"]);
    assert!(run.stderr.contains("E0711") && run.stderr.contains("back to itself"), "{}", run.stderr);
}

#[test]
fn vendor_touches_only_what_it_wrote() {
    let Some(repository) = repository() else { return };
    let url = repository.join("bare.git").to_string_lossy().into_owned();
    let text = fleet_with(&format!("tools {{ git = \"file://{url}\", rev = \"v1.0.0\" }}"));
    let lock = |name: &str| {
        format!(
            "{{\"packages\": {{\"{name}\": {{\"git\": \"a\", \"rev\": \"b\", \"commit\": \"c\", \"tree\": \"d\"}}}}}}"
        )
    };
    let fleet = Fleet::new(&text);
    fleet.write("precious/file.txt", "mine");
    for name in ["../precious", "..", "", "/etc", "a/../../precious"] {
        fleet.write("fleet.lock", &lock(name));
        let run = fleet.run(&["vendor"]);
        assert!(run.status == 2 && run.stderr.contains("cannot be understood"), "{name}: {}", run.stderr);
        assert!(fleet.exists("precious/file.txt") && fleet.exists("fleet.fleet"), "{name}");
    }
    std::fs::remove_file(fleet.join("fleet.lock")).expect("removed");
    fleet.write("vendor/tools/precious.txt", "mine");
    let run = fleet.run(&["vendor"]);
    assert!(run.status == 2 && run.stderr.contains("does not know it"), "{}", run.stderr);
    assert_eq!(fleet.read("vendor/tools/precious.txt"), "mine");
    std::fs::rename(fleet.join("vendor"), fleet.join("elsewhere")).expect("renamed");
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(fleet.join("elsewhere"), fleet.join("vendor")).expect("a link");
        assert_eq!(fleet.run(&["vendor"]).status, 2);
        assert_eq!(fleet.read("elsewhere/tools/precious.txt"), "mine");
    }
}

#[test]
fn packages_in_a_cycle_are_refused() {
    let fleet = Fleet::new("fleet f { packages { me { path = \".\" } } }");
    let run = fleet.run(&["vendor"]);
    assert!(run.status == 2 && run.stderr.contains("needs itself"), "{}", run.stderr);
    assert!(fleet.run(&["check"]).stderr.contains("E0711"));
    let Some(repository) = repository() else { return };
    let url = format!("file://{}", repository.join("bare.git").display());
    let cycle = format!("fleet tools {{ packages {{ me {{ git = \"{url}\", rev = \"main\" }} }} }}");
    repository.write("fleet.fleet", &cycle);
    git(repository.path(), &["commit", "-q", "-a", "-m", "circle"]);
    git(repository.path(), &["push", "-q", "bare.git", "main"]);
    let fleet = Fleet::new(&cycle);
    let run = fleet.run(&["vendor"]);
    assert!(run.status == 2 && run.stderr.contains("needs itself"), "{}", run.stderr);
    // A package that is a file hides nothing of the project.
    let run = Fleet::new("fleet f { packages { p { path = \"fleet.fleet\" } } }").run(&["check"]);
    assert!(run.stderr.contains("E0711"), "{}", run.stderr);
}

#[test]
fn mistakes_of_a_package_are_errors_wherever_they_stand() {
    let fleet = Fleet::new("fleet f { packages { tools { path = \"tools\" } } }\ncluster one { }\n");
    for (wrong, code) in
        [("cluster x { a = = 1 }", "E0101"), ("let two: Int = \"x\"", "E0301"), ("type T = Sting", "E0206")]
    {
        fleet.write("tools/fleet.fleet", &format!("fleet tools {{ }}\n{wrong}\n"));
        let run = fleet.run(&["check"]);
        assert!(
            run.status == 1 && run.stderr.contains(code) && run.stderr.contains("tools/fleet.fleet:2"),
            "{}",
            run.stderr
        );
        assert_eq!(run.stderr.matches("error[").count(), 1, "{}", run.stderr);
    }
}

#[test]
fn every_definition_of_the_standard_library_makes_what_kustomize_makes() {
    use std::fmt::Write as _;
    let mut items = String::new();
    let mut count = 0;
    for file in fleetc::source::standard_library().iter().flat_map(|it| &it.files) {
        for name in file.1.lines().filter_map(|it| it.strip_prefix("addon ")?.split([' ', '{']).next()) {
            // Params without a default are the author's to state.
            let params = if name == "karpenter" { "params { interruption-queue = \"q\" }" } else { "" };
            let _ = writeln!(
                items,
                "  addon {name} from std.addons.{name} {{\n    version = \"1.0.0\"\n    {params}\n  }}"
            );
            count += 1;
        }
    }
    assert!(count >= 20, "the standard library has lost its definitions");
    let text = format!(
        "fleet f {{ facts {{ account: AwsAccountId, region: AwsRegion }} }}\ncatalogue all {{\n{items}}}\ncluster one {{\n  account = \"111122223333\"\n  region = \"eu-west-1\"\n  use all\n}}\n"
    );
    let (db, compilation) = crate::support::compiled(&text);
    assert!(compilation.is_clean(), "{:#?}", crate::support::summary(&compilation));
    if let Some(kustomize) = crate::support::Kustomize::find("the standard library") {
        kustomize.check(&db, &compilation);
    }
}

/// Where all files together declare other packages than `fleet.fleet` alone, that is the error; it is none of fleetc's.
#[test]
fn packages_of_a_fleet_that_is_declared_twice_are_no_bug() {
    for (beside, text, code) in [
        ("fleet f { }\n", "fleet f { packages { z { path = \"../nope\" } } }\n", "E0205"),
        ("let p = { }\n", "let p = { z { path = \"../nope\" } }\nfleet f { packages { ...p } }\n", "E0201"),
    ] {
        let fleet = Fleet::new(text);
        fleet.write("a.fleet", beside);
        let run = fleet.run(&["check"]);
        assert!(run.status == 1 && run.stderr.contains(code), "{}", run.stderr);
    }
}
