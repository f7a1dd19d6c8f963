//! Versions of Flux.

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
