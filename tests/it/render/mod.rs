//! What other programs read.

mod ci;
mod report;
