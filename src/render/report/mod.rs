//! A page about the fleet that stands alone: no other file, no network.
//!
//! The page is `page.html`, which a person may open in an editor; its style, its script and
//! the data are put in here.

use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ecow::EcoString;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Map, Value as Json, json};

use super::credentials::source_line;
use super::picture::picture_svg;
use super::place::{owner, spot};
use super::terminal;
use crate::diagnostic::Invariant;
use crate::inspect::{Column, Layers, Line, Picture, Report, Variant};
use crate::source::{Db, IndexSet, Origin};
use crate::value::{self, Node, TemplatePart, Value};

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// The page; `picture` is what depends on what.
#[must_use]
pub fn report_html(db: &dyn Db, report: &Report, picture: &Picture) -> String {
    let data = Writing { db, layers: IndexSet::default(), texts: IndexSet::default() }.data(report);
    let (data, kind) = embedded(&data.to_string());
    let title = if report.title.is_empty() { "fleet" } else { report.title.as_str() };
    let title = title.replace('&', "&amp;").replace('<', "&lt;");
    // What is put in last is not searched for what is put in.
    let parts = [("@title@", title.as_str()), ("@style@", STYLE), ("@script@", SCRIPT), ("@kind@", kind)];
    let page = parts.iter().fold(PAGE.to_owned(), |page, (mark, text)| page.replace(mark, text));
    let (before, after) = page.split_once("@picture@").unwrap_or((&page, ""));
    let (middle, after) = after.split_once("@data@").unwrap_or((after, ""));
    format!("{before}{}{middle}{data}{after}", picture_svg(picture))
}

/// Bytes from which on the data of a page is packed: smaller pages can be read as they are.
const LARGE: usize = 256 * 1024;

/// The data as it stands in the page, and the kind that the script knows it by.
fn embedded(json: &str) -> (String, &'static str) {
    if json.len() <= LARGE {
        // Inside a script, only a tag could end the data.
        return (json.replace('<', "\\u003c"), "application/json");
    }
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    // To write into memory goes well.
    let bytes =
        packed.write_all(json.as_bytes()).and_then(|()| packed.finish()).ok().invariant("memory can be written");
    (STANDARD.encode(bytes), "application/gzip")
}

/// A place in the sources, and whose it is.
type SourcePlace = (EcoString, EcoString);

struct Writing<'a> {
    db: &'a dyn Db,
    /// Each once: leaves name them by their numbers.
    layers: IndexSet<SourcePlace>,
    /// Long texts, each once.
    texts: IndexSet<String>,
}

/// Bytes from which on a text is long.
const LONG: usize = 200;

impl Writing<'_> {
    fn data(mut self, report: &Report) -> Json {
        let addons: Vec<Json> = report.addons.iter().map(|it| self.addon(it)).collect();
        let clusters: Vec<Json> = report.clusters.iter().map(|it| self.cluster(report, it)).collect();
        let cells =
            report.cells.iter().map(|row| row.iter().map(|it| it.map_or(Json::Null, Json::from)).collect::<Json>());
        let warnings = report.warnings.iter().map(|it| {
            let text: Vec<_> = terminal::plain(self.db, it).lines().map(source_line).collect();
            let text = text.join("\n");
            json!({ "code": it.code.id, "message": it.message.as_str(), "text": text })
        });
        let rings = report.rings.as_ref().map(|(fact, order)| {
            json!({ "fact": fact.as_str(), "order": order.iter().map(EcoString::as_str).collect::<Vec<_>>() })
        });
        let (cells, warnings): (Vec<Json>, Vec<Json>) = (cells.collect(), warnings.collect());
        let layers: Vec<Json> =
            self.layers.iter().map(|(owner, place)| json!([owner.as_str(), place.as_str()])).collect();
        json!({
            "title": report.title.as_str(),
            "facts": report.facts.iter().map(EcoString::as_str).collect::<Vec<_>>(),
            "rings": rings,
            "addons": addons,
            "clusters": clusters,
            "cells": cells,
            "warnings": warnings,
            "layers": layers,
            "texts": self.texts.iter().collect::<Vec<_>>(),
        })
    }

    fn layer(&mut self, origin: Origin) -> usize {
        let place = spot(self.db, origin).map(|it| it.short()).unwrap_or_default();
        self.layers.insert_full((owner(self.db, origin.anchor), place)).0
    }

    fn addon(&mut self, it: &Column) -> Json {
        let variants: Vec<Json> = it.variants.iter().map(|it| self.variant(it)).collect();
        json!({ "name": it.name.as_str(), "in": it.holder.as_str(), "variants": variants })
    }

    /// `[path, value, layer, [value, layer], …]` for each leaf.
    fn variant(&mut self, it: &Variant) -> Json {
        let leaf = |this: &mut Self, path: &value::Path, layers: &Layers| {
            let mut parts = vec![Json::from(path.to_string())];
            for (nth, (origin, value)) in layers.iter().enumerate() {
                let layer = Json::from(this.layer(*origin));
                let value = this.written(&Node::new(value.clone(), *origin));
                if nth == 0 { parts.extend([value, layer]) } else { parts.push(json!([value, layer])) }
            }
            Json::Array(parts)
        };
        let leaves: Vec<Json> = it.leaves.iter().map(|(path, layers)| leaf(self, path, layers)).collect();
        json!({ "version": it.version.as_str(), "namespace": it.namespace.as_str(), "own": it.is_own, "leaves": leaves })
    }

    fn cluster(&mut self, report: &Report, it: &Line) -> Json {
        let fact = |name: &EcoString| it.facts.entries.get(name).map_or(Json::Null, value::json);
        // Texts have placeholders for more than what is declared: for the name, too.
        let all: Map<String, Json> =
            it.facts.entries.iter().map(|(key, it)| (key.to_string(), value::json(it))).collect();
        let uses: Map<String, Json> =
            it.uses.iter().map(|(name, at)| (name.to_string(), self.layer(*at).into())).collect();
        json!({
            "name": it.name.as_str(),
            "groups": it.groups.iter().map(EcoString::as_str).collect::<Vec<_>>(),
            "facts": report.facts.iter().map(fact).collect::<Vec<_>>(),
            "all": all,
            "cells": it.cells,
            "uses": uses,
            "at": self.layer(it.origin),
        })
    }

    /// A value as the page shows it: a text with placeholders is a list of texts and names of facts, a
    /// long one the number that it has among those.
    fn written(&mut self, node: &Node) -> Json {
        if let Value::PerCluster(it) = &node.value {
            let part = |it: &TemplatePart| match it {
                TemplatePart::Text(it) => Json::from(it.as_str()),
                TemplatePart::Fact(name) | TemplatePart::Quoted(name, _) => json!([name.as_str()]),
                TemplatePart::Scalar(_) => Json::Null,
            };
            return it.parts().iter().map(part).collect();
        }
        let text = value::json(node).to_string();
        if text.len() < LONG { text.into() } else { json!({ "text": self.texts.insert_full(text).0 }) }
    }
}
