//! Objects as documents of a file.

use crate::diagnostic::bug;
use crate::kube::Object;
use crate::value::yaml::Writer;

/// One document an object.
pub fn documents<'a>(writer: &mut Writer, objects: impl IntoIterator<Item = &'a Object>) {
    for (nth, object) in objects.into_iter().enumerate() {
        if nth > 0 {
            writer.separator();
        }
        document(writer, object);
    }
}

pub(super) fn document(writer: &mut Writer, object: &Object) {
    match &object.raw {
        Some(raw) => writer.verbatim(raw),
        None => writer.document(&object.body),
    }
}

/// On a cluster everything is known: what is not would be left out of the file, silently.
pub(super) fn known(object: &Object) {
    if object.raw.is_none() && object.body.value.has_unknown() {
        bug(&format!("{} has a value that is not known, and no error says why", object.id));
    }
}
