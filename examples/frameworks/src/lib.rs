//! What the examples share: the user pool, from the environment or a local one.

#[path = "../../shared/settings.rs"]
pub mod settings;
