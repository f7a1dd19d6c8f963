//! For GitHub, GitLab and whatever else draws Mermaid.

use std::fmt::Write;

use crate::inspect::{ArrowKind, BoxKind, End, Picture};

/// A flowchart: boxes are subgraphs, and their rows nodes.
#[must_use]
pub fn picture_mermaid(picture: &Picture) -> String {
    let mut out = String::from("flowchart LR\n");
    for (of, it) in picture.boxes.iter().enumerate() {
        let detail = if it.detail.is_empty() { String::new() } else { format!(" ({})", it.detail) };
        if it.rows.is_empty() {
            // Writing to a String cannot fail.
            let _ = writeln!(out, "  b{of}[{}]", quoted(&format!("{}{detail}", it.title)));
            continue;
        }
        let _ = writeln!(out, "  subgraph b{of}[{}]", quoted(&format!("{}{detail}", it.title)));
        for (row, it) in it.rows.iter().enumerate() {
            let detail = if it.detail.is_empty() { String::new() } else { format!(" {}", it.detail) };
            let _ = writeln!(out, "    b{of}r{row}[{}]", quoted(&format!("{}{detail}", it.label)));
        }
        out.push_str("  end\n");
    }
    for it in &picture.arrows {
        let node = |end: End| end.row.map_or_else(|| format!("b{}", end.of), |row| format!("b{}r{row}", end.of));
        let arrow = match it.kind {
            ArrowKind::Source => "-->",
            ArrowKind::DependsOn => "==>",
            ArrowKind::Takes => "-.->",
        };
        let _ = writeln!(out, "  {} {arrow} {}", node(it.from), node(it.to));
    }
    for (kind, name, style) in [
        (BoxKind::Sources, "sources", "fill:#ddf4ff,stroke:#54aeff,color:#1f2328"),
        (BoxKind::Applied, "applied", "fill:#dafbe1,stroke:#4ac26b,color:#1f2328"),
        (BoxKind::Foreign, "foreign", "fill:#fff8c5,stroke:#d4a72c,color:#1f2328"),
        (BoxKind::Clusters, "clusters", "fill:#fbefff,stroke:#c297ff,color:#1f2328"),
    ] {
        let of_kind: Vec<String> = (0..picture.boxes.len())
            .filter(|of| picture.boxes.get(*of).is_some_and(|it| it.kind == kind))
            .map(|of| format!("b{of}"))
            .collect();
        if !of_kind.is_empty() {
            let _ = writeln!(out, "  classDef {name} {style}\n  class {} {name}", of_kind.join(","));
        }
    }
    out
}

/// A text of Mermaid, where quotes, and what its HTML labels would read, are entities.
fn quoted(text: &str) -> String {
    let escaped = text.chars().fold(String::new(), |mut text, it| {
        match it {
            '"' => text.push_str("#quot;"),
            '#' => text.push_str("#35;"),
            '<' => text.push_str("#lt;"),
            '>' => text.push_str("#gt;"),
            '&' => text.push_str("#amp;"),
            '`' => text.push_str("#96;"),
            '\n' => text.push(' '),
            it => text.push(it),
        }
        text
    });
    format!("\"{escaped}\"")
}
