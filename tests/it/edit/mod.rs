//! Changes of the sources that a command makes.

mod absorb;
