//! What a text with placeholders must be on each cluster that it is filled in for.
//!
//! A path such as `"./clusters/\(cluster.name)"` must be one whatever the cluster is called. That is not decided for all of
//! them at once, and need not part them: it is promised, and each cluster is asked with its own facts.

use std::sync::Arc;

use crate::source::Origin;
use crate::types::Type;
use crate::value::Template;

/// A text that has to have a type on each cluster.
#[derive(Clone, Debug, PartialEq)]
pub struct Promise {
    pub(super) text: Arc<Template>,
    pub(super) ty: Type,
    pub(super) at: Origin,
}

impl Promise {
    /// Whether what holds of a type is a matter of the text alone: no default depends on it, and no field.
    pub(super) fn is_about(ty: &Type) -> bool {
        match ty {
            Type::Optional(inner) => Self::is_about(inner),
            Type::Refined(it) => matches!(it.base, Type::Text),
            _ => false,
        }
    }
}
