//! What mends a diagnostic at once.

use ecow::{EcoString, eco_format};

use super::place::place_of;
use super::rename::Edit;
use crate::diagnostic::{Diagnostic, Place, suggested};
use crate::source::Db;

/// A mend, and what it is called.
#[derive(Clone, Debug)]
pub struct Fix {
    pub title: EcoString,
    pub edit: Edit,
    /// Whether it is the only one.
    pub is_preferred: bool,
}

/// The mends of a diagnostic: the names that it suggests, in place of the one that is wrong.
#[must_use]
pub fn fixes(db: &dyn Db, it: &Diagnostic) -> Vec<Fix> {
    let Some(help) = &it.help else { return Vec::new() };
    let Place::Origin(at) = &it.primary.place else { return Vec::new() };
    let Some(place) = place_of(db, *at) else { return Vec::new() };
    let text = place.file.text(db).get(place.range.clone()).unwrap_or_default();
    // The message names what is wrong; a path may stand around it.
    let wrong = it.message.split('`').skip(1).step_by(2).filter_map(|name| {
        let last = name.rsplit('.').next().unwrap_or(name);
        [name, last].into_iter().find_map(|it| Some((text.rfind(it)?, it.len())))
    });
    let names = suggested(help);
    let Some((from, length)) = wrong.min_by_key(|(_, length)| *length) else { return Vec::new() };
    let range = place.range.start + from..place.range.start + from + length;
    let is_preferred = names.len() == 1;
    let fix = |name: EcoString| Fix {
        title: eco_format!("Write `{name}`"),
        edit: Edit { file: place.file, range: range.clone(), text: name },
        is_preferred,
    };
    names.into_iter().map(fix).collect()
}
