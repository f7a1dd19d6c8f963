//! What an editor shows beside, above and in a text.

use lsp_types as lsp;
use lsp_types::{Location, Uri};
use serde_json::{Value as Json, json};

use super::asked::{Answer, answered, asked};
use crate::ide::{self, Colour};
use crate::lsp::capabilities::{MODIFIERS, TOKENS};
use crate::lsp::convert::uri_of;
use crate::lsp::snapshot::Snapshot;

pub(super) fn folds(snapshots: &[Snapshot], it: &lsp::FoldingRangeParams) -> Answer {
    let Some(asked) = asked(snapshots, &it.text_document.uri) else { return Ok(Json::Null) };
    let text = asked.file.text(&asked.snapshot.db);
    let fold = |range: std::ops::Range<usize>| {
        let is_comment = text.get(range.clone()).is_some_and(|it| it.starts_with("//"));
        let (start, end) = (asked.lines.position(range.start), asked.lines.position(range.end));
        // The line of the closing bracket stays in sight.
        let end_line = if is_comment { end.line } else { end.line.saturating_sub(1) };
        json!({
            "startLine": start.line, "endLine": end_line, "kind": if is_comment { "comment" } else { "region" },
        })
    };
    answered(ide::folds(text).into_iter().map(fold).collect::<Vec<_>>())
}

pub(super) fn lenses(snapshots: &[Snapshot], it: &lsp::CodeLensParams) -> Answer {
    let uri = &it.text_document.uri;
    let Some(asked) = asked(snapshots, uri) else { return Ok(Json::Null) };
    let lens = |it: ide::Lens| {
        let range = asked.lines.range(&it.range);
        let places: Vec<Location> = it.places.iter().filter_map(|it| asked.snapshot.location(it)).collect();
        // The command is the editor's: it shows the places.
        let command = json!({
            "title": it.title.as_str(),
            "command": if places.is_empty() { "" } else { "fleetc.showReferences" },
            "arguments": [uri, range.start, places],
        });
        json!({ "range": range, "command": command })
    };
    answered(ide::lenses(&asked.snapshot.db, asked.file).into_iter().map(lens).collect::<Vec<_>>())
}

/// Names by what they are, each relative to the one before it.
pub(super) fn tokens(snapshots: &[Snapshot], uri: &Uri, range: Option<lsp::Range>) -> Answer {
    let Some(asked) = asked(snapshots, uri) else { return Ok(Json::Null) };
    let text = asked.file.text(&asked.snapshot.db);
    let wanted = range.map_or(0..text.len(), |it| asked.lines.bytes(text, it));
    let mut data: Vec<u32> = Vec::new();
    let (mut line, mut column) = (0, 0);
    for it in ide::highlights(&asked.snapshot.db, asked.file) {
        if it.range.end < wanted.start || it.range.start > wanted.end {
            continue;
        }
        let (start, end) = (asked.lines.position(it.range.start), asked.lines.position(it.range.end));
        let kind = match it.colour {
            Colour::Declaration => "class",
            Colour::Type => "type",
            Colour::Function => "function",
            Colour::Variable => "variable",
            Colour::Parameter => "parameter",
            Colour::Property => "property",
        };
        let number =
            |all: &[&str], name: &str| all.iter().position(|it| *it == name).and_then(|it| u32::try_from(it).ok());
        let bit = |name: &str, is: bool| number(&MODIFIERS, name).filter(|_| is).map_or(0, |it| 1 << it);
        let modifiers = bit("declaration", it.defines) | bit("defaultLibrary", it.is_built_in);
        let from = if start.line == line { column } else { 0 };
        let kind = number(&TOKENS, kind).unwrap_or_default();
        data.extend([start.line - line, start.character - from, end.character - start.character, kind, modifiers]);
        (line, column) = (start.line, start.character);
    }
    answered(json!({ "data": data }))
}

pub(super) fn inlays(snapshots: &[Snapshot], it: &lsp::InlayHintParams) -> Answer {
    let Some(asked) = asked(snapshots, &it.text_document.uri) else { return Ok(Json::Null) };
    let wanted = asked.lines.bytes(asked.file.text(&asked.snapshot.db), it.range);
    let all = ide::inlays(&asked.snapshot.db, asked.file).into_iter();
    let hint = |it: ide::Inlay| {
        json!({
            "position": asked.lines.position(it.offset),
            "label": it.text.as_str(),
            "kind": if it.is_type { 1 } else { 2 },
        })
    };
    answered(all.filter(|it| wanted.start <= it.offset && it.offset <= wanted.end).map(hint).collect::<Vec<_>>())
}

pub(super) fn signature(snapshots: &[Snapshot], it: &lsp::SignatureHelpParams) -> Answer {
    let at = &it.text_document_position_params;
    let Some(asked) = asked(snapshots, &at.text_document.uri) else { return Ok(Json::Null) };
    let Some(it) = ide::signature(&asked.snapshot.db, asked.file, asked.offset(at.position)) else {
        return Ok(Json::Null);
    };
    let params: Vec<Json> = it.params.iter().map(|it| json!({ "label": it.as_str() })).collect();
    let doc = it.doc.map(|it| json!({ "kind": "markdown", "value": it.as_str() }));
    let signature = json!({ "label": it.label.as_str(), "documentation": doc, "parameters": params });
    answered(json!({ "signatures": [signature], "activeSignature": 0, "activeParameter": it.active }))
}

pub(super) fn links(snapshots: &[Snapshot], it: &lsp::DocumentLinkParams) -> Answer {
    let Some(asked) = asked(snapshots, &it.text_document.uri) else { return Ok(Json::Null) };
    let link = |(range, target): (std::ops::Range<usize>, ide::Target)| {
        let target = match target {
            ide::Target::Web(it) => it.to_string(),
            ide::Target::File(it) => uri_of(&asked.snapshot.root.join(it.as_str()))?.to_string(),
        };
        Some(json!({ "range": asked.lines.range(&range), "target": target }))
    };
    answered(ide::links(&asked.snapshot.db, asked.file).into_iter().filter_map(link).collect::<Vec<_>>())
}

/// Asks for the YAML that something comes to: a request of fleetc's own.
#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PreviewParams {
    text_document: lsp::TextDocumentIdentifier,
    position: lsp::Position,
    /// The cluster; the first that has it if none is named.
    cluster: Option<String>,
}

pub(super) fn preview(snapshots: &[Snapshot], it: &PreviewParams) -> Answer {
    let Some(asked) = asked(snapshots, &it.text_document.uri) else { return Ok(Json::Null) };
    let db = &asked.snapshot.db;
    let Some(found) = ide::preview(db, asked.file, asked.offset(it.position), it.cluster.as_deref()) else {
        return Ok(Json::Null);
    };
    let places = found.lines.iter().map(|it| it.as_ref().and_then(|it| asked.snapshot.location(it)));
    answered(json!({
        "title": found.title.as_str(),
        "cluster": found.cluster.as_str(),
        "clusters": found.clusters.iter().map(ecow::EcoString::as_str).collect::<Vec<_>>(),
        "text": found.text,
        // For each line, where its value is written.
        "lines": places.collect::<Vec<_>>(),
    }))
}
