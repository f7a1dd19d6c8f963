//! A picture as SVG, DOT or Mermaid.

mod dot;
mod layout;
mod mermaid;
mod svg;

pub use dot::picture_dot;
pub use mermaid::picture_mermaid;
pub use svg::picture_svg;
