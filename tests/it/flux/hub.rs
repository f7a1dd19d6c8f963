//! What reaches a cluster through a hub is what it would get from a Flux of its own: the same objects, the same releases
//! of the same charts.

use std::collections::BTreeMap;

use fleetc::fleet;
use fleetc::flux::{self, Deployed};
use fleetc::kube::{Id, Object};
use fleetc::source::FleetDatabase;
use fleetc::value::json;
use serde_json::Value;

use crate::support::{Kustomize, compiled, summary};

const FLEET: &str = r#"
fleet f { lockdown = true }
source shared = helm "https://charts.example.com/shared"
catalogue apps {
  after = [base]
  optional addon fourth { source = own, version = "1.0.0" }
  optional addon fifth { source = own, version = "1.0.0" }
  source own = oci "oci://registry.example.com/charts"
  addon web {
    source = own
    version = "1.0.0"
    release { valuesFrom = [{ kind = "ConfigMap", name = "common" }] }
    values { a = 1, cluster = cluster.name }
  }
  addon api { source = shared, version = "2.0.0", requires = [web] }
  manifest common {
    apiVersion = "v1"
    kind = "ConfigMap"
    metadata { name = "common", namespace = "flux-system" }
    data."values.yaml" = "b: 2"
  }
}
catalogue base {
  split = true
  addon first { source = shared, version = "1.0.0" }
  optional addon second { source = shared, version = "1.0.0" }
  optional addon third { source = shared, version = "1.0.0" }
  namespace extra { labels = { a = "b" } }
  kustomize dashboards { path = "by-hand/dashboards" }
}
repository shop { url = "ssh://git@git.example.com/acme/shop.git", branch = "main" }
tenant team { namespace = "team-x", repositories = [shop], after = [apps] }
group all {
  use apps
  use base
  attach team
  cluster plain { }
  cluster other {
    use base.second, base.third
    use apps.fourth, apps.fifth
    override web { version = "1.1.0", values.a = 2 }
    override api { values.b = [1] }
    drop base.first
    source mine = helm "https://charts.example.com/mine"
    addon mine { source = mine, version = "3.0.0" }
    manifest note {
      apiVersion = "v1"
      kind = "ConfigMap"
      metadata { name = "note", namespace = "extra" }
      data.a = "b"
    }
  }
}
--- by-hand/dashboards/kustomization.yaml ---
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources: [config.yaml]
--- by-hand/dashboards/config.yaml ---
apiVersion: v1
kind: ConfigMap
metadata: {name: dashboards, namespace: extra}
data: {a: b}
"#;

#[test]
fn a_spoke_gets_what_a_cluster_with_flux_gets() {
    let (db, compilation) = compiled(FLEET);
    assert!(compilation.is_clean(), "{:?}", summary(&compilation));
    assert_reached(&db, FLEET, "all", Kustomize::find("a hub").as_ref());
}

/// Compiles a fleet once more with the clusters of a group behind a hub, and holds the two against each other.
pub(super) fn assert_reached(own: &FleetDatabase, text: &str, group: &str, kustomize: Option<&Kustomize>) {
    let (head, files) = text.split_once("\n--- ").map_or((text, String::new()), |(a, b)| (a, format!("\n--- {b}")));
    let mut through = head.replace(&format!("group {group} {{"), &format!("group {group} {{\n  via = the-hub"));
    through += "\ncluster the-hub { }\n";
    let secret = |name: &str| format!("external Secret flux-system.{name}-kubeconfig {{ }}\n");
    through.extend(fleet::clusters(own).map(|it| secret(it.name(own))));
    through += &files;
    let (db, compilation) = compiled(&through);
    assert!(compilation.is_clean(), "{:?}\n{through}", summary(&compilation));
    if let Some(it) = kustomize {
        it.check(&db, &compilation);
    }
    let of = |name: &str| fleet::clusters(&db).find(|it| it.name(&db) == name).expect("the same clusters");
    let hub = flux::exactly(&db, of("the-hub"));
    for cluster in fleet::clusters(own) {
        let one = flux::exactly(own, cluster);
        let other = flux::exactly(&db, of(cluster.name(own)));
        same(&one.value, &other.value, &hub.value, cluster.name(own));
    }
}

fn same(own: &Deployed, spoke: &Deployed, hub: &Deployed, name: &str) {
    let applied = |it: &Deployed| -> BTreeMap<Id, Value> {
        let to_compare = it.objects().map(|(_, object)| (it.own_name(&object.id).clone(), json(&object.body)));
        to_compare.filter(|(id, _)| id.kind != "Kustomization" && !is_source(id)).collect()
    };
    let (mut theirs, mut ours) = (applied(own), applied(spoke));
    // A tenant's account is beside Flux, and the spoke has a namespace for it.
    ours.retain(|id, _| id.kind != "Namespace" || id.name != "flux-system");
    let of_accounts = |id: &Id| ["ServiceAccount", "RoleBinding"].contains(&id.kind.as_str());
    for it in [&mut theirs, &mut ours] {
        it.retain(|id, _| !of_accounts(id));
    }
    let ids = |it: &BTreeMap<Id, Value>| it.keys().cloned().collect::<Vec<_>>();
    assert_eq!(ids(&theirs), ids(&ours), "{name}");
    let places: Vec<&Deployed> = vec![hub, spoke];
    for (id, wanted) in &theirs {
        let got = ours.get(id).expect("the same objects");
        if id.kind != "HelmRelease" {
            assert_eq!(without_name(wanted), without_name(got), "{id} on {name}");
            continue;
        }
        assert_eq!(chart_of(wanted, &[own]), chart_of(got, &places), "{id} on {name}");
        assert_eq!(release_of(wanted), release_of(got), "{id} on {name}");
        let spec = &got["spec"];
        assert_eq!(spec["storageNamespace"], spec["targetNamespace"]);
        assert_eq!(spec["install"]["createNamespace"], true);
        assert_eq!(spec["kubeConfig"]["secretRef"]["name"], format!("{name}-kubeconfig"));
        for it in spec["dependsOn"].as_array().into_iter().flatten() {
            let is_it = |object: &Object| object.id.kind == "HelmRelease" && it["name"] == object.id.name.as_str();
            assert!(spoke.objects().any(|(_, it)| is_it(it)), "{id} on {name} waits for nothing: {it}");
        }
    }
    for unit in spoke.units.iter() {
        let is_sent = unit.kustomization.spec().expect("a spec").get("kubeConfig").is_some();
        let of_flux = |it: &Object| it.id.group.ends_with(".toolkit.fluxcd.io");
        assert!(unit.objects.iter().all(|it| of_flux(it) != is_sent || it.id.kind == "ConfigMap"), "{}", unit.name);
    }
    let waits = |it: &Object| json(&it.body)["spec"]["dependsOn"].as_array().cloned().unwrap_or_default();
    for object in spoke.objects().map(|(_, it)| it).filter(|it| it.id.kind == "Kustomization") {
        for it in waits(object) {
            let is_there = it["name"] == name || spoke.units.iter().any(|unit| it["name"] == unit.name.as_str());
            assert!(is_there, "{} on {name} waits for nothing: {it}", object.id);
        }
    }
}

fn is_source(id: &Id) -> bool {
    id.group == "source.toolkit.fluxcd.io"
}

fn without_name(it: &Value) -> Value {
    let mut it = it.clone();
    it["metadata"]["name"] = Value::Null;
    it
}

/// The object that a release takes its chart from, and what it takes.
fn chart_of(release: &Value, places: &[&Deployed]) -> (Value, Value) {
    let spec = &release["spec"];
    let named = if spec["chart"].is_null() { &spec["chartRef"] } else { &spec["chart"]["spec"]["sourceRef"] };
    let namespace = named["namespace"].as_str().or(release["metadata"]["namespace"].as_str());
    let is_it = |it: &Object| {
        named["kind"] == it.id.kind.as_str()
            && named["name"] == it.id.name.as_str()
            && namespace == Some(it.id.namespace.as_str())
    };
    let mut found = places.iter().flat_map(|it| it.objects()).map(|(_, it)| it).filter(|it| is_it(it));
    let source = found.next().unwrap_or_else(|| panic!("there is no source {named}"));
    assert!(found.next().is_none(), "there are two sources {named}");
    let mut chart = spec["chart"]["spec"].clone();
    if let Some(it) = chart.as_object_mut() {
        it.remove("sourceRef");
    }
    (json(&source.body)["spec"].clone(), chart)
}

/// What a release installs, and how.
fn release_of(release: &Value) -> Value {
    let mut spec = release["spec"].clone();
    let map = spec.as_object_mut().expect("an object");
    for key in ["chart", "chartRef", "kubeConfig", "storageNamespace", "dependsOn", "valuesFrom"] {
        map.remove(key);
    }
    if let Some(install) = map.get_mut("install").and_then(Value::as_object_mut) {
        install.remove("createNamespace");
    }
    spec
}

/// Flux would look for a directory that is not there for ever.
#[test]
fn a_spoke_without_anything_has_no_kustomization() {
    let text = r#"
fleet f { }
catalogue apps { manifest a { apiVersion = "v1", kind = "ConfigMap", metadata { name = "a", namespace = "default" } } }
cluster hub { use apps }
cluster later { via = hub }
cluster now { via = hub, use apps }
external Secret flux-system.now-kubeconfig
"#;
    let (_, compilation) = compiled(text);
    let files: Vec<&str> = compilation.tree.files.keys().map(ecow::EcoString::as_str).collect();
    assert!(files.contains(&"clusters/hub/now.yaml") && files.contains(&"clusters/now/now-apps.yaml"), "{files:?}");
    assert!(files.iter().all(|it| !it.contains("later")), "{files:?}");
}
