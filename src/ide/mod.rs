//! What an editor asks of a project, whole or half typed.
//!
//! In: a project, a file of it, a place in bytes. Out: plain data: places, names, texts in
//! Markdown. Knows nothing of a protocol, and never changes anything.

mod complete;
mod effective;
mod fix;
mod hover;
mod lens;
mod occurrence;
mod outline;
mod place;
mod rename;
mod scope;

pub use complete::{Completion, CompletionKind, complete};
pub use fix::{Fix, fixes};
pub use hover::{Hover, hover};
pub use lens::{Lens, lenses};
pub use occurrence::{Named, Symbol, named_at, named_in, references};
pub use outline::{Entry, folds, outline, selections};
pub use place::{Place, place_of};
pub use rename::{Edit, renamable, rename};
