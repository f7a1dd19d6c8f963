//! The domain: which cluster has what.
//!
//! In: declarations. Out: the fleet's [`Settings`]; for each cluster a
//! [`Cluster`] with its facts, the layers that apply to it and the items that it
//! takes; for each item its value, in the base or for a cluster. Knows nothing
//! of Flux's objects, of files or of YAML.

mod amend;
mod around;
mod assertion;
mod class;
mod cluster_data;
mod clusters;
mod config;
mod conflicts;
mod contents;
mod declarations;
mod definition;
mod definition_problems;
mod evaluated;
mod explain;
mod fact_problems;
mod facts;
mod identity;
mod inventory;
mod irsa;
mod item;
mod known_facts;

mod relocation;
mod representative;
mod own;
mod parameters;
mod patch;
mod plain;
mod problems;
mod applied;
mod applied_override;
mod reason;
mod selection;
mod specialization;
mod row;
mod said;
mod shape;
mod spokes;
mod settings_data;
mod statement;
mod finder;
mod table;
mod version;
mod via;

pub use applied_override::{AppliedOverride, Written};
pub use around::{groups_of, project_of};
pub use assertion::{Checks, addons_for_which, addons_of, cluster_checks, fleet_checks, holds_on};
pub use class::{Alone, Class, has_roles};
pub use cluster_data::{Cluster, KubeConfig, Taken, Via};
pub use clusters::{all_clusters, cluster, clusters};
pub use config::{release_in, settings};
pub use conflicts::report_conflicts;
pub use contents::{baseline, contents_of};
pub use declarations::{Declarations, Declared};
pub use definition::{is_from_known, levels};
pub use evaluated::{Evaluated, Params};
pub use fact_problems::without_type;
pub use finder::{expired, is_date, statements, statements_of};
pub use identity::{Grants, Identity, Role};
pub use inventory::{cluster_overrides, overridden_cluster, row_of, rows, top_level_overrides};
pub use irsa::{has_irsa, partition};
pub use item::{ITEM_REFERENCES, base, body_type, evaluate_in, grants, repository_kind};
pub use known_facts::KnownFacts;
pub use own::{Own, own_of};
pub use parameters::{catalogue_of, params_of};
pub use plain::{catalogue, declared, included};
pub use reason::{Condition, Read, Reason, reason};
pub use relocation::{Moves, holder, moves, unit_name};
pub use representative::Representative;
pub use said::has_one_flux;
pub use selection::{decision, is_optional};
pub use settings_data::{Output, Package, ReleaseIn, Rings, Settings, Sync};
pub use shape::is_shaped;
pub use specialization::{Specialization, Specialized, specialized};
pub use spokes::{reached_alike, spokes};
pub use statement::{About, Attached, OverrideStatement, OverrideTarget, Selected, Statements, UseStatement};
pub use version::kubernetes_version;
