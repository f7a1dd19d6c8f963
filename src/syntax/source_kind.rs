//! The kinds of sources.

/// The places that charts and manifests come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SourceKind {
    Helm,
    Oci,
    Git,
    Bucket,
    /// What something else makes: an artifact of an ArtifactGenerator.
    External,
}

impl SourceKind {
    /// Where what stands behind the kind goes.
    #[must_use]
    pub const fn address(self) -> &'static str {
        match self {
            Self::Helm | Self::Oci | Self::Git => "url",
            Self::Bucket => "bucketName",
            Self::External => "name",
        }
    }

    /// Whether a release names it with `chartRef`, and so as one chart at one version.
    #[must_use]
    pub const fn is_one_chart(self) -> bool {
        matches!(self, Self::Oci | Self::External)
    }

    /// The type of its object's spec.
    #[must_use]
    pub const fn spec_name(self) -> &'static str {
        match self {
            Self::Helm => "HelmRepositorySpec",
            Self::Oci => "OCIRepositorySpec",
            Self::Git => "GitRepositorySpec",
            Self::Bucket => "BucketSpec",
            Self::External => "ExternalSourceBody",
        }
    }

    /// The kind of its object.
    #[must_use]
    pub const fn object(self) -> &'static str {
        match self {
            Self::Helm => "HelmRepository",
            Self::Oci => "OCIRepository",
            Self::Git => "GitRepository",
            Self::Bucket => "Bucket",
            Self::External => "ExternalArtifact",
        }
    }
}
