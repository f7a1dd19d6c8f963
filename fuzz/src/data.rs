//! Files that a project reads: YAML, JSON or CSV, by the first byte; whatever is in them, they are read or
//! refused, and what was read is what the tree holds.

use fleetc::fleet::clusters;
use fleetc::flux;
use fleetc::value::json;
use serde_json::Value as Json;

use super::project::{compiled, said};

pub fn run(data: &[u8]) {
    let Some((first, rest)) = data.split_first() else { return };
    let Ok(text) = std::str::from_utf8(rest) else { return };
    let format = ["yaml", "json", "csv"][usize::from(*first) % 3];
    let fleet = format!(
        "fleet f {{ }}\ncatalogue c {{\n  source s = helm \"https://charts.example.com\"\n  addon web {{\n    source = s\n    version = \"1.0.0\"\n    values.a = {format}(\"x.{format}\")\n  }}\n}}\ncluster one {{ use c }}\n"
    );
    let files = vec![("fleet.fleet".to_owned(), fleet), (format!("x.{format}"), text.to_owned())];
    let (db, made) = compiled(files);
    said(&db, &made);
    if !made.is_clean() {
        return;
    }
    let written: Json = serde_yaml::from_str(&made.tree.files["common/c/add-ons/web.yaml"].text()).expect("YAML");
    let cluster = clusters(&db).next().expect("a cluster");
    let deployed = &flux::exactly(&db, cluster).value;
    let release = deployed.units.iter().flat_map(|it| &it.objects).find(|it| it.id.kind == "HelmRelease");
    assert_eq!(json(&release.expect("a release").body)["spec"]["values"], written["spec"]["values"]);
}
