//! How names may be written, as `k8s.io/apimachinery/pkg/util/validation` has it.

/// How a name may be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NameRule {
    /// RFC 1123: small letters, digits and `-`; 63 characters.
    Label,
    /// Labels with dots between them; so many characters at most.
    Subdomain(usize),
    /// All but `/` and `%`.
    PathSegment,
    /// The value of a label: letters, digits, `-`, `_` and `.`, or nothing; 63 characters.
    LabelValue,
    /// The key of a label or annotation: a name, behind a subdomain and `/` if it has an owner.
    Key,
}

impl NameRule {
    /// The rule for the names of a kind.
    pub(super) fn of_kind(group: &str, kind: &str) -> Self {
        match (group, kind) {
            ("rbac.authorization.k8s.io" | "certificates.k8s.io", _) | ("networking.k8s.io", "IPAddress") => {
                Self::PathSegment
            }
            ("", "Namespace" | "Service") => Self::Label,
            // What it makes has eleven characters more.
            ("batch", "CronJob") => Self::Subdomain(52),
            _ => Self::Subdomain(253),
        }
    }

    /// What a name must be like.
    pub(super) const fn describe(self) -> &'static str {
        match self {
            Self::Label => "small letters, digits and `-`, no `-` at either end, 63 characters at most",
            Self::Subdomain(52) => {
                "small letters, digits, `-` and `.`, none of these two at either end, 52 characters at most"
            }
            Self::Subdomain(_) => {
                "small letters, digits, `-` and `.`, none of these two at either end, 253 characters at most"
            }
            Self::PathSegment => "without `/` and `%`",
            Self::LabelValue => {
                "letters, digits, `-`, `_` and `.`, none of these three at either end, 63 characters at most"
            }
            Self::Key => "letters, digits, `-`, `_` and `.`, 63 at most, behind a domain and `/` if it has an owner",
        }
    }

    /// Whether a text is such a name.
    #[must_use]
    pub(super) fn holds(self, text: &str) -> bool {
        match self {
            Self::Label => is_label(text),
            Self::Subdomain(most) => text.len() <= most && text.split('.').all(is_part_of_subdomain),
            Self::PathSegment => !text.is_empty() && !matches!(text, "." | "..") && !text.contains(['/', '%']),
            Self::LabelValue => text.is_empty() || is_qualified(text),
            Self::Key => match text.split_once('/') {
                Some((domain, name)) => Self::Subdomain(253).holds(domain) && is_qualified(name),
                None => is_qualified(text),
            },
        }
    }
}

fn is_part_of_subdomain(text: &str) -> bool {
    let is_end = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit();
    let bytes = text.as_bytes();
    bytes.iter().all(|it| is_end(*it) || *it == b'-')
        && bytes.first().is_some_and(|it| is_end(*it))
        && bytes.last().is_some_and(|it| is_end(*it))
}

fn is_label(text: &str) -> bool {
    text.len() <= 63 && is_part_of_subdomain(text)
}

fn is_qualified(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() <= 63
        && bytes.iter().all(|it| it.is_ascii_alphanumeric() || matches!(it, b'-' | b'_' | b'.'))
        && bytes.first().is_some_and(u8::is_ascii_alphanumeric)
        && bytes.last().is_some_and(u8::is_ascii_alphanumeric)
}
