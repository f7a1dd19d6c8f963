//! A condition that somebody asks about, in the language's own words: which clusters, which
//! add-ons.

use ecow::EcoString;

use crate::check;
use crate::diagnostic::Diagnostic;
use crate::fleet;
use crate::source::{Anchor, Db, FleetDatabase, SourceFile};
use crate::syntax::{self, ast::Head};

/// A condition over clusters, or over the add-ons of clusters.
#[derive(Clone, Copy, Debug)]
pub struct Filter {
    /// It is read as what must hold, in a check.
    check: Anchor,
    of_addons: bool,
}

impl Filter {
    /// Reads an expression over `cluster`; `called` is what messages call it.
    ///
    /// # Errors
    /// What is wrong with the expression.
    pub fn of_clusters(db: &FleetDatabase, called: &str, text: &str) -> Result<Self, Vec<Diagnostic>> {
        read(db, called, &in_check(&line(text)), false)
    }

    /// Reads an expression over `addon`, with its `name`, and `cluster`.
    ///
    /// # Errors
    /// What is wrong with the expression.
    pub fn of_addons(db: &FleetDatabase, called: &str, text: &str) -> Result<Self, Vec<Diagnostic>> {
        // What cannot be read is told without what stands around it.
        let alone = SourceFile::new(db, called.into(), EcoString::new(), in_check(&line(text)).into());
        let found = syntax::diagnostics(db, alone);
        if !found.is_empty() {
            return Err(found.to_vec());
        }
        let head = "any([for name, addon in cluster.addons => (";
        read(db, called, &in_check(&format!("{head}\n{}\n)])", line(text))), true)
    }

    /// Whether it holds on a cluster, or for one of its add-ons; none where that cannot be
    /// computed.
    #[must_use]
    pub fn holds_on(self, db: &dyn Db, cluster: Anchor) -> Option<bool> {
        if self.of_addons {
            // One that cannot be computed says nothing of the others.
            return Some(!fleet::addons_for_which(db, self.check, cluster).is_empty());
        }
        fleet::holds_on(db, self.check, cluster)
    }

    /// The add-ons of a cluster for which it holds; one over clusters holds for all or none.
    #[must_use]
    pub fn addons_on(self, db: &dyn Db, cluster: Anchor) -> Vec<EcoString> {
        if self.of_addons {
            return fleet::addons_for_which(db, self.check, cluster);
        }
        let all = || fleet::addons_of(db, &fleet::cluster(db, cluster).value).map(|it| it.name(db).clone()).collect();
        if self.holds_on(db, cluster) == Some(true) { all() } else { Vec::new() }
    }
}

fn in_check(text: &str) -> String {
    format!("check \"asked\" {{\n{text}\n}}\n")
}

/// In a line of its own, the expression alone is shown where something is wrong with it.
fn line(text: &str) -> String {
    text.replace(['\n', '\r'], " ")
}

fn read(db: &FleetDatabase, called: &str, text: &str, of_addons: bool) -> Result<Filter, Vec<Diagnostic>> {
    let file = SourceFile::new(db, called.into(), EcoString::new(), text.into());
    let mut found: Vec<Diagnostic> = syntax::diagnostics(db, file).to_vec();
    if found.is_empty()
        && let [check] = &**syntax::anchors(db, file)
        && let Head::Check { conditions, .. } = &syntax::declaration(db, *check).head
        && conditions.len() == 1
    {
        found.extend(check::check(db, *check).iter().filter(|it| it.is_error()).cloned());
        if found.is_empty() {
            return Ok(Filter { check: *check, of_addons });
        }
    }
    Err(found)
}
