//! The domain: which cluster has what.
//!
//! In: declarations. Out: the fleet's [`Settings`]; for each cluster a
//! [`Cluster`] with its facts, the layers that apply to it and the items that it
//! takes; for each item its value, in the base or for a cluster. Knows nothing
//! of Flux's objects, of files or of YAML.

mod assertion;
mod class;
mod clusters;
mod config;
mod contents;
mod definition;
mod explain;
mod facts;
mod inventory;
mod irsa;
mod item;
mod relocation;
mod patch;
mod problems;
mod applied;
mod reason;
mod selection;
mod specialization;
mod statement;
mod table;

pub use applied::AppliedOverride;
pub use assertion::{Checks, addons_for_which, addons_of, cluster_checks, fleet_checks, holds_on};
pub use class::{Class, StandsFor, has_roles, specialization_on};
pub use clusters::{Cluster, all_clusters, cluster, clusters, groups_of, project_of};
pub use config::{Output, Package, ReleaseIn, Rings, Settings, Sync, release_in, settings};
pub use contents::{baseline, catalogue, contents_of, declared};
pub use definition::levels;
pub use inventory::{cluster_overrides, overridden_cluster, row_of, rows, top_level_overrides};
pub use irsa::{Identity, Role, has_irsa, partition};
pub use item::{Evaluated, ITEM_REFERENCES, Params, base, body_type, evaluate_in, params_of, report_conflicts};
pub use reason::{Condition, Read, Reason, reason};
pub use relocation::{Moves, holder, moves, unit_name};
pub use selection::{Attached, Taken, decision, is_optional};
pub use specialization::{KnownFacts, Specialization, Specialized, specialized};
pub use statement::{
    About, OverrideStatement, OverrideTarget, Selected, Statements, UseStatement, expired, is_date, statements,
    statements_of,
};
pub use table::{Declarations, Declared};
