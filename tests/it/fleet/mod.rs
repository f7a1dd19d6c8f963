//! Libraries, packages, rings and tenants.

mod library;
mod packages;
mod rings;
mod tenants;
