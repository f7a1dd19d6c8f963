//! What is found out about something when it is first asked for.

use std::fmt::{self, Debug, Formatter};
use std::sync::OnceLock;

/// Something that follows from what it stands in, and is no part of it: all are equal, and a copy finds out anew.
pub(super) struct Memo<T>(OnceLock<T>);

impl<T> Memo<T> {
    pub(super) const fn new() -> Self {
        Self(OnceLock::new())
    }

    pub(super) fn get(&self, find: impl FnOnce() -> T) -> &T {
        self.0.get_or_init(find)
    }
}

impl<T> Default for Memo<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> Clone for Memo<T> {
    fn clone(&self) -> Self {
        Self::new()
    }
}

impl<T> PartialEq for Memo<T> {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl<T> Eq for Memo<T> {}

impl<T> Debug for Memo<T> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("_")
    }
}
