//! What a value may be.

use std::sync::Arc;

use ecow::{EcoString, eco_format};

use crate::diagnostic::{Subject, few};
use crate::source::{Anchor, IndexMap, IndexSet, Origin};
use crate::syntax::ast::{Expr, Literal};

/// A type. All that types are made of is `Eq`, so that two that share a part are compared without it:
/// a type that has another in two fields, and so on, would be a tree of any size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Type {
    /// Anything; what meets it is checked where it meets a type.
    Any,
    Null,
    Bool,
    Int,
    Float,
    Text,
    /// A text out of data: where literals are asked for, its value is held against them.
    Cell,
    Literal(Literal),
    Union(Arc<Members>),
    /// May be absent.
    Optional(Arc<Self>),
    List(Arc<Self>),
    /// Keys are strings.
    Map(Arc<Self>),
    Record(Arc<RecordType>),
    Refined(Arc<Refined>),
    /// The name of a declaration: `source = eks-charts`.
    Reference(Reference),
    /// Any one type, the same wherever it stands in a built-in function's signature.
    Variable,
    /// Already reported; fits everywhere.
    Broken,
}

/// The members of a union. Most unions are lists of literals, and some of these are long: those are
/// looked up.
#[derive(Clone, Debug)]
pub struct Members {
    all: Box<[Type]>,
    literals: IndexSet<Literal>,
}

impl Members {
    /// Whether a literal is one of them.
    #[must_use]
    pub fn has(&self, literal: &Literal) -> bool {
        self.literals.contains(literal)
    }

    /// Whether all of them are literals.
    #[must_use]
    pub fn are_literals(&self) -> bool {
        self.literals.len() == self.all.len()
    }
}

impl std::ops::Deref for Members {
    type Target = [Type];

    fn deref(&self) -> &[Type] {
        &self.all
    }
}

impl PartialEq for Members {
    fn eq(&self, other: &Self) -> bool {
        self.all == other.all
    }
}

impl Eq for Members {}

/// What a reference may name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reference {
    Source,
    /// `add-on` of the same catalogue, or `catalogue.add-on`.
    Addon,
    /// `catalogue`, or `catalogue.item`.
    CatalogueOrItem,
    Repository,
    /// A rank of rules that the fleet declares.
    Layer,
    Baseline,
    Cluster,
    /// `cluster`, for what names one of another project.
    Fact,
}

/// What messages call an object that has no type of its own.
pub const THIS_OBJECT: &str = "this object";

/// A record's fields.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecordType {
    /// `Autoscaling`; "an add-on" and "a HelmRelease's `spec`" where no author gave it a name ([`RecordType::noun`]).
    pub name: EcoString,
    pub fields: IndexMap<EcoString, FieldType>,
    /// Whether other keys are allowed.
    pub open: bool,
    pub origin: Option<Origin>,
    pub fields_are: FieldsAre,
}

/// What declares the fields of a record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FieldsAre {
    /// Its own declaration.
    #[default]
    Own,
    /// The facts of the fleet.
    Facts,
    /// The params of a definition.
    Params,
}

/// What a function takes and gives.
#[derive(Clone, Debug, PartialEq)]
pub struct FunctionType {
    pub params: Vec<Param>,
    pub result: Type,
}

/// A parameter of a function.
#[derive(Clone, Debug, PartialEq)]
pub struct Param {
    pub name: EcoString,
    pub ty: Type,
    pub default: Option<Written>,
    pub origin: Origin,
}

impl Param {
    /// Whether a call may leave it out.
    #[must_use]
    pub const fn may_be_left_out(&self) -> bool {
        self.default.is_some() || matches!(self.ty, Type::Optional(_))
    }
}

/// A field of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldType {
    pub ty: Type,
    /// Must have a value in the end.
    pub required: bool,
    pub default: Option<Written>,
    pub origin: Option<Origin>,
    /// Conditions over `it` and the record's other fields.
    pub wheres: Vec<Written>,
}

impl RecordType {
    /// A record with the fields of another, too.
    #[must_use]
    pub fn and(&self, other: &Self) -> Type {
        let mut record = self.clone();
        record.fields.extend(other.fields.iter().map(|(name, field)| (name.clone(), field.clone())));
        Type::Record(Arc::new(record))
    }

    /// How messages name it: a type that somebody declared by its name, what the compiler has itself by a noun.
    #[must_use]
    pub fn noun(&self) -> EcoString {
        if self.name.contains(' ') { self.name.clone() } else { eco_format!("`{}`", self.name) }
    }

    /// Where its author may look it up: what the compiler has itself is nobody's.
    #[must_use]
    pub fn declared_at(&self) -> Option<Origin> {
        self.origin.filter(|_| !self.name.contains(' ') || self.fields_are != FieldsAre::Own)
    }

    /// What a field of that name would be, if it can be declared elsewhere.
    #[must_use]
    pub fn subject(&self, name: &str) -> Option<Subject> {
        match self.fields_are {
            FieldsAre::Own => None,
            FieldsAre::Facts => Some(Subject::Fact(name.into())),
            FieldsAre::Params => Some(Subject::Param(name.into())),
        }
    }

    /// What any of the fields is, where each is a record: it has the fields of all of them,
    /// and may lack each.
    #[must_use]
    pub fn element(&self) -> Type {
        let mut joined = Self { name: ecow::eco_format!("an element of {}", self.name), ..Self::default() };
        for field in self.fields.values() {
            let Type::Record(of) = field.ty.present().base() else { return Type::Any };
            joined.join(of);
        }
        Type::Record(Arc::new(joined))
    }

    /// Takes the fields of another; those that are of different types are of any.
    pub fn join(&mut self, other: &Self) {
        self.open |= other.open;
        for (name, field) in &other.fields {
            match self.fields.get_mut(name) {
                Some(known) if known.ty == field.ty => {}
                Some(known) => *known = FieldType::optional(Type::Any),
                None => {
                    self.fields.insert(name.clone(), FieldType::optional(field.ty.clone()));
                }
            }
        }
    }
}

impl FieldType {
    /// A field that may be left out.
    #[must_use]
    pub const fn optional(ty: Type) -> Self {
        Self { ty, required: false, default: None, origin: None, wheres: Vec::new() }
    }
}

/// An expression and the declaration that it stands in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    pub anchor: Anchor,
    pub expr: Arc<Expr>,
}

impl Written {
    /// Where it stands.
    #[must_use]
    pub fn origin(&self) -> Origin {
        Origin::new(self.anchor, self.expr.node)
    }
}

/// A type with a name or conditions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refined {
    pub name: Option<EcoString>,
    pub base: Type,
    pub constraints: Vec<Constraint>,
    pub origin: Option<Origin>,
}

/// A condition on a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Constraint {
    /// `where`: an expression over `it`.
    Where(Written),
    /// A regular expression out of a schema, anchored as it says itself.
    Pattern(EcoString),
    /// Length of a text in characters, or of a list.
    Length { min: Option<usize>, max: Option<usize> },
}

impl Type {
    /// The type without its name and conditions.
    #[must_use]
    pub fn base(&self) -> &Self {
        match self {
            Self::Refined(it) => it.base.base(),
            it => it,
        }
    }

    /// The type of a value that is there.
    #[must_use]
    pub fn present(&self) -> &Self {
        match self {
            Self::Optional(it) => it.present(),
            it => it,
        }
    }

    /// The record behind names, conditions and `?`.
    #[must_use]
    pub fn record(&self) -> Option<&Arc<RecordType>> {
        match self.present().base().present() {
            Self::Record(it) => Some(it),
            _ => None,
        }
    }

    /// `T?`, once.
    #[must_use]
    pub fn optional(self) -> Self {
        match self {
            Self::Optional(_) | Self::Any | Self::Broken => self,
            it => Self::Optional(Arc::new(it)),
        }
    }

    /// A number that equal types share, and few others: it says what kind of type it is and what a record calls
    /// its fields, in whatever order.
    fn print(&self) -> u64 {
        use std::hash::{Hash, Hasher};
        let hashed = |it: &dyn Fn(&mut rustc_hash::FxHasher)| {
            let mut hasher = rustc_hash::FxHasher::default();
            it(&mut hasher);
            hasher.finish()
        };
        let kind = hashed(&|hasher| std::mem::discriminant(self).hash(hasher));
        let Self::Record(record) = self else { return kind };
        let field = |(name, field): (&EcoString, &FieldType)| {
            hashed(&|hasher| (name, std::mem::discriminant(&field.ty)).hash(hasher))
        };
        record.fields.iter().map(field).fold(kind, u64::wrapping_add)
    }

    /// The union of some types, flat and without repetition.
    #[must_use]
    pub fn union(types: impl IntoIterator<Item = Self>) -> Self {
        let mut members: Vec<Self> = Vec::new();
        let mut literals = IndexSet::default();
        // Where the others stand that may be the same: a list of objects has as many types.
        let mut alike: IndexMap<u64, Vec<usize>> = IndexMap::default();
        let mut optional = false;
        for ty in types {
            let ty = match ty {
                Self::Optional(it) => {
                    optional = true;
                    (*it).clone()
                }
                it => it,
            };
            let parts: Vec<Self> = match &ty {
                Self::Union(it) => it.to_vec(),
                _ => vec![ty],
            };
            for part in parts {
                if matches!(part, Self::Any | Self::Broken) {
                    return part;
                }
                let is_new = match &part {
                    Self::Literal(it) => literals.insert(it.clone()),
                    it => {
                        let known = alike.entry(it.print()).or_default();
                        let is_new = !known.iter().any(|nth| members.get(*nth) == Some(it));
                        if is_new {
                            known.push(members.len());
                        }
                        is_new
                    }
                };
                if is_new {
                    members.push(part);
                }
            }
        }
        let union = match (members.len(), members.pop()) {
            (_, None) => Self::Null,
            (1, Some(only)) => only,
            (_, Some(last)) => {
                members.push(last);
                Self::Union(Arc::new(Members { all: members.into(), literals }))
            }
        };
        if optional { union.optional() } else { union }
    }

    /// What either of several expressions comes to: their union, but lists become one
    /// list. The elements of an empty one are `Broken`, which gives way to any other.
    #[must_use]
    pub fn join(types: impl IntoIterator<Item = Self>) -> Self {
        let (lists, others): (Vec<Self>, Vec<Self>) = types.into_iter().partition(|it| matches!(it, Self::List(_)));
        let elements: Vec<Self> = lists
            .into_iter()
            .filter_map(|it| if let Self::List(of) = it { Some((*of).clone()) } else { None })
            .collect();
        if elements.is_empty() {
            return Self::union(others);
        }
        let known: Vec<Self> = elements.into_iter().filter(|it| *it != Self::Broken).collect();
        let of = if known.is_empty() { Self::Broken } else { Self::union(known) };
        Self::union(others.into_iter().chain(std::iter::once(Self::List(Arc::new(of)))))
    }

    /// The texts that are its values, to look for one that was meant among them: none if they are very many.
    #[must_use]
    pub fn choices(&self) -> Vec<&str> {
        match self.base() {
            Self::Literal(Literal::Text(it)) => vec![it],
            Self::Union(members) => few(members.iter()).flat_map(Self::choices).collect(),
            _ => Vec::new(),
        }
    }

    /// The literals that a value of this type may be, if those are all it may be.
    #[must_use]
    pub fn literals(&self) -> Option<Vec<Literal>> {
        match self.base() {
            Self::Literal(it) => Some(vec![it.clone()]),
            Self::Bool => Some(vec![Literal::Bool(true), Literal::Bool(false)]),
            Self::Null => Some(vec![Literal::Null]),
            Self::Union(members) => {
                members.iter().map(Self::literals).collect::<Option<Vec<_>>>().map(|it| it.concat())
            }
            _ => None,
        }
    }
}
