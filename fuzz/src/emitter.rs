//! Whatever strings stand in an object, as keys or values, files and patches read
//! back as what was written.

use std::sync::Arc;

use ecow::EcoString;
use fleetc::source::{Db, FleetDatabase, InMemory, IndexMap, Origin};
use fleetc::syntax;
use fleetc::value::yaml::{Style, Writer};
use fleetc::value::{Node, Value, json};

pub fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let db = FleetDatabase::new(vec![("a.fleet".into(), "let a = 1\n".into())], Arc::new(InMemory::default()));
    let Some(file) = db.project().files(&db).first().copied() else { return };
    let Some(anchor) = syntax::anchors(&db, file).first().copied() else { return };
    let origin = Origin::of(anchor);
    let node = |value| Node::new(value, origin);
    let mut entries: IndexMap<EcoString, Node> = IndexMap::default();
    for (nth, part) in text.split('\u{1}').enumerate() {
        let value = Value::Text(part.into());
        let list = Value::List(Arc::new(vec![node(value.clone()), node(Value::Null)]));
        let inner: IndexMap<EcoString, Node> = std::iter::once((part.into(), node(list))).collect();
        entries.insert(part.into(), node(value));
        entries.insert(format!("inner{nth}").into(), node(Value::of_map(inner)));
    }
    let document = node(Value::of_map(entries));
    for style in [Style::File, Style::Patch] {
        let mut writer = Writer::mapped(style);
        writer.document(&document);
        let (written, lines) = writer.finish_mapped();
        assert_eq!(lines.len(), written.lines().count(), "{written}");
        let read: serde_json::Value = serde_yaml::from_str(&written).unwrap_or_else(|it| panic!("{it}\n{written}"));
        assert_eq!(read, json(&document), "{written}");
    }
}
