//! Settings outside their range.

use std::time::Duration;

use super::JwtVerifierBuilder;
use crate::error::ConfigError;
use crate::jwt::LARGEST_TOKEN_BYTES;
use crate::revocation::MAX_LEEWAY;
use crate::verify::remembered::FEWEST_ENTRIES;

/// The least that [`JwtVerifierBuilder::max_token_bytes`] can be.
const LEAST_TOKEN_BYTES: usize = 2 * 1024;

impl JwtVerifierBuilder {
    pub(super) fn check_ranges(&self) -> Result<(), ConfigError> {
        // A list that came out empty (from settings, say) must not turn the check off.
        for (setting, list) in [
            ("require_any_scope", &self.rules.scopes_any),
            ("require_any_group", &self.rules.groups_any),
        ] {
            if list.as_ref().is_some_and(Vec::is_empty) {
                return Err(ConfigError::Missing { setting, hint: "name at least one" });
            }
        }
        if self.leeway > Duration::from_secs(MAX_LEEWAY) {
            return Err(ConfigError::OutOfRange { setting: "leeway", range: "at most 10 minutes" });
        }
        if self.cache_size.is_some_and(|entries| entries < FEWEST_ENTRIES) {
            return Err(ConfigError::OutOfRange { setting: "cache_size", range: "at least 32" });
        }
        if !(LEAST_TOKEN_BYTES..=LARGEST_TOKEN_BYTES).contains(&self.max_token_bytes) {
            let range = "2 KiB to 64 KiB";
            return Err(ConfigError::OutOfRange { setting: "max_token_bytes", range });
        }
        Ok(())
    }
}
