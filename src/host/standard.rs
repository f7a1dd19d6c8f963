//! The standard library, inside the binary.

use crate::source::{STANDARD, Sources};

/// What every file sees without importing it: path and text of each.
const PRELUDE: [(&str, &str); 3] = [
    ("std/defaults.fleet", include_str!("../../stdlib/defaults.fleet")),
    ("std/shapes.fleet", include_str!("../../stdlib/shapes.fleet")),
    ("std/types.fleet", include_str!("../../stdlib/types.fleet")),
];

/// Definitions of the add-ons that most clusters on Amazon EKS run: `std.addons`.
const ADDONS: [(&str, &str); 20] = [
    ("std/addons/aws-ebs-csi-driver.fleet", include_str!("../../stdlib/addons/aws-ebs-csi-driver.fleet")),
    ("std/addons/aws-efs-csi-driver.fleet", include_str!("../../stdlib/addons/aws-efs-csi-driver.fleet")),
    ("std/addons/aws-for-fluent-bit.fleet", include_str!("../../stdlib/addons/aws-for-fluent-bit.fleet")),
    (
        "std/addons/aws-load-balancer-controller.fleet",
        include_str!("../../stdlib/addons/aws-load-balancer-controller.fleet"),
    ),
    ("std/addons/cert-manager.fleet", include_str!("../../stdlib/addons/cert-manager.fleet")),
    ("std/addons/cluster-autoscaler.fleet", include_str!("../../stdlib/addons/cluster-autoscaler.fleet")),
    ("std/addons/descheduler.fleet", include_str!("../../stdlib/addons/descheduler.fleet")),
    ("std/addons/external-dns.fleet", include_str!("../../stdlib/addons/external-dns.fleet")),
    ("std/addons/external-secrets.fleet", include_str!("../../stdlib/addons/external-secrets.fleet")),
    ("std/addons/falco.fleet", include_str!("../../stdlib/addons/falco.fleet")),
    ("std/addons/ingress-nginx.fleet", include_str!("../../stdlib/addons/ingress-nginx.fleet")),
    ("std/addons/istio.fleet", include_str!("../../stdlib/addons/istio.fleet")),
    ("std/addons/karpenter.fleet", include_str!("../../stdlib/addons/karpenter.fleet")),
    ("std/addons/keda.fleet", include_str!("../../stdlib/addons/keda.fleet")),
    ("std/addons/kube-prometheus-stack.fleet", include_str!("../../stdlib/addons/kube-prometheus-stack.fleet")),
    ("std/addons/kyverno.fleet", include_str!("../../stdlib/addons/kyverno.fleet")),
    ("std/addons/metrics-server.fleet", include_str!("../../stdlib/addons/metrics-server.fleet")),
    ("std/addons/reloader.fleet", include_str!("../../stdlib/addons/reloader.fleet")),
    ("std/addons/secrets-store-csi-driver.fleet", include_str!("../../stdlib/addons/secrets-store-csi-driver.fleet")),
    ("std/addons/velero.fleet", include_str!("../../stdlib/addons/velero.fleet")),
];

/// The standard library as packages: `std`, `std.addons`.
#[must_use]
pub fn standard_library() -> Vec<Sources> {
    vec![package(STANDARD, &PRELUDE), package("std.addons", &ADDONS)]
}

fn package(name: &str, files: &[(&str, &str)]) -> Sources {
    Sources {
        name: name.into(),
        files: files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect(),
        ..Sources::default()
    }
}
