//! How the tree is written: what goes, what moves, what is left alone.

mod hubs;
mod moves;
mod records;
mod roots;
mod uninstalls;
mod writing;
