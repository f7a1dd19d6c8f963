//! Overrides, applied rank by rank.

use ecow::EcoString;

use super::evaluated::Overrides;
use crate::eval::{Contribution, Env, Fold, Only, build_some};
use crate::source::{Anchor, Kind};

/// Puts overrides upon a fold, rank by rank.
pub(super) fn amend(env: &mut Env<'_>, fold: &mut Fold, overrides: &Overrides<'_>, only: &Only<'_>) {
    for rank in overrides {
        let contributions = rank
            .iter()
            .map(|(anchor, it)| Contribution {
                specificity: it.target.specificity(),
                name: rule_name(env, *anchor),
                layer: env.within(*anchor, |env| build_some(env, &it.block, only)),
            })
            .collect();
        fold.apply_rank(env, contributions);
    }
}

pub(super) fn rule_name(env: &Env<'_>, anchor: Anchor) -> EcoString {
    match anchor.kind(env.db) {
        Kind::Rule => anchor.name(env.db).clone(),
        _ => EcoString::new(),
    }
}
