//! Types as they are written.

use pest::iterators::Pair;

use super::super::ast::{Literal, TypeExpr, TypeKind};
use super::super::grammar::Rule;
use super::super::problems::Problem;
use super::{DEPTH_LIMIT, Lowering, dotted, inner};

impl Lowering<'_> {
    pub(super) fn type_expr(&mut self, pair: Pair<'_, Rule>) -> TypeExpr {
        let node = self.node(&pair);
        if self.depth > DEPTH_LIMIT {
            let range = self.range(&pair);
            self.problems.push(Problem::TooDeep(range.start));
            return TypeExpr { node, kind: self.broken(TypeKind::Broken) };
        }
        self.depth += 1;
        let mut parts = inner(pair);
        let mut ty = match parts.next() {
            Some(it) => self.union(it),
            None => TypeExpr { node, kind: self.broken(TypeKind::Broken) },
        };
        for condition in parts {
            let condition = self.expr(condition);
            ty = TypeExpr { node, kind: TypeKind::Where(Box::new(ty), Box::new(condition)) };
        }
        self.depth -= 1;
        ty
    }

    fn union(&mut self, pair: Pair<'_, Rule>) -> TypeExpr {
        let node = self.node(&pair);
        let mut members: Vec<TypeExpr> = inner(pair).map(|it| self.optional(it)).collect();
        if members.len() == 1
            && let Some(only) = members.pop()
        {
            return only;
        }
        TypeExpr { node, kind: TypeKind::Union(members) }
    }

    fn optional(&mut self, pair: Pair<'_, Rule>) -> TypeExpr {
        let node = self.node(&pair);
        let mut parts = inner(pair);
        let atom = match parts.next() {
            Some(it) => self.type_atom(it),
            None => TypeExpr { node, kind: self.broken(TypeKind::Broken) },
        };
        if parts.next().is_some() {
            return TypeExpr { node, kind: TypeKind::Optional(Box::new(atom)) };
        }
        atom
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "the rest is a type's name")]
    fn type_atom(&mut self, pair: Pair<'_, Rule>) -> TypeExpr {
        let node = self.node(&pair);
        let kind = match pair.as_rule() {
            Rule::paren_type => {
                return match inner(pair).next() {
                    Some(it) => self.type_expr(it),
                    None => TypeExpr { node, kind: self.broken(TypeKind::Broken) },
                };
            }
            Rule::list_type => match inner(pair).next() {
                Some(it) => TypeKind::List(Box::new(self.type_expr(it))),
                None => self.broken(TypeKind::Broken),
            },
            Rule::map_type => {
                let mut parts = inner(pair);
                match (parts.next(), parts.next()) {
                    (Some(key), Some(value)) => {
                        TypeKind::Map(Box::new(self.type_expr(key)), Box::new(self.type_expr(value)))
                    }
                    _ => self.broken(TypeKind::Broken),
                }
            }
            Rule::literal_type => TypeKind::Literal(self.literal(pair)),
            _ => {
                self.names_in(node, &pair);
                TypeKind::Name(dotted(&pair))
            }
        };
        TypeExpr { node, kind }
    }

    /// `"test"`, `-3`, `true`.
    pub(super) fn literal(&mut self, pair: Pair<'_, Rule>) -> Literal {
        let mut negative = false;
        for it in inner(pair.clone()) {
            match it.as_rule() {
                Rule::minus => negative = true,
                Rule::boolean => return Literal::Bool(it.as_str().trim() == "true"),
                Rule::number => return self.number(&it, negative),
                _ => return Literal::Text(self.plain_text(it)),
            }
        }
        Literal::Null
    }

    /// A number; one that does not fit is reported and becomes 0.
    pub(super) fn number(&mut self, pair: &Pair<'_, Rule>, negative: bool) -> Literal {
        let mut digits: String = pair.as_str().chars().filter(|it| *it != '_').collect();
        if negative {
            digits.insert(0, '-');
        }
        if digits.contains(['.', 'e', 'E']) {
            match digits.parse::<f64>() {
                Ok(it) if it.is_finite() => return Literal::Float(it),
                _ => {}
            }
        } else if let Ok(it) = digits.parse::<i64>() {
            return Literal::Int(it);
        }
        let range = self.range(pair);
        self.problems.push(Problem::NumberTooLarge(range));
        Literal::Int(0)
    }
}
