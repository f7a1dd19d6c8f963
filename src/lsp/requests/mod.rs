//! What an editor asks, and the answer.

mod asked;
mod changes;
mod shown;

use std::path::{Path, PathBuf};

use lsp_server::{ErrorCode, Request, Response};
use lsp_types as lsp;
use lsp_types::{Location, Position};
use serde::de::DeserializeOwned;
use serde_json::Value as Json;

use super::convert::Lines;
use super::project::Texts;
use super::snapshot::Snapshot;
use crate::diagnostic::code::Code;
use crate::ide::{self, CompletionKind, Symbol};
use crate::source::{Db, Kind, SourceFile};
use asked::{Answer, Asked, answered, asked};

/// Answers a request.
pub(super) fn answer(it: Request, snapshots: &[Snapshot], texts: &Texts) -> Response {
    let id = it.id;
    let found = match it.method.as_str() {
        "textDocument/hover" => with(it.params, |it: lsp::HoverParams| hover(snapshots, &it)),
        "textDocument/completion" => with(it.params, |it: lsp::CompletionParams| completion(snapshots, &it)),
        "textDocument/definition" => with(it.params, |it: lsp::DefinitionParams| definition(snapshots, &it)),
        "textDocument/references" => with(it.params, |it: lsp::ReferenceParams| references(snapshots, &it)),
        "textDocument/documentHighlight" => {
            with(it.params, |it: lsp::DocumentHighlightParams| highlights(snapshots, &it))
        }
        "textDocument/documentSymbol" => with(it.params, |it: lsp::DocumentSymbolParams| symbols(snapshots, &it)),
        "workspace/symbol" => with(it.params, |it: lsp::WorkspaceSymbolParams| workspace_symbols(snapshots, &it)),
        "textDocument/formatting" => {
            with(it.params, |it: lsp::DocumentFormattingParams| changes::formatting(snapshots, texts, &it))
        }
        "textDocument/prepareRename" => {
            with(it.params, |it: lsp::PrepareRenameParams| changes::prepare_rename(snapshots, &it))
        }
        "textDocument/rename" => with(it.params, |it: lsp::RenameParams| changes::rename(snapshots, &it)),
        "textDocument/foldingRange" => with(it.params, |it: lsp::FoldingRangeParams| shown::folds(snapshots, &it)),
        "textDocument/selectionRange" => with(it.params, |it: lsp::SelectionRangeParams| selections(snapshots, &it)),
        "textDocument/codeAction" => with(it.params, |it: lsp::CodeActionParams| changes::actions(snapshots, &it)),
        "textDocument/codeLens" => with(it.params, |it: lsp::CodeLensParams| shown::lenses(snapshots, &it)),
        "textDocument/semanticTokens/full" => {
            with(it.params, |it: lsp::SemanticTokensParams| shown::tokens(snapshots, &it.text_document.uri, None))
        }
        "textDocument/semanticTokens/range" => with(it.params, |it: lsp::SemanticTokensRangeParams| {
            shown::tokens(snapshots, &it.text_document.uri, Some(it.range))
        }),
        "textDocument/inlayHint" => with(it.params, |it: lsp::InlayHintParams| shown::inlays(snapshots, &it)),
        "textDocument/signatureHelp" => {
            with(it.params, |it: lsp::SignatureHelpParams| shown::signature(snapshots, &it))
        }
        "textDocument/documentLink" => with(it.params, |it: lsp::DocumentLinkParams| shown::links(snapshots, &it)),
        "fleetc/preview" => with(it.params, |it: shown::PreviewParams| shown::preview(snapshots, &it)),
        method => Err((ErrorCode::MethodNotFound, format!("there is no `{method}` here"))),
    };
    match found {
        Ok(result) => Response::new_ok(id, result),
        Err((code, message)) => Response::new_err(id, code as i32, message),
    }
}

fn with<T: DeserializeOwned>(params: Json, run: impl FnOnce(T) -> Answer) -> Answer {
    match serde_json::from_value(params) {
        Ok(it) => run(it),
        Err(it) => Err((ErrorCode::InvalidParams, it.to_string())),
    }
}

impl Snapshot {
    fn location(&self, it: &ide::FileRange) -> Option<Location> {
        let path = self.path(it.file).or_else(|| standard_copy(self, it.file))?;
        Some(Location { uri: self.uri(&path)?, range: self.lines(it.file).range(&it.range) })
    }
}

/// The standard library is part of the program: an editor is shown a copy.
fn standard_copy(snapshot: &Snapshot, file: SourceFile) -> Option<PathBuf> {
    let path = Path::new(".fleetc").join(file.path(&snapshot.db).as_str());
    // The directory ignores itself.
    crate::host::write_copy(&snapshot.root, Path::new(".fleetc/.gitignore"), "*\n").ok()?;
    crate::host::write_copy(&snapshot.root, &path, file.text(&snapshot.db)).ok()
}

fn hover(snapshots: &[Snapshot], it: &lsp::HoverParams) -> Answer {
    let at = &it.text_document_position_params;
    let Some(asked) = asked(snapshots, &at.text_document.uri) else { return Ok(Json::Null) };
    let found = ide::hover(&asked.snapshot.db, asked.file, asked.offset(at.position));
    let mut range = found.as_ref().map(|it| asked.lines.range(&it.place.range));
    let mut parts: Vec<String> = found.into_iter().map(|it| it.text).collect();
    for (wrong, code) in wrong_at(&asked, at.position) {
        parts.push(format!("**{}**: {}\n\n{}", code.id, code.title, code.summary()));
        range = range.or(Some(wrong));
    }
    if parts.is_empty() {
        return Ok(Json::Null);
    }
    let value = parts.join("\n\n---\n\n");
    answered(lsp::Hover { contents: lsp::MarkupContent { kind: lsp::MarkupKind::Markdown, value }.into(), range })
}

/// What is wrong at a place: the code of each diagnostic there, once.
fn wrong_at(asked: &Asked<'_>, at: Position) -> Vec<(lsp::Range, Code)> {
    let offset = asked.offset(at);
    let mut found: Vec<(lsp::Range, Code)> = Vec::new();
    for (it, range) in asked.problems(&(offset..offset)) {
        if found.iter().all(|(_, code)| *code != it.code) {
            found.push((asked.lines.range(&range), it.code));
        }
    }
    found
}

fn completion(snapshots: &[Snapshot], it: &lsp::CompletionParams) -> Answer {
    let at = &it.text_document_position_params;
    let Some(asked) = asked(snapshots, &at.text_document.uri) else { return Ok(Json::Null) };
    let found = ide::complete(&asked.snapshot.db, asked.file, asked.offset(at.position));
    let item = |it: ide::Completion| {
        let (kind, order) = match it.kind {
            CompletionKind::Value => (lsp::CompletionItemKind::EnumMember, '0'),
            CompletionKind::Field => (lsp::CompletionItemKind::Field, '1'),
            CompletionKind::Variable => (lsp::CompletionItemKind::Variable, '2'),
            CompletionKind::Item => (lsp::CompletionItemKind::Module, '2'),
            CompletionKind::Type => (lsp::CompletionItemKind::Class, '3'),
            CompletionKind::Keyword => (lsp::CompletionItemKind::Keyword, '4'),
            CompletionKind::Function => (lsp::CompletionItemKind::Function, '5'),
        };
        let snippet = it.snippet.filter(|_| asked.snapshot.client.snippets);
        lsp::CompletionItem {
            label: it.label.to_string(),
            kind: Some(kind),
            detail: (!it.detail.is_empty()).then(|| it.detail.to_string()),
            documentation: it
                .doc
                .map(|it| lsp::MarkupContent { kind: lsp::MarkupKind::Markdown, value: it.to_string() }.into()),
            sort_text: Some(format!("{order}{}", it.label)),
            insert_text_format: snippet.as_ref().map(|_| lsp::InsertTextFormat::Snippet),
            insert_text: snippet.map(|it| it.to_string()),
            ..lsp::CompletionItem::default()
        }
    };
    answered(found.into_iter().map(item).collect::<Vec<_>>())
}

/// The name that is asked about.
fn named(asked: &Asked<'_>, at: Position) -> Option<(ide::Occurrence, ide::FileRange)> {
    ide::occurrence_at(&asked.snapshot.db, asked.file, asked.offset(at))
}

fn definition(snapshots: &[Snapshot], it: &lsp::DefinitionParams) -> Answer {
    let at = &it.text_document_position_params;
    let Some(asked) = asked(snapshots, &at.text_document.uri) else { return Ok(Json::Null) };
    let Some((named, _)) = named(&asked, at.position) else { return Ok(Json::Null) };
    let Symbol::At(origin) = named.symbol else { return Ok(Json::Null) };
    let place = ide::place_of(&asked.snapshot.db, origin);
    answered(place.and_then(|it| asked.snapshot.location(&it)))
}

fn references(snapshots: &[Snapshot], it: &lsp::ReferenceParams) -> Answer {
    let at = &it.text_document_position_params;
    let Some(asked) = asked(snapshots, &at.text_document.uri) else { return Ok(Json::Null) };
    let Some((named, _)) = named(&asked, at.position) else { return Ok(Json::Null) };
    let all = ide::references(&asked.snapshot.db, &named.symbol);
    let wanted = all.into_iter().filter(|(named, _)| it.context.include_declaration || !named.defines);
    answered(wanted.filter_map(|(_, it)| asked.snapshot.location(&it)).collect::<Vec<_>>())
}

fn highlights(snapshots: &[Snapshot], it: &lsp::DocumentHighlightParams) -> Answer {
    let at = &it.text_document_position_params;
    let Some(asked) = asked(snapshots, &at.text_document.uri) else { return Ok(Json::Null) };
    let Some((named, _)) = named(&asked, at.position) else { return Ok(Json::Null) };
    let all = ide::references(&asked.snapshot.db, &named.symbol).into_iter().filter(|(_, it)| it.file == asked.file);
    let highlight = |(named, place): (ide::Occurrence, ide::FileRange)| lsp::DocumentHighlight {
        range: asked.lines.range(&place.range),
        kind: Some(if named.defines { lsp::DocumentHighlightKind::Write } else { lsp::DocumentHighlightKind::Read }),
    };
    answered(all.map(highlight).collect::<Vec<_>>())
}

const fn symbol_kind(kind: Kind) -> lsp::SymbolKind {
    match kind {
        Kind::Fleet | Kind::Group | Kind::Tenant => lsp::SymbolKind::Namespace,
        Kind::Catalogue | Kind::Application => lsp::SymbolKind::Package,
        Kind::Cluster | Kind::Inventory => lsp::SymbolKind::Class,
        Kind::ADDON | Kind::KUSTOMIZE | Kind::NAMESPACE => lsp::SymbolKind::Module,
        Kind::Source | Kind::Repository => lsp::SymbolKind::File,
        Kind::Type => lsp::SymbolKind::Interface,
        Kind::Fn => lsp::SymbolKind::Function,
        Kind::Let => lsp::SymbolKind::Constant,
        Kind::Rule | Kind::Override | Kind::Check | Kind::Moved => lsp::SymbolKind::Event,
        _ => lsp::SymbolKind::Object,
    }
}

fn symbols(snapshots: &[Snapshot], it: &lsp::DocumentSymbolParams) -> Answer {
    let Some(asked) = asked(snapshots, &it.text_document.uri) else { return Ok(Json::Null) };
    let outline = ide::outline(&asked.snapshot.db, asked.file);
    if asked.snapshot.client.nested_symbols {
        return answered(outline.iter().map(|it| symbol(&asked.lines, it)).collect::<Vec<_>>());
    }
    let mut all = Vec::new();
    flat(&outline, &mut all);
    let uri = &it.text_document.uri;
    let plain = |it: &&ide::OutlineItem| {
        let location = Location { uri: uri.clone(), range: asked.lines.range(&it.whole) };
        serde_json::json!({ "name": it.name.as_str(), "kind": symbol_kind(it.kind), "location": location })
    };
    answered(all.iter().map(plain).collect::<Vec<_>>())
}

fn symbol(lines: &Lines, it: &ide::OutlineItem) -> Json {
    serde_json::json!({
        "name": it.name.as_str(),
        "detail": it.kind.word(),
        "kind": symbol_kind(it.kind),
        "range": lines.range(&it.whole),
        "selectionRange": lines.range(&it.own),
        "children": it.inner.iter().map(|it| symbol(lines, it)).collect::<Vec<_>>(),
    })
}

fn flat<'a>(entries: &'a [ide::OutlineItem], found: &mut Vec<&'a ide::OutlineItem>) {
    for it in entries {
        found.push(it);
        flat(&it.inner, found);
    }
}

/// Most symbols of a workspace that are told at once.
const MOST: usize = 200;

fn workspace_symbols(snapshots: &[Snapshot], it: &lsp::WorkspaceSymbolParams) -> Answer {
    let query = it.query.to_lowercase();
    // The letters of the query in their order, as editors match.
    let matches = |name: &str| {
        let mut rest = name.chars();
        query.chars().all(|wanted| rest.any(|it| it.to_ascii_lowercase() == wanted))
    };
    let mut found: Vec<Json> = Vec::new();
    for snapshot in snapshots {
        let db = &snapshot.db;
        for file in db.project().files(db).iter().filter(|it| it.package(db).is_empty()) {
            let outline = ide::outline(db, *file);
            let mut all = Vec::new();
            flat(&outline, &mut all);
            let hit: Vec<&&ide::OutlineItem> = all.iter().filter(|it| matches(&it.name)).collect();
            if hit.is_empty() {
                continue;
            }
            let Some(uri) = snapshot.path(*file).and_then(|it| snapshot.uri(&it)) else { continue };
            let lines = snapshot.lines(*file);
            for it in hit {
                let location = Location { uri: uri.clone(), range: lines.range(&it.own) };
                let container = it.anchor.parent(db).map(|it| it.name(db).to_string());
                found.push(serde_json::json!({
                    "name": it.name.as_str(), "kind": symbol_kind(it.kind), "location": location,
                    "containerName": container,
                }));
            }
            if found.len() >= MOST {
                return answered(found);
            }
        }
    }
    answered(found)
}

fn selections(snapshots: &[Snapshot], it: &lsp::SelectionRangeParams) -> Answer {
    let Some(asked) = asked(snapshots, &it.text_document.uri) else { return Ok(Json::Null) };
    let of = |at: &Position| {
        let around = ide::selections(&asked.snapshot.db, asked.file, asked.offset(*at));
        around.iter().rev().fold(Json::Null, |parent, range| {
            let range = asked.lines.range(range);
            if parent.is_null() {
                serde_json::json!({ "range": range })
            } else {
                serde_json::json!({ "range": range, "parent": parent })
            }
        })
    };
    answered(it.positions.iter().map(of).collect::<Vec<_>>())
}
