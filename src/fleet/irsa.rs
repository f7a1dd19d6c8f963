//! The AWS role of an add-on: its name, its ARN and the annotation, out of one
//! declaration, so that they cannot disagree with the IAM half.

use ecow::{EcoString, eco_format};
use indexmap::IndexMap;

use super::clusters::Cluster;
use super::problems;
use super::statement::OverrideStatement;
use crate::eval::{Conform, Env, Fold, Given, Only, build_some, complete};
use crate::names;
use crate::source::{Anchor, Origin};
use crate::syntax::{
    self,
    ast::{Key, Member},
};
use crate::types;
use crate::value::{Map, Node, Value};

/// The annotation by which EKS gives a service account its role.
const ANNOTATION: &str = "eks.amazonaws.com/role-arn";

/// Longest name of an IAM role (IAM API, `CreateRole`).
const LONGEST_NAME: usize = 64;

/// How pods get a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Identity {
    /// IAM Roles for Service Accounts: the account is annotated.
    Irsa,
    /// EKS Pod Identity: the cluster associates role and account.
    PodIdentity,
    None,
}

impl Identity {
    pub(super) fn parse(text: &str) -> Self {
        match text {
            "pod-identity" => Self::PodIdentity,
            "none" => Self::None,
            _ => Self::Irsa,
        }
    }
}

/// The role of an add-on on a cluster.
#[derive(Clone, Debug, PartialEq)]
pub struct Role {
    pub via: Identity,
    pub name: EcoString,
    /// `/` or `/platform/`.
    pub path: EcoString,
    /// None without an account.
    pub arn: Option<EcoString>,
    pub service_account: EcoString,
    /// Names, ARNs and documents, as they are written.
    pub policies: Vec<Node>,
    pub boundary: Option<EcoString>,
    pub tags: IndexMap<EcoString, EcoString>,
    pub origin: Origin,
}

/// The partition of AWS that a region lies in (botocore's `partitions.json`).
#[must_use]
pub fn partition(region: &str) -> &'static str {
    let partitions = [
        ("cn-", "aws-cn"),
        ("us-gov-", "aws-us-gov"),
        ("eusc-", "aws-eusc"),
        ("us-isob-", "aws-iso-b"),
        ("us-iso-", "aws-iso"),
        ("eu-isoe-", "aws-iso-e"),
        ("us-isof-", "aws-iso-f"),
    ];
    partitions.into_iter().find(|(prefix, _)| region.starts_with(prefix)).map_or("aws", |(_, it)| it)
}

fn is_irsa(it: &Member) -> bool {
    match it {
        Member::Entry(entry) => entry.path.segments.first().is_some_and(|it| it.key == Key::Name("irsa".into())),
        _ => false,
    }
}

/// Whether an add-on or one of its definitions says `irsa { … }`.
pub fn has_irsa(db: &dyn crate::source::Db, item: Anchor) -> bool {
    super::levels(db, item).value.iter().any(|it| syntax::declaration(db, *it).body.members.iter().any(is_irsa))
}

/// What `irsa` stands for in the add-on's expressions; and the role, where the cluster is known.
pub(super) fn irsa(
    env: &mut Env<'_>,
    item: Anchor,
    overrides: &[Vec<(Anchor, OverrideStatement)>],
    cluster: Option<&Cluster>,
) -> (Given<'static>, Option<Role>) {
    let overridden = |(_, it): &(Anchor, OverrideStatement)| it.block.members.iter().any(is_irsa);
    if !has_irsa(env.db, item) && !overrides.iter().flatten().any(overridden) {
        return (Given::No, None);
    }
    let node = written(env, item, overrides);
    let text = |key: &str| node.get(key).and_then(Node::text).cloned();
    let known = |value: Option<EcoString>| value.map_or(Value::Unknown, Value::Text);
    let name = item.name(env.db);
    let service_account = match node.get("service-account") {
        None => Some(name.clone()),
        Some(it) => it.text().cloned(),
    };
    let via = match node.get("via") {
        None => cluster.map(|it| it.identity),
        Some(it) => it.text().map(|it| Identity::parse(it)),
    };
    let role = cluster.zip(via).map(|(cluster, via)| Role {
        via,
        name: text("role-name").unwrap_or_else(|| eco_format!("{}-{name}", cluster.name)),
        path: text("role-path").unwrap_or_else(|| "/".into()),
        arn: None,
        service_account: service_account.clone().unwrap_or_else(|| name.clone()),
        policies: node.get("policies").and_then(Node::list).unwrap_or_default().to_vec(),
        boundary: text("permissions-boundary"),
        tags: node
            .get("tags")
            .and_then(Node::map)
            .into_iter()
            .flat_map(|it| &it.entries)
            .filter_map(|(key, it)| Some((key.clone(), it.text()?.clone())))
            .collect(),
        origin: node.origin,
    });
    let role = role.map(|it| checked(env, item, it, cluster, &node));
    let at = node.origin;
    let value = |value: Value| Node::new(value, at);
    let mut entries: IndexMap<EcoString, Node> = IndexMap::new();
    entries.insert("service-account".into(), value(known(service_account)));
    entries.insert("role-name".into(), value(known(role.as_ref().map(|it| it.name.clone()))));
    let (arn, annotations) = match &role {
        None => (Value::Unknown, Value::Unknown),
        Some(role) => {
            let arn = role.arn.clone().filter(|_| role.via != Identity::None).map_or(Value::Absent, Value::Text);
            let annotated = (role.via == Identity::Irsa).then(|| (EcoString::from(ANNOTATION), value(arn.clone())));
            (arn, Value::of_map(annotated.into_iter().filter(|(_, it)| it.value != Value::Absent).collect()))
        }
    };
    entries.insert("role-arn".into(), value(arn));
    entries.insert("annotations".into(), value(annotations));
    (Given::Known(std::sync::Arc::new(Map { entries })), role)
}

/// The blocks of the definitions, the add-on and its overrides, joined.
fn written(env: &mut Env<'_>, item: Anchor, overrides: &[Vec<(Anchor, OverrideStatement)>]) -> Node {
    let only = Only { path: &["irsa"], ..Only::default() };
    let mut fold = Fold::new();
    for level in &super::levels(env.db, item).value {
        let body = &syntax::declaration(env.db, *level).body;
        let layer = env.within(*level, |env| build_some(env, body, &only));
        fold.apply(env, layer);
    }
    super::item::amend(env, &mut fold, overrides, &only);
    let mut root = fold.into_node(Origin::of(item));
    super::report_conflicts(env, item, &mut root, env.cluster_name.is_some());
    let mut node = root.get("irsa").cloned().unwrap_or_else(|| Node::new(Value::of_map(IndexMap::new()), root.origin));
    if let Some(shape) = types::named(env.db, names::index(env.db, env.db.project()), "Irsa") {
        complete(env, &mut node, &shape, Conform::Partial, None);
    }
    node
}

/// The role with its ARN, once its name and the cluster's account are right.
fn checked(env: &mut Env<'_>, item: Anchor, mut role: Role, cluster: Option<&Cluster>, node: &Node) -> Role {
    if role.via == Identity::None {
        return role;
    }
    let at = node.get("role-name").map_or(node.origin, |it| it.origin);
    if role.name.len() > LONGEST_NAME {
        env.report(problems::long_role(at, &role.name, LONGEST_NAME));
    }
    let fact = |name: &str| cluster.and_then(|it| it.facts.entries.get(name)).and_then(Node::text);
    let is_account = |it: &&EcoString| it.len() == 12 && it.bytes().all(|it| it.is_ascii_digit());
    if let Some(account) = fact("account").filter(is_account) {
        let partition = partition(fact("region").map_or("", EcoString::as_str));
        role.arn = Some(eco_format!("arn:{partition}:iam::{account}:role{}{}", role.path, role.name));
    } else {
        let declared = super::settings(env.db, env.db.project()).value.facts.iter().any(|it| it.name == "account");
        env.report(problems::no_account(node.origin, item.name(env.db), declared));
    }
    role
}
