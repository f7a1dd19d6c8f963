//! What installs Flux on a cluster: `flux bootstrap`, or a `FluxInstance`.

use ecow::{EcoString, eco_format};

use super::model::Cluster;
use super::problems;
use crate::diagnostic::Diagnostic;
use crate::kube::object::{Tree, list, text as text_node};
use crate::value::Value;
use crate::value::yaml::{Style, Writer};

const COMPONENTS: [&str; 4] =
    ["source-controller", "kustomize-controller", "helm-controller", "notification-controller"];

const IMAGES: [&str; 2] = ["image-reflector-controller", "image-automation-controller"];

/// Flux is the platform's to install; a tenant's project is applied by it.
fn is_platform(it: &Cluster, out: &mut Vec<Diagnostic>) -> bool {
    if let Some(account) = &it.sync.service_account {
        out.push(problems::cannot_say(
            it.origin,
            "what installs Flux",
            &eco_format!("that it runs as `{account}`"),
            "this is a tenant's project: install Flux from the platform's",
        ));
    }
    if let Some((hub, at)) = &it.hub {
        out.push(problems::cannot_say(
            *at,
            "what installs Flux",
            "a cluster that is reached through a hub",
            &eco_format!("install Flux on `{hub}`"),
        ));
    }
    it.sync.service_account.is_none() && it.hub.is_none()
}

fn repository<'a>(it: &'a Cluster, out: &mut Vec<Diagnostic>) -> Option<&'a EcoString> {
    if it.repository.is_none() {
        out.push(problems::missing(
            it.fleet,
            &it.name,
            "repository to read",
            "write `repository = \"…\"` in the fleet",
        ));
    }
    it.repository.as_ref()
}

/// The command line that `flux bootstrap git` is given.
pub(super) fn bootstrap(it: &Cluster, header: &str, out: &mut Vec<Diagnostic>) -> String {
    let (true, Some(url)) = (is_platform(it, out), repository(it, out)) else { return String::new() };
    // The command names source and root as the namespace.
    let is_own = it.sync.name == it.sync.namespace && it.sync.root == it.sync.namespace;
    if it.sync.kind != "GitRepository" || !is_own || url.starts_with("oci://") {
        out.push(problems::cannot_say(
            it.origin,
            "`flux bootstrap`",
            "another source than a Git repository, or one that is not named as its namespace",
            "give `name` and `root` of `sync { … }` the namespace's name, or use `-o flux-instance`",
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
    if it.scans_images {
        words.push(format!("--components-extra={}", IMAGES.join(",")));
    }
    if url.starts_with("http://") || url.starts_with("https://") {
        // Otherwise a deploy key is made and the URL is written anew for SSH.
        words.push("--token-auth".to_owned());
    }
    if url.starts_with("http://") {
        words.push("--allow-insecure-http".to_owned());
    }
    words.push("--silent".to_owned());
    let comment = if header.is_empty() { String::new() } else { format!("# {header}\n") };
    let version = format!("# With the flux command of version {}, which installs its own version.\n", it.flux);
    format!("{comment}{version}{}\n", words.join(" \\\n  "))
}

/// A word of a shell.
fn quoted(text: &str) -> String {
    let is_plain = text.chars().all(|it| it.is_ascii_alphanumeric() || "@%+=:,./_-".contains(it));
    if is_plain && !text.is_empty() { text.to_owned() } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

/// The object that the Flux Operator reads.
pub(super) fn instance(it: &Cluster, header: &str, out: &mut Vec<Diagnostic>) -> String {
    let at = it.origin;
    let (true, Some(url)) = (is_platform(it, out), repository(it, out)) else { return String::new() };
    let is_registry = url.starts_with("oci://");
    if is_registry != (it.sync.kind == "OCIRepository") && it.sync.kind != "Bucket" {
        out.push(problems::cannot_say(
            it.origin,
            "a FluxInstance",
            &eco_format!("that a {} reads {url}", it.sync.kind),
            "write the `kind` of `sync { … }` that fits the URL",
        ));
        return String::new();
    }
    let namespace = it.sync.namespace.clone();
    let extra = IMAGES.iter().filter(|_| it.scans_images);
    let components = COMPONENTS.iter().chain(extra).map(|it| text_node(*it, at)).collect();
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
    if is_registry && url.contains(".dkr.ecr.") {
        sync = sync.text("provider", "aws");
    }
    if url.starts_with("ssh://") || (url.contains('@') && !is_registry) {
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
    writer.finish()
}
