//! Texts that survive every reader of YAML.

mod hostile;
