//! What `flux bootstrap` wrote must agree with the sources: it is read, never written.

use ecow::EcoString;
use serde_json::Value;

use super::built::sync_objects;
use super::problems;
use super::snapshot::Snapshot;
use crate::diagnostic::Diagnostic;
use crate::emit::FileTree;
use crate::fleet::{self, Cluster, Settings};
use crate::flux::Deployed;
use crate::kustomize::cleaned;
use crate::source::{Db, is_within};
use crate::value::Node;

pub(super) fn check(
    db: &dyn Db,
    settings: &Settings,
    deployed: &[&Deployed],
    tree: &FileTree,
    snapshot: &Snapshot,
    out: &mut Vec<Diagnostic>,
) {
    for it in deployed {
        let cluster = &fleet::cluster(db, it.anchor).value;
        let dir = format!("{}/flux-system", it.path);
        match sync_objects(&dir, snapshot) {
            Ok(objects) => {
                let path = format!("{dir}/gotk-sync.yaml");
                let root = Root { settings, cluster, deployed: it, tree, path: &path };
                for object in &objects {
                    root.object(object, out);
                }
            }
            Err((path, reason)) => out.push(problems::not_an_object(&path, &reason)),
        }
        if let Some(text) = snapshot.entries.get(format!("{dir}/kustomization.yaml").as_str()).and_then(|it| it.text())
        {
            let locked = text.contains("--no-cross-namespace-refs=true");
            if locked && !cluster.lockdown {
                out.push(problems::lockdown_differs(&format!("{dir}/kustomization.yaml"), &it.cluster));
            }
        }
    }
}

/// The root of a cluster, and what stands in it.
struct Root<'a> {
    settings: &'a Settings,
    cluster: &'a Cluster,
    deployed: &'a Deployed,
    tree: &'a FileTree,
    /// The file of bootstrap.
    path: &'a str,
}

impl Root<'_> {
    fn object(&self, object: &Value, out: &mut Vec<Diagnostic>) {
        let Some(spec) = object.get("spec") else { return };
        match object.get("kind").and_then(Value::as_str) {
            Some("Kustomization") => self.kustomization(spec, out),
            Some("GitRepository") => self.repository(spec, out),
            _ => {}
        }
    }

    fn kustomization(&self, spec: &Value, out: &mut Vec<Diagnostic>) {
        let (cluster, path) = (self.cluster, self.path);
        let says = |keys: &[&str]| text(spec, keys);
        let mut differs = |what: &str, found: &str, expected: &str| {
            if found != expected {
                out.push(problems::bootstrap_differs(path, what, found, expected));
            }
        };
        if let Some(found) = says(&["path"]) {
            differs("path", &cleaned(found), &cluster.path);
        }
        if let Some(source) = spec.get("sourceRef") {
            differs("kind of source", text(source, &["kind"]).unwrap_or_default(), &cluster.sync.kind);
            differs("source", text(source, &["name"]).unwrap_or_default(), &cluster.sync.name);
            let namespace = text(source, &["namespace"]).unwrap_or(&cluster.sync.namespace);
            differs("namespace of the source", namespace, &cluster.sync.namespace);
        }
        for field in ["targetNamespace", "namePrefix", "nameSuffix"] {
            if let Some(it) = says(&[field]).filter(|it| !it.is_empty()) {
                out.push(problems::root_rewrites(path, field, it));
            }
        }
        if cluster.sync.gate {
            if spec.get("wait").and_then(Value::as_bool) == Some(true) {
                out.push(problems::root_waits(path, "`wait: true`"));
            }
            let own = |it: &&Value| self.makes(text(it, &["kind"]), text(it, &["name"]));
            if let Some(it) = list(spec, "healthChecks").find(own) {
                let name = text(it, &["name"]).unwrap_or_default();
                out.push(problems::root_waits(path, &format!("a health check of `{name}`")));
            }
        }
        let own = |it: &&Value| self.makes(Some("Kustomization"), text(it, &["name"]));
        if let Some(it) = list(spec, "dependsOn").find(own) {
            let name = text(it, &["name"]).unwrap_or_default();
            out.push(problems::root_waits(path, &format!("`dependsOn` of `{name}`")));
        }
        if spec.get("suspend").and_then(Value::as_bool) == Some(true) {
            out.push(problems::root_field(path, "suspend: true", "nothing that is built reaches the cluster"));
        }
        if spec.get("prune").and_then(Value::as_bool) == Some(false) {
            out.push(problems::root_field(path, "prune: false", "what the sources drop stays on the cluster"));
        }
        if spec.get("postBuild").is_some() && self.has_variables() {
            let why = "it replaces variables in the Kustomizations that are built, before they replace their own";
            out.push(problems::root_field(path, "postBuild", why));
        }
    }

    /// Whether the project makes an object that is applied by the root, or by what it applies.
    fn makes(&self, kind: Option<&str>, name: Option<&str>) -> bool {
        let is_it = |id: &crate::kube::Id| Some(id.kind.as_str()) == kind && Some(id.name.as_str()) == name;
        self.deployed.objects().any(|(_, it)| is_it(&it.id))
    }

    /// Whether a file in the root has something that Flux would replace.
    fn has_variables(&self) -> bool {
        let of_root = self.tree.files.iter().filter(|(path, _)| is_within(path, &self.deployed.path));
        of_root.map(|(_, it)| it.text()).any(|it| it.contains("${") || it.contains("$$"))
    }

    fn repository(&self, spec: &Value, out: &mut Vec<Diagnostic>) {
        if let Some(found) = text(spec, &["ref", "branch"])
            && found != self.settings.branch
        {
            out.push(problems::bootstrap_differs(self.path, "branch", found, &self.settings.branch));
        }
        let repository: Option<&EcoString> = self.settings.repository.as_ref().and_then(Node::text);
        if let (Some(found), Some(expected)) = (text(spec, &["url"]), repository)
            && found.trim_end_matches(".git") != expected.trim_end_matches(".git")
        {
            out.push(problems::bootstrap_differs(self.path, "url", found, expected));
        }
    }
}

fn text<'a>(of: &'a Value, keys: &[&str]) -> Option<&'a str> {
    keys.iter().try_fold(of, |node, key| node.get(*key)).and_then(Value::as_str)
}

fn list<'a>(of: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    of.get(key).and_then(Value::as_array).into_iter().flatten()
}
