//! The standard library, inside the binary.

use super::database::Sources;
use super::file::STANDARD;

/// Path and text of files of `stdlib/`.
macro_rules! files {
    ($($path:literal)*) => {
        &[$((concat!("std/", $path), include_str!(concat!("../../stdlib/", $path)))),*]
    };
}

type Files = &'static [(&'static str, &'static str)];

/// What every file sees without importing it.
const PRELUDE: Files = files!["defaults.fleet" "shapes.fleet" "types.fleet"];

/// Where charts are: well-known repositories and registries.
const SOURCES: Files = files!["sources.fleet"];

/// Shapes that the values of many charts hold.
const KUBERNETES: Files = files!["kubernetes.fleet"];

/// EKS itself: baselines, names in AWS, objects that its clusters have.
const EKS: Files =
    files!["eks/addons.fleet" "eks/baselines.fleet" "eks/identity.fleet" "eks/names.fleet" "eks/objects.fleet"];

/// Flux's own objects: alerts, image automation, the instance.
const FLUX: Files = files!["flux.fleet"];

/// Definitions of the add-ons that most clusters on Amazon EKS run.
const ADDONS: Files = files![
    "addons/ack.fleet"
    "addons/adot.fleet"
    "addons/alloy.fleet"
    "addons/amazon-cloudwatch-observability.fleet"
    "addons/argo-rollouts.fleet"
    "addons/aws-ebs-csi-driver.fleet"
    "addons/aws-efs-csi-driver.fleet"
    "addons/aws-for-fluent-bit.fleet"
    "addons/aws-fsx-csi-driver.fleet"
    "addons/aws-load-balancer-controller.fleet"
    "addons/aws-mountpoint-s3-csi-driver.fleet"
    "addons/aws-node-termination-handler.fleet"
    "addons/cert-manager-csi-driver.fleet"
    "addons/cert-manager.fleet"
    "addons/cilium.fleet"
    "addons/cluster-autoscaler.fleet"
    "addons/crossplane.fleet"
    "addons/datadog.fleet"
    "addons/descheduler.fleet"
    "addons/external-dns.fleet"
    "addons/external-secrets.fleet"
    "addons/falco.fleet"
    "addons/flagger.fleet"
    "addons/fluent-bit.fleet"
    "addons/flux-operator.fleet"
    "addons/gatekeeper.fleet"
    "addons/goldilocks.fleet"
    "addons/grafana.fleet"
    "addons/ingress-nginx.fleet"
    "addons/istio.fleet"
    "addons/karpenter.fleet"
    "addons/keda.fleet"
    "addons/kube-prometheus-stack.fleet"
    "addons/kube-state-metrics.fleet"
    "addons/kyverno.fleet"
    "addons/linkerd.fleet"
    "addons/loki.fleet"
    "addons/metrics-server.fleet"
    "addons/node-problem-detector.fleet"
    "addons/nvidia-device-plugin.fleet"
    "addons/opentelemetry-collector.fleet"
    "addons/opentelemetry-operator.fleet"
    "addons/podinfo.fleet"
    "addons/prometheus-adapter.fleet"
    "addons/prometheus-node-exporter.fleet"
    "addons/reloader.fleet"
    "addons/secrets-store-csi-driver.fleet"
    "addons/tempo.fleet"
    "addons/tigera-operator.fleet"
    "addons/traefik.fleet"
    "addons/trivy-operator.fleet"
    "addons/trust-manager.fleet"
    "addons/velero.fleet"
    "addons/vpa.fleet"
];

/// The standard library as packages: `std`, which everybody sees, and those that are imported.
#[must_use]
pub fn standard_library() -> Vec<Sources> {
    let packages = [
        (STANDARD, PRELUDE),
        ("std.addons", ADDONS),
        ("std.eks", EKS),
        ("std.flux", FLUX),
        ("std.kubernetes", KUBERNETES),
        ("std.sources", SOURCES),
    ];
    packages.map(|(name, files)| package(name, files)).into()
}

fn package(name: &str, files: Files) -> Sources {
    Sources {
        name: name.into(),
        files: files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect(),
        ..Sources::default()
    }
}
