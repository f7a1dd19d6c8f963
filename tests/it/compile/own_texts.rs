//! What a cluster alone says: versions that it pins, values of its own. Clusters that say such things of the same add-ons share
//! what is made of them, and nothing else about them is another.

use std::collections::BTreeSet;

use fleetc::diagnostic::{Place, code};
use fleetc::{fleet, flux};

use super::classes::assert_alike;
use crate::support::{compiled, summary};

/// Two clusters with overrides of their own below a rule.
fn fleet_of(rule: &str, own: [&str; 2], facts: &str) -> String {
    let cluster = |name: &str, own: &str| {
        format!("cluster {name} {{\n  region = \"eu-west-1\"\n  {facts}\n  use c\n  override web {{ {own} }}\n}}\n")
    };
    format!(
        r#"
fleet f {{ facts {{ region: AwsRegion, note: String = "" }} }}
catalogue c {{
  source charts = helm "https://example.com/charts"
  addon web {{
    source = charts
    version = "1.0.0"
    values {{ t = "one", n = 1, m {{ t = "in" }}, region = cluster.region }}
  }}
  addon api {{ source = charts, version = "1.0.0", requires = [web] }}
}}
rule everywhere when cluster.region == "eu-west-1" {{ override web {{ {rule} }} }}
{}{}"#,
        cluster("a", own[0]),
        cluster("b", own[1])
    )
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
            for second in [first, &own[(nth + 1) % own.len()], &own[(nth + 7) % own.len()]] {
                let text = fleet_of(rule, [first, second], "");
                let (db, compilation) = compiled(&text);
                let (_, other) = compiled(&fleet_of(rule, [first, second], alone));
                assert_eq!(summary(&compilation), summary(&other), "{text}");
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
