//! The AWS identity of an add-on: how its pods get a role, and which.

use ecow::EcoString;

use crate::source::{IndexMap, Origin};
use crate::value::{Node, Template};

/// How pods get a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Identity {
    /// IAM Roles for Service Accounts: the account is annotated.
    Irsa,
    /// EKS Pod Identity: the cluster associates role and account.
    PodIdentity,
    None,
}

impl Identity {
    /// `None`: not one of its type's words, which is reported.
    pub(super) fn parse(text: &str) -> Option<Self> {
        match text {
            "irsa" => Some(Self::Irsa),
            "pod-identity" => Some(Self::PodIdentity),
            "none" => Some(Self::None),
            _ => None,
        }
    }
}

/// The role of an add-on on a cluster.
#[derive(Clone, Debug, PartialEq)]
pub struct Role {
    pub via: Identity,
    /// With placeholders where clusters share the add-on.
    pub name: Template,
    /// `/` or `/platform/`.
    pub path: EcoString,
    /// None without an account.
    pub arn: Option<Template>,
    pub service_account: EcoString,
    pub origin: Origin,
}

/// What a role may do, which only those ask for who make it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Grants {
    /// Names, ARNs and documents, as they are written.
    pub policies: Vec<Node>,
    pub boundary: Option<EcoString>,
    pub tags: IndexMap<EcoString, EcoString>,
}
