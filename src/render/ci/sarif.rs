//! SARIF 2.1.0, which code scanning of GitHub and others read.
//!
//! Source: OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0".

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde_json::{Value as Json, json};

use super::finding::{Finding, Point, Range};
use crate::diagnostic::{Code, Severity};
use crate::source::IndexSet;

/// What may not stand in a relative reference (RFC 3986).
const UNSAFE: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}')
    .add(b':');

/// The log of one run; `is_whole` is false where the run itself failed.
#[must_use]
pub fn sarif(found: &[Finding], is_whole: bool) -> String {
    let ids: IndexSet<&str> = found.iter().map(|it| it.id.as_str()).collect();
    let code_of = |id: &str| found.iter().find(|it| it.id == id).and_then(|it| it.code);
    let rules: Vec<Json> = ids.iter().map(|it| rule(it, code_of(it))).collect();
    let results: Vec<Json> = found.iter().map(|it| result(it, ids.get_index_of(it.id.as_str()))).collect();
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "fleetc",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": rules,
            } },
            "columnKind": "unicodeCodePoints",
            "invocations": [{ "executionSuccessful": is_whole }],
            "results": results,
        }],
    });
    format!("{log:#}\n")
}

fn rule(id: &str, code: Option<Code>) -> Json {
    let Some(code) = code else {
        let text = "a generated file differs from the sources";
        return json!({
            "id": id,
            "shortDescription": { "text": text },
            "help": { "text": "Run `fleetc build` and commit the result." },
            "defaultConfiguration": { "level": "error" },
        });
    };
    let level = if code.severity == Severity::Error { "error" } else { "warning" };
    json!({
        "id": id,
        "shortDescription": { "text": code.title },
        "help": { "text": code.page.trim(), "markdown": code.page.trim() },
        "defaultConfiguration": { "level": level },
    })
}

fn result(it: &Finding, rule: Option<usize>) -> Json {
    let locations: Vec<Json> = it.place.iter().map(|it| json!({ "physicalLocation": physical(it) })).collect();
    let related = it.others.iter().enumerate().map(|(nth, (at, text))| {
        json!({ "id": nth, "physicalLocation": physical(at), "message": { "text": text.as_str() } })
    });
    json!({
        "ruleId": it.id.as_str(),
        "ruleIndex": rule,
        "level": if it.is_error { "error" } else { "warning" },
        "message": { "text": it.summary() },
        "locations": locations,
        "relatedLocations": related.collect::<Vec<_>>(),
        "partialFingerprints": { "fleetc/v1": it.fingerprint.as_str() },
    })
}

fn physical(it: &Point) -> Json {
    let uri = utf8_percent_encode(&it.path, UNSAFE).to_string();
    let artifact = json!({ "uri": uri, "uriBaseId": "%SRCROOT%" });
    match it.range {
        None => json!({ "artifactLocation": artifact }),
        Some(Range { line, column, end_line, end_column }) => json!({
            "artifactLocation": artifact,
            "region": { "startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column },
        }),
    }
}
