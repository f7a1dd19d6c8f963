//! Like mistakes, shown once.
//!
//! A name that is gone is missed by each cluster that has it, a wrong column shows in every row. For a
//! person that is one mistake: its first places are shown, the others counted. Output for programs has each.

use std::collections::BTreeSet;

use ecow::{EcoString, eco_format};

use crate::diagnostic::{Code, Diagnostic, Label, code, listed_up_to};
use crate::fleet;
use crate::source::{Db, IndexMap};

/// So many places of like mistakes are shown.
const SHOWN: usize = 3;

/// The option that names what may be uninstalled.
const REMOVE: &str = "--remove ";

/// Diagnostics, those that say the same of other places and clusters as one: in the order of the first of each.
#[must_use]
pub fn merged(db: &dyn Db, found: &[Diagnostic]) -> Vec<Diagnostic> {
    if found.len() < 2 {
        return found.to_vec();
    }
    let clusters: BTreeSet<EcoString> = fleet::clusters(db).map(|it| it.name(db).clone()).collect();
    let mut groups: IndexMap<(Code, EcoString, EcoString), Vec<&Diagnostic>> = IndexMap::default();
    for it in found {
        // What is fixed in another way is another mistake; each line is fixed in its own words.
        let help = it.help.as_deref().filter(|_| it.code != code::DECLARATION_HERE).unwrap_or_default();
        let help = removed(help).map_or_else(|| help.to_owned(), |it| help.replacen(it, "_", 1));
        let key = (it.code, without_names(&it.message, &clusters), without_names(&help, &clusters));
        groups.entry(key).or_default().push(it);
    }
    groups.into_values().map(|it| one_of(&it, &clusters)).collect()
}

/// The first of them, with the places of the next ones and how many there are.
fn one_of(alike: &[&Diagnostic], clusters: &BTreeSet<EcoString>) -> Diagnostic {
    let [first, others @ ..] = alike else { crate::diagnostic::bug("a group has a first") };
    let mut it = (*first).clone();
    if others.is_empty() {
        return it;
    }
    for other in others.iter().take(SHOWN - 1) {
        it.secondary.push(Label { place: other.primary.place.clone(), text: "the same here".into() });
    }
    if let Some(help) = &mut it.help {
        *help = with_each(help, others.iter().filter_map(|it| it.help.as_deref()));
    }
    if others.len() >= SHOWN {
        let more = others.len() + 1 - SHOWN;
        let places = if more == 1 { "place" } else { "places" };
        it.notes.push(eco_format!("the same at {more} other {places}"));
    }
    let on: Vec<EcoString> = alike.iter().filter_map(|it| name_in(&it.message, clusters)).collect();
    if on.len() == alike.len() && !on.iter().all(|it| Some(it) == on.first()) {
        let names = listed_up_to(SHOWN, on.iter().map(|it| eco_format!("`{it}`")));
        it.notes.push(eco_format!("on {} clusters: {names}", on.len()));
    }
    it
}

/// A help that names one thing to remove, with those of the others.
fn with_each<'a>(help: &'a str, others: impl Iterator<Item = &'a str>) -> EcoString {
    let Some(first) = removed(help) else { return help.into() };
    let mut all = vec![first];
    all.extend(others.filter_map(removed));
    let option = format!("{REMOVE}{first}");
    let each: Vec<String> = all.iter().map(|it| format!("{REMOVE}{it}")).collect();
    help.replacen(&option, &each.join(" "), 1).into()
}

/// What a help names to be removed.
fn removed(help: &str) -> Option<&str> {
    help.split_once(REMOVE)?.1.split(['`', ' ']).next()
}

/// A message with the same words for every cluster.
fn without_names(message: &str, clusters: &BTreeSet<EcoString>) -> EcoString {
    parts(message, clusters).map(|(it, is_cluster)| if is_cluster { "_" } else { it }).collect()
}

/// The cluster that a message names first.
fn name_in(message: &str, clusters: &BTreeSet<EcoString>) -> Option<EcoString> {
    parts(message, clusters).find(|it| it.1).map(|it| it.0.into())
}

/// The parts of a message, and whether each is the name of a cluster: ``cluster `one` ``, ``on `one` ``. Other things may
/// have the name of one.
fn parts<'a>(message: &'a str, clusters: &BTreeSet<EcoString>) -> impl Iterator<Item = (&'a str, bool)> {
    let mut before = "";
    message.split('`').enumerate().map(move |(nth, it)| {
        let is_of_cluster = before.ends_with("cluster ") || before.ends_with("on ");
        let is_cluster = nth % 2 == 1 && is_of_cluster && clusters.contains(it);
        before = it;
        (it, is_cluster)
    })
}
