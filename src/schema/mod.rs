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
mod kinds;

pub use credential::is_credential;
pub use file_name::{is_device, is_impossible};
pub use flux::{Field, FieldType, Limits, api_version, is_flux_kind, served, spec, specs};
pub use immutable::immutable_fields;
pub use kinds::{Scope, custom_kinds_of, scope};
pub use quantity::quantity;

/// A minor version of Flux 2: `Minor(9)` is Flux 2.9.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Minor(pub u8);

/// The Flux versions that fleetc knows.
pub const OLDEST: Minor = Minor(3);
/// The newest Flux that fleetc knows.
pub const NEWEST: Minor = Minor(9);

impl Minor {
    /// Reads `2.9`, `v2.9` or `2.9.4`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.strip_prefix('v').unwrap_or(text).split('.');
        if parts.next() != Some("2") {
            return None;
        }
        let minor = parts.next()?.parse().ok().map(Self)?;
        let rest_is_numeric = parts.all(|it| !it.is_empty() && it.bytes().all(|it| it.is_ascii_digit()));
        (rest_is_numeric && (OLDEST..=NEWEST).contains(&minor)).then_some(minor)
    }
}

impl std::fmt::Display for Minor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "2.{}", self.0)
    }
}
