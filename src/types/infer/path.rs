//! What lies at the end of a path: of keys that are set, or of members that are read.

use ecow::EcoString;

use super::context::Infer;
use super::narrow::without_null;
use crate::diagnostic::{Diagnostic, Written, few};
use crate::source::Origin;
use crate::syntax::ast::{Expr, ExprKind, Key, Segment};
use crate::types::assign::fits;
use crate::types::mismatch::mismatch;
use crate::types::notes::Meaning;
use crate::types::problems;
use crate::types::ty::{FieldType, RecordType, Type};

/// What the packages of the standard library are called before the last part of their names.
const LIBRARY: &str = "std.";

impl Infer<'_> {
    /// The type at the end of a path, and where it was declared. `None` if a key
    /// is unknown, which is then reported.
    pub fn path_type(&mut self, segments: &[Segment], ty: &Type) -> Option<(Type, Option<Origin>)> {
        let mut at = ty.clone();
        let mut declared = None;
        for segment in segments {
            let key = match &segment.key {
                Key::Name(it) => Some(it.clone()),
                Key::Interpolated(text) => {
                    self.infer(text);
                    None
                }
            };
            let here = at.present().base().clone();
            at = match (&here, key) {
                (Type::Record(record), Some(key)) => match record.fields.get(&key) {
                    Some(field) => {
                        declared = field.origin;
                        self.mean(segment.node, || field_meaning(&key, field));
                        field.ty.clone()
                    }
                    None if record.open => {
                        let at = Origin::new(self.anchor, segment.node);
                        self.out.extend(self.misspelt(at, record, &key));
                        Type::Any
                    }
                    None => {
                        self.out.push(problems::unknown_field(Origin::new(self.anchor, segment.node), record, &key));
                        return None;
                    }
                },
                (Type::Record(record), None) if !record.open => {
                    self.out.push(problems::computed_key(Origin::new(self.anchor, segment.node), record));
                    return None;
                }
                (Type::Map(value), _) => (**value).clone(),
                (Type::Any | Type::Broken | Type::Record(_) | Type::Union(_), _) => Type::Any,
                (other, _) => {
                    self.out.push(problems::key_of_scalar(Origin::new(self.anchor, segment.node), other));
                    return None;
                }
            };
            for selector in &segment.selectors {
                let element = match at.present().base() {
                    Type::List(of) => (**of).clone(),
                    Type::Any | Type::Broken => Type::Any,
                    other => {
                        self.out.push(problems::select_in(Origin::new(self.anchor, selector.node), other));
                        return None;
                    }
                };
                for (_, value) in &selector.pins {
                    self.infer(value);
                }
                at = element;
            }
        }
        Some((at, declared))
    }

    /// A key that an open record does not know, but nearly. What the library knows of a chart is known well: one letter
    /// beside it is a mistake.
    fn misspelt(&self, at: Origin, record: &RecordType, key: &str) -> Option<Diagnostic> {
        let declared = record.origin.filter(|_| key.len() >= 4)?;
        let written = Written::new(key);
        let (distance, near) = few(record.fields.keys()).filter_map(|it| Some((written.distance(it, 2)?, it))).min()?;
        let is_library = declared.anchor.file(self.db).package(self.db).starts_with(LIBRARY);
        Some(if is_library && distance == 1 {
            problems::unknown_field(at, record, key)
        } else {
            problems::near_field(at, record, key, near)
        })
    }

    pub(super) fn member(&mut self, expr: &Expr, of: &Expr, name: &EcoString, safe: bool) -> Type {
        let owner = self.infer(of);
        let (inner, absent) = match &owner {
            Type::Optional(it) => ((**it).clone(), true),
            it => (it.clone(), false),
        };
        if absent && !safe && !self.scope.absent_fails {
            self.out.push(problems::may_be_absent(self.at(of), &owner));
            return Type::Broken;
        }
        let found = match without_null(&inner).base() {
            Type::Any => Type::Any,
            Type::Broken => Type::Broken,
            Type::Map(value) => (**value).clone().optional(),
            Type::Record(record) => match record.fields.get(name) {
                Some(field) => {
                    self.mean(expr.node, || field_meaning(name, field));
                    field.ty.clone()
                }
                None if record.open => Type::Any,
                None => {
                    let of_params = of.kind == ExprKind::Name("params".into());
                    let is_of_catalogue = of_params
                        && self
                            .of_catalogue("params")
                            .and_then(Type::record)
                            .is_some_and(|it| it.fields.contains_key(name));
                    let problem = problems::no_member(self.at(expr), record, name);
                    let instead = || problem.clone().help(ecow::eco_format!("write `catalogue.params.{name}`"));
                    self.out.push(if is_of_catalogue { instead() } else { problem });
                    Type::Broken
                }
            },
            _ => {
                self.out.push(problems::member_of(self.at(expr), &inner, name));
                Type::Broken
            }
        };
        if absent { found.optional() } else { found }
    }

    pub(super) fn index(&mut self, expr: &Expr, of: &Expr, index: &Expr) -> Type {
        let owner = self.infer(of);
        let by = self.infer(index);
        let (wanted, found) = match owner.present().base() {
            Type::List(it) => (Type::Int, (**it).clone()),
            Type::Map(it) => (Type::Text, (**it).clone().optional()),
            Type::Record(_) => (Type::Text, Type::Any),
            Type::Any | Type::Broken => return Type::Any,
            _ => {
                self.out.push(problems::index_of(self.at(expr), &owner));
                return Type::Broken;
            }
        };
        if !fits(&by, &wanted) {
            self.out.push(mismatch(self.at(index), &wanted, &by, &index.kind, None));
        }
        found
    }
}

fn field_meaning(name: &EcoString, field: &FieldType) -> Meaning {
    let ty = field.ty.clone();
    field.origin.map_or_else(|| Meaning::Field(name.clone(), ty.clone()), |at| Meaning::At(at, ty.clone()))
}
