//! What the block around may hold.

use ecow::{EcoString, eco_format};

use super::{Asking, Completion, CompletionKind, documentation, field, keywords, plain, record_of};
use crate::check;
use crate::ide::key::quoted;
use crate::ide::occurrence::Symbol;
use crate::ide::place::nodes_at;
use crate::source::Kind;
use crate::syntax::{self, ast};
use crate::types::{self, Type};

/// What has params.
const HAVE_PARAMS: [&str; 3] = ["addon ", "catalogue ", "application "];

impl Asking<'_> {
    /// The type of the innermost block around the place.
    fn block_type(&self) -> Option<Type> {
        let of_node = || {
            let anchor = self.anchor?;
            let notes = check::notes(self.db, anchor);
            let around = nodes_at(self.db, self.file, self.offset);
            let node = around.iter().find(|(it, node, _)| *it == anchor && notes.blocks.contains_key(node));
            node.and_then(|(_, node, _)| notes.blocks.get(node)).cloned()
        };
        let heads: Vec<&str> = self.cursor.heads().collect();
        if heads.first() == Some(&"params")
            && let Some(params) = self.params()
        {
            // Those of its definition may be set.
            return Some(params);
        }
        of_node().or_else(|| self.by_heads(&heads))
    }

    /// The params of the declaration around, and of its definitions.
    fn params(&self) -> Option<Type> {
        let anchor = self.anchor?;
        let scope = check::scope(self.db, anchor);
        match anchor.kind(self.db) {
            Kind::ADDON => scope.params,
            Kind::Catalogue | Kind::Application => field(&scope.catalogue?, "params"),
            _ => None,
        }
    }

    /// What a block in a declaration is that cannot be read as a whole: by what stands before its braces.
    fn by_heads(&self, heads: &[&str]) -> Option<Type> {
        let mut path = Vec::new();
        for head in heads {
            if let Some(target) = head.strip_prefix("override ") {
                let item = self.named_item(target.split_whitespace().next()?)?;
                let of_item = check::notes(self.db, item);
                let body = syntax::declaration(self.db, item).body.node;
                let ty = of_item.blocks.get(&body)?.clone();
                return path.iter().rev().try_fold(ty, |ty, name: &&str| field(&ty, name));
            }
            let key = head.split(':').next().unwrap_or(head).trim();
            if key.is_empty() || key.contains([' ', '=', '(', '"']) {
                return None;
            }
            path.extend(key.split('.').rev());
        }
        None
    }

    /// What a key of the block around is to hold.
    pub(super) fn expected(&self, key: &str) -> Option<Type> {
        if key.trim_start().starts_with("let ") {
            let anchor = self.anchor.filter(|it| it.kind(self.db) == Kind::Let)?;
            return Some(types::let_type(self.db, anchor).value.clone());
        }
        if self.first_word() == "fn" {
            let anchor = self.anchor.filter(|it| it.kind(self.db) == Kind::Fn)?;
            return Some(types::function_type(self.db, anchor).value.result.clone());
        }
        let key = key.trim().trim_end_matches(['+', '=']).trim();
        self.at_path(key)
    }

    /// What stands at a path of the block around; `params.` leads to those that an item sets of its definition.
    fn at_path(&self, path: &str) -> Option<Type> {
        let mut names = path.split('.').map(|it| it.trim().trim_matches('"')).peekable();
        let has_params =
            self.anchor.is_some_and(|it| it.kind(self.db) == Kind::ADDON || it.kind(self.db).is_catalogue())
                && self.cursor.heads().next().is_some_and(|it| HAVE_PARAMS.iter().any(|word| it.contains(word)));
        let root = if has_params && names.next_if_eq(&"params").is_some() { self.params() } else { self.block_type() };
        names.try_fold(root?, |ty, name| field(&ty, name))
    }

    pub(super) fn keys(&self) -> Vec<Completion> {
        let member = self.cursor.member().trim_start();
        let key = ["unset ", "final "].iter().find_map(|it| member.strip_prefix(it));
        let path = key.unwrap_or(member).trim();
        if let Some(path) = path.strip_suffix('.') {
            let ty = self.at_path(path);
            return ty.as_ref().map(|it| self.fields(it, &[])).unwrap_or_default();
        }
        if !path.is_empty() {
            return Vec::new();
        }
        let mut found = self.keys_alone();
        if key.is_none() {
            found.extend(self.keywords());
        }
        found
    }

    /// The keys of the block around that are not written yet.
    pub(super) fn keys_alone(&self) -> Vec<Completion> {
        let written = self.written();
        let ty = self.block_type();
        let mut found = ty.as_ref().map(|it| self.fields(it, &written)).unwrap_or_default();
        if ty.as_ref().is_none_or(|it| record_of(it).is_none()) {
            found.extend(self.of_item().into_iter().filter(|it| !written.contains(&it.label)));
        }
        let head = self.cursor.heads().next().unwrap_or_default();
        let is_own = self.anchor.is_some_and(|it| matches!(it.kind(self.db), Kind::Catalogue | Kind::Application));
        found.retain(|it| !check::is_set_elsewhere(head, &it.label, is_own));
        let of_head: &[(&str, &str)] = match head.split_whitespace().next() {
            Some("moved") => &[("from", "what it was"), ("to", "what it is")],
            Some("manifest") => &[("apiVersion", "String"), ("kind", "String"), ("metadata", "{String: Any}")],
            _ => &[],
        };
        let own = of_head.iter().filter(|(name, _)| found.iter().all(|it| it.label != *name));
        let made = own.filter(|(name, _)| written.iter().all(|it| it != name)).map(|(name, detail)| Completion {
            snippet: Some(if *name == "metadata" { "metadata { $1 }".into() } else { eco_format!("{name} = $1") }),
            ..plain(name, CompletionKind::Field, detail)
        });
        made.collect::<Vec<_>>().into_iter().chain(found).collect()
    }

    /// In an override of what no type knows: the keys that the item has there.
    fn of_item(&self) -> Vec<Completion> {
        let mut path = Vec::new();
        for head in self.cursor.heads() {
            if head.starts_with("override ") {
                break;
            }
            path.extend(head.split('.').rev());
        }
        let Some(item) = self.overridden() else { return Vec::new() };
        let body = &syntax::declaration(self.db, item).body;
        let block = path.iter().rev().try_fold(body, |block, key| within(block, key));
        let keys = block.into_iter().flat_map(|it| &it.members).filter_map(|it| match it {
            ast::Member::Entry(it) => match &it.path.segments.first()?.key {
                ast::Key::Name(name) => Some((name, matches!(it.action, ast::Action::Amend(_)))),
                ast::Key::Interpolated(_) => None,
            },
            _ => None,
        });
        let made = keys.map(|(name, is_block)| Completion {
            snippet: Some(entry(name, is_block)),
            ..plain(name, CompletionKind::Field, &eco_format!("of `{}`", item.name(self.db)))
        });
        made.collect()
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
            Completion {
                label: name.clone(),
                kind: CompletionKind::Field,
                detail: field.ty.to_string().into(),
                doc: field.origin.and_then(|it| documentation(self.db, &Symbol::At(it))),
                snippet: Some(entry(name, is_block)),
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
}

/// An entry, as it is begun.
fn entry(name: &EcoString, is_block: bool) -> EcoString {
    let key = quoted(name);
    if is_block { eco_format!("{key} {{\n  $1\n}}") } else { eco_format!("{key} = $1") }
}

/// The block of a key.
fn within<'a>(block: &'a ast::Block, key: &str) -> Option<&'a ast::Block> {
    block.members.iter().find_map(|it| match it {
        ast::Member::Entry(it) => match (it.path.segments.as_slice(), &it.action) {
            ([only], ast::Action::Amend(inner) | ast::Action::AmendTyped { block: inner, .. })
                if only.key == ast::Key::Name(key.into()) =>
            {
                Some(inner)
            }
            _ => None,
        },
        _ => None,
    })
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
