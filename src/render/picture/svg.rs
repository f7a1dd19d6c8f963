//! A picture that stands alone: it looks well on light and on dark.

use std::fmt::Write;

use super::layout::{HEAD, Laid, PAD, ROW, Rect, SWING, laid};
use crate::inspect::{ArrowKind, BoxKind, Boxed, Picture};

/// Colours by the reader's own choice of light or dark.
const STYLE: &str = "\
:root{--fg-text:#1f2328;--fg-soft:#59636e;--fg-line:#8c959f;--fg-row:#ffffff;--fg-back:#ffffff;--fg-wait:#0969da;\
--fg-sources:#ddf4ff;--fg-applied:#dafbe1;--fg-foreign:#fff8c5;--fg-clusters:#fbefff}\
@media(prefers-color-scheme:dark){:root{--fg-text:#e6edf3;--fg-soft:#9198a1;--fg-line:#6e7681;--fg-row:#0d1117;--fg-back:#0d1117;--fg-wait:#58a6ff;\
--fg-sources:#0c2d4a;--fg-applied:#0f2d1a;--fg-foreign:#3a2e06;--fg-clusters:#2b1840}}\
.fg-text{font:12px ui-sans-serif,system-ui,sans-serif;fill:var(--fg-text)}.fg-title{font-weight:600}.fg-soft{fill:var(--fg-soft)}\
.fg-box{stroke:var(--fg-line)}.fg-row{fill:var(--fg-row)}.fg-arrow{fill:none;stroke:var(--fg-line);stroke-width:1.1}\
.fg-wait{stroke:var(--fg-wait);stroke-width:1.6}.fg-takes{stroke-dasharray:4 3}\
.fg-sources{fill:var(--fg-sources)}.fg-applied{fill:var(--fg-applied)}.fg-foreign{fill:var(--fg-foreign)}.fg-clusters{fill:var(--fg-clusters)}";

/// The picture.
#[must_use]
pub fn picture_svg(picture: &Picture) -> String {
    let laid = laid(picture);
    let mut out = String::new();
    let (width, height) = (laid.width.ceil().max(LEGEND_WIDTH), laid.height.ceil() + 28.0);
    // Writing to a String cannot fail.
    let _ = write!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" role=\"img\">\n\
         <title>{}</title>\n<style>{STYLE}</style>\n<rect width=\"{width}\" height=\"{height}\" fill=\"var(--fg-back)\"/>\n",
        escaped(&picture.title)
    );
    out.push_str("<defs>");
    for (name, color) in [("end", "var(--fg-line)"), ("wait", "var(--fg-wait)")] {
        let _ = write!(
            out,
            "<marker id=\"fg-{name}\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" orient=\"auto-start-reverse\">\
             <path d=\"M0 0L8 4L0 8z\" fill=\"{color}\"/></marker>"
        );
    }
    out.push_str("</defs>\n");
    arrows(&mut out, picture, &laid);
    for (it, place) in picture.boxes.iter().zip(&laid.boxes) {
        boxed(&mut out, it, place);
    }
    legend(&mut out, picture, height - 14.0);
    out.push_str("</svg>\n");
    out
}

/// How wide what explains the arrows is.
const LEGEND_WIDTH: f64 = 400.0;

/// What the arrows mean, as far as there are such.
fn legend(out: &mut String, picture: &Picture, y: f64) {
    let mut x = 16.0;
    for (kind, class, end, text) in [
        (ArrowKind::Source, "", "end", "gives the chart of"),
        (ArrowKind::DependsOn, " fg-wait", "wait", "comes before"),
        (ArrowKind::Takes, " fg-takes", "end", "is used by"),
    ] {
        if picture.arrows.iter().all(|it| it.kind != kind) {
            continue;
        }
        let _ = writeln!(
            out,
            "<path class=\"fg-arrow{class}\" d=\"M{x} {y}h26\" marker-end=\"url(#fg-{end})\"/>\
             <text class=\"fg-text fg-soft\" x=\"{}\" y=\"{}\">{text}</text>",
            x + 32.0,
            y + 4.0
        );
        x += 150.0;
    }
}

fn arrows(out: &mut String, picture: &Picture, laid: &Laid) {
    for (it, points) in picture.arrows.iter().zip(&laid.arrows) {
        let (class, end) = match it.kind {
            ArrowKind::Source => ("", "end"),
            ArrowKind::DependsOn => (" fg-wait", "wait"),
            ArrowKind::Takes => (" fg-takes", "end"),
        };
        let _ = writeln!(
            out,
            "<path class=\"fg-arrow{class}\" d=\"{}\" marker-end=\"url(#fg-{end})\"><title>{} → {}</title></path>",
            curve(points),
            escaped(&named(picture, it.from)),
            escaped(&named(picture, it.to))
        );
    }
}

fn named(picture: &Picture, end: crate::inspect::End) -> String {
    let Some(it) = picture.boxes.get(end.of) else { return String::new() };
    end.row.and_then(|row| it.rows.get(row)).map_or_else(|| it.title.to_string(), |it| it.label.to_string())
}

/// A line that leaves and arrives level, smooth between.
fn curve(points: &[(f64, f64)]) -> String {
    let mut path = String::new();
    let mut pairs = points.windows(2).peekable();
    if let Some((x, y)) = points.first() {
        let _ = write!(path, "M{x:.1} {y:.1}");
    }
    while let Some([(x, y), (to_x, to_y)]) = pairs.next() {
        let bend = (to_x - x).abs() / 2.0;
        if (to_x - x).abs() < 0.5 && points.len() == 2 {
            let out = x + (14.0 + (to_y - y).abs() / 10.0).min(SWING / 0.75);
            let _ = write!(path, "C{out:.1} {y:.1} {out:.1} {to_y:.1} {to_x:.1} {to_y:.1}");
        } else if bend < 1.0 || (y - to_y).abs() < 0.5 {
            let _ = write!(path, "L{to_x:.1} {to_y:.1}");
        } else {
            let forth = if to_x > x { bend } else { -bend };
            let _ = write!(path, "C{:.1} {y:.1} {:.1} {to_y:.1} {to_x:.1} {to_y:.1}", x + forth, to_x - forth);
        }
    }
    path
}

fn boxed(out: &mut String, it: &Boxed, place: &Rect) {
    let class = match it.kind {
        BoxKind::Sources => "sources",
        BoxKind::Applied => "applied",
        BoxKind::Foreign => "foreign",
        BoxKind::Clusters => "clusters",
    };
    let Rect { left, top, width, height } = place;
    let _ = writeln!(out, "<g transform=\"translate({left:.1} {top:.1})\">");
    let _ = writeln!(out, "<rect class=\"fg-box fg-{class}\" width=\"{width:.1}\" height=\"{height:.1}\" rx=\"6\"/>");
    let text = |out: &mut String, x: f64, y: f64, class: &str, anchor: &str, text: &str| {
        let _ =
            writeln!(out, "<text class=\"fg-text{class}\" x=\"{x:.1}\" y=\"{y:.1}\"{anchor}>{}</text>", escaped(text));
    };
    text(out, PAD, 18.0, " fg-title", "", &it.title);
    text(out, PAD, 33.0, " fg-soft", "", &it.detail);
    let mut top = HEAD;
    for row in &it.rows {
        let inner = width - PAD;
        let _ = writeln!(
            out,
            "<rect class=\"fg-row\" x=\"{:.1}\" y=\"{:.1}\" width=\"{inner:.1}\" height=\"{:.1}\" rx=\"3\"/>",
            PAD / 2.0,
            top + 1.0,
            ROW - 2.0
        );
        text(out, PAD, top + 15.0, "", "", &row.label);
        if !row.detail.is_empty() {
            text(out, width - PAD, top + 15.0, " fg-soft", " text-anchor=\"end\"", &row.detail);
        }
        top += ROW;
    }
    out.push_str("</g>\n");
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
