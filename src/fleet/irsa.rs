//! The AWS role of an add-on: its name, its ARN and the annotation, out of one
//! declaration, so that they cannot disagree with the IAM half.

use ecow::{EcoString, eco_format};

use super::amend;
use super::cluster_data::Cluster;
use super::config;
use super::conflicts;
use super::definition;
use super::evaluated::{Overrides, View};
use super::identity::{Grants, Identity, Role};
use super::problems;
use super::statement::OverrideStatement;
use crate::eval::{Conform, Env, Fold, Given, Only, build_some, complete};
use crate::source::{Anchor, IndexMap, Origin};
use crate::syntax::{
    self,
    ast::{Key, Member},
};
use crate::types;
use crate::value::{Map, Node, Template, TemplatePart, Value};

/// The annotation by which EKS gives a service account its role.
const ANNOTATION: &str = "eks.amazonaws.com/role-arn";

/// The keys that say what the role may do.
const GRANTS: [&str; 3] = ["policies", "permissions-boundary", "tags"];

/// Longest name of an IAM role (IAM API, `CreateRole`).
const LONGEST_NAME: usize = 64;

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

pub(super) fn is_irsa(it: &Member) -> bool {
    match it {
        Member::Entry(entry) => entry.path.segments.first().is_some_and(|it| it.key == Key::Name("irsa".into())),
        _ => false,
    }
}

/// Whether an add-on or one of its definitions says `irsa { … }`.
pub fn has_irsa(db: &dyn crate::source::Db, item: Anchor) -> bool {
    definition::levels(db, item).value.iter().any(|it| syntax::declaration(db, *it).body.members.iter().any(is_irsa))
}

/// What `irsa` stands for in the add-on's expressions; and the role, where the cluster is known.
pub(super) fn irsa(
    env: &mut Env<'_>,
    item: Anchor,
    overrides: &Overrides<'_>,
    view: &View<'_>,
) -> (Given<'static>, Option<Role>) {
    let overridden = |(_, it): &(Anchor, &OverrideStatement)| it.block.members.iter().any(is_irsa);
    if !has_irsa(env.db, item) && !overrides.iter().flatten().any(overridden) {
        return (Given::No, None);
    }
    // What the role may do is nothing that Flux applies: it would part clusters by what only their roles say. In the
    // base it is looked at, so that what is wrong with it is said once.
    let except: &[&str] = if view.is_base() { &[] } else { &GRANTS };
    let node = written(env, item, overrides, except);
    let node = env.forced(node);
    let text = |key: &str| node.get(key).and_then(Node::text).cloned();
    let known = |value: Option<EcoString>| value.map_or(Value::Unknown, Value::Text);
    let name = item.name(env.db);
    let service_account = match node.get("service-account") {
        None => Some(name.clone()),
        Some(it) => it.text().cloned(),
    };
    let via = match node.get("via") {
        _ if view.is_base() => None,
        None => view.identity(),
        Some(it) => it.text().and_then(|it| Identity::parse(it)),
    };
    let at = node.origin;
    let value = |value: Value| Node::new(value, at);
    let written_name = text("role-name");
    let path = text("role-path").unwrap_or_else(|| "/".into());
    let role_name = match (&written_name, view.fact("name")) {
        (Some(it), _) => Value::Text(it.clone()),
        (None, Some(cluster)) => joined([cluster.value.clone(), Value::Text(eco_format!("-{name}"))]),
        (None, None) => Value::Unknown,
    };
    let mut entries: IndexMap<EcoString, Node> = IndexMap::default();
    entries.insert("service-account".into(), value(known(service_account.clone())));
    let Some(via) = via else {
        for key in ["role-name", "role-arn", "annotations"] {
            entries.insert(key.into(), value(Value::Unknown));
        }
        return (Given::Known(std::sync::Arc::new(Map { entries })), None);
    };
    let arn = if via == Identity::None { Value::Absent } else { arn(env, item, view, &path, &role_name, at) };
    entries.insert("role-name".into(), value(role_name.clone()));
    let annotation = (via == Identity::Irsa && arn != Value::Absent).then(|| (ANNOTATION.into(), value(arn.clone())));
    entries.insert("annotations".into(), value(Value::of_map(annotation.into_iter().collect())));
    entries.insert("role-arn".into(), value(arn.clone()));
    if let Value::Text(name) = &role_name
        && via != Identity::None
        && name.len() > LONGEST_NAME
    {
        let at = node.get("role-name").map_or(at, |it| it.origin);
        env.report(problems::long_role(at, name, item.name(env.db), LONGEST_NAME));
    }
    let role = template(&role_name).map(|role_name| Role {
        via,
        name: role_name,
        path,
        arn: template(&arn),
        service_account: service_account.unwrap_or_else(|| name.clone()),
        origin: at,
    });
    (Given::Known(std::sync::Arc::new(Map { entries })), role)
}

/// What the role of an add-on may do.
pub(super) fn grants(env: &mut Env<'_>, item: Anchor, overrides: &Overrides<'_>) -> Grants {
    let node = written(env, item, overrides, &[]);
    let tags = node.get("tags").and_then(Node::map).into_iter().flat_map(|it| &it.entries);
    Grants {
        policies: node.get("policies").and_then(Node::list).unwrap_or_default().to_vec(),
        boundary: node.get("permissions-boundary").and_then(Node::text).cloned(),
        tags: tags.filter_map(|(key, it)| Some((key.clone(), it.text()?.clone()))).collect(),
    }
}

/// The text of a value, with its placeholders.
fn template(value: &Value) -> Option<Template> {
    match value {
        Value::Text(it) => Some(Template::of_text(it.clone())),
        Value::Template(it) => Some(Template::clone(it)),
        _ => None,
    }
}

/// Texts one after the other, of which some may have placeholders.
fn joined<const N: usize>(texts: [Value; N]) -> Value {
    let mut parts = Vec::new();
    for it in texts {
        match it {
            Value::Text(it) => parts.push(TemplatePart::Text(it)),
            Value::Template(it) if it.is_text() => parts.extend(it.parts().iter().cloned()),
            _ => return Value::Unknown,
        }
    }
    let template = Template::joined(parts);
    match template.parts() {
        [TemplatePart::Text(it)] => Value::Text(it.clone()),
        _ => Value::Template(std::sync::Arc::new(template)),
    }
}

/// The ARN of a role; absent without an account.
fn arn(env: &mut Env<'_>, item: Anchor, view: &View<'_>, path: &str, name: &Value, at: Origin) -> Value {
    let is_account = |it: &EcoString| it.len() == 12 && it.bytes().all(|it| it.is_ascii_digit());
    let account = match view.fact("account").map(|it| &it.value) {
        Some(Value::Text(it)) if is_account(it) => Value::Text(it.clone()),
        Some(it @ Value::Template(template)) if template.is_text() => it.clone(),
        _ => {
            let declared = config::settings(env.db, env.db.project()).value.facts.contains_key("account");
            env.report(problems::no_account(at, item.name(env.db), declared));
            return Value::Absent;
        }
    };
    let region = view.fact("region").cloned().map(|it| env.forced(it));
    let partition = partition(region.as_ref().and_then(Node::text).map_or("", EcoString::as_str));
    let text = |it: EcoString| Value::Text(it);
    joined([text(eco_format!("arn:{partition}:iam::")), account, text(eco_format!(":role{path}")), name.clone()])
}

/// Whether the role of an add-on can be told from the cluster's name and account by
/// whoever does not look at the cluster itself.
pub(super) fn is_regular(cluster: &Cluster, item: &str) -> bool {
    let account = cluster.facts.entries.get("account").and_then(Node::text);
    cluster.name.len() + 1 + item.len() <= LONGEST_NAME
        && account.is_some_and(|it| it.len() == 12 && it.bytes().all(|it| it.is_ascii_digit()))
}

/// The blocks of the definitions, the add-on and its overrides, joined.
fn written(env: &mut Env<'_>, item: Anchor, overrides: &Overrides<'_>, except: &[&str]) -> Node {
    let only = Only { path: &["irsa"], except, ..Only::default() };
    let mut fold = Fold::new();
    for level in &definition::levels(env.db, item).value {
        let body = &syntax::declaration(env.db, *level).body;
        let layer = env.within(*level, |env| build_some(env, body, &only));
        fold.apply(env, layer);
    }
    amend::amend(env, &mut fold, overrides, &only);
    let mut root = fold.into_node(Origin::of(item));
    conflicts::report_conflicts(env, item, &mut root, env.cluster_name.is_some());
    let mut node =
        root.get("irsa").cloned().unwrap_or_else(|| Node::new(Value::of_map(IndexMap::default()), root.origin));
    let shape = types::shape(env.db, "Irsa");
    complete(env, &mut node, &shape, Conform::Partial, None);
    node
}
