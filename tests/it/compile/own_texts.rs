//! What a cluster alone says: versions that it pins, values of its own. Clusters that say such things of the same add-ons share
//! what is made of them, and nothing else about them is another.

use std::collections::BTreeSet;

use fleetc::compile::Compilation;
use fleetc::diagnostic::{Diagnostic, Place, code};
use fleetc::source::FleetDatabase;
use fleetc::{fleet, flux};

use super::classes::assert_alike;
use crate::support::{compiled, summary};

/// A catalogue as far as its one add-on has a role.
const CATALOGUE: &str = r#"catalogue c {
  source charts = helm "https://example.com/charts"
  addon web {
    source = charts
    version = "1.0.0"
    irsa { policies = ["ReadOnlyAccess"] }"#;

/// Two clusters with overrides of their own below a rule.
fn fleet_of(rule: &str, own: [&str; 2], facts: &str) -> String {
    let cluster = |name: &str, own: &str| {
        format!("cluster {name} {{\n  region = \"eu-west-1\"\n  use c\n  override web {{ {own} }}\n  {facts}\n}}\n")
    };
    format!(
        r#"
fleet f {{ facts {{ region: AwsRegion, account: AwsAccountId = "111122223333", "c web 1 0": String = "evil", note: String = "" }} }}
{CATALOGUE}
    values {{ t = "one", n = 1, m {{ t = "in" }}, region = cluster.region, serviceAccount.annotations {{ ...irsa.annotations }} }}
  }}
  addon api {{ source = charts, version = "1.0.0", requires = [web] }}
}}
rule everywhere when cluster.region == "eu-west-1" {{ override web {{ {rule} }} }}
{}{}"#,
        cluster("a", own[0]),
        cluster("b", own[1])
    )
}

/// What is reported of a fleet, with the places.
fn reported(db: &FleetDatabase, compilation: &Compilation) -> Vec<String> {
    let place = |it: &Place| match it {
        Place::Origin(it) => format!("{}:{}", it.anchor.name(db), it.node),
        other => format!("{other:?}"),
    };
    let one = |it: &Diagnostic| {
        let others: Vec<String> = it.secondary.iter().map(|it| place(&it.place)).collect();
        format!(
            "{} {} {} {others:?} {:?} {:?}",
            it.code.id,
            it.message,
            place(&it.primary.place),
            it.cluster,
            it.others
        )
    };
    compilation.diagnostics.iter().map(one).collect()
}

/// How many classes the clusters of a text have.
fn classes(text: &str) -> usize {
    let (db, compilation) = compiled(text);
    assert!(compilation.is_clean(), "{:?}\n{text}", summary(&compilation));
    assert_alike(&db, &compilation, text);
    let found = fleet::clusters(&db).map(|it| format!("{:?}", flux::wide_class_of(&db, it)));
    found.collect::<BTreeSet<_>>().len()
}

#[test]
fn clusters_that_pin_a_version_share_the_rest() {
    for own in [
        [r#"version = "1.2.3""#, r#"version = "2.0.0-rc.1""#],
        [r#"values.t = "two""#, r#"values.t = "three""#],
        [r#"values { fresh = "x", m { t = "y" } }"#, r#"values { fresh = "z", m { t = "w" } }"#],
        [r#"version = "1.2.3", values.n = 7, values.t = "a""#, r#"version = "1.2.4", values.n = 7, values.t = "b""#],
    ] {
        assert_eq!(classes(&fleet_of("values.x = 1", own, "")), 1, "{own:?}");
    }
    for own in [
        // What is decided by a text, or is none, parts them.
        [r#"version = ">=1.0.0 <2.0.0""#, r#"version = ">=2.0.0 <3.0.0""#],
        ["values.n = 2", "values.n = 3"],
        [r#"values.t = "two""#, r#"values.fresh = "two""#],
        [r#"values.t = "with \"quotes\"""#, r#"values.t = "x""#],
    ] {
        assert_eq!(classes(&fleet_of("values.x = 1", own, "")), 2, "{own:?}");
    }
}

/// Whether texts are taken out is not seen: files and warnings are those of clusters that are compiled alone.
#[test]
fn nothing_else_is_another_for_it() {
    let own = [
        r#"values.t = "one""#,
        r#"values.t = "two""#,
        r#"values.t = "three""#,
        r#"values.fresh = "x""#,
        r#"version = "1.0.0""#,
        r#"version = "2.0.0""#,
        r#"version = "3.1.4""#,
        r#"version = "=3.1.4""#,
        r#"version = "3.1.4+build.1", values.t = "three""#,
        r#"values.arn = "arn:aws:iam::123:role/x""#,
        r#"values.serviceAccount.name = "other""#,
        r#"values.serviceAccount { name = "web", more = "x" }"#,
        r#"values.m.t = "in""#,
        r#"values { m { t = "q", u = "r" } }"#,
        r#"values.adminPassword = "hunter2hunter2""#,
        r#"values.t = "a\tb""#,
        r#"values.n = "1""#,
        "values.t = null",
        r#"values.m = "flat""#,
        r#"values.list = ["a", "b"]"#,
        r#"values.t = "three", values.n = 1"#,
        r#"release.timeout = "1m", values.t = "four""#,
        "unset values.t",
        r#"final values.t = "five""#,
        r#"values.region = "eu-west-1""#,
        r#"values.region = "eu-west-2""#,
        r#"values.regoin = "eu-west-2""#,
    ];
    let rules = [
        "values.x = 1",
        r#"values.t = "two""#,
        r#"version = "2.0.0""#,
        r#"values.t = "two", values.fresh = "x", values.m.u = "r""#,
        r#"final values.t = "two""#,
        "values.m = null",
        r#"crds { "example.com/Thing" = "Namespaced" }"#,
    ];
    let alone = r#"note = "no\nclass""#;
    for rule in rules {
        for (nth, first) in own.iter().enumerate() {
            let others = [&own[(nth + 1) % own.len()], first, &own[(nth + 7) % own.len()]];
            // Below most rules, each beside one other.
            let few = if rule == rules[0] { others.len() } else { 1 };
            for second in others.into_iter().take(few) {
                let text = fleet_of(rule, [first, second], "");
                let (db, compilation) = compiled(&text);
                let (other_db, other) = compiled(&fleet_of(rule, [first, second], alone));
                assert_eq!(reported(&db, &compilation), reported(&other_db, &other), "{text}");
                if compilation.is_clean() {
                    assert_alike(&db, &compilation, &text);
                }
            }
        }
    }
}

/// A warning that an override is hidden by one of a cluster's shows the cluster's.
#[test]
fn what_hides_an_override_is_shown_where_it_stands() {
    let text = fleet_of(r#"values.t = "two""#, [r#"values.t = "x""#, r#"values.t = "y""#], "");
    let (db, compilation) = compiled(&text);
    let hidden = compilation.diagnostics.iter().find(|it| it.code == code::SHADOWED).expect("it is hidden");
    let by = hidden.secondary.first().expect("what hides it is shown");
    let Place::Origin(by) = by.place else { panic!("{by:?}") };
    assert_eq!(by.anchor.name(&db), "a");
    assert!(by.node > 0 && !fleet::is_shaped(by), "{by:?}");
}

/// The same of rows: whatever is read of one, in files and warnings it is as if the cluster were compiled alone.
#[test]
fn rows_are_read_as_if_each_were_alone() {
    let same = r#"[{ id = "s-0", a = "x", b = "q" }, { id = "s-1", a = "y", b = "r" }, { id = "s-2", a = "arn:aws:iam::1:role/x", b = "r" }]"#;
    let optional = r#"[{ id = "s-0", a = "x", opt = "o" }, { id = "s-1", a = "y" }, { id = "s-2", b = "z", a = "w" }]"#;
    let overrides = [
        "values.x = row.a",
        "values.columns = [for k, v in row => k]",
        "values.columns = keys(row)",
        r#"values.has = any([for k, v in row => k == "opt"])"#,
        "values.row = row",
        "values.text = to-json(row)",
        "values.adminPassword = row.a",
        r#"values.auth { token = "t-\(row.a)" }"#,
        "values.serviceAccount.name = row.a",
        "version = \"1.\\(length(row.a)).0\", values.x = row.a",
        "values.arn = row.a",
        r#"values.arn = "arn:aws:iam::\(row.a):role/x""#,
        "values.x = row.b ?? \"none\"",
    ];
    let rings = r#"rings ring = ["s-0", "s-1", "s-2"]"#;
    for rows in [same, optional] {
        for own in overrides {
            let text = |note: &str| {
                format!(
                    r#"
fleet f {{ {rings}, facts {{ ring: "s-0" | "s-1" | "s-2", account: AwsAccountId = "111122223333", region: AwsRegion = "eu-west-1", "row.a": String = "evil", "c web 0 0": String = "evil", note: String = "{note}" }} }}
let rows = {rows}
{CATALOGUE}
    values {{ t = "one", serviceAccount {{ annotations {{ ...irsa.annotations }} }} }}
  }}
}}
inventory stores from rows as row {{
  name = row.id
  ring = row.id
  use c
  override web {{ {own} }}
}}
"#
                )
            };
            let (db, compilation) = compiled(&text(""));
            let (other_db, other) = compiled(&text("no\\nclass"));
            assert_eq!(reported(&db, &compilation), reported(&other_db, &other), "{}", text(""));
            if compilation.is_clean() {
                assert_alike(&db, &compilation, &text(""));
            }
        }
    }
}
