//! Where each kind of declaration may be, and which of them give objects and directories their names.

use crate::source::Kind;

/// Where a declaration stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Enclosing {
    Top,
    In(Kind),
}

/// Whether a declaration of a kind may be there.
pub(super) fn may_stand(kind: Kind, place: Enclosing) -> bool {
    match kind {
        Kind::ADDON if place == Enclosing::Top => true,
        Kind::Item(_) => {
            matches!(place, Enclosing::In(Kind::Catalogue | Kind::Application | Kind::Cluster))
        }
        Kind::Source => matches!(
            place,
            Enclosing::Top
                | Enclosing::In(Kind::Catalogue | Kind::Application | Kind::Cluster | Kind::Group | Kind::ADDON)
        ),
        Kind::External => matches!(place, Enclosing::Top | Enclosing::In(Kind::Group | Kind::Cluster)),
        Kind::Cluster | Kind::Group | Kind::Inventory => matches!(place, Enclosing::Top | Enclosing::In(Kind::Group)),
        Kind::Fleet
        | Kind::Type
        | Kind::Let
        | Kind::Fn
        | Kind::Catalogue
        | Kind::Application
        | Kind::Rule
        | Kind::Override
        | Kind::Repository
        | Kind::Tenant
        | Kind::Baseline
        | Kind::Check
        | Kind::Import
        | Kind::Moved => place == Enclosing::Top,
        Kind::Data => false,
    }
}

/// Whether an object or a directory carries the declaration's name.
pub(super) const fn carries_label(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Catalogue
            | Kind::Application
            | Kind::Source
            | Kind::Item(_)
            | Kind::Cluster
            | Kind::Group
            | Kind::Repository
            | Kind::Tenant
            | Kind::Baseline
    )
}

/// RFC 1123: lower-case letters, digits and `-`, at most 63, beginning and
/// ending with a letter or digit.
pub fn is_dns_label(name: &str) -> bool {
    let ok = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit();
    let bytes = name.as_bytes();
    !bytes.is_empty()
        && bytes.len() <= 63
        && bytes.first().copied().is_some_and(ok)
        && bytes.last().copied().is_some_and(ok)
        && bytes.iter().all(|it| ok(*it) || *it == b'-')
}
