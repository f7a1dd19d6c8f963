//! Broken invariants: what cannot happen unless fleetc has a bug.
//!
//! A default where something must be there would be written to a cluster, silently. So the
//! compiler stops: [`bug`] unwinds to whoever runs it ([`caught`]), nothing is written, and
//! the message asks for a report.

use std::any::Any;
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind, panic_any, resume_unwind};
use std::sync::{Mutex, PoisonError};

/// An invariant that does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bug {
    /// What was expected and not found, in one sentence.
    pub what: String,
    /// `src/emit/patch.rs:42`: where it was found; empty if that is not known.
    pub at: String,
}

/// Stops: an invariant of the compiler does not hold.
#[track_caller]
pub fn bug(what: &str) -> ! {
    let at = std::panic::Location::caller();
    panic_any(Bug { what: what.into(), at: format!("{}:{}", at.file(), at.line()) })
}

/// What must be there.
pub trait Invariant<T> {
    /// The value; without one, fleetc has a bug.
    fn invariant(self, what: &str) -> T;
}

impl<T> Invariant<T> for Option<T> {
    #[track_caller]
    fn invariant(self, what: &str) -> T {
        match self {
            Some(it) => it,
            None => bug(what),
        }
    }
}

/// The last panic of any thread: salsa tells those that wait for a query that it panicked,
/// and not why.
static LAST: Mutex<Option<Bug>> = Mutex::new(None);

/// Keeps panics for [`caught`] instead of printing them, or beside that.
pub fn keep_panics(prints: bool) {
    let print = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |it| {
        *LAST.lock().unwrap_or_else(PoisonError::into_inner) = Some(of_panic(it));
        if prints {
            print(it);
        }
    }));
}

fn of_panic(it: &PanicHookInfo<'_>) -> Bug {
    let at = it.location().map(|it| format!("{}:{}", it.file(), it.line())).unwrap_or_default();
    of_payload(it.payload()).map_or_else(
        || Bug { what: "a panic".into(), at: at.clone() },
        |bug| {
            if bug.at.is_empty() { Bug { at: at.clone(), ..bug } } else { bug }
        },
    )
}

fn of_payload(payload: &dyn Any) -> Option<Bug> {
    if let Some(it) = payload.downcast_ref::<Bug>() {
        return Some(it.clone());
    }
    let text = payload.downcast_ref::<String>().map(String::as_str).or(payload.downcast_ref::<&str>().copied());
    text.map(|it| Bug { what: it.into(), at: String::new() })
}

/// Runs something that may find a broken invariant. That a change of the sources cancelled it
/// goes through.
pub fn caught<T>(run: impl FnOnce() -> T) -> Result<T, Bug> {
    catch_unwind(AssertUnwindSafe(run)).map_err(|payload| {
        let last = LAST.lock().unwrap_or_else(PoisonError::into_inner).take();
        match payload.downcast_ref::<salsa::Cancelled>() {
            Some(salsa::Cancelled::PropagatedPanic) => {
                last.unwrap_or_else(|| Bug { what: "another thread panicked".into(), at: String::new() })
            }
            Some(_) => resume_unwind(payload),
            None => last
                .or_else(|| of_payload(&*payload))
                .unwrap_or_else(|| Bug { what: "a panic".into(), at: String::new() }),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::{Invariant, bug, caught};

    #[test]
    fn a_broken_invariant_says_what_and_where() {
        let found = caught(|| bug("a patch has text")).map(|(): ()| ());
        let found = found.expect_err("it stops");
        assert_eq!(found.what, "a patch has text");
        assert!(found.at.starts_with("src/diagnostic/bug.rs:"), "{found:?}");
        assert_eq!(caught(|| Some(1).invariant("a number")), Ok(1));
        assert_eq!(caught(|| None::<i32>.invariant("a number")).map_err(|it| it.what), Err("a number".into()));
    }
}
