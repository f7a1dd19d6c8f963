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
    /// The input of terraform-aws-modules/iam's role module, if it has one.
    pub terraform: Option<&'static str>,
}

/// eksctl's schema (`WellKnownPolicies`), and version 6 of terraform-aws-modules/iam.
const WELL_KNOWN: [WellKnown; 7] = [
    WellKnown {
        name: "AWSLoadBalancerController",
        eksctl: "awsLoadBalancerController",
        terraform: Some("attach_load_balancer_controller_policy"),
    },
    WellKnown { name: "CertManager", eksctl: "certManager", terraform: Some("attach_cert_manager_policy") },
    WellKnown { name: "ClusterAutoscaler", eksctl: "autoScaler", terraform: Some("attach_cluster_autoscaler_policy") },
    WellKnown { name: "EBSCSIController", eksctl: "ebsCSIController", terraform: Some("attach_ebs_csi_policy") },
    WellKnown { name: "EFSCSIController", eksctl: "efsCSIController", terraform: Some("attach_efs_csi_policy") },
    WellKnown { name: "ExternalDNS", eksctl: "externalDNS", terraform: Some("attach_external_dns_policy") },
    WellKnown { name: "ImageBuilder", eksctl: "imageBuilder", terraform: None },
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
