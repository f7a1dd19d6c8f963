//! Repositories come in: what Flux applies is the same before and after, as the real kustomize builds it.

mod cases;
mod corpus;
mod flux;
mod stories;
