//! What `cluster`, `params` and `irsa` stand for.

use std::sync::Arc;

use ecow::EcoString;

use super::expression::Env;
use crate::source::Origin;
use crate::value::{Map, Node};

/// Names that are computed when they are first asked for: facts and params refer
/// to each other.
pub trait Lazy {
    /// The value of a name; `None` if there is no such name.
    fn get(&self, env: &mut Env<'_>, name: &str, at: Origin) -> Option<Node>;
    /// All names, in order.
    fn names(&self) -> Vec<EcoString>;
}

/// What `cluster` or `params` stands for.
#[derive(Clone, Default)]
pub enum Given<'a> {
    /// Cannot be read here.
    #[default]
    No,
    /// There is one, and it is not known which.
    Unknown,
    Known(Arc<Map>),
    Lazy(&'a dyn Lazy),
}
