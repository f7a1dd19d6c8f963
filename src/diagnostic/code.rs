//! The table of codes.
//!
//! E01 syntax, E02 names, E03 types, E04 evaluation and layers, E05 the fleet,
//! E06 Flux and Kubernetes, E07 the tree on disk, E09 fleetc itself. Warnings (W) share the numbers.
//! A code is never renumbered and never used again; gaps are fine.

/// How much a diagnostic matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing is written.
    Error,
    /// Written all the same.
    Warning,
}

/// A stable code: `E0203`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Code {
    pub id: &'static str,
    pub severity: Severity,
    /// Its title in `explain` and in machine formats.
    pub title: &'static str,
    /// Its page: what is wrong, why, and a right example.
    pub page: &'static str,
}

impl Code {
    /// Whether it is of what cannot be parsed.
    #[must_use]
    pub fn is_syntax(self) -> bool {
        self.id.starts_with("E01")
    }

    /// What its page says before its examples.
    #[must_use]
    pub fn summary(&self) -> &'static str {
        self.page.split("\n## ").next().unwrap_or_default().trim()
    }
}

macro_rules! codes {
    ($($name:ident $id:literal $severity:ident $title:literal)*) => {
        $(#[doc = $title] pub const $name: Code = Code {
            id: $id,
            severity: Severity::$severity,
            title: $title,
            page: include_str!(concat!("pages/", $id, ".md")),
        };)*
        /// Every code there is, in order.
        pub const ALL: &[Code] = &[$($name),*];
    };
}

codes! {
    UNREADABLE "E0101" Error "line that cannot be parsed"
    MISSING_CLOSE "E0102" Error "unclosed block"
    OPEN_STRING "E0103" Error "unclosed string"
    NUMBER_TOO_LARGE "E0104" Error "number out of range"
    TOO_DEEP "E0105" Error "nesting too deep"
    INDENTATION "E0106" Error "string indented less than its closing quotes"
    UNKNOWN_DECLARATION "E0107" Error "unknown declaration"
    NO_CHARACTER "E0108" Error "invalid escape sequence"
    INTERPOLATED_NAME "E0109" Error "computed name"
    DUPLICATE_FIELD "E0110" Error "duplicate field"
    NUMBER_WITH_UNIT "E0111" Error "number with a unit"
    TOO_LARGE "E0112" Error "source file too large"
    LATE_LET "E0113" Error "`let` after other members of its block"
    FROM_HERE "E0114" Error "declaration that cannot have `from`"
    FORBIDDEN_CHARACTER "E0115" Error "character not allowed in a source"
    YAML_SYNTAX "E0116" Error "YAML syntax in a source"
    RAW_ESCAPE "W0117" Warning "escape in a raw string"

    DUPLICATE "E0201" Error "duplicate name"
    MISPLACED "E0202" Error "misplaced declaration"
    BAD_LABEL "E0203" Error "name that Kubernetes does not accept"
    RESERVED "E0204" Error "reserved name"
    SECOND_FLEET "E0205" Error "second fleet"
    UNKNOWN_TYPE "E0206" Error "unknown type"
    UNKNOWN_NAME "E0207" Error "unknown name"
    UNKNOWN_FUNCTION "E0208" Error "unknown function"
    NOT_HERE "E0209" Error "name not available here"
    NO_REFERENCE "E0210" Error "value where the name of a declaration is expected"
    UNKNOWN_TARGET "E0211" Error "unknown target"
    AMBIGUOUS_TARGET "E0212" Error "ambiguous target"
    STATEMENT_HERE "E0213" Error "misplaced statement"
    DECLARATION_HERE "E0214" Error "misplaced typed name"
    UNKNOWN_PACKAGE "E0215" Error "unknown package"
    UNKNOWN_IMPORT "E0216" Error "unknown name in an import"
    RENAMED_SOURCE "E0217" Error "source imported under another name"
    EXTERNAL_OF_NO_USE "E0218" Error "external object that nothing can name"

    MISMATCH "E0301" Error "type mismatch"
    UNKNOWN_FIELD "E0302" Error "unknown field"
    MAP_KEY "E0303" Error "key that is not a string"
    TYPE_CYCLE "E0304" Error "cyclic type"
    LET_CYCLE "E0305" Error "cyclic `let`"
    APPEND "E0306" Error "`+=` on a value that is not a list"
    AMEND_SCALAR "E0307" Error "block on a value that is not an object"
    SPREAD "E0308" Error "spread of a value that is not an object"
    COMPUTED_KEY "E0309" Error "computed key in a typed object"
    SELECT "E0310" Error "list selector on a value that is not a list"
    CONDITION "E0311" Error "condition that is not a Bool"
    INTERPOLATED "E0312" Error "value that cannot be interpolated"
    MAY_BE_ABSENT "E0313" Error "value that may be absent"
    NO_MEMBER "E0314" Error "unknown member"
    INDEX "E0315" Error "index into a value without elements"
    ARITY "E0316" Error "wrong number of arguments"
    OPERATOR "E0317" Error "operator on values of incompatible types"
    NEVER_EQUAL "E0318" Error "comparison that is always false"
    NOT_EXHAUSTIVE "E0319" Error "non-exhaustive match"
    ITERATE "E0320" Error "loop over a value without elements"
    FUNCTION_AS_VALUE "E0321" Error "function used as a value"
    FUNCTION_CYCLE "E0322" Error "recursive function"
    NO_INTERPOLATION "W0323" Warning "text that looks like a value"

    BUDGET "E0401" Error "evaluation limit exceeded"
    NO_ARM "E0402" Error "no matching arm"
    OUT_OF_RANGE "E0403" Error "index or key out of range"
    OVERFLOW "E0404" Error "arithmetic overflow or division by zero"
    SPREADS_DIFFER "E0405" Error "conflicting spreads"
    KEY_TWICE "E0406" Error "duplicate computed key"
    APPEND_NOTHING "E0407" Error "`+=` on a missing list"
    SELECT_NOTHING "E0408" Error "list selector that does not match exactly one element"
    FINAL "E0409" Error "override of a final value"
    CONFLICT "E0410" Error "conflicting layers of one rank"
    MISSING_FIELD "E0411" Error "missing field"
    CONDITION_FAILS "E0412" Error "condition of a type not met"
    BAD_PATTERN "E0413" Error "invalid regular expression"
    INPUT_FILE "E0414" Error "unusable input file"
    SET_TWICE "E0415" Error "path set twice in one block"
    FACT_CYCLE "E0416" Error "cyclic definition of facts or params"
    NO_VALUE "E0417" Error "fact or param without a value"
    NEAR_MISS "W0418" Warning "key that is probably misspelt"
    FUNCTION_FAILS "E0419" Error "invalid function argument"

    OUTPUTS_OVERLAP "E0501" Error "overlapping output directories"
    NOT_A_FACT "E0502" Error "fact or param without a type"
    BAD_TARGET "E0503" Error "invalid target"
    USE_AND_DROP "E0504" Error "item used and dropped in one rank"
    OVERRIDE_OF_SEVERAL "E0505" Error "override of a manifest with several objects"
    NESTED_PATH "E0506" Error "overlapping cluster directories"
    TAKEN_NAME "E0507" Error "name already used by a generated file or Kustomization"
    DEAD "W0508" Warning "rule or override matches no cluster"
    NOT_TAKEN "E0509" Error "requirement not used by the cluster"
    NO_TENANT "E0510" Error "repository without a tenant"
    TRUSTED "W0511" Warning "repository with cluster-admin"
    FROM_CYCLE "E0512" Error "cyclic definition"
    NO_ACCOUNT "E0513" Error "role without an AWS account"
    LONG_ROLE "E0514" Error "role name too long"
    NO_ROWS "E0515" Error "inventory without rows"
    NO_CLUSTER_NAME "E0516" Error "row without a cluster name"
    GROUP_TWICE "E0517" Error "inventory in two groups"
    CHECK_FAILS "E0518" Error "failed check"
    CHECK_COVERS_NOTHING "W0519" Warning "check that covers no cluster"
    PACKAGE_SOURCE "E0520" Error "package without a source"
    NO_OIDC "E0521" Error "role without an OIDC provider"
    NO_BASELINE "E0522" Error "cluster without a baseline"
    CANNOT_PROVISION "E0523" Error "setting that the provisioning tool does not support"
    BAD_RING "E0524" Error "ring that is not a value of its fact"
    RING_AHEAD "E0525" Error "later ring ahead of an earlier one"
    NO_DATE "E0526" Error "invalid date"
    EXPIRED "W0527" Warning "expired override"
    REDUNDANT "W0528" Warning "redundant override"
    SHADOWED "W0529" Warning "shadowed override"
    BAD_MOVE "E0530" Error "invalid move"
    ROLE_TWICE "E0531" Error "role shared by two add-ons"
    PROVISIONED_IN_PART "W0532" Warning "setting that the provisioning tool takes in part"
    IDENTITY_ON_FARGATE "W0533" Warning "Pod Identity for Pods on Fargate"
    OTHER_FLEETC "E0534" Error "fleet for another version of fleetc"

    TOO_NEW "E0601" Error "field not served by the cluster's Flux"
    UNKNOWN_IDENTITY "E0602" Error "cluster-dependent value in a shared identity"
    NO_COMMON_VERSION "E0603" Error "no common API version"
    FLUX_RULE "E0604" Error "combination of fields that Flux refuses"
    NO_SOURCE "E0605" Error "add-on without a source"
    NO_VERSION "E0606" Error "add-on without a version"
    LONG_NAME "E0607" Error "release name too long"
    LOCKDOWN "E0608" Error "cross-namespace reference under lockdown"
    HELM_OVER_OCI "E0609" Error "OCI registry declared as a Helm repository"
    NO_OBJECT "E0610" Error "invalid Kubernetes object"
    SOPS "E0611" Error "unusable encrypted manifest"
    TWO_OWNERS "E0612" Error "object with two owners"
    TWO_RELEASES "E0613" Error "two releases of one name"
    NO_KUSTOMIZE_PATH "E0614" Error "kustomize item without a path"
    WAIT_AND_CHECKS "W0615" Warning "health checks together with `wait`"
    CRD_BESIDE "E0616" Error "custom resource in the same Kustomization as its definition"
    SUSPENDED "E0617" Error "dependency on a suspended release or Kustomization"
    IDENTITY_CHANGED "E0618" Error "identity that a patch cannot change"
    UNKNOWN_KIND "E0619" Error "unknown kind"
    NO_NAMESPACE "E0620" Error "missing namespace on a namespaced object"
    NEEDLESS_NAMESPACE "E0621" Error "namespace on a cluster-scoped object"
    NOT_SERVED "E0622" Error "API version not served by the cluster's Flux"
    MISSING_NAMESPACE "E0623" Error "unknown namespace"
    MISSING_REFERENCE "E0624" Error "reference to a missing Secret, ConfigMap or source"
    CYCLE "E0625" Error "dependency cycle"
    DATA_IS_TEXT "E0626" Error "value of ConfigMap data, labels or annotations that is not a string"
    DUPLICATE_ELEMENT "E0627" Error "duplicate list element"
    UNSAFE_VALUE "E0628" Error "value that kustomize would change"
    RESERVED_FIELD "E0629" Error "field set by the language"
    UNDEFINED_VARIABLE "E0630" Error "undefined substitution variable"
    KUSTOMIZE_PATH "E0631" Error "unusable kustomize directory"
    PATCH_HITS_NOTHING "E0632" Error "patch without a target"
    RAW_PATCH "E0633" Error "invalid raw patch"
    OUTSIDE_TENANT "E0634" Error "object outside a tenant's namespaces"
    MISSING_ACCOUNT "E0635" Error "missing service account"
    REMOTE_BASE "E0636" Error "remote base under lockdown"
    PLAIN_CREDENTIAL "W0637" Warning "credential in plain text"
    NO_LOCKDOWN "W0638" Warning "tenant on a cluster without lockdown"
    READ_OTHERWISE "E0639" Error "variable that Flux reads as something else"
    DEFAULT_ALONE "W0640" Warning "default for a variable that nothing defines"
    MAY_BE_NO_TEXT "W0641" Warning "text that may become a number"
    UNSEEN_VARIABLES "W0642" Warning "variables that are not checked"
    OTHER_SHARD "E0643" Error "chart of another shard than its source"
    TWO_BRING_CRDS "E0644" Error "two releases that bring one CRD"
    INEFFECTIVE "W0645" Warning "field without effect"
    MISSING_FLUX_OBJECT "E0646" Error "Flux object that nothing creates"
    MATCHES_NOTHING "W0647" Warning "source that matches nothing"
    TOO_LARGE_OBJECT "E0648" Error "object that Kubernetes cannot keep"
    SHORT_TIMEOUT "W0649" Warning "timeout shorter than what it waits for"
    ROLE_NOT_USED "W0650" Warning "role that the values of a chart do not name"
    MAY_STAY_DOUBLED "W0651" Warning "dollar sign that may stay doubled"
    UNKNOWN_OBJECT_FIELD "E0652" Error "field that the API server does not know"
    MISSING_OBJECT_FIELD "E0653" Error "object without a field that it needs"
    REFUSED_VALUE "E0654" Error "value that the API server refuses"
    REFUSED_NAME "E0655" Error "name or label that the API server refuses"
    OLD_API "E0656" Error "API version that the cluster does not serve"
    MAYBE_NEWER "W0657" Warning "field or value that an older schema does not have"
    WITHOUT_KEYS "E0658" Error "Secret without the keys that Flux reads"
    MISSING_DIRECTORY "E0659" Error "path that is not in the repository"
    WRONG_ACCOUNT "W0660" Warning "ARN without an account of 12 digits"
    REMOTE_FLUX_OBJECT "E0661" Error "Flux object on a cluster without Flux"
    REMOTE_NAMESPACE "W0662" Warning "release to another cluster without its namespace"
    HUB "E0663" Error "hub through which a cluster cannot be reached"
    BROKEN_DIRECTORY "E0664" Error "directory that kustomize cannot build"
    NO_OPERATOR "E0665" Error "kind of the Flux Operator on a cluster without it"
    CALLED_ALIKE "E0666" Error "two Kustomizations of one name"
    NO_IMAGE_POLICY "W0667" Warning "marker of an image policy that nothing makes"
    WRITES_GENERATED "W0668" Warning "image automation in a generated directory"

    FOREIGN_FILE "E0701" Error "file in the way"
    LINK "E0702" Error "symbolic link in the way"
    UNDECLARED_CLUSTER "E0703" Error "undeclared live cluster"
    ROOT_FILE "E0704" Error "file that breaks a cluster's root"
    OWNED_BY_HAND "E0705" Error "object also written by hand"
    BOOTSTRAP "E0706" Error "bootstrap that differs from the sources"
    LOCKDOWN_DIFFERS "W0707" Warning "lockdown that differs from the sources"
    REMOVES "E0708" Error "build that would uninstall something"
    MOVED "E0709" Error "object that would change its Kustomization"
    REINSTALLS "E0710" Error "release that would be reinstalled"
    NO_PACKAGE "E0711" Error "missing package"
    PACKAGE_CHANGED "E0712" Error "package that differs from the lock"
    STAGE_SKIPPED "E0713" Error "move without its first stage"
    ADOPTION "E0714" Error "adoption that would delete something"
    OLD_UNREADABLE "W0715" Warning "unreadable generated file"
    OUTSIDE_PACKAGE "E0716" Error "package that reaches outside its repository"
    PATHS_CLASH "E0717" Error "file names that not every system supports"
    ROOT_FIELD "W0718" Warning "root Kustomization that does not apply all as it is built"
    GOES_TO_HUB "W0719" Warning "file in the directory of a cluster that goes to its hub"
    ADOPTION_CHANGES "W0720" Warning "adoption that changes an object"

    INTERNAL "E0901" Error "bug in fleetc"
}
