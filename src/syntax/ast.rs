//! The tree of a declaration. Positions appear only as node numbers, so that a
//! declaration that merely moved is equal to what it was.

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use ecow::EcoString;

use super::memo::Memo;
pub use super::source_kind::SourceKind;
use crate::source::{Kind, NodeId};

/// One declaration: what its anchor stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declaration {
    pub kind: Kind,
    pub name: EcoString,
    pub head: Head,
    pub body: Block,
    /// Its `///` lines, without the slashes.
    pub doc: Option<EcoString>,
}

/// What stands between a declaration's name and its block.
#[derive(Clone, Debug, PartialEq, Eq)]
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
    Fn {
        params: Vec<FnParam>,
        result: TypeExpr,
        body: Expr,
    },
    Check {
        when: Option<Expr>,
        conditions: Vec<Expr>,
    },
    Import {
        /// Where the package's path stands.
        node: NodeId,
        path: EcoString,
        /// Empty: the package alone is named.
        names: Vec<ImportName>,
    },
    Inventory {
        rows: Expr,
        /// `as row`, or `as key, row`.
        names: Vec<(NodeId, EcoString)>,
        ty: Option<TypeExpr>,
    },
    /// `cluster one from platform.one`, `baseline edge from standard`
    From {
        node: NodeId,
        path: EcoString,
    },
    /// What stood there could not be read, or the declaration is gone.
    Broken,
}

/// A parameter of a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FnParam {
    pub node: NodeId,
    pub name: EcoString,
    pub ty: TypeExpr,
    pub default: Option<Expr>,
}

/// `velero as backup`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportName {
    pub node: NodeId,
    pub name: EcoString,
    /// What it is called here.
    pub local: EcoString,
}

/// What an `override` names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OverrideOf {
    Item,
    Source,
    Cluster,
    Baseline,
    Namespace,
}

/// The members of a pair of braces.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Block {
    pub node: NodeId,
    pub members: Vec<Member>,
    places: Memo<Places>,
}

impl Block {
    #[must_use]
    pub const fn new(node: NodeId, members: Vec<Member>) -> Self {
        Self { node, members, places: Memo::new() }
    }

    /// The members that may have to do with a key, in order: what is set or unset there, and what may be anywhere
    /// (spreads, keys with placeholders). Asked for each key of a long block, that does not take the square of its length.
    #[must_use]
    pub fn about(&self, key: &str) -> Vec<&Member> {
        let places = self.places.get(|| Places::of(&self.members));
        let mut found = places.of_any.clone();
        found.extend(places.of_key.get(key).into_iter().flatten());
        found.sort_unstable();
        found.into_iter().filter_map(|it| self.members.get(it)).collect()
    }

    /// The names that its head binds.
    pub fn lets(&self) -> impl Iterator<Item = &Arc<BlockLet>> {
        self.members.iter().filter_map(|it| if let Member::Let(it) = it { Some(it) } else { None })
    }
}

/// Where among the members of a block each key is set or unset, by the first name of its path.
#[derive(Default)]
struct Places {
    of_key: BTreeMap<EcoString, Vec<usize>>,
    /// Members that may have to do with any key.
    of_any: Vec<usize>,
}

impl Places {
    fn of(members: &[Member]) -> Self {
        let mut found = Self::default();
        for (nth, it) in members.iter().enumerate() {
            if matches!(it, Member::Spread(_)) {
                found.of_any.push(nth);
            }
            let Some(path) = it.path() else { continue };
            match path.segments.first().map(|it| &it.key) {
                Some(Key::Name(it)) => found.of_key.entry(it.clone()).or_default().push(nth),
                Some(Key::Interpolated(_)) | None => found.of_any.push(nth),
            }
        }
        found
    }
}

impl Member {
    /// The path that it sets or unsets; `None` for what is no entry.
    #[must_use]
    pub const fn path(&self) -> Option<&Path> {
        match self {
            Self::Entry(it) => Some(&it.path),
            Self::Unset(it) => Some(&it.path),
            _ => None,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
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
    Let(Arc<BlockLet>),
    Rings(Rings),
}

/// `let name = value` at the head of a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockLet {
    /// The name's place.
    pub node: NodeId,
    pub name: EcoString,
    pub ty: Option<Arc<TypeExpr>>,
    pub value: Arc<Expr>,
}

/// `rings environment = ["test", "production"]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rings {
    pub node: NodeId,
    pub fact: EcoString,
    pub order: Expr,
}

/// `path = expr`, `path { … }`, `path += expr`, `path: type`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub node: NodeId,
    pub is_final: bool,
    pub path: Path,
    pub action: Action,
    pub when: Option<Expr>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
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

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    pub node: NodeId,
    pub segments: Vec<Segment>,
}

/// One step of a path: a key, and which elements of the list there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    pub node: NodeId,
    pub key: Key,
    /// `[name = "x", …]`, each list in its own brackets.
    pub selectors: Vec<Selector>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    Name(EcoString),
    /// A quoted key with `\(…)` in it.
    Interpolated(Expr),
}

/// `[name = "x"]`: the one element of a list for which all pins hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selector {
    pub node: NodeId,
    pub pins: Vec<(Vec<EcoString>, Expr)>,
}

/// What `use`, `drop`, `attach`, `override` name: `catalogue.item`, `*.*`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    pub node: NodeId,
    /// `None` is `*`.
    pub parts: Vec<Option<EcoString>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use {
    pub node: NodeId,
    pub targets: Vec<Target>,
    pub block: Option<Block>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unset {
    pub node: NodeId,
    pub path: Path,
    pub when: Option<Expr>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spread {
    pub node: NodeId,
    pub value: Expr,
    pub when: Option<Expr>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Override {
    pub node: NodeId,
    pub what: OverrideOf,
    pub target: Target,
    pub when: Option<Expr>,
    pub block: Arc<Block>,
}

/// `patch Deployment web in shop { … }`
#[derive(Clone, Debug, PartialEq, Eq)]
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

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expr {
    pub node: NodeId,
    pub kind: ExprKind,
}

/// In the name of an item: the name of the catalogue that it ends up in. No name looks so otherwise.
pub const CATALOGUE_NAME: &str = "\\(catalogue.name)";

impl Expr {
    /// The name that a text is, which may have the name of the catalogue around in it: that is [`CATALOGUE_NAME`].
    #[must_use]
    pub fn written_name(&self) -> Option<EcoString> {
        let part = |it: &Self| match &it.kind {
            ExprKind::Text(it) => Some(it.clone()),
            ExprKind::Member { of, name, safe: false }
                if name == "name" && of.kind == ExprKind::Name("catalogue".into()) =>
            {
                Some(CATALOGUE_NAME.into())
            }
            _ => None,
        };
        match &self.kind {
            ExprKind::Text(it) => Some(it.clone()),
            ExprKind::Interpolation(parts) => parts.iter().map(part).collect(),
            _ => None,
        }
    }
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

/// No number that is written is one that differs from itself.
impl Eq for ExprKind {}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Element {
    pub value: Expr,
    pub spread: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForHead {
    /// `for x in …` or `for key, value in …`
    pub names: Vec<(NodeId, EcoString)>,
    pub over: Box<Expr>,
    pub condition: Option<Box<Expr>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
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

/// As of an expression.
impl Eq for Literal {}

impl Hash for Literal {
    fn hash<H: Hasher>(&self, state: &mut H) {
        std::mem::discriminant(self).hash(state);
        match self {
            Self::Null => {}
            Self::Bool(it) => it.hash(state),
            Self::Int(it) => it.hash(state),
            // Both zeros are one.
            Self::Float(it) => (it + 0.0).to_bits().hash(state),
            Self::Text(it) => it.hash(state),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeExpr {
    pub node: NodeId,
    pub kind: TypeKind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TypeBody {
    Alias(TypeExpr),
    Record { fields: Vec<FieldDecl>, open: bool },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldDecl {
    pub node: NodeId,
    pub name: EcoString,
    pub ty: TypeExpr,
    pub default: Option<Expr>,
}
