//! Where boxes stand, and which way arrows go between them.

use std::collections::BTreeMap;

use dagre::graph::{Graph, GraphOptions};
use dagre::{EdgeLabel, LayoutOptions, NodeLabel, RankDir, layout};

use crate::inspect::{End, Picture};

/// The head of a box.
pub(super) const HEAD: f64 = 42.0;
/// A row of a box.
pub(super) const ROW: f64 = 22.0;
/// Around what stands in a box.
pub(super) const PAD: f64 = 10.0;
/// Around the whole picture.
const MARGIN: f64 = 16.0;
/// A letter, about: sizes are told without looking at a font.
const LETTER: f64 = 7.1;

/// How far an arrow inside a box swings out at most.
pub(super) const SWING: f64 = 36.0;

/// A rectangle; all lengths are pixels of SVG.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rect {
    pub left: f64,
    pub top: f64,
    pub width: f64,
    pub height: f64,
}

/// Everything in its place.
pub(super) struct Laid {
    pub width: f64,
    pub height: f64,
    pub boxes: Vec<Rect>,
    /// The points of each arrow, from its beginning to its end.
    pub arrows: Vec<Vec<(f64, f64)>>,
}

/// Puts boxes into columns, what is needed left of what needs it.
pub(super) fn laid(picture: &Picture) -> Laid {
    let name = |of: usize| format!("{of:06}");
    let mut graph = Graph::with_options(GraphOptions { directed: true, multigraph: false, compound: false });
    let sizes: Vec<(f64, f64)> = (0..picture.boxes.len()).map(|of| size(picture, of)).collect();
    for (of, (width, height)) in sizes.iter().enumerate() {
        graph.set_node(name(of), Some(NodeLabel { width: *width, height: *height, ..NodeLabel::default() }));
    }
    for it in picture.arrows.iter().filter(|it| it.from.of != it.to.of) {
        let (from, to) = (name(it.from.of), name(it.to.of));
        // One way between two boxes is enough, however many arrows take it; one that leads
        // back would only push the two apart.
        if !graph.has_edge(&from, &to, None) && !graph.has_edge(&to, &from, None) {
            graph.set_edge(from, to, Some(EdgeLabel::default()), None);
        }
    }
    let options = LayoutOptions {
        rankdir: RankDir::LR,
        nodesep: 24.0,
        edgesep: 12.0,
        ranksep: 90.0,
        marginx: MARGIN,
        marginy: MARGIN,
        ..LayoutOptions::default()
    };
    layout(&mut graph, Some(options));
    let place = |(of, (width, height)): (usize, &(f64, f64))| {
        let node = graph.node(&name(of));
        let center = node.and_then(|it| Some((it.x?, it.y?))).unwrap_or_default();
        Rect { left: center.0 - width / 2.0, top: center.1 - height / 2.0, width: *width, height: *height }
    };
    let boxes: Vec<Rect> = sizes.iter().enumerate().map(place).collect();
    let mut ways: BTreeMap<(usize, usize), Vec<(f64, f64)>> = BTreeMap::new();
    for it in &picture.arrows {
        let key = (it.from.of, it.to.of);
        let points = graph.edge(&name(key.0), &name(key.1), None).map(|it| it.points.as_slice()).unwrap_or_default();
        ways.entry(key).or_insert_with(|| points.iter().map(|it| (it.x, it.y)).collect());
    }
    let arrows = picture.arrows.iter().map(|it| {
        let way = ways.get(&(it.from.of, it.to.of)).map(Vec::as_slice).unwrap_or_default();
        points(&boxes, it.from, it.to, way)
    });
    let (mut boxes, mut arrows) = (boxes.clone(), arrows.collect::<Vec<Vec<(f64, f64)>>>());
    into_the_picture(&mut boxes, &mut arrows);
    let ends = || arrows.iter().flatten().copied();
    // Arrows inside a box swing out to its right.
    let right = boxes.iter().map(|it| it.left + it.width + SWING).chain(ends().map(|it| it.0)).fold(0.0, f64::max);
    let bottom = boxes.iter().map(|it| it.top + it.height).chain(ends().map(|it| it.1)).fold(0.0, f64::max);
    Laid { width: right + 8.0, height: bottom + 16.0, boxes, arrows }
}

/// Moves everything so that nothing is left of the margin or above it: an arrow that leads back goes around the boxes.
fn into_the_picture(boxes: &mut [Rect], arrows: &mut [Vec<(f64, f64)>]) {
    let points = || boxes.iter().map(|it| (it.left, it.top)).chain(arrows.iter().flatten().copied());
    let least = points().fold((MARGIN, MARGIN), |(x, y), it| (it.0.min(x), it.1.min(y)));
    let (right, down) = (MARGIN - least.0, MARGIN - least.1);
    for it in boxes.iter_mut() {
        it.left += right;
        it.top += down;
    }
    for it in arrows.iter_mut().flatten() {
        it.0 += right;
        it.1 += down;
    }
}

fn size(picture: &Picture, of: usize) -> (f64, f64) {
    let Some(it) = picture.boxes.get(of) else { return (0.0, 0.0) };
    let rows = it.rows.iter().map(|it| letters(&it.label) + letters(&it.detail) + 3);
    let head = letters(&it.title).max(letters(&it.detail));
    let widest = rows.chain([head, 10]).max().unwrap_or(0);
    #[expect(clippy::cast_precision_loss, reason = "texts are short")]
    let (width, rows) = (widest as f64 * LETTER + 2.0 * PAD, it.rows.len() as f64);
    (width, HEAD + rows * ROW + if it.rows.is_empty() { 0.0 } else { PAD / 2.0 })
}

fn letters(text: &str) -> usize {
    text.chars().count()
}

/// The height at which an arrow meets a box.
fn height(boxes: &[Rect], end: End) -> f64 {
    let top = boxes.get(end.of).map_or(0.0, |it| it.top);
    #[expect(clippy::cast_precision_loss, reason = "no box has so many rows")]
    end.row.map_or(top + HEAD / 2.0, |row| top + HEAD + (row as f64 + 0.5) * ROW)
}

/// From the right side of one to the left side of the other, and between them the way of
/// the boxes; in one box, along its right side.
fn points(boxes: &[Rect], from: End, to: End, way: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let (Some(a), Some(b)) = (boxes.get(from.of), boxes.get(to.of)) else { return Vec::new() };
    let right = a.left + a.width;
    let (start, end) = (height(boxes, from), height(boxes, to));
    if from.of == to.of {
        return vec![(right, start), (right, end)];
    }
    if b.left < right {
        // Backwards: under both.
        let below = (a.top + a.height).max(b.top + b.height) + 14.0;
        return vec![
            (right, start),
            (right + 24.0, start),
            (right + 24.0, below),
            (b.left - 24.0, below),
            (b.left - 24.0, end),
            (b.left, end),
        ];
    }
    // The first and the last point are the sides of the boxes.
    let inner = way.get(1..way.len().saturating_sub(1)).unwrap_or_default();
    let mut points = vec![(right, start)];
    if inner.len() > 1 {
        points.extend(inner.iter().copied().filter(|(x, _)| *x > right && *x < b.left));
    }
    points.push((b.left, end));
    points
}
