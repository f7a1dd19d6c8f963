//! Names of other packages.

use std::collections::BTreeMap;

use ecow::EcoString;

use super::problems;
use super::table::Index;
use crate::source::{Anchor, Db, Kind, Origin, Project};
use crate::syntax::{self, ast::Head};

/// Adds the names that imports bring to the tables; `declared` are those of a package.
pub(super) fn import<'a>(index: &mut Index, db: &'a dyn Db, project: Project, declared: impl Fn(Project) -> &'a Index) {
    for anchor in index.imports.clone() {
        let declaration = syntax::declaration(db, anchor);
        let Head::Import { node, path, names } = &declaration.head else { continue };
        let Some(package) = project.packages(db).get(path).and_then(|it| db.package(it)) else {
            let problem = problems::unknown_package(Origin::new(anchor, *node), path, project.packages(db));
            index.bad_imports.push(problem);
            index.lost.extend(names.iter().map(|it| it.local.clone()));
            continue;
        };
        let theirs = declared(package);
        for it in names {
            let at = Origin::new(anchor, it.node);
            let own = |table: &BTreeMap<EcoString, Anchor>| {
                table.get(&it.name).copied().filter(|found| found.file(db).package(db) == package.name(db))
            };
            let tables = [
                (own(&theirs.types), &mut index.types),
                (own(&theirs.lets), &mut index.lets),
                (own(&theirs.definitions), &mut index.definitions),
                (own(&theirs.templates), &mut index.templates),
                (own(&theirs.baselines), &mut index.baselines),
                (own(&theirs.sources), &mut index.sources),
            ];
            let mut is_found = false;
            for (found, mine) in tables {
                let Some(found) = found else { continue };
                is_found = true;
                if found.kind(db) == Kind::Source && it.local != it.name {
                    index.bad_imports.push(problems::renamed_source(at, &it.name));
                    continue;
                }
                match mine.get(&it.local) {
                    Some(first) if *first != found && !first.is_standard(db) => {
                        index.bad_imports.push(problems::imported_twice(at, &it.local, *first));
                    }
                    _ => {
                        mine.insert(it.local.clone(), found);
                    }
                }
            }
            if !is_found {
                index.bad_imports.push(problems::unknown_import(db, at, path, &it.name, theirs, package));
                index.lost.insert(it.local.clone());
            }
        }
    }
}
