//! What `flux bootstrap` wrote must agree with the sources: it is read, never written.

use ecow::EcoString;
use serde_yaml::Value;

use super::snapshot::Snapshot;
use super::{problems, roots::documents};
use crate::diagnostic::Diagnostic;
use crate::fleet::{self, Cluster, Settings};
use crate::flux::Deployed;
use crate::source::Db;
use crate::value::Node;

pub(super) fn check(
    db: &dyn Db,
    settings: &Settings,
    deployed: &[&Deployed],
    snapshot: &Snapshot,
    out: &mut Vec<Diagnostic>,
) {
    for it in deployed {
        let cluster = &fleet::cluster(db, it.anchor).value;
        let dir = format!("{}/flux-system", it.path);
        if let Some(text) = snapshot.entries.get(format!("{dir}/gotk-sync.yaml").as_str()).and_then(|it| it.text()) {
            sync(settings, cluster, &format!("{dir}/gotk-sync.yaml"), text, out);
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

fn sync(settings: &Settings, cluster: &Cluster, path: &str, text: &str, out: &mut Vec<Diagnostic>) {
    let documents = match documents(text) {
        Ok(it) => it,
        Err(reason) => {
            out.push(problems::not_an_object(path, &reason));
            return;
        }
    };
    for document in documents {
        let Some(spec) = document.get("spec") else { continue };
        let says = |keys: &[&str]| keys.iter().try_fold(spec, |node, key| node.get(*key)).and_then(Value::as_str);
        match document.get("kind").and_then(Value::as_str) {
            Some("Kustomization") => {
                if let Some(found) = says(&["path"])
                    && found.trim_start_matches("./").trim_end_matches('/') != cluster.path
                {
                    out.push(problems::bootstrap_differs(path, "path", found, &format!("./{}", cluster.path)));
                }
                let waits = spec.get("wait").and_then(Value::as_bool) == Some(true);
                if waits && cluster.sync.gate {
                    out.push(problems::root_waits(path));
                }
            }
            Some("GitRepository") => {
                if let Some(found) = says(&["ref", "branch"])
                    && found != settings.branch
                {
                    out.push(problems::bootstrap_differs(path, "branch", found, &settings.branch));
                }
                let repository: Option<&EcoString> = settings.repository.as_ref().and_then(Node::text);
                if let (Some(found), Some(expected)) = (says(&["url"]), repository)
                    && found.trim_end_matches(".git") != expected.trim_end_matches(".git")
                {
                    out.push(problems::bootstrap_differs(path, "url", found, expected));
                }
            }
            _ => {}
        }
    }
}
