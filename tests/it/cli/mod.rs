//! The command line, and what comes from others through it.

mod status;
mod trust;
