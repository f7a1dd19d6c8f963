//! What an editor asks of a project, whole or half typed.
//!
//! In: a project, a file of it, a place in bytes. Out: plain data: places, names, texts in
//! Markdown. Knows nothing of a protocol, and never changes anything.

mod assist;
mod change;
mod complete;
mod cursor;
mod declare;
mod effective;
mod fix;
mod highlight;
mod hover;
mod inlay;
mod key;
mod lens;

mod link;
mod manual;
mod occurrence;
mod outline;
mod place;
mod preview;
mod rename;
mod scope;
mod signature;

pub use assist::assists;
pub use change::{Edit, Fix};
pub use complete::{Completion, CompletionKind, complete};
pub use fix::fixes;
pub use highlight::{Colour, Highlight, highlights};
pub use hover::{Hover, hover};
pub use inlay::{Inlay, inlays};
pub use lens::{Lens, lenses};
pub use link::{Target, links};
pub use manual::{manual, manual_paths};
pub use occurrence::{Occurrence, Symbol, occurrence_at, occurrences_in, references};
pub use outline::{OutlineItem, folds, outline, selections};
pub use place::{FileRange, place_of};
pub use preview::{Preview, preview};
pub use rename::{renamable, rename};
pub use signature::{Signature, signature};
