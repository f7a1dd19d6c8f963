//! What every format is made of: the cluster, its baseline, its roles.

use std::sync::Arc;

use ecow::EcoString;

use super::policy::Policy;
use crate::diagnostic::Diagnostic;
use crate::fleet::{self, Identity, Sync};
use crate::flux;
use crate::source::{Anchor, Db, IndexMap, Origin};
use crate::value::{Map, Node, Value};

/// A cluster to be made.
#[derive(Clone, Debug, PartialEq)]
pub struct Cluster {
    pub name: EcoString,
    /// Its directory, from the project's root.
    pub path: EcoString,
    /// The directory of all clusters.
    pub root: EcoString,
    pub facts: Arc<Map>,
    pub region: Option<EcoString>,
    pub account: Option<EcoString>,
    pub partition: &'static str,
    /// Of a cluster that is there already: `oidc.eks.eu-west-1.amazonaws.com/id/…`.
    pub issuer: Option<EcoString>,
    pub baseline: Option<Node>,
    /// By name.
    pub roles: Vec<Role>,
    /// What is wrong with what they may do.
    pub problems: Vec<Diagnostic>,
    pub flux: EcoString,
    pub lockdown: bool,
    pub sync: Sync,
    pub repository: Option<EcoString>,
    pub branch: EcoString,
    pub origin: Origin,
    /// Where the fleet is declared, or the cluster if it is not.
    pub fleet: Origin,
    /// Where the fact `region` is declared.
    pub region_fact: Option<Origin>,
    /// The cluster whose Flux applies what this one gets, and where it says so.
    pub hub: Option<(EcoString, Origin)>,
    /// Whether the tree has objects of Flux' image automation.
    pub scans_images: bool,
}

/// The role of an add-on's service account.
#[derive(Clone, Debug, PartialEq)]
pub struct Role {
    pub addon: EcoString,
    pub via: Identity,
    pub name: EcoString,
    pub path: EcoString,
    pub arn: Option<EcoString>,
    pub namespace: EcoString,
    pub service_account: EcoString,
    pub policies: Vec<Policy>,
    pub boundary: Option<EcoString>,
    pub tags: IndexMap<EcoString, EcoString>,
    pub origin: Origin,
}

impl Cluster {
    /// A value of the baseline.
    pub(super) fn get(&self, path: &[&str]) -> Option<&Node> {
        self.baseline.as_ref()?.at(path)
    }

    /// A text of the baseline.
    pub(super) fn text(&self, path: &[&str]) -> Option<&EcoString> {
        self.get(path)?.text()
    }

    /// The entries of a map of the baseline.
    pub(super) fn entries(&self, key: &str) -> impl Iterator<Item = (&EcoString, &Node)> {
        self.get(&[key]).and_then(Node::map).into_iter().flat_map(|it| &it.entries)
    }

    /// The roles of one kind.
    pub(super) fn roles_via(&self, via: Identity) -> impl Iterator<Item = &Role> {
        self.roles.iter().filter(move |it| it.via == via)
    }

    /// Whether the cluster has an OIDC provider: yes, unless the baseline says no.
    pub(super) fn has_oidc(&self) -> bool {
        self.get(&["oidc"]).is_none_or(|it| it.value != Value::Bool(false))
    }

    /// Whether EKS runs nodes, load balancers and volumes itself.
    pub(super) fn is_auto(&self) -> bool {
        self.get(&["auto-mode"]).is_some_and(|it| it.value == Value::Bool(true))
    }

    /// The access policy of an administrator.
    pub(super) fn admin_policy(&self) -> EcoString {
        ecow::eco_format!("arn:{}:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy", self.partition)
    }

    /// The ARN of a policy that AWS manages.
    pub(super) fn managed(&self, name: &str) -> EcoString {
        ecow::eco_format!("arn:{}:iam::aws:policy/{name}", self.partition)
    }
}

/// The model of a cluster.
#[salsa::tracked]
pub fn of_cluster(db: &dyn Db, anchor: Anchor) -> Arc<Cluster> {
    let settings = &fleet::settings(db, db.project()).value;
    let cluster = &fleet::cluster(db, anchor).value;
    let fact = |name: &str| cluster.facts.entries.get(name).and_then(Node::text).cloned();
    let region = fact("region");
    let deployed = &flux::outline(db, anchor).value;
    let mut problems = Vec::new();
    let mut roles: Vec<Role> = deployed
        .releases()
        .filter_map(|(_, release)| {
            let role = release.role.as_ref()?;
            let grants = fleet::grants(db, release.addon, cluster);
            problems.extend(grants.diagnostics.iter().map(|it| it.clone().on(Some(&cluster.name))));
            let grants = grants.value;
            Some(Role {
                addon: release.addon.name(db).clone(),
                via: role.via,
                name: role.name.fill(&cluster.facts),
                path: role.path.clone(),
                arn: role.arn.as_ref().map(|it| it.fill(&cluster.facts)),
                namespace: release.target.clone(),
                service_account: role.service_account.clone(),
                policies: grants.policies.iter().map(Policy::of).collect(),
                boundary: grants.boundary,
                tags: grants.tags,
                origin: role.origin,
            })
        })
        .collect();
    roles.sort_by(|a, b| a.name.cmp(&b.name));
    Arc::new(Cluster {
        name: cluster.name.clone(),
        path: cluster.path.clone(),
        root: settings.output.clusters.clone(),
        facts: Arc::clone(&cluster.facts),
        partition: fleet::partition(region.as_deref().unwrap_or_default()),
        region,
        account: fact("account"),
        issuer: fact("oidc-issuer").map(|it| it.trim_start_matches("https://").trim_end_matches('/').into()),
        baseline: fleet::baseline(db, anchor).as_ref().map(|it| it.value.node.clone()),
        roles,
        problems,
        flux: ecow::eco_format!("{}", cluster.flux),
        lockdown: cluster.lockdown,
        sync: cluster.sync.clone(),
        repository: settings.repository.as_ref().and_then(Node::text).cloned(),
        branch: settings.branch.clone(),
        origin: cluster.origin,
        fleet: settings.anchor.map_or(cluster.origin, Origin::of),
        region_fact: settings.facts.get("region").map(|it| it.origin),
        hub: cluster.via.as_ref().map(|it| (it.hub.name(db).clone(), it.origin)),
        scans_images: deployed.objects().any(|(_, it)| it.id.group == "image.toolkit.fluxcd.io"),
    })
}
