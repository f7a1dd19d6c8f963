//! The rules of Flux's schemas that are no types: its CEL validations, and what
//! its controllers refuse at run time.
//!
//! Source: `x-kubernetes-validations` of the CRDs of Flux 2.9; the controllers'
//! own checks where a comment says so.

use ecow::{EcoString, eco_format};

use super::cel::{self, Expected};
use super::object::Object;
use super::problems;
use crate::data;
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::schema;
use crate::source::Origin;
use crate::value::{Node, Value};

/// Checks an object of a Flux kind.
pub fn check(object: &Object, out: &mut Vec<Diagnostic>) {
    let Some(spec) = object.spec() else { return };
    let rules = Rules { object, spec };
    let found = match object.id.kind.as_str() {
        "HelmRelease" => rules.helm_release(),
        "Kustomization" if object.id.group == "kustomize.toolkit.fluxcd.io" => rules.kustomization(),
        "GitRepository" => rules.git_repository(),
        "OCIRepository" => rules.oci_repository(),
        "HelmRepository" => rules.helm_repository(),
        "HelmChart" => rules.helm_chart(),
        "Bucket" => rules.bucket(),
        "Provider" if object.id.group == "notification.toolkit.fluxcd.io" => rules.provider(),
        "Receiver" => rules.receiver(),
        "ImagePolicy" => rules.image_policy(),
        _ => Vec::new(),
    };
    out.extend(rules.conditions().into_iter().map(|(at, text)| problems::condition(at, &object.id, &text)));
    out.extend(found.into_iter().map(|(path, text)| {
        let at = path.split('.').try_fold(spec, |node, key| node.get(key)).map_or(object.origin, |it| it.origin);
        problems::rule(at, &object.id, &text)
    }));
}

/// What is wrong with the text of a patch: kustomize takes a strategic merge patch, or a list of JSON patch operations.
fn wrong_patch(text: &str, has_target: bool) -> Option<&'static str> {
    const OPERATIONS: [&str; 6] = ["add", "remove", "replace", "move", "copy", "test"];
    let documents = data::documents(text).filter(|it| !it.is_empty());
    let Some(documents) = documents else { return Some("is no YAML") };
    documents.iter().find_map(|document| match document {
        serde_yaml::Value::Sequence(operations) => {
            let is_operation = |it: &serde_yaml::Value| {
                let operation = it.get("op").and_then(serde_yaml::Value::as_str);
                operation.is_some_and(|it| OPERATIONS.contains(&it)) && it.get("path").is_some()
            };
            match (operations.iter().all(is_operation), has_target) {
                (false, _) => Some("has an operation without `op` and `path`"),
                (true, false) => Some("is a list of operations and has no `target`"),
                (true, true) => None,
            }
        }
        serde_yaml::Value::Mapping(_) => {
            let names = |key: &str| document.get(key).and_then(serde_yaml::Value::as_str).is_some();
            let is_named = names("apiVersion")
                && names("kind")
                && document.get("metadata").and_then(|it| it.get("name")).is_some();
            (!has_target && !is_named)
                .then_some("names no object: it needs a `target`, or `apiVersion`, `kind` and `metadata.name`")
        }
        _ => Some("is neither an object nor a list of operations"),
    })
}

/// Whether a host is a registry of ECR, private or public.
fn is_ecr(host: &str) -> bool {
    host.contains(".dkr.ecr") || host.contains(".dkr-ecr") || host == "public.ecr.aws"
}

/// The kind that is most likely meant by a name that no kind has; none for patterns, and for what may be a kind.
fn misspelt_kind(patch: &Node) -> Option<(&EcoString, EcoString)> {
    let target = patch.at(&["target", "kind"]).and_then(Node::text)?;
    let known: Vec<&str> = schema::kind_names().collect();
    if !target.chars().all(char::is_alphanumeric) || known.contains(&target.as_str()) {
        return None;
    }
    Some((target, did_you_mean(target, known)?))
}

struct Rules<'a> {
    object: &'a Object,
    spec: &'a Node,
}

/// Where in the spec, and what is wrong.
type Violations = Vec<(&'static str, EcoString)>;

impl Rules<'_> {
    fn has(&self, path: &str) -> bool {
        path.split('.').try_fold(self.spec, |node, key| node.get(key)).is_some()
    }

    fn text(&self, path: &str) -> &str {
        path.split('.')
            .try_fold(self.spec, |node, key| node.get(key))
            .and_then(Node::text)
            .map_or("", EcoString::as_str)
    }

    fn helm_release(&self) -> Violations {
        let mut found = self.kube_config();
        if self.has("chart") == self.has("chartRef") {
            found.push(("chart", "exactly one of `chart` and `chartRef` must be set".into()));
        }
        if self.has("install.strategy.retryInterval") && self.text("install.strategy.name") == "RemediateOnFailure" {
            found.push((
                "install.strategy.retryInterval",
                "`retryInterval` does not go with `RemediateOnFailure`".into(),
            ));
        }
        if self.has("upgrade.strategy.retryInterval") && self.text("upgrade.strategy.name") != "RetryOnFailure" {
            found.push(("upgrade.strategy.retryInterval", "`retryInterval` goes with `RetryOnFailure` only".into()));
        }
        found.extend(self.target_paths());
        found.extend(self.post_renderers());
        found
    }

    /// The patches that Helm's output goes through: what kustomize cannot read fails each upgrade.
    fn post_renderers(&self) -> Violations {
        let all = self.spec.get("postRenderers").and_then(Node::list).unwrap_or_default().iter();
        let patches: Vec<&Node> = all.filter_map(|it| it.at(&["kustomize", "patches"])?.list()).flatten().collect();
        let unknown = patches.iter().filter_map(|it| {
            let (kind, meant) = misspelt_kind(it)?;
            let text = eco_format!(
                "a patch of `postRenderers` is for the kind `{kind}`, which is none: did you mean `{meant}`?"
            );
            Some(("postRenderers", text))
        });
        let unknown: Violations = unknown.collect();
        let wrong = patches.into_iter().filter_map(|it| {
            let text = it.get("patch").and_then(Node::text)?;
            let reason = wrong_patch(text, it.get("target").is_some())?;
            Some((
                "postRenderers",
                eco_format!("a patch of `postRenderers` {reason}: {}", it.get("patch")?.value.show()),
            ))
        });
        wrong.chain(unknown).collect()
    }

    /// A key that is set both inline and by `targetPath`: which of the two wins
    /// depends on how helm-controller happens to share maps.
    fn target_paths(&self) -> Violations {
        let Some(from) = self.spec.get("valuesFrom").and_then(Node::list) else { return Vec::new() };
        let Some(values) = self.spec.get("values") else { return Vec::new() };
        from.iter()
            .filter_map(|it| it.get("targetPath")?.text())
            .filter(|path| path.split('.').try_fold(values, |node, key| node.get(key)).is_some())
            .map(|path| ("valuesFrom", eco_format!("`{path}` is set inline and by `targetPath`; remove one")))
            .collect()
    }

    /// The conditions in CEL: what cannot be read is never met.
    fn conditions(&self) -> Vec<(Origin, EcoString)> {
        let all = |list: &str| self.spec.get(list).and_then(Node::list).unwrap_or_default().iter();
        let of = |variables, is_condition| Expected { variables, is_condition };
        let checks = all("healthCheckExprs").flat_map(|it| {
            ["current", "inProgress", "failed"].into_iter().filter_map(|key| Some((key, it.get(key)?, of(None, false))))
        });
        // A ResourceSet looks at the fields of what it waits for, whatever that is.
        let is_operator = self.object.id.kind == "ResourceSet";
        let variables: Option<&[&str]> = if is_operator { None } else { Some(&["self", "dep"]) };
        let ready =
            all("dependsOn").filter_map(move |it| Some(("readyExpr", it.get("readyExpr")?, of(variables, true))));
        let own = [
            ("resourceFilter", of(Some(&["res", "req"]), true)),
            ("commitStatusExpr", of(Some(&["event", "alert", "provider"]), false)),
        ];
        let own = own.into_iter().filter_map(|(key, expected)| Some((key, self.spec.get(key)?, expected)));
        let wrong = checks.chain(ready).chain(own).filter_map(|(key, node, expected)| {
            let reason = cel::wrong(node.text()?, expected)?;
            // That is a text, and the others are conditions.
            let what = if key == "commitStatusExpr" { "expression" } else { "condition" };
            Some((node.origin, eco_format!("`{key}` is no {what} in CEL: {reason}")))
        });
        wrong.collect()
    }

    fn kustomization(&self) -> Violations {
        let mut found = self.kube_config();
        let variables = self.spec.at(&["postBuild", "substitute"]).and_then(Node::map);
        // Flux: `^[_[:alpha:]][_[:alpha:][:digit:]]*$`
        let is_name = |it: &EcoString| {
            it.chars().all(|it| it.is_ascii_alphanumeric() || it == '_')
                && it.starts_with(|it: char| it.is_ascii_alphabetic() || it == '_')
        };
        let wrong = variables.into_iter().flat_map(|it| it.entries.keys()).filter(|it| !is_name(it));
        found.extend(wrong.map(|it| {
            let text = "is no name of a variable: letters, digits and `_`, and no digit first";
            ("postBuild.substitute", eco_format!("`{it}` {text}"))
        }));
        found
    }

    fn kube_config(&self) -> Violations {
        if self.has("kubeConfig") && self.has("kubeConfig.configMapRef") == self.has("kubeConfig.secretRef") {
            return vec![("kubeConfig", "exactly one of `configMapRef` and `secretRef` must be set".into())];
        }
        Vec::new()
    }

    fn git_repository(&self) -> Violations {
        let mut found = Vec::new();
        let provider = self.text("provider");
        if self.has("serviceAccountName") && !matches!(provider, "azure" | "aws") {
            found.push(("serviceAccountName", "`serviceAccountName` needs `provider` `azure` or `aws`".into()));
        }
        let has_ref = self.spec.get("ref").and_then(Node::map).is_some_and(|it| !it.entries.is_empty());
        if !has_ref {
            // Without `ref`, Flux reads the branch `master` (GitRepository's documentation).
            found.push(("ref", "no branch, tag, semver or commit is given, and Flux would read `master`".into()));
        }
        if provider == "aws" && !self.text("url").starts_with("https://git-codecommit.") {
            found.push((
                "provider",
                "`aws` is for CodeCommit over HTTPS: `https://git-codecommit.<region>.amazonaws.com/v1/repos/<name>`"
                    .into(),
            ));
        }
        found
    }

    fn oci_repository(&self) -> Violations {
        self.registry("url")
    }

    /// source-controller takes a login from AWS for ECR hosts only, and an ECR
    /// host always needs one.
    fn registry(&self, path: &'static str) -> Violations {
        let url = self.text(path);
        let host = url.split("://").nth(1).unwrap_or_default().split('/').next().unwrap_or_default();
        let is_private_ecr = is_ecr(host) && host != "public.ecr.aws";
        let provider = self.text("provider");
        if is_private_ecr && provider != "aws" && !self.has("secretRef") {
            return vec![(
                path,
                eco_format!("`{host}` always asks for a login: write `provider = \"aws\"`, or `auth = secret(\"…\")`"),
            )];
        }
        if provider == "aws" && !is_ecr(host) && !url.is_empty() {
            return vec![("provider", eco_format!("`{host}` is no ECR registry, so `provider = \"aws\"` fails"))];
        }
        Vec::new()
    }

    fn helm_repository(&self) -> Violations {
        let is_oci = self.text("url").starts_with("oci://");
        if is_oci != (self.text("type") == "oci") {
            return vec![("url", "`oci://` URLs and `type: oci` go together".into())];
        }
        if is_oci { self.registry("url") } else { self.no_registry() }
    }

    /// ECR keeps charts as OCI artifacts alone: it has no index of a chart repository.
    fn no_registry(&self) -> Violations {
        let url = self.text("url");
        let rest = url.split("://").nth(1).unwrap_or_default();
        if is_ecr(rest.split('/').next().unwrap_or_default()) {
            return vec![("url", eco_format!("ECR has charts as OCI artifacts only: write `oci \"oci://{rest}\"`"))];
        }
        Vec::new()
    }

    fn helm_chart(&self) -> Violations {
        if self.has("verify") && self.text("sourceRef.kind") != "HelmRepository" {
            return vec![("verify", "`verify` needs a HelmRepository".into())];
        }
        Vec::new()
    }

    fn bucket(&self) -> Violations {
        let mut found = Vec::new();
        let provider = match self.text("provider") {
            "" => "generic",
            it => it,
        };
        if self.has("sts") {
            match provider {
                "aws" if self.text("sts.provider") != "aws" => {
                    found.push(("sts.provider", "with `provider` `aws` it must be `aws`".into()));
                }
                "generic" if self.text("sts.provider") != "ldap" => {
                    found.push(("sts.provider", "with `provider` `generic` it must be `ldap`".into()));
                }
                "aws" | "generic" => {}
                _ => found.push(("sts", "STS goes with `provider` `aws` or `generic` only".into())),
            }
            if self.text("sts.provider") == "aws" && (self.has("sts.secretRef") || self.has("sts.certSecretRef")) {
                found.push(("sts", "with STS `provider` `aws` there is no secret".into()));
            }
        }
        if self.has("serviceAccountName") && provider == "generic" {
            found.push(("serviceAccountName", "`serviceAccountName` does not go with `provider` `generic`".into()));
        }
        if self.has("serviceAccountName") && self.has("secretRef") {
            found.push(("secretRef", "only one of `secretRef` and `serviceAccountName` may be set".into()));
        }
        found
    }

    fn provider(&self) -> Violations {
        let allowed = ["github", "gitlab", "gitea", "bitbucketserver", "bitbucket", "azuredevops"];
        if self.has("commitStatusExpr") && !allowed.contains(&self.text("type")) {
            return vec![("commitStatusExpr", "it goes with providers of Git hosts only".into())];
        }
        Violations::new()
    }

    fn receiver(&self) -> Violations {
        let is_oidc = self.text("type") == "generic-oidc";
        let has_providers = self.spec.get("oidcProviders").and_then(Node::list).is_some_and(|it| !it.is_empty());
        if is_oidc != has_providers {
            return vec![("oidcProviders", "`oidcProviders` and the type `generic-oidc` go together".into())];
        }
        if is_oidc == self.has("secretRef") {
            return vec![("secretRef", "every type but `generic-oidc` needs a `secretRef`".into())];
        }
        Violations::new()
    }

    fn image_policy(&self) -> Violations {
        let always = self.text("digestReflectionPolicy") == "Always";
        if always != self.has("interval") {
            return vec![("interval", "`interval` and `digestReflectionPolicy: Always` go together".into())];
        }
        let ways = self.spec.get("policy").and_then(Node::map).map_or(0, |it| it.entries.len());
        if ways != 1 && !matches!(self.object.body.get("spec").map(|it| &it.value), Some(Value::Unknown)) {
            // Several are no error to Flux: the first of semver, alphabetical, numerical silently wins.
            return vec![("policy", "exactly one of `semver`, `alphabetical` and `numerical` must be set".into())];
        }
        Vec::new()
    }
}
