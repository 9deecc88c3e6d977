//! Shared by the examples: the user pool, from the environment or a local one.

#[path = "../../shared/settings.rs"]
pub mod settings;
