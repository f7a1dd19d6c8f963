//! How `fleetc diff` names a set of clusters: the ring before the account, all but a few.

use crate::support::{Fleet, commit};

#[test]
fn clusters_are_told_as_people_mean_them() {
    let cluster = |nth: u32| {
        let (ring, region) = (if nth < 6 { "early" } else { "late" }, if nth.is_multiple_of(2) { "eu" } else { "us" });
        let account = if nth < 6 { 1 } else { 2 + nth };
        format!("cluster c{nth:02} {{ ring = \"{ring}\", region = \"{region}\", account = {account}, use addons }}\n")
            .replace(", use", "\n use")
    };
    let clusters: String = (0..16).map(cluster).collect();
    let fleet = format!(
        "fleet f {{\n facts {{ account: Int, region: String, ring: \"early\" | \"late\" }}\n rings ring = [\"early\", \"late\"]\n}}\n\
         catalogue addons {{ source charts = helm \"https://charts.example.com\"\n addon web {{ source = charts, version = \"1.0.0\" }} }}\n\
         group all {{\n{clusters}}}\n"
    );
    let it = Fleet::new(&fleet);
    let Some(()) = commit(it.path(), "one") else { return };
    for (condition, wanted) in [
        ("cluster.ring == \"early\"", "the 6 clusters whose ring is \"early\""),
        (
            "cluster.ring == \"late\" and cluster.region == \"eu\"",
            "the 5 clusters whose ring is \"late\" and whose region is \"eu\"",
        ),
        ("cluster.name != \"c15\"", "all clusters but `c15` (15)"),
        ("cluster.name != \"c15\" and cluster.name != \"c03\"", "all clusters but `c03` and `c15` (14)"),
        ("cluster.ring == \"late\" and cluster.name != \"c15\"", "the clusters whose ring is \"late\" but `c15` (9)"),
        ("cluster.name in [\"c01\", \"c09\"]", "`c01` and `c09`"),
        ("cluster.name == \"c01\"", "`c01`"),
    ] {
        let new = "cluster new {\n ring = \"early\"\n region = \"eu\"\n account = 99\n use addons\n}\n";
        it.write("more.fleet", &format!("override web when {condition} {{ values.a = 1 }}\n{new}"));
        let told = it.run(&["diff"]).stdout;
        assert!(told.contains(&format!("on {wanted}\n")), "no {wanted} in\n{told}");
    }
}
