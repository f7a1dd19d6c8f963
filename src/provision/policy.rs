//! What a role may do, as authors write it.

use ecow::EcoString;

use crate::value::{Node, Value};

/// One policy of a role.
#[derive(Clone, Debug, PartialEq)]
pub enum Policy {
    Arn(EcoString),
    /// One that AWS manages, by its name: `service-role/AmazonEBSCSIDriverPolicy`.
    Managed(EcoString),
    /// One that eksctl and the Terraform modules know by name.
    WellKnown(&'static WellKnown),
    Document(Node),
}

/// A policy that tools bring themselves.
#[derive(Debug, PartialEq, Eq)]
pub struct WellKnown {
    pub name: &'static str,
    /// In eksctl's `wellKnownPolicies`.
    pub eksctl: &'static str,
    /// How terraform-aws-modules/iam's role module attaches it, if it does.
    pub terraform: Option<Attached>,
    /// The same of terraform-aws-modules/eks-pod-identity.
    pub pod_identity: Option<Attached>,
}

/// How a role module attaches a policy.
#[derive(Debug, PartialEq, Eq)]
pub struct Attached {
    /// The input that attaches it.
    pub input: &'static str,
    /// The input that says what it may touch, where that is nothing unless it is said.
    pub scope: Option<(&'static str, Scope)>,
}

/// What a policy may touch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The cluster by its name.
    Cluster,
    /// Every hosted zone of the account.
    HostedZones,
}

/// What touches all that it is for.
const fn attached(input: &'static str) -> Attached {
    Attached { input, scope: None }
}

/// What touches what an input of its own says.
const fn scoped(input: &'static str, names: &'static str, scope: Scope) -> Attached {
    Attached { input, scope: Some((names, scope)) }
}

/// eksctl's schema (`WellKnownPolicies`), version 6 of terraform-aws-modules/iam, and version 2.8 of
/// terraform-aws-modules/eks-pod-identity.
const WELL_KNOWN: [WellKnown; 7] = [
    WellKnown {
        name: "AWSLoadBalancerController",
        eksctl: "awsLoadBalancerController",
        terraform: Some(attached("attach_load_balancer_controller_policy")),
        pod_identity: Some(attached("attach_aws_lb_controller_policy")),
    },
    WellKnown {
        name: "CertManager",
        eksctl: "certManager",
        terraform: Some(scoped("attach_cert_manager_policy", "cert_manager_hosted_zone_arns", Scope::HostedZones)),
        pod_identity: Some(scoped("attach_cert_manager_policy", "cert_manager_hosted_zone_arns", Scope::HostedZones)),
    },
    WellKnown {
        name: "ClusterAutoscaler",
        eksctl: "autoScaler",
        terraform: Some(scoped("attach_cluster_autoscaler_policy", "cluster_autoscaler_cluster_names", Scope::Cluster)),
        pod_identity: Some(scoped(
            "attach_cluster_autoscaler_policy",
            "cluster_autoscaler_cluster_names",
            Scope::Cluster,
        )),
    },
    WellKnown {
        name: "EBSCSIController",
        eksctl: "ebsCSIController",
        terraform: Some(attached("attach_ebs_csi_policy")),
        pod_identity: Some(attached("attach_aws_ebs_csi_policy")),
    },
    WellKnown {
        name: "EFSCSIController",
        eksctl: "efsCSIController",
        terraform: Some(attached("attach_efs_csi_policy")),
        pod_identity: Some(attached("attach_aws_efs_csi_policy")),
    },
    WellKnown {
        name: "ExternalDNS",
        eksctl: "externalDNS",
        terraform: Some(scoped("attach_external_dns_policy", "external_dns_hosted_zone_arns", Scope::HostedZones)),
        pod_identity: Some(scoped("attach_external_dns_policy", "external_dns_hosted_zone_arns", Scope::HostedZones)),
    },
    WellKnown { name: "ImageBuilder", eksctl: "imageBuilder", terraform: None, pod_identity: None },
];

impl Policy {
    pub(super) fn of(node: &Node) -> Self {
        match &node.value {
            Value::Text(text) if text.starts_with("arn:") => Self::Arn(text.clone()),
            Value::Text(text) => match WELL_KNOWN.iter().find(|it| it.name == text) {
                Some(it) => Self::WellKnown(it),
                None => Self::Managed(text.clone()),
            },
            _ => Self::Document(node.clone()),
        }
    }
}
