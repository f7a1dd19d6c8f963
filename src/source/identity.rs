//! Values as keys by which of them they are.

use std::hash::{Hash, Hasher};
use std::ptr;

/// A value as a key by where it stands, not by what it says: for what was found out of it. It borrows the value, so that
/// no other can come to stand there.
#[derive(Debug)]
pub struct ById<'a, T: ?Sized>(pub &'a T);

impl<T: ?Sized> Clone for ById<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: ?Sized> Copy for ById<'_, T> {}

impl<T: ?Sized> PartialEq for ById<'_, T> {
    fn eq(&self, other: &Self) -> bool {
        ptr::eq(self.0, other.0)
    }
}

impl<T: ?Sized> Eq for ById<'_, T> {}

impl<T: ?Sized> Hash for ById<'_, T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        ptr::hash(self.0, state);
    }
}
