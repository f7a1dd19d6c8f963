//! The names of declarations that a statement asks for, and types.

use ecow::EcoString;

use super::{Asking, Completion, CompletionKind, keywords::keyword, plain};
use crate::fleet;
use crate::source::{Anchor, Kind};
use crate::syntax;
use crate::types;

/// The words behind which names are asked for.
const STATEMENTS: [&str; 16] = [
    "use",
    "drop",
    "override",
    "attach",
    "detach",
    "rule",
    "addon",
    "optional addon",
    "catalogue",
    "application",
    "baseline",
    "cluster",
    "inventory",
    "source",
    "external",
    "unset",
];

const SOURCES: [&str; 5] = ["helm", "oci", "git", "bucket", "external"];

fn kind(word: &str, detail: &str, rest: &str) -> Completion {
    Completion { snippet: Some(format!("{word}{rest}").into()), ..keyword(word, detail) }
}

impl Asking<'_> {
    /// After `use`, `drop`, `override`, `attach`, `detach`, `from` and their like.
    pub(super) fn statement(&self) -> Option<Vec<Completion>> {
        let statement = self.words()?;
        let index = self.index();
        let (first, rest) = statement.split_once([' ', '\t'])?;
        let last = rest.rsplit([',', ' ', '\t']).next().unwrap_or_default();
        if rest.contains(" when ") {
            return None;
        }
        if matches!(first, "use" | "drop" | "override")
            && let Some(catalogue) = last.strip_suffix('.')
        {
            let items = index.catalogues.get(catalogue).and_then(|it| index.items.get(it));
            return Some(self.all(items.into_iter().flatten()));
        }
        let is_name = |it: &str| !it.trim().is_empty() && !it.contains(['=', ',']);
        if first == "source" && rest.trim_end().strip_suffix('=').is_some_and(is_name) {
            return Some(SOURCES.map(|it| kind(it, "kind of source", " \"$1\"")).into());
        }
        if statement.contains('=') {
            return None;
        }
        let mut words = rest.split_whitespace();
        match (first, words.next(), words.next()) {
            ("use" | "drop", ..) => Some(self.all(&index.catalogues)),
            ("override", Some("source"), _) => {
                Some(self.all(index.sources.iter().chain(index.local_sources.values().flatten())))
            }
            ("override", Some("cluster"), _) => Some(self.all(&fleet::all_clusters(self.db, self.db.project()).value)),
            ("override", Some("baseline"), _) => Some(self.all(&index.baselines)),
            ("override", Some("namespace"), _) => {
                let items = index.items.values().flat_map(|it| it.values());
                let namespaces = items.filter(|it| it.kind(self.db) == Kind::NAMESPACE);
                Some(namespaces.map(|it| self.item(it.name(self.db), *it, it.name(self.db).clone())).collect())
            }
            ("override", None, _) => {
                let mut found = self.all(index.items.values().flatten());
                found.extend(self.all(&index.catalogues));
                found.extend(["source", "cluster", "baseline", "namespace"].map(|it| keyword(it, "an override of it")));
                Some(found)
            }
            ("rule", ..) if rest.trim_end().ends_with(" in") => {
                let layers = &fleet::settings(self.db, self.db.project()).value.layers;
                Some(layers.iter().map(|it| plain(it, CompletionKind::Value, "layer of rules")).collect())
            }
            ("rule", Some(_), None) => Some(["in", "when"].map(|it| keyword(it, "rule")).into()),
            ("attach" | "detach", ..) => Some(self.all(index.tenants.iter().chain(&index.repositories))),
            ("external", None, _) => Some(["Secret", "ConfigMap"].map(|it| kind(it, "object", " $1 { $0 }")).into()),
            ("unset", ..) if !rest.contains('.') => Some(self.keys_alone()),
            (_, Some(_), Some("from")) if last.ends_with('.') => Some(self.of_package(last.trim_end_matches('.'))),
            ("addon", Some(_), Some("from")) => {
                let mut found = self.all(&index.definitions);
                found.extend(self.packages());
                Some(found)
            }
            ("catalogue" | "application", Some(_), Some("from")) => {
                let mut found = self.all(&index.templates);
                found.extend(self.packages());
                Some(found)
            }
            ("baseline", Some(_), Some("from")) => {
                let mut found = self.all(&index.baselines);
                found.extend(self.packages());
                Some(found)
            }
            ("cluster", Some(_), Some("from")) => Some(self.packages()),
            ("inventory", Some(_), Some("from")) if words.next().is_none() => {
                Some(["csv", "json", "yaml"].map(|it| kind(it, "rows of a file", "(\"$1\") as row")).into())
            }
            _ => None,
        }
    }

    fn all<'b>(&self, of: impl IntoIterator<Item = (&'b EcoString, &'b Anchor)>) -> Vec<Completion> {
        // A namespace that shares its name is not meant by it.
        let is_meant = |(_, it): &(&EcoString, &Anchor)| it.kind(self.db) != Kind::NAMESPACE;
        let all = of.into_iter().filter(|it| is_meant(it) || it.0 == it.1.name(self.db));
        all.map(|(name, it)| self.item(name, *it, name.clone())).collect()
    }

    /// The statement that is being written: behind a line break, or behind a comma as in `a = 1, use b, c`.
    fn words(&self) -> Option<&str> {
        let line = self.cursor.line();
        let starts = line.match_indices(',').map(|(at, _)| at + 1).chain([0]);
        let begins = |at: &usize| {
            let words = line.get(*at..).unwrap_or_default().trim_start();
            STATEMENTS.iter().any(|it| words.strip_prefix(it).is_some_and(|it| it.starts_with([' ', '\t'])))
        };
        let start = starts.filter(begins).max()?;
        // An `optional addon` is one, too.
        Some(line.get(start..)?.trim_start().trim_start_matches("optional "))
    }

    /// After `name:` where a type is declared.
    pub(super) fn types(&self) -> Option<Vec<Completion>> {
        let before = self.cursor.stem().trim_end();
        let is_alias = self.first_word() == "type" && before.ends_with(['=', '|']) && !before.contains(" where ");
        let after_colon = before.strip_suffix(':').or_else(|| before.strip_suffix("=").filter(|_| is_alias));
        let after_colon = after_colon.or_else(|| before.strip_suffix('|').filter(|_| is_alias))?;
        let declares = |it: Kind| matches!(it, Kind::Type | Kind::Fn | Kind::Fleet | Kind::ADDON | Kind::Baseline);
        let first = self.first_word();
        let is_there = matches!(first, "let" | "fn" | "type" | "inventory")
            || self.anchor.is_some_and(|it| declares(it.kind(self.db)));
        if !is_there || after_colon.ends_with(':') {
            return None;
        }
        let plain = ["String", "Int", "Float", "Bool", "Any"]
            .map(|it| Completion { doc: syntax::word(it).map(Into::into), ..plain(it, CompletionKind::Type, "type") });
        let named = self
            .index()
            .types
            .iter()
            .filter(|(_, it)| it.file(self.db).path(self.db) != types::SHAPES)
            .map(|(name, it)| Completion { kind: CompletionKind::Type, ..self.item(name, *it, name.clone()) });
        Some(plain.into_iter().chain(named).collect())
    }
}
