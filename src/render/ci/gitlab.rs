//! GitLab's Code Quality report: a list of issues.
//!
//! Source: GitLab's documentation, "Code Quality report format". It stops reading at the
//! first issue that it does not understand, and keeps one of each fingerprint.

use serde_json::{Value as Json, json};

use super::finding::Finding;

/// The report.
#[must_use]
pub fn gitlab(found: &[Finding]) -> String {
    let issue = |it: &Finding| {
        let place = it.place.as_ref();
        let line = place.and_then(|it| it.range).map_or(1, |it| it.line);
        let end = place.and_then(|it| it.range).map_or(1, |it| it.end_line);
        let help = it.help.as_ref().map(|it| format!(" ({it})")).unwrap_or_default();
        json!({
            "description": format!("{}: {}{help}", it.id, it.message).replace('\n', " "),
            "check_name": it.id.as_str(),
            "fingerprint": it.fingerprint.as_str(),
            "severity": if it.is_error { "major" } else { "minor" },
            "location": { "path": place.map_or(".", |it| &it.path), "lines": { "begin": line, "end": end } },
        })
    };
    let issues: Vec<Json> = found.iter().map(issue).collect();
    format!("{:#}\n", Json::from(issues))
}
