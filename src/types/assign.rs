//! May a value of one type go where another is asked for?

use std::sync::Arc;

use super::ty::{RecordType, Type};
use crate::source::IndexMap;
use crate::syntax::ast::Literal;

/// Whether every value of `from` has the shape of `to`. Conditions (`where`) are
/// checked on the values themselves.
pub fn fits(from: &Type, to: &Type) -> bool {
    Held::default().fits(from, to)
}

/// Records that were held against what they should be, and whether they fit: each pair once, however
/// often a type has another in it.
#[derive(Default)]
struct Held {
    records: IndexMap<(*const RecordType, *const RecordType), bool>,
    maps: IndexMap<(*const RecordType, *const Type), bool>,
}

impl Held {
    fn fits(&mut self, from: &Type, to: &Type) -> bool {
        match (from, to) {
            (Type::Any | Type::Broken | Type::Variable, _) | (_, Type::Any | Type::Broken | Type::Variable) => true,
            (Type::Optional(from), Type::Optional(to)) => self.fits(from, to),
            (from, Type::Optional(to)) => self.fits(from, to),
            (Type::Refined(a), Type::Refined(b)) if a == b => true,
            (Type::Refined(from), to) => self.fits(&from.base, to),
            (from, Type::Refined(to)) => self.fits(from, &to.base),
            (Type::Cell, Type::Cell | Type::Literal(Literal::Text(_))) => true,
            (Type::Cell, Type::Union(members)) => members.iter().any(|it| self.fits(from, it)),
            (Type::Cell, to) => self.fits(&Type::Text, to),
            (from, Type::Cell) => self.fits(from, &Type::Text),
            (Type::Union(members), to) => members.iter().all(|it| self.fits(it, to)),
            (Type::Literal(it), Type::Union(members)) if members.has(it) => true,
            (Type::Literal(_), Type::Union(members)) if members.are_literals() => false,
            (from, Type::Union(members)) => members.iter().any(|it| self.fits(from, it)) || bool_covered(from, members),
            (Type::Literal(a), Type::Literal(b)) => a == b,
            (Type::Literal(literal), to) => fits_base(literal, to),
            (Type::List(a), Type::List(b)) | (Type::Map(a), Type::Map(b)) => self.fits(a, b),
            (Type::Record(record), Type::Map(value)) => self.is_map(record, value),
            (Type::Map(_), Type::Record(_)) => true,
            (Type::Record(a), Type::Record(b)) => self.is_record(a, b),
            (Type::Text, Type::Reference(_)) => true,
            (a, b) => a == b,
        }
    }

    fn is_record(&mut self, from: &Arc<RecordType>, to: &Arc<RecordType>) -> bool {
        let pair = (Arc::as_ptr(from), Arc::as_ptr(to));
        if Arc::ptr_eq(from, to) {
            return true;
        }
        if let Some(known) = self.records.get(&pair) {
            return *known;
        }
        let found = from.fields.iter().all(|(name, field)| match to.fields.get(name) {
            Some(to) => self.fits(field.ty.present(), to.ty.present()),
            None => to.open,
        });
        self.records.insert(pair, found);
        found
    }

    fn is_map(&mut self, record: &Arc<RecordType>, value: &Arc<Type>) -> bool {
        let pair = (Arc::as_ptr(record), Arc::as_ptr(value));
        if let Some(known) = self.maps.get(&pair) {
            return *known;
        }
        let found = record.fields.values().all(|it| self.fits(it.ty.present(), value));
        self.maps.insert(pair, found);
        found
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
