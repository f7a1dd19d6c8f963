//! Directories by us and by the real kustomize: the same objects, leaf for leaf, or a reason why not.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use fleetc::kustomize::{Builder, Files, Spec, Trouble};
use serde_json::{Value, json};

use crate::support::Kustomize;

/// Base and overlays with everything that is done: the name of a case, and its files.
const CASES: &[(&str, &str)] = &[
    (
        "patches of a built-in kind",
        "
--- kustomization.yaml ---
resources: [all.yaml]
patches:
- patch: |
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web, annotations: {a: null, b: c}}
    spec:
      template:
        spec:
          containers:
          - {name: new, image: inew}
          - {name: two, args: [z], env: [{name: N, value: n}]}
          - name: one
            args: [c]
            env: [{name: C, value: c}, {name: B, value: bb}, {name: A, $patch: delete}]
            ports: [{containerPort: 81}]
          tolerations: [{key: b}]
          volumes: [{name: w}, {name: v, emptyDir: null}]
- target: {kind: Deploy.*, name: we.}
  patch: |
    - {op: add, path: /spec/replicas, value: 3}
    - {op: replace, path: /spec/template/spec/containers/0/image, value: other}
--- all.yaml ---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, annotations: {a: b}}
spec:
  template:
    spec:
      containers:
      - name: one
        args: [a, b]
        env: [{name: A, value: a}, {name: B, value: b}]
        ports: [{containerPort: 80, name: http}]
      - {name: two, image: i2}
      tolerations: [{key: a}]
      volumes: [{name: v, emptyDir: {}}]
",
    ),
    (
        "patches of custom resources",
        "
--- kustomization.yaml ---
resources: [base]
patchesStrategicMerge: [gone.yaml]
patches:
- path: both.yaml
- path: values.yaml
  target: {kind: HelmRelease, labelSelector: tier=front}
--- both.yaml ---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: a, namespace: x}
spec: {values: {env: [{name: B}], a: {b: null, c: {}, d: {$patch: replace, e: 1}}, containers: [{name: y}]}}
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: b, namespace: x}
spec: {interval: 5m}
--- values.yaml ---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: whatever, finalizers: [w]}
spec: {chart: {spec: {version: '1'}}}
--- gone.yaml ---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: c, namespace: x}
$patch: delete
--- base/kustomization.yaml ---
resources: [releases.yaml]
--- base/releases.yaml ---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: a, namespace: x, labels: {tier: front}, finalizers: [q]}
spec: {values: {env: [{name: A}], a: {b: 1, d: {f: 2}}, containers: [{name: z}]}}
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: b, namespace: x}
spec: {interval: 1m}
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: c, namespace: x}
spec: {interval: 1m}
",
    ),
    (
        "a namespace, labels, annotations, images, replicas",
        "
--- kustomization.yaml ---
resources: [all.yaml]
namespace: new
commonLabels: {c: d}
labels: [{pairs: {e: f}}, {pairs: {g: h}, includeTemplates: true}]
commonAnnotations: {an: 'no'}
images: [{name: i1, newTag: '5'}, {name: i2, newName: foo/bar, digest: 'sha256:abc'}, {name: 'r:5000/i3', newTag: v1}]
replicas: [{name: web, count: 4}]
--- all.yaml ---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec: {template: {spec: {containers: [{name: a, image: i1}, {name: b, image: 'i2:3'}], initContainers: [{name: c, image: 'r:5000/i3:v0'}]}}}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {ports: [{port: 80}], selector: {a: b}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: crb}
subjects:
- {kind: ServiceAccount, name: sa, namespace: old}
- {kind: ServiceAccount, name: other, namespace: old}
- {kind: ServiceAccount, name: default, namespace: old}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: q}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: sa, namespace: old}
---
apiVersion: v1
kind: Namespace
metadata: {name: old}
---
apiVersion: example.com/v1
kind: Foo
metadata: {name: foo}
",
    ),
    (
        "components and generators",
        "
--- kustomization.yaml ---
resources: [../base]
components: [../part]
namespace: shop
--- ../part/kustomization.yaml ---
apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
resources: [more.yaml]
patches:
- target: {kind: ConfigMap, name: web}
  patch: |
    - {op: add, path: /data/more, value: yes it is}
configMapGenerator:
- name: made
  literals: [a=b, 'c=\"d\"']
  files: [text.txt, other=text.txt]
  options: {disableNameSuffixHash: true, labels: {x: z}}
--- ../part/more.yaml ---
apiVersion: v1
kind: ConfigMap
metadata: {name: more}
data: {mode: '0644'}
--- ../part/text.txt ---
line
another
--- ../base/kustomization.yaml ---
resources: [web.yaml]
generatorOptions: {disableNameSuffixHash: true}
secretGenerator:
- name: made
  envs: [text.env]
  type: example
--- ../base/text.env ---
# comment
A=1
B = 2
--- ../base/web.yaml ---
apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: ConfigMap
  metadata: {name: web}
  data: {a: b}
- apiVersion: apps/v1
  kind: Deployment
  metadata: {name: web}
  spec: {template: {spec: {volumes: [{name: a, secret: {secretName: x, defaultMode: 0644}}]}}}
",
    ),
    (
        "anchors, another version, JSON patches with several targets",
        "
--- kustomization.yml ---
resources: [./all.yaml]
patchesJson6902:
- target: {version: v1, kind: ConfigMap, name: 'a|b'}
  patch: |
    - {op: add, path: /data/x~1y, value: '1'}
    - {op: remove, path: /data/gone}
--- all.yaml ---
apiVersion: v1
kind: ConfigMap
metadata: {name: a}
data: {gone: a, stays: b}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: b}
data: {gone: &text more, stays: *text}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: ab}
data: {gone: a}
",
    ),
];

fn files_of(text: &str) -> BTreeMap<String, String> {
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    let mut at = String::new();
    for line in text.lines() {
        if let Some(path) = line.strip_prefix("--- ").and_then(|it| it.strip_suffix(" ---")) {
            at = path.strip_prefix("../").map_or_else(|| format!("overlay/{path}"), str::to_owned);
        } else if !at.is_empty() {
            let text = found.entry(at.clone()).or_default();
            text.push_str(line);
            text.push('\n');
        }
    }
    found
}

#[test]
fn directories_come_out_as_kustomize_makes_them() {
    let Some(kustomize) = Kustomize::find("our kustomize") else { return };
    for (what, text) in CASES {
        let files = files_of(text);
        let dir = tempfile::tempdir().expect("a directory");
        for (path, text) in &files {
            let path = dir.path().join(path);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
            std::fs::write(path, text).expect("a file");
        }
        let texts = files.iter().map(|(path, text)| (path.as_str().into(), Arc::from(text.as_str()))).collect();
        let ours = built(&Files::new(texts), "overlay").unwrap_or_else(|it| panic!("{what}: {it}"));
        let theirs = kustomize.build(&dir.path().join("overlay")).unwrap_or_else(|it| panic!("{what}: {it}"));
        same(what, &ours, &theirs);
    }
}

/// `FLEETC_CORPUS=DIR`: every directory with a kustomization, below each directory of DIR.
#[test]
fn real_repositories_come_out_as_kustomize_makes_them() {
    let (Some(corpus), Some(kustomize)) = (std::env::var_os("FLEETC_CORPUS"), Kustomize::find("real repositories"))
    else {
        return;
    };
    let (mut same_count, mut beyond) = (0, 0);
    for repository in std::fs::read_dir(corpus).expect("repositories") {
        let root = repository.expect("a repository").path();
        let mut texts = BTreeMap::new();
        read(&root, &root, &mut texts);
        let files = Files::new(texts);
        let lists = ["/kustomization.yaml", "/kustomization.yml"];
        for dir in files.paths().filter_map(|it| lists.iter().find_map(|list| it.strip_suffix(list))) {
            let what = format!("{}/{dir}", root.display());
            let theirs = kustomize.build(&root.join(dir));
            match (built(&files, dir), theirs) {
                (Ok(ours), Ok(theirs)) => {
                    same(&what, &ours, &theirs);
                    same_count += 1;
                }
                (Err(why @ Trouble::Beyond { .. }), _) => {
                    eprintln!("{why}");
                    beyond += 1;
                }
                (Err(Trouble::Broken { .. }), Err(_)) => {}
                (Ok(_), Err(why)) => eprintln!("{what}: kustomize says {why}"),
                (Err(why), Ok(_)) => panic!("{what}: {why}"),
            }
        }
    }
    eprintln!("{same_count} the same, {beyond} beyond");
}

fn read(root: &Path, dir: &Path, into: &mut BTreeMap<ecow::EcoString, Arc<str>>) {
    for entry in std::fs::read_dir(dir).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            read(root, &path, into);
        } else if let Ok(text) = std::fs::read_to_string(&path) {
            into.insert(path.strip_prefix(root).expect("below").to_string_lossy().as_ref().into(), text.into());
        }
    }
}

fn built(files: &Files, dir: &str) -> Result<Vec<Value>, Trouble> {
    let spec = json!({});
    let made = Builder::new(files).flux(Spec { dir, spec: &spec })?;
    Ok(made.into_iter().map(|it| it.body).collect())
}

fn same(what: &str, ours: &[Value], theirs: &[Value]) {
    let by_id = |all: &[Value]| -> BTreeMap<String, Value> {
        let id = |it: &Value| {
            format!("{} {} {}", it["apiVersion"], it["kind"], it["metadata"]["name"])
                + &it["metadata"]["namespace"].to_string()
        };
        all.iter().map(|it| (id(it), it.clone())).collect()
    };
    let (ours, theirs) = (by_id(ours), by_id(theirs));
    let names = |it: &BTreeMap<String, Value>| it.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&ours), names(&theirs), "{what}");
    for (id, ours) in &ours {
        let mut found = Vec::new();
        different("", ours, &theirs[id], &mut found);
        assert!(found.is_empty(), "{what}: {id}\n{}", found.join("\n"));
    }
}

fn different(at: &str, ours: &Value, theirs: &Value, found: &mut Vec<String>) {
    match (ours, theirs) {
        (Value::Object(a), Value::Object(b)) => {
            for key in a.keys().chain(b.keys().filter(|it| !a.contains_key(*it))) {
                let none = Value::from("(nothing)");
                different(&format!("{at}/{key}"), a.get(key).unwrap_or(&none), b.get(key).unwrap_or(&none), found);
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            for (nth, (a, b)) in a.iter().zip(b).enumerate() {
                different(&format!("{at}/{nth}"), a, b, found);
            }
        }
        (Value::Number(a), Value::Number(b)) if a.as_f64() == b.as_f64() => {}
        (a, b) if a == b => {}
        // kustomize 5.5 doubles line breaks of folded texts when it writes them again.
        (Value::String(a), Value::String(b)) if a.lines().eq(b.lines().filter(|it| !it.is_empty())) => {}
        (a, b) => found.push(format!("{at}: ours {a}, theirs {b}")),
    }
}
