//! What creates the clusters themselves, for the tools that do it.
//!
//! In: a cluster's baseline and the roles of its add-ons. Out: the text that
//! eksctl, Terraform, Cluster API or Flux' own bootstrap reads. Knows what each
//! tool can say, and reports what it cannot. Writes no file.

mod capi;
mod eksctl;
mod flux;
mod json;
mod model;
mod policy;
mod problems;
mod terraform;

use std::sync::Arc;

use ecow::{EcoString, eco_format};

pub use model::{Cluster, Role, of_cluster};

use crate::diagnostic::{Checked, Diagnostics};
use crate::fleet::{self, Identity};
use crate::flux::outline;
use crate::source::{Anchor, Db, IndexMap, IndexSet, Origin, Project};
use crate::value::{Node, Value};
use policy::Policy;

/// What a tool reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// An eksctl `ClusterConfig`.
    Eksctl,
    /// `.tf.json` for terraform-aws-modules/eks.
    Terraform,
    /// The roles alone, for a cluster that another tool makes.
    TerraformRoles,
    /// Objects of Cluster API's AWS provider.
    Capi,
    /// Everything that is known, for CDK and others.
    Json,
    /// A `flux bootstrap` command line.
    FluxBootstrap,
    /// A `FluxInstance` for the Flux Operator.
    FluxInstance,
}

impl Format {
    /// The name of the file that holds it. Terraform reads a directory as a whole: the roles alone have one of their own.
    #[must_use]
    pub const fn file(self) -> &'static str {
        match self {
            Self::Eksctl => "eksctl.yaml",
            Self::Terraform => "main.tf.json",
            Self::TerraformRoles => "roles/roles.tf.json",
            Self::Capi => "cluster-api.yaml",
            Self::Json => "cluster.json",
            Self::FluxBootstrap => "flux-bootstrap.sh",
            Self::FluxInstance => "flux-instance.yaml",
        }
    }

    /// Whether it describes the EKS cluster, which a baseline says.
    #[must_use]
    pub const fn needs_baseline(self) -> bool {
        matches!(self, Self::Eksctl | Self::Capi)
    }

    /// Whether it installs Flux, which a cluster that is reached through a hub has not.
    #[must_use]
    pub const fn installs_flux(self) -> bool {
        matches!(self, Self::FluxBootstrap | Self::FluxInstance)
    }
}

/// What is wrong with a cluster's baseline, whichever tool makes it.
#[salsa::tracked]
pub fn diagnostics(db: &dyn Db, cluster: Anchor) -> Diagnostics {
    let Some(baseline) = fleet::baseline(db, cluster) else { return Vec::new().into() };
    let mut out = baseline.diagnostics.to_vec();
    let model = of_cluster(db, cluster);
    out.extend(model.problems.iter().cloned());
    if let Some(oidc) = model.get(&["oidc"]).filter(|it| it.value == Value::Bool(false))
        && let Some(role) = model.roles_via(Identity::Irsa).next()
    {
        out.push(problems::no_provider(oidc.origin, role).on(Some(&model.name)));
    }
    if let (Some(admins), Some(mode)) = (model.get(&["admins"]), model.get(&["authentication"]))
        && mode.text().is_some_and(|it| it == "config-map")
    {
        out.push(problems::admins_without_entries(admins.origin, mode.origin).on(Some(&model.name)));
    }
    for role in model.roles_via(Identity::PodIdentity) {
        if let Some((profile, selector)) = fargate_of(model, &role.namespace) {
            out.push(problems::on_fargate(role, profile, selector.origin).on(Some(&model.name)));
        }
    }
    for policy in model.roles.iter().flat_map(|it| &it.policies) {
        if let Policy::Document(document) = policy
            && matches!(document.value, Value::Map(_))
            && document.get("Statement").is_none()
        {
            out.push(problems::no_statement(document.origin).on(Some(&model.name)));
        }
    }
    out.into()
}

/// The Fargate profile that takes all Pods of a namespace, and its selector. One with labels may take none of an add-on.
///
/// Source: the user guide of EKS, "Define which Pods use AWS Fargate when launched", for wildcards.
fn fargate_of<'a>(model: &'a Cluster, namespace: &str) -> Option<(&'a EcoString, &'a Node)> {
    let mut selectors = model.entries("fargate").flat_map(|(name, profile)| {
        let all = profile.get("selectors").and_then(Node::list).unwrap_or_default();
        all.iter().map(move |it| (name, it))
    });
    selectors.find(|(_, it)| {
        let pattern = it.get("namespace").and_then(Node::text);
        it.get("labels").is_none() && pattern.is_some_and(|it| is_like(namespace.as_bytes(), it.as_bytes()))
    })
}

/// Whether a name is as a pattern with `*` and `?` says.
fn is_like(name: &[u8], pattern: &[u8]) -> bool {
    match (pattern.split_first(), name.split_first()) {
        (None, None) => true,
        (Some((b'*', rest)), _) => {
            is_like(name, rest) || name.split_first().is_some_and(|(_, name)| is_like(name, pattern))
        }
        (Some((b'?', rest)), Some((_, name))) => is_like(name, rest),
        (Some((wanted, rest)), Some((has, name))) => wanted == has && is_like(name, rest),
        _ => false,
    }
}

/// Roles that two add-ons would have: each trusts one service account, and the one that
/// is made last wins.
#[salsa::tracked]
pub fn roles_twice(db: &dyn Db, _project: Project) -> Diagnostics {
    if !fleet::has_roles(db) {
        return Diagnostics::default();
    }
    let mut seen: IndexMap<EcoString, (Origin, EcoString)> = IndexMap::default();
    let mut told: IndexSet<EcoString> = IndexSet::default();
    let mut out = Vec::new();
    for anchor in fleet::clusters(db) {
        let cluster = &fleet::cluster(db, anchor).value;
        // What the roles may do is not looked at: that is costly, and clusters share the rest.
        let releases = outline(db, anchor).value.releases();
        let mut roles: Vec<(EcoString, EcoString, Origin)> = releases
            .filter_map(|(_, release)| {
                let role = release.role.as_ref().filter(|it| it.via != Identity::None)?;
                Some((role.arn.as_ref()?.fill(&cluster.facts), named(db, release.addon), role.origin))
            })
            .collect();
        roles.sort_by(|a, b| (&a.0, &a.1).cmp(&(&b.0, &b.1)));
        for (arn, addon, origin) in roles {
            let user = eco_format!("`{addon}` on `{}`", cluster.name);
            match seen.get(&arn) {
                Some((first, other)) if told.insert(arn.clone()) => {
                    out.push(problems::role_twice(&arn, origin, &user, *first, other));
                }
                Some(_) => {}
                None => {
                    seen.insert(arn, (origin, user));
                }
            }
        }
    }
    out.into()
}

/// The text for one cluster. `header` heads it, as a comment of the format.
#[salsa::tracked]
pub fn provision(db: &dyn Db, cluster: Anchor, format: Format, header: EcoString) -> Arc<Checked<EcoString>> {
    let model = of_cluster(db, cluster);
    let mut out = model.problems.clone();
    let text = if format.needs_baseline() && model.baseline.is_none() {
        out.push(problems::no_baseline(model.origin, &model.name));
        String::new()
    } else {
        match format {
            Format::Eksctl => eksctl::text(model, &header, &mut out),
            Format::Terraform => terraform::text(model, &header, &mut out),
            Format::TerraformRoles => {
                let made_elsewhere = Cluster { baseline: None, ..Cluster::clone(model) };
                terraform::text(&made_elsewhere, &header, &mut out)
            }
            Format::Capi => capi::text(model, &header, &mut out),
            Format::Json => json::text(model, &header),
            Format::FluxBootstrap => flux::bootstrap(model, &header, &mut out),
            Format::FluxInstance => flux::instance(model, &header, &mut out),
        }
    };
    let out = out.into_iter().map(|it| it.on(Some(&model.name))).collect();
    Arc::new(Checked::new(text.into(), out))
}

/// Where a cluster's file stands, from the project's root: never below what Flux reads.
#[must_use]
pub fn path(db: &dyn Db, cluster: Anchor, format: Format) -> EcoString {
    let model = of_cluster(db, cluster);
    let inner =
        model.path.strip_prefix(model.root.as_str()).map_or(model.path.as_str(), |it| it.trim_start_matches('/'));
    eco_format!("{DIRECTORY}/{inner}/{}", format.file())
}

/// Where `fleetc provision` writes.
pub const DIRECTORY: &str = "provision";

/// An add-on; with its catalogue, where that is one of several that a definition makes it for.
fn named(db: &dyn Db, addon: Anchor) -> EcoString {
    if addon.original(db).is_some() { addon.dotted(db) } else { addon.name(db).clone() }
}
