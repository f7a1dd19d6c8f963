//! The command line, and what comes from others through it.

mod install;
mod status;
mod trust;
