//! What is wrong with a project, as CI systems and other programs read it.

mod finding;
mod github;
mod gitlab;
mod json;
mod junit;
mod sarif;

pub use finding::{Finding, Point, findings, seal};
pub use github::github;
pub use gitlab::gitlab;
pub use json::json_lines;
pub use junit::junit;
pub use sarif::sarif;
