//! Bases and patches, held against the real kustomize and against real fleets.

mod corpus;
mod hub;
mod model;
mod oracle;
mod properties;
mod random;
mod slices;
mod substitution;
