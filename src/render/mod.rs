//! Diagnostics and answers → text, for people and for programs.
//!
//! In: what `compile` and `inspect` found. Out: text, or JSON. Decides nothing, and
//! writes to no file.

mod alike;
mod ci;
mod compare;
mod credentials;
mod diff;
mod human;
mod import;
mod picture;
mod place;
mod report;
mod snippet;
mod table;
mod terminal;
mod why;

pub use alike::merged;
pub use ci::{Finding, Point, findings, github, gitlab, json_lines, junit, sarif, seal};
pub use compare::{compare_json, compare_text};
pub use diff::{States, diff_json, diff_markdown, diff_patch, diff_text, text_patch};
pub use human::human;
pub use import::{import_json, import_markdown, import_text};
pub use picture::{picture_dot, picture_mermaid, picture_svg};
pub use place::owner;
pub use report::report_html;
pub use table::{table_json, table_text};
pub use terminal::{Counts, print};
pub use why::{why_json, why_text};
