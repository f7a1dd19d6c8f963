//! What installs Flux on a cluster: `flux bootstrap`, or a `FluxInstance`.

use ecow::{EcoString, eco_format};

use super::model::Cluster;
use super::problems;
use crate::diagnostic::Diagnostic;
use crate::flux::object::{Tree, list, text as text_node};
use crate::value::Value;
use crate::value::yaml::{Style, Writer};

const COMPONENTS: [&str; 4] =
    ["source-controller", "kustomize-controller", "helm-controller", "notification-controller"];

fn repository<'a>(it: &'a Cluster, out: &mut Vec<Diagnostic>) -> Option<&'a EcoString> {
    if it.repository.is_none() {
        out.push(problems::missing(
            it.origin,
            &it.name,
            "repository to read",
            "write `repository = \"…\"` in the fleet",
        ));
    }
    it.repository.as_ref()
}

/// The command line that `flux bootstrap git` is given.
pub(super) fn bootstrap(it: &Cluster, header: &str, out: &mut Vec<Diagnostic>) -> String {
    let Some(url) = repository(it, out) else { return String::new() };
    if it.sync.kind != "GitRepository" || it.sync.name != "flux-system" || it.sync.root != "flux-system" {
        out.push(problems::cannot_say(
            it.origin,
            "`flux bootstrap`",
            "another source or root than `flux-system`",
            "remove `sync { … }`, or use `-o flux-instance`",
        ));
        return String::new();
    }
    let mut words = vec![
        "flux bootstrap git".to_owned(),
        format!("--url={}", quoted(url)),
        format!("--branch={}", quoted(&it.branch)),
        format!("--path={}", quoted(&eco_format!("./{}", it.path))),
    ];
    if it.sync.namespace != "flux-system" {
        words.push(format!("--namespace={}", quoted(&it.sync.namespace)));
    }
    words.push("--silent".to_owned());
    let comment = if header.is_empty() { String::new() } else { format!("# {header}\n") };
    format!("{comment}{}\n", words.join(" \\\n  "))
}

/// A word of a shell.
fn quoted(text: &str) -> String {
    let is_plain = text.chars().all(|it| it.is_ascii_alphanumeric() || "@%+=:,./_-".contains(it));
    if is_plain && !text.is_empty() { text.to_owned() } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

/// The object that the Flux Operator reads.
pub(super) fn instance(it: &Cluster, header: &str, out: &mut Vec<Diagnostic>) -> String {
    let at = it.origin;
    let Some(url) = repository(it, out) else { return String::new() };
    let namespace = it.sync.namespace.clone();
    let components = COMPONENTS.iter().map(|it| text_node(*it, at)).collect();
    let mut cluster = Tree::new(at).text("type", "aws").value("networkPolicy", Value::Bool(true));
    if it.lockdown {
        cluster = cluster.value("multitenant", Value::Bool(true)).text("tenantDefaultServiceAccount", "default");
    }
    let reference =
        if it.sync.kind == "GitRepository" { eco_format!("refs/heads/{}", it.branch) } else { it.branch.clone() };
    let mut sync = Tree::new(at)
        .text("kind", it.sync.kind.clone())
        .text("url", url.clone())
        .text("ref", reference)
        .text("path", eco_format!("./{}", it.path));
    if it.sync.name != namespace {
        sync = sync.text("name", it.sync.name.clone());
    }
    if url.starts_with("ssh://") || url.contains('@') {
        sync = sync.text("pullSecret", "flux-system");
    }
    let spec = Tree::new(at)
        .tree(
            "distribution",
            Tree::new(at).text("version", eco_format!("{}.x", it.flux)).text("registry", "ghcr.io/fluxcd"),
        )
        .node("components", list(components, at))
        .tree("cluster", cluster)
        .tree("sync", sync);
    let root = Tree::new(at)
        .text("apiVersion", "fluxcd.controlplane.io/v1")
        .text("kind", "FluxInstance")
        .tree("metadata", Tree::new(at).text("name", "flux").text("namespace", namespace))
        .tree("spec", spec);
    let mut writer = Writer::new(Style::File);
    writer.comment(header);
    writer.document(&root.build());
    writer.finish().0
}
