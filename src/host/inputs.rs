//! What a build reads, noted for the next one.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use super::stamp::Stamp;

/// A file that a build read, or did not find.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Input {
    Source(Stamp),
    Data(Stamp),
    Missing,
}

/// The files that a build reads, noted while it does.
#[derive(Clone, Debug, Default)]
pub struct Inputs {
    /// None once something was read that cannot be told from outside.
    files: Arc<Mutex<Option<BTreeMap<String, Input>>>>,
}

impl Inputs {
    pub(super) fn new() -> Self {
        Self { files: Arc::new(Mutex::new(Some(BTreeMap::new()))) }
    }

    /// Notes a file, by its path from the project's root.
    pub(super) fn note(&self, path: &str, input: Option<Input>) {
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        match (files.as_mut(), input) {
            (Some(all), Some(it)) => {
                all.insert(path.to_owned(), it);
            }
            _ => *files = None,
        }
    }

    /// The stamps of the sources by path; none where one cannot be told from outside.
    pub(super) fn sources(&self) -> Option<BTreeMap<String, Stamp>> {
        let source = |(path, it): (String, Input)| match it {
            Input::Source(it) => Some((path, it)),
            Input::Data(_) | Input::Missing => None,
        };
        Some(self.read()?.into_iter().filter_map(source).collect())
    }

    /// Puts the sources that were noted elsewhere in place of its own.
    pub(super) fn take_sources(&self, other: &Self) {
        let sources = other.read();
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        *files = files.take().zip(sources).map(|(mut all, sources)| {
            all.retain(|_, it| !matches!(it, Input::Source(_)));
            all.extend(sources);
            all
        });
    }

    pub(super) fn read(&self) -> Option<BTreeMap<String, Input>> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
