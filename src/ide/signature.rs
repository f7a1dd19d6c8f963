//! What a function wants, while its arguments are written.

use ecow::{EcoString, eco_format};

use super::cursor::Cursor;
use super::hover::documentation;
use super::occurrence::Symbol;
use crate::names;
use crate::source::{Db, Kind, Origin, SourceFile};
use crate::types::{self, builtin};

/// A function, and the argument that is being written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    pub label: EcoString,
    pub doc: Option<EcoString>,
    /// Each parameter as it stands in the label.
    pub params: Vec<EcoString>,
    pub active: usize,
}

/// The innermost call around a place.
#[must_use]
pub fn signature(db: &dyn Db, file: SourceFile, offset: usize) -> Option<Signature> {
    let cursor = Cursor::new(file.text(db).get(..offset)?);
    let (name, active) = cursor.call()?;
    if let Some(it) = builtin::find(name) {
        let params = it.params.iter().map(|it| it.name.into()).collect();
        return Some(Signature { label: it.signature.into(), doc: Some(it.doc.into()), params, active });
    }
    let anchor = *names::index(db, db.project()).lets.get(name)?;
    if anchor.kind(db) != Kind::Fn {
        return None;
    }
    let ty = &types::function_type(db, anchor).value;
    let params: Vec<EcoString> = ty.params.iter().map(|it| eco_format!("{}: {}", it.name, it.ty)).collect();
    let label = eco_format!("{name}({}): {}", params.join(", "), ty.result);
    let doc = documentation(db, &Symbol::At(Origin::of(anchor)));
    Some(Signature { label, doc, params, active })
}
