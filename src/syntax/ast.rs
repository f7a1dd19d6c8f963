//! The tree of a declaration. Positions appear only as node numbers, so that a
//! declaration that merely moved is equal to what it was.

use ecow::EcoString;

use crate::source::{Kind, NodeId};

/// One declaration: what its anchor stands for.
#[derive(Clone, Debug, PartialEq)]
pub struct Declaration {
    pub kind: Kind,
    pub name: EcoString,
    pub head: Head,
    pub body: Block,
    /// Its `///` lines, without the slashes.
    pub doc: Option<EcoString>,
}

/// What stands between a declaration's name and its block.
#[derive(Clone, Debug, PartialEq)]
pub enum Head {
    Plain,
    Addon {
        optional: bool,
        from: Option<(NodeId, EcoString)>,
    },
    Source {
        provider: SourceKind,
        url: Expr,
    },
    Manifest {
        value: Option<Expr>,
    },
    External {
        object: EcoString,
        namespace: Option<EcoString>,
    },
    Rule {
        layer: Option<(NodeId, EcoString)>,
        when: Option<Expr>,
    },
    Override {
        what: OverrideOf,
        target: Target,
        when: Option<Expr>,
    },
    Let {
        ty: Option<TypeExpr>,
        value: Expr,
    },
    Type(TypeBody),
    /// Parsed, and given meaning by a later version.
    Later,
}

/// The four places that charts and manifests come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SourceKind {
    Helm,
    Oci,
    Git,
    Bucket,
}

impl SourceKind {
    /// The type of its object's spec.
    #[must_use]
    pub const fn spec_name(self) -> &'static str {
        match self {
            Self::Helm => "HelmRepositorySpec",
            Self::Oci => "OCIRepositorySpec",
            Self::Git => "GitRepositorySpec",
            Self::Bucket => "BucketSpec",
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
        }
    }
}

/// What an `override` names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OverrideOf {
    Item,
    Source,
    Cluster,
}

/// The members of a pair of braces.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Block {
    pub node: NodeId,
    pub members: Vec<Member>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Member {
    Entry(Entry),
    Use(Use),
    Drop(Vec<Target>),
    Attach(Vec<Target>),
    Detach(Vec<Target>),
    Unset(Unset),
    Spread(Spread),
    Override(Override),
    Patch(Patch),
    /// A `let` at the head of a block, `rings`: given meaning by a later version.
    Later {
        node: NodeId,
        what: &'static str,
    },
}

/// `path = expr`, `path { … }`, `path += expr`, `path: type`.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub node: NodeId,
    pub is_final: bool,
    pub path: Path,
    pub action: Action,
    pub when: Option<Expr>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    Assign(Expr),
    Append(Expr),
    Amend(Block),
    /// `name: Type = default`
    Declare {
        ty: TypeExpr,
        default: Option<Expr>,
    },
    /// `values: Type { … }`
    AmendTyped {
        ty: TypeExpr,
        block: Block,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub struct Path {
    pub node: NodeId,
    pub segments: Vec<Segment>,
}

/// One step of a path: a key, and which elements of the list there.
#[derive(Clone, Debug, PartialEq)]
pub struct Segment {
    pub node: NodeId,
    pub key: Key,
    /// `[name = "x", …]`, each list in its own brackets.
    pub selectors: Vec<Selector>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Key {
    Name(EcoString),
    /// A quoted key with `\(…)` in it.
    Interpolated(Expr),
}

/// `[name = "x"]`: the one element of a list for which all pins hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Selector {
    pub node: NodeId,
    pub pins: Vec<(Vec<EcoString>, Expr)>,
}

/// What `use`, `drop`, `attach`, `override` name: `catalogue.item`, `*.*`.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    pub node: NodeId,
    /// `None` is `*`.
    pub parts: Vec<Option<EcoString>>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Use {
    pub node: NodeId,
    pub targets: Vec<Target>,
    pub block: Option<Block>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Unset {
    pub node: NodeId,
    pub path: Path,
    pub when: Option<Expr>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Spread {
    pub node: NodeId,
    pub value: Expr,
    pub when: Option<Expr>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Override {
    pub node: NodeId,
    pub what: OverrideOf,
    pub target: Target,
    pub when: Option<Expr>,
    pub block: Block,
}

/// `patch Deployment web in shop { … }`
#[derive(Clone, Debug, PartialEq)]
pub struct Patch {
    pub node: NodeId,
    pub object: EcoString,
    pub name: EcoString,
    pub namespace: Option<EcoString>,
    pub block: Block,
}

impl Patch {
    /// Whether both patch the same object.
    #[must_use]
    pub fn is_of_same_object(&self, other: &Self) -> bool {
        (&self.object, &self.name, &self.namespace) == (&other.object, &other.name, &other.namespace)
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    pub node: NodeId,
    pub kind: ExprKind,
}

#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(EcoString),
    /// Pieces of text and expressions, alternating as written.
    Interpolation(Vec<Expr>),
    Name(EcoString),
    Member {
        of: Box<Expr>,
        name: EcoString,
        safe: bool,
    },
    Index {
        of: Box<Expr>,
        index: Box<Expr>,
    },
    Call {
        callee: Box<Expr>,
        args: Vec<Expr>,
    },
    Unary(UnaryOp, Box<Expr>),
    Binary(BinaryOp, Box<Expr>, Box<Expr>),
    If {
        condition: Box<Expr>,
        then: Box<Expr>,
        otherwise: Box<Expr>,
    },
    Match {
        subject: Box<Expr>,
        arms: Vec<Arm>,
    },
    List(Vec<Element>),
    Object(Block),
    ListFor {
        head: ForHead,
        body: Box<Expr>,
    },
    MapFor {
        head: ForHead,
        key: Box<Expr>,
        body: Box<Expr>,
    },
    /// What stood here could not be read; it is already reported.
    Broken,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Element {
    pub value: Expr,
    pub spread: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub struct ForHead {
    /// `for x in …` or `for key, value in …`
    pub names: Vec<(NodeId, EcoString)>,
    pub over: Box<Expr>,
    pub condition: Option<Box<Expr>>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Arm {
    pub node: NodeId,
    /// Empty is `_`.
    pub patterns: Vec<Literal>,
    pub body: Expr,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnaryOp {
    Neg,
    Not,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BinaryOp {
    Or,
    And,
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    In,
    Coalesce,
    Add,
    Sub,
    Mul,
    Div,
    Rem,
}

impl BinaryOp {
    /// As authors write it.
    #[must_use]
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Or => "or",
            Self::And => "and",
            Self::Eq => "==",
            Self::Ne => "!=",
            Self::Lt => "<",
            Self::Le => "<=",
            Self::Gt => ">",
            Self::Ge => ">=",
            Self::In => "in",
            Self::Coalesce => "??",
            Self::Add => "+",
            Self::Sub => "-",
            Self::Mul => "*",
            Self::Div => "/",
            Self::Rem => "%",
        }
    }
}

/// A value that is a type: `"test"`, `3`, `true`, `null`.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(EcoString),
}

#[derive(Clone, Debug, PartialEq)]
pub struct TypeExpr {
    pub node: NodeId,
    pub kind: TypeKind,
}

#[derive(Clone, Debug, PartialEq)]
pub enum TypeKind {
    Name(EcoString),
    Literal(Literal),
    Optional(Box<TypeExpr>),
    List(Box<TypeExpr>),
    Map(Box<TypeExpr>, Box<TypeExpr>),
    Union(Vec<TypeExpr>),
    Where(Box<TypeExpr>, Box<Expr>),
    Broken,
}

/// The right side of a `type` declaration.
#[derive(Clone, Debug, PartialEq)]
pub enum TypeBody {
    Alias(TypeExpr),
    Record { fields: Vec<FieldDecl>, open: bool },
}

#[derive(Clone, Debug, PartialEq)]
pub struct FieldDecl {
    pub node: NodeId,
    pub name: EcoString,
    pub ty: TypeExpr,
    pub default: Option<Expr>,
}
