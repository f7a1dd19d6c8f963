//! For other programs: an object a line.

use serde_json::{Value as Json, json};

use super::finding::{Finding, Point, Range};

/// The findings, each in a line of its own.
#[must_use]
pub fn json_lines(found: &[Finding]) -> String {
    found.iter().map(|it| format!("{}\n", object(it))).collect::<Vec<_>>().concat()
}

fn object(it: &Finding) -> Json {
    let others = it.others.iter().map(|(at, text)| json!({ "at": point(at), "text": text.as_str() }));
    json!({
        "code": it.id.as_str(),
        "severity": if it.is_error { "error" } else { "warning" },
        "title": it.code.map(|it| it.title),
        "message": it.message.as_str(),
        "label": it.label.as_str(),
        "at": it.place.as_ref().map(point),
        "labels": others.collect::<Vec<_>>(),
        "notes": it.notes.iter().map(ecow::EcoString::as_str).collect::<Vec<_>>(),
        "help": it.help.as_deref(),
        "cluster": it.cluster.as_deref(),
        "fingerprint": it.fingerprint.as_str(),
        "text": it.text.as_str(),
    })
}

fn point(it: &Point) -> Json {
    let Some(Range { line, column, end_line, end_column }) = it.range else {
        return json!({ "file": it.path.as_str() });
    };
    json!({
        "file": it.path.as_str(), "line": line, "column": column, "endLine": end_line, "endColumn": end_column,
    })
}
