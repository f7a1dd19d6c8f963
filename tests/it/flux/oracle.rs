//! Equivalence: for every cluster and every Flux Kustomization in it, building
//! its `path` with its `patches` by the real kustomize gives, object for object,
//! what fleetc says the cluster ends up with.

use fleetc::compile::compile;
use fleetc::host;

use crate::support::Kustomize;

/// Holds each nth cluster of an example against kustomize.
fn example(name: &str, nth: usize) {
    let Some(kustomize) = Kustomize::find(name) else { return };
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(name);
    let opened = host::open(&path).expect("a project");
    let compilation = compile(&opened.db);
    assert!(compilation.is_clean());
    kustomize.check_each(&opened.db, &compilation, nth);
}

#[test]
fn minimal() {
    example("minimal", 1);
}

#[test]
fn eks_fleet() {
    example("eks-fleet", 1);
}

#[test]
fn eks_apps() {
    example("eks-apps", 1);
}

#[test]
fn flux_eks_gitops_config() {
    example("flux-eks-gitops-config", 1);
}

#[test]
fn tenants() {
    example("tenants", 1);
}

#[test]
fn inventory() {
    example("inventory", 83);
}
