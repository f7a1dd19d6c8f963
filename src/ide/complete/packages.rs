//! What packages bring: their names, and what they have.

use ecow::{EcoString, eco_format};

use super::{Asking, Completion, CompletionKind, plain};
use crate::names;
use crate::source::{Anchor, Kind};

impl Asking<'_> {
    /// After `import`: packages, and what a package has.
    pub(super) fn imported(&self, rest: &str) -> Vec<Completion> {
        let project = self.db.package(self.file.package(self.db)).unwrap_or_else(|| self.db.project());
        let packages = project.packages(self.db);
        let Some((path, written)) = rest.split_once(".{") else {
            // As far as it is written, a package's name may have dots.
            let made = |it: &EcoString| {
                let left = it.strip_prefix(rest.trim())?;
                let snippet = Some(eco_format!("{left}.{{ $1 }}"));
                Some(Completion { snippet, ..plain(left, CompletionKind::Item, "package") })
            };
            return packages.keys().filter_map(made).collect();
        };
        let Some(package) = packages.get(path.trim()).and_then(|it| self.db.package(it)) else { return Vec::new() };
        let index = names::declared(self.db, package);
        let all = index
            .definitions
            .iter()
            .chain(&index.templates)
            .chain(&index.baselines)
            .chain(&index.types)
            .chain(&index.lets);
        let is_own = |it: &Anchor| it.file(self.db).package(self.db) == package.name(self.db);
        let taken: Vec<&str> = written.split([',', ' ']).collect();
        let wanted = all.filter(|(name, it)| is_own(it) && !taken.contains(&name.as_str()));
        let item = |(name, it): (&EcoString, &Anchor)| {
            let kind = match it.kind(self.db) {
                Kind::Type => CompletionKind::Type,
                Kind::Fn => CompletionKind::Function,
                _ => CompletionKind::Item,
            };
            Completion { kind, ..self.item(name, *it, name.clone()) }
        };
        wanted.map(item).collect()
    }

    /// The packages that this one may name.
    pub(super) fn packages(&self) -> Vec<Completion> {
        let project = self.db.package(self.file.package(self.db)).unwrap_or_else(|| self.db.project());
        let made = |it: &EcoString| Completion {
            snippet: Some(eco_format!("{it}.")),
            ..plain(it, CompletionKind::Item, "package")
        };
        project.packages(self.db).keys().map(made).collect()
    }

    /// Definitions and baselines of a package, or packages whose names go on.
    pub(super) fn of_package(&self, path: &str) -> Vec<Completion> {
        let project = self.db.package(self.file.package(self.db)).unwrap_or_else(|| self.db.project());
        let packages = project.packages(self.db);
        let longer = packages.keys().filter_map(|it| it.strip_prefix(path)?.strip_prefix('.').map(EcoString::from));
        let mut found: Vec<Completion> = longer.map(|it| plain(&it, CompletionKind::Item, "package")).collect();
        let Some(package) = packages.get(path).and_then(|it| self.db.package(it)) else { return found };
        let index = names::declared(self.db, package);
        let all = index.definitions.iter().chain(&index.templates).chain(&index.baselines).chain(&index.clusters);
        let own = all.filter(|(_, it)| it.file(self.db).package(self.db) == package.name(self.db));
        found.extend(own.map(|(name, it)| self.item(name, *it, name.clone())));
        found
    }
}
