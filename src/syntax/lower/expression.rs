//! Expressions, with their precedence.

use std::sync::LazyLock;

use pest::iterators::Pair;
use pest::pratt_parser::{Assoc, Op, PrattParser};

use super::super::ast::{Arm, BinaryOp, Element, Expr, ExprKind, ForHead, Literal, UnaryOp};
use super::super::grammar::Rule;
use super::super::problems::Problem;
use super::{DEPTH_LIMIT, Lowering, OPERATOR_LIMIT, inner};

/// Weakest first.
static PRECEDENCE: LazyLock<PrattParser<Rule>> = LazyLock::new(|| {
    let left = |rule| Op::infix(rule, Assoc::Left);
    PrattParser::new()
        .op(left(Rule::or))
        .op(left(Rule::and))
        .op(Op::prefix(Rule::not))
        .op(left(Rule::eq)
            | left(Rule::ne)
            | left(Rule::lt)
            | left(Rule::le)
            | left(Rule::gt)
            | left(Rule::ge)
            | left(Rule::in_))
        .op(left(Rule::coalesce))
        .op(left(Rule::add) | left(Rule::sub))
        .op(left(Rule::mul) | left(Rule::div) | left(Rule::rem))
        .op(Op::prefix(Rule::neg))
        .op(Op::postfix(Rule::member_access)
            | Op::postfix(Rule::safe_member)
            | Op::postfix(Rule::index)
            | Op::postfix(Rule::call))
});

impl Lowering<'_> {
    pub(super) fn expr(&mut self, pair: Pair<'_, Rule>) -> Expr {
        let range = self.range(&pair);
        if self.depth > DEPTH_LIMIT {
            self.problems.push(Problem::TooDeep(range.start));
            return Expr { node: self.node_at(range), kind: self.broken(ExprKind::Broken) };
        }
        let mut parts: Vec<Pair<'_, Rule>> = pair.into_inner().filter(|it| it.as_rule() != Rule::comment).collect();
        if parts.len() > OPERATOR_LIMIT {
            self.problems.push(Problem::TooDeep(range.start));
            return Expr { node: self.node_at(range), kind: self.broken(ExprKind::Broken) };
        }
        self.depth += 1;
        let expr = match (parts.len(), parts.pop()) {
            (1, Some(only)) => self.primary(only),
            (_, Some(last)) => {
                parts.push(last);
                self.operators(parts)
            }
            (_, None) => Expr { node: self.node_at(range), kind: self.broken(ExprKind::Broken) },
        };
        self.depth -= 1;
        expr
    }

    fn operators(&mut self, parts: Vec<Pair<'_, Rule>>) -> Expr {
        // The parser's closures share the lowering.
        let this = std::cell::RefCell::new(self);
        PRECEDENCE
            .map_primary(|it| this.borrow_mut().primary(it))
            .map_prefix(|op, of| {
                let mut this = this.borrow_mut();
                let start = this.range(&op).start;
                let node = this.joined(start, &of);
                let op = if op.as_rule() == Rule::not { UnaryOp::Not } else { UnaryOp::Neg };
                if op == UnaryOp::Neg && this.is_smallest(&of) {
                    return Expr { node, kind: ExprKind::Int(i64::MIN) };
                }
                Expr { node, kind: ExprKind::Unary(op, Box::new(of)) }
            })
            .map_postfix(|of, op| this.borrow_mut().postfix(of, op))
            .map_infix(|left, op, right| {
                let mut this = this.borrow_mut();
                let start = this.start_of(&left);
                let node = this.joined(start, &right);
                Expr { node, kind: ExprKind::Binary(binary(op.as_rule()), Box::new(left), Box::new(right)) }
            })
            .parse(parts.into_iter())
    }

    /// Whether the number that was read last is one too large to be positive, and not to be
    /// negative: then it is no problem.
    fn is_smallest(&mut self, of: &Expr) -> bool {
        let Some(Problem::NumberTooLarge(range)) = self.problems.last() else { return false };
        let is_it = self.nodes.get(of.node as usize) == Some(range)
            && self.file.get(range.clone()).is_some_and(|it| it.replace('_', "") == "9223372036854775808");
        if is_it {
            self.problems.pop();
        }
        is_it
    }

    fn start_of(&self, expr: &Expr) -> usize {
        self.nodes.get(expr.node as usize).map_or(0, |it| it.start)
    }

    /// A node from `start` to the end of `last`.
    fn joined(&mut self, start: usize, last: &Expr) -> u32 {
        let end = self.nodes.get(last.node as usize).map_or(start, |it| it.end);
        self.node_at(start..end.max(start))
    }

    fn postfix(&mut self, of: Expr, op: Pair<'_, Rule>) -> Expr {
        let start = self.start_of(&of);
        let end = self.range(&op).end;
        let rule = op.as_rule();
        let mut parts = inner(op);
        let kind = match rule {
            Rule::call => {
                let args = parts.map(|it| self.expr(it)).collect();
                ExprKind::Call { callee: Box::new(of), args }
            }
            Rule::index => match parts.next() {
                Some(it) => ExprKind::Index { of: Box::new(of), index: Box::new(self.expr(it)) },
                None => self.broken(ExprKind::Broken),
            },
            _ => match parts.next() {
                Some(it) => {
                    let node = self.node_at(start..end.max(start));
                    if let (ExprKind::Name(_), Some(first)) = (&of.kind, self.nodes.get(of.node as usize)) {
                        self.names.push((node, first.clone()));
                    }
                    self.name_in(node, &it);
                    let name = self.plain_text(it);
                    let kind = ExprKind::Member { of: Box::new(of), name, safe: rule == Rule::safe_member };
                    return Expr { node, kind };
                }
                None => self.broken(ExprKind::Broken),
            },
        };
        Expr { node: self.node_at(start..end.max(start)), kind }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "the rest is a variable")]
    fn primary(&mut self, pair: Pair<'_, Rule>) -> Expr {
        let rule = pair.as_rule();
        if rule == Rule::paren {
            return match inner(pair.clone()).next() {
                Some(it) => self.expr(it),
                None => Expr { node: self.node(&pair), kind: self.broken(ExprKind::Broken) },
            };
        }
        if rule == Rule::string {
            return self.string(pair);
        }
        let node = self.node(&pair);
        let kind = match rule {
            Rule::number => match self.number(&pair, false) {
                Literal::Float(it) => ExprKind::Float(it),
                Literal::Int(it) => ExprKind::Int(it),
                _ => self.broken(ExprKind::Broken),
            },
            Rule::boolean => ExprKind::Bool(pair.as_str().trim() == "true"),
            Rule::null => ExprKind::Null,
            Rule::list => ExprKind::List(inner(pair).map(|it| self.element(it)).collect()),
            Rule::object => match inner(pair).next() {
                Some(it) => ExprKind::Object(self.block(it)),
                None => self.broken(ExprKind::Broken),
            },
            Rule::list_for | Rule::map_for => self.comprehension(pair),
            Rule::if_ => {
                let mut parts = inner(pair).map(|it| self.expr(it));
                match (parts.next(), parts.next(), parts.next()) {
                    (Some(condition), Some(then), Some(otherwise)) => ExprKind::If {
                        condition: Box::new(condition),
                        then: Box::new(then),
                        otherwise: Box::new(otherwise),
                    },
                    _ => self.broken(ExprKind::Broken),
                }
            }
            Rule::match_ => self.match_(pair),
            _ => ExprKind::Name(pair.as_str().trim().into()),
        };
        Expr { node, kind }
    }

    fn element(&mut self, pair: Pair<'_, Rule>) -> Element {
        if pair.as_rule() != Rule::spread_element {
            return Element { value: self.expr(pair), spread: false };
        }
        let range = self.range(&pair);
        let value = match inner(pair).next() {
            Some(it) => self.expr(it),
            None => Expr { node: self.node_at(range), kind: self.broken(ExprKind::Broken) },
        };
        Element { value, spread: true }
    }

    fn comprehension(&mut self, pair: Pair<'_, Rule>) -> ExprKind {
        let mut parts = inner(pair);
        let Some(head) = parts.next().and_then(|it| self.for_head(it)) else { return self.broken(ExprKind::Broken) };
        match (parts.next(), parts.next()) {
            (Some(key), Some(body)) if key.as_rule() == Rule::map_key => {
                let key = Box::new(self.map_key(key));
                ExprKind::MapFor { head, key, body: Box::new(self.expr(body)) }
            }
            (Some(body), None) => ExprKind::ListFor { head, body: Box::new(self.expr(body)) },
            _ => self.broken(ExprKind::Broken),
        }
    }

    /// A bare name before `=` is the loop's variable, as in `=> k = v`.
    fn map_key(&mut self, pair: Pair<'_, Rule>) -> Expr {
        let node = self.node(&pair);
        match inner(pair).next() {
            Some(it) if it.as_rule() == Rule::string => self.string(it),
            Some(it) if it.as_rule() == Rule::expr => self.expr(it),
            Some(it) => Expr { node, kind: ExprKind::Name(it.as_str().trim().into()) },
            None => Expr { node, kind: self.broken(ExprKind::Broken) },
        }
    }

    fn for_head(&mut self, pair: Pair<'_, Rule>) -> Option<ForHead> {
        let mut names = Vec::new();
        let mut exprs = Vec::new();
        for it in inner(pair) {
            if it.as_rule() == Rule::name {
                names.push((self.node(&it), it.as_str().into()));
            } else {
                exprs.push(self.expr(it));
            }
        }
        let mut exprs = exprs.into_iter();
        Some(ForHead { names, over: Box::new(exprs.next()?), condition: exprs.next().map(Box::new) })
    }

    fn match_(&mut self, pair: Pair<'_, Rule>) -> ExprKind {
        let mut parts = inner(pair);
        let Some(subject) = parts.next() else { return self.broken(ExprKind::Broken) };
        let subject = Box::new(self.expr(subject));
        let arms = parts
            .filter_map(|arm| {
                let node = self.node(&arm);
                let mut parts = inner(arm);
                let (Some(patterns), Some(body)) = (parts.next(), parts.next()) else { return self.broken(None) };
                let patterns = inner(patterns)
                    .filter(|it| it.as_rule() != Rule::wildcard)
                    .map(|it| if it.as_rule() == Rule::null { Literal::Null } else { self.literal(it) })
                    .collect();
                Some(Arm { node, patterns, body: self.expr(body) })
            })
            .collect();
        ExprKind::Match { subject, arms }
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "`%` is the only one left")]
const fn binary(rule: Rule) -> BinaryOp {
    match rule {
        Rule::or => BinaryOp::Or,
        Rule::and => BinaryOp::And,
        Rule::eq => BinaryOp::Eq,
        Rule::ne => BinaryOp::Ne,
        Rule::lt => BinaryOp::Lt,
        Rule::le => BinaryOp::Le,
        Rule::gt => BinaryOp::Gt,
        Rule::ge => BinaryOp::Ge,
        Rule::in_ => BinaryOp::In,
        Rule::coalesce => BinaryOp::Coalesce,
        Rule::add => BinaryOp::Add,
        Rule::sub => BinaryOp::Sub,
        Rule::mul => BinaryOp::Mul,
        Rule::div => BinaryOp::Div,
        _ => BinaryOp::Rem,
    }
}
