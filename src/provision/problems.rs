//! What a tool cannot be told.

use ecow::eco_format;

use super::model::Role;
use crate::diagnostic::{Diagnostic, code};
use crate::source::Origin;

pub(super) fn no_baseline(at: Origin, cluster: &str) -> Diagnostic {
    Diagnostic::new(code::NO_BASELINE, eco_format!("`{cluster}` has no baseline"), at, "the cluster has no baseline")
        .help("declare `baseline NAME { kubernetes = \"…\" }`, and write `baseline = NAME` in the cluster or a group")
}

/// At a place that clusters share, so that it is said once for all of them.
pub(super) fn missing(at: Origin, cluster: &str, what: &str, help: &str) -> Diagnostic {
    Diagnostic::new(code::CANNOT_PROVISION, eco_format!("`{cluster}` has no {what}"), at, "this output needs it")
        .help(help)
}

pub(super) fn cannot_say(at: Origin, tool: &str, what: &str, help: &str) -> Diagnostic {
    Diagnostic::new(code::CANNOT_PROVISION, eco_format!("{tool} cannot express {what}"), at, "asked for here")
        .help(help)
}

pub(super) fn roles_elsewhere(first: &Role, count: usize, tool: &str) -> Diagnostic {
    let others = match count {
        1 => eco_format!(""),
        2 => eco_format!(" and of one other add-on"),
        _ => eco_format!(" and of {} other add-ons", count - 1),
    };
    Diagnostic::new(
        code::PROVISIONED_IN_PART,
        eco_format!("{tool} makes no roles: that of `{}`{others} has to come from elsewhere", first.addon),
        first.origin,
        "a role on AWS",
    )
    .help("`fleetc provision -o terraform-roles` writes them")
}

pub(super) fn in_part(at: Origin, why: &str, key: &str) -> Diagnostic {
    Diagnostic::new(code::PROVISIONED_IN_PART, eco_format!("{why}: `{key}` is not in the output"), at, "left to you")
        .help("make the VPC yourself, and give its `id` and subnets, or those when you are asked")
}

pub(super) fn admins_without_entries(at: Origin, mode: Origin) -> Diagnostic {
    Diagnostic::new(
        code::CANNOT_PROVISION,
        "administrators are access entries, which a cluster with `config-map` has not",
        at,
        "these",
    )
    .label(mode, "authentication by the ConfigMap `aws-auth` alone")
    .help("write `authentication = \"api\"`, or `\"api-and-config-map\"`")
}

pub(super) fn one_instance_type(at: Origin, tool: &str, group: &str, taken: &str) -> Diagnostic {
    Diagnostic::new(
        code::PROVISIONED_IN_PART,
        eco_format!("{tool} takes one instance type for `{group}`: `{taken}`"),
        at,
        "several",
    )
    .help("write one, or a node group for each")
}

pub(super) fn unknown_policy(role: &Role, tool: &str, policy: &str) -> Diagnostic {
    Diagnostic::new(
        code::CANNOT_PROVISION,
        eco_format!("{tool} does not know the policy `{policy}` of `{}`", role.addon),
        role.origin,
        "the role is asked for here",
    )
    .help("write an ARN, the name of a policy that AWS manages, or the whole document")
}

pub(super) fn no_statement(at: Origin) -> Diagnostic {
    Diagnostic::new(code::CANNOT_PROVISION, "a policy without `Statement` allows nothing", at, "this document")
        .help("write `Statement = [{ Effect = \"Allow\", Action = […], Resource = […] }]`")
}

pub(super) fn role_twice(arn: &str, at: Origin, user: &str, first: Origin, other: &str) -> Diagnostic {
    Diagnostic::new(
        code::ROLE_TWICE,
        eco_format!("{other} and {user} would have one role: {arn}"),
        at,
        "asked for here",
    )
    .label_if((first != at).then_some(first), "and here")
    .note("a role trusts one service account: the other add-on would be denied")
    .help("leave `role-name` out, or write the cluster and the add-on in it: `\"\\(cluster.name)-…\"`")
}

pub(super) fn on_fargate(role: &Role, profile: &str, at: Origin) -> Diagnostic {
    Diagnostic::new(
        code::IDENTITY_ON_FARGATE,
        eco_format!("`{}` runs on Fargate, where Pods get no role by Pod Identity", role.addon),
        role.origin,
        "the role is asked for here",
    )
    .label(at, eco_format!("the profile `{profile}` takes all Pods of `{}`", role.namespace))
    .help("write `via = \"irsa\"` in it, which works there, too")
}

pub(super) fn no_provider(at: Origin, role: &Role) -> Diagnostic {
    Diagnostic::new(
        code::NO_OIDC,
        eco_format!("the role of `{}` needs an OIDC provider", role.addon),
        at,
        "the cluster has none",
    )
    .label(role.origin, "the role is asked for here")
    .note("IAM Roles for Service Accounts trust the cluster's OIDC issuer")
    .help("remove `oidc = false`, or write `identity = \"pod-identity\"` in the cluster")
}
