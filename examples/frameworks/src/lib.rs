//! Shared by the examples: the user pool, from the environment or a local one, and a revocation store
//! over SQLite.

#[path = "../../shared/settings.rs"]
pub mod settings;
pub mod sqlite_revocations;
