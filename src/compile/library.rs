//! What is wrong in the standard library is the project's to fix: it is said where the project takes it.

use std::collections::BTreeMap;

use ecow::{EcoString, eco_format};

use crate::diagnostic::{Diagnostic, Place, Subject, code};
use crate::fleet;
use crate::names;
use crate::source::{Anchor, Db, IndexSet, Origin};
use crate::syntax::{self, ast::Head};

/// The same diagnostics, none of which has its place in the standard library where the project
/// has one for it.
pub(super) fn said_of_the_project(db: &dyn Db, found: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut lacking: BTreeMap<EcoString, IndexSet<Anchor>> = BTreeMap::new();
    let mut own: Vec<Diagnostic> = Vec::new();
    for it in found {
        match anchor_of(&it).filter(|it| it.is_of_library(db)) {
            None => own.push(it),
            Some(anchor) => match fact_of(db, &it) {
                Some(fact) => {
                    lacking.entry(fact).or_default().insert(anchor);
                }
                None => own.push(where_taken(db, it, anchor)),
            },
        }
    }
    own.extend(undeclared(db, &lacking));
    own
}

/// The fact that a definition reads and that the fleet does not declare.
fn fact_of(db: &dyn Db, it: &Diagnostic) -> Option<EcoString> {
    let settings = &fleet::settings(db, db.project()).value;
    settings.anchor?;
    let is_declared = |name: &str| settings.facts.contains_key(name);
    match &it.subject {
        Some(Subject::Fact(name)) if [code::NO_ACCOUNT, code::NO_MEMBER].contains(&it.code) => {
            (!is_declared(name)).then(|| name.clone())
        }
        _ => None,
    }
}

/// All facts that are missing are one mistake.
fn undeclared(db: &dyn Db, lacking: &BTreeMap<EcoString, IndexSet<Anchor>>) -> Option<Diagnostic> {
    let anchor = fleet::settings(db, db.project()).value.anchor.filter(|_| !lacking.is_empty())?;
    let names: Vec<EcoString> = lacking.keys().map(|it| eco_format!("`{it}`")).collect();
    let s = if names.len() == 1 { "" } else { "s" };
    let types = lacking.keys().map(|it| match it.as_str() {
        "account" => "account: AwsAccountId".into(),
        "region" => "region: AwsRegion".into(),
        other => eco_format!("{other}: String"),
    });
    let declared: Vec<EcoString> = types.collect();
    let message = eco_format!("the fleet declares no fact{s} {}", names.join(" and "));
    let readers = |(fact, by): (&EcoString, &IndexSet<Anchor>)| {
        let by: Vec<EcoString> = by.iter().map(|it| eco_format!("`{}`", it.name(db))).collect();
        eco_format!("`{fact}` is read by {} of the standard library", by.join(", "))
    };
    let mut it = Diagnostic::new(code::NO_MEMBER, message, Origin::of(anchor), "not declared here");
    it.notes.extend(lacking.iter().map(readers));
    let them = if names.len() == 1 { "it" } else { "them" };
    let help = eco_format!("write `facts {{ {} }}` in the fleet, and set {them} in each cluster", declared.join(", "));
    Some(it.about(Subject::Undeclared(declared)).help(help))
}

/// The diagnostic at the first place that takes a definition; where it was is part of the story.
fn where_taken(db: &dyn Db, mut it: Diagnostic, anchor: Anchor) -> Diagnostic {
    let index = names::index(db, db.project());
    let items = index.items.values().flatten().map(|(_, it)| it);
    let takers = items.chain(index.definitions.values()).chain(index.baselines.values());
    let own = takers.filter(|it| it.file(db).package(db).is_empty());
    let place = own.copied().find_map(|taker| {
        let node = match &syntax::declaration(db, taker).head {
            Head::Addon { from: Some((node, _)), .. } | Head::From { node, .. } => *node,
            _ => return None,
        };
        fleet::levels(db, taker).value.contains(&anchor).then(|| Origin::new(taker, node))
    });
    if let Some(at) = place {
        let inside = std::mem::replace(&mut it.primary.place, at.into());
        let text = std::mem::replace(&mut it.primary.text, "used from the standard library here".into());
        it.secondary.insert(0, crate::diagnostic::Label { place: inside, text });
    }
    it
}

/// The declaration that a diagnostic is about.
pub(super) const fn anchor_of(it: &Diagnostic) -> Option<Anchor> {
    match &it.primary.place {
        Place::Origin(origin) => Some(origin.anchor),
        _ => None,
    }
}
