//! A condition that somebody asks about, in the language's own words: which clusters, which
//! add-ons.

use ecow::eco_format;

use crate::check;
use crate::diagnostic::Diagnostic;
use crate::fleet;
use crate::source::{Anchor, Db, FleetDatabase, SourceFile};
use crate::syntax::{self, ast::Head};

/// A condition over clusters.
#[derive(Clone, Copy, Debug)]
pub struct Filter {
    /// It is read as a rule's condition.
    rule: Anchor,
}

impl Filter {
    /// Reads an expression over `cluster`; `called` is what messages call it.
    ///
    /// # Errors
    /// What is wrong with the expression.
    pub fn of_clusters(db: &FleetDatabase, called: &str, text: &str) -> Result<Self, Vec<Diagnostic>> {
        let source = eco_format!("rule asked when {} {{ }}\n", text.replace(['\n', '\r'], " "));
        let file = SourceFile::new(db, called.into(), eco_format!(""), source.as_str().into());
        let mut found: Vec<Diagnostic> = syntax::diagnostics(db, file).to_vec();
        let anchors = syntax::anchors(db, file);
        if let ([rule], true) = (&**anchors, found.is_empty()) {
            found.extend(check::check(db, *rule).iter().filter(|it| it.is_error()).cloned());
            if found.is_empty() {
                return Ok(Self { rule: *rule });
            }
        }
        Err(found)
    }

    /// Whether it holds on a cluster.
    #[must_use]
    pub fn holds_on(self, db: &dyn Db, cluster: Anchor) -> bool {
        let Head::Rule { when: Some(when), .. } = &syntax::declaration(db, self.rule).head else { return false };
        let cluster = &fleet::cluster(db, cluster).value;
        let mut env = cluster.env(db);
        env.anchor = self.rule;
        env.holds(when) == Some(true)
    }
}
