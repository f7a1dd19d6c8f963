//! What must hold on every cluster.

mod gotchas;
mod rules;
mod validation;
