//! What an expression may name.

use std::iter::successors;

use ecow::{EcoString, eco_format};

use super::{Asking, Completion, CompletionKind, documentation, field, keywords::keyword, record_of};
use crate::check;
use crate::fleet;
use crate::flux::external;
use crate::ide::cursor::{chain, compared, value_part};
use crate::ide::key::names_a_key;
use crate::ide::occurrence::Symbol;
use crate::ide::place::nodes_at;
use crate::source::{Anchor, Kind, Origin};
use crate::syntax::{
    self,
    ast::{self, Head, TypeBody},
};
use crate::types::{self, Reference, Scope, Type, builtin};

impl Asking<'_> {
    /// Where a value is being written: what it may be.
    pub(super) fn value(&self) -> Option<Vec<Completion>> {
        let member = self.cursor.member();
        let is_condition = self.cursor.heads().next().is_some_and(|it| it.starts_with("check"));
        let (key, rest) = match member.split_once(" where ") {
            Some((_, condition)) => ("", condition),
            None if is_condition => ("", member),
            None => value_part(member)?,
        };
        let is_quoted = self.cursor.is_quoted();
        let against = compared(rest).and_then(|it| self.type_of(&it));
        let is_compared = against.is_some();
        let expected = against.or_else(|| self.argument()).or_else(|| self.expected(key));
        if is_quoted {
            return Some(literals(expected.as_ref(), false));
        }
        if let Some(path) = chain(rest) {
            let of_catalogue = self.items_of(expected.as_ref(), &path);
            return Some(if of_catalogue.is_empty() { self.members(&path) } else { of_catalogue });
        }
        let mut found = literals(expected.as_ref(), true);
        if self.is_moved() {
            let catalogues = &self.index().catalogues;
            return Some(catalogues.iter().map(|(name, it)| self.item(name, *it, name.clone())).collect());
        }
        if !is_compared {
            found.extend(self.references(expected.as_ref()));
        }
        found.extend(self.variables());
        // How a condition goes on.
        let has = |word: &str| rest.contains(&format!("{word} "));
        let next = [("then", has("if")), ("else", has("then"))];
        found.extend(next.iter().filter(|(word, it)| *it && !has(word)).map(|(word, _)| keyword(word, "expression")));
        Some(found)
    }

    /// In the block of a `match`: the values that its subject may have.
    pub(super) fn patterns(&self) -> Option<Vec<Completion>> {
        let (_, subject) = self.cursor.heads().next()?.rsplit_once("match ")?;
        if self.cursor.member().contains("=>") {
            return None;
        }
        let path: Vec<&str> = subject.trim_matches(['(', ')', ' ']).split('.').collect();
        let ty = self.type_of(&path);
        let mut found = literals(ty.as_ref(), !self.cursor.is_quoted());
        if !self.cursor.is_quoted() {
            found.push(Completion { doc: None, ..keyword("_", "any other value") });
        }
        Some(found)
    }

    /// What the argument that is being written is to be.
    fn argument(&self) -> Option<Type> {
        let (name, nth) = self.cursor.call()?;
        let anchor = *self.index().lets.get(name).filter(|it| it.kind(self.db) == Kind::Fn)?;
        types::function_type(self.db, anchor).value.params.get(nth).map(|it| it.ty.clone())
    }

    /// `cluster.`, `params.web.`: what its value has.
    fn members(&self, path: &[&str]) -> Vec<Completion> {
        let ty = self.type_of(path);
        let Some(record) = ty.as_ref().and_then(record_of) else { return Vec::new() };
        let member = |(name, field): (&EcoString, &types::FieldType)| Completion {
            label: name.clone(),
            kind: CompletionKind::Field,
            detail: field.ty.to_string().into(),
            doc: field.origin.and_then(|it| documentation(self.db, &Symbol::At(it))),
            snippet: (!names_a_key(name)).then(|| eco_format!("\"{name}\"")),
        };
        record.fields.iter().map(member).collect()
    }

    /// What a path comes to.
    fn type_of(&self, path: &[&str]) -> Option<Type> {
        self.type_outside(path, 0)
    }

    /// What a path comes to outside of so many brackets: what is gone through does not see its own variables.
    fn type_outside(&self, path: &[&str], brackets: usize) -> Option<Type> {
        let [first, rest @ ..] = path else { return None };
        let bound = self.bound().into_iter().find(|it| it.brackets >= brackets && it.name == *first);
        let root = match bound {
            Some(it) => self.element(&it)?,
            None => self.root(first)?,
        };
        rest.iter().try_fold(root, |ty, name| field(&ty, name))
    }

    /// What a variable of a comprehension is, as far as it goes through what has a name.
    fn element(&self, it: &Bound<'_>) -> Option<Type> {
        let path: Vec<&str> = it.of?.split('.').collect();
        match self.type_outside(&path, it.brackets + 1)?.present().base() {
            Type::List(of) | Type::Map(of) => Some((**of).clone()),
            _ => None,
        }
    }

    /// Everything that may be read here.
    fn scope(&self) -> Scope {
        let of_nobody = ["let", "fn", "type", "fleet", "import"];
        let mut scope = match self.anchor {
            Some(it) => check::scope(self.db, it),
            None if of_nobody.contains(&self.first_word()) => Scope::default(),
            // Half typed, it is no declaration yet; what is read there is a cluster all the same.
            None => {
                let clusters = &fleet::all_clusters(self.db, self.db.project()).value;
                let settings = &fleet::settings(self.db, self.db.project()).value;
                if let ("check", Some(fleet)) = (self.first_word(), settings.anchor) {
                    return check::scope_of_checks(self.db, fleet);
                }
                let alone = || Scope { cluster: Some(settings.cluster_type.clone()), ..Scope::default() };
                clusters.values().next().map_or_else(alone, |it| check::scope(self.db, *it))
            }
        };
        if let Some(item) = self.overridden() {
            scope.params = check::scope(self.db, item).params;
        }
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

    /// What is bound by brackets that are not closed yet: names of comprehensions, `it`.
    fn bound(&self) -> Vec<Bound<'_>> {
        let mut found = Vec::new();
        for (brackets, inside) in self.cursor.inside().enumerate() {
            let Some((names, of)) = inside.trim_start().strip_prefix("for ").and_then(|it| it.split_once(" in "))
            else {
                continue;
            };
            let of = of.split("=>").next().unwrap_or(of).split(" if ").next().unwrap_or(of).trim();
            let names: Vec<&str> = names.split(',').map(str::trim).collect();
            let last = names.len().saturating_sub(1);
            let bound = |(nth, name)| Bound { name, of: (nth == last).then_some(of), brackets };
            found.extend(names.into_iter().enumerate().map(bound));
        }
        if self.cursor.member().contains(" where ") {
            found.push(Bound { name: "it", of: None, brackets: usize::MAX });
            // A field's condition may read the record's other fields.
            if let Some(Head::Type(TypeBody::Record { fields, .. })) =
                self.anchor.map(|it| &syntax::declaration(self.db, it).head)
            {
                found.extend(fields.iter().map(|it| Bound { name: &it.name, of: None, brackets: usize::MAX }));
            }
        }
        found
    }

    /// The item that the override around is of.
    pub(super) fn overridden(&self) -> Option<Anchor> {
        let head = self.cursor.heads().find_map(|it| it.strip_prefix("override "))?;
        self.named_item(head.split_whitespace().next()?)
    }

    /// `item`, `catalogue.item`.
    pub(super) fn named_item(&self, name: &str) -> Option<Anchor> {
        let index = self.index();
        match name.split_once('.') {
            Some((catalogue, name)) => index.items.get(index.catalogues.get(catalogue)?)?.get(name).copied(),
            None => index.item_named(self.anchor?, name),
        }
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
            "catalogue" => scope.catalogue,
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
        let shown = |ty: Option<Type>| ty.map_or_else(EcoString::new, |it| it.to_string().into());
        let mut found: Vec<Completion> =
            self.bound().into_iter().map(|it| variable(it.name, shown(self.element(&it)))).collect();
        found.extend(scope.locals.iter().rev().map(|(name, ty)| variable(name, ty.to_string().into())));
        for (name, ty) in [
            ("cluster", &scope.cluster),
            ("catalogue", &scope.catalogue),
            ("params", &scope.params),
            ("fleet", &scope.fleet),
            ("irsa", &scope.irsa),
        ] {
            if ty.is_some() {
                found.push(variable(name, EcoString::new()));
            }
        }
        // What the compiler takes from the library itself is nobody's business.
        let own = |it: &Anchor| !it.is_standard(self.db);
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
        let Some(kind) = reference(ty) else { return Vec::new() };
        let index = self.index();
        let all: Vec<(&EcoString, Anchor)> = match kind {
            Reference::Source => {
                let around = successors(self.anchor, |it| it.parent(self.db));
                let local = around.filter_map(|it| index.local_sources.get(&it)).flatten();
                local.chain(&index.sources).map(|(name, it)| (name, *it)).collect()
            }
            Reference::Addon => {
                let all = index.items.values().flatten().map(|(name, it)| (name, *it));
                let addons = all.filter(|(_, it)| it.kind(self.db) == Kind::ADDON);
                addons.chain(self.outside("HelmRelease")).collect()
            }
            Reference::CatalogueOrItem => {
                let catalogues = index.catalogues.iter().map(|(name, it)| (name, *it));
                catalogues.chain(self.outside("Kustomization")).collect()
            }
            Reference::Repository => index.repositories.iter().map(|(name, it)| (name, *it)).collect(),
            Reference::Baseline => index.baselines.iter().map(|(name, it)| (name, *it)).collect(),
            Reference::Cluster => {
                let all = &fleet::all_clusters(self.db, self.db.project()).value;
                all.iter().map(|(name, it)| (name, *it)).collect()
            }
            Reference::Layer | Reference::Fact => Vec::new(),
        };
        all.into_iter().map(|(name, it)| self.item(name, it, name.clone())).collect()
    }

    /// What is declared `external` of a kind, where its own name is enough.
    fn outside(&self, kind: &str) -> impl Iterator<Item = (&EcoString, Anchor)> {
        let of_kind = move |it: &Anchor| external::kind(self.db, *it).is_some_and(|it| it == kind);
        self.index().externals.iter().copied().filter(of_kind).map(|it| (it.name(self.db), it))
    }

    /// Whether the block around tells of an item that has moved.
    fn is_moved(&self) -> bool {
        self.cursor.heads().next() == Some("moved")
    }

    /// `catalogue.` where items may be named.
    fn items_of(&self, expected: Option<&Type>, path: &[&str]) -> Vec<Completion> {
        let names_items = matches!(expected.and_then(reference), Some(Reference::CatalogueOrItem | Reference::Addon));
        let index = self.index();
        match path {
            [catalogue] if names_items || self.is_moved() => {
                let items = index.catalogues.get(*catalogue).and_then(|it| index.items.get(it));
                items.into_iter().flatten().map(|(name, it)| self.item(name, *it, name.clone())).collect()
            }
            _ => Vec::new(),
        }
    }
}

/// A variable whose comprehension is still being written.
struct Bound<'a> {
    name: &'a str,
    /// What is gone through, if the variable is an element of it.
    of: Option<&'a str>,
    /// How many brackets are open inside of it.
    brackets: usize,
}

/// What a type, or the elements of it, may name.
fn reference(ty: &Type) -> Option<Reference> {
    let of = |it: &Type| match it.present().base() {
        Type::Reference(kind) => Some(*kind),
        _ => None,
    };
    match ty.present().base() {
        Type::List(it) => of(it),
        _ => of(ty),
    }
}

/// The values that a type lists.
fn literals(expected: Option<&Type>, quotes: bool) -> Vec<Completion> {
    let Some(ty) = expected else { return Vec::new() };
    let ty = match ty.present().base() {
        Type::List(of) => of,
        _ => ty,
    };
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
