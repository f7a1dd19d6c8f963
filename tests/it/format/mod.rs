//! `fleetc fmt`.

pub(crate) mod layout;
