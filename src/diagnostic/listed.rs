//! Names in a row, as messages have them.

use ecow::{EcoString, eco_format};

/// Most names that a message lists.
const LISTED: usize = 12;

/// `a, b, c`, and how many more there are where they are many.
pub fn listed<T: std::fmt::Display>(all: impl IntoIterator<Item = T>) -> EcoString {
    listed_up_to(LISTED, all)
}

/// [`listed`], with no more than `most` of them.
pub fn listed_up_to<T: std::fmt::Display>(most: usize, all: impl IntoIterator<Item = T>) -> EcoString {
    let mut all = all.into_iter();
    let shown: Vec<String> = all.by_ref().take(most).map(|it| it.to_string()).collect();
    match all.count() {
        0 => shown.join(", ").into(),
        more => eco_format!("{} and {more} more", shown.join(", ")),
    }
}
