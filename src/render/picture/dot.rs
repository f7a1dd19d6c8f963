//! For Graphviz.

use std::fmt::Write;

use crate::inspect::{ArrowKind, BoxKind, End, Picture};

/// A digraph: boxes are clusters, and their rows nodes.
#[must_use]
pub fn picture_dot(picture: &Picture) -> String {
    let mut out = String::new();
    // Writing to a String cannot fail.
    let _ = writeln!(out, "digraph {} {{", quoted(&picture.title));
    out.push_str("  rankdir=LR;\n  compound=true;\n  fontname=\"sans-serif\";\n");
    out.push_str(
        "  node [shape=box, style=\"rounded,filled\", fillcolor=white, fontname=\"sans-serif\", fontsize=11];\n",
    );
    out.push_str("  edge [color=\"#57606a\", arrowsize=0.7];\n");
    for (of, it) in picture.boxes.iter().enumerate() {
        let color = match it.kind {
            BoxKind::Sources => "#ddf4ff",
            BoxKind::Applied => "#dafbe1",
            BoxKind::Foreign => "#fff8c5",
            BoxKind::Clusters => "#fbefff",
        };
        let title = if it.detail.is_empty() { it.title.to_string() } else { format!("{}\n{}", it.title, it.detail) };
        let _ = writeln!(out, "  subgraph cluster_{of} {{");
        let _ =
            writeln!(out, "    label={};\n    style=\"rounded,filled\";\n    fillcolor=\"{color}\";", quoted(&title));
        for (row, it) in it.rows.iter().enumerate() {
            let label =
                if it.detail.is_empty() { it.label.to_string() } else { format!("{}\n{}", it.label, it.detail) };
            let _ = writeln!(out, "    b{of}r{row} [label={}];", quoted(&label));
        }
        if it.rows.is_empty() {
            let _ = writeln!(out, "    b{of}r0 [label=\"\", style=invis];");
        }
        out.push_str("  }\n");
    }
    for it in &picture.arrows {
        let node = |end: End| format!("b{}r{}", end.of, end.row.unwrap_or(0));
        let mut options: Vec<String> = Vec::new();
        if it.from.row.is_none() {
            options.push(format!("ltail=cluster_{}", it.from.of));
        }
        if it.to.row.is_none() {
            options.push(format!("lhead=cluster_{}", it.to.of));
        }
        match it.kind {
            ArrowKind::DependsOn => options.push("color=\"#0969da\", penwidth=1.4".to_owned()),
            ArrowKind::Takes => options.push("style=dashed".to_owned()),
            ArrowKind::Source => {}
        }
        let options = if options.is_empty() { String::new() } else { format!(" [{}]", options.join(", ")) };
        let _ = writeln!(out, "  {} -> {}{options};", node(it.from), node(it.to));
    }
    out.push_str("}\n");
    out
}

/// A string of DOT: `\n` breaks a line.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
}
