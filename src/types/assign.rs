//! May a value of one type go where another is asked for?

use super::ty::Type;
use crate::syntax::ast::Literal;

/// Whether every value of `from` has the shape of `to`. Conditions (`where`) are
/// checked on the values themselves.
pub fn fits(from: &Type, to: &Type) -> bool {
    match (from, to) {
        (Type::Any | Type::Broken | Type::Variable, _) | (_, Type::Any | Type::Broken | Type::Variable) => true,
        (Type::Optional(from), Type::Optional(to)) => fits(from, to),
        (from, Type::Optional(to)) => fits(from, to),
        (Type::Refined(a), Type::Refined(b)) if a == b => true,
        (Type::Refined(from), to) => fits(&from.base, to),
        (from, Type::Refined(to)) => fits(from, &to.base),
        (Type::Cell, Type::Cell | Type::Literal(Literal::Text(_))) => true,
        (Type::Cell, Type::Union(members)) => members.iter().any(|it| fits(from, it)),
        (Type::Cell, to) => fits(&Type::Text, to),
        (from, Type::Cell) => fits(from, &Type::Text),
        (Type::Union(members), to) => members.iter().all(|it| fits(it, to)),
        (from, Type::Union(members)) => members.iter().any(|it| fits(from, it)) || bool_covered(from, members),
        (Type::Literal(a), Type::Literal(b)) => a == b,
        (Type::Literal(literal), to) => fits_base(literal, to),
        (Type::List(a), Type::List(b)) | (Type::Map(a), Type::Map(b)) => fits(a, b),
        (Type::Record(record), Type::Map(value)) => record.fields.values().all(|it| fits(it.ty.present(), value)),
        (Type::Map(_), Type::Record(_)) => true,
        (Type::Record(a), Type::Record(b)) => a.fields.iter().all(|(name, field)| match b.fields.get(name) {
            Some(to) => fits(field.ty.present(), to.ty.present()),
            None => b.open,
        }),
        (Type::Text, Type::Reference(_)) => true,
        (a, b) => a == b,
    }
}

/// `Bool` fits `true | false`.
fn bool_covered(from: &Type, members: &[Type]) -> bool {
    *from == Type::Bool
        && members.contains(&Type::Literal(Literal::Bool(true)))
        && members.contains(&Type::Literal(Literal::Bool(false)))
}

const fn fits_base(literal: &Literal, to: &Type) -> bool {
    matches!(
        (literal, to),
        (Literal::Null, Type::Null)
            | (Literal::Bool(_), Type::Bool)
            | (Literal::Int(_), Type::Int | Type::Float)
            | (Literal::Float(_), Type::Float)
            | (Literal::Text(_), Type::Text | Type::Reference(_))
    )
}
