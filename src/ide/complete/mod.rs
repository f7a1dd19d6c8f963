//! What may be written at a place.
//!
//! A line that is half typed cannot be read, so its own words are looked at as text; what
//! stands around it is known from the declarations.

mod keywords;
mod packages;

use ecow::{EcoString, eco_format};

use self::keywords::keyword;
use super::hover::documentation;
use super::line::{chain, code, value_part};
use super::occurrence::Symbol;
use super::place::{declaration_at, nodes_at};
use crate::check;
use crate::names;
use crate::source::{Anchor, Db, Kind, Origin, STANDARD, SourceFile};
use crate::syntax::{self, ast};
use crate::types::{self, RecordType, Reference, Scope, Type, builtin};

/// What blocks hold, which only the compiler asks for.
const SHAPES: &str = "std/shapes.fleet";

/// Something that may be written.
#[derive(Clone, Debug, PartialEq)]
pub struct Completion {
    pub label: EcoString,
    pub kind: CompletionKind,
    /// Its type, or what it is.
    pub detail: EcoString,
    /// In Markdown.
    pub doc: Option<EcoString>,
    /// What is written; `$1` is where the author goes on, if the editor knows that.
    pub snippet: Option<EcoString>,
}

/// What sort of thing it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CompletionKind {
    Value,
    Field,
    Variable,
    Item,
    Function,
    Type,
    Keyword,
}

/// What may stand at a place; nothing in comments, and in strings that may be anything.
#[must_use]
pub fn complete(db: &dyn Db, file: SourceFile, offset: usize) -> Vec<Completion> {
    let text = file.text(db);
    let Some(before) = text.get(..offset) else { return Vec::new() };
    let line = before.rsplit('\n').next().unwrap_or_default();
    let Some((line, is_quoted)) = code(line) else { return Vec::new() };
    let is_of_word = |it: char| it.is_alphanumeric() || matches!(it, '_' | '-');
    let stem = line.trim_end_matches(is_of_word);
    let anchor = declaration_at(db, file, offset);
    let asking = Asking { db, file, offset, anchor };
    let mut found = asking.found(stem, is_quoted);
    let mut seen = Vec::new();
    found.retain(|it| {
        let is_new = !seen.contains(&it.label);
        seen.push(it.label.clone());
        is_new
    });
    found
}

struct Asking<'a> {
    db: &'a dyn Db,
    file: SourceFile,
    offset: usize,
    anchor: Option<Anchor>,
}

impl Asking<'_> {
    /// `stem` is the line up to the word that is being written.
    fn found(&self, stem: &str, is_quoted: bool) -> Vec<Completion> {
        let member = stem.rsplit(['{', ',', ';']).next().unwrap_or(stem).trim_start();
        let statement = stem.rsplit('{').next().unwrap_or(stem).trim_start();
        if let Some(rest) = stem.trim_start().strip_prefix("import ") {
            return self.imported(rest);
        }
        if let Some(found) = self.names_of_statement(statement) {
            return found;
        }
        if let Some(found) = self.types(stem) {
            return found;
        }
        let value = value_part(member);
        if let Some((key, rest)) = value {
            let expected = self.expected(key);
            if is_quoted {
                return literals(expected.as_ref(), false);
            }
            if let Some(path) = chain(rest) {
                return self.members(&path);
            }
            let mut found = literals(expected.as_ref(), true);
            found.extend(self.references(expected.as_ref()));
            found.extend(self.variables());
            return found;
        }
        if is_quoted {
            return Vec::new();
        }
        self.keys(member)
    }

    fn index(&self) -> &names::Index {
        match self.anchor {
            Some(it) => names::index_of(self.db, it),
            None => names::index(self.db, self.db.project()),
        }
    }

    fn item(&self, name: &EcoString, anchor: Anchor, label: EcoString) -> Completion {
        let kind = anchor.kind(self.db);
        let parent = anchor.parent(self.db).map_or_else(EcoString::new, |it| eco_format!(" of `{}`", it.name(self.db)));
        Completion {
            label,
            kind: CompletionKind::Item,
            detail: eco_format!("{} {name}{parent}", kind.word()),
            doc: documentation(self.db, &Symbol::At(Origin::of(anchor))),
            snippet: None,
        }
    }

    /// After `use`, `drop`, `override`, `attach`, `detach`, `from`.
    fn names_of_statement(&self, statement: &str) -> Option<Vec<Completion>> {
        let index = self.index();
        let mut words = statement.split_whitespace();
        let first = words.next()?;
        let rest = statement.get(first.len()..)?;
        if !rest.starts_with([' ', '\t']) || rest.contains(" when ") {
            return None;
        }
        let last = rest.rsplit([',', ' ', '\t']).next().unwrap_or_default();
        let of = |anchor: &Anchor| {
            let items = index.items.get(anchor).into_iter().flatten();
            items.map(|(name, it)| self.item(name, *it, name.clone())).collect::<Vec<_>>()
        };
        let catalogues =
            || index.catalogues.iter().map(|(name, it)| self.item(name, *it, name.clone())).collect::<Vec<_>>();
        if matches!(first, "use" | "drop" | "override")
            && let Some(catalogue) = last.strip_suffix('.')
        {
            return Some(index.catalogues.get(catalogue).map(of).unwrap_or_default());
        }
        if statement.contains('=') {
            return None;
        }
        match (first, words.next()) {
            ("use" | "drop", _) => Some(catalogues()),
            ("override", Some("source")) if rest.trim_start().starts_with("source ") => {
                let all = index.sources.iter().chain(index.local_sources.values().flatten());
                Some(all.map(|(name, it)| self.item(name, *it, name.clone())).collect())
            }
            ("override", Some("cluster")) if rest.trim_start().starts_with("cluster ") => {
                let all = &crate::fleet::all_clusters(self.db, self.db.project()).value;
                Some(all.iter().map(|(name, it)| self.item(name, *it, name.clone())).collect())
            }
            ("override", Some("baseline")) if rest.trim_start().starts_with("baseline ") => {
                Some(index.baselines.iter().map(|(name, it)| self.item(name, *it, name.clone())).collect())
            }
            ("override", None) => {
                let items = index.items.values().flatten();
                let mut found: Vec<Completion> = items.map(|(name, it)| self.item(name, *it, name.clone())).collect();
                found.extend(catalogues());
                found.extend(["source", "cluster", "baseline"].map(|it| keyword(it, "an override of it")));
                Some(found)
            }
            ("rule", _) if rest.trim_end().ends_with(" in") => {
                let layers = &crate::fleet::settings(self.db, self.db.project()).value.layers;
                Some(layers.iter().map(|it| plain(it, CompletionKind::Value, "layer of rules")).collect())
            }
            ("attach" | "detach", _) => {
                let all = index.tenants.iter().chain(&index.repositories);
                Some(all.map(|(name, it)| self.item(name, *it, name.clone())).collect())
            }
            _ if statement.contains(" from ") && last.ends_with('.') => {
                Some(self.of_package(last.trim_end_matches('.')))
            }
            _ if rest.trim_end().ends_with(" from") || rest.trim() == "from" => {
                let own = index.definitions.iter().chain(&index.baselines);
                Some(own.map(|(name, it)| self.item(name, *it, name.clone())).collect())
            }
            _ => None,
        }
    }

    /// After `name:` where a type is declared.
    fn types(&self, stem: &str) -> Option<Vec<Completion>> {
        let before = stem.trim_end();
        let after_colon = before.strip_suffix(':')?;
        let declares = |it: Kind| matches!(it, Kind::Type | Kind::Fn | Kind::Fleet | Kind::Addon | Kind::Baseline);
        let first = before.split_whitespace().next().unwrap_or_default();
        let is_there = matches!(first, "let" | "fn" | "type" | "inventory")
            || self.anchor.is_some_and(|it| declares(it.kind(self.db)));
        if !is_there || after_colon.ends_with(':') {
            return None;
        }
        let plain = ["String", "Int", "Float", "Bool", "Any"]
            .map(|it| Completion { doc: syntax::word(it).map(Into::into), ..plain(it, CompletionKind::Type, "type") });
        let named = self
            .index()
            .types
            .iter()
            .filter(|(_, it)| it.file(self.db).path(self.db) != SHAPES)
            .map(|(name, it)| Completion { kind: CompletionKind::Type, ..self.item(name, *it, name.clone()) });
        Some(plain.into_iter().chain(named).collect())
    }

    /// The type of the innermost block around the place.
    fn block_type(&self) -> Option<Type> {
        let anchor = self.anchor?;
        let notes = check::notes(self.db, anchor);
        let around = nodes_at(self.db, self.file, self.offset);
        let node = around.iter().find(|(it, node, _)| *it == anchor && notes.blocks.contains_key(node));
        node.and_then(|(_, node, _)| notes.blocks.get(node)).cloned()
    }

    /// What a key of the block around is to hold.
    fn expected(&self, key: &str) -> Option<Type> {
        let mut ty = self.block_type()?;
        for name in key.trim().trim_end_matches(['+', '=']).trim().split('.') {
            ty = field(&ty, name.trim().trim_matches('"'))?;
        }
        Some(ty)
    }

    fn keys(&self, member: &str) -> Vec<Completion> {
        let mut ty = self.block_type();
        let path = member.trim();
        if let Some(path) = path.strip_suffix('.') {
            for name in path.split('.') {
                ty = ty.and_then(|it| field(&it, name.trim().trim_matches('"')));
            }
            return ty.as_ref().map(|it| self.fields(it, &[])).unwrap_or_default();
        }
        if !path.is_empty() {
            return Vec::new();
        }
        let written = self.written();
        let mut found = ty.as_ref().map(|it| self.fields(it, &written)).unwrap_or_default();
        found.extend(self.keywords());
        found
    }

    /// The keys that the block around has already.
    fn written(&self) -> Vec<EcoString> {
        let Some(anchor) = self.anchor else { return Vec::new() };
        let declaration = syntax::declaration(self.db, anchor);
        let around = nodes_at(self.db, self.file, self.offset);
        let block =
            around.iter().filter(|(it, ..)| *it == anchor).find_map(|(_, node, _)| block_of(&declaration.body, *node));
        let keys = block.into_iter().flat_map(|it| &it.members).filter_map(|it| match it {
            ast::Member::Entry(it) => match &it.path.segments.first()?.key {
                ast::Key::Name(name) => Some(name.clone()),
                ast::Key::Interpolated(_) => None,
            },
            _ => None,
        });
        keys.collect()
    }

    fn fields(&self, ty: &Type, written: &[EcoString]) -> Vec<Completion> {
        let Some(record) = record_of(ty) else { return Vec::new() };
        let field = |(name, field): (&EcoString, &types::FieldType)| {
            let is_block = record_of(&field.ty).is_some() || matches!(field.ty.present().base(), Type::Map(_));
            let key = quoted(name);
            Completion {
                label: name.clone(),
                kind: CompletionKind::Field,
                detail: field.ty.to_string().into(),
                doc: field.origin.and_then(|it| documentation(self.db, &Symbol::At(it))),
                snippet: Some(if is_block { eco_format!("{key} {{\n  $1\n}}") } else { eco_format!("{key} = $1") }),
            }
        };
        record.fields.iter().filter(|(name, _)| !written.contains(name)).map(field).collect()
    }

    /// The words that may begin a member here.
    fn keywords(&self) -> Vec<Completion> {
        let around = nodes_at(self.db, self.file, self.offset);
        let is_inside = self.anchor.is_some_and(|it| around.iter().any(|(anchor, ..)| *anchor == it));
        let Some(anchor) = self.anchor.filter(|_| is_inside) else {
            return keywords::TOP.iter().map(|(word, snippet)| keywords::declared(word, snippet)).collect();
        };
        let declaration = syntax::declaration(self.db, anchor);
        let own = around.iter().filter(|(it, ..)| *it == anchor);
        let innermost = own.into_iter().find_map(|(_, node, _)| block_of(&declaration.body, *node));
        keywords::members(anchor.kind(self.db), innermost.is_some_and(|it| it.node == declaration.body.node))
    }

    /// `cluster.`, `params.web.`: what its value has.
    fn members(&self, path: &[&str]) -> Vec<Completion> {
        let [first, rest @ ..] = path else { return Vec::new() };
        let Some(mut ty) = self.root(first) else { return Vec::new() };
        for name in rest {
            let Some(next) = field(&ty, name) else { return Vec::new() };
            ty = next;
        }
        let Some(record) = record_of(&ty) else { return Vec::new() };
        let member = |(name, field): (&EcoString, &types::FieldType)| Completion {
            label: name.clone(),
            kind: CompletionKind::Field,
            detail: field.ty.to_string().into(),
            doc: field.origin.and_then(|it| documentation(self.db, &Symbol::At(it))),
            snippet: (!names_a_key(name)).then(|| eco_format!("\"{name}\"")),
        };
        record.fields.iter().map(member).collect()
    }

    fn scope(&self) -> Scope {
        let mut scope = match self.anchor {
            Some(it) => check::scope(self.db, it),
            // Half typed, it is no declaration yet; what is read there is a cluster all the same.
            None if self.is_about_clusters() => {
                let clusters = &crate::fleet::all_clusters(self.db, self.db.project()).value;
                clusters.values().next().map_or_else(Scope::default, |it| check::scope(self.db, *it))
            }
            None => Scope::default(),
        };
        // The nearest expression knows what comprehensions bind.
        if let Some(anchor) = self.anchor {
            let notes = check::notes(self.db, anchor);
            let around = nodes_at(self.db, self.file, self.offset);
            let nearest =
                around.iter().filter(|(it, ..)| *it == anchor).find_map(|(_, node, _)| notes.scopes.get(node));
            scope.locals.extend(nearest.into_iter().flatten().cloned());
        }
        scope
    }

    /// Whether the line begins with what holds for clusters under a condition.
    fn is_about_clusters(&self) -> bool {
        let before = self.file.text(self.db).get(..self.offset).unwrap_or_default();
        let line = before.rsplit('\n').next().unwrap_or_default();
        ["rule ", "override ", "check "].iter().any(|it| line.starts_with(it))
    }

    /// What a name stands for here.
    fn root(&self, name: &str) -> Option<Type> {
        let scope = self.scope();
        if let Some((_, ty)) = scope.locals.iter().rev().find(|(it, _)| it == name) {
            return Some(ty.clone());
        }
        match name {
            "cluster" => scope.cluster,
            "params" => scope.params,
            "fleet" => scope.fleet,
            "irsa" => scope.irsa,
            _ => {
                let anchor = self.index().lets.get(name)?;
                (anchor.kind(self.db) == Kind::Let).then(|| types::let_type(self.db, *anchor).value.clone())
            }
        }
    }

    /// Everything that an expression may name.
    fn variables(&self) -> Vec<Completion> {
        let scope = self.scope();
        let variable = |label: &str, detail: EcoString| Completion {
            label: label.into(),
            kind: CompletionKind::Variable,
            detail,
            doc: None,
            snippet: None,
        };
        let mut found: Vec<Completion> =
            scope.locals.iter().rev().map(|(name, ty)| variable(name, ty.to_string().into())).collect();
        for (name, ty) in
            [("cluster", &scope.cluster), ("params", &scope.params), ("fleet", &scope.fleet), ("irsa", &scope.irsa)]
        {
            if ty.is_some() {
                found.push(variable(name, EcoString::new()));
            }
        }
        // What the compiler takes from the library itself is nobody's business.
        let own = |it: &Anchor| it.file(self.db).package(self.db) != STANDARD;
        for (name, anchor) in self.index().lets.iter().filter(|(_, it)| own(it)) {
            let is_function = anchor.kind(self.db) == Kind::Fn;
            let ty = if is_function {
                types::function_type(self.db, *anchor).value.result.clone()
            } else {
                types::let_type(self.db, *anchor).value.clone()
            };
            found.push(Completion {
                label: name.clone(),
                kind: if is_function { CompletionKind::Function } else { CompletionKind::Variable },
                detail: ty.to_string().into(),
                doc: documentation(self.db, &Symbol::At(Origin::of(*anchor))),
                snippet: is_function.then(|| eco_format!("{name}($1)")),
            });
        }
        found.extend(builtin::all().iter().map(|it| Completion {
            label: it.name.into(),
            kind: CompletionKind::Function,
            detail: it.signature.into(),
            doc: Some(it.doc.into()),
            snippet: Some(eco_format!("{}($1)", it.name)),
        }));
        found.extend(["if", "match", "not"].map(|it| keyword(it, "expression")));
        found
    }

    /// The declarations that a reference may name.
    fn references(&self, expected: Option<&Type>) -> Vec<Completion> {
        let Some(ty) = expected else { return Vec::new() };
        let of_list = match ty.present().base() {
            Type::List(of) => of.present().base().clone(),
            other => other.clone(),
        };
        let Type::Reference(kind) = of_list else { return Vec::new() };
        let index = self.index();
        let all: Vec<(&EcoString, Anchor)> = match kind {
            Reference::Source => {
                let mut chain = Vec::new();
                let mut at = self.anchor;
                while let Some(anchor) = at {
                    chain.extend(index.local_sources.get(&anchor).into_iter().flatten());
                    at = anchor.parent(self.db);
                }
                chain.into_iter().chain(&index.sources).map(|(name, it)| (name, *it)).collect()
            }
            Reference::Addon => {
                let all = index.items.values().flatten().map(|(name, it)| (name, *it));
                all.filter(|(_, it)| it.kind(self.db) == Kind::Addon).collect()
            }
            Reference::CatalogueOrItem => index.catalogues.iter().map(|(name, it)| (name, *it)).collect(),
            Reference::Repository => index.repositories.iter().map(|(name, it)| (name, *it)).collect(),
            Reference::Baseline => index.baselines.iter().map(|(name, it)| (name, *it)).collect(),
            Reference::Layer | Reference::Fact => Vec::new(),
        };
        all.into_iter().map(|(name, it)| self.item(name, it, name.clone())).collect()
    }
}

fn plain(label: &str, kind: CompletionKind, detail: &str) -> Completion {
    Completion { label: label.into(), kind, detail: detail.into(), doc: None, snippet: None }
}

pub(super) fn field(ty: &Type, name: &str) -> Option<Type> {
    match ty.present().base() {
        Type::Record(record) => record.fields.get(name).map(|it| it.ty.clone()),
        Type::Map(of) => Some((**of).clone()),
        _ => None,
    }
}

fn record_of(ty: &Type) -> Option<&RecordType> {
    match ty.present().base() {
        Type::Record(it) => Some(it),
        _ => None,
    }
}

/// The values that a type lists.
fn literals(expected: Option<&Type>, quotes: bool) -> Vec<Completion> {
    let Some(ty) = expected else { return Vec::new() };
    let mut all = ty.present().literals().unwrap_or_default();
    if matches!(ty.present().base(), Type::Bool) {
        all = vec![ast::Literal::Bool(true), ast::Literal::Bool(false)];
    }
    let made = all.into_iter().map(|it| {
        let text: EcoString = match &it {
            ast::Literal::Text(text) if !quotes => text.clone(),
            other => other.to_string().into(),
        };
        Completion { label: text, kind: CompletionKind::Value, detail: "value".into(), doc: None, snippet: None }
    });
    made.collect()
}

/// A key as it is written: in quotes where it must be.
pub(super) fn quoted(name: &EcoString) -> EcoString {
    if names_a_key(name) { name.clone() } else { eco_format!("\"{name}\"") }
}

/// Whether a key needs no quotes.
pub(super) fn names_a_key(name: &str) -> bool {
    name.starts_with(|it: char| it.is_ascii_alphabetic() || it == '_')
        && name.chars().all(|it| it.is_ascii_alphanumeric() || matches!(it, '-' | '_'))
        && !name.ends_with('-')
}

/// The block of a node, anywhere inside of another.
fn block_of(block: &ast::Block, node: u32) -> Option<&ast::Block> {
    if block.node == node {
        return Some(block);
    }
    block.members.iter().find_map(|it| match it {
        ast::Member::Entry(it) => match &it.action {
            ast::Action::Amend(inner) | ast::Action::AmendTyped { block: inner, .. } => block_of(inner, node),
            ast::Action::Assign(value) => in_expression(value, node),
            _ => None,
        },
        ast::Member::Override(it) => block_of(&it.block, node),
        ast::Member::Patch(it) => block_of(&it.block, node),
        ast::Member::Use(it) => it.block.as_ref().and_then(|it| block_of(it, node)),
        _ => None,
    })
}

fn in_expression(expr: &ast::Expr, node: u32) -> Option<&ast::Block> {
    let mut found = None;
    syntax::walk::expressions(expr, &mut |it| {
        if let ast::ExprKind::Object(block) = &it.kind
            && found.is_none()
        {
            found = block_of(block, node);
        }
    });
    found
}
