//! Written types → [`Type`].

use std::sync::Arc;

use ecow::EcoString;

use super::ty::{Constraint, FieldType, RecordType, Reference, Refined, Type, Written};
use super::{flux, problems, type_of};
use crate::diagnostic::{Diagnostic, bug};
use crate::names::{self, Index};
use crate::source::{Anchor, Db, IndexMap, Origin};
use crate::syntax::ast::{Expr, TypeBody, TypeExpr, TypeKind};

/// Types that the language cannot say itself.
const NATIVE: [&str; 6] = ["String", "Int", "Float", "Bool", "Null", "Any"];

/// Reads a written type; what it names is looked up in the index.
pub fn lower(db: &dyn Db, index: &Index, anchor: Anchor, ty: &TypeExpr, out: &mut Vec<Diagnostic>) -> Type {
    let mut each = |it: &TypeExpr| lower(db, index, anchor, it, out);
    match &ty.kind {
        TypeKind::Broken => Type::Broken,
        TypeKind::Literal(it) => Type::Literal(it.clone()),
        TypeKind::Optional(it) => each(it).optional(),
        TypeKind::List(it) => Type::List(Arc::new(each(it))),
        TypeKind::Map(key, value) => {
            let field = match &key.kind {
                TypeKind::Name(name) => Some(name).filter(|it| named_from(db, index, anchor, it).is_none()),
                _ => None,
            };
            if let Some(name) = field.filter(|it| !index.is_lost(it)) {
                let value = lower(db, index, anchor, value, out);
                out.push(problems::fields_here(Origin::new(anchor, key.node), name, &value));
                return Type::Broken;
            }
            let key = each(key);
            let value = each(value);
            if !matches!(key.base(), Type::Text | Type::Broken | Type::Any) {
                out.push(problems::map_key(Origin::new(anchor, ty.node), &key));
            }
            Type::Map(Arc::new(value))
        }
        TypeKind::Union(members) => {
            let members: Vec<Type> = members.iter().map(each).collect();
            Type::union(members)
        }
        TypeKind::Where(base, condition) => {
            let base = lower(db, index, anchor, base, out);
            Type::Refined(Arc::new(Refined {
                name: None,
                base,
                constraints: vec![Constraint::Where(written(anchor, condition))],
                origin: Some(Origin::new(anchor, ty.node)),
            }))
        }
        TypeKind::Name(name) => named_from(db, index, anchor, name).unwrap_or_else(|| {
            if !index.is_lost(name) {
                out.push(problems::unknown_type(Origin::new(anchor, ty.node), name, index));
            }
            Type::Broken
        }),
    }
}

/// An expression where it stands.
pub fn written(anchor: Anchor, expr: &Expr) -> Written {
    Written { anchor, expr: Arc::new(expr.clone()) }
}

/// The type of that name where `anchor` stands; `package.Name` is one of a package.
fn named_from(db: &dyn Db, index: &Index, anchor: Anchor, name: &str) -> Option<Type> {
    named(db, index, name).or_else(|| {
        let found = names::qualified(db, anchor, name, |it| &it.types)?;
        Some(type_of(db, found).value.clone())
    })
}

/// What the blocks of declarations hold: a type of the standard library, or Flux's. A project's own type
/// of that name changes nothing.
pub fn shape(db: &dyn Db, name: &str) -> Type {
    match named(db, names::standard(db), name) {
        Some(it) => it,
        None => bug(&format!("the standard library has no type `{name}`")),
    }
}

/// The type of that name: native, Flux's, the project's or the standard library's.
fn named(db: &dyn Db, index: &Index, name: &str) -> Option<Type> {
    Some(match name {
        "String" => Type::Text,
        "Int" => Type::Int,
        "Float" => Type::Float,
        "Bool" => Type::Bool,
        "Null" => Type::Null,
        "Any" => Type::Any,
        "SourceName" => Type::Reference(Reference::Source),
        "AddonName" => Type::Reference(Reference::Addon),
        "ItemName" => Type::Reference(Reference::CatalogueOrItem),
        "LayerName" => Type::Reference(Reference::Layer),
        "BaselineName" => Type::Reference(Reference::Baseline),
        "FactName" => Type::Reference(Reference::Fact),
        "RepositoryName" => Type::Reference(Reference::Repository),
        _ => match index.types.get(name) {
            Some(anchor) => type_of(db, *anchor).value.clone(),
            None => flux::spec_type(name)?,
        },
    })
}

/// Every name that may stand for a type.
pub(super) fn known_names(index: &Index) -> impl Iterator<Item = &str> {
    NATIVE.into_iter().chain(index.types.keys().map(EcoString::as_str))
}

/// The type that a `type` declaration declares.
pub(super) fn declared(db: &dyn Db, index: &Index, anchor: Anchor, body: &TypeBody, out: &mut Vec<Diagnostic>) -> Type {
    let name = anchor.name(db).clone();
    let origin = Some(Origin::of(anchor));
    match body {
        TypeBody::Alias(ty) => {
            let base = lower(db, index, anchor, ty, out);
            match base {
                Type::Refined(it) if it.name.is_none() => Type::Refined(Arc::new(Refined {
                    name: Some(name),
                    base: it.base.clone(),
                    constraints: it.constraints.clone(),
                    origin,
                })),
                base => Type::Refined(Arc::new(Refined { name: Some(name), base, constraints: Vec::new(), origin })),
            }
        }
        TypeBody::Record { fields, open } => {
            let mut table = IndexMap::default();
            for field in fields {
                let (field_ty, wheres) = peel(&field.ty);
                let ty = lower(db, index, anchor, field_ty, out);
                let may_be_absent = matches!(field_ty.kind, TypeKind::Optional(_));
                let required = field.default.is_none() && !may_be_absent;
                table.insert(
                    field.name.clone(),
                    FieldType {
                        ty,
                        required,
                        default: field.default.as_ref().map(|it| written(anchor, it)),
                        origin: Some(Origin::new(anchor, field.node)),
                        wheres: wheres.into_iter().map(|it| written(anchor, it)).collect(),
                    },
                );
            }
            Type::Record(Arc::new(RecordType { name, fields: table, open: *open, origin, ..RecordType::default() }))
        }
    }
}

/// Takes the outer conditions off a field's type: they may name other fields.
fn peel(ty: &TypeExpr) -> (&TypeExpr, Vec<&Expr>) {
    let mut wheres = Vec::new();
    let mut ty = ty;
    while let TypeKind::Where(base, condition) = &ty.kind {
        wheres.push(&**condition);
        ty = base;
    }
    wheres.reverse();
    (ty, wheres)
}
