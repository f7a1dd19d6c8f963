//! Facts about Flux and Kubernetes, as tables: which fields, enums and API
//! versions each Flux has, which kinds Kubernetes has, which chart brings which
//! custom resource.
//!
//! In: nothing. Out: look-ups. Knows no language and no fleet.

mod credential;
mod file_name;
mod flux;
mod immutable;
mod quantity;
mod shape;
mod kinds;
mod minor;

pub use credential::is_credential;
pub use file_name::{is_device, is_impossible};
pub use flux::{Field, FieldType, Limits, api_version, is_flux_kind, served, spec, specs};
pub use immutable::immutable_fields;
pub use kinds::{Scope, custom_kinds_of, custom_scope, scope};
pub use minor::{Minor, NEWEST, OLDEST};
pub use quantity::quantity;
pub use shape::{
    Inner, KubernetesMinor, More, Rule, Served, Shape, ShapeType, kubernetes_minors, metadata, of_any_chart, of_chart,
    of_kubernetes, served_versions, versions_of_chart,
};
pub use shape::{all as all_shapes, api_versions_of, kind_names, kinds_of_group};
