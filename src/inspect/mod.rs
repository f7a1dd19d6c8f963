//! What people ask of a compiled project.
//!
//! In: a project that compiles. Out: answers as data, for `render` to show: why a value
//! is what it is, how two clusters differ. Reads nothing but the model, and parses no YAML.

mod absence;
mod answer;
mod asked;
mod compare;
mod diff;
mod filter;
mod list;
mod picture;
mod placed;
mod report;
mod secrets;
mod selector;
mod sharing;
mod whom;
mod why;

pub use answer::{Absence, Layer, Leaf, Subject, What, Why};
pub use compare::{Comparison, Differing, Only, compare};
pub use diff::{
    Because, Bump, Cause, Change, ClusterChange, ClusterFate, Danger, Difference, Explained, Fate, FilesChange,
    LeafChange, Objects, Side, Switch, Touched, Verb, diff, differences,
};
pub use filter::Filter;
pub use list::{Cell, Heading, Kinds, Table, list};
pub use picture::{Arrow, ArrowKind, BoxKind, Boxed, End, Picture, Row, picture, picture_of};
pub use report::{Column, Layers, Line, Report, Variant, report};
pub use secrets::HIDDEN;
pub use selector::{NotFound, Selector};
pub use sharing::{Sharing, sharing};
pub use whom::{Trait, Whom};
pub use why::{why, why_line};
