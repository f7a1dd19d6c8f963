//! In one cluster every object and every Helm release has one owner: two that
//! apply one object fight, and deleting one deletes it for both.

use std::collections::BTreeMap;

use ecow::EcoString;

use super::super::context::Context;
use super::super::deploy::Deployed;
use super::super::object::Id;
use super::super::problems;
use crate::source::Origin;

pub fn check(ctx: &mut Context<'_>, deployed: &Deployed) {
    let mut owners: BTreeMap<&Id, Origin> = BTreeMap::new();
    for (_, object) in deployed.objects() {
        if let Some(first) = owners.insert(&object.id, object.origin) {
            ctx.out.push(problems::two_owners(&object.id, object.origin, first));
        }
    }
    let mut releases: BTreeMap<(&EcoString, &EcoString), Origin> = BTreeMap::new();
    for (_, release) in deployed.releases() {
        let origin = Origin::of(release.addon);
        if let Some(first) = releases.insert((&release.storage, &release.name), origin) {
            ctx.out.push(problems::two_releases(release, origin, first));
        }
    }
}
