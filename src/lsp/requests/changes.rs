//! What changes texts: layout, another name, fixes.

use std::collections::BTreeMap;

use lsp_server::ErrorCode;
use lsp_types as lsp;
use lsp_types::TextEdit;
use serde_json::Value as Json;

use super::asked::{Answer, Asked, Refused, answered, asked};
use crate::diagnostic::Invariant;
use crate::format::format;
use crate::ide;
use crate::lsp::convert::{Lines, path_of};
use crate::lsp::diagnostics::converted;
use crate::lsp::project::Texts;
use crate::lsp::snapshot::Snapshot;

pub(super) fn formatting(snapshots: &[Snapshot], texts: &Texts, it: &lsp::DocumentFormattingParams) -> Answer {
    // A file of no project has a layout, too.
    let Some(path) = path_of(&it.text_document.uri) else { return Ok(Json::Null) };
    let Some(text) = texts.get(&path) else { return Ok(Json::Null) };
    let encoding = snapshots.first().map_or_else(Default::default, |it| it.client.encoding);
    let new = format(text).text;
    if *new == **text {
        return answered(Vec::<TextEdit>::new());
    }
    let lines = Lines::of(text, encoding);
    // Line by line, so that cursors and marks stay where they are.
    let diff = similar::TextDiff::from_lines(&**text, new.as_str());
    let mut starts: Vec<usize> = vec![0];
    starts.extend(text.match_indices('\n').map(|(at, _)| at + 1));
    let start = |line: usize| starts.get(line).copied().unwrap_or(text.len());
    let new_lines: Vec<&str> = new.split_inclusive('\n').collect();
    let edits = diff.ops().iter().filter(|it| it.tag() != similar::DiffTag::Equal).map(|it| {
        let (old, new) = (it.old_range(), it.new_range());
        TextEdit {
            range: lines.range(&(start(old.start)..start(old.end))),
            new_text: new_lines.get(new).invariant("the lines of a change are those of the new text").concat(),
        }
    });
    answered(edits.collect::<Vec<_>>())
}

fn refused(reason: &ecow::EcoString) -> Refused {
    (ErrorCode::RequestFailed, reason.to_string())
}

pub(super) fn prepare_rename(snapshots: &[Snapshot], it: &lsp::PrepareRenameParams) -> Answer {
    let at = &it.text_document_position_params;
    let Some(asked) = asked(snapshots, &at.text_document.uri) else { return Ok(Json::Null) };
    let (name, place) =
        ide::renamable(&asked.snapshot.db, asked.file, asked.offset(at.position)).map_err(|reason| refused(&reason))?;
    answered(serde_json::json!({ "range": asked.lines.range(&place.range), "placeholder": name.as_str() }))
}

pub(super) fn rename(snapshots: &[Snapshot], it: &lsp::RenameParams) -> Answer {
    let at = &it.text_document_position_params;
    let Some(asked) = asked(snapshots, &at.text_document.uri) else { return Ok(Json::Null) };
    let edits = ide::rename(&asked.snapshot.db, asked.file, asked.offset(at.position), &it.new_name)
        .map_err(|reason| refused(&reason))?;
    answered(serde_json::json!({ "changes": changes(asked.snapshot, &edits) }))
}

/// Edits by file.
fn changes(snapshot: &Snapshot, edits: &[ide::Edit]) -> BTreeMap<String, Vec<TextEdit>> {
    let mut found: BTreeMap<String, Vec<TextEdit>> = BTreeMap::new();
    for it in edits {
        let Some(uri) = snapshot.path(it.file).and_then(|it| snapshot.uri(&it)) else { continue };
        let range = snapshot.lines(it.file).range(&it.range);
        found.entry(uri.to_string()).or_default().push(TextEdit { range, new_text: it.text.to_string() });
    }
    found
}

pub(super) fn actions(snapshots: &[Snapshot], it: &lsp::CodeActionParams) -> Answer {
    let Some(asked) = asked(snapshots, &it.text_document.uri) else { return Ok(Json::Null) };
    let wants = |kind: &str| match &it.context.only {
        Some(kinds) => kinds.iter().any(|it| json(it).as_str().is_some_and(|it| kind.starts_with(it))),
        None => true,
    };
    let mut found = Vec::new();
    if wants("quickfix") {
        fixes(&asked, it.range, &mut found);
    }
    if wants("refactor") {
        let db = &asked.snapshot.db;
        for it in ide::assists(db, asked.file, asked.offset(it.range.start)) {
            let edit = serde_json::json!({ "changes": changes(asked.snapshot, &it.edits) });
            found.push(serde_json::json!({ "title": it.title.as_str(), "kind": "refactor", "edit": edit }));
        }
    }
    answered(found)
}

fn json(it: &impl serde::Serialize) -> Json {
    serde_json::to_value(it).unwrap_or_default()
}

fn fixes(asked: &Asked<'_>, range: lsp::Range, found: &mut Vec<Json>) {
    let snapshot = asked.snapshot;
    let wanted = asked.lines.bytes(asked.file.text(&snapshot.db), range);
    for (problem, _) in asked.problems(&wanted) {
        for fix in ide::fixes(&snapshot.db, &problem) {
            let diagnostic = converted(snapshot, &problem).map(|(_, it)| it);
            found.push(serde_json::json!({
                "title": fix.title.as_str(),
                "kind": "quickfix",
                "isPreferred": fix.is_preferred,
                "diagnostics": diagnostic.into_iter().collect::<Vec<_>>(),
                "edit": { "changes": changes(snapshot, &fix.edits) },
            }));
        }
    }
}
