//! The project that the page edits.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use fleetc::compile::{self, Compilation};
use fleetc::ide::{self, Colour};
use fleetc::inspect;
use fleetc::render;
use fleetc::source::{Db, FleetDatabase, InMemory, Loader, SourceFile, Sources, standard_library};
use serde_json::{Value as Json, json};

/// Texts by path.
pub(crate) type Files = BTreeMap<String, String>;

/// A project, which is compiled anew only where it changed.
pub(crate) struct Session {
    db: FleetDatabase,
    data: Arc<Data>,
}

/// The files that are no sources.
#[derive(Default)]
struct Data(Mutex<InMemory>);

impl Loader for Data {
    fn load(&self, path: &str) -> Result<Arc<str>, ecow::EcoString> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).load(path)
    }
}

impl Default for Session {
    fn default() -> Self {
        let data = Arc::new(Data::default());
        let db = FleetDatabase::for_session(Sources::default(), standard_library(), data.clone());
        Self { db, data }
    }
}

impl Session {
    /// The tree, what is wrong, and what to colour in the sources.
    pub(crate) fn compile(&mut self, files: Files) -> Json {
        if self.db.is_worn() {
            *self = Self::default();
        }
        let is_source = |(path, _): &(String, String)| Path::new(path).extension().is_some_and(|it| it == "fleet");
        let (sources, data): (Files, Files) = files.into_iter().partition(is_source);
        self.data.0.lock().unwrap_or_else(PoisonError::into_inner).0 = data;
        self.db.set_files("", sources.into_iter().collect());
        self.db.refresh_data();
        let Compilation { tree, diagnostics, .. } = compile::compile(&self.db);
        self.db.settle();
        let tree: BTreeMap<String, String> =
            tree.files.iter().map(|(path, it)| (path.to_string(), it.text().to_string())).collect();
        let found = render::merged(&self.db, &diagnostics);
        let problems: Vec<Json> = render::findings(&self.db, "", &found).iter().map(problem).collect();
        let own = self.db.project().files(&self.db).to_vec();
        let names: BTreeMap<String, Vec<(usize, usize, &str)>> = own
            .into_iter()
            .filter(|it| it.package(&self.db).is_empty())
            .map(|it| (it.path(&self.db).to_string(), self.names(it)))
            .collect();
        json!({ "tree": tree, "problems": problems, "names": names })
    }

    /// As `fleetc why FILE:LINE` says it; null where the line has no value.
    pub(crate) fn why(&self, path: &str, line: usize) -> Json {
        let answer = inspect::why_line(&self.db, path, line).flatten();
        json!({ "text": answer.map(|it| render::human(&render::why_text(&self.db, &it))) })
    }

    /// Ranges, in the units of a JavaScript string, and what the name in each is.
    fn names(&self, file: SourceFile) -> Vec<(usize, usize, &'static str)> {
        let text = &**file.text(&self.db);
        let (mut bytes, mut units) = (0, 0);
        let mut at = |wanted: usize| {
            units += text.get(bytes..wanted).map_or(0, |it| it.encode_utf16().count());
            bytes = wanted;
            units
        };
        let highlights = ide::highlights(&self.db, file).into_iter();
        highlights.map(|it| (at(it.range.start), at(it.range.end), word(it.colour))).collect()
    }
}

fn word(colour: Colour) -> &'static str {
    match colour {
        Colour::Declaration => "declaration",
        Colour::Type => "type",
        Colour::Function => "function",
        Colour::Variable => "variable",
        Colour::Parameter => "parameter",
        Colour::Property => "property",
    }
}

/// Lines and columns are counted from 1, columns in characters; the end is behind the last one.
fn problem(it: &render::Finding) -> Json {
    let range = it.place.as_ref().and_then(|it| it.range);
    json!({
        "code": it.id.as_str(),
        "error": it.is_error,
        "message": it.message.as_str(),
        "help": it.help.as_deref(),
        "path": it.place.as_ref().map(|it| it.path.as_str()),
        "range": range.map(|it| [it.line, it.column, it.end_line, it.end_column]),
        "text": it.text,
    })
}
