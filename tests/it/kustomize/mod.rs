//! Hand-written YAML as Flux builds it, held against the real kustomize.

mod oracle;
