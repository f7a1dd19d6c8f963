//! Editors: the protocol, syntax highlighting, real editors.

mod editors;
mod protocol;
mod real_editors;
mod treesitter;
