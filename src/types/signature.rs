//! Written types → [`Type`].

use std::sync::Arc;

use ecow::{EcoString, eco_format};

use super::cycle::{Link, link};
use super::problems::too_long;
use super::ty::{Constraint, FieldType, FunctionType, Param, RecordType, Reference, Refined, Type, Written};
use super::{flux, problems};
use crate::diagnostic::{Checked, Diagnostic, bug};
use crate::names::{self, Index};
use crate::source::{Anchor, Db, IndexMap, Origin};
use crate::syntax::ast::{Expr, TypeBody, TypeExpr, TypeKind};
use crate::syntax::{self, ast::Head};

/// The file of the standard library with what blocks hold, which only the compiler asks for.
pub const SHAPES: &str = "std/shapes.fleet";

/// The type that a `type` declaration declares. A type that is defined by itself
/// is reported at each member of the cycle.
#[salsa::tracked(cycle_result = type_cycle)]
pub fn type_of(db: &dyn Db, anchor: Anchor) -> Arc<Checked<Type>> {
    let link = link(db, anchor);
    if link.is_own_cycle() {
        return cyclic_type(db, anchor);
    }
    if link.is_too_long() {
        return unknown_behind(db, anchor, link);
    }
    let declaration = syntax::declaration(db, anchor);
    let index = names::index_of(db, anchor);
    let mut out = Vec::new();
    let ty = match &declaration.head {
        Head::Type(body) => declared(db, index, anchor, body, &mut out),
        _ => Type::Broken,
    };
    Arc::new(Checked::new(ty, out))
}

pub(super) fn unknown_behind(db: &dyn Db, anchor: Anchor, link: Link) -> Arc<Checked<Type>> {
    let problem = link.is_one_too_many().then(|| too_long(Origin::of(anchor), anchor.name(db)));
    Arc::new(Checked::new(Type::Broken, problem.into_iter().collect()))
}

fn type_cycle(db: &dyn Db, _id: salsa::Id, anchor: Anchor) -> Arc<Checked<Type>> {
    cyclic_type(db, anchor)
}

fn cyclic_type(db: &dyn Db, anchor: Anchor) -> Arc<Checked<Type>> {
    Arc::new(Checked::new(Type::Broken, vec![problems::type_cycle(Origin::of(anchor), anchor.name(db))]))
}

/// The type of a function.
#[salsa::tracked]
pub fn function_type(db: &dyn Db, anchor: Anchor) -> Arc<Checked<FunctionType>> {
    let index = names::index_of(db, anchor);
    let mut out = Vec::new();
    let ty = match &syntax::declaration(db, anchor).head {
        Head::Fn { params, result, .. } => FunctionType {
            params: params
                .iter()
                .map(|it| Param {
                    name: it.name.clone(),
                    ty: lower(db, index, anchor, &it.ty, &mut out),
                    default: it.default.as_ref().map(|it| written(anchor, it)),
                    origin: Origin::new(anchor, it.node),
                })
                .collect(),
            result: lower(db, index, anchor, result, &mut out),
        },
        _ => FunctionType { params: Vec::new(), result: Type::Broken },
    };
    Arc::new(Checked::new(ty, out))
}

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
            let unquoted: Vec<(u32, &EcoString)> =
                members.iter().filter_map(|it| unquoted(db, index, anchor, it)).collect();
            if let [(first, _), ..] = unquoted.as_slice() {
                let texts: Vec<&EcoString> = unquoted.iter().map(|(_, it)| *it).collect();
                out.push(problems::unquoted(Origin::new(anchor, *first), &texts));
                return Type::Broken;
            }
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

/// A word among alternatives that is no type, and looks like a text.
fn unquoted<'a>(db: &dyn Db, index: &Index, anchor: Anchor, ty: &'a TypeExpr) -> Option<(u32, &'a EcoString)> {
    let TypeKind::Name(name) = &ty.kind else { return None };
    let is_word = name.starts_with(|it: char| it.is_ascii_lowercase()) && !name.contains('.');
    (is_word && !index.is_lost(name) && named_from(db, index, anchor, name).is_none()).then_some((ty.node, name))
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
        "ClusterName" => Type::Reference(Reference::Cluster),
        "FactName" => Type::Reference(Reference::Fact),
        "KustomizationBody" => {
            let (spec, own) = (flux::spec_type("KustomizationSpec")?, named(db, index, "KustomizationObject")?);
            spec.record()?.and(own.record()?)
        }
        "UseBody" => {
            let (fields, own) = (named(db, index, "KustomizationBody")?, named(db, index, "UseObject")?);
            fields.record()?.and(own.record()?)
        }
        "RepositoryName" => Type::Reference(Reference::Repository),
        _ => match index.types.get(name) {
            Some(anchor) => type_of(db, *anchor).value.clone(),
            None => flux::spec_type(name)?,
        },
    })
}

/// The type that a `type` declaration declares.
fn declared(db: &dyn Db, index: &Index, anchor: Anchor, body: &TypeBody, out: &mut Vec<Diagnostic>) -> Type {
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
            let name = if anchor.file(db).path(db) == SHAPES { noun_of(&name) } else { name };
            Type::Record(Arc::new(RecordType { name, fields: table, open: *open, origin, ..RecordType::default() }))
        }
    }
}

/// What messages call the block that a type of [`SHAPES`] is of: `AddonBody` is an add-on's.
fn noun_of(name: &str) -> EcoString {
    let mut words = String::new();
    for letter in name.strip_suffix("Body").unwrap_or(name).chars() {
        if letter.is_ascii_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.push(letter.to_ascii_lowercase());
    }
    let words = words.replace("addon", "add-on").replace("eks", "EKS").replace("vpc", "VPC").replace("oci", "OCI");
    let article = if words.starts_with(['a', 'e', 'i', 'o', 'u', 'E', 'O']) { "an" } else { "a" };
    eco_format!("{article} {words} block")
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
