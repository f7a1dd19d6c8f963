//! One process at a time changes a directory.
//!
//! The lock is advisory and the system's own: it goes with the process that holds it, however
//! that ends. Where a file system has no locks, nothing is locked, and temporary files that are
//! young are left alone.

use std::fs::{File, TryLockError};
use std::path::Path;

/// A directory that no other fleetc changes while this lives.
#[derive(Debug)]
pub struct Exclusive {
    /// None where the file system has no locks.
    held: Option<File>,
}

impl Exclusive {
    /// Locks a directory; `waits` is called if another process has it, before it is waited for.
    #[must_use]
    pub fn of(directory: &Path, waits: impl FnOnce()) -> Self {
        let Ok(file) = File::open(directory) else { return Self { held: None } };
        let held = match file.try_lock() {
            Ok(()) => true,
            Err(TryLockError::WouldBlock) => {
                waits();
                file.lock().is_ok()
            }
            Err(TryLockError::Error(_)) => false,
        };
        Self { held: held.then_some(file) }
    }

    /// Whether it is certain that nobody else writes.
    pub(super) const fn is_certain(&self) -> bool {
        self.held.is_some()
    }
}
