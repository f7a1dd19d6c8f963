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
    UNREADABLE "E0101" Error "a line that cannot be read"
    MISSING_CLOSE "E0102" Error "a block that is never closed"
    OPEN_STRING "E0103" Error "a string that is not closed"
    NUMBER_TOO_LARGE "E0104" Error "a number that does not fit"
    TOO_DEEP "E0105" Error "nested too deeply"
    INDENTATION "E0106" Error "text indented less than its closing quotes"
    UNKNOWN_DECLARATION "E0107" Error "a word that begins no declaration"
    NO_CHARACTER "E0108" Error "escape that is not a character"
    INTERPOLATED_NAME "E0109" Error "a name that would have to be computed"
    DUPLICATE_FIELD "E0110" Error "a field that is declared twice"
    NUMBER_WITH_UNIT "E0111" Error "a number with letters"
    TOO_LARGE "E0112" Error "a file that is too large"
    LATE_LET "E0113" Error "a `let` that is not at the head of its block"
    FROM_HERE "E0114" Error "a declaration that is taken from nothing"
    FORBIDDEN_CHARACTER "E0115" Error "character that is not allowed in a source"

    DUPLICATE "E0201" Error "a name that is declared twice"
    MISPLACED "E0202" Error "a declaration in the wrong place"
    BAD_LABEL "E0203" Error "a name that no object can carry"
    RESERVED "E0204" Error "a name that means something already"
    SECOND_FLEET "E0205" Error "a second fleet"
    UNKNOWN_TYPE "E0206" Error "a type that does not exist"
    UNKNOWN_NAME "E0207" Error "a name that does not exist"
    UNKNOWN_FUNCTION "E0208" Error "a function that does not exist"
    NOT_HERE "E0209" Error "a name that cannot be read here"
    NO_REFERENCE "E0210" Error "not the name of a declaration"
    UNKNOWN_TARGET "E0211" Error "a target that does not exist"
    AMBIGUOUS_TARGET "E0212" Error "a target that several catalogues have"
    STATEMENT_HERE "E0213" Error "a statement in the wrong place"
    DECLARATION_HERE "E0214" Error "a typed name in the wrong place"
    UNKNOWN_PACKAGE "E0215" Error "a package that does not exist"
    UNKNOWN_IMPORT "E0216" Error "a name that a package does not declare"
    RENAMED_SOURCE "E0217" Error "a source that is imported under another name"

    MISMATCH "E0301" Error "a value of the wrong type"
    UNKNOWN_FIELD "E0302" Error "a field that does not exist"
    MAP_KEY "E0303" Error "a key that is no string"
    TYPE_CIRCLE "E0304" Error "a type that is defined by itself"
    LET_CIRCLE "E0305" Error "a value that is computed from itself"
    APPEND "E0306" Error "appending to what is no list"
    AMEND_SCALAR "E0307" Error "amending what has nothing inside"
    SPREAD "E0308" Error "spreading what has no entries"
    COMPUTED_KEY "E0309" Error "a computed key where keys are fixed"
    SELECT "E0310" Error "selecting in what is no list"
    CONDITION "E0311" Error "a condition that is neither true nor false"
    INTERPOLATED "E0312" Error "a value that cannot stand in a string"
    MAY_BE_ABSENT "E0313" Error "a value that may be absent"
    NO_MEMBER "E0314" Error "a member that does not exist"
    INDEX "E0315" Error "an index into what has no elements"
    ARITY "E0316" Error "a call with too few or too many values"
    OPERATOR "E0317" Error "an operator between values that do not go together"
    NEVER_EQUAL "E0318" Error "a comparison that never holds"
    NOT_EXHAUSTIVE "E0319" Error "a match that does not cover every value"
    ITERATE "E0320" Error "going through what has no elements"
    FUNCTION_AS_VALUE "E0321" Error "a function that is not called"
    FUNCTION_CIRCLE "E0322" Error "a function that calls itself"

    BUDGET "E0401" Error "an evaluation that takes too long"
    NO_ARM "E0402" Error "a match that says nothing for a value"
    OUT_OF_RANGE "E0403" Error "an element that does not exist"
    OVERFLOW "E0404" Error "a number that cannot be computed"
    SPREADS_DIFFER "E0405" Error "two spreads that differ"
    KEY_TWICE "E0406" Error "a key that is made twice"
    APPEND_NOTHING "E0407" Error "appending to a list that is not there"
    SELECT_NOTHING "E0408" Error "selecting an element that is not there"
    FINAL "E0409" Error "touching what is final"
    CONFLICT "E0410" Error "two layers of one rank that differ"
    MISSING_FIELD "E0411" Error "a field without a value"
    CONDITION_FAILS "E0412" Error "a value that does not meet a condition"
    BAD_PATTERN "E0413" Error "a regular expression that is none"
    INPUT_FILE "E0414" Error "an input file that cannot be used"
    SET_TWICE "E0415" Error "a path that is set twice in one block"
    FACT_CIRCLE "E0416" Error "facts or params that refer to each other in a circle"
    NO_VALUE "E0417" Error "a fact or param without a value"
    NEAR_MISS "W0418" Warning "a key that looks misspelt"
    FUNCTION_FAILS "E0419" Error "a function that cannot use its values"

    OUTPUTS_OVERLAP "E0501" Error "generated directories that overlap"
    NOT_A_FACT "E0502" Error "a fact without a type"
    BAD_TARGET "E0503" Error "a target that cannot be one"
    USE_AND_DROP "E0504" Error "taken and given up in one rank"
    OVERRIDE_OF_SEVERAL "E0505" Error "overriding several objects at once"
    NESTED_PATH "E0506" Error "directories of clusters that overlap"
    TAKEN_NAME "E0507" Error "a name that is taken"
    DEAD "W0508" Warning "what applies to no cluster"
    NOT_TAKEN "E0509" Error "a requirement that is not taken"
    NO_TENANT "E0510" Error "a repository without a tenant"
    TRUSTED "W0511" Warning "a repository with cluster-admin"
    FROM_CIRCLE "E0512" Error "a definition that is taken from itself"
    NO_ACCOUNT "E0513" Error "a role without an AWS account"
    LONG_ROLE "E0514" Error "a role name that is too long"
    NO_ROWS "E0515" Error "an inventory without rows"
    NO_CLUSTER_NAME "E0516" Error "a row without a cluster's name"
    GROUP_TWICE "E0517" Error "an inventory with two groups"
    CHECK_FAILS "E0518" Error "a check that does not hold"
    CHECK_COVERS_NOTHING "W0519" Warning "a check that covers no cluster"
    PACKAGE_SOURCE "E0520" Error "a package without a source"
    NO_OIDC "E0521" Error "a role without an OIDC provider"
    NO_BASELINE "E0522" Error "a cluster without a baseline"
    CANNOT_PROVISION "E0523" Error "what a tool cannot be told"
    BAD_RING "E0524" Error "a ring that is no value of its fact"
    RING_AHEAD "E0525" Error "a later ring that is ahead of an earlier one"
    NO_DATE "E0526" Error "a date that is none"
    EXPIRED "W0527" Warning "an override whose time is over"
    REDUNDANT "W0528" Warning "an override that changes nothing"
    SHADOWED "W0529" Warning "an override that no cluster sees"
    BAD_MOVE "E0530" Error "a move that cannot be made"
    ROLE_TWICE "E0531" Error "a role that two add-ons would have"

    TOO_NEW "E0601" Error "a field that a cluster's Flux does not have"
    UNKNOWN_IDENTITY "E0602" Error "an identity that depends on the cluster"
    NO_COMMON_VERSION "E0603" Error "no common API version"
    FLUX_RULE "E0604" Error "a combination that Flux refuses"
    NO_SOURCE "E0605" Error "an add-on without a source"
    NO_VERSION "E0606" Error "an add-on without a version"
    LONG_NAME "E0607" Error "a release name that is too long"
    LOCKDOWN "E0608" Error "a reference across namespaces under lockdown"
    HELM_OVER_OCI "E0609" Error "a registry declared as a Helm repository"
    NO_OBJECT "E0610" Error "not a Kubernetes object"
    SOPS "E0611" Error "an encrypted manifest that cannot be used"
    TWO_OWNERS "E0612" Error "an object with two owners"
    TWO_RELEASES "E0613" Error "two releases of one name"
    NO_KUSTOMIZE_PATH "E0614" Error "a kustomize item without a path"
    WAIT_AND_CHECKS "E0615" Error "health checks beside wait"
    CRD_BESIDE "E0616" Error "a custom resource beside its definition"
    SUSPENDED "E0617" Error "waiting for what is suspended"
    IDENTITY_CHANGED "E0618" Error "an identity that a patch cannot change"
    UNKNOWN_KIND "E0619" Error "a kind that nothing defines"
    NO_NAMESPACE "E0620" Error "an object without its namespace"
    NEEDLESS_NAMESPACE "E0621" Error "a namespace on an object that has none"
    NOT_SERVED "E0622" Error "an API version that Flux does not serve"
    MISSING_NAMESPACE "E0623" Error "a namespace that nothing makes"
    MISSING_REFERENCE "E0624" Error "a Secret or ConfigMap that nothing makes"
    CIRCLE "E0625" Error "waiting in a circle"
    DATA_IS_TEXT "E0626" Error "data that is no string"
    DUPLICATE_ELEMENT "E0627" Error "two elements with one key"
    UNSAFE_VALUE "E0628" Error "a value that does not survive"
    RESERVED_FIELD "E0629" Error "a field that the language sets"
    UNDEFINED_VARIABLE "E0630" Error "a variable that nothing defines"
    KUSTOMIZE_PATH "E0631" Error "a kustomize directory that cannot be used"
    PATCH_HITS_NOTHING "E0632" Error "a raw patch that hits nothing"
    RAW_PATCH "E0633" Error "a raw patch that says too much"
    OUTSIDE_TENANT "E0634" Error "what a tenant may not make"
    MISSING_ACCOUNT "E0635" Error "a service account that is not there"
    REMOTE_BASE "E0636" Error "a remote base under lockdown"
    PLAIN_CREDENTIAL "W0637" Warning "credential in plain text"
    NO_LOCKDOWN "W0638" Warning "tenant on a cluster without lockdown"

    FOREIGN_FILE "E0701" Error "a file in the way"
    LINK "E0702" Error "a link in the way"
    UNDECLARED_CLUSTER "E0703" Error "a live cluster that nothing declares"
    ROOT_FILE "E0704" Error "a file that would break a cluster's root"
    OWNED_BY_HAND "E0705" Error "an object that is also written by hand"
    BOOTSTRAP "E0706" Error "a bootstrap that differs from the sources"
    LOCKDOWN_DIFFERS "W0707" Warning "a lockdown that the sources do not know"
    REMOVES "E0708" Error "a build that would uninstall something"
    MOVED "E0709" Error "an object that would change hands"
    REINSTALLS "E0710" Error "a release that would be installed again"
    NO_PACKAGE "E0711" Error "a package that is not there"
    PACKAGE_CHANGED "E0712" Error "a package that is not what was locked"
    STAGE_SKIPPED "E0713" Error "a move whose first stage is not there"
    ADOPTION "E0714" Error "adoption that would delete something"
    OLD_UNREADABLE "W0715" Warning "generated file that cannot be read"
    OUTSIDE_PACKAGE "E0716" Error "package that reaches out of its repository"
    PATHS_CLASH "E0717" Error "paths that not every system can have"

    INTERNAL "E0901" Error "a bug in fleetc"
}
